//! Contents: stored once per context and shared by subjects.

use super::{Error, Target, Tx, tx::on};
use crate::model::{Context, Definition, Guid, Metadata, Reference, SchemaId, SchemaKind, Subject};

/// A content and its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSchema {
    /// Where the id is valid.
    pub context: Context,
    /// Its number there.
    pub id: SchemaId,
    /// Its name everywhere.
    pub guid: Guid,
    /// When it came, in milliseconds since 1970, if it refers to others; else 0.
    ///
    /// What references mean cannot change while a content is stored. When it was removed and has come again, under
    /// the same names, they may mean something else.
    pub since: i64,
    /// The content.
    pub definition: Definition,
}

type Row = (String, i32, String, i64, String, String, String, Option<String>, Option<String>);

fn stored(row: Row) -> Result<StoredSchema, Error> {
    let (context, id, guid, created_at, kind, text, references, metadata, rule_set) = row;
    let unreadable = |what: &str| Error::Corrupt(format!("unreadable {what} of schema {id} in context {context}"));
    let references: Vec<Reference> = serde_json::from_str(&references).map_err(|_error| unreadable("references"))?;
    let metadata =
        metadata.map(|text| serde_json::from_str(&text)).transpose().map_err(|_error| unreadable("metadata"))?;
    let rule_set =
        rule_set.map(|text| serde_json::from_str(&text)).transpose().map_err(|_error| unreadable("rules"))?;
    let kind: SchemaKind = kind.parse().map_err(|_error| unreadable("kind"))?;
    Ok(StoredSchema {
        guid: Guid::parse(&guid).ok_or_else(|| unreadable("guid"))?,
        since: if references.is_empty() { 0 } else { created_at },
        definition: Definition { kind, text, references, metadata, rule_set },
        id: SchemaId(id),
        context: Context::from_raw(context),
    })
}

/// The parts of a definition that are kept as JSON.
pub(super) struct Columns {
    pub(super) references: String,
    pub(super) metadata: Option<String>,
    pub(super) rule_set: Option<String>,
}

impl Columns {
    pub(super) fn of(definition: &Definition) -> Result<Self, Error> {
        let text = |value: serde_json::Result<String>| value.map_err(|error| Error::Corrupt(error.to_string()));
        Ok(Self {
            references: text(serde_json::to_string(&definition.references))?,
            metadata: definition.metadata.as_ref().map(serde_json::to_string).map(text).transpose()?,
            rule_set: definition.rule_set.as_ref().map(serde_json::to_string).map(text).transpose()?,
        })
    }
}

impl Tx {
    /// The content that an id names.
    pub async fn schema(&mut self, context: &Context, id: SchemaId) -> Result<Option<StoredSchema>, Error> {
        let row: Option<Row> = on!(self, conn => sqlx::query_as(
            "SELECT context, id, guid, created_at, kind, text, refs, metadata, rule_set FROM schemas WHERE context = $1 AND id = $2",
        ).bind(context.stored_name()).bind(id.0).fetch_optional(conn).await)?;
        row.map(stored).transpose()
    }

    /// Every content with sensitive metadata.
    pub async fn sensitive_schemas(&mut self) -> Result<Vec<StoredSchema>, Error> {
        let rows: Vec<Row> = on!(self, conn => sqlx::query_as(
            "SELECT context, id, guid, created_at, kind, text, refs, metadata, rule_set FROM schemas
             WHERE metadata LIKE '%\"sensitive\":%' ORDER BY context, id",
        ).fetch_all(conn).await)?;
        rows.into_iter().map(stored).collect()
    }

    /// Stores the metadata of a content in another form that means the same.
    pub async fn put_metadata(&mut self, context: &Context, id: SchemaId, metadata: &Metadata) -> Result<(), Error> {
        let text = serde_json::to_string(metadata).map_err(|error| Error::Corrupt(error.to_string()))?;
        on!(self, conn => sqlx::query("UPDATE schemas SET metadata = $3 WHERE context = $1 AND id = $2")
            .bind(context.stored_name()).bind(id.0).bind(text).execute(conn).await.map(drop))
    }

    /// The id that answers for a content in a context.
    pub async fn id_of(&mut self, context: &Context, guid: &Guid) -> Result<Option<SchemaId>, Error> {
        let id: Option<i32> = on!(self, conn => sqlx::query_scalar("SELECT id FROM fingerprints WHERE context = $1 AND guid = $2")
            .bind(context.stored_name()).bind(guid.to_string()).fetch_optional(conn).await)?;
        Ok(id.map(SchemaId))
    }

    /// Every place where a content is stored, in no particular order.
    pub async fn places_of(&mut self, guid: &Guid) -> Result<Vec<(Context, SchemaId)>, Error> {
        let rows: Vec<(String, i32)> = on!(self, conn => sqlx::query_as(
            "SELECT context, id FROM schemas WHERE guid = $1 ORDER BY context, id",
        ).bind(guid.to_string()).fetch_all(conn).await)?;
        Ok(rows.into_iter().map(|(context, id)| (Context::from_raw(context), SchemaId(id))).collect())
    }

    /// Stores a content under a fresh id, with what it refers to (each target resolved to its context).
    pub async fn insert_schema(&mut self, schema: &StoredSchema, targets: &[Target], now: i64) -> Result<(), Error> {
        let definition = &schema.definition;
        let Columns { references, metadata, rule_set } = Columns::of(definition)?;
        on!(&mut *self, conn => sqlx::query(
            "INSERT INTO schemas (context, id, guid, kind, text, refs, metadata, rule_set, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        ).bind(schema.context.stored_name()).bind(schema.id.0).bind(schema.guid.to_string()).bind(definition.kind.as_str())
         .bind(definition.text.as_str()).bind(references).bind(metadata).bind(rule_set).bind(now)
         .execute(conn).await.map(drop))?;
        // The first id of a content goes on answering for it.
        on!(&mut *self, conn => sqlx::query(
            "INSERT INTO fingerprints (context, guid, id) VALUES ($1, $2, $3) ON CONFLICT (context, guid) DO NOTHING",
        ).bind(schema.context.stored_name()).bind(schema.guid.to_string()).bind(schema.id.0).execute(conn).await.map(drop))?;
        for (position, (reference, target)) in (0_i32..).zip(definition.references.iter().zip(targets)) {
            self.insert_reference(schema, position, &target.subject, reference.version).await?;
        }
        Ok(())
    }

    /// Keeps others from taking up or letting go of the contents of a subject until this transaction ends.
    ///
    /// Of two subjects that let go of a content at once, each would still see the other's version, and the content
    /// would stay although nobody holds it. SQLite, having one writer, needs none of it.
    pub async fn hold_contents(&mut self, subject: &Subject) -> Result<(), Error> {
        if matches!(self, Self::Sqlite(_)) {
            return Ok(());
        }
        // In one global order, so that two deletions cannot wait for each other.
        on!(self, conn => sqlx::query(
            "SELECT id FROM schemas WHERE context = $1
             AND id IN (SELECT schema_id FROM versions WHERE versions.context = $1 AND versions.subject = $2)
             ORDER BY id FOR UPDATE",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).execute(conn).await.map(drop))
    }

    /// Keeps a content, if it is there, until this transaction ends; waits for a deletion that may remove it.
    pub async fn keep_content(&mut self, context: &Context, guid: &Guid) -> Result<(), Error> {
        if matches!(self, Self::Sqlite(_)) {
            return Ok(());
        }
        on!(self, conn => sqlx::query(
            "SELECT schemas.id FROM fingerprints
             JOIN schemas ON schemas.context = fingerprints.context AND schemas.id = fingerprints.id
             WHERE fingerprints.context = $1 AND fingerprints.guid = $2 FOR KEY SHARE OF schemas",
        ).bind(context.stored_name()).bind(guid.to_string()).execute(conn).await.map(drop))
    }

    /// Removes a content that no version holds any more; its id is not used again.
    pub async fn drop_unheld_schema(&mut self, context: &Context, id: SchemaId) -> Result<(), Error> {
        let guid: Option<String> = on!(&mut *self, conn => sqlx::query_scalar(
            "DELETE FROM schemas WHERE context = $1 AND id = $2
             AND NOT EXISTS (SELECT 1 FROM versions WHERE versions.context = $1 AND versions.schema_id = $2)
             RETURNING guid",
        ).bind(context.stored_name()).bind(id.0).fetch_optional(conn).await)?;
        let Some(guid) = guid else { return Ok(()) };
        // A twin with another id (an import) takes over answering for the content.
        on!(self, conn => sqlx::query(
            "INSERT INTO fingerprints (context, guid, id)
             SELECT context, guid, min(id) FROM schemas WHERE context = $1 AND guid = $2 GROUP BY context, guid
             ON CONFLICT (context, guid) DO NOTHING",
        ).bind(context.stored_name()).bind(guid).execute(conn).await.map(drop))?;
        Ok(())
    }
}
