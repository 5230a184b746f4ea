//! The deeds: one verb per file; every write is one transaction.

mod alias;
mod answer;
mod associations;
mod cache;
mod canonicalize;
mod check;
mod contexts;
mod delete;
mod error;
mod explain;
mod find;
mod history;
mod identify;
mod list;
mod logical;
mod lookup;
mod modes;
mod options;
mod plan;
mod populate;
mod precondition;
mod read;
mod register;
mod request;
mod resolve;
mod restore;
mod settings;
mod tags;
mod transactions;
mod turns;
mod validate;
mod vault;

use std::sync::Arc;

pub use answer::{AtHead, Conformity, Datum, Explanation, Found, Nonconformity, Record, TextPlace, Verdict};
pub use associations::{
    Action, AssociationFilter, AssociationSet, Cascade, LatestSchemas, Rehearsal, Resource, Step, WantedAssociation,
};
pub use error::Error;
pub use list::{Aliases, Depth, ListedSchema, SchemaList};
pub use options::{Options, RuleSets};
pub use precondition::{Heads, Precondition};
pub use request::{
    Against, Care, Deletion, Explaining, HighestId, Judgement, Lookup, Normalize, Permanence, Reach, ReferenceFormat,
    Registration, Submission, SubmittedReference, Verbosity, VersionList, View,
};
pub use vault::{Secret, Secrets};

pub use tags::{Retagging, TagChanges};
pub use transactions::{Effect, Expectations, Novelty, Operation, Transaction};

pub use crate::{schema::Direction, store::VersionRecord};

pub use crate::store::Error as StoreError;

use crate::store::{Store, Tx};
use cache::Cache;
use transactions::Drafts;
use turns::Turns;
use vault::Vault;

/// The registry; cheap to clone.
#[derive(Clone)]
pub struct Registry {
    store: Store,
    options: Arc<Options>,
    cache: Arc<Cache>,
    turns: Arc<Turns>,
    vault: Arc<Vault>,
    /// What is seen besides the database; nothing, but while a transaction is drafted.
    drafts: Arc<Drafts>,
}

impl Registry {
    /// A registry over an open database.
    pub fn new(store: Store, options: Options) -> Self {
        let cache = Arc::new(Cache::new(options.cache_bytes));
        let vault = Arc::new(Vault::new(&options.secrets));
        let turns = Arc::new(Turns::new());
        Self { store, options: Arc::new(options), cache, turns, vault, drafts: Arc::default() }
    }

    /// Whether the database answers; if it does, why the last write was not possible.
    pub async fn ready(&self) -> Result<Option<Error>, Error> {
        self.store.ping().await?;
        Ok(self.store.unwritable().map(Error::from))
    }

    /// The settings that it was opened with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The same registry, as it will be when the drafts of a transaction are written.
    fn seeing(&self, drafts: Arc<Drafts>) -> Self {
        Self { drafts, ..self.clone() }
    }

    fn read(&self) -> Tx {
        self.store.read()
    }

    /// For a single statement, or for facts that are looked at again before anything rests on them.
    fn glance(&self) -> Tx {
        self.store.glance()
    }
}

/// Runs a computation that may take long away from the threads that serve connections.
async fn compute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        // The request that brought the computation answers for its panic.
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
