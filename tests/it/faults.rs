//! When PostgreSQL is away, silent, or one of many: what is told, how soon, and that all is well again without a restart.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::harness::{Database, INT, Process, STRING, avro, command, free_address, is_postgres};

mod cluster;
mod nodes;
mod pools;

/// What a gate does with what comes.
const OPEN: u8 = 0;
/// Connections are accepted and nothing is passed on.
const SILENT: u8 = 1;
/// Connections are closed at once.
const SHUT: u8 = 2;
/// Connections that are open are closed; new ones are let through.
const CUT: u8 = 3;

/// A gate between a server and its database.
struct Gate {
    address: String,
    state: Arc<AtomicU8>,
    changed: watch::Sender<u8>,
}

impl Gate {
    /// A gate before the host and port of a database, open.
    async fn before(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        let state = Arc::new(AtomicU8::new(OPEN));
        let (changed, seen) = watch::channel(OPEN);
        let now = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if now.load(Ordering::SeqCst) != SHUT {
                    tokio::spawn(pass(stream, target.clone(), seen.clone()));
                }
            }
        });
        Self { address, state, changed }
    }

    /// Changes what it does; connections that are open meet the change too.
    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
        self.changed.send_replace(state);
    }
}

async fn pass(mut stream: TcpStream, target: String, mut seen: watch::Receiver<u8>) {
    loop {
        let state = *seen.borrow_and_update();
        match state {
            OPEN | CUT => {
                let Ok(mut database) = TcpStream::connect(&target).await else { return };
                tokio::select! {
                    _ended = copy_bidirectional(&mut stream, &mut database) => return,
                    _changed = seen.changed() => {}
                }
                if [SHUT, CUT].contains(&*seen.borrow()) {
                    return;
                }
                // What was on its way is lost; the connection hangs until it is given up.
                std::future::pending::<()>().await;
            }
            SILENT => {
                if seen.changed().await.is_err() {
                    return;
                }
                // A connection that began in silence has lost its greeting.
                return;
            }
            _ => return,
        }
    }
}

/// A server whose way to the database leads through a gate; none where the suite runs on SQLite.
async fn gated(test: &str) -> Option<(TempDir, Database, Gate, Process)> {
    gated_within(test, "1500").await
}

/// The same, where a write may take other milliseconds.
async fn gated_within(test: &str, limit: &str) -> Option<(TempDir, Database, Gate, Process)> {
    if !is_postgres() {
        println!("{test}: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
        return None;
    }
    let database = Database::create().await;
    let (gate, url) = gate_to(&database.url()).await;
    let folder = TempDir::new().expect("a temporary folder");
    let address = free_address();
    let mut server = command(folder.path(), &["serve", "--listen", &address, "--database-url", &url]);
    server.env("REGIS_WRITE_TIMEOUT", limit).env("REGIS_DATABASE_WAIT_TIMEOUT", "700");
    let server = Process::start_as(server, &address, folder.path()).await;
    Some((folder, database, gate, server))
}

/// A gate before the database of an address, and the address that leads through it.
async fn gate_to(url: &str) -> (Gate, String) {
    let (scheme, rest) = url.split_once("://").expect("an address has a scheme");
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (who, host) = authority.rsplit_once('@').expect("the address names a user");
    let target = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let gate = Gate::before(target).await;
    let url = format!("{scheme}://{who}@{}{path}", gate.address);
    (gate, url)
}

/// Repeats a registration until it is accepted.
async fn until_accepted(server: &Process, subject: &str, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let answer = server.register(subject, &avro(text)).await;
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.text());
        assert!(Instant::now() < deadline, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn a_database_that_is(state: u8, test: &str) {
    let Some((_folder, _database, gate, server)) = gated(test).await else { return };
    let id = server.register("s", &avro(STRING)).await.id();
    let path = format!("/schemas/ids/{id}");
    let known = server.get(&path).await.json();
    gate.set(state);
    let asked = Instant::now();
    let refused = server.register("t", &avro(INT)).await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("Retry-After").is_some(), "{:?}", refused.headers);
    assert!(refused.json()["error_code"].as_u64().is_some_and(|code| code / 100 == 503), "{}", refused.text());
    // Twice the time that is set for a write: one for the read before it.
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    server.get(&path).await.ok(known);
    assert_eq!(server.get("/subjects").await.status, 503);
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status, ready.json()["error_code"].as_u64()), (503, Some(503)), "{}", ready.text());
    gate.set(OPEN);
    until_accepted(&server, "t", INT).await;
    assert_eq!(server.get("/readyz").await.status, 200);
    server.get("/subjects/t/versions").await.ok(json!([1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_told_and_comes_back() {
    a_database_that_is(SHUT, "a_database_that_is_away_is_told_and_comes_back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_silent_is_told_and_comes_back() {
    a_database_that_is(SILENT, "a_database_that_is_silent_is_told_and_comes_back").await;
}

/// The database would take half a minute; the server asks its memory after the time that is set.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_answered_from_memory_after_the_time_that_is_set() {
    const TEST: &str = "an_id_is_answered_from_memory_after_the_time_that_is_set";
    if !is_postgres() {
        return println!("{TEST}: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
    }
    let database = Database::create().await;
    let (gate, url) = gate_to(&database.url()).await;
    let (folder, address) = (TempDir::new().expect("a temporary folder"), free_address());
    let mut server = command(folder.path(), &["serve", "--listen", &address, "--database-url", &url]);
    server.env("REGIS_WRITE_TIMEOUT", "30000").env("REGIS_DATABASE_WAIT_TIMEOUT", "30000");
    server.env("REGIS_KNOWN_ID_PATIENCE", "50");
    let server = Process::start_as(server, &address, folder.path()).await;
    let id = server.register("s", &avro(STRING)).await.id();
    let path = format!("/schemas/ids/{id}/schema");
    server.get(&path).await.says(200, STRING);
    gate.set(SILENT);
    let asked = Instant::now();
    for _ in 0..5 {
        server.get(&path).await.says(200, STRING);
    }
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_hosts_the_one_that_takes_writes_is_used_and_followed() {
    const TEST: &str = "of_several_hosts_the_one_that_takes_writes_is_used_and_followed";
    if !is_postgres() {
        return println!("{TEST}: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
    }
    let database = Database::create().await;
    let (first, url) = gate_to(&database.url()).await;
    let (second, _) = gate_to(&database.url()).await;
    first.set(SHUT);
    let url = url.replace(&first.address, &format!("{},{}", first.address, second.address));
    let folder = TempDir::new().expect("a temporary folder");
    let server = Process::start(folder.path(), &url).await;
    server.register("s", &avro(STRING)).await.holds(1, 1);
    first.set(OPEN);
    second.set(SHUT);
    until_accepted(&server, "t", INT).await;
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_acknowledges_too_early_is_refused_unless_it_is_accepted_in_words() {
    if !is_postgres() {
        return println!("a_database_that_acknowledges_too_early: not run; set TEST_DATABASE_URL");
    }
    let database = Database::create().await;
    let weak = format!("{}%20-c%20synchronous_commit%3Doff", database.url());
    let folder = TempDir::new().expect("a temporary folder");
    let listen = free_address();
    let arguments = ["serve", "--listen", &listen, "--database-url", &weak];
    let refused = crate::harness::run(command(folder.path(), &arguments)).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("synchronous_commit is off"), "{refused:?}");
    assert!(refused.stderr.contains("--accept-weak-durability \"acknowledged writes may be lost\""), "{refused:?}");
    let mut accepted = command(folder.path(), &arguments);
    accepted.args(["--accept-weak-durability", "acknowledged writes may be lost"]);
    let server = Process::start_as(accepted, &listen, folder.path()).await;
    server.register("s", &avro(STRING)).await.holds(1, 1);
}
