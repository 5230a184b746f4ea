//! A PostgreSQL whose settings change: it takes no writes for a while, or acknowledges them before they are safe.

use serde_json::json;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use super::until_accepted;
use crate::harness::{Cluster, INT, Process, STRING, avro, command, free_address, run};

const RULES: &str = "host all all 127.0.0.1/32 trust\n";

fn url(cluster: &Cluster) -> String {
    format!("postgres://regis@127.0.0.1:{}/postgres", cluster.port())
}

async fn tell(cluster: &Cluster, statements: [&'static str; 2]) {
    let mut connection = PgConnection::connect(&url(cluster)).await.expect("the cluster runs");
    for statement in statements {
        connection.execute(statement).await.expect("the statement is right");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_takes_no_writes_is_told_and_reads_go_on() {
    const TEST: &str = "a_database_that_takes_no_writes_is_told_and_reads_go_on";
    let Some(cluster) = Cluster::start(TEST, "", RULES, &[]) else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let server = Process::start(folder.path(), &url(&cluster)).await;
    server.register("s", &avro(STRING)).await.holds(1, 1);
    let reload = "SELECT pg_reload_conf()";
    tell(&cluster, ["ALTER SYSTEM SET default_transaction_read_only = on", reload]).await;
    // Sessions hear of it a moment later. What was registered would only be looked up: each time another subject.
    let mut round = 0;
    let refused = loop {
        round += 1;
        let answer = server.register(&format!("t{round}"), &avro(INT)).await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(refused.header("Retry-After"), Some("5"), "{:?}", refused.headers);
    refused.refused_with(50302, &["takes no writes", "nothing was written"]);
    server.get("/subjects/s/versions").await.ok(json!([1]));
    server.get("/schemas/ids/1/schema").await.says(200, STRING);
    server.register("s", &avro(STRING)).await.holds(1, 1);
    assert_eq!(server.get("/readyz").await.json()["status"], json!("degraded"));
    tell(&cluster, ["SET default_transaction_read_only = off", "ALTER SYSTEM RESET default_transaction_read_only"])
        .await;
    tell(&cluster, ["SELECT 1", reload]).await;
    until_accepted(&server, "t", INT).await;
    assert_eq!(server.get("/readyz").await.json()["status"], json!("ok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_does_not_flush_is_refused_unless_it_is_accepted_in_words() {
    const TEST: &str = "a_database_that_does_not_flush_is_refused_unless_it_is_accepted_in_words";
    let weak = "fsync = off\nfull_page_writes = off";
    let Some(cluster) = Cluster::start(TEST, weak, RULES, &[]) else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let (url, listen) = (url(&cluster), free_address());
    let serve = ["serve", "--listen", &listen, "--database-url", &url];
    let refused = run(command(folder.path(), &serve)).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("fsync and full_page_writes are off"), "{refused:?}");
    let mut accepted = command(folder.path(), &serve);
    accepted.args(["--accept-weak-durability", "acknowledged writes may be lost"]);
    let server = Process::start_as(accepted, &listen, folder.path()).await;
    server.register("s", &avro(STRING)).await.holds(1, 1);
}
