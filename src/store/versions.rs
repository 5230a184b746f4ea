//! Versions: the rows that tie a subject's numbers to contents.

use std::collections::HashMap;

use super::{Error, Locks, Tx, tx::on};
use crate::model::{Context, Guid, SchemaId, SchemaKind, Subject, Version};

/// A version of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredVersion {
    /// Its number.
    pub version: Version,
    /// The content it holds.
    pub id: SchemaId,
    /// The content's guid.
    pub guid: Guid,
    /// When the content came, in milliseconds since 1970, if it refers to others; else 0. See [`super::StoredSchema::since`].
    pub since: i64,
    /// Whether it is soft-deleted.
    pub deleted: bool,
    /// When it was registered or soft-deleted, in milliseconds since 1970.
    pub ts: i64,
    /// The subject's revision at its last write: the higher, the later.
    pub revision: i64,
}

/// A version with what is known of its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// The version.
    pub version: StoredVersion,
    /// The language of its content.
    pub kind: SchemaKind,
    /// When it was registered, in milliseconds since 1970; later writes do not move it.
    pub created_at: i64,
    /// Who registered it, where that is known.
    pub created_by: Option<String>,
}

/// A subject's last written version that holds a given content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The subject.
    pub subject: Subject,
    /// The version.
    pub version: StoredVersion,
    /// Whether any version of the subject with this content is live.
    pub live: bool,
}

/// A version that a schema refers to, as it was when the schema was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The subject, with its context.
    pub subject: Subject,
    /// The version.
    pub version: StoredVersion,
}

impl StoredVersion {
    /// What [`StoredVersion::has_content_of`] compares, as the databases put it together, too.
    pub(super) fn content(&self) -> String {
        format!("{} {} {}", self.id, self.guid, self.since)
    }

    /// Whether two versions hold one content, which means the same: what it refers to cannot change while it is stored.
    pub fn has_content_of(&self, other: &Self) -> bool {
        (self.id, self.guid, self.since) == (other.id, other.guid, other.since)
    }
}

/// Versions that a condition selects, with more columns if they are named.
macro_rules! select {
    ($condition:literal) => {
        select!("", $condition)
    };
    ($more:literal, $condition:literal) => {
        concat!(
            "SELECT v.version, v.schema_id, s.guid, CASE WHEN s.refs = '[]' THEN 0 ELSE s.created_at END,
                 v.deleted, v.ts, v.revision",
            $more,
            " FROM versions v JOIN schemas s ON s.context = v.context AND s.id = v.schema_id WHERE ",
            $condition
        )
    };
}

pub(super) type Row = (i32, i32, String, i64, bool, i64, i64);
type HolderRow = (i32, i32, String, i64, bool, i64, i64, String);
type RecordRow = (i32, i32, String, i64, bool, i64, i64, String, i64, Option<String>);

pub(super) fn stored((version, id, guid, since, deleted, ts, revision): Row) -> Result<StoredVersion, Error> {
    let guid = Guid::parse(&guid).ok_or_else(|| Error::Corrupt(format!("the guid {guid:?}")))?;
    Ok(StoredVersion { version: Version(version), id: SchemaId(id), guid, since, deleted, ts, revision })
}

impl Tx {
    /// Every version of a subject, soft-deleted ones included, ascending.
    pub async fn versions(&mut self, subject: &Subject) -> Result<Vec<StoredVersion>, Error> {
        let rows: Vec<Row> = on!(self, conn => sqlx::query_as(
            select!("v.context = $1 AND v.subject = $2 ORDER BY v.version")
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_all(conn).await)?;
        rows.into_iter().map(stored).collect()
    }

    /// Every version of a subject with its origin, soft-deleted ones included, ascending.
    pub async fn version_records(&mut self, subject: &Subject) -> Result<Vec<VersionRecord>, Error> {
        let rows: Vec<RecordRow> = on!(self, conn => sqlx::query_as(
            select!(", s.kind, v.created_at, v.created_by", "v.context = $1 AND v.subject = $2 ORDER BY v.version")
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_all(conn).await)?;
        let records =
            rows.into_iter().map(|(version, id, guid, since, deleted, ts, revision, kind, created_at, created_by)| {
                let version = stored((version, id, guid, since, deleted, ts, revision))?;
                let kind = kind.parse().map_err(|_unknown| Error::Corrupt(format!("the language {kind:?}")))?;
                Ok(VersionRecord { version, kind, created_at, created_by })
            });
        records.collect()
    }

    /// One version, soft-deleted or not.
    pub async fn version(&mut self, subject: &Subject, version: Version) -> Result<Option<StoredVersion>, Error> {
        let row: Option<Row> = on!(self, conn => sqlx::query_as(
            select!("v.context = $1 AND v.subject = $2 AND v.version = $3")
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).bind(version.0).fetch_optional(conn).await)?;
        row.map(stored).transpose()
    }

    /// The highest live version.
    pub async fn latest(&mut self, subject: &Subject) -> Result<Option<StoredVersion>, Error> {
        let row: Option<Row> = on!(self, conn => sqlx::query_as(
            select!("v.context = $1 AND v.subject = $2 AND NOT v.deleted ORDER BY v.version DESC LIMIT 1")
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_optional(conn).await)?;
        row.map(stored).transpose()
    }

    /// The subjects that hold a content, each with its last written version, first registered first.
    pub async fn holders(&mut self, context: &Context, id: SchemaId) -> Result<Vec<Holder>, Error> {
        let rows: Vec<HolderRow> = on!(self, conn => sqlx::query_as(
            select!(", v.subject", "v.context = $1 AND v.schema_id = $2 ORDER BY v.created_at, v.subject, v.version")
        ).bind(context.stored_name()).bind(id.0).fetch_all(conn).await)?;
        let mut holders: Vec<Holder> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for (version, id, guid, since, deleted, ts, revision, name) in rows {
            let version = stored((version, id, guid, since, deleted, ts, revision))?;
            if let Some(&place) = places.get(&name) {
                let holder = &mut holders[place];
                holder.live |= !deleted;
                if holder.version.revision <= revision {
                    holder.version = version;
                }
            } else {
                places.insert(name.clone(), holders.len());
                holders.push(Holder { subject: Subject::new(context.clone(), name), version, live: !deleted });
            }
        }
        Ok(holders)
    }

    /// Adds a version.
    pub async fn insert_version(&mut self, subject: &Subject, new: StoredVersion) -> Result<(), Error> {
        on!(self, conn => sqlx::query(
            "INSERT INTO versions (context, subject, version, schema_id, deleted, ts, created_at, created_by, revision)
             VALUES ($1, $2, $3, $4, $5, $6, $6, NULL, $7)",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).bind(new.version.0).bind(new.id.0)
         .bind(new.deleted).bind(new.ts).bind(new.revision).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Marks one version as soft-deleted, at a time.
    pub async fn soft_delete_version(
        &mut self,
        subject: &Subject,
        version: Version,
        ts: i64,
        revision: i64,
    ) -> Result<(), Error> {
        on!(self, conn => sqlx::query(
            "UPDATE versions SET deleted = TRUE, ts = $4, revision = $5 WHERE context = $1 AND subject = $2 AND version = $3",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).bind(version.0).bind(ts).bind(revision)
         .execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Takes the mark of a soft deletion back.
    pub async fn restore_version(
        &mut self,
        subject: &Subject,
        version: Version,
        ts: i64,
        revision: i64,
    ) -> Result<(), Error> {
        on!(self, conn => sqlx::query(
            "UPDATE versions SET deleted = FALSE, ts = $4, revision = $5 WHERE context = $1 AND subject = $2 AND version = $3",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).bind(version.0).bind(ts).bind(revision)
         .execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Marks every live version as soft-deleted; their times stay.
    pub async fn soft_delete_all(&mut self, subject: &Subject) -> Result<(), Error> {
        on!(self, conn => sqlx::query("UPDATE versions SET deleted = TRUE WHERE context = $1 AND subject = $2 AND NOT deleted")
            .bind(subject.context.stored_name()).bind(subject.stored_name()).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Removes one version and, when nobody else holds it, its content.
    pub async fn remove_version(&mut self, subject: &Subject, version: StoredVersion) -> Result<(), Error> {
        // Two who remove the last versions that hold a content would each see the other's, and leave it behind; and who
        // registers the content must not find it going.
        if let Self::Postgres(session) = &mut *self {
            session.lock(&Locks::new().content(&subject.context, &version.guid)).await?;
        }
        on!(&mut *self, conn => sqlx::query("DELETE FROM versions WHERE context = $1 AND subject = $2 AND version = $3")
            .bind(subject.context.stored_name()).bind(subject.stored_name()).bind(version.version.0).execute(conn).await.map(drop))?;
        self.drop_unheld_schema(&subject.context, version.id).await
    }
}
