//! Registrations of new content, all that wait in one visit of the connection that writes.

use std::sync::LazyLock;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Either, Executor as _, FromRow, Sqlite, SqliteConnection, pool::PoolConnection};

use super::moments::settings_text;
use crate::{
    model::SchemaId,
    store::{Error, Registered, Registration, Target, schemas::Columns},
};

/// What the connection that writes knows beside the tables.
static PROGRAM: LazyLock<String> =
    LazyLock::new(|| include_str!("register.sql").replace("{settings}", &settings_text("NEW.context", "NEW.subject")));

/// Columns of `registrations` after the first one, in the order of [`Form::of`].
const COLUMNS: usize = 14;

/// The whole visit: one statement, which is a transaction by itself. A registration is an array of its columns.
static VISIT: LazyLock<String> = LazyLock::new(|| {
    // Of the row alone: what the whole group says is compared with what was read before, text by text, for each column.
    let column = |at| format!("json_extract(waiting.value, '$[{at}]')");
    let columns = (0..COLUMNS).map(column).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO registrations SELECT waiting.key, {columns} FROM json_each($1) AS waiting
         RETURNING place,
             (SELECT o.outcome FROM outcomes o WHERE o.place = registrations.place),
             (SELECT o.id FROM outcomes o WHERE o.place = registrations.place)"
    )
});

/// A registration with a longer text travels by itself: neighbours do not wait for it.
const LONGEST_TOGETHER: usize = 256 * 1024;

/// A registration in the form that the visit takes, made before it waits: the writer serves everybody.
pub(in crate::store) struct Form(String);

impl Form {
    /// None if it has to be written by itself: because it is long, or because the text of a column would end early, since
    /// JSON functions of SQLite take U+0000 for the end.
    pub(in crate::store) fn of(registration: &Registration) -> Result<Option<Self>, Error> {
        let Registration { subject, definition, .. } = registration;
        if definition.text.len() > LONGEST_TOGETHER {
            return Ok(None);
        }
        let columns = Columns::of(definition)?;
        let target = |Target { subject, version }: &Target| {
            (
                subject.context.stored_name().into_owned(),
                subject.stored_name().into_owned(),
                version.version.0,
                version.content(),
            )
        };
        let targets: Vec<_> = registration.targets.iter().map(target).collect();
        let place = (subject.context.stored_name(), subject.stored_name(), registration.head);
        let told = serde_json::to_string(&(
            place.0,
            place.1,
            place.2,
            &registration.settings_text,
            registration.version.0,
            registration.guid.to_string(),
            definition.kind.as_str(),
            &definition.text,
            columns.references,
            columns.metadata,
            columns.rule_set,
            registration.ts,
            targets,
            registration.only_live_targets,
        ));
        let told = told.map_err(|error| Error::Corrupt(error.to_string()))?;
        Ok((!told.contains(r"\u0000")).then_some(Self(told)))
    }

    pub(in crate::store) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Makes the connection ready to write registrations.
pub(super) async fn prepare(connection: &mut SqliteConnection) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(PROGRAM.as_str())).execute(connection).await?;
    Ok(())
}

/// Writes and commits registrations, and gives the connection back with what became of each.
///
/// After an error the connection is closed, and nothing is written if the error [is definite](Error::is_definite).
pub(in crate::store) async fn write<'f>(
    mut connection: PoolConnection<Sqlite>,
    forms: impl ExactSizeIterator<Item = &'f Form> + Clone,
) -> Result<(PoolConnection<Sqlite>, Vec<Registered>), Error> {
    let mut visit = Visit { outcomes: vec![None; forms.len()], stage: Stage::Writing };
    let failed = match visit.run(&mut connection, waiting(forms)).await {
        Ok(()) => Error::Failed("not every registration was told of".into()),
        Err(error) => error,
    };
    match (visit.stage, visit.outcomes.into_iter().collect()) {
        (Stage::Committed, Some(outcomes)) => Ok((connection, outcomes)),
        (stage, _) => {
            // What is still open is rolled back with the connection.
            connection.close_on_drop();
            Err(if stage == Stage::Writing { failed } else { failed.of_commit() })
        }
    }
}

/// An array of registrations.
fn waiting<'f>(forms: impl Iterator<Item = &'f Form> + Clone) -> String {
    let mut waiting = String::with_capacity(forms.clone().map(|form| form.len() + 1).sum::<usize>() + 1);
    let mut before = '[';
    for form in forms {
        waiting.push(before);
        waiting.push_str(&form.0);
        before = ',';
    }
    waiting.push(']');
    waiting
}

/// How far a visit came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Whatever failed, nothing is left of it.
    Writing,
    /// SQLite tells of rows when it has written all of them; what is left to do is the commit.
    Committing,
    Committed,
}

struct Visit {
    outcomes: Vec<Option<Registered>>,
    stage: Stage,
}

impl Visit {
    async fn run(&mut self, connection: &mut SqliteConnection, waiting: String) -> Result<(), Error> {
        let statement = sqlx::query(AssertSqlSafe(VISIT.as_str())).bind(waiting);
        let mut told = connection.fetch_many(statement);
        while let Some(told) = told.try_next().await? {
            match told {
                Either::Right(row) => {
                    self.stage = Stage::Committing;
                    let (place, outcome, id): (i64, _, _) = FromRow::from_row(&row)?;
                    let slot = usize::try_from(place).ok().and_then(|place| self.outcomes.get_mut(place));
                    if let Some(slot) = slot {
                        *slot = registered(outcome, id);
                    }
                }
                // The statement, and with it the transaction, is done.
                Either::Left(_done) => self.stage = Stage::Committed,
            }
        }
        Ok(())
    }
}

fn registered(outcome: Option<i64>, id: Option<i64>) -> Option<Registered> {
    match outcome? {
        0 => Some(Registered::As(SchemaId(id?.try_into().ok()?))),
        1 => Some(Registered::Moved),
        2 => Some(Registered::Apart),
        3 => Some(Registered::NoIdLeft),
        _ => None,
    }
}
