//! Writes a transaction that was drafted, if nothing has moved since.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Effect, Novelty, Operation,
    draft::{Draft, DraftedRegistration},
};
use crate::{
    model::{ConfigChange, Context, Head, SchemaId, Subject, Version},
    registry::{Error, Found, Registry, Rehearsal, register::Prepared},
    store::Tx,
};

/// Ids that contents got in place of those by which the drafts know them.
type Numbers = HashMap<(Context, SchemaId), SchemaId>;

impl Registry {
    /// Writes a draft, or rehearses it; none if it has to be made anew.
    pub(super) async fn write_draft(&self, draft: Draft, rehearsal: Rehearsal) -> Result<Option<Vec<Effect>>, Error> {
        let (registry, locks) = (self.clone(), draft.locks());
        let draft = Arc::new(draft);
        let work = self.write_or_rehearse(rehearsal, locks, move |tx| {
            Box::pin(async move { registry.carry_out_draft(tx, &draft, rehearsal).await })
        });
        work.await
    }

    async fn carry_out_draft(
        &self,
        tx: &mut Tx,
        draft: &Draft,
        rehearsal: Rehearsal,
    ) -> Result<Option<Vec<Effect>>, Error> {
        // Everything is looked at before the first change: what is written stays written.
        if !self.are_still_so(tx, &draft.facts).await? || !self.all_references_stand(tx, draft).await? {
            return Ok(None);
        }
        let mut effects: Vec<Option<Effect>> = Vec::with_capacity(draft.operations.len());
        for (index, operation) in draft.operations.iter().enumerate() {
            effects.push(self.change_settings_by(tx, operation).await.map_err(Error::in_operation(index))?);
        }
        let mut numbers = Numbers::new();
        for registration in &draft.registrations {
            let written = self.carry_out_registration(tx, registration, &mut numbers).await;
            effects[registration.index] = Some(written.map_err(Error::in_operation(registration.index))?);
        }
        let mut effects: Vec<Effect> = effects.into_iter().flatten().collect();
        for effect in &mut effects {
            if let Effect::Registered { subject, head, found, .. } = effect {
                let revision = match rehearsal {
                    Rehearsal::Off => tx.head(subject).await?,
                    Rehearsal::On => draft.facts.moment(subject).read.head,
                };
                *head = Head::new(subject, revision);
                found.head = Some(*head);
            }
        }
        Ok(Some(effects))
    }

    /// Whether every version that is referred to is still there, or is about to be made.
    async fn all_references_stand(&self, tx: &mut Tx, draft: &Draft) -> Result<bool, Error> {
        let made: HashSet<(&Subject, Version)> = draft.plans().map(|plan| (&plan.subject, plan.version)).collect();
        for plan in draft.plans() {
            if !self.references_stand(tx, plan, |target, version| made.contains(&(target, version))).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn change_settings_by(&self, tx: &mut Tx, operation: &Operation) -> Result<Option<Effect>, Error> {
        let key = operation.key();
        Ok(match operation {
            Operation::Register { .. } => None,
            Operation::Config { change, .. } => {
                let config = Box::new(self.change_config_in(tx, &key, ConfigChange::clone(change)).await?);
                Some(Effect::Configured { key, config })
            }
            Operation::Mode { mode, care, .. } => {
                let wanted = self.admitted_mode(&key, mode.as_deref())?;
                self.change_mode_in(tx, &key, wanted, *care).await?;
                Some(Effect::ModeSet { key, mode: mode.clone() })
            }
        })
    }

    async fn carry_out_registration(
        &self,
        tx: &mut Tx,
        registration: &DraftedRegistration,
        numbers: &mut Numbers,
    ) -> Result<Effect, Error> {
        let context = &registration.subject.context;
        let (novelty, found) = match &registration.prepared {
            Prepared::There(found) => {
                let id = numbers.get(&(context.clone(), found.id)).copied().unwrap_or(found.id);
                (Novelty::Known, Found { id, ..Found::clone(found) })
            }
            Prepared::Planned(plan) => {
                let id = self.carry_out(tx, plan).await?;
                if let Some(drafted) = registration.drafted {
                    numbers.insert((context.clone(), drafted.id), id);
                }
                (Novelty::New, plan.found(id, Rehearsal::On))
            }
        };
        let subject = registration.subject.clone();
        let head = Head::new(&subject, 0);
        Ok(Effect::Registered { subject, head, novelty, found: Box::new(found) })
    }
}
