//! Group commit: writes that wait together are committed, and flushed, together.
//!
//! SQLite has one writer at a time and a commit costs a flush, so all writes of a server pass through one task. Each
//! runs in a savepoint of its own inside a shared transaction; nobody is answered before the commit.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::SqlitePool;
use tokio::sync::mpsc;

use super::{Error, Tx};

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

/// A write to be run inside the shared transaction.
pub(super) type Job = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Done> + Send>;

/// Starts the task that owns all writing on `pool`; it ends when the last sender is gone.
pub(super) fn start(pool: SqlitePool) -> mpsc::Sender<Job> {
    let (send, mut jobs) = mpsc::channel::<Job>(QUEUE);
    tokio::spawn(async move {
        while let Some(first) = jobs.recv().await {
            let answers = match begin(&pool).await {
                Ok(tx) => run_group(tx, first, &mut jobs).await,
                Err(error) => {
                    // The caller that brought the group here hears it; the next one tries again.
                    tracing::error!(%error, "cannot begin a write transaction");
                    drop(first);
                    continue;
                }
            };
            let (answers, committed) = answers;
            if let Err(error) = &committed {
                tracing::error!(%error, writes = answers.len(), "a group of writes was not committed");
            }
            for answer in answers {
                answer(committed.clone());
            }
        }
    });
    send
}

async fn begin(pool: &SqlitePool) -> Result<Tx, Error> {
    Ok(Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?))
}

async fn run_group(mut tx: Tx, first: Job, jobs: &mut mpsc::Receiver<Job>) -> (Vec<Answer>, Result<(), Error>) {
    let mut answers = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        match run_one(&mut tx, job).await {
            Ok(Some(answer)) => answers.push(answer),
            // A panicking write is rolled back alone; its caller sees the channel close.
            Ok(None) => {}
            Err(error) => return (answers, Err(error)),
        }
        next = if answers.len() < LARGEST_GROUP { jobs.try_recv().ok() } else { None };
    }
    let committed = tx.commit().await;
    (answers, committed)
}

async fn run_one(tx: &mut Tx, job: Job) -> Result<Option<Answer>, Error> {
    tx.execute("SAVEPOINT job").await?;
    let done = AssertUnwindSafe(job(tx)).catch_unwind().await.ok();
    if !done.as_ref().is_some_and(|done| done.keep) {
        tx.execute("ROLLBACK TO SAVEPOINT job").await?;
    }
    tx.execute("RELEASE SAVEPOINT job").await?;
    Ok(done.map(|done| done.answer))
}
