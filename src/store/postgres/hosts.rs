//! Several hosts of one database, of which the one that takes writes is used; and what is demanded of it.

use std::{str::FromStr, time::Duration};

use futures_util::future::join_all;
use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::time::{sleep, timeout};

use super::{Health, tls::Protection};

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

/// The hosts of a database, and how they are reached.
#[derive(Debug)]
pub(super) struct Hosts {
    each: Vec<PgConnectOptions>,
    protection: Protection,
}

impl Hosts {
    /// Those of an address; `finished` adds what does not depend on it.
    pub(super) fn of(url: &str, finished: impl Fn(PgConnectOptions) -> PgConnectOptions) -> Result<Self, String> {
        // Which host is wanted goes without saying.
        let url = ["target_session_attrs=read-write", "target_session_attrs=primary"]
            .iter()
            .fold(url.to_owned(), |url, said| url.replace(&format!("{said}&"), "").replace(said, ""));
        let protection = Protection::of(&url)?;
        let host = |address: &String| Ok(finished(protection.applied(PgConnectOptions::from_str(address)?)));
        let each = addresses(&url).iter().map(host).collect::<Result<_, sqlx::Error>>();
        Ok(Self { each: each.map_err(|error| error.to_string())?, protection })
    }

    /// Whether there is another one to go to.
    pub(super) fn are_several(&self) -> bool {
        self.each.len() > 1
    }

    /// The first one that takes writes, in the order of the address; else why each does not.
    pub(super) async fn find(&self, durability: Durability, patience: Duration) -> Result<PgConnectOptions, String> {
        let look = |options: PgConnectOptions| async move {
            let asked = async {
                let mut connection = PgConnection::connect_with(&options).await?;
                examine(&mut connection, durability).await?;
                connection.close().await
            };
            match timeout(patience, asked).await {
                Ok(Ok(())) => Ok(options),
                Ok(Err(error)) => Err(self.protection.explained(&error)),
                Err(_late) => Err(format!("no answer within {} ms", patience.as_millis())),
            }
        };
        let mut reasons = Vec::new();
        for (host, looked) in self.each.iter().zip(join_all(self.each.iter().cloned().map(look)).await) {
            match looked {
                Ok(options) => return Ok(options),
                Err(why) if !self.are_several() => reasons.push(why),
                Err(why) => reasons.push(format!("{}:{}: {why}", host.get_host(), host.get_port())),
            }
        }
        Err(reasons.join("; "))
    }
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
    let settings = [("synchronous_commit", commit), ("fsync", fsync), ("full_page_writes", pages)];
    let off: Vec<&str> = settings.iter().filter(|(_, value)| value == "off").map(|(name, _)| *name).collect();
    if off.is_empty() {
        return Ok(());
    }
    let (are, them) = if off.len() == 1 { ("is", "it") } else { ("are", "them") };
    refuse(format!(
        "{} {are} off, so writes that were acknowledged could be lost in a crash; turn {them} on, or start with \
         --accept-weak-durability \"{ACCEPTANCE}\"",
        off.join(" and ")
    ))
}

/// Follows the database when another host becomes the one that takes writes, until the pools are closed.
pub(super) async fn follow(
    pools: [PgPool; 2],
    hosts: Hosts,
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
        match hosts.find(durability, patience).await {
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
