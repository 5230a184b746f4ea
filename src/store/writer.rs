//! Group commit: writes that wait together are committed, and flushed, together.
//!
//! SQLite has one writer at a time and a commit costs a flush, so all writes of a server pass through one task. Each
//! runs in a savepoint of its own inside a shared transaction; nobody is answered before the commit.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::SqlitePool;
use tokio::sync::mpsc;

use super::{
    Error, Tx,
    health::Health,
    sqlite::{Connected, Kept},
};

/// Writes that wait for their turn; senders wait when it is full.
const QUEUE: usize = 1024;
/// Writes that share one commit at most.
const LARGEST_GROUP: usize = 256;

/// Tells the caller how it ended, once the commit is known.
pub(super) type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// What a write left behind.
pub(super) struct Done {
    /// Whether its changes stay.
    pub(super) keep: bool,
    pub(super) answer: Answer,
}

/// Who sets the savepoint of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Savepoint {
    /// The writer.
    Set,
    /// The write itself, under the same name; it releases it too, unless it fails.
    ItsOwn,
}

/// A write to be run inside the shared transaction.
pub(super) trait Errand: Send {
    /// Who sets its savepoint.
    fn savepoint(&self) -> Savepoint {
        Savepoint::Set
    }

    /// Runs it.
    fn run(self: Box<Self>, tx: &mut Tx) -> BoxFuture<'_, Done>;

    /// Tells the caller that it was not run.
    fn refuse(self: Box<Self>, error: Error);
}

pub(super) type Job = Box<dyn Errand>;

/// Starts the task that owns all writing on `pool`; it ends when the last sender is gone.
pub(super) fn start(pool: SqlitePool, health: Health) -> mpsc::Sender<Job> {
    let (send, mut jobs) = mpsc::channel::<Job>(QUEUE);
    tokio::spawn(async move {
        // Kept from group to group: a pool would look at it in between, while the next group waits.
        let mut kept: Kept = None;
        while let Ok(Some(first)) = pool.close_event().do_until(jobs.recv()).await {
            if let Some(error) = health.unflushed() {
                first.refuse(error);
                continue;
            }
            let tx = match begin(&pool, kept.take()).await {
                Ok(connected) => Tx::Sqlite(connected),
                Err(error) => {
                    tracing::error!(%error, "cannot begin a write transaction");
                    health.written(&Err::<(), Error>(error.clone()));
                    first.refuse(error);
                    continue;
                }
            };
            let (answers, committed) = run_group(tx, first, &mut jobs).await;
            health.written(&committed);
            if let Err(error) = &committed {
                tracing::error!(%error, writes = answers.len(), "a group of writes was not committed");
            }
            let outcome = committed.as_ref().map(drop).map_err(Error::clone);
            for answer in answers {
                answer(outcome.clone());
            }
            kept = committed.ok().flatten();
        }
    });
    send
}

async fn begin(pool: &SqlitePool, kept: Kept) -> Result<Connected, Error> {
    let connection = match kept {
        Some(connection) => connection,
        None => pool.acquire().await?,
    };
    Connected::begin(connection).await
}

/// Runs what waits, and commits it.
async fn run_group(mut tx: Tx, first: Job, jobs: &mut mpsc::Receiver<Job>) -> (Vec<Answer>, Result<Kept, Error>) {
    let mut answers = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        let (answer, ended) = run_one(&mut tx, job).await;
        // A panicking write is rolled back alone; its caller sees the channel close.
        answers.extend(answer);
        if let Err(error) = ended {
            return (answers, Err(error));
        }
        next = if answers.len() < LARGEST_GROUP { jobs.try_recv().ok() } else { None };
    }
    let committed = tx.commit().await;
    (answers, committed)
}

/// Runs one write. A database that failed it for want of space or of a working disk has given up the whole transaction.
async fn run_one(tx: &mut Tx, job: Job) -> (Option<Answer>, Result<(), Error>) {
    let savepoint = job.savepoint();
    if savepoint == Savepoint::Set
        && let Err(error) = tx.execute("SAVEPOINT job").await
    {
        job.refuse(error.clone());
        return (None, Err(error));
    }
    let done = AssertUnwindSafe(job.run(tx)).catch_unwind().await.ok();
    let keep = done.as_ref().is_some_and(|done| done.keep);
    let ended = match tx.broken() {
        Some(error) => Err(error),
        None if keep && savepoint == Savepoint::ItsOwn => Ok(()),
        None => end_one(tx, keep).await,
    };
    (done.map(|done| done.answer), ended)
}

async fn end_one(tx: &mut Tx, keep: bool) -> Result<(), Error> {
    if !keep {
        tx.execute("ROLLBACK TO SAVEPOINT job").await?;
    }
    tx.execute("RELEASE SAVEPOINT job").await
}
