//! Several servers on one database: they may start together, and what one has answered the others show.

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use crate::harness::{Database, Process, STRING, avro, command, free_address, is_postgres, record};

/// Starts servers at one moment on one database; none where the suite runs on SQLite.
async fn nodes(test: &str, count: usize) -> Option<(TempDir, Database, Vec<Process>)> {
    if !is_postgres() {
        println!("{test}: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
        return None;
    }
    let (database, folder) = (Database::create().await, TempDir::new().expect("a temporary folder"));
    let start = |address: String| {
        let mut server = command(folder.path(), &["serve", "--listen", &address, "--database-url", &database.url()]);
        // A busy machine is not what is looked at.
        server.env("REGIS_DATABASE_CONNECT_TIMEOUT", "20000").env("REGIS_DATABASE_CONNECTIONS", "4");
        let folder = folder.path();
        async move { Process::start_as(server, &address, folder).await }
    };
    let servers = join_all((0..count).map(|_| start(free_address()))).await;
    Some((folder, database, servers))
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_may_start_together_on_an_empty_database() {
    const TEST: &str = "servers_may_start_together_on_an_empty_database";
    let Some((_folder, database, servers)) = nodes(TEST, 10).await else { return };
    let body = avro(STRING);
    let answers = join_all(servers.iter().map(|server| server.register("s", &body))).await;
    // Some took an id in vain; the content has one.
    let mut ids: Vec<i64> = answers.into_iter().map(crate::harness::Answer::id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    servers[0].get("/subjects/s/versions").await.ok(json!([1]));
    let mut connection = PgConnection::connect(&database.url()).await.expect("the server runs");
    let counted = "SELECT count(*) - count(DISTINCT version) FROM _sqlx_migrations WHERE success";
    let twice: i64 = sqlx::query_scalar(counted).fetch_one(&mut connection).await.expect("a count");
    assert_eq!(twice, 0, "no migration is run twice");
}

/// `REGIS_VISIBLE_ROUNDS` says how often.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_has_answered_every_other_shows_at_once() {
    const TEST: &str = "what_one_server_has_answered_every_other_shows_at_once";
    let Some((_folder, _database, servers)) = nodes(TEST, 3).await else { return };
    let rounds = crate::harness::variable("REGIS_VISIBLE_ROUNDS", 60);
    for round in 0..rounds {
        let (writer, reader) = (&servers[round % 3], &servers[(round + 1 + round / 3 % 2) % 3]);
        let (subject, text) = (format!("s{round}"), record(&format!("R{round}"), &[]));
        let registered = writer.register(&subject, &avro(&text)).await.json();
        let (id, guid) = (&registered["id"], registered["guid"].as_str().unwrap_or_default());
        reader.get(&format!("/schemas/ids/{id}/schema")).await.says(200, &text);
        assert_eq!(reader.get(&format!("/schemas/guids/{guid}")).await.json()["schema"], json!(text));
        reader.get(&format!("/subjects/{subject}/versions")).await.ok(json!([1]));
        let looked_up = reader.post(&format!("/subjects/{subject}"), &avro(&text)).await.json();
        assert_eq!((&looked_up["id"], &looked_up["version"]), (id, &json!(1)));
        // And the other way: what the reader has answered itself is no reason to answer it again.
        writer.delete(&format!("/subjects/{subject}")).await.ok(json!([1]));
        reader.get(&format!("/subjects/{subject}/versions")).await.refused_with(40401, &[]);
        writer.delete(&format!("/subjects/{subject}?permanent=true")).await.ok(json!([1]));
        reader.get(&format!("/schemas/ids/{id}")).await.refused_with(40403, &[]);
        reader.get(&format!("/schemas/guids/{guid}")).await.refused_with(40403, &[]);
    }
    println!("visible: {rounds} rounds on {} servers", servers.len());
}
