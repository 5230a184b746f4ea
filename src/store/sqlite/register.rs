//! Registrations of new content, all that wait in one visit of the connection that writes.

use std::sync::LazyLock;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, pool::PoolConnection};

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
    let column = |at| format!("json_extract($1, '$[' || waiting.key || '][{at}]')");
    let columns = (0..COLUMNS).map(column).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO registrations SELECT waiting.key, {columns} FROM json_each($1) AS waiting
         RETURNING place,
             (SELECT o.outcome FROM outcomes o WHERE o.place = registrations.place),
             (SELECT o.id FROM outcomes o WHERE o.place = registrations.place)"
    )
});

/// A registration in the form that the visit takes, made before it waits: the writer serves everybody.
pub(in crate::store) struct Form(String);

impl Form {
    /// None if the text of a column would end early: JSON functions of SQLite take U+0000 for the end.
    pub(in crate::store) fn of(registration: &Registration) -> Result<Option<Self>, Error> {
        let Registration { subject, definition, .. } = registration;
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
/// After an error nothing is written if the error [is definite](Error::is_definite), and the connection is closed.
pub(in crate::store) async fn write<'f>(
    mut connection: PoolConnection<Sqlite>,
    forms: impl Iterator<Item = &'f Form>,
) -> Result<(PoolConnection<Sqlite>, Vec<Registered>), Error> {
    let forms: Vec<&str> = forms.map(|form| form.0.as_str()).collect();
    let waiting = format!("[{}]", forms.join(","));
    let mut outcomes = vec![None; forms.len()];
    let visited = visit(&mut connection, waiting, &mut outcomes).await;
    let told: Option<Vec<Registered>> = outcomes.into_iter().collect();
    match (visited, told) {
        (Ok(()), Some(outcomes)) => return Ok((connection, outcomes)),
        (Ok(()), None) => Err(Error::Interrupted("not every registration was told of".into())),
        // What is left to do after the last row is the commit.
        (Err(error), Some(_)) => Err(error.of_commit()),
        (Err(error), None) => Err(error),
    }
    .inspect_err(|_error| connection.close_on_drop())
}

async fn visit(
    connection: &mut SqliteConnection,
    waiting: String,
    outcomes: &mut [Option<Registered>],
) -> Result<(), Error> {
    let mut rows = sqlx::query_as(AssertSqlSafe(VISIT.as_str())).bind(waiting).fetch(connection);
    while let Some((place, outcome, id)) = rows.try_next().await? {
        let place: i64 = place;
        if let Some(slot) = usize::try_from(place).ok().and_then(|place| outcomes.get_mut(place)) {
            *slot = registered(outcome, id);
        }
    }
    Ok(())
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
