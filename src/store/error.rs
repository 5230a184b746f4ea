//! Why the memory could not answer.

use thiserror::Error;

/// A failure of the database; nothing was written unless the variant says otherwise.
#[derive(Debug, Error)]
pub enum Error {
    /// The database did not do what it was asked.
    #[error("the database is unavailable: {0}")]
    Database(#[from] sqlx::Error),
    /// The write may or may not have happened; repeating it is safe.
    #[error("the write was interrupted; its outcome is unknown, and repeating it is safe")]
    Interrupted,
    /// A row holds what no version of Regis writes.
    #[error("the database holds {0}, which no version of Regis writes")]
    Corrupt(String),
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
