//! Reads one moment of a subject in one trip: settings in scope, head, and versions.

use std::sync::LazyLock;

use sqlx::AssertSqlSafe;

use super::{Limits, seat::Seat};
use crate::{
    model::Subject,
    store::{
        Error, Moment,
        moment::{Row, Wanted},
    },
};

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (context, subject, place))
         SELECT w.place, {}, NULL, 0, 0, 0::bigint, FALSE, FALSE, 0::bigint,
             coalesce((SELECT s.revision FROM subjects s WHERE s.context = w.context AND s.name = w.subject), 0)
         FROM wanted w
         UNION ALL
         SELECT w.place, NULL, s.guid, v.version, v.schema_id, CASE WHEN s.refs = '[]' THEN 0 ELSE s.created_at END,
             f.guid IS NOT NULL, v.deleted, v.ts, v.revision
         FROM wanted w
             JOIN versions v ON v.context = w.context AND v.subject = w.subject
             JOIN schemas s ON s.context = v.context AND s.id = v.schema_id
             LEFT JOIN fingerprints f ON f.context = s.context AND f.id = s.id AND f.guid = s.guid
         ORDER BY 1, 4",
        settings_text("w.context", "w.subject")
    )
});

/// The records of settings that reach a subject, as one JSON text; `context` and `subject` are SQL expressions.
///
/// Equal texts mean that nothing changed: the reading moment keeps it, and the writing transaction makes it again.
pub(super) fn settings_text(context: &str, subject: &str) -> String {
    let records = |table: &str, value: &str| {
        format!(
            "(SELECT coalesce(json_agg(json_build_array(r.context, r.subject, r.{value}) ORDER BY r.context, r.subject)::text, '[]')
              FROM {table} r
              WHERE (r.context, r.subject) IN (({context}, {subject}), ({context}, ''), ('.__GLOBAL', ''), ('.', '')))"
        )
    };
    format!("({} || E'\\n' || {})", records("configs", "document"), records("modes", "mode"))
}

/// Reads the moments of several subjects.
pub(super) async fn read(
    seat: &mut Seat,
    limits: Limits,
    subjects: Vec<Subject>,
) -> Result<Vec<Result<Moment, Error>>, Error> {
    let wanted = Wanted::of(subjects);
    let names = |key: &Subject| (key.context.stored_name().into_owned(), key.stored_name().into_owned());
    let (contexts, names): (Vec<String>, Vec<String>) = wanted.subjects.iter().map(names).unzip();
    let rows: Vec<Row> = seat
        .repeat(limits.wait, |conn| {
            Box::pin(
                sqlx::query_as(AssertSqlSafe(STATEMENT.as_str()))
                    .bind(contexts.clone())
                    .bind(names.clone())
                    .fetch_all(conn),
            )
        })
        .await?;
    Ok(wanted.told(rows))
}
