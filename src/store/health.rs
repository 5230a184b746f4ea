//! What the last questions and writes said about the database.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::Error;

/// After this time somebody has to try again.
const MOMENT: Duration = Duration::from_secs(1);

/// How the database is, as far as anybody has noticed; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Health {
    noticed: Arc<Noticed>,
}

#[derive(Debug, Default)]
struct Noticed {
    away: Mutex<Option<Instant>>,
    unwritable: Mutex<Option<Error>>,
    /// When the database could not be asked for the last time.
    troubled: Mutex<Option<Instant>>,
    trouble: Notify,
}

impl Health {
    /// Takes note of how a question ended.
    pub(super) fn asked<T>(&self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(_) => set(&self.noticed.away, None),
            Err(Error::Unavailable(_) | Error::ReadOnly(_)) => {
                let now = Some(Instant::now());
                set(&self.noticed.away, now);
                set(&self.noticed.troubled, now);
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

    /// Whether the database could not be asked, a moment ago.
    pub(super) fn is_away(&self) -> bool {
        lock(&self.noticed.away).is_some_and(|since| since.elapsed() < MOMENT)
    }

    /// Whether the database could not be asked at some time since so long ago.
    pub(super) fn was_troubled_within(&self, time: Duration) -> bool {
        lock(&self.noticed.troubled).is_some_and(|last| last.elapsed() <= time)
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

fn set<T>(slot: &Mutex<T>, noticed: T) {
    *lock(slot) = noticed;
}

fn lock<T>(slot: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
