//! Reads one moment of a subject in one statement: settings in scope, head, and versions.

use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, SqlitePool};

use crate::{
    model::Subject,
    store::{
        Error, Moment,
        moment::{Row, collected},
    },
};

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT 1, {}, NULL, 0, 0, 0, FALSE, FALSE, 0,
             coalesce((SELECT s.revision FROM subjects s WHERE s.context = $1 AND s.name = $2), 0)
         UNION ALL
         SELECT 1, NULL, s.guid, v.version, v.schema_id, CASE WHEN s.refs = '[]' THEN 0 ELSE s.created_at END,
             f.guid IS NOT NULL, v.deleted, v.ts, v.revision
         FROM versions v
             JOIN schemas s ON s.context = v.context AND s.id = v.schema_id
             LEFT JOIN fingerprints f ON f.context = s.context AND f.id = s.id AND f.guid = s.guid
         WHERE v.context = $1 AND v.subject = $2
         ORDER BY 4",
        settings_text("$1", "$2")
    )
});

/// The records of settings that reach a subject, as one JSON text; `context` and `subject` are SQL expressions.
///
/// Equal texts mean that nothing changed: the reading moment keeps it, and the writing transaction makes it again.
pub(super) fn settings_text(context: &str, subject: &str) -> String {
    let records = |table: &str, value: &str| {
        format!(
            "(SELECT coalesce(json_group_array(json_array(r.context, r.subject, r.{value}) ORDER BY r.context, r.subject), '[]')
              FROM {table} r
              WHERE (r.context, r.subject) IN (VALUES ({context}, {subject}), ({context}, ''), ('.__GLOBAL', ''), ('.', '')))"
        )
    };
    format!("({} || char(10) || {})", records("configs", "document"), records("modes", "mode"))
}

/// Reads the moment of a subject.
pub(in crate::store) async fn read(readers: &SqlitePool, subject: &Subject) -> Result<Moment, Error> {
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(STATEMENT.as_str()))
        .bind(subject.context.stored_name())
        .bind(subject.stored_name())
        .fetch_all(readers)
        .await?;
    let missing = || Error::Corrupt("an answer without the subject that was asked for".to_owned());
    collected(rows)?.remove(&1).ok_or_else(missing)
}
