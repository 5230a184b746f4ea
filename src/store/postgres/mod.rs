//! What only PostgreSQL needs: connecting, trips that carry much, and locks that live as long as a transaction.

mod flights;
mod functions;
mod ids;
mod lane;
mod moments;
mod register;
mod session;

use std::{str::FromStr, time::Duration};

use futures_util::future::BoxFuture;
use sqlx::{
    PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

pub(super) use session::Session;
pub(super) use session::Sight;

use super::{Error, Locks, Moment, OpenError, Registered, Registration, StoreSettings};
use crate::model::{SchemaId, Subject};
use flights::Flights;
use functions::REGISTER;
use ids::Ids;
use lane::Lane;
use register::{Numbered, Outcome};

/// Carriers of reading and of writing: as many statements of a kind are on their way at most.
const CARRIERS: u32 = 6;
/// A registration with a longer text travels by itself: neighbours do not wait for it.
const LONGEST_TOGETHER: usize = 256 * 1024;
/// A connection that was idle for longer is looked at before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// A read, or waiting for a connection.
    pub(super) wait: Duration,
    /// A write, from its first statement to its commit.
    pub(super) write: Duration,
}

/// An open PostgreSQL; cheap to clone.
#[derive(Clone)]
pub(super) struct Postgres {
    pool: PgPool,
    /// Never held while something else is waited for.
    counters: PgPool,
    limits: Limits,
    ids: Ids,
    flights: Flights,
    moments: Lane<Subject, Moment>,
    registrations: Lane<Numbered, Outcome>,
}

/// The error of a statement that took too long.
fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database did not answer in time"))
}

/// Runs one statement on a connection of the pool; one that does not answer in time is closed.
async fn within<T>(
    pool: &PgPool,
    limit: Duration,
    statement: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
) -> Result<T, Error> {
    let mut connection = pool.acquire().await?;
    match tokio::time::timeout(limit, statement(&mut connection)).await {
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => {
            connection.close_on_drop();
            Err(late().into())
        }
    }
}

impl Postgres {
    /// Connects to the database of an address.
    pub(super) async fn open(url: &str, settings: &StoreSettings) -> Result<Self, OpenError> {
        let address = without_password(url);
        let refused = |error: sqlx::Error| OpenError::Refused { address: address.clone(), reason: error.to_string() };
        let limits = Limits { wait: settings.acquire_timeout, write: settings.write_timeout };
        let options = options(url, settings).map_err(refused)?;
        let pool = pool(settings.connections, settings).connect_with(options.clone());
        let pool = match tokio::time::timeout(settings.connect_timeout, pool).await {
            Ok(connected) => connected.map_err(refused)?,
            Err(_late) => {
                let reason = format!("no answer within {} ms", settings.connect_timeout.as_millis());
                return Err(OpenError::Refused { address, reason });
            }
        };
        let counters = self::pool(2, settings).connect_lazy_with(options);
        let ids = Ids::new(counters.clone(), limits);
        let reading = pool.clone();
        let moments = Lane::start(CARRIERS, move |subjects| {
            let pool = reading.clone();
            async move { moments::read(&pool, limits, subjects).await }
        });
        let writing = pool.clone();
        let registrations = Lane::start(CARRIERS, move |all| {
            let pool = writing.clone();
            async move { register::write(&pool, limits, all).await }
        });
        Ok(Self { pool, counters, limits, ids, flights: Flights::default(), moments, registrations })
    }

    /// The pool, for migrations.
    pub(super) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Makes what is needed besides tables.
    pub(super) async fn complete(&self) -> Result<(), sqlx::Error> {
        REGISTER.make(&mut *self.pool.acquire().await?).await
    }

    /// A session; its first statement takes a connection.
    pub(super) fn session(&self, sight: Sight) -> Session {
        Session::new(self.pool.clone(), self.ids.clone(), self.limits.write, sight)
    }

    /// A session that writes, with its locks.
    pub(super) async fn writing(&self, locks: &Locks) -> Result<Session, Error> {
        let mut session = self.session(Sight::Writing);
        session.begin(locks).await?;
        Ok(session)
    }

    /// One moment of a subject.
    pub(super) async fn moment(&self, subject: &Subject) -> Result<Moment, Error> {
        self.moments.ask(subject.clone()).await
    }

    /// Writes a registration if it can be written together with others.
    pub(super) async fn register(&self, registration: Registration) -> Result<Registered, Error> {
        if registration.definition.text.len() > LONGEST_TOGETHER {
            return Ok(Registered::Apart);
        }
        let context = &registration.subject.context;
        loop {
            // Who finds that somebody else brings the same content waits, and then hopes that it needs no id.
            let lead = self.flights.lead(context, registration.guid).await;
            let id = match &lead {
                Some(_) => self.ids.take(context).await?,
                None => None,
            };
            let outcome = self.registrations.ask(Numbered { registration: registration.clone(), id }).await;
            if let Some(id) = id
                && is_unused(id, &outcome)
            {
                self.ids.give_back(context, id);
            }
            match outcome {
                Ok(Outcome::Told(registered)) => return Ok(registered),
                Ok(Outcome::NeedsId) if lead.is_some() => return Ok(Registered::NoIdLeft),
                Ok(Outcome::NeedsId | Outcome::IdTaken) => {}
                // One that cannot be written must not keep its neighbours from being written.
                Err(error) if error.is_definite() => return Ok(Registered::Apart),
                Err(error) => return Err(error),
            }
        }
    }

    /// Closes every connection; later calls fail.
    pub(super) async fn close(&self) {
        self.pool.close().await;
        self.counters.close().await;
    }
}

/// Whether an id that was offered is known not to be used.
fn is_unused(id: SchemaId, outcome: &Result<Outcome, Error>) -> bool {
    match outcome {
        Ok(Outcome::Told(Registered::As(used))) => *used != id,
        Ok(Outcome::Told(_) | Outcome::NeedsId) => true,
        Ok(Outcome::IdTaken) => false,
        Err(error) => error.is_definite(),
    }
}

fn pool(connections: u32, settings: &StoreSettings) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(settings.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > FRESH {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
}

fn options(url: &str, settings: &StoreSettings) -> Result<PgConnectOptions, sqlx::Error> {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    let write = milliseconds(settings.write_timeout);
    let options = PgConnectOptions::from_str(url)?.application_name("regis").options([
        ("default_transaction_isolation", "read committed"),
        // What is known of a table's size may be minutes old: a plan that was good when it was small must not scan it now.
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("statement_timeout", &write),
        // A server that is cut off from the database must not keep its locks for hours.
        ("idle_in_transaction_session_timeout", &write),
        ("tcp_keepalives_idle", "10"),
        ("tcp_keepalives_interval", "5"),
        ("tcp_keepalives_count", "3"),
    ]);
    Ok(options)
}

/// The address as it may be shown.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = rest.split_once('?').map_or(rest, |(address, _)| address);
    match rest.rsplit_once('@') {
        Some((who, place)) => format!("{scheme}://{}@{place}", who.split(':').next().unwrap_or_default()),
        None => format!("{scheme}://{rest}"),
    }
}
