//! The memory: SQL, and only here; one text for SQLite and PostgreSQL.

mod associations;
mod contexts;
mod error;
mod health;
mod lane;
mod locks;
mod migrate;
mod moment;
mod options;
mod postgres;
mod references;
mod schemas;
mod settings;
mod sqlite;
mod subjects;
mod tx;
mod versions;
mod writer;

use std::{fs::File, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use crate::model::Subject;

pub use error::{Error, OpenError};
pub use locks::Locks;
pub use moment::{Moment, Registered, Registration};
pub use options::StoreSettings;
pub use postgres::{ACCEPTANCE, Durability};
pub use references::Referrer;
pub use schemas::StoredSchema;
pub use settings::Scoped;
pub use subjects::ListedSubject;
pub use tx::Tx;
pub use versions::{Holder, StoredVersion, Target, VersionRecord};

use health::Health;
use lane::Lane;
use postgres::Postgres;
use sqlite::{Connected, Form};
use tx::Sight;
use writer::{Done, Errand, Job, Registering};

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    database: Database,
    address: Arc<str>,
    health: Health,
    write_timeout: Duration,
}

#[derive(Clone)]
enum Database {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        moments: Lane<Subject, Result<Moment, Error>>,
        jobs: mpsc::Sender<Job>,
        /// Held for as long as the store lives: it keeps other servers away.
        _lock: Arc<File>,
    },
    Postgres(Postgres),
}

/// How often a write is run that the database rolls back in favour of another one.
const ATTEMPTS: usize = 10;

/// What becomes of changes that succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Undone,
}

impl Store {
    /// Opens the database of an address, creates what is missing and migrates it.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_with(url, &StoreSettings::default()).await
    }

    /// As [`Store::open`], with other settings.
    pub async fn open_with(url: &str, settings: &StoreSettings) -> Result<Self, OpenError> {
        let (health, write_timeout) = (Health::default(), settings.write_timeout);
        let (database, address) = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let database = open_postgres(url, settings, health.clone()).await?;
            (Database::Postgres(database), postgres::without_password(url))
        } else {
            let sqlite::Opened { readers, writer, lock } = sqlite::open(url).await?;
            migrate::run(url, &writer).await?;
            let jobs = writer::start(writer.clone(), health.clone());
            let moments = sqlite::moments(&readers, &health, settings.acquire_timeout);
            (Database::Sqlite { readers, writer, moments, jobs, _lock: Arc::new(lock) }, url.to_owned())
        };
        Ok(Self { database, address: address.into(), health, write_timeout })
    }

    /// The address, without its password.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A transaction that sees one moment of the database and writes nothing; its first statement opens it.
    pub fn read(&self) -> Tx {
        self.look(Sight::OneMoment)
    }

    /// As [`Store::read`], but each statement may see a later moment than the one before: for single statements, and
    /// for facts that are looked at again before anything rests on them.
    pub fn glance(&self) -> Tx {
        self.look(Sight::OwnMoments)
    }

    fn look(&self, sight: Sight) -> Tx {
        match &self.database {
            Database::Sqlite { readers, .. } => {
                Tx::Sqlite(Connected::reading(readers.clone(), self.health.clone(), sight, self.write_timeout))
            }
            Database::Postgres(database) => Tx::Postgres(database.session(sight)),
        }
    }

    /// One moment of a subject.
    pub async fn moment(&self, subject: &Subject) -> Result<Moment, Error> {
        let moment = async {
            match &self.database {
                Database::Sqlite { moments, .. } => moments.ask(subject.clone()).await?,
                Database::Postgres(database) => database.moment(subject).await,
            }
        };
        match tokio::time::timeout(self.write_timeout, moment).await {
            // Who only asks leaves nothing in doubt.
            Ok(Err(Error::Interrupted(why))) => Err(Error::Unavailable(why)),
            Ok(moment) => moment,
            Err(_elapsed) => {
                let late = Err(Error::Unavailable(self.elapsed().into()));
                self.health.asked(&late);
                late
            }
        }
    }

    /// Writes a registration of new content together with others.
    ///
    /// The work goes on when the caller goes away.
    pub async fn register(&self, registration: Registration) -> Result<Registered, Error> {
        match &self.database {
            Database::Sqlite { jobs, .. } => {
                let Some(form) = Form::of(&registration)? else { return Ok(Registered::Apart) };
                // The form has it all.
                drop(registration);
                let job = |send| Job::Registration(Registering { form, send });
                match tokio::time::timeout(self.write_timeout, in_group(jobs, job)).await {
                    Ok(outcome) => outcome,
                    Err(_elapsed) => Err(self.late()),
                }
            }
            Database::Postgres(database) => {
                let database = database.clone();
                let alone = tokio::spawn(async move { database.register(registration).await });
                let written = self.in_time(alone).await;
                if written.as_ref().map_or(true, |outcome| outcome.is_written()) {
                    self.health.written(&written);
                }
                written
            }
        }
    }

    /// Runs `work` in a write transaction and answers after the commit; an error rolls its changes back.
    ///
    /// The work goes on when the caller goes away.
    pub async fn write<T, E, W>(&self, locks: Locks, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        self.run(locks, Fate::Kept, work).await
    }

    /// Runs `work` as [`Store::write`] does, and rolls it back in any case.
    pub async fn rehearse<T, E, W>(&self, locks: Locks, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        self.run(locks, Fate::Undone, work).await
    }

    async fn run<T, E, W>(&self, locks: Locks, fate: Fate, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
    {
        match &self.database {
            Database::Sqlite { jobs, .. } => {
                match tokio::time::timeout(self.write_timeout, write_in_group(jobs, fate, work)).await {
                    Ok(outcome) => outcome,
                    Err(_elapsed) => Err(self.late().into()),
                }
            }
            Database::Postgres(database) => {
                let (database, health) = (database.clone(), self.health.clone());
                // A large write may take its time: each of its statements, and waiting for the first one, has a limit.
                let alone = tokio::spawn(async move { write_alone(&database, &health, &locks, fate, work).await });
                alone.await.unwrap_or_else(|panicked| Err(Error::Interrupted(panicked.to_string().into()).into()))
            }
        }
    }

    /// What a write comes to, if it ends in time; it goes on in any case.
    async fn in_time<T>(&self, write: tokio::task::JoinHandle<Result<T, Error>>) -> Result<T, Error> {
        match tokio::time::timeout(self.write_timeout, write).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panicked)) => Err(Error::Interrupted(panicked.to_string().into())),
            Err(_elapsed) => Err(self.late()),
        }
    }

    fn late(&self) -> Error {
        Error::Interrupted(self.elapsed().into())
    }

    fn elapsed(&self) -> String {
        format!("no answer within {} ms", self.write_timeout.as_millis())
    }

    /// Whether the database could not be asked, a moment ago.
    pub fn is_away(&self) -> bool {
        self.health.is_away()
    }

    /// Why the last write was not possible, if reads are.
    pub fn unwritable(&self) -> Option<Error> {
        self.health.unwritable()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        self.read().execute("SELECT 1").await
    }

    /// Closes every connection; later calls fail.
    pub async fn close(&self) {
        match &self.database {
            Database::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Database::Postgres(database) => database.close().await,
        }
    }
}

async fn write_in_group<T, E, W>(jobs: &mpsc::Sender<Job>, fate: Fate, work: W) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone + Send + 'static,
{
    in_group(jobs, |send| Job::Errand(Box::new(Waiting { work, fate, send }))).await
}

/// Hands a write to the task that owns all writing, and waits for its outcome.
async fn in_group<T, E: From<Error>>(
    jobs: &mpsc::Sender<Job>,
    job: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Job,
) -> Result<T, E> {
    let (send, receive) = oneshot::channel();
    // What nobody took was not done.
    jobs.send(job(send)).await.map_err(|_unsent| Error::Unavailable("the writer has ended".into()))?;
    receive.await.unwrap_or_else(|_closed| Err(Error::Interrupted("the writer ended".into()).into()))
}

/// A write whose caller waits for its outcome.
struct Waiting<T, E, W> {
    work: W,
    fate: Fate,
    send: oneshot::Sender<Result<T, E>>,
}

impl<T, E, W> Errand for Waiting<T, E, W>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    fn run(self: Box<Self>, tx: &mut Tx) -> BoxFuture<'_, Done> {
        let Self { work, fate, send } = *self;
        Box::pin(async move {
            let outcome = work(tx).await;
            let keep = outcome.is_ok() && fate == Fate::Kept;
            // A refusal may rest on a neighbour's change: if that is not committed, the refusal does not hold either.
            let answer = move |committed: Result<(), Error>| {
                let outcome = match committed {
                    Ok(()) => outcome,
                    Err(error) => Err(error.into()),
                };
                drop(send.send(outcome));
            };
            Done { keep, answer: Box::new(answer) }
        })
    }

    fn refuse(self: Box<Self>, error: Error) {
        drop(self.send.send(Err(error.into())));
    }
}

async fn open_postgres(url: &str, settings: &StoreSettings, health: Health) -> Result<Postgres, OpenError> {
    let address = postgres::without_password(url);
    let refused = |error: sqlx::Error| OpenError::Refused { address: address.clone(), reason: error.to_string() };
    let database = Postgres::open(url, settings, health).await?;
    let mut connection = database.unhurried().await.map_err(refused)?;
    migrate::run(&address, &mut connection).await?;
    let failed = |error: sqlx::Error| OpenError::Migration { address: address.clone(), reason: error.to_string() };
    database.complete(&mut connection).await.map_err(failed)?;
    Ok(database)
}

/// Runs a write in a transaction of its own, again if the database rolled it back in favour of another one.
async fn write_alone<T, E, W>(database: &Postgres, health: &Health, locks: &Locks, fate: Fate, work: W) -> Result<T, E>
where
    E: From<Error>,
    W: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Clone,
{
    for attempt in 1.. {
        let begun = database.writing(locks).await;
        health.asked(&begun);
        let mut tx = match begun {
            // The locks of a begin may close a circle too.
            Err(Error::Conflict(_)) if attempt < ATTEMPTS => continue,
            begun => Tx::Postgres(begun?),
        };
        let outcome = work.clone()(&mut tx).await;
        if tx.lost_a_conflict() && attempt < ATTEMPTS {
            continue;
        }
        if let Some(failure) = tx.broken() {
            health.written(&Err::<(), _>(failure));
        }
        let outcome = outcome?;
        // A transaction that is dropped is rolled back.
        if fate == Fate::Kept {
            let committed = tx.commit().await;
            health.written(&committed);
            match committed {
                Err(Error::Conflict(_)) if attempt < ATTEMPTS => continue,
                committed => drop(committed?),
            }
        }
        return Ok(outcome);
    }
    unreachable!("the last attempt answers")
}
