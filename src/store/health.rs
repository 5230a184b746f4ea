//! What the last questions and writes said about the database.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Error;

/// How the database is, as far as anybody has noticed; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Health {
    noticed: Arc<Noticed>,
}

#[derive(Debug, Default)]
struct Noticed {
    away: Mutex<Option<Error>>,
    unwritable: Mutex<Option<Error>>,
    trouble: Notify,
}

impl Health {
    /// Takes note of how a question ended.
    pub(super) fn asked<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => set(&self.noticed.away, None),
            Err(error @ (Error::Unavailable(_) | Error::ReadOnly(_))) => {
                set(&self.noticed.away, Some(error.clone()));
                self.noticed.trouble.notify_one();
            }
            Err(_) => {}
        }
    }

    /// Takes note of how a write ended.
    pub(super) fn written<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            // What was not flushed stays unknown until the next start.
            Ok(_) if self.unflushed().is_none() => set(&self.noticed.unwritable, None),
            Err(error @ (Error::Full(_) | Error::ReadOnly(_) | Error::Unflushed(_))) if self.unflushed().is_none() => {
                set(&self.noticed.unwritable, Some(error.clone()));
            }
            Ok(_) | Err(_) => {}
        }
        self.asked(outcome);
    }

    /// Why the database could not be asked the last time.
    pub(super) fn away(&self) -> Option<Error> {
        lock(&self.noticed.away).clone()
    }

    /// Why the last write was not possible.
    pub(super) fn unwritable(&self) -> Option<Error> {
        lock(&self.noticed.unwritable).clone()
    }

    /// The failed flush after which nothing is written any more.
    pub(super) fn unflushed(&self) -> Option<Error> {
        self.unwritable().filter(|error| matches!(error, Error::Unflushed(_)))
    }

    /// Waits until somebody fails to reach the database.
    pub(super) async fn trouble(&self) {
        self.noticed.trouble.notified().await;
    }
}

fn set(slot: &Mutex<Option<Error>>, error: Option<Error>) {
    *lock(slot) = error;
}

fn lock<T>(slot: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
