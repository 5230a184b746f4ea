//! One transaction, or a few single statements, on one connection of the pool.
//!
//! The connection is taken when the first statement needs it. Every statement has a time limit; a connection that was
//! left in the middle of a statement is closed and never given to somebody else.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, Postgres, pool::PoolConnection};
use tokio::sync::OwnedSemaphorePermit;

use super::{Way, ids::Ids, late};
use crate::{
    model::{Context, SchemaId},
    store::{Error, Locks, tx::Sight},
};

/// Who reads holds no lock that others wait for, and may think about what was read: nobody has to be ended for it.
const BEGIN_READING: &str =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 0";

/// A connection in use.
pub struct Session {
    way: Way,
    ids: Ids,
    limit: Duration,
    sight: Sight,
    connection: Option<PoolConnection<Postgres>>,
    /// That of a write, to hold a connection while it waits for locks.
    permit: Option<OwnedSemaphorePermit>,
    /// A statement is on its way.
    busy: bool,
    /// Why a statement failed: the transaction cannot be committed.
    failure: Option<Error>,
    taken: Vec<(Context, SchemaId)>,
    /// By the name of a context: a number that its counter must be past, 0 if it only has to be known.
    ///
    /// Written last: ids are taken by another connection, which must not wait for this transaction.
    counters: BTreeMap<String, i32>,
}

impl Session {
    pub(super) fn new(way: Way, ids: Ids, limit: Duration, sight: Sight) -> Self {
        Self {
            way,
            ids,
            limit,
            sight,
            connection: None,
            permit: None,
            busy: false,
            failure: None,
            taken: Vec::new(),
            counters: BTreeMap::new(),
        }
    }

    /// Begins a write and takes its locks, all in one trip.
    pub(super) async fn begin(&mut self, locks: &Locks, permit: OwnedSemaphorePermit) -> Result<(), Error> {
        self.permit = Some(permit);
        self.start(&begin_with(locks)).await
    }

    /// Takes more locks. Who cannot take all of them at the begin may meet somebody who took them in another order: then
    /// the database ends one of the two, which is run again.
    pub(in crate::store) async fn lock(&mut self, locks: &Locks) -> Result<(), Error> {
        self.run(locking(locks)).await
    }

    /// Opens a transaction; again on another connection if the first one turns out to be broken.
    async fn start(&mut self, statements: &str) -> Result<(), Error> {
        let started = Instant::now();
        self.connect().await?;
        match self.run(statements.to_owned()).await {
            Err(error) if error.spoils_a_connection() && started.elapsed() < self.limit / 2 => {
                if let Some(mut broken) = self.connection.take() {
                    broken.close_on_drop();
                }
                self.failure = None;
                self.connect().await?;
                self.run(statements.to_owned()).await
            }
            outcome => outcome,
        }
    }

    async fn connect(&mut self) -> Result<(), Error> {
        if self.connection.is_none() {
            self.connection = Some(self.way.acquire().await?);
        }
        Ok(())
    }

    /// The connection for one statement, and how long it may take; [`Session::settle`] must see the outcome.
    pub(in crate::store) async fn open(&mut self) -> Result<(&mut PgConnection, Duration), Error> {
        if self.connection.is_none() {
            if self.sight == Sight::OneMoment {
                self.start(BEGIN_READING).await?;
            } else {
                self.connect().await?;
            }
        }
        self.busy = true;
        let limit = self.limit;
        Ok((self.connection.as_mut().expect("it was just taken"), limit))
    }

    /// Takes note of how a statement ended.
    pub(in crate::store) fn settle<T>(
        &mut self,
        outcome: Result<Result<T, sqlx::Error>, tokio::time::error::Elapsed>,
    ) -> Result<T, Error> {
        self.busy = outcome.is_err();
        let outcome = outcome.unwrap_or_else(|_elapsed| Err(late())).map_err(Error::from);
        self.way.health.asked(&outcome);
        if let Err(error) = &outcome {
            self.failure.get_or_insert_with(|| error.clone());
        }
        outcome
    }

    /// Runs statements that Regis wrote, without parameters, in one trip.
    async fn run(&mut self, statements: String) -> Result<(), Error> {
        self.busy = true;
        let connection = self.connection.as_mut().expect("a session connects before it runs");
        let statements = sqlx::raw_sql(AssertSqlSafe(statements));
        let outcome = tokio::time::timeout(self.limit, statements.execute(&mut **connection)).await;
        self.settle(outcome).map(drop)
    }

    /// Takes the next id of a context; it goes back if nothing is committed.
    pub(in crate::store) async fn take_id(&mut self, context: &Context) -> Result<Option<SchemaId>, Error> {
        let id = self.ids.take(context).await?;
        self.taken.extend(id.map(|id| (context.clone(), id)));
        Ok(id)
    }

    /// Makes a context known, and its counter pass a number, with the commit.
    pub(in crate::store) fn pass(&mut self, context: &Context, id: Option<SchemaId>) {
        if let Some(id) = id
            && self.taken.iter().any(|(_, taken)| *taken == id)
        {
            return;
        }
        let passed = self.counters.entry(context.stored_name().into_owned()).or_default();
        *passed = (*passed).max(id.map_or(0, |id| id.0));
    }

    async fn write_counters(&mut self) -> Result<(), Error> {
        for (name, passed) in std::mem::take(&mut self.counters) {
            let (connection, limit) = self.open().await?;
            let statement = sqlx::query(
                "INSERT INTO contexts AS counter (name, next_id, known) VALUES ($1, $2 + 1, TRUE)
                 ON CONFLICT (name) DO UPDATE SET known = TRUE, next_id = greatest(counter.next_id, excluded.next_id)
                 WHERE NOT counter.known OR counter.next_id < excluded.next_id",
            );
            let outcome = statement.bind(name).bind(passed).execute(connection);
            let outcome = tokio::time::timeout(limit, outcome).await;
            self.settle(outcome)?;
        }
        Ok(())
    }

    /// Why nothing of it can be committed.
    pub(in crate::store) fn broken(&self) -> Option<Error> {
        self.failure.clone()
    }

    /// Whether the database rolled it back in favour of another one.
    pub(in crate::store) fn lost_a_conflict(&self) -> bool {
        matches!(self.failure, Some(Error::Conflict(_)))
    }

    pub(in crate::store) async fn commit(mut self) -> Result<(), Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        self.write_counters().await?;
        // From here on the ids may be in use.
        self.taken.clear();
        self.run("COMMIT".to_owned()).await.map_err(Error::of_commit)?;
        self.sight = Sight::OwnMoments;
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // An import may have brought the id that was taken: after a conflict it is not tried again.
        let usable = !self.lost_a_conflict();
        for (context, id) in self.taken.drain(..).filter(|_| usable) {
            self.ids.give_back(&context, id);
        }
        let Some(mut connection) = self.connection.take() else { return };
        if self.busy || self.failure.as_ref().is_some_and(Error::spoils_a_connection) {
            connection.close_on_drop();
        } else if self.sight != Sight::OwnMoments {
            tokio::spawn(roll_back(connection, self.limit));
        }
    }
}

async fn roll_back(mut connection: PoolConnection<Postgres>, limit: Duration) {
    let ended = tokio::time::timeout(limit, sqlx::raw_sql("ROLLBACK").execute(&mut *connection)).await;
    if !matches!(ended, Ok(Ok(_))) {
        connection.close_on_drop();
    }
}

/// The beginning of a write. The locks are taken in one global order, so that two writers cannot wait for each other,
/// and by statements of their own: each later statement sees what the lock's last holder committed.
fn begin_with(locks: &Locks) -> String {
    format!("BEGIN ISOLATION LEVEL READ COMMITTED; {}", locking(locks))
}

fn locking(locks: &Locks) -> String {
    let mut statements = String::new();
    for (key, hold) in keys(locks) {
        let shared = if hold == Hold::Shared { "_shared" } else { "" };
        write!(statements, "SELECT pg_advisory_xact_lock{shared}({key});").expect("a text takes every text");
    }
    statements
}

/// How a lock is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hold {
    Exclusive,
    Shared,
}

/// The keys of locks in the global order; of two on one key the exclusive one is kept.
pub(super) fn keys(locks: &Locks) -> Vec<(i64, Hold)> {
    let mut keys: Vec<(i64, Hold)> = locks.exclusive.iter().map(|name| (key(name), Hold::Exclusive)).collect();
    keys.extend(locks.shared.iter().map(|name| (key(name), Hold::Shared)));
    keys.sort_unstable();
    keys.dedup_by_key(|(key, _)| *key);
    keys
}

fn key(name: &str) -> i64 {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
}
