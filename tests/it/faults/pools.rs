//! Connections: how many there are, that broken ones are replaced, and that an answer which got lost is told as unknown.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::{CUT, OPEN, SILENT, gated, gated_within, until_accepted};
use crate::harness::{Database, INT, Process, STRING, avro, command, free_address, is_postgres, record};

/// Asks and registers at the same time, so that every connection of the pool is used.
async fn crowd(server: &Process, name: &str) -> Vec<u16> {
    let one = |at: usize| async move {
        match at % 3 {
            0 => server.register(&format!("{name}{at}"), &avro(&record(&format!("{name}{at}"), &[]))).await.status,
            1 => server.get("/subjects").await.status,
            _ => server.get("/schemas/ids/1?subject=s").await.status,
        }
    };
    join_all((0..60).map(one)).await
}

/// Connections of a server that says who it is, as the database counts them.
async fn connections(database: &mut PgConnection, name: &str) -> i64 {
    let count = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1").bind(name);
    count.fetch_one(database).await.expect("a count")
}

/// The pool has the size that was set, two connections more take ids, and the crowd shares them.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_shares_as_many_connections_as_are_set() {
    const NAME: &str = "a_crowd_shares_as_many_connections_as_are_set";
    if !is_postgres() {
        return println!("{NAME}: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
    }
    let (database, folder) = (Database::create().await, TempDir::new().expect("a temporary folder"));
    let (url, address) = (format!("{}&application_name={NAME}", database.url()), free_address());
    let mut server = command(folder.path(), &["serve", "--listen", &address, "--database-url", &url]);
    server.env("REGIS_DATABASE_CONNECTIONS", "3");
    let server = Process::start_as(server, &address, folder.path()).await;
    server.register("s", &avro(STRING)).await.holds(1, 1);
    let mut counting = PgConnection::connect(&database.url()).await.expect("the server runs");
    // Those that the start needed are on their way out.
    while connections(&mut counting, NAME).await > 3 + 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut crowds = Box::pin(async {
        for round in 0..3 {
            let statuses = crowd(&server, &format!("Crowd{round}_")).await;
            assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        }
    });
    let mut most = 0;
    loop {
        tokio::select! {
            () = &mut crowds => break,
            count = connections(&mut counting, NAME) => most = most.max(count),
        }
    }
    assert!((1..=3 + 2).contains(&most), "{most} connections");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_broke_while_nobody_used_them_are_not_noticed_by_clients() {
    let Some((_folder, _database, gate, server)) =
        gated("connections_that_broke_while_nobody_used_them_are_not_noticed_by_clients").await
    else {
        return;
    };
    server.register("s", &avro(STRING)).await.holds(1, 1);
    crowd(&server, "Warm").await;
    gate.set(CUT);
    // One that was idle for a second is looked at before it is used.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let statuses = crowd(&server, "Cold").await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
}

/// Whatever a broken connection does to the request that meets it, the next one does not meet it again.
#[tokio::test(flavor = "multi_thread")]
async fn connections_that_break_under_a_crowd_are_replaced() {
    let Some((_folder, _database, gate, server)) = gated("connections_that_break_under_a_crowd_are_replaced").await
    else {
        return;
    };
    server.register("s", &avro(STRING)).await.holds(1, 1);
    for round in 0..5 {
        let statuses = crowd(&server, &format!("Warm{round}_")).await;
        assert!(statuses.iter().all(|status| *status == 200), "round {round}: {statuses:?}");
        gate.set(CUT);
        let statuses = crowd(&server, &format!("Broken{round}_")).await;
        assert!(statuses.iter().all(|status| [200, 503].contains(status)), "round {round}: {statuses:?}");
        let statuses = crowd(&server, &format!("Whole{round}_")).await;
        assert!(statuses.iter().all(|status| *status == 200), "round {round}: {statuses:?}");
    }
    until_accepted(&server, "t", INT).await;
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// Asks until something is counted.
async fn until_some(database: &mut PgConnection, question: &'static str) {
    for _ in 0..2000 {
        if sqlx::query_scalar::<_, i64>(question).fetch_one(&mut *database).await.expect("a count") > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("in vain: {question}");
}

/// The database commits, and the connection is gone before it can say so.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_told_as_unknown() {
    const TEST: &str = "a_commit_whose_answer_is_lost_is_told_as_unknown";
    let Some((_folder, database, gate, server)) = gated_within(TEST, "8000").await else { return };
    server.register("s", &avro(STRING)).await.holds(1, 1);
    let mut holder = PgConnection::connect(&database.url()).await.expect("the server runs");
    let lock = "BEGIN; LOCK TABLE schema_references IN EXCLUSIVE MODE";
    sqlx::raw_sql(lock).execute(&mut holder).await.expect("a table can be locked");
    let silence = async {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))";
        until_some(&mut holder, waiting).await;
        gate.set(SILENT);
        sqlx::raw_sql("COMMIT").execute(&mut holder).await.expect("a transaction ends");
        until_some(&mut holder, "SELECT count(*) FROM versions WHERE subject = 'lost'").await;
    };
    let body = avro(INT);
    let (answer, ()) = tokio::join!(server.register("lost", &body), silence);
    assert!(answer.header("Retry-After").is_some(), "{:?}", answer.headers);
    answer.refused_with(50303, &["outcome of the write is unknown", "repeating the request is safe"]);
    gate.set(OPEN);
    until_accepted(&server, "lost", INT).await;
    server.register("lost", &avro(INT)).await.holds(2, 1);
    server.get("/subjects/lost/versions").await.ok(json!([1]));
}
