//! Writes a registration whose verdict has been computed, if nothing has moved since.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{
    Deletion, Error, Found, Registry, Rehearsal, associations::is_free_to_refer_to, cache::Known, canonicalize::Parsed,
    now, vault::Vault,
};
use crate::{
    model::{Head, SchemaId, Subject, Version},
    schema::LazySchema,
    store::{self, Locks, Registered, Scoped, StoredSchema, StoredVersion, Target, Tx},
};

/// Everything the write transaction needs; it looks again at what may have moved.
pub(super) struct Plan {
    pub(super) subject: Subject,
    pub(super) parsed: Parsed,
    pub(super) given_id: Option<SchemaId>,
    pub(super) version: Version,
    pub(super) head: i64,
    pub(super) settings: Scoped,
    /// The same, as the database told them.
    pub(super) settings_text: String,
    /// Which versions its references may name.
    pub(super) targets: Deletion,
}

impl Plan {
    /// Adds what the write must not share with others.
    pub(super) fn locks(&self, locks: Locks) -> Locks {
        let subject = &self.subject;
        let locks = locks.subject(subject).content(&subject.context, &self.parsed.guid).settings_of(subject);
        self.parsed.targets.iter().fold(locks, |locks, target| locks.referenced(&target.subject))
    }

    /// The plan as the database can write it together with others: not what comes with its own id.
    fn registration(&self, locks: &Locks, vault: &Vault) -> Option<store::Registration> {
        let Parsed { definition, guid, targets, .. } = &self.parsed;
        // A moment that a transaction read has no text of its settings.
        (self.given_id.is_none() && !self.settings_text.is_empty()).then(|| store::Registration {
            subject: self.subject.clone(),
            version: self.version,
            definition: vault.sealed(definition),
            guid: *guid,
            targets: targets.clone(),
            only_live_targets: self.targets == Deletion::Live,
            head: self.head,
            settings_text: self.settings_text.clone(),
            locks: locks.clone(),
            ts: now(),
        })
    }

    /// The answer to a plan that was carried out, which moved the head by one, or rehearsed, which did not.
    pub(super) fn found(&self, id: SchemaId, rehearsal: Rehearsal) -> Found {
        let moved = match rehearsal {
            Rehearsal::Off => 1,
            Rehearsal::On => 0,
        };
        Found {
            subject: Some(self.subject.clone()),
            version: Some(self.version),
            id,
            guid: self.parsed.guid,
            definition: self.parsed.definition.clone(),
            record: None,
            highest_id: None,
            tags: Vec::new(),
            head: Some(Head::new(&self.subject, self.head + moved)),
        }
    }
}

/// What became of a plan.
enum Outcome {
    Written { id: SchemaId },
    Moved,
}

impl Registry {
    /// Carries out a plan, or rehearses it; none if it has to be made anew.
    pub(super) async fn write(&self, plan: Plan, rehearsal: Rehearsal) -> Result<Option<Found>, Error> {
        let locks = plan.locks(Locks::new());
        if let Some(registration) = plan.registration(&locks, &self.vault).filter(|_| rehearsal == Rehearsal::Off) {
            match self.store.register(registration).await? {
                Registered::As(id) => {
                    self.keep_near(&plan, id);
                    return Ok(Some(plan.found(id, rehearsal)));
                }
                Registered::Moved => return Ok(None),
                Registered::NoIdLeft => return Err(Error::NoIdLeft(plan.subject.context)),
                Registered::Apart => {}
            }
        }
        let plan = Arc::new(plan);
        let (written, registry) = (plan.clone(), self.clone());
        let outcome: Outcome = self
            .write_or_rehearse(rehearsal, locks, move |tx| Box::pin(async move { registry.apply(tx, &written).await }))
            .await?;
        let Outcome::Written { id } = outcome else { return Ok(None) };
        if rehearsal == Rehearsal::Off {
            self.keep_near(&plan, id);
        }
        Ok(Some(plan.found(id, rehearsal)))
    }

    /// Runs work in a write transaction, and takes it back if it is only a rehearsal.
    pub(super) async fn write_or_rehearse<T, W>(&self, rehearsal: Rehearsal, locks: Locks, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, Error>> + Clone + Send + 'static,
    {
        match rehearsal {
            Rehearsal::Off => self.store.write(locks, work).await,
            Rehearsal::On => self.store.rehearse(locks, work).await,
        }
    }

    /// The next version of the subject will be compared with this one.
    fn keep_near(&self, plan: &Plan, id: SchemaId) {
        let Parsed { definition, guid, .. } = &plan.parsed;
        if definition.references.is_empty() {
            let context = plan.subject.context.clone();
            let stored = StoredSchema { context, id, guid: *guid, since: 0, definition: definition.clone() };
            let schema = LazySchema::stored(definition.kind, definition.text.clone(), Vec::new());
            self.cache.put(&Arc::new(Known { stored, schema, dependencies: Vec::new() }));
        }
    }

    async fn apply(&self, tx: &mut Tx, plan: &Plan) -> Result<Outcome, Error> {
        if !self.stands(tx, plan).await? {
            return Ok(Outcome::Moved);
        }
        Ok(Outcome::Written { id: self.carry_out(tx, plan).await? })
    }

    /// Whether what a plan rests on is still so.
    pub(super) async fn stands(&self, tx: &mut Tx, plan: &Plan) -> Result<bool, Error> {
        let subject = &plan.subject;
        if tx.head(subject).await? != plan.head || tx.settings(subject).await? != plan.settings {
            return Ok(false);
        }
        self.references_stand(tx, plan, |_, _| false).await
    }

    /// Whether everything that a plan refers to is still there with the content that was looked at, or is `made` by the
    /// same transaction.
    pub(super) async fn references_stand(
        &self,
        tx: &mut Tx,
        plan: &Plan,
        made: impl Fn(&Subject, Version) -> bool,
    ) -> Result<bool, Error> {
        for Target { subject, version } in &plan.parsed.targets {
            if made(subject, version.version) {
                continue;
            }
            let found = tx.version(subject, version.version).await?;
            let stands = |found: StoredVersion| {
                found.has_content_of(version) && (plan.targets == Deletion::Any || !found.deleted)
            };
            if !found.is_some_and(stands) {
                return Ok(false);
            }
        }
        is_free_to_refer_to(tx, &plan.parsed.targets).await
    }

    /// Writes a plan that stands and answers the id.
    pub(super) async fn carry_out(&self, tx: &mut Tx, plan: &Plan) -> Result<SchemaId, Error> {
        let subject = &plan.subject;
        tx.remember_context(&subject.context).await?;
        let revision = tx.advance_head(subject).await?;
        // Only an import may give the number of a version that exists: it takes its place.
        if plan.given_id.is_some()
            && let Some(replaced) = tx.version(subject, plan.version).await?
        {
            self.refuse_another_meaning(tx, plan, replaced).await?;
            tx.hold_contents(subject).await?;
            tx.remove_version(subject, replaced).await?;
        }
        let ts = now();
        let id = self.stored_content(tx, plan, ts).await?;
        let (version, guid) = (plan.version, plan.parsed.guid);
        let new = StoredVersion { version, id, guid, since: 0, deleted: false, ts, revision };
        tx.insert_version(subject, new).await?;
        self.remove_deleted_twins(tx, subject, new).await?;
        Ok(id)
    }

    /// What a reference means never changes: a version that somebody refers to is not given another content.
    async fn refuse_another_meaning(&self, tx: &mut Tx, plan: &Plan, replaced: StoredVersion) -> Result<(), Error> {
        let subject = &plan.subject;
        let before = self.content_of(tx, &subject.context, replaced).await?;
        let same = before.stored.definition == plan.parsed.definition;
        if same || tx.referrers(subject, plan.version).await?.is_empty() {
            return Ok(());
        }
        Err(Error::Referenced(subject.clone(), plan.version))
    }

    /// The id of the content: the one given, the one it has already, or a fresh one.
    async fn stored_content(&self, tx: &mut Tx, plan: &Plan, ts: i64) -> Result<SchemaId, Error> {
        let (context, parsed) = (&plan.subject.context, &plan.parsed);
        tx.keep_content(context, &parsed.guid).await?;
        let id = match plan.given_id {
            Some(id) => match self.vault.opened(tx.schema(context, id).await?)? {
                Some(stored) if stored.definition == parsed.definition => return Ok(id),
                Some(_) => return Err(Error::IdTaken { id, context: context.clone() }),
                None => id,
            },
            None => match self.content_with_guid(tx, plan).await? {
                Some(id) => return Ok(id),
                None => tx.allocate_id(context).await?.ok_or_else(|| Error::NoIdLeft(context.clone()))?,
            },
        };
        let definition = self.vault.sealed(&parsed.definition);
        let schema = StoredSchema { context: context.clone(), id, guid: parsed.guid, since: 0, definition };
        tx.insert_schema(&schema, &parsed.targets, ts).await?;
        tx.take_id(context, id).await?;
        Ok(id)
    }

    /// The id that the content has already; another content may share its guid and answer for it.
    pub(super) async fn content_with_guid(&self, tx: &mut Tx, plan: &Plan) -> Result<Option<SchemaId>, Error> {
        let (context, parsed) = (&plan.subject.context, &plan.parsed);
        let Some(id) = tx.id_of(context, &parsed.guid).await? else { return Ok(None) };
        let stored = self.vault.opened(tx.schema(context, id).await?)?;
        Ok(stored.filter(|stored| stored.definition == parsed.definition).map(|stored| stored.id))
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
