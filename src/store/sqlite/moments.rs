//! Reads moments of subjects, all that are waited for in one statement: settings in scope, head, and versions.

use std::{sync::LazyLock, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{AssertSqlSafe, Sqlite, SqlitePool, pool::PoolConnection};
use tokio::time::timeout;

use crate::{
    model::Subject,
    store::{
        Error, Moment,
        health::Health,
        lane::{self, Lane},
        moment::Wanted,
    },
};

/// Connections that read moments.
pub(super) const CARRIERS: u32 = 2;

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH wanted AS MATERIALIZED (
             SELECT key + 1 AS place, value ->> 0 AS context, value ->> 1 AS subject FROM json_each($1)
         )
         SELECT w.place, {}, NULL, 0, 0, 0, FALSE, FALSE, 0,
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

/// The records of settings that reach a subject, as one JSON text with `null` for each that is not there; `context` and
/// `subject` are SQL expressions.
///
/// Equal texts mean that nothing changed: the reading moment keeps it, and the writing transaction makes it again.
pub(super) fn settings_text(context: &str, subject: &str) -> String {
    let keys = [(context, subject), (context, "''"), ("'.__GLOBAL'", "''"), ("'.'", "''")];
    let records = |table: &str, value: &str| {
        let record = |(context, subject): (&str, &str)| {
            format!(
                "coalesce((SELECT json_array(r.context, r.subject, r.{value}) FROM {table} r
                           WHERE r.context = {context} AND r.subject = {subject}), 'null')"
            )
        };
        format!("'[' || {} || ']'", keys.map(record).join(" || ',' || "))
    };
    format!("({} || char(10) || {})", records("configs", "document"), records("modes", "mode"))
}

/// A connection that reads moments, and is kept: a pool would look at it after each statement.
pub(in crate::store) struct Seat {
    readers: SqlitePool,
    connection: Option<PoolConnection<Sqlite>>,
    health: Health,
}

impl lane::Seat for Seat {
    fn rest(&mut self) {}

    fn ended(&self) -> BoxFuture<'static, ()> {
        Box::pin(self.readers.close_event())
    }
}

/// Starts who reads moments, each within the time limit.
pub(in crate::store) fn start(
    readers: &SqlitePool,
    health: &Health,
    limit: Duration,
) -> Lane<Subject, Result<Moment, Error>> {
    let seat = || Seat { readers: readers.clone(), connection: None, health: health.clone() };
    Lane::start(CARRIERS, seat, move |seat, subjects| {
        Box::pin(async move {
            // A disk that does not answer keeps the connection; the carrier goes on with another one.
            let outcome = timeout(limit, seat.read(subjects)).await;
            let outcome = outcome.unwrap_or_else(|_elapsed| Err(Error::Unavailable("no answer in time".into())));
            seat.health.asked(&outcome);
            outcome
        })
    })
}

impl Seat {
    async fn read(&mut self, subjects: Vec<Subject>) -> Result<Vec<Result<Moment, Error>>, Error> {
        let wanted = Wanted::of(subjects);
        let names = |key: &Subject| (key.context.stored_name().into_owned(), key.stored_name().into_owned());
        let names: Vec<_> = wanted.subjects.iter().map(names).collect();
        let names = serde_json::to_string(&names).map_err(|error| Error::Corrupt(error.to_string()))?;
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.readers.acquire().await?,
        };
        let statement = sqlx::query_as(AssertSqlSafe(STATEMENT.as_str())).bind(names);
        match statement.fetch_all(&mut *connection).await {
            Ok(rows) => {
                self.connection = Some(connection);
                Ok(wanted.told(rows))
            }
            Err(error) => {
                connection.close_on_drop();
                Err(error.into())
            }
        }
    }
}
