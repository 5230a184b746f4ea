//! Tells when each version of a subject came, and by whom: Regis' own, beyond the contract.

use super::{AtHead, Deletion, Error, Registry, VersionRecord};
use crate::model::{Head, Subject};

impl Registry {
    /// The versions of a subject with their origin, ascending.
    pub async fn version_records(
        &self,
        subject: &Subject,
        deletion: Deletion,
    ) -> Result<AtHead<Vec<VersionRecord>>, Error> {
        let mut tx = self.read();
        let subject = &self.aliased_in(&mut tx, subject).await?;
        if !self.exists(&mut tx, subject, deletion).await? {
            return Err(Error::SubjectNotFound(subject.clone()));
        }
        let mut records = tx.version_records(subject).await?;
        records.retain(|record| deletion == Deletion::Any || !record.version.deleted);
        Ok(AtHead { head: Head::new(subject, tx.head(subject).await?), value: records })
    }
}
