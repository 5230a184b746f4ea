//! Computes all that it takes to write a transaction; nothing is written yet.

use std::sync::Arc;

use super::{
    Drafts, Operation, Transaction,
    facts::Facts,
    order::{Step, ordered},
};
use crate::{
    model::{ConfigChange, Guid, Mode, SchemaId, Setting, Subject, Version},
    registry::{
        Care, Error, Precondition, Registration, Registry,
        alias::target_of,
        cache::Known,
        now,
        plan::Plan,
        register::{Moment, Prepared, Route},
    },
    store::{Locks, StoredSchema, StoredVersion},
};

/// A transaction that may be written if the facts are still so.
pub(super) struct Draft {
    pub(super) facts: Facts,
    /// As they were given.
    pub(super) operations: Vec<Operation>,
    /// In the order in which they are to be registered.
    pub(super) registrations: Vec<DraftedRegistration>,
}

/// A registration that was found to be there, or is to be written.
pub(super) struct DraftedRegistration {
    /// The position of the operation in the transaction.
    pub(super) index: usize,
    /// The subject, aliases followed.
    pub(super) subject: Subject,
    pub(super) prepared: Prepared,
    /// The id by which the drafts know a content that is to be written.
    pub(super) drafted: Option<StoredVersion>,
}

impl Draft {
    /// The subjects that the transaction names.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        self.facts.subjects()
    }

    pub(super) fn locks(&self) -> Locks {
        let mut locks = self.facts.locks(Locks::new());
        for operation in &self.operations {
            if let Operation::Config { .. } | Operation::Mode { .. } = operation {
                locks = locks.change_settings(&operation.key());
            }
        }
        self.plans().fold(locks, |locks, plan| plan.locks(locks))
    }

    /// What is to be written under subjects.
    pub(super) fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.registrations.iter().filter_map(|registration| match &registration.prepared {
            Prepared::There(_) => None,
            Prepared::Planned(plan) => Some(&**plan),
        })
    }
}

impl Operation {
    /// The key of the settings that it changes, or the subject as it is named.
    pub(super) fn key(&self) -> Subject {
        Subject::parse(self.name())
    }

    /// The subjects whose latest version it refers to.
    pub(super) fn latest_targets(&self) -> Vec<Subject> {
        let Self::Register { wanted, .. } = self else { return Vec::new() };
        let latest = wanted.submission.references.iter().filter(|reference| reference.version == Some(-1));
        let context = self.key().context;
        latest.filter_map(|reference| Some(Subject::resolved_in(reference.subject.as_deref()?, &context))).collect()
    }

    /// What the operation makes its subject stand for.
    pub(super) fn new_alias(&self) -> Option<Subject> {
        match self {
            Self::Config { change, .. } => match &change.alias {
                Setting::Set(alias) if !alias.is_empty() => Some(Subject::resolved_in(alias, &self.key().context)),
                _ => None,
            },
            Self::Register { .. } | Self::Mode { .. } => None,
        }
    }
}

impl Registry {
    pub(super) async fn draft(&self, transaction: &Transaction) -> Result<Draft, Error> {
        let mut tx = self.read();
        let facts = self.facts_of(&mut tx, transaction).await?;
        drop(tx);
        self.require_expected(transaction, &facts)?;
        let mut drafts = Drafts::default();
        for operation in &transaction.operations {
            self.draft_settings(operation, &facts, &mut drafts);
        }
        let mut drafts = Arc::new(drafts);
        let steps = steps(&transaction.operations, &facts, &drafts);
        let mut registrations = Vec::with_capacity(steps.len());
        for at in ordered(&steps, |subject, version| facts.has(subject, version))? {
            let Step { index, subject, .. } = &steps[at];
            let Operation::Register { wanted, .. } = &transaction.operations[*index] else { continue };
            let drafted = self.draft_registration(*index, subject, wanted, &facts, &mut drafts).await;
            registrations.push(drafted.map_err(Error::in_operation(*index))?);
        }
        Ok(Draft { facts, operations: transaction.operations.clone(), registrations })
    }

    /// Settings as they will be; whether they may be changed is seen when they are written.
    fn draft_settings(&self, operation: &Operation, facts: &Facts, drafts: &mut Drafts) {
        let key = operation.key();
        match operation {
            Operation::Register { .. } => {}
            Operation::Config { change, .. } => {
                let before = self.moment_over(drafts, facts.moment(&key), &key).own_config(&key).cloned();
                drafts.set_config(key, before.unwrap_or_default().changed(ConfigChange::clone(change)));
            }
            Operation::Mode { mode, care, .. } => {
                let mode = mode.as_deref().and_then(Mode::parse);
                let before = self.moment_over(drafts, facts.moment(&key), &key).in_scope.mode;
                if mode == Some(Mode::Import) && before != Mode::Import && *care == Care::Checked {
                    drafts.make_room_below(key.clone());
                }
                drafts.set_mode(key, mode);
            }
        }
    }

    /// A subject's moment as the drafts make it.
    fn moment_over(&self, drafts: &Drafts, moment: &Moment, subject: &Subject) -> Moment {
        let in_scope = self.in_scope_of(drafts.settings(&moment.in_scope.records, subject), subject);
        Moment { in_scope, read: drafts.over(&moment.read, subject) }
    }

    async fn draft_registration(
        &self,
        index: usize,
        subject: &Subject,
        wanted: &Registration,
        facts: &Facts,
        drafts: &mut Arc<Drafts>,
    ) -> Result<DraftedRegistration, Error> {
        let moment = self.moment_over(drafts, facts.moment(subject), subject);
        // Conditions were compared with what was there before the first operation.
        let wanted = &Registration { precondition: Precondition::default(), ..wanted.clone() };
        let seeing = self.seeing(Arc::clone(drafts));
        let versions = moment.read.versions.clone();
        let prepared = seeing.prepare_from(moment, seeing.glance(), Route::Fast, subject, wanted).await?;
        let drafted = match &prepared {
            Prepared::There(found) => {
                drop(seeing);
                if let Some(there) = versions.iter().find(|there| Some(there.version) == found.version) {
                    Arc::make_mut(drafts).answer(subject, *there);
                }
                None
            }
            Prepared::Planned(plan) => {
                let (version, known) = seeing.drafted(plan).await?;
                drop(seeing);
                Arc::make_mut(drafts).add(subject, version, known);
                Some(version)
            }
        };
        Ok(DraftedRegistration { index, subject: subject.clone(), prepared, drafted })
    }

    /// A version that is to be written, with its content, as what follows it sees it.
    async fn drafted(&self, plan: &Plan) -> Result<(StoredVersion, Known), Error> {
        let mut tx = self.glance();
        let (context, parsed) = (&plan.subject.context, &plan.parsed);
        let id = match (plan.given_id, self.drafts.id_of(context, &parsed.guid)) {
            (Some(id), _) | (None, Some(id)) => id,
            (None, None) => self.content_with_guid(&mut tx, plan).await?.unwrap_or_else(|| self.drafts.unused_id()),
        };
        let version = drafted_version(plan.version, id, parsed.guid);
        let definition = parsed.definition.clone();
        let stored = StoredSchema { context: context.clone(), id, guid: parsed.guid, since: 0, definition };
        let known = self.with_dependencies(&mut tx, stored, 0).await?;
        Ok((version, known))
    }
}

/// It is written later than everything that is there.
fn drafted_version(version: Version, id: SchemaId, guid: Guid) -> StoredVersion {
    StoredVersion { version, id, guid, since: 0, deleted: false, ts: now(), revision: i64::MAX }
}

/// The registrations with the subjects that they go to when settings are changed.
fn steps<'a>(operations: &'a [Operation], facts: &Facts, drafts: &Drafts) -> Vec<Step<'a>> {
    let step = |(index, operation): (usize, &'a Operation)| match operation {
        Operation::Register { wanted, .. } => {
            let name = operation.key();
            let subject = match drafts.config(&name) {
                Some(config) => target_of(&name, Some(config)),
                None => facts.meant_by(&name),
            };
            Some(Step { index, subject, references: &wanted.submission.references })
        }
        Operation::Config { .. } | Operation::Mode { .. } => None,
    };
    operations.iter().enumerate().filter_map(step).collect()
}
