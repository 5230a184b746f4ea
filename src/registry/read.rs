//! Reads versions of a subject (contract, sections 6.7, 6.9 and 6.12), and shows schemas in the form asked for.

use std::sync::Arc;

use super::{
    AtHead, Deletion, Error, Found, Record, ReferenceFormat, Registry, VersionList, View, cache::Known, compute,
    logical::refuse_logical_view, tags::tagged,
};
use crate::{
    model::{Head, SchemaId, Subject, VersionSelector},
    schema::{Schema, Strictness},
    store::{StoredVersion, Tx},
};

impl Registry {
    /// The numbers of a subject's versions, ascending by absolute value; `missing` says which subjects exist.
    pub async fn versions(
        &self,
        subject: &Subject,
        list: VersionList,
        missing: Deletion,
    ) -> Result<AtHead<Vec<i32>>, Error> {
        let mut tx = self.read();
        let subject = &self.aliased_in(&mut tx, subject).await?;
        if !self.exists(&mut tx, subject, missing).await? {
            return Err(Error::SubjectNotFound(subject.clone()));
        }
        let versions = tx.versions(subject).await?;
        let number = |version: &StoredVersion| match list {
            VersionList::DeletedNegated if version.deleted => Some(-version.version.0),
            VersionList::All | VersionList::DeletedNegated => Some(version.version.0),
            VersionList::Live => (!version.deleted).then_some(version.version.0),
            VersionList::OnlyDeleted => version.deleted.then_some(version.version.0),
        };
        let head = Head::new(subject, tx.head(subject).await?);
        Ok(AtHead { head, value: versions.iter().filter_map(number).collect() })
    }

    /// One version; a name of the default context is looked for in the other contexts too.
    pub async fn version(
        &self,
        subject: &Subject,
        selector: VersionSelector,
        deletion: Deletion,
        view: View,
    ) -> Result<Found, Error> {
        let mut tx = self.read();
        let subject = self.aliased_in(&mut tx, subject).await?;
        let (subject, version) = self.find_version(&mut tx, &subject, selector, deletion).await?;
        let known = self.content_of(&mut tx, &subject.context, version).await?;
        let head = Some(Head::new(&subject, tx.head(&subject).await?));
        drop(tx);
        refuse_logical_view(&view)?;
        self.shown_as_stored(Found { head, ..stored(subject, version, &known) }, &known, &view).await
    }

    /// The newest version whose metadata has all of `properties`; without any, the newest that has metadata at all.
    pub async fn version_with_metadata(
        &self,
        subject: &Subject,
        properties: &[(String, String)],
        deletion: Deletion,
        view: View,
    ) -> Result<Found, Error> {
        let mut tx = self.read();
        let subject = &self.aliased_in(&mut tx, subject).await?;
        let versions = tx.versions(subject).await?;
        for version in versions.into_iter().rev().filter(|version| deletion == Deletion::Any || !version.deleted) {
            let known = self.content_of(&mut tx, &subject.context, version).await?;
            let metadata = known.stored.definition.metadata.as_ref();
            let has = |(key, value): &(String, String)| {
                metadata.is_some_and(|metadata| metadata.properties.get(key) == Some(value))
            };
            if metadata.is_some() && properties.iter().all(has) {
                let head = Some(Head::new(subject, tx.head(subject).await?));
                drop(tx);
                let found = Found { head, ..stored(subject.clone(), version, &known) };
                return self.shown_as_stored(found, &known, &view).await;
            }
        }
        Err(self.not_found(&mut tx, subject, deletion, Error::SchemaNotFound).await)
    }

    /// The ids of the schemas that refer to a version, sorted by context and id.
    pub async fn referenced_by(
        &self,
        subject: &Subject,
        selector: VersionSelector,
        deletion: Deletion,
    ) -> Result<AtHead<Vec<SchemaId>>, Error> {
        let mut tx = self.read();
        let subject = self.aliased_in(&mut tx, subject).await?;
        let (subject, version) = self.find_version(&mut tx, &subject, selector, Deletion::Any).await?;
        let mut referrers = tx.referrers(&subject, version.version).await?;
        referrers.retain(|referrer| deletion == Deletion::Any || !referrer.deleted);
        let mut ids: Vec<_> = referrers.into_iter().map(|referrer| (referrer.context, referrer.id)).collect();
        ids.sort();
        ids.dedup();
        let head = Head::new(&subject, tx.head(&subject).await?);
        Ok(AtHead { head, value: ids.into_iter().map(|(_, id)| id).collect() })
    }

    pub(super) async fn find_version(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        selector: VersionSelector,
        deletion: Deletion,
    ) -> Result<(Subject, StoredVersion), Error> {
        if let Some(version) = select(tx, subject, selector, deletion).await? {
            return Ok((subject.clone(), version));
        }
        // A subject of the default context that has no live version has no latest one, whatever other contexts hold.
        let settled = selector == VersionSelector::Latest && self.exists(tx, subject, deletion).await?;
        if subject.context.is_default() && !settled {
            for context in self.known_contexts(tx).await? {
                let elsewhere = Subject::new(context, subject.name());
                if let Some(version) = select(tx, &elsewhere, selector, deletion).await? {
                    return Ok((elsewhere, version));
                }
            }
        }
        Err(self.not_found(tx, subject, deletion, Error::VersionNotFound(selector)).await)
    }

    /// A schema that was just parsed, in the form asked for.
    pub(super) async fn shown(&self, found: Found, view: &View) -> Result<Found, Error> {
        if view.format.as_deref().is_none_or(|format| format.trim().is_empty()) {
            return Ok(with_references(found, view));
        }
        let context = found.subject.as_ref().map(|subject| subject.context.clone()).unwrap_or_default();
        let mut tx = self.read();
        match self.known(&mut tx, &context, found.id, found.guid).await? {
            Some(known) => self.shown_as_stored(found, &known, view).await,
            None => Ok(with_references(found, view)),
        }
    }

    /// A schema that was just written, or was to be, in the form asked for.
    pub(super) async fn shown_as_parsed(
        &self,
        mut found: Found,
        schema: Arc<Schema>,
        view: &View,
    ) -> Result<Found, Error> {
        if let Some(format) = view.format.clone().filter(|format| !format.trim().is_empty()) {
            let formatted = compute(move || schema.formatted(&format)).await;
            found.definition.text = formatted.map_err(|error| Error::InvalidSchema(error.to_string()))?;
        }
        Ok(with_references(found, view))
    }

    /// A stored schema in the form asked for.
    pub(super) async fn shown_as_stored(&self, mut found: Found, known: &Known, view: &View) -> Result<Found, Error> {
        if let Some(format) = view.format.clone().filter(|format| !format.trim().is_empty()) {
            let (kind, text) = (found.definition.kind, found.definition.text.clone());
            let references = known.schema.references().to_vec();
            let formatted = compute(move || {
                let schema = Schema::parse(kind, &text, &references, Strictness::Stored)?;
                schema.formatted(&format)
            });
            found.definition.text = formatted.await.map_err(|error| Error::InvalidSchema(error.to_string()))?;
        }
        found.tags = tagged(known, &view.find_tags)?;
        Ok(with_references(found, view))
    }
}

/// A stored version as it is answered.
pub(super) fn stored(subject: Subject, version: StoredVersion, known: &Known) -> Found {
    Found {
        subject: Some(subject),
        version: Some(version.version),
        id: version.id,
        guid: version.guid,
        definition: known.stored.definition.clone(),
        record: Some(Record { ts: version.ts, deleted: version.deleted }),
        highest_id: None,
        tags: Vec::new(),
        head: None,
    }
}

fn with_references(mut found: Found, view: &View) -> Found {
    if let (ReferenceFormat::Qualified, Some(owner)) = (view.references, &found.subject) {
        for reference in &mut found.definition.references {
            reference.subject = Subject::resolved_in(&reference.subject, &owner.context).to_string();
        }
    }
    found
}

/// A version by its number, or the latest live one: `latest` never means a soft-deleted version.
async fn select(
    tx: &mut Tx,
    subject: &Subject,
    selector: VersionSelector,
    deletion: Deletion,
) -> Result<Option<StoredVersion>, Error> {
    let version = match selector {
        VersionSelector::Latest => tx.latest(subject).await?,
        VersionSelector::Exactly(version) => tx.version(subject, version).await?,
    };
    Ok(version.filter(|version| deletion == Deletion::Any || !version.deleted))
}
