//! The connection of a carrier, kept from one statement to the next for as long as questions wait.
//!
//! A pool looks at every connection that comes back, which is a trip: on the way to the next question it would cost as
//! much as the question.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sqlx::{PgConnection, Postgres, pool::PoolConnection};
use tokio::time::timeout;

use super::{Way, late};
use crate::store::{Error, lane};

/// A place for a connection.
#[derive(Debug)]
pub(super) struct Seat {
    way: Way,
    connection: Option<PoolConnection<Postgres>>,
}

impl Seat {
    /// Makes empty seats.
    pub(super) fn factory(way: &Way) -> impl Fn() -> Self + use<> {
        let way = way.clone();
        move || Self { way: way.clone(), connection: None }
    }

    /// Runs one statement that may be run twice: again on another connection if the first one turns out to be broken.
    pub(super) async fn repeat<T>(
        &mut self,
        limit: Duration,
        statement: impl for<'c> Fn(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        match self.run(limit, &statement).await {
            Err(Error::Unavailable(_)) if started.elapsed() < limit / 2 => self.run(limit, &statement).await,
            outcome => outcome,
        }
    }

    /// Runs one statement; a connection that does not answer in time is closed.
    pub(super) async fn run<T>(
        &mut self,
        limit: Duration,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.way.acquire().await?,
        };
        let answered = match timeout(limit, statement(&mut connection)).await {
            Ok(answered) => answered.map_err(Error::from),
            Err(_elapsed) => Err(late().into()),
        };
        if answered.as_ref().is_err_and(Error::spoils_a_connection) {
            connection.close_on_drop();
        } else {
            self.connection = Some(connection);
        }
        self.way.health.asked(&answered);
        answered
    }
}

impl lane::Seat for Seat {
    /// Gives the connection back.
    fn rest(&mut self) {
        self.connection = None;
    }

    fn ended(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}
