//! What only SQLite needs: one file, one server, one writer.

mod moments;
mod register;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::time::{error::Elapsed, timeout};

use super::{Error, OpenError, health::Health, tx::Sight};

pub(super) use moments::start as moments;
pub(super) use register::{Form, write as register};

/// Connections that read at the same time, besides those that read moments.
const READERS: u32 = 4;

/// The two pools of a file, and the lock that keeps other servers away for as long as it lives.
pub(super) struct Opened {
    pub(super) readers: SqlitePool,
    pub(super) writer: SqlitePool,
    pub(super) lock: File,
}

/// Opens (and creates) the database of an address such as `sqlite:data/regis.db`.
pub(super) async fn open(url: &str) -> Result<Opened, OpenError> {
    let path = path(url).ok_or_else(|| OpenError::Address(url.to_owned()))?;
    // Before anything is made: what cannot be a database should leave nothing behind.
    if path.is_dir() {
        return Err(OpenError::Refused { address: url.to_owned(), reason: "it is a folder".to_owned() });
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { path: folder.display().to_string(), source })?;
    }
    let lock = lock(&path)?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What was replaced, perhaps by its sealed form, must not stay behind in free space.
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .busy_timeout(Duration::from_secs(5));
    let refused = |error: sqlx::Error| OpenError::Refused { address: url.to_owned(), reason: error.to_string() };
    let steady = || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    let writer = steady().max_connections(1).connect_with(options.clone()).await.map_err(refused)?;
    demand_durability(url, &writer).await?;
    let readers = steady().max_connections(READERS + moments::CARRIERS).connect_with(options).await.map_err(refused)?;
    Ok(Opened { readers, writer, lock })
}

fn path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let rest = rest.split('?').next().unwrap_or_default();
    (!rest.is_empty() && rest != ":memory:").then(|| PathBuf::from(rest))
}

/// A lock file beside the database: SQLite's own locks would let a second server in between two writes.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let failed = |source| OpenError::LockFile { path: name.display().to_string(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.display().to_string())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Reads back what was asked for: a file system may not be able to do it.
async fn demand_durability(url: &str, writer: &SqlitePool) -> Result<(), OpenError> {
    const FULL: i64 = 2;
    let refused = |reason: String| OpenError::Refused { address: url.to_owned(), reason };
    let failed = |error: sqlx::Error| refused(error.to_string());
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer).await.map_err(failed)?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(writer).await.map_err(failed)?;
    if journal != "wal" || synchronous < FULL {
        let found = format!("journal_mode is {journal} and synchronous is {synchronous}");
        return Err(refused(format!("writes would not be durable: {found}, but wal and {FULL} are needed")));
    }
    Ok(())
}

/// The connection that writes, between two groups.
pub(super) type Kept = Option<PoolConnection<Sqlite>>;

/// The connection that writes, as it was kept or anew.
pub(super) async fn writer(pool: &SqlitePool, kept: Kept) -> Result<PoolConnection<Sqlite>, Error> {
    if let Some(connection) = kept {
        return Ok(connection);
    }
    let mut connection = pool.acquire().await?;
    let prepared = register::prepare(&mut connection).await;
    if prepared.is_err() {
        connection.close_on_drop();
    }
    prepared.map(|()| connection)
}

fn in_time<T>(outcome: Result<Result<T, sqlx::Error>, Elapsed>) -> Result<T, Error> {
    match outcome {
        Ok(outcome) => outcome.map_err(Error::from),
        Err(_elapsed) => Err(Error::Unavailable("no answer in time".into())),
    }
}

/// A connection in use.
pub enum Connected {
    /// One that reads.
    Reading(Reading),
    /// One that writes.
    Writing(Writing),
}

/// A connection that reads, taken with the first statement.
pub struct Reading {
    pool: SqlitePool,
    health: Health,
    sight: Sight,
    /// Of each statement, and of waiting for a connection.
    limit: Duration,
    open: Option<Open>,
}

enum Open {
    /// Every statement for itself.
    Alone(PoolConnection<Sqlite>),
    /// All of them in a transaction, which sees what was there at the first one.
    Together(Transaction<'static, Sqlite>),
}

impl Reading {
    async fn open(&mut self) -> Result<&mut SqliteConnection, Error> {
        if self.open.is_none() {
            let opening = async {
                match self.sight {
                    Sight::OneMoment => self.pool.begin().await.map(Open::Together),
                    Sight::OwnMoments | Sight::Writing => self.pool.acquire().await.map(Open::Alone),
                }
            };
            let opened = in_time(timeout(self.limit, opening).await);
            self.health.asked(&opened);
            self.open = Some(opened?);
        }
        match self.open.as_mut().expect("it was just taken") {
            Open::Alone(connection) => Ok(connection),
            Open::Together(tx) => Ok(tx),
        }
    }
}

/// The write transaction of a group. A connection that did not commit is closed: after a failure SQLite may have rolled
/// the transaction back already, and nobody could tell.
pub struct Writing {
    /// Until it is committed.
    connection: Option<PoolConnection<Sqlite>>,
    failure: Option<Error>,
}

impl Connected {
    pub(super) async fn begin(mut connection: PoolConnection<Sqlite>) -> Result<Self, Error> {
        let begun = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *connection).await;
        let writing = Writing { connection: Some(connection), failure: None };
        begun?;
        Ok(Self::Writing(writing))
    }

    pub(super) fn reading(pool: SqlitePool, health: Health, sight: Sight, limit: Duration) -> Self {
        Self::Reading(Reading { pool, health, sight, limit, open: None })
    }

    /// The connection for one statement, and how long it may take; [`Connected::settle`] must see the outcome.
    pub(super) async fn open(&mut self) -> Result<(&mut SqliteConnection, Duration), Error> {
        match self {
            Self::Reading(reading) => {
                let limit = reading.limit;
                Ok((reading.open().await?, limit))
            }
            // Callers do not wait for longer than they may; what others wrote before is not given up for it.
            Self::Writing(writing) => Ok((writing.connection.as_mut().expect("only a commit takes it"), Duration::MAX)),
        }
    }

    /// Takes note of how a statement ended.
    pub(super) fn settle<T>(&mut self, outcome: Result<Result<T, sqlx::Error>, Elapsed>) -> Result<T, Error> {
        let outcome = in_time(outcome);
        match (self, &outcome) {
            (Self::Writing(writing), Err(error)) if error.breaks_a_transaction() => {
                writing.failure = Some(error.clone());
            }
            (Self::Reading(reading), Err(Error::Unavailable(_))) => reading.health.asked(&outcome),
            _ => {}
        }
        outcome
    }

    /// Why nothing of the transaction can be committed.
    pub(super) fn broken(&self) -> Option<Error> {
        match self {
            Self::Reading(_) => None,
            Self::Writing(writing) => writing.failure.clone(),
        }
    }

    /// Commits what was written, and gives the connection back.
    pub(super) async fn commit(self) -> Result<Kept, Error> {
        match self {
            Self::Reading(_) => Ok(None),
            Self::Writing(writing) => writing.commit().await.map(Some),
        }
    }
}

impl Writing {
    async fn commit(mut self) -> Result<PoolConnection<Sqlite>, Error> {
        let mut connection = self.connection.take().expect("only a commit takes it");
        let ended = sqlx::raw_sql("COMMIT").execute(&mut *connection).await;
        if let Err(error) = ended {
            connection.close_on_drop();
            return Err(Error::from(error).of_commit());
        }
        Ok(connection)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.close_on_drop();
        }
    }
}
