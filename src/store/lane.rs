//! Questions that wait together are asked together.
//!
//! A trip to the database, over a network or to the thread of a file, costs about the same for one small question as for
//! fifty. Each lane has a few carriers; a carrier takes everything that waits, asks it in one statement, and comes back
//! for what has gathered meanwhile. A question that finds a carrier free does not wait.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::Error;

/// Questions that one statement asks at most.
const LARGEST: usize = 64;

/// Where a carrier has its connection.
pub(super) trait Seat: Send + 'static {
    /// Nothing waits.
    fn rest(&mut self);

    /// Ends when the connection is wanted back for good.
    fn ended(&self) -> BoxFuture<'static, ()>;
}

type Waiting<Q, A> = (Q, oneshot::Sender<Result<A, Error>>);

/// A way to the database for questions of one kind; cheap to clone.
#[derive(Debug)]
pub(super) struct Lane<Q, A> {
    waiting: mpsc::UnboundedSender<Waiting<Q, A>>,
}

impl<Q, A> Clone for Lane<Q, A> {
    fn clone(&self) -> Self {
        Self { waiting: self.waiting.clone() }
    }
}

impl<Q: Send + 'static, A: Send + 'static> Lane<Q, A> {
    /// Starts the carriers; `ask` answers every question in order. They end with the last clone of the
    /// lane, or when a seat's connection is wanted back.
    pub(super) fn start<S, F>(carriers: u32, seat: impl Fn() -> S, ask: F) -> Self
    where
        S: Seat,
        F: for<'s> Fn(&'s mut S, Vec<Q>) -> BoxFuture<'s, Result<Vec<A>, Error>> + Clone + Send + 'static,
    {
        let (send, receive) = mpsc::unbounded_channel();
        let receive = Arc::new(Mutex::new(receive));
        for _ in 0..carriers {
            tokio::spawn(carry(receive.clone(), seat(), ask.clone()));
        }
        Self { waiting: send }
    }

    /// Asks and waits for the answer; a question on its way is carried on even if nobody waits any more.
    pub(super) async fn ask(&self, question: Q) -> Result<A, Error> {
        const CLOSED: &str = "the store is closed";
        let (send, receive) = oneshot::channel();
        self.waiting.send((question, send)).map_err(|_closed| Error::Unavailable(CLOSED.into()))?;
        receive.await.map_err(|_closed| Error::Interrupted(CLOSED.into()))?
    }
}

async fn carry<S, Q, A, F>(waiting: Arc<Mutex<mpsc::UnboundedReceiver<Waiting<Q, A>>>>, mut seat: S, ask: F)
where
    S: Seat,
    F: for<'s> Fn(&'s mut S, Vec<Q>) -> BoxFuture<'s, Result<Vec<A>, Error>>,
{
    let (mut taken, mut ended) = (Vec::new(), seat.ended());
    loop {
        // Another carrier that waits here holds the lock: then there is nothing to do.
        if waiting.try_lock().map_or(true, |waiting| waiting.is_empty()) {
            seat.rest();
        }
        let count = tokio::select! {
            () = &mut ended => 0,
            count = async { waiting.lock().await.recv_many(&mut taken, LARGEST).await } => count,
        };
        if count == 0 {
            return;
        }
        taken.retain(|(_question, asker)| !asker.is_closed());
        if taken.is_empty() {
            continue;
        }
        let (questions, askers): (Vec<Q>, Vec<_>) = taken.drain(..).unzip();
        match ask(&mut seat, questions).await {
            Ok(answers) => {
                for (asker, answer) in askers.into_iter().zip(answers) {
                    // Who went away is not told.
                    drop(asker.send(Ok(answer)));
                }
            }
            Err(error) => {
                for asker in askers {
                    drop(asker.send(Err(error.clone())));
                }
            }
        }
    }
}
