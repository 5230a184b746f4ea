//! Transactions: several operations, all or nothing. Regis' own, beyond the contract.
//!
//! As in a registration, everything that takes long is computed from one moment with no lock held; the write
//! transaction compares the moment with what is there and starts over if anything of it has moved.

mod draft;
mod drafts;
mod expectations;
mod facts;
mod order;
mod write;

pub(super) use drafts::Drafts;

use super::{
    Care, Error, Found, Precondition, Registration, Registry, Rehearsal,
    register::{ATTEMPTS, unless_outdated},
};
use crate::model::{Config, ConfigChange, Head, Mode, Subject};

/// Operations that are done together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transaction {
    /// What must be so before the first operation.
    pub expectations: Expectations,
    /// The operations.
    pub operations: Vec<Operation>,
    /// Whether everything is done but the writing.
    pub rehearsal: Rehearsal,
}

/// What somebody saw who decided on a transaction; names are raw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expectations {
    /// The heads of subjects.
    pub subjects: Vec<(String, Precondition)>,
    /// Configurations, each as it is read under its own name; none for none of its own.
    pub configs: Vec<(String, Option<Config>)>,
    /// Modes; none for none of its own.
    pub modes: Vec<(String, Option<Mode>)>,
}

/// One operation of a transaction; names are raw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Registers a schema.
    Register {
        /// The subject.
        subject: String,
        /// The schema, and how it is registered.
        wanted: Box<Registration>,
    },
    /// Changes a configuration member by member.
    Config {
        /// The subject or context; none for the global configuration.
        subject: Option<String>,
        /// The change.
        change: Box<ConfigChange>,
        /// What is demanded of the subject's head.
        precondition: Precondition,
    },
    /// Sets a mode, or clears it.
    Mode {
        /// The subject or context; none for the global mode.
        subject: Option<String>,
        /// The mode by its text; none to clear it.
        mode: Option<String>,
        /// Whether import mode needs a place without subjects.
        care: Care,
        /// What is demanded of the subject's head.
        precondition: Precondition,
    },
}

/// What came of one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A schema is registered.
    Registered {
        /// The subject, aliases followed.
        subject: Subject,
        /// The subject's head after the transaction.
        head: Head,
        /// Whether there is a new version, or the schema was there already.
        novelty: Novelty,
        /// The answer of the registration.
        found: Box<Found>,
    },
    /// A configuration is changed.
    Configured {
        /// The subject or context.
        key: Subject,
        /// The whole record after the change.
        config: Box<Config>,
    },
    /// A mode is set or cleared.
    ModeSet {
        /// The subject or context.
        key: Subject,
        /// Its text as it was given.
        mode: Option<String>,
    },
}

/// Whether a registration made a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It did.
    New,
    /// The schema was there already.
    Known,
}

impl Operation {
    fn precondition(&self) -> &Precondition {
        match self {
            Self::Register { wanted, .. } => &wanted.precondition,
            Self::Config { precondition, .. } | Self::Mode { precondition, .. } => precondition,
        }
    }

    /// The name that it is about; the empty one for the global settings.
    fn name(&self) -> &str {
        match self {
            Self::Register { subject, .. } => subject,
            Self::Config { subject, .. } | Self::Mode { subject, .. } => subject.as_deref().unwrap_or_default(),
        }
    }
}

impl Registry {
    /// Carries out all operations or none and answers what came of each, in their order.
    ///
    /// Expectations are compared first. Settings are changed before schemas are judged, in the order given. A reference may
    /// name a version that the transaction makes: schemas are registered in the order of their references.
    pub async fn transact(&self, transaction: Transaction) -> Result<Vec<Effect>, Error> {
        let transaction = self.admitted_transaction(transaction)?;
        let mut turns = Vec::new();
        let mut contended = Subject::none();
        for attempt in 0..ATTEMPTS {
            let Some(draft) = unless_outdated(self.draft(&transaction).await, attempt)? else { continue };
            let subjects = draft.subjects();
            if let Some(first) = subjects.first() {
                contended.clone_from(first);
            }
            if let Some(effects) = self.write_draft(draft, transaction.rehearsal).await? {
                return Ok(effects);
            }
            if turns.is_empty() {
                turns = self.turns.of_all(&subjects).await;
            }
        }
        Err(Error::Contended(contended))
    }

    /// What can be said about the operations by their names and their rules alone.
    fn admitted_transaction(&self, transaction: Transaction) -> Result<Transaction, Error> {
        let Transaction { expectations, operations, rehearsal } = transaction;
        let mut admitted = Vec::with_capacity(operations.len());
        for (index, operation) in operations.into_iter().enumerate() {
            admitted.push(self.admitted_operation(operation).map_err(Error::in_operation(index))?);
        }
        Ok(Transaction { expectations, operations: admitted, rehearsal })
    }

    fn admitted_operation(&self, operation: Operation) -> Result<Operation, Error> {
        Ok(match operation {
            Operation::Register { subject, wanted } => {
                let (_, submission) = self.admitted(&subject, wanted.submission)?;
                Operation::Register { subject, wanted: Box::new(Registration { submission, ..*wanted }) }
            }
            Operation::Config { subject, change, precondition } => {
                let change = Box::new(self.admitted_change(*change)?);
                Self::settings_key(subject.as_deref())?;
                Operation::Config { subject, change, precondition }
            }
            Operation::Mode { subject, mode, care, precondition } => {
                let key = Self::settings_key(subject.as_deref())?;
                self.admitted_mode(&key, mode.as_deref())?;
                Operation::Mode { subject, mode, care, precondition }
            }
        })
    }
}

impl Error {
    /// Names the operation that was refused; a failure of the database is nobody's.
    pub(super) fn in_operation(index: usize) -> impl FnOnce(Self) -> Self {
        move |cause| match cause {
            Self::Store(_) | Self::InOperation { .. } => cause,
            cause => Self::InOperation { index, cause: Box::new(cause) },
        }
    }
}
