//! Looks a posted schema up under a subject (contract, sections 6.4 and 7.2).

use super::{
    Deletion, Error, Found, Normalize, Registry, Submission, View, canonicalize::Reading, find::answer,
    populate::with_contract,
};
use crate::{model::Subject, schema::Strictness, store::Tx};

impl Registry {
    /// The version of `subject` that holds the posted schema, or one that means the same.
    pub async fn lookup(
        &self,
        subject: &Subject,
        submission: Submission,
        normalize: Normalize,
        deletion: Deletion,
        view: View,
    ) -> Result<Found, Error> {
        let mut tx = self.read();
        let subject = &self.aliased_in(&mut tx, subject).await?;
        let mut found = self.lookup_in(&mut tx, subject, &submission, normalize, deletion).await?;
        if found.is_none() && subject.context.is_default() {
            for context in self.known_contexts(&mut tx).await? {
                let elsewhere = Subject::new(context, subject.name());
                // What does not even parse in another context is not there.
                found = match self.lookup_in(&mut tx, &elsewhere, &submission, normalize, deletion).await {
                    Err(Error::InvalidSchema(_)) => None,
                    outcome => outcome?,
                };
                if found.is_some() {
                    break;
                }
            }
        }
        match found {
            Some(found) => {
                drop(tx);
                self.shown(found, &view).await
            }
            None => Err(self.not_found(&mut tx, subject, deletion, Error::SchemaNotFound).await),
        }
    }

    /// Looks in one subject, and in no other context.
    pub(super) async fn lookup_in(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        submission: &Submission,
        normalize: Normalize,
        deletion: Deletion,
    ) -> Result<Option<Found>, Error> {
        let in_scope = self.in_scope(tx, subject).await?;
        let reading = Reading::by(&in_scope, Strictness::Stored, normalize, self.options.validate_fields);
        let Some(parsed) = self.canonicalize(tx, subject, submission, reading).await? else { return Ok(None) };
        let (revision, versions) = (tx.head(subject).await?, tx.versions(subject).await?);
        let answering = self.answering(tx, subject, &parsed.guid, &versions).await?;
        if let Some(found) = self.find(tx, subject, &parsed, &versions, answering, deletion).await? {
            return Ok(Some(answer(subject, &parsed, &found, revision)));
        }
        // Registration would have inherited metadata and rules from the version before: look for that as well.
        let Some(latest) = versions.iter().rev().find(|version| !version.deleted) else { return Ok(None) };
        let previous = self.content_of(tx, &subject.context, *latest).await?;
        let inherited = with_contract(submission.clone(), Some(&previous.stored.definition), &in_scope.config);
        if inherited == *submission {
            return Ok(None);
        }
        let Some(parsed) = self.canonicalize(tx, subject, &inherited, reading).await? else { return Ok(None) };
        let answering = self.answering(tx, subject, &parsed.guid, &versions).await?;
        let found = self.find(tx, subject, &parsed, &versions, answering, deletion).await?;
        Ok(found.map(|found| answer(subject, &parsed, &found, revision)))
    }
}
