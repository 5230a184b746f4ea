//! Why the memory could not answer.

use std::sync::Arc;

use thiserror::Error;

/// A failure of the database; nothing was written unless the variant says otherwise.
#[derive(Debug, Clone, Error)]
pub enum Error {
    /// The database cannot be asked at the moment.
    #[error("the database cannot be asked: {0}")]
    Unavailable(Arc<str>),
    /// The database answers, but did not end this statement in the time it has, for example because of a lock.
    #[error("the database took too long: {0}")]
    Late(Arc<str>),
    /// The database can be read, but takes no writes.
    #[error("the database takes no writes: {0}")]
    ReadOnly(Arc<str>),
    /// There is no space for another write.
    #[error("the database has no space left: {0}")]
    Full(Arc<str>),
    /// Two transactions were in each other's way; this one was rolled back.
    #[error("the database rolled the transaction back: {0}")]
    Conflict(Arc<str>),
    /// The write may or may not have happened; repeating it is safe.
    #[error("the write was interrupted; its outcome is unknown, and repeating it is safe: {0}")]
    Interrupted(Arc<str>),
    /// The disk did not confirm a flush: what the file holds is unknown until it is opened anew.
    #[error("the disk failed to flush a write; this server writes nothing more until it is started again: {0}")]
    Unflushed(Arc<str>),
    /// The database did not do what it was asked.
    #[error("the database failed: {0}")]
    Failed(Arc<str>),
    /// A row holds what no version of Regis writes.
    #[error("the database holds {0}, which no version of Regis writes")]
    Corrupt(String),
}

impl Error {
    /// Whether SQLite may have rolled the whole transaction back with the statement.
    pub(super) fn breaks_a_transaction(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::ReadOnly(_) | Self::Full(_) | Self::Unflushed(_))
    }

    /// Whether the connection that met it must not be used again.
    pub(super) fn spoils_a_connection(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::ReadOnly(_) | Self::Interrupted(_))
    }

    /// Whether it is known that nothing was written.
    pub(super) fn is_definite(&self) -> bool {
        !matches!(self, Self::Interrupted(_) | Self::Unavailable(_) | Self::Unflushed(_))
    }

    /// What a failure means if the statement that met it was to make changes durable.
    pub(super) fn of_commit(self) -> Self {
        match self {
            Self::Unavailable(why) | Self::Failed(why) => Self::Interrupted(why),
            known => known,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let why: Arc<str> = error.to_string().into();
        match &error {
            sqlx::Error::Database(told) => {
                let code = told.code().unwrap_or_default();
                let kind = match told.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                    Some(_) => of_sqlstate(&code),
                    None => of_sqlite(&code),
                };
                kind(why)
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(why),
            _ => Self::Failed(why),
        }
    }
}

/// PostgreSQL's codes: a class of two characters, and three more.
fn of_sqlstate(code: &str) -> fn(Arc<str>) -> Error {
    match code {
        "40001" | "40P01" => Error::Conflict,
        "25006" => Error::ReadOnly,
        "53100" => Error::Full,
        "57014" | "55P03" => Error::Late,
        // A connection that broke, and a server that goes, comes or has no room.
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Error::Unavailable,
        _ => Error::Failed,
    }
}

/// SQLite's extended codes: the low byte is the primary one.
fn of_sqlite(code: &str) -> fn(Arc<str>) -> Error {
    const BUSY: i32 = 5;
    const READ_ONLY: i32 = 8;
    const IO: i32 = 10;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    const FSYNC: i32 = 0x040a;
    const FOLDER_FSYNC: i32 = 0x050a;
    let code = code.parse::<i32>().unwrap_or_default();
    match (code, code & 0xff) {
        (FSYNC | FOLDER_FSYNC, _) => Error::Unflushed,
        (_, FULL) => Error::Full,
        (_, READ_ONLY) => Error::ReadOnly,
        (_, BUSY | IO | CANNOT_OPEN) => Error::Unavailable,
        _ => Error::Failed,
    }
}

/// Why a database could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The address is of no database that Regis knows.
    #[error("{0:?} is not a database address: write sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    /// The folder of the database file could not be made.
    #[error("cannot create the folder {path}: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// The reason.
        source: std::io::Error,
    },
    /// The lock file beside the database could not be opened.
    #[error("cannot open {path}: {source}")]
    LockFile {
        /// The lock file.
        path: String,
        /// The reason.
        source: std::io::Error,
    },
    /// Another server has the file.
    #[error("{0} is in use by another Regis server; one server owns a SQLite file, use PostgreSQL for several")]
    InUse(String),
    /// The database refused.
    #[error("cannot open the database {address}: {reason}")]
    Refused {
        /// The address, without its password.
        address: String,
        /// What the database said.
        reason: String,
    },
    /// The database was written by a newer version.
    #[error(
        "the database {address} was written by a newer version of Regis (its schema is {found}, this one knows up to {known}); nothing was changed"
    )]
    Newer {
        /// The address, without its password.
        address: String,
        /// Schema of the database.
        found: i64,
        /// Newest schema this program knows.
        known: i64,
    },
    /// A migration failed and was rolled back.
    #[error("cannot migrate the database {address}: {reason}")]
    Migration {
        /// The address, without its password.
        address: String,
        /// What the database said.
        reason: String,
    },
}
