//! Group commit: writes that wait together are committed, and flushed, together.
//!
//! SQLite has one writer at a time and a commit costs a flush, so all writes of a server pass through one task.
//! Registrations that wait are one statement; other writes that wait run in savepoints of one transaction. Nobody is
//! answered before the commit.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{Sqlite, SqlitePool, pool::PoolConnection};
use tokio::sync::{mpsc, oneshot};

use super::{
    Error, Registered, Tx,
    health::Health,
    sqlite::{self, Connected, Form, Kept},
};

/// Writes that wait for their turn; senders wait when it is full.
const QUEUE: usize = 1024;
/// Writes that are taken together at most.
const LARGEST_GROUP: usize = 256;
/// With registrations of so many bytes no other write is taken.
const LARGEST_TEXT: usize = 2 << 20;

/// Tells the caller how it ended, once the commit is known.
pub(super) type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// What a write left behind.
pub(super) struct Done {
    /// Whether its changes stay.
    pub(super) keep: bool,
    pub(super) answer: Answer,
}

/// A write to be run inside the shared transaction.
pub(super) trait Errand: Send {
    /// Runs it.
    fn run(self: Box<Self>, tx: &mut Tx) -> BoxFuture<'_, Done>;

    /// Tells the caller that it was not run.
    fn refuse(self: Box<Self>, error: Error);
}

/// A registration of new content whose caller waits for its outcome.
pub(super) struct Registering {
    pub(super) form: Form,
    pub(super) send: oneshot::Sender<Result<Registered, Error>>,
}

/// A write that waits.
pub(super) enum Job {
    /// One of many that are one statement.
    Registration(Registering),
    /// One that asks and writes as it goes.
    Errand(Box<dyn Errand>),
}

/// What waits together.
#[derive(Default)]
struct Group {
    registrations: Vec<Registering>,
    errands: Vec<Box<dyn Errand>>,
}

impl Group {
    fn waiting(first: Job, jobs: &mut mpsc::Receiver<Job>) -> Self {
        let (mut group, mut size) = (Self::default(), 0);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Registration(registering) => {
                    size += registering.form.len();
                    group.registrations.push(registering);
                }
                Job::Errand(errand) => group.errands.push(errand),
            }
            let room = group.registrations.len() + group.errands.len() < LARGEST_GROUP && size < LARGEST_TEXT;
            next = if room { jobs.try_recv().ok() } else { None };
        }
        group
    }
}

/// Starts the task that owns all writing on `pool`; it ends when the last sender is gone, or the pool closes.
pub(super) fn start(pool: SqlitePool, health: Health) -> mpsc::Sender<Job> {
    let (send, mut jobs) = mpsc::channel::<Job>(QUEUE);
    tokio::spawn(async move {
        let mut writer = Writer { pool: pool.clone(), health, kept: None };
        while let Ok(Some(first)) = pool.close_event().do_until(jobs.recv()).await {
            let Group { registrations, errands } = Group::waiting(first, &mut jobs);
            if !registrations.is_empty() {
                writer.register(registrations).await;
            }
            if !errands.is_empty() {
                writer.run(errands).await;
            }
        }
    });
    send
}

struct Writer {
    pool: SqlitePool,
    health: Health,
    /// From group to group: a pool would look at the connection in between, while the next group waits.
    kept: Kept,
}

impl Writer {
    /// The connection, unless nothing may be written any more.
    async fn connection(&mut self) -> Result<PoolConnection<Sqlite>, Error> {
        match self.health.unflushed() {
            Some(error) => Err(error),
            None => sqlite::writer(&self.pool, self.kept.take()).await,
        }
    }

    /// Takes note of why a group was not written, and tells the callers.
    fn refused<C>(&self, error: &Error, callers: Vec<C>, tell: impl Fn(C, Error)) {
        // Nothing is tried after a flush has failed, and that was said once.
        if self.health.unflushed().is_none() {
            tracing::error!(%error, writes = callers.len(), "a group of writes was not committed");
        }
        self.health.written(&Err::<(), _>(error.clone()));
        for caller in callers {
            tell(caller, error.clone());
        }
    }

    /// Writes registrations, all in one visit.
    async fn register(&mut self, registrations: Vec<Registering>) {
        let tell = |Registering { send, .. }: Registering, error| drop(send.send(Err(error)));
        let connection = match self.connection().await {
            Ok(connection) => connection,
            Err(error) => return self.refused(&error, registrations, tell),
        };
        let forms = registrations.iter().map(|Registering { form, .. }| form);
        match sqlite::register(connection, forms).await {
            Ok((connection, outcomes)) => {
                self.kept = Some(connection);
                if outcomes.iter().any(|outcome| outcome.is_written()) {
                    self.health.written(&Ok(()));
                }
                for (Registering { send, .. }, outcome) in registrations.into_iter().zip(outcomes) {
                    drop(send.send(Ok(outcome)));
                }
            }
            // It may have been one of them, and nothing is written.
            Err(Error::Failed(_)) if registrations.len() > 1 => {
                for registration in registrations {
                    Box::pin(self.register(vec![registration])).await;
                }
            }
            Err(error) => self.refused(&error, registrations, tell),
        }
    }

    /// Runs other writes, each in a savepoint of its own, and commits them together.
    async fn run(&mut self, errands: Vec<Box<dyn Errand>>) {
        let begun = match self.connection().await {
            Ok(connection) => Connected::begin(connection).await,
            Err(error) => Err(error),
        };
        let tx = match begun {
            Ok(connected) => Tx::Sqlite(connected),
            Err(error) => return self.refused(&error, errands, Errand::refuse),
        };
        let (answers, committed) = run_group(tx, errands).await;
        match committed {
            Ok(kept) => {
                self.kept = kept;
                self.health.written(&Ok(()));
                for answer in answers {
                    answer(Ok(()));
                }
            }
            Err(error) => self.refused(&error, answers, |answer, error| answer(Err(error))),
        }
    }
}

/// Runs writes, and commits them.
async fn run_group(mut tx: Tx, errands: Vec<Box<dyn Errand>>) -> (Vec<Answer>, Result<Kept, Error>) {
    let mut answers = Vec::new();
    let mut errands = errands.into_iter();
    while let Some(errand) = errands.next() {
        let (answer, ended) = run_one(&mut tx, errand).await;
        // A panicking write is rolled back alone; its caller sees the channel close.
        answers.extend(answer);
        if let Err(error) = ended {
            errands.for_each(|errand| errand.refuse(error.clone()));
            return (answers, Err(error));
        }
    }
    let committed = tx.commit().await;
    (answers, committed)
}

/// Runs one write. A database that failed it for want of space or of a working disk has given up the whole transaction.
async fn run_one(tx: &mut Tx, errand: Box<dyn Errand>) -> (Option<Answer>, Result<(), Error>) {
    if let Err(error) = tx.execute("SAVEPOINT job").await {
        errand.refuse(error.clone());
        return (None, Err(error));
    }
    let done = AssertUnwindSafe(errand.run(tx)).catch_unwind().await.ok();
    let keep = done.as_ref().is_some_and(|done| done.keep);
    let ended = match tx.broken() {
        Some(error) => Err(error),
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        model::{Definition, Guid, SchemaId, SchemaKind, Subject, Version},
        store::{Locks, Registration, migrate},
    };

    /// A registration of a new content as the first version of a subject.
    fn first_of(subject: &str, number: u8, settings_text: &str) -> Registration {
        let text = format!(r#"{{"type":"fixed","name":"F","size":{number}}}"#);
        let (kind, references) = (SchemaKind::Avro, Vec::new());
        let definition = Definition { kind, text, references, metadata: None, rule_set: None };
        Registration {
            guid: Guid::parse(&format!("00000000-0000-0000-0000-{number:012}")).expect("a guid"),
            subject: Subject::parse(subject),
            version: Version(1),
            definition,
            targets: Vec::new(),
            only_live_targets: true,
            head: 0,
            settings_text: settings_text.to_owned(),
            locks: Locks::new(),
            ts: 1,
        }
    }

    /// Registers together, and tells what each caller hears.
    async fn together(writer: &mut Writer, all: &[Registration]) -> Vec<Result<Registered, Error>> {
        let (mut waiting, mut heard) = (Vec::new(), Vec::new());
        for registration in all {
            let (send, receive) = oneshot::channel();
            let form = Form::of(registration).expect("it can be told").expect("no text has U+0000");
            waiting.push(Registering { form, send });
            heard.push(receive);
        }
        writer.register(waiting).await;
        let mut outcomes = Vec::new();
        for receive in heard {
            outcomes.push(receive.await.expect("every caller is answered"));
        }
        outcomes
    }

    #[tokio::test]
    async fn one_registration_that_fails_leaves_its_neighbours_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("regis.db").display());
        let opened = sqlite::open(&url).await.expect("a new database");
        migrate::run(&url, &opened.writer).await.expect("migrations");
        let health = Health::default();
        let moments = sqlite::moments(&opened.readers, &health, Duration::from_mins(1));
        let moment = async |subject| moments.ask(Subject::parse(subject)).await.flatten().expect("a moment");
        let settings = moment("a").await.settings_text;
        let mut writer = Writer { pool: opened.writer, health, kept: None };
        let outcomes = together(&mut writer, &[first_of("a", 1, &settings)]).await;
        assert!(matches!(outcomes[..], [Ok(Registered::As(SchemaId(1)))]), "{outcomes:?}");
        // The head is the subject's own, but its first version is there already: the table refuses it.
        let impossible = Registration { head: 1, ..first_of("a", 3, &settings) };
        let all = [first_of("b", 2, &settings), impossible, first_of("a", 4, &settings), first_of("c", 5, &settings)];
        let outcomes = together(&mut writer, &all).await;
        assert!(
            matches!(
                outcomes[..],
                [
                    Ok(Registered::As(SchemaId(2))),
                    Err(Error::Failed(_)),
                    Ok(Registered::Moved),
                    Ok(Registered::As(SchemaId(3)))
                ]
            ),
            "{outcomes:?}"
        );
        for (subject, head) in [("a", 1), ("b", 1), ("c", 1)] {
            let moment = moment(subject).await;
            assert_eq!((moment.head, moment.versions.len()), (head, 1), "{subject}");
        }
    }
}
