//! Reads one moment of a subject in one trip: settings in scope, head, and versions.

use std::{collections::HashMap, sync::LazyLock};

use sqlx::AssertSqlSafe;

use super::{Limits, Way};
use crate::{
    model::{Context, Subject},
    store::{Error, Moment, Scoped, StoredVersion, settings, versions},
};

type Row = (i64, Option<String>, Option<String>, i32, i32, bool, bool, i64, i64);

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (context, subject, place))
         SELECT w.place, {}, NULL, 0, 0, FALSE, FALSE, 0::bigint,
             coalesce((SELECT s.revision FROM subjects s WHERE s.context = w.context AND s.name = w.subject), 0)
         FROM wanted w
         UNION ALL
         SELECT w.place, NULL, s.guid, v.version, v.schema_id, f.guid IS NOT NULL, v.deleted, v.ts, v.revision
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
pub(super) async fn read(way: &Way, limits: Limits, subjects: Vec<Subject>) -> Result<Vec<Moment>, Error> {
    let (contexts, names): (Vec<String>, Vec<String>) =
        subjects.iter().map(|key| (key.context.stored_name().into_owned(), key.stored_name().into_owned())).unzip();
    let rows: Vec<Row> = way
        .repeat(limits.wait, |conn| {
            Box::pin(
                sqlx::query_as(AssertSqlSafe(STATEMENT.as_str()))
                    .bind(contexts.clone())
                    .bind(names.clone())
                    .fetch_all(conn),
            )
        })
        .await?;
    let mut moments: HashMap<i64, Moment> = HashMap::new();
    for row in rows {
        add(&mut moments, row)?;
    }
    let missing = || Error::Corrupt("an answer without the subject that was asked for".to_owned());
    (1..=subjects.len())
        .map(|place| i64::try_from(place).ok().and_then(|place| moments.remove(&place)).ok_or_else(missing))
        .collect()
}

/// Rows come in the order of the subjects, the one with the settings before the versions.
fn add(moments: &mut HashMap<i64, Moment>, row: Row) -> Result<(), Error> {
    let (place, settings, guid, version, id, answering, deleted, ts, revision) = row;
    if let Some(text) = settings {
        let (settings, versions, answering) = (scoped(&text)?, Vec::new(), HashMap::new());
        moments.insert(place, Moment { settings, settings_text: text, head: revision, versions, answering });
        return Ok(());
    }
    let stored: StoredVersion = versions::stored((version, id, guid.unwrap_or_default(), deleted, ts, revision))?;
    if let Some(moment) = moments.get_mut(&place) {
        if answering {
            moment.answering.insert(stored.guid, stored.id);
        }
        moment.versions.push(stored);
    }
    Ok(())
}

fn scoped(text: &str) -> Result<Scoped, Error> {
    let unreadable = || Error::Corrupt("settings in a form that cannot be read".to_owned());
    let (configs, modes) = text.split_once('\n').ok_or_else(unreadable)?;
    let records =
        |text: &str| serde_json::from_str::<Vec<(String, String, String)>>(text).map_err(|_wrong| unreadable());
    let key = |context: String, name: String| Subject::new(Context::from_raw(context), name);
    let mut scoped = Scoped::default();
    for (context, name, document) in records(configs)? {
        scoped.configs.push((key(context, name), settings::config(&document)?));
    }
    for (context, name, mode) in records(modes)? {
        scoped.modes.push((key(context, name), settings::mode(&mode)?));
    }
    Ok(scoped)
}
