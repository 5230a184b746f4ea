//! Why the memory could not answer.

use std::sync::Arc;

use thiserror::Error;

use crate::model::SchemaId;

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
    /// A content that was there a moment ago was deleted for good.
    #[error("the schema {0} was deleted while it was looked for")]
    Vanished(SchemaId),
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

    /// What a failure means if it was met before there was a connection.
    pub(super) fn of_connecting(self) -> Self {
        match self {
            Self::Failed(why) => Self::Unavailable(why),
            known => known,
        }
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
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(why),
            _ => Self::Failed(why),
        }
    }
}

/// PostgreSQL's codes: a class of two characters, and three more.
fn of_sqlstate(code: &str) -> fn(Arc<str>) -> Error {
    match code {
        // The last two: what was not there when it was looked for has come, as of two imports that bring one id, or
        // what was there has gone.
        "40001" | "40P01" | "23505" | "23503" => Error::Conflict,
        "40003" => Error::Interrupted,
        "25006" => Error::ReadOnly,
        // The server gave a session up that did nothing for too long: this machine may have been busy.
        "25P03" | "25P04" => Error::Unavailable,
        "53100" => Error::Full,
        "57014" | "55P03" => Error::Late,
        // A connection that broke, a server that goes, comes, has no room, or does not know us any more.
        _ if ["08", "28", "3D", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Error::Unavailable,
        _ => Error::Failed,
    }
}

/// SQLite's extended codes: the low byte is the primary one.
fn of_sqlite(code: &str) -> fn(Arc<str>) -> Error {
    const ABORTED: i32 = 4;
    const BUSY: i32 = 5;
    const LOCKED: i32 = 6;
    const NO_MEMORY: i32 = 7;
    const READ_ONLY: i32 = 8;
    const INTERRUPTED: i32 = 9;
    const IO: i32 = 10;
    const FULL: i32 = 13;
    const CANNOT_OPEN: i32 = 14;
    const LOCKING_PROTOCOL: i32 = 15;
    const SCHEMA_CHANGED: i32 = 17;
    const WRITE: i32 = 0x030a;
    const FSYNC: i32 = 0x040a;
    const FOLDER_FSYNC: i32 = 0x050a;
    const TRUNCATE: i32 = 0x060a;
    const REMOVE: i32 = 0x0a0a;
    let code = code.parse::<i32>().unwrap_or_default();
    match (code, code & 0xff) {
        (FSYNC | FOLDER_FSYNC, _) => Error::Unflushed,
        (_, FULL) => Error::Full,
        // A file system that turned read-only, or a disk that writes no more: reads go on.
        (WRITE | TRUNCATE | REMOVE, _) | (_, READ_ONLY) => Error::ReadOnly,
        (_, INTERRUPTED) => Error::Late,
        (_, ABORTED | BUSY | LOCKED | NO_MEMORY | IO | CANNOT_OPEN | LOCKING_PROTOCOL | SCHEMA_CHANGED) => {
            Error::Unavailable
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Only what a repetition cannot mend is a failure; all else says that it may be tried again.
    #[test]
    fn what_may_be_tried_again_is_no_failure() {
        let postgres = [
            ("08006", "cannot be asked"),
            ("28P01", "cannot be asked"),
            ("3D000", "cannot be asked"),
            ("25P03", "cannot be asked"),
            ("25P04", "cannot be asked"),
            ("53200", "cannot be asked"),
            ("53300", "cannot be asked"),
            ("57P01", "cannot be asked"),
            ("57P03", "cannot be asked"),
            ("58030", "cannot be asked"),
            ("57014", "took too long"),
            ("55P03", "took too long"),
            ("25006", "takes no writes"),
            ("53100", "no space left"),
            ("40001", "rolled the transaction back"),
            ("40P01", "rolled the transaction back"),
            ("23505", "rolled the transaction back"),
            ("40003", "outcome is unknown"),
            ("42P01", "failed"),
            ("XX001", "failed"),
        ];
        let sqlite = [
            ("5", "cannot be asked"),
            ("261", "cannot be asked"),
            ("517", "cannot be asked"),
            ("6", "cannot be asked"),
            ("15", "cannot be asked"),
            ("266", "cannot be asked"),
            ("14", "cannot be asked"),
            ("9", "took too long"),
            ("8", "takes no writes"),
            ("778", "takes no writes"),
            ("13", "no space left"),
            ("1034", "failed to flush"),
            ("11", "failed"),
        ];
        let told = postgres.map(|(code, words)| (code, of_sqlstate(code)("".into()), words));
        let told = told.into_iter().chain(sqlite.map(|(code, words)| (code, of_sqlite(code)("".into()), words)));
        for (code, error, words) in told {
            assert!(error.to_string().contains(words), "{code} says {error}, not {words}");
        }
    }
}
