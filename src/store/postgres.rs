//! What only PostgreSQL needs: connecting, and locks that live as long as a transaction.

use std::{str::FromStr, time::Duration};

use sha2::{Digest, Sha256};
use sqlx::{
    PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{Error, Locks, OpenError};

const CONNECTIONS: u32 = 16;
/// How long the first connection may take: a server that cannot start says so soon.
const CONNECT_WITHIN: Duration = Duration::from_millis(1500);
/// How long a request waits for a connection.
const WAIT: Duration = Duration::from_secs(10);

pub(super) async fn connect(url: &str) -> Result<PgPool, OpenError> {
    let refused = |error: sqlx::Error| OpenError::Refused { address: without_password(url), reason: error.to_string() };
    let options = PgConnectOptions::from_str(url).map_err(refused)?.application_name("regis");
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(WAIT).connect_with(options);
    match tokio::time::timeout(CONNECT_WITHIN, pool).await {
        Ok(connected) => connected.map_err(refused),
        Err(_late) => {
            let reason = format!("no answer within {} ms", CONNECT_WITHIN.as_millis());
            Err(OpenError::Refused { address: without_password(url), reason })
        }
    }
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

/// Takes the transaction's locks in one trip and in one global order, so that two writers cannot wait for each other.
pub(super) async fn lock(tx: &mut Transaction<'static, Postgres>, locks: &Locks) -> Result<(), Error> {
    let mut keys: Vec<(i64, bool)> = locks.exclusive.iter().map(|name| (key(name), false)).collect();
    keys.extend(locks.shared.iter().map(|name| (key(name), true)));
    // Of two locks on one key the exclusive one (false) sorts first and is kept.
    keys.sort_unstable();
    keys.dedup_by_key(|(key, _)| *key);
    let (names, shared): (Vec<i64>, Vec<bool>) = keys.into_iter().unzip();
    sqlx::query(
        "SELECT CASE WHEN shared THEN pg_advisory_xact_lock_shared(name) ELSE pg_advisory_xact_lock(name) END::text
         FROM unnest($1::bigint[], $2::boolean[]) AS wanted (name, shared)",
    )
    .bind(names)
    .bind(shared)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn key(name: &str) -> i64 {
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().take(8).fold(0, |key, byte| (key << 8) | i64::from(*byte))
}
