//! A registration of new content in one visit of the connection that writes.

use std::sync::LazyLock;

use futures_util::future::BoxFuture;
use sqlx::AssertSqlSafe;
use tokio::sync::oneshot;

use super::moments::settings_text;
use crate::{
    model::SchemaId,
    store::{
        Error, Registered, Registration, Target, Tx,
        schemas::Columns,
        tx::on,
        writer::{Done, Errand, Savepoint},
    },
};

/// Where one statement of a registration leaves for the next what was decided; the connection's own.
pub(super) const DECISION: &str = "CREATE TEMP TABLE decision (one INTEGER PRIMARY KEY, outcome INTEGER NOT NULL, id INTEGER NOT NULL, fresh BOOLEAN NOT NULL)";

static STATEMENTS: LazyLock<String> =
    LazyLock::new(|| include_str!("register.sql").replace("{settings}", &settings_text("$1", "$2")));

/// A registration whose caller waits for its outcome.
pub(in crate::store) struct Registering {
    pub(in crate::store) registration: Registration,
    pub(in crate::store) send: oneshot::Sender<Result<Registered, Error>>,
}

impl Errand for Registering {
    fn savepoint(&self) -> Savepoint {
        Savepoint::ItsOwn
    }

    fn run(self: Box<Self>, tx: &mut Tx) -> BoxFuture<'_, Done> {
        let Self { registration, send } = *self;
        Box::pin(async move {
            let outcome = write(tx, &registration).await;
            let keep = outcome.is_ok();
            let answer = move |committed: Result<(), Error>| drop(send.send(committed.and(outcome)));
            Done { keep, answer: Box::new(answer) }
        })
    }

    fn refuse(self: Box<Self>, error: Error) {
        drop(self.send.send(Err(error)));
    }
}

async fn write(tx: &mut Tx, registration: &Registration) -> Result<Registered, Error> {
    let Registration { subject, definition, targets, .. } = registration;
    let Columns { references, metadata, rule_set } = Columns::of(definition)?;
    let target = |Target { subject, version }: &Target| {
        (
            subject.context.stored_name().into_owned(),
            subject.stored_name().into_owned(),
            version.version.0,
            version.content(),
        )
    };
    let targets: Vec<_> = targets.iter().map(target).collect();
    let targets = serde_json::to_string(&targets).map_err(|error| Error::Corrupt(error.to_string()))?;
    let told: Vec<(i32, i32)> = on!(tx, conn => sqlx::query_as(AssertSqlSafe(STATEMENTS.as_str()))
        .bind(subject.context.stored_name()).bind(subject.stored_name()).bind(registration.head)
        .bind(&registration.settings_text).bind(registration.version.0).bind(registration.guid.to_string())
        .bind(definition.kind.as_str()).bind(&definition.text).bind(references).bind(metadata).bind(rule_set)
        .bind(registration.ts).bind(targets).bind(registration.only_live_targets)
        .fetch_all(conn).await)?;
    match told.as_slice() {
        [(0, id)] => Ok(Registered::As(SchemaId(*id))),
        [(1, _)] => Ok(Registered::Moved),
        [(2, _)] => Ok(Registered::Apart),
        [(3, _)] => Ok(Registered::NoIdLeft),
        other => Err(Error::Failed(format!("an outcome that nobody knows: {other:?}").into())),
    }
}
