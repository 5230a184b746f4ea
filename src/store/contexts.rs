//! Contexts: which are known, and the next id of each.

use super::{Error, Tx, tx::on};
use crate::model::{Context, SchemaId};

impl Tx {
    /// The known contexts besides the default one, in no particular order.
    pub async fn known_contexts(&mut self) -> Result<Vec<Context>, Error> {
        let names: Vec<String> = on!(self, conn => sqlx::query_scalar("SELECT name FROM contexts WHERE known ORDER BY name")
            .fetch_all(conn).await)?;
        Ok(names.into_iter().map(Context::from_raw).filter(|context| !context.is_default()).collect())
    }

    /// Makes a context known.
    pub async fn remember_context(&mut self, context: &Context) -> Result<(), Error> {
        if let Self::Postgres(session) = self {
            session.pass(context, None);
            return Ok(());
        }
        on!(self, conn => sqlx::query(
            "INSERT INTO contexts (name, next_id, known) VALUES ($1, 1, TRUE)
             ON CONFLICT (name) DO UPDATE SET known = TRUE WHERE NOT contexts.known",
        ).bind(context.stored_name()).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Forgets a context; its ids stay taken.
    pub async fn forget_context(&mut self, context: &Context) -> Result<(), Error> {
        on!(self, conn => sqlx::query("UPDATE contexts SET known = FALSE WHERE name = $1")
            .bind(context.stored_name()).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Takes the next id of a known context; none if the last one that 32 bits can hold is reached.
    pub async fn allocate_id(&mut self, context: &Context) -> Result<Option<SchemaId>, Error> {
        // A counter that stays locked until the commit would let one registration of a context through per flush.
        if let Self::Postgres(session) = self {
            return session.take_id(context).await;
        }
        let id: Option<i32> = on!(self, conn => sqlx::query_scalar(
            "UPDATE contexts SET next_id = next_id + 1 WHERE name = $1 AND next_id < 2147483647 RETURNING next_id - 1",
        ).bind(context.stored_name()).fetch_optional(conn).await)?;
        Ok(id.map(SchemaId))
    }

    /// Makes sure that `id`, given by a client, is never allocated again.
    pub async fn take_id(&mut self, context: &Context, id: SchemaId) -> Result<(), Error> {
        if let Self::Postgres(session) = self {
            session.pass(context, Some(id));
            return Ok(());
        }
        on!(self, conn => sqlx::query("UPDATE contexts SET next_id = $2 + 1 WHERE name = $1 AND next_id <= $2")
            .bind(context.stored_name()).bind(id.0).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// The highest id of a context.
    pub async fn highest_id(&mut self, context: &Context) -> Result<Option<SchemaId>, Error> {
        let id: Option<i32> = on!(self, conn => sqlx::query_scalar("SELECT max(id) FROM schemas WHERE context = $1")
            .bind(context.stored_name()).fetch_one(conn).await)?;
        Ok(id.map(SchemaId))
    }
}
