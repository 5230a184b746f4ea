//! Subjects: their heads, and which there are.

use super::{Error, Tx, tx::on};
use crate::model::{Context, Subject};

/// A subject that has at least one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSubject {
    /// The subject.
    pub subject: Subject,
    /// Whether any of its versions is live.
    pub live: bool,
}

impl Tx {
    /// The subject's revision: it moves with every write under the subject; 0 before the first one.
    pub async fn head(&mut self, subject: &Subject) -> Result<i64, Error> {
        let revision: Option<i64> = on!(self, conn => sqlx::query_scalar(
            "SELECT revision FROM subjects WHERE context = $1 AND name = $2",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_optional(conn).await)?;
        Ok(revision.unwrap_or(0))
    }

    /// Moves the subject's revision, making the subject if it is new.
    pub async fn advance_head(&mut self, subject: &Subject) -> Result<i64, Error> {
        let revision = on!(self, conn => sqlx::query_scalar(
            "INSERT INTO subjects (context, name, revision) VALUES ($1, $2, 1)
             ON CONFLICT (context, name) DO UPDATE SET revision = subjects.revision + 1 RETURNING revision",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_one(conn).await)?;
        Ok(revision)
    }

    /// One subject, if it has versions.
    pub async fn subject(&mut self, subject: &Subject) -> Result<Option<ListedSubject>, Error> {
        let live: Option<i32> = on!(self, conn => sqlx::query_scalar(
            "SELECT max(CASE WHEN deleted THEN 0 ELSE 1 END) FROM versions WHERE context = $1 AND subject = $2",
        ).bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_one(conn).await)?;
        Ok(live.map(|live| ListedSubject { subject: subject.clone(), live: live == 1 }))
    }

    /// Subjects with versions in one context, or in all of them, in no particular order.
    pub async fn subjects(&mut self, context: Option<&Context>) -> Result<Vec<ListedSubject>, Error> {
        // Two texts: a plan that is made once must not serve both questions.
        let text = match context {
            Some(_) => {
                "SELECT context, subject, max(CASE WHEN deleted THEN 0 ELSE 1 END) FROM versions
                 WHERE context = $1 GROUP BY context, subject ORDER BY context, subject"
            }
            None => {
                "SELECT context, subject, max(CASE WHEN deleted THEN 0 ELSE 1 END) FROM versions
                 WHERE CAST($1 AS TEXT) IS NULL GROUP BY context, subject ORDER BY context, subject"
            }
        };
        let rows: Vec<(String, String, i32)> = on!(self, conn => sqlx::query_as(text)
            .bind(context.map(Context::stored_name)).fetch_all(conn).await)?;
        let listed = |(context, name, live): (String, String, i32)| ListedSubject {
            subject: Subject::new(Context::from_raw(context), name),
            live: live == 1,
        };
        Ok(rows.into_iter().map(listed).collect())
    }
}
