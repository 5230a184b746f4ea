//! Removes associations, with the subjects that belong to them alone if asked for (contract, section 9.4).

use super::{Cascade, Rehearsal, facts::refuse_read_only, rules::refuse_frozen};
use crate::{
    model::{Association, Lifecycle, Subject},
    registry::{AssociationFilter, Error, Permanence, Registry, register::ATTEMPTS},
    store::{Locks, Tx},
};

impl Registry {
    /// Removes the associations of a resource that a filter selects: all of them or none.
    pub async fn delete_associations(
        &self,
        resource_id: &str,
        filter: &AssociationFilter,
        cascade: Cascade,
        rehearsal: Rehearsal,
    ) -> Result<(), Error> {
        let mut contended = Subject::none();
        for _ in 0..ATTEMPTS {
            let mut tx = self.read();
            let doomed = self.removable(&mut tx, resource_id, filter, cascade).await?;
            drop(tx);
            if let Some(first) = doomed.first() {
                contended.clone_from(&first.subject);
            }
            if rehearsal == Rehearsal::On {
                return Ok(());
            }
            let (registry, id, filter) = (self.clone(), resource_id.to_owned(), filter.clone());
            let removed = self.store.write(locks(&doomed), move |tx| {
                Box::pin(async move {
                    // Locks were taken for what was there before.
                    if registry.removable(tx, &id, &filter, cascade).await? != doomed {
                        return Ok::<bool, Error>(false);
                    }
                    registry.remove(tx, &doomed, cascade).await?;
                    Ok(true)
                })
            });
            if removed.await? {
                return Ok(());
            }
        }
        Err(Error::Contended(contended))
    }

    /// The associations that may be removed.
    async fn removable(
        &self,
        tx: &mut Tx,
        resource_id: &str,
        filter: &AssociationFilter,
        cascade: Cascade,
    ) -> Result<Vec<Association>, Error> {
        let mut doomed = tx.associations_of_resource(resource_id).await?;
        doomed.retain(|association| filter.selects(association));
        if doomed.is_empty() {
            return Err(Error::AssociationNotFound(resource_id.to_owned()));
        }
        for association in &doomed {
            refuse_read_only(&association.subject, &self.in_scope(tx, &association.subject).await?)?;
            if cascade == Cascade::None {
                refuse_frozen(association)?;
            }
        }
        Ok(doomed)
    }

    async fn remove(&self, tx: &mut Tx, doomed: &[Association], cascade: Cascade) -> Result<(), Error> {
        for association in doomed {
            tx.delete_association(association).await?;
            let subject = &association.subject;
            let imported = self.in_scope(tx, subject).await?.mode.takes_given_ids();
            if cascade == Cascade::Subject && association.lifecycle == Lifecycle::Strong && !imported {
                for permanence in [Permanence::Soft, Permanence::Permanent] {
                    self.delete_whole_subject(tx, subject, permanence).await?;
                }
            }
        }
        Ok(())
    }
}

fn locks(doomed: &[Association]) -> Locks {
    doomed.iter().fold(Locks::new(), |locks, association| {
        let Association { resource_type, resource_id, subject, .. } = association;
        locks.resource(resource_type, resource_id).subject(subject).settings_of(subject)
    })
}
