//! Turns for writers that meet under one subject.
//!
//! A registration that had to start over waits for its turn before it tries again, so that many writers of one subject
//! work one after the other instead of wasting each other's verdicts. Writers of other subjects are not held up, and
//! nothing depends on it: the write transaction confirms in any case.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
};

use tokio::sync::{Mutex, MutexGuard};

use crate::model::Subject;

/// How many subjects can wait apart from each other.
const LANES: usize = 256;

/// The lanes; subjects are spread over them by hash.
#[derive(Debug)]
pub(super) struct Turns {
    lanes: Vec<Mutex<()>>,
    hasher: RandomState,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self { lanes: (0..LANES).map(|_| Mutex::new(())).collect(), hasher: RandomState::new() }
    }

    pub(super) async fn of(&self, subject: &Subject) -> MutexGuard<'_, ()> {
        self.lanes[self.lane(subject)].lock().await
    }

    /// The turns of several subjects, waited for in one order, so that nobody waits for each other.
    pub(super) async fn of_all(&self, subjects: &[Subject]) -> Vec<MutexGuard<'_, ()>> {
        let lanes: BTreeSet<usize> = subjects.iter().map(|subject| self.lane(subject)).collect();
        let mut turns = Vec::with_capacity(lanes.len());
        for lane in lanes {
            turns.push(self.lanes[lane].lock().await);
        }
        turns
    }

    fn lane(&self, subject: &Subject) -> usize {
        usize::try_from(self.hasher.hash_one(subject) % LANES as u64).unwrap_or_default()
    }
}
