//! What only PostgreSQL needs: connecting, trips that carry much, and locks that live as long as a transaction.

mod flights;
mod functions;
mod hosts;
mod ids;
mod moments;
mod register;
mod seat;
mod session;
mod tls;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{
    PgConnection, PgPool,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{sync::Semaphore, time::timeout};

pub use hosts::{ACCEPTANCE, Durability};
pub(super) use session::Session;

use super::{
    Error, Locks, Moment, OpenError, Registered, Registration, StoreSettings, health::Health, lane::Lane, tx::Sight,
};
use crate::model::{SchemaId, Subject};
use flights::Flights;
use functions::REGISTER;
use hosts::Hosts;
use ids::Ids;
use register::{Numbered, Outcome};
use seat::Seat;

/// Carriers of reading and of writing: as many statements of a kind are on their way at most.
const CARRIERS: u32 = 4;
/// A registration with a longer text travels by itself: neighbours do not wait for it.
const LONGEST_TOGETHER: usize = 256 * 1024;
/// After which pauses a registration whose lock is held elsewhere travels again, before it waits for it.
const SHORTEST_PAUSE: Duration = Duration::from_millis(4);
const LONGEST_PAUSE: Duration = Duration::from_millis(64);
/// A connection that was idle for longer is looked at before it is used.
const FRESH: Duration = Duration::from_secs(1);
/// Connections that take ids.
const COUNTERS: u32 = 2;

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
    way: Way,
    /// Never held while something else is waited for.
    counters: PgPool,
    limits: Limits,
    ids: Ids,
    flights: Flights,
    /// Writes that may wait for locks at a time: half of the connections are left for others.
    waiting: Arc<Semaphore>,
    moments: Lane<Subject, Result<Moment, Error>>,
    registrations: Lane<Numbered, Outcome>,
}

/// The error of a statement that took too long.
fn late() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database did not answer in time"))
}

/// The way to the database: connections, and what was noticed on it; cheap to clone.
#[derive(Debug, Clone)]
struct Way {
    pool: PgPool,
    health: Health,
}

impl Way {
    async fn acquire(&self) -> Result<PoolConnection<sqlx::Postgres>, Error> {
        let acquired = self.pool.acquire().await.map_err(|error| Error::from(error).of_connecting());
        if acquired.is_err() {
            self.health.asked(&acquired);
        }
        acquired
    }
}

impl Postgres {
    /// Connects to the database of an address: to the host of it that takes writes.
    pub(super) async fn open(url: &str, settings: &StoreSettings, health: Health) -> Result<Self, OpenError> {
        let refused = |reason: String| OpenError::Refused { address: without_password(url), reason };
        let hosts = Hosts::of(url, |host| with_options(host, settings)).map_err(refused)?;
        let (durability, patience) = (settings.durability, settings.connect_timeout);
        let host = hosts.find(durability, patience).await.map_err(refused)?;
        let pool = pool(settings.connections, settings, &health).connect_lazy_with(host.clone());
        let counters = self::pool(COUNTERS, settings, &health).connect_lazy_with(host);
        if hosts.are_several() {
            let pools = [pool.clone(), counters.clone()];
            tokio::spawn(hosts::follow(pools, hosts, durability, patience, health.clone()));
        }
        let limits = Limits { wait: settings.acquire_timeout, write: settings.write_timeout };
        let ids = Ids::new(&Way { pool: counters.clone(), health: health.clone() }, limits);
        let way = Way { pool, health };
        let moments = Lane::start(CARRIERS, Seat::factory(&way), move |seat, subjects| {
            Box::pin(moments::read(seat, limits, subjects))
        });
        let registrations =
            Lane::start(CARRIERS, Seat::factory(&way), move |seat, all| Box::pin(register::write(seat, limits, all)));
        let waiting = Arc::new(Semaphore::new(settings.connections.div_ceil(2) as usize));
        Ok(Self { way, counters, limits, ids, flights: Flights::default(), waiting, moments, registrations })
    }

    /// A connection for migrations, which may take their time.
    pub(super) async fn unhurried(&self) -> Result<PgConnection, sqlx::Error> {
        let mut connection = self.way.pool.acquire().await?.detach();
        sqlx::raw_sql("SET statement_timeout = 0").execute(&mut connection).await?;
        Ok(connection)
    }

    /// Makes what is needed besides tables.
    pub(super) async fn complete(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        REGISTER.make(connection).await
    }

    /// A session; its first statement takes a connection.
    pub(super) fn session(&self, sight: Sight) -> Session {
        Session::new(self.way.clone(), self.ids.clone(), self.limits.write, sight)
    }

    /// A session that writes, with its locks.
    pub(super) async fn writing(&self, locks: &Locks) -> Result<Session, Error> {
        let closed = |_closed| Error::Unavailable("the store is closed".into());
        let permit = timeout(self.limits.write, self.waiting.clone().acquire_owned()).await;
        let permit = permit.map_err(|_elapsed| Error::Late("other writes wait for locks".into()))?.map_err(closed)?;
        let mut session = self.session(Sight::Writing);
        session.begin(locks, permit).await?;
        Ok(session)
    }

    /// One moment of a subject.
    pub(super) async fn moment(&self, subject: &Subject) -> Result<Moment, Error> {
        self.moments.ask(subject.clone()).await?
    }

    /// Writes a registration if it can be written together with others.
    pub(super) async fn register(&self, registration: Registration) -> Result<Registered, Error> {
        if registration.definition.text.len() > LONGEST_TOGETHER {
            return Ok(Registered::Apart);
        }
        let context = &registration.subject.context;
        let impatient = Instant::now() + self.limits.write / 2;
        let mut pause = SHORTEST_PAUSE;
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
                Ok(Outcome::Busy) if Instant::now() > impatient => return Ok(Registered::Apart),
                Ok(Outcome::Busy) => {
                    drop(lead);
                    tokio::time::sleep(pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                // One that cannot be written must not keep its neighbours from being written.
                Err(error) if error.is_definite() => return Ok(Registered::Apart),
                Err(error) => return Err(error),
            }
        }
    }

    /// Closes every connection; later calls fail.
    pub(super) async fn close(&self) {
        self.way.pool.close().await;
        self.counters.close().await;
    }
}

/// Whether an id that was offered is known not to be used.
fn is_unused(id: SchemaId, outcome: &Result<Outcome, Error>) -> bool {
    match outcome {
        Ok(Outcome::Told(Registered::As(used))) => *used != id,
        Ok(Outcome::Told(_) | Outcome::NeedsId | Outcome::Busy) => true,
        Ok(Outcome::IdTaken) => false,
        Err(error) => error.is_definite(),
    }
}

fn pool(connections: u32, settings: &StoreSettings, health: &Health) -> PgPoolOptions {
    let health = health.clone();
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(settings.acquire_timeout)
        .test_before_acquire(false)
        .after_connect({
            let durability = settings.durability;
            move |connection, _meta| Box::pin(hosts::examine(connection, durability))
        })
        .before_acquire(move |connection, meta| {
            // Where one connection broke, those that were idle meanwhile may have broken too.
            let doubtful = meta.idle_for > FRESH || health.was_troubled_within(meta.idle_for);
            Box::pin(async move {
                if doubtful {
                    sqlx::Connection::ping(connection).await?;
                }
                Ok(true)
            })
        })
}

fn with_options(host: PgConnectOptions, settings: &StoreSettings) -> PgConnectOptions {
    let milliseconds = |time: Duration| time.as_millis().to_string();
    let write = milliseconds(settings.write_timeout);
    let name = host.get_application_name().unwrap_or("regis").to_owned();
    host.application_name(&name).options([
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
    ])
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
