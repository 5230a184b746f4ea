//! Several hosts of one database, of which the one that takes writes is used; and what is demanded of it.

use std::{str::FromStr, sync::Arc, time::Duration};

use futures_util::future::join_all;
use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::time::{sleep, timeout};

use super::Health;

/// How often the host that takes writes is looked for, as long as there is none.
const PAUSE: Duration = Duration::from_millis(200);
/// How often it is looked at while all is well, and how long it may take to answer.
const GLANCE: Duration = Duration::from_secs(1);

/// The words that accept weak durability.
pub const ACCEPTANCE: &str = "acknowledged writes may be lost";

/// Whether a database may acknowledge writes before they are safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// It may not.
    #[default]
    Demanded,
    /// It may, as somebody said in words.
    Waived,
}

/// The addresses of the hosts that an address names: `postgres://USER@HOST,HOST:PORT/NAME`.
pub(super) fn addresses(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (who, hosts) = match authority.rsplit_once('@') {
        Some((who, hosts)) => (format!("{who}@"), hosts),
        None => (String::new(), authority),
    };
    hosts.split(',').map(|host| format!("{scheme}://{who}{host}{path}")).collect()
}

/// How each host is reached.
pub(super) fn options(url: &str) -> Result<Vec<PgConnectOptions>, sqlx::Error> {
    // Which host is wanted goes without saying.
    let url = ["target_session_attrs=read-write", "target_session_attrs=primary"]
        .iter()
        .fold(url.to_owned(), |url, said| url.replace(&format!("{said}&"), "").replace(said, ""));
    addresses(&url).iter().map(|address| PgConnectOptions::from_str(address)).collect()
}

/// Refuses a connection to a database that takes no writes, or that acknowledges them too early.
pub(super) async fn examine(connection: &mut PgConnection, durability: Durability) -> Result<(), sqlx::Error> {
    let (standby, commit, fsync, pages): (bool, String, String, String) = sqlx::query_as(
        "SELECT pg_is_in_recovery(), current_setting('synchronous_commit'), current_setting('fsync'),
             current_setting('full_page_writes')",
    )
    .fetch_one(connection)
    .await?;
    let refuse = |why: String| Err(sqlx::Error::Configuration(why.into()));
    if standby {
        return refuse("the server is a standby and takes no writes".to_owned());
    }
    if durability == Durability::Waived {
        return Ok(());
    }
    for (name, value) in [("synchronous_commit", commit), ("fsync", fsync), ("full_page_writes", pages)] {
        if value == "off" {
            return refuse(format!(
                "{name} is off, so writes that were acknowledged could be lost in a crash; turn it on, or start with \
                 --accept-weak-durability \"{ACCEPTANCE}\""
            ));
        }
    }
    Ok(())
}

/// The first host that takes writes, in the order of the address; else why each does not.
pub(super) async fn find(
    hosts: &[PgConnectOptions],
    durability: Durability,
    patience: Duration,
) -> Result<PgConnectOptions, String> {
    let look = |options: PgConnectOptions| async move {
        let asked = async {
            let mut connection = PgConnection::connect_with(&options).await?;
            examine(&mut connection, durability).await?;
            connection.close().await
        };
        match timeout(patience, asked).await {
            Ok(Ok(())) => Ok(options),
            Ok(Err(sqlx::Error::Configuration(why))) => Err(why.to_string()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_late) => Err(format!("no answer within {} ms", patience.as_millis())),
        }
    };
    let mut reasons = Vec::new();
    for (host, looked) in hosts.iter().zip(join_all(hosts.iter().cloned().map(look)).await) {
        match looked {
            Ok(options) => return Ok(options),
            Err(why) if hosts.len() == 1 => reasons.push(why),
            Err(why) => reasons.push(format!("{}:{}: {why}", host.get_host(), host.get_port())),
        }
    }
    Err(reasons.join("; "))
}

/// Follows the database when another host becomes the one that takes writes, until the pools are closed.
pub(super) async fn follow(
    pools: [PgPool; 2],
    hosts: Arc<[PgConnectOptions]>,
    durability: Durability,
    patience: Duration,
    health: Health,
) {
    let mut last = None;
    while !pools[0].is_closed() {
        // Whoever fails to reach the database says so; without traffic somebody has to look.
        let _told = timeout(GLANCE, health.trouble()).await;
        if is_well(&pools[0]).await {
            continue;
        }
        match find(&hosts, durability, patience).await {
            Ok(options) => {
                let found = Some((options.get_host().to_owned(), options.get_port()));
                if found != last {
                    tracing::info!(
                        host = options.get_host(),
                        port = options.get_port(),
                        "the database takes writes here"
                    );
                    last = found;
                }
                for pool in &pools {
                    pool.set_connect_options(options.clone());
                }
                sleep(PAUSE).await;
            }
            Err(why) => {
                tracing::warn!("no host of the database takes writes: {why}");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn is_well(pool: &PgPool) -> bool {
    let asked = sqlx::query_scalar::<_, bool>("SELECT NOT pg_is_in_recovery()").fetch_one(pool);
    matches!(timeout(GLANCE, asked).await, Ok(Ok(true)))
}
