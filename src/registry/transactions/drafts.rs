//! What a transaction is about to write; a registry with drafts sees it as if it were written.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::{
    model::{Config, Context, Guid, Mode, SchemaId, Subject},
    registry::{cache::Known, settings::InScope},
    store::{Moment, Scoped, StoredVersion},
};

/// The drafts of a transaction, none of which is in the database.
#[derive(Debug, Clone, Default)]
pub(in crate::registry) struct Drafts {
    /// Configurations that were changed, whole.
    configs: BTreeMap<Subject, Config>,
    /// Modes that were set, or cleared.
    modes: BTreeMap<Subject, Option<Mode>>,
    /// Keys below which everything soft-deleted makes room for an import.
    purges: Vec<Subject>,
    /// Versions that are added.
    versions: HashMap<Subject, Vec<StoredVersion>>,
    /// What the last registration under a subject came to: a version that is added, or that was there.
    answers: HashMap<Subject, StoredVersion>,
    contents: HashMap<(Context, SchemaId, Guid), Arc<Known>>,
    ids: HashMap<(Context, Guid), SchemaId>,
}

impl Drafts {
    /// The content of an added version.
    pub(in crate::registry) fn content(&self, context: &Context, id: SchemaId, guid: Guid) -> Option<Arc<Known>> {
        if self.contents.is_empty() { None } else { self.contents.get(&(context.clone(), id, guid)).cloned() }
    }

    /// The id of an added content.
    pub(in crate::registry) fn id_of(&self, context: &Context, guid: &Guid) -> Option<SchemaId> {
        if self.ids.is_empty() { None } else { self.ids.get(&(context.clone(), *guid)).copied() }
    }

    /// The version that a reference of this transaction means by a number, -1 being the one that the transaction made.
    pub(in crate::registry) fn target(&self, subject: &Subject, number: i32) -> Option<StoredVersion> {
        if number == -1 {
            return self.answers.get(subject).copied();
        }
        self.versions.get(subject)?.iter().find(|version| version.version.0 == number).copied()
    }

    /// Whether what the database has under a subject is about to be removed.
    pub(in crate::registry) fn purge(&self, subject: &Subject) -> bool {
        self.purges.iter().any(|key| {
            key == subject
                || key.is_none()
                || key.is_context() && (key.context.is_global() || key.context == subject.context)
        })
    }

    /// What will be read of a subject, but for its settings.
    pub(super) fn over(&self, read: &Moment, subject: &Subject) -> Moment {
        let mut moment = read.clone();
        let versions = &mut moment.versions;
        if self.purge(subject) {
            versions.clear();
        }
        for added in self.versions.get(subject).into_iter().flatten() {
            versions.retain(|version| version.version != added.version);
            versions.push(*added);
        }
        versions.sort_by_key(|version| version.version);
        moment
    }

    /// The records that reach a subject as they will be.
    pub(super) fn settings(&self, records: &Scoped, subject: &Subject) -> Scoped {
        let Scoped { mut configs, mut modes } = records.clone();
        for key in InScope::keys(subject) {
            if let Some(config) = self.configs.get(&key) {
                configs.retain(|(found, _)| *found != key);
                configs.push((key.clone(), config.clone()));
            }
            if let Some(mode) = self.modes.get(&key) {
                modes.retain(|(found, _)| *found != key);
                modes.extend(mode.map(|mode| (key.clone(), mode)));
            }
        }
        Scoped { configs, modes }
    }

    /// A configuration that was changed.
    pub(super) fn config(&self, key: &Subject) -> Option<&Config> {
        self.configs.get(key)
    }

    pub(super) fn set_config(&mut self, key: Subject, config: Config) {
        self.configs.insert(key, config);
    }

    pub(super) fn set_mode(&mut self, key: Subject, mode: Option<Mode>) {
        self.modes.insert(key, mode);
    }

    pub(super) fn make_room_below(&mut self, key: Subject) {
        self.purges.push(key);
    }

    /// An id for a content that has none yet: no stored one is negative.
    pub(super) fn unused_id(&self) -> SchemaId {
        SchemaId(-1 - i32::try_from(self.contents.len()).unwrap_or(i32::MAX - 1))
    }

    /// Adds a version with its content.
    pub(super) fn add(&mut self, subject: &Subject, version: StoredVersion, known: Known) {
        let context = &subject.context;
        self.versions.entry(subject.clone()).or_default().push(version);
        self.answers.insert(subject.clone(), version);
        self.ids.entry((context.clone(), version.guid)).or_insert(version.id);
        self.contents.insert((context.clone(), version.id, version.guid), Arc::new(known));
    }

    /// Notes that a registration came to a version that is there.
    pub(super) fn answer(&mut self, subject: &Subject, version: StoredVersion) {
        self.answers.insert(subject.clone(), version);
    }
}
