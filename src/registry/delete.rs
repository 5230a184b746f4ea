//! Deletes versions and subjects, softly or for good (contract, sections 6.5 and 6.10).

use super::{AtHead, Error, Permanence, Precondition, Registry, now};
use crate::{
    model::{Head, Subject, Version, VersionSelector},
    store::{Locks, StoredVersion, Tx},
};

/// Whose references keep a version from being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Referrers {
    /// Everybody's.
    All,
    /// Everybody's but the subject's own.
    OfOtherSubjects,
}

impl Registry {
    /// Deletes a subject and answers the versions affected, ascending.
    pub async fn delete_subject(
        &self,
        subject: &Subject,
        permanence: Permanence,
        precondition: Precondition,
    ) -> Result<AtHead<Vec<Version>>, Error> {
        let (registry, subject) = (self.clone(), subject.clone());
        let locks = self.locks_to_delete(&subject, permanence).await?;
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    precondition.require_in(tx, &subject).await?;
                    registry.delete_whole_subject(tx, &subject, permanence).await
                })
            })
            .await
    }

    /// Who removes versions for good excludes those who bring or remove the same contents.
    async fn locks_to_delete(&self, subject: &Subject, permanence: Permanence) -> Result<Locks, Error> {
        let locks = Locks::new().subject(subject).settings_of(subject);
        if permanence == Permanence::Soft {
            return Ok(locks);
        }
        // Contents that come later are locked when they are removed.
        let versions = self.store.moment(subject).await?.versions;
        Ok(versions.iter().fold(locks, |locks, version| locks.content(&subject.context, &version.guid)))
    }

    /// Deletes within a write that holds the subject.
    pub(super) async fn delete_whole_subject(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        permanence: Permanence,
    ) -> Result<AtHead<Vec<Version>>, Error> {
        let mut versions = tx.versions(subject).await?;
        if versions.is_empty() {
            return Err(Error::SubjectNotFound(subject.clone()));
        }
        if permanence == Permanence::Soft {
            versions.retain(|version| !version.deleted);
            if versions.is_empty() {
                return Err(Error::SubjectSoftDeleted(subject.clone()));
            }
        }
        self.in_scope(tx, subject).await?.refuse_read_only(subject)?;
        if !tx.associations_of_subject(subject).await?.is_empty() {
            return Err(Error::SubjectAssociated(subject.clone()));
        }
        for version in &versions {
            refuse_referenced(tx, subject, *version, permanence, Referrers::OfOtherSubjects).await?;
            if permanence == Permanence::Permanent && !version.deleted {
                return Err(Error::SubjectNotSoftDeleted(subject.clone()));
            }
        }
        let head = Head::new(subject, tx.advance_head(subject).await?);
        match permanence {
            Permanence::Soft => tx.soft_delete_all(subject).await?,
            Permanence::Permanent => {
                tx.hold_contents(subject).await?;
                // Newest first: within a subject later versions refer to earlier ones.
                for version in versions.iter().rev() {
                    tx.remove_version(subject, *version).await?;
                }
                remove_settings(tx, subject).await?;
            }
        }
        Ok(AtHead { head, value: versions.into_iter().map(|version| version.version).collect() })
    }

    /// Deletes one version and answers its number.
    pub async fn delete_version(
        &self,
        subject: &Subject,
        selector: VersionSelector,
        permanence: Permanence,
        precondition: Precondition,
    ) -> Result<AtHead<Version>, Error> {
        let (registry, subject) = (self.clone(), subject.clone());
        let locks = self.locks_to_delete(&subject, permanence).await?;
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    precondition.require_in(tx, &subject).await?;
                    registry.delete_one_version(tx, &subject, selector, permanence).await
                })
            })
            .await
    }

    async fn delete_one_version(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        selector: VersionSelector,
        permanence: Permanence,
    ) -> Result<AtHead<Version>, Error> {
        let versions = tx.versions(subject).await?;
        let version = match selector {
            VersionSelector::Latest => versions.iter().rev().find(|version| !version.deleted),
            VersionSelector::Exactly(number) => versions.iter().find(|version| version.version == number),
        };
        let version = match version {
            Some(version) => *version,
            None if versions.is_empty() => return Err(Error::SubjectNotFound(subject.clone())),
            None => return Err(Error::VersionNotFound(selector)),
        };
        if permanence == Permanence::Soft && version.deleted {
            return Err(Error::VersionSoftDeleted(subject.clone(), selector));
        }
        self.in_scope(tx, subject).await?.refuse_read_only(subject)?;
        let last = versions.iter().filter(|version| !version.deleted).count() == 1;
        if permanence == Permanence::Soft && last && !tx.associations_of_subject(subject).await?.is_empty() {
            return Err(Error::LastVersionAssociated);
        }
        refuse_referenced(tx, subject, version, permanence, Referrers::All).await?;
        if permanence == Permanence::Permanent && !version.deleted {
            return Err(Error::VersionNotSoftDeleted(subject.clone(), selector));
        }
        let revision = tx.advance_head(subject).await?;
        match permanence {
            Permanence::Soft => tx.soft_delete_version(subject, version.version, now(), revision).await?,
            Permanence::Permanent => {
                tx.hold_contents(subject).await?;
                tx.remove_version(subject, version).await?;
                if versions.len() == 1 {
                    remove_settings(tx, subject).await?;
                }
            }
        }
        Ok(AtHead { head: Head::new(subject, revision), value: version.version })
    }
}

/// A soft deletion looks only at live referrers, a permanent one at all of them.
async fn refuse_referenced(
    tx: &mut Tx,
    subject: &Subject,
    version: StoredVersion,
    permanence: Permanence,
    referrers: Referrers,
) -> Result<(), Error> {
    let found = tx.referrers(subject, version.version).await?;
    let counts = found.iter().any(|referrer| {
        (permanence == Permanence::Permanent || !referrer.deleted)
            && (referrers == Referrers::All || referrer.subject != *subject)
    });
    if counts { Err(Error::Referenced(subject.clone(), version.version)) } else { Ok(()) }
}

async fn remove_settings(tx: &mut Tx, subject: &Subject) -> Result<(), Error> {
    tx.delete_config(subject).await?;
    tx.delete_mode(subject).await?;
    Ok(())
}
