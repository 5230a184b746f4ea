//! Writes a registration whose verdict has been computed, if nothing has moved since.

use std::sync::Arc;

use super::{Deletion, Error, Found, Registry, canonicalize::Parsed, now};
use crate::{
    model::{SchemaId, Subject, Version},
    store::{Locks, Scoped, StoredSchema, StoredVersion, Tx},
};

/// Everything the write transaction needs; it looks again at what may have moved.
pub(super) struct Plan {
    pub(super) subject: Subject,
    pub(super) parsed: Parsed,
    pub(super) given_id: Option<SchemaId>,
    pub(super) version: Version,
    pub(super) head: i64,
    pub(super) settings: Scoped,
    /// Which versions its references may name.
    pub(super) targets: Deletion,
}

/// What became of a plan.
enum Outcome {
    Written { id: SchemaId },
    Moved,
}

impl Registry {
    /// Carries out a plan; none if it has to be made anew.
    pub(super) async fn write(&self, plan: Plan) -> Result<Option<Found>, Error> {
        let (subject, guid) = (&plan.subject, plan.parsed.guid);
        let mut locks = Locks::new().subject(subject).content(&subject.context, &guid).settings_of(subject);
        for target in &plan.parsed.targets {
            locks = locks.referenced(target);
        }
        let plan = Arc::new(plan);
        let (written, registry) = (plan.clone(), self.clone());
        let outcome: Outcome =
            self.store.write(locks, move |tx| Box::pin(async move { registry.apply(tx, &written).await })).await?;
        let Outcome::Written { id } = outcome else { return Ok(None) };
        let parsed = &plan.parsed;
        Ok(Some(Found {
            subject: Some(plan.subject.clone()),
            version: Some(plan.version),
            id,
            guid: parsed.guid,
            definition: parsed.definition.clone(),
            record: None,
            highest_id: None,
        }))
    }

    async fn apply(&self, tx: &mut Tx, plan: &Plan) -> Result<Outcome, Error> {
        let subject = &plan.subject;
        if tx.head(subject).await? != plan.head || tx.settings(subject).await? != plan.settings {
            return Ok(Outcome::Moved);
        }
        for (reference, target) in plan.parsed.definition.references.iter().zip(&plan.parsed.targets) {
            let there = tx.version(target, reference.version).await?;
            if !there.is_some_and(|version| plan.targets == Deletion::Any || !version.deleted) {
                return Ok(Outcome::Moved);
            }
        }
        tx.remember_context(&subject.context).await?;
        let revision = tx.advance_head(subject).await?;
        // Only an import may give the number of a version that exists: it takes its place.
        if let Some(replaced) = tx.version(subject, plan.version).await? {
            tx.remove_version(subject, replaced).await?;
        }
        let ts = now();
        let id = self.stored_content(tx, plan, ts).await?;
        let new = StoredVersion { version: plan.version, id, guid: plan.parsed.guid, deleted: false, ts, revision };
        tx.insert_version(subject, new).await?;
        self.remove_deleted_twins(tx, subject, new).await?;
        Ok(Outcome::Written { id })
    }

    /// The id of the content: the one given, the one it has already, or a fresh one.
    async fn stored_content(&self, tx: &mut Tx, plan: &Plan, ts: i64) -> Result<SchemaId, Error> {
        let (context, parsed) = (&plan.subject.context, &plan.parsed);
        let known = match plan.given_id {
            Some(id) => Some(id),
            None => tx.id_of(context, &parsed.guid).await?,
        };
        if let Some(id) = known
            && let Some(stored) = tx.schema(context, id).await?
        {
            let same = stored.definition == parsed.definition;
            return if same { Ok(id) } else { Err(Error::IdTaken { id, context: context.clone() }) };
        }
        let id = match known {
            Some(id) => id,
            None => tx.allocate_id(context).await?,
        };
        let schema =
            StoredSchema { context: context.clone(), id, guid: parsed.guid, definition: parsed.definition.clone() };
        tx.insert_schema(&schema, &parsed.targets, ts).await?;
        tx.take_id(context, id).await?;
        Ok(id)
    }

    /// Older soft-deleted versions of the same content make way, unless somebody refers to them.
    async fn remove_deleted_twins(&self, tx: &mut Tx, subject: &Subject, new: StoredVersion) -> Result<(), Error> {
        for twin in tx.versions(subject).await? {
            if twin.deleted
                && twin.id == new.id
                && twin.version < new.version
                && tx.referrers(subject, twin.version).await?.is_empty()
            {
                tx.remove_version(subject, twin).await?;
            }
        }
        Ok(())
    }
}
