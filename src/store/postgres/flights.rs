//! One content at a time: of the writers that bring one new content together, one takes an id for it.
//!
//! Nothing depends on it but how many ids are taken in vain: the database's own lock decides who writes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use crate::model::{Context, Guid};

type Content = (Context, Guid);

/// The contents that are being written.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights {
    turns: Arc<Mutex<HashMap<Content, Arc<Turn<()>>>>>,
}

/// Who writes a content first; the others wait until this is dropped.
pub(super) struct Lead {
    turns: Arc<Mutex<HashMap<Content, Arc<Turn<()>>>>>,
    content: Content,
    turn: Option<OwnedMutexGuard<()>>,
}

impl Flights {
    /// Leads the writing of a content, or else waits until who leads has ended.
    pub(super) async fn lead(&self, context: &Context, guid: Guid) -> Option<Lead> {
        let content = (context.clone(), guid);
        let turn = lock(&self.turns).entry(content.clone()).or_default().clone();
        match turn.clone().try_lock_owned() {
            Ok(turn) => Some(Lead { turns: self.turns.clone(), content, turn: Some(turn) }),
            Err(_taken) => {
                drop(turn.lock().await);
                None
            }
        }
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let mut turns = lock(&self.turns);
        self.turn = None;
        turns.remove(&self.content);
    }
}

fn lock<T>(turns: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    turns.lock().unwrap_or_else(PoisonError::into_inner)
}
