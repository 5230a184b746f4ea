//! What only SQLite needs: one file, one server, one writer.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::OpenError;

/// Connections that read at the same time.
const READERS: u32 = 4;

/// The two pools of a file, and the lock that keeps other servers away for as long as it lives.
pub(super) struct Opened {
    pub(super) readers: SqlitePool,
    pub(super) writer: SqlitePool,
    pub(super) lock: File,
}

/// Opens (and creates) the database of an address such as `sqlite:data/regis.db`.
pub(super) async fn open(url: &str) -> Result<Opened, OpenError> {
    let path = path(url).ok_or_else(|| OpenError::Address(url.to_owned()))?;
    // Before anything is made: what cannot be a database should leave nothing behind.
    if path.is_dir() {
        return Err(OpenError::Refused { address: url.to_owned(), reason: "it is a folder".to_owned() });
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { path: folder.display().to_string(), source })?;
    }
    let lock = lock(&path)?;
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let refused = |error: sqlx::Error| OpenError::Refused { address: url.to_owned(), reason: error.to_string() };
    let steady = || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    let writer = steady().max_connections(1).connect_with(options.clone()).await.map_err(refused)?;
    let readers = steady().max_connections(READERS).connect_with(options).await.map_err(refused)?;
    Ok(Opened { readers, writer, lock })
}

fn path(url: &str) -> Option<PathBuf> {
    let rest = url.strip_prefix("sqlite:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let rest = rest.split('?').next().unwrap_or_default();
    (!rest.is_empty() && rest != ":memory:").then(|| PathBuf::from(rest))
}

/// A lock file beside the database: SQLite's own locks would let a second server in between two writes.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let failed = |source| OpenError::LockFile { path: name.display().to_string(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.display().to_string())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
