//! Who refers to whom.

use super::{Error, StoredSchema, Tx, tx::on};
use crate::model::{Context, SchemaId, Subject, Version};

/// A version that holds a schema which refers to a given target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referrer {
    /// The schema that refers.
    pub context: Context,
    /// Its id.
    pub id: SchemaId,
    /// A subject that holds it.
    pub subject: Subject,
    /// Whether that version is soft-deleted.
    pub deleted: bool,
}

impl Tx {
    pub(super) async fn insert_reference(
        &mut self,
        schema: &StoredSchema,
        position: i32,
        target: &Subject,
        version: Version,
    ) -> Result<(), Error> {
        on!(self, conn => sqlx::query(
            "INSERT INTO schema_references (context, schema_id, position, target_context, target_subject, target_version)
             VALUES ($1, $2, $3, $4, $5, $6)",
        ).bind(schema.context.stored_name()).bind(schema.id.0).bind(position).bind(target.context.stored_name())
         .bind(target.stored_name()).bind(version.0).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Whether any schema, be it soft-deleted, refers to a version of `target`.
    pub async fn is_referenced(&mut self, target: &Subject) -> Result<bool, Error> {
        let found: Option<i32> = on!(self, conn => sqlx::query_scalar(
            "SELECT 1 FROM schema_references WHERE target_context = $1 AND target_subject = $2 LIMIT 1",
        ).bind(target.context.stored_name()).bind(target.stored_name()).fetch_optional(conn).await)?;
        Ok(found.is_some())
    }

    /// Every version whose schema refers to a version of `target`.
    pub async fn referrers(&mut self, target: &Subject, version: Version) -> Result<Vec<Referrer>, Error> {
        let rows: Vec<(String, i32, String, bool)> = on!(self, conn => sqlx::query_as(
            "SELECT DISTINCT v.context, v.schema_id, v.subject, v.deleted
             FROM schema_references r JOIN versions v ON v.context = r.context AND v.schema_id = r.schema_id
             WHERE r.target_context = $1 AND r.target_subject = $2 AND r.target_version = $3
             ORDER BY v.context, v.schema_id, v.subject",
        ).bind(target.context.stored_name()).bind(target.stored_name()).bind(version.0).fetch_all(conn).await)?;
        let referrer = |(context, id, subject, deleted): (String, i32, String, bool)| {
            let context = Context::from_raw(context);
            Referrer { subject: Subject::new(context.clone(), subject), context, id: SchemaId(id), deleted }
        };
        Ok(rows.into_iter().map(referrer).collect())
    }
}
