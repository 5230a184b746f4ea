//! One transaction on either database; every query of the other files is a method of it.

use super::{
    Error,
    postgres::Session,
    sqlite::{Connected, Kept},
};

/// What the statements of a transaction see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// One moment of the database, all of them.
    OneMoment,
    /// A moment of its own, each; that saves opening a transaction.
    OwnMoments,
    /// What is there, with the locks of a write.
    Writing,
}

/// An open transaction. Dropped without being committed it is rolled back.
pub enum Tx {
    /// On SQLite.
    Sqlite(Connected),
    /// On PostgreSQL.
    Postgres(Session),
}

/// Runs `$body` on whichever database this is: written once, compiled for each driver.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let ($conn, limit) = tx.open().await?;
                let outcome = tokio::time::timeout(limit, async { $body }).await;
                tx.settle(outcome)
            }
            $crate::store::Tx::Postgres(session) => {
                let ($conn, limit) = session.open().await?;
                let outcome = tokio::time::timeout(limit, async { $body }).await;
                session.settle(outcome)
            }
        }
    };
}

pub(super) use on;

impl Tx {
    /// Why nothing of it can be committed any more.
    pub(super) fn broken(&self) -> Option<Error> {
        match self {
            Self::Sqlite(connected) => connected.broken(),
            Self::Postgres(session) => session.broken(),
        }
    }

    /// Whether the database rolled it back in favour of another one.
    pub(super) fn lost_a_conflict(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(session) => session.lost_a_conflict(),
        }
    }

    /// Commits; on SQLite the connection goes on to the next group.
    pub(super) async fn commit(self) -> Result<Kept, Error> {
        match self {
            Self::Sqlite(connected) => connected.commit().await,
            Self::Postgres(session) => session.commit().await.map(|()| None),
        }
    }

    /// Runs a statement without parameters or result.
    pub(super) async fn execute(&mut self, sql: &'static str) -> Result<(), Error> {
        on!(self, conn => sqlx::query(sql).execute(conn).await.map(drop))
    }
}
