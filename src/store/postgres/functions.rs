//! What Regis keeps in a PostgreSQL besides tables: a function, because a trip can carry only one statement with values.
//!
//! Its name ends in a digest of its text. So a server always calls the function that it was built with, also while
//! servers of two versions work on one database, and making it again changes nothing.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection};

use super::moments::settings_text;

/// How many arguments the function takes.
const ARGUMENTS: usize = 22;

/// Any number that nobody else locks: servers that start together make the function one after the other.
const MAKING: i64 = 0x5265_6769_7301;

/// The function that writes registrations; see `register.sql`.
pub(super) static REGISTER: LazyLock<Function> = LazyLock::new(Function::new);

/// A function of the database.
pub(super) struct Function {
    name: String,
    /// From the list of arguments on.
    text: String,
    /// A query of all that it answers, with a placeholder for each argument.
    pub(super) query: String,
}

impl Function {
    fn new() -> Self {
        let text =
            include_str!("register.sql").replace("{settings}", &settings_text("in_contexts[i]", "in_subjects[i]"));
        // It opens with comments.
        let text = text[text.find("\n(").map_or(0, |at| at + 1)..].to_owned();
        let digest = Sha256::digest(text.as_bytes());
        let number = digest.iter().take(6).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let name = format!("regis_register_{number:012x}");
        let arguments: Vec<String> = (1..=ARGUMENTS).map(|at| format!("${at}")).collect();
        let query = format!("SELECT outcome, number FROM {name}({})", arguments.join(", "));
        Self { name, text, query }
    }

    /// Makes the function unless it is there.
    pub(super) async fn make(&self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.is_there(conn).await? {
            return Ok(());
        }
        let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({MAKING})");
        sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *conn).await?;
        let made = self.make_alone(conn).await;
        let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
        sqlx::raw_sql(end).execute(conn).await?;
        made
    }

    async fn is_there(&self, conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
        // A name that was resolved in vain is remembered by the session: only the table tells who came meanwhile.
        let there = "SELECT EXISTS (SELECT 1 FROM pg_proc WHERE proname = $1 AND pg_function_is_visible(oid))";
        sqlx::query_scalar(there).bind(&self.name).fetch_one(conn).await
    }

    async fn make_alone(&self, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.is_there(conn).await? {
            return Ok(());
        }
        let making = format!("CREATE FUNCTION {} {}", self.name, self.text);
        sqlx::raw_sql(AssertSqlSafe(making)).execute(conn).await.map(drop)
    }
}
