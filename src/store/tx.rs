//! One transaction on either database; every query of the other files is a method of it.

use sqlx::{Postgres, Sqlite, Transaction};

use super::Error;

/// An open transaction. Dropped without [`Tx::commit`] it is rolled back.
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs `$body` on whichever database this is: written once, compiled for each driver.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

pub(super) use on;

impl Tx {
    pub(super) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Runs a statement without parameters or result.
    pub(super) async fn execute(&mut self, sql: &'static str) -> Result<(), Error> {
        on!(self, conn => sqlx::query(sql).execute(conn).await.map(drop))?;
        Ok(())
    }
}
