//! Finds a posted schema among the versions of a subject (contract, section 7.2).

use std::sync::Arc;

use super::{Deletion, Error, Found, Record, Registry, cache::Known, canonicalize::Parsed, compute};
use crate::{
    model::{Definition, Guid, Head, Metadata, SchemaId, SchemaKind, Subject},
    store::{StoredVersion, Tx},
};

/// How a schema was recognised, and where.
#[derive(Debug, Clone)]
pub(super) enum Match {
    /// The same content: the answer shows the posted schema.
    Content(StoredVersion),
    /// An equivalent one: the answer shows the stored record.
    Equivalent(StoredVersion, Arc<Known>),
}

impl Match {
    pub(super) fn version(&self) -> StoredVersion {
        match self {
            Self::Content(version) | Self::Equivalent(version, _) => *version,
        }
    }
}

/// The version that answers for an id within a subject: the last written one.
pub(super) fn holding(versions: &[StoredVersion], id: SchemaId) -> Option<StoredVersion> {
    versions.iter().filter(|version| version.id == id).max_by_key(|version| version.revision).copied()
}

impl Registry {
    /// Looks for `parsed` among `versions` (all of the subject's, ascending): by content, else newest first by meaning.
    /// `answering` is the id that answers for its content, if any of the versions has it.
    pub(super) async fn find(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        parsed: &Parsed,
        versions: &[StoredVersion],
        answering: Option<SchemaId>,
        deletion: Deletion,
    ) -> Result<Option<Match>, Error> {
        let visible = |version: &StoredVersion| deletion == Deletion::Any || !version.deleted;
        if let Some(id) = answering
            && let Some(version) = holding(versions, id).filter(visible)
            && self.holds(tx, subject, version, parsed).await?
        {
            return Ok(Some(Match::Content(version)));
        }
        let candidates: Vec<StoredVersion> =
            versions.iter().rev().filter(|version| visible(version)).copied().collect();
        self.find_equivalent(tx, subject, parsed, candidates).await
    }

    /// The id that answers for a content, if any of a subject's versions has it.
    pub(super) async fn answering(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        guid: &Guid,
        versions: &[StoredVersion],
    ) -> Result<Option<SchemaId>, Error> {
        if versions.iter().all(|version| version.guid != *guid) {
            return Ok(None);
        }
        match self.drafts.id_of(&subject.context, guid) {
            Some(id) => Ok(Some(id)),
            None => Ok(tx.id_of(&subject.context, guid).await?),
        }
    }

    /// Whether a version whose content has the same guid has the same content: the recipe of the hash puts no separators
    /// between its parts and leaves the language out, so different contents may share a guid.
    pub(super) async fn holds(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        version: StoredVersion,
        parsed: &Parsed,
    ) -> Result<bool, Error> {
        let known = self.content_of(tx, &subject.context, version).await?;
        Ok(known.stored.definition == parsed.definition)
    }

    /// The first of `candidates` that means the same.
    pub(super) async fn find_equivalent(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        parsed: &Parsed,
        candidates: Vec<StoredVersion>,
    ) -> Result<Option<Match>, Error> {
        let mut alike = Vec::new();
        for version in candidates {
            let known = self.content_of(tx, &subject.context, version).await?;
            if may_be_equivalent(&parsed.definition, &known.stored.definition) {
                alike.push((version, known));
            }
        }
        if alike.is_empty() {
            return Ok(None);
        }
        let parsed = parsed.clone();
        let found =
            compute(move || alike.into_iter().find(|(version, known)| means_the_same(&parsed, *version, known)));
        Ok(found.await.map(|(version, known)| Match::Equivalent(version, known)))
    }
}

/// The answer for a schema that is there: as posted if its content was found, else as stored.
pub(super) fn answer(subject: &Subject, parsed: &Parsed, found: &Match, revision: i64) -> Found {
    let version = found.version();
    let (definition, guid, record) = match found {
        Match::Content(_) => (parsed.definition.clone(), parsed.guid, None),
        Match::Equivalent(version, known) => {
            let record = Record { ts: version.ts, deleted: version.deleted };
            (known.stored.definition.clone(), known.stored.guid, Some(record))
        }
    };
    Found {
        subject: Some(subject.clone()),
        version: Some(version.version),
        id: version.id,
        guid,
        definition,
        record,
        highest_id: None,
        tags: Vec::new(),
        head: Some(Head::new(subject, revision)),
    }
}

/// A cheap and sound first look, so that most versions are not parsed: the canonical texts of equivalent Avro schemas
/// differ only in the order of properties, hence not in length, unless one of them has its references inlined. In the
/// other languages equivalent texts are equal.
fn may_be_equivalent(new: &Definition, stored: &Definition) -> bool {
    if new.kind != stored.kind {
        return false;
    }
    let inlined = new.references.is_empty() && !stored.references.is_empty();
    if !inlined && new.references != stored.references {
        return false;
    }
    match new.kind {
        SchemaKind::Avro => inlined || length(&new.text) == length(&stored.text),
        SchemaKind::Json | SchemaKind::Protobuf => new.text == stored.text,
    }
}

/// The length of a canonical Avro text in which errors are called records: Avro does not tell them apart.
fn length(text: &str) -> usize {
    text.len() + text.matches("\"type\":\"error\"").count()
}

/// `canLookup` of the contract (section 7.2.1); the references have been compared by [`may_be_equivalent`].
fn means_the_same(new: &Parsed, version: StoredVersion, stored: &Known) -> bool {
    let (new_metadata, stored_metadata) = (&new.definition.metadata, &stored.stored.definition.metadata);
    let stamp = |metadata: &Option<Metadata>| metadata.as_ref().and_then(Metadata::confluent_version);
    let bare = |metadata: &Option<Metadata>| metadata.as_ref().map(Metadata::without_confluent_version);
    let present = |metadata: &Option<Metadata>| Some(metadata.clone().unwrap_or_default());
    let same_metadata = match (stamp(new_metadata), stamp(stored_metadata)) {
        (None, Some(_)) => present(new_metadata) == bare(stored_metadata),
        (Some(stamped), None) => stamped == version.version.0 && bare(new_metadata) == present(stored_metadata),
        (None, None) | (Some(_), Some(_)) => new_metadata == stored_metadata,
    };
    same_metadata
        && new.definition.rule_set == stored.stored.definition.rule_set
        && (new.definition.text == stored.stored.definition.text
            || stored.schema.schema().is_ok_and(|schema| new.schema.equivalent(schema)))
}
