//! Two siblings that contradict each other, sent at one moment: exactly one is accepted, whoever answers.
//!
//! On PostgreSQL two servers share the database and get one sibling each; a SQLite file has one server, which gets both
//! on connections of their own. `REGIS_SIBLING_ROUNDS` says how often.

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Database, INT, Process, STRING, avro, is_postgres, variable};

/// Rounds that run at the same time, each under a subject of its own.
const TOGETHER: usize = 20;

/// Sends both siblings of a round at once and demands one acceptance and one refusal.
async fn race(servers: &[Process], round: usize) {
    let subject = format!("s{round}");
    // Who gets which sibling changes, and so does who is asked first.
    let (texts, first) = ([[STRING, INT], [INT, STRING]][round % 2], round / 2 % 2);
    let bodies = texts.map(avro);
    let server = |at: usize| &servers[(first + at) % servers.len()];
    let answers = tokio::join!(server(0).register(&subject, &bodies[0]), server(1).register(&subject, &bodies[1]));
    let mut statuses = [answers.0.status, answers.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "round {round}: {} and {}", answers.0.text(), answers.1.text());
    for server in servers {
        server.get(&format!("/subjects/{subject}/versions")).await.ok(json!([1]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_siblings_exactly_one_is_accepted_by_two_servers() {
    let rounds = variable("REGIS_SIBLING_ROUNDS", 200);
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut servers = vec![Process::start(folder.path(), &database.url()).await];
    if is_postgres() {
        servers.push(Process::start(folder.path(), &database.url()).await);
    }
    let all: Vec<usize> = (0..rounds).collect();
    for together in all.chunks(TOGETHER) {
        join_all(together.iter().map(|round| race(&servers, *round))).await;
    }
    println!("siblings: {rounds} rounds on {} servers, one 200 and one 409 each", servers.len());
}
