//! What cannot change, kept near: contents by id and guid.
//!
//! Besides, who held an id when it was last answered: told only while the database cannot be asked.
//!
//! Never here: latest versions, lists, settings, absences. The guid is part of the key because an import may give the
//! id of a permanently deleted schema to another content.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache as Bounded};

use crate::{
    model::{Context, Guid, SchemaId, Version},
    schema::LazySchema,
    store::{Holder, StoredSchema, StoredVersion},
};

/// A schema that another one depends on, directly or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) version: Version,
    pub(super) text: Arc<str>,
}

/// A stored content with all that it depends on; parsed at first need.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) stored: StoredSchema,
    pub(super) schema: LazySchema,
    /// Dependencies before dependents.
    pub(super) dependencies: Vec<Dependency>,
}

/// The time tells contents apart whose references mean something else; see [`StoredSchema::since`].
type Key = (Context, SchemaId, Guid, i64);

/// Weighs a content as what it may grow to: a parsed schema takes some twenty times its text.
#[derive(Debug, Clone)]
struct ParsedSize;

impl Weighter<Key, Arc<Known>> for ParsedSize {
    fn weight(&self, _key: &Key, known: &Arc<Known>) -> u64 {
        let references: usize = known.dependencies.iter().map(|dependency| dependency.text.len()).sum();
        20 * (known.stored.definition.text.len() + references) as u64 + 1024
    }
}

/// A look-up that names one content.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Asked {
    /// By its id, with the raw text that says where to look.
    Id(String, SchemaId),
    /// By its guid.
    Guid(String),
}

/// The bounded memory of contents.
#[derive(Debug)]
pub(super) struct Cache {
    known: Bounded<Key, Arc<Known>, ParsedSize>,
    answered: Bounded<Asked, Arc<Holder>>,
}

/// Size of a content that the cache is laid out for.
const USUAL_WEIGHT: u64 = 20 * 1024;

impl Cache {
    pub(super) fn new(bytes: u64) -> Self {
        let items = usize::try_from(bytes / USUAL_WEIGHT).unwrap_or(usize::MAX).max(16);
        Self { known: Bounded::with_weighter(items, bytes, ParsedSize), answered: Bounded::new(items) }
    }

    pub(super) fn get(&self, context: &Context, id: SchemaId, guid: Guid, since: i64) -> Option<Arc<Known>> {
        self.known.get(&(context.clone(), id, guid, since))
    }

    pub(super) fn put(&self, known: &Arc<Known>) {
        let stored = &known.stored;
        self.known.insert((stored.context.clone(), stored.id, stored.guid, stored.since), known.clone());
    }

    /// What a look-up was answered the last time, if its content is still near.
    pub(super) fn answered(&self, asked: &Asked) -> Option<(Arc<Holder>, Arc<Known>)> {
        let holder = self.answered.get(asked)?;
        let StoredVersion { id, guid, since, .. } = holder.version;
        let known = self.get(&holder.subject.context, id, guid, since)?;
        Some((holder, known))
    }

    /// Takes note of an answer.
    pub(super) fn answer(&self, asked: Asked, holder: &Arc<Holder>) {
        self.answered.insert(asked, holder.clone());
    }

    /// Forgets what a look-up was answered.
    pub(super) fn forget(&self, asked: &Asked) {
        self.answered.remove(asked);
    }
}
