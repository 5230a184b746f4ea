//! Takes soft deletions back: same version, same id. Regis' own, beyond the contract.

use super::{AtHead, Error, Precondition, Registry, now};
use crate::{
    model::{Head, Subject, Version, VersionSelector},
    store::{Locks, StoredVersion, Tx},
};

impl Registry {
    /// Restores every soft-deleted version of a subject and answers them, ascending; there may be none.
    ///
    /// No level is applied: what is restored had been accepted. What it refers to must be live.
    pub async fn restore_subject(
        &self,
        subject: &Subject,
        precondition: Precondition,
    ) -> Result<AtHead<Vec<Version>>, Error> {
        let (registry, subject) = (self.clone(), subject.clone());
        let (head, locks) = self.locks_to_restore(&subject).await?;
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    if precondition.require_in(tx, &subject).await? != head {
                        return Err(Error::Contended(subject));
                    }
                    let versions = tx.versions(&subject).await?;
                    if versions.is_empty() {
                        return Err(Error::SubjectNotFound(subject));
                    }
                    let deleted = versions.into_iter().filter(|version| version.deleted).collect();
                    registry.restore(tx, &subject, deleted).await
                })
            })
            .await
    }

    /// Restores one soft-deleted version; a live one stays as it is.
    pub async fn restore_version(
        &self,
        subject: &Subject,
        selector: VersionSelector,
        precondition: Precondition,
    ) -> Result<AtHead<Version>, Error> {
        let (registry, subject) = (self.clone(), subject.clone());
        let (head, locks) = self.locks_to_restore(&subject).await?;
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    if precondition.require_in(tx, &subject).await? != head {
                        return Err(Error::Contended(subject));
                    }
                    let versions = tx.versions(&subject).await?;
                    if versions.is_empty() {
                        return Err(Error::SubjectNotFound(subject));
                    }
                    let named = match selector {
                        VersionSelector::Latest => versions.last(),
                        VersionSelector::Exactly(number) => versions.iter().find(|version| version.version == number),
                    };
                    let version = *named.ok_or(Error::VersionNotFound(selector))?;
                    let deleted = Some(version).filter(|version| version.deleted).into_iter().collect();
                    let AtHead { head, .. } = registry.restore(tx, &subject, deleted).await?;
                    Ok(AtHead { head, value: version.version })
                })
            })
            .await
    }

    /// Nobody may delete what a restored version refers to; the locks are those of one head of the subject.
    async fn locks_to_restore(&self, subject: &Subject) -> Result<(i64, Locks), Error> {
        let mut locks = Locks::new().subject(subject).settings_of(subject);
        let mut tx = self.read();
        let head = tx.head(subject).await?;
        for version in tx.versions(subject).await?.into_iter().filter(|version| version.deleted) {
            for reference in &self.content_of(&mut tx, &subject.context, version).await?.stored.definition.references {
                locks = locks.referenced(&Subject::resolved_in(&reference.subject, &subject.context));
            }
        }
        Ok((head, locks))
    }

    async fn restore(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        deleted: Vec<StoredVersion>,
    ) -> Result<AtHead<Vec<Version>>, Error> {
        self.in_scope(tx, subject).await?.refuse_read_only(subject)?;
        if deleted.is_empty() {
            return Ok(AtHead { head: Head::new(subject, tx.head(subject).await?), value: Vec::new() });
        }
        let revision = tx.advance_head(subject).await?;
        let mut restored = Vec::new();
        // Ascending: a version may refer to an earlier one of its own subject, which is live again by then.
        for version in deleted {
            let known = self.content_of(tx, &subject.context, version).await?;
            for reference in &known.stored.definition.references {
                let target = Subject::resolved_in(&reference.subject, &subject.context);
                if tx.version(&target, reference.version).await?.is_none_or(|version| version.deleted) {
                    let (target, number) = (target, reference.version);
                    return Err(Error::InvalidSchema(format!(
                        "No schema reference found for subject \"{target}\" and version {number}"
                    )));
                }
            }
            tx.restore_version(subject, version.version, now(), revision).await?;
            restored.push(version.version);
        }
        Ok(AtHead { head: Head::new(subject, revision), value: restored })
    }
}
