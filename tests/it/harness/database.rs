//! A database of a test's own: a SQLite file in a temporary folder, or a schema in the PostgreSQL of `TEST_DATABASE_URL`.

use std::path::{Path, PathBuf};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// Where a test keeps its schemas; removed when it is dropped.
#[derive(Debug)]
pub enum Database {
    /// A file.
    Sqlite(TempDir),
    /// A schema of a server that the environment names.
    Postgres {
        /// The server's address.
        server: String,
        /// The schema.
        schema: String,
    },
}

/// Whether the suite runs on PostgreSQL.
pub fn is_postgres() -> bool {
    server().is_some()
}

fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())
}

impl Database {
    /// An empty database of the kind that the environment asks for.
    pub async fn create() -> Self {
        let Some(server) = server() else { return Self::file() };
        let schema = format!("it_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect(&server).await.expect("TEST_DATABASE_URL names a running server");
        let statement = format!("CREATE SCHEMA {schema}");
        connection.execute(AssertSqlSafe(statement)).await.expect("the role may create schemas");
        Self::Postgres { server, schema }
    }

    /// An empty SQLite file, whatever the environment says.
    pub fn file() -> Self {
        Self::Sqlite(TempDir::new().expect("a temporary folder"))
    }

    /// The address for `--database-url`.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", file_in(folder.path()).display()),
            Self::Postgres { server, schema } => {
                let separator = if server.contains('?') { '&' } else { '?' };
                format!("{server}{separator}options=-c%20search_path%3D{schema}")
            }
        }
    }
}

impl Database {
    /// Removes every table behind the server's back.
    pub async fn wipe(&self) {
        match self {
            Self::Sqlite(folder) => {
                let url = format!("sqlite:{}", file_in(folder.path()).display());
                let mut connection = SqliteConnection::connect(&url).await.expect("the file is a database");
                connection.execute("PRAGMA foreign_keys = OFF").await.expect("SQLite has the switch");
                let listed = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
                let tables: Vec<String> = listed.fetch_all(&mut connection).await.expect("a list of tables");
                for table in tables {
                    let statement = AssertSqlSafe(format!("DROP TABLE {table}"));
                    connection.execute(statement).await.expect("a table can be dropped");
                }
            }
            Self::Postgres { server, schema } => {
                let mut connection = PgConnection::connect(server).await.expect("the server runs");
                let statement = format!("DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}");
                connection.execute(AssertSqlSafe(statement)).await.expect("a schema can be emptied");
            }
        }
    }
}

/// Questions that a whole database answers with 0, whatever has been written and cut off.
const INVARIANTS: [(&str, &str); 6] = [
    (
        "contents without a version",
        "SELECT count(*) FROM schemas WHERE NOT EXISTS (SELECT 1 FROM versions
         WHERE versions.context = schemas.context AND versions.schema_id = schemas.id)",
    ),
    (
        "versions without their content",
        "SELECT count(*) FROM versions WHERE NOT EXISTS (SELECT 1 FROM schemas
         WHERE schemas.context = versions.context AND schemas.id = versions.schema_id)",
    ),
    (
        "contents for which no id answers",
        "SELECT count(*) FROM schemas WHERE NOT EXISTS (SELECT 1 FROM fingerprints
         WHERE fingerprints.context = schemas.context AND fingerprints.guid = schemas.guid)",
    ),
    (
        "ids that would be given again",
        "SELECT count(*) FROM schemas JOIN contexts ON contexts.name = schemas.context WHERE schemas.id >= contexts.next_id",
    ),
    (
        "versions newer than their subject",
        "SELECT count(*) FROM versions JOIN subjects ON subjects.context = versions.context
         AND subjects.name = versions.subject WHERE versions.revision > subjects.revision",
    ),
    (
        "subjects with a gap although nothing was deleted",
        "SELECT count(*) FROM (SELECT 1 AS one FROM versions GROUP BY context, subject
         HAVING max(version) <> count(*)) AS gaps",
    ),
];

impl Database {
    /// What is half done or damaged, if nothing was ever deleted; no server may run on a file meanwhile.
    pub async fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.url()).await.expect("the file is a database");
                let integrity: String =
                    sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.expect("a report");
                faults.extend((integrity != "ok").then_some(integrity));
                let strays =
                    sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.expect("a report");
                faults.extend((!strays.is_empty()).then(|| format!("{} strays", strays.len())));
                for (name, question) in INVARIANTS {
                    let count: i64 = sqlx::query_scalar(question).fetch_one(&mut connection).await.expect("a count");
                    faults.extend((count != 0).then(|| format!("{count} {name}")));
                }
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.url()).await.expect("the server runs");
                for (name, question) in INVARIANTS {
                    let count: i64 = sqlx::query_scalar(question).fetch_one(&mut connection).await.expect("a count");
                    faults.extend((count != 0).then(|| format!("{count} {name}")));
                }
            }
        }
        faults
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("regis.db")
}

impl Drop for Database {
    fn drop(&mut self) {
        let Self::Postgres { server, schema } = self else { return };
        // A connection that has not yet noticed its end must not hold the suite up.
        let statement = format!("SET lock_timeout = '5s'; DROP SCHEMA {schema} CASCADE");
        let server = server.clone();
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await?;
                connection.execute(AssertSqlSafe(statement)).await
            })
        });
        // A schema that stays behind is no fault of the product.
        drop(removal.join());
    }
}
