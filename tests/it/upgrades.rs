//! Databases of every released version are opened by this one, which answers what they were asked before.

use std::{fs, path::Path};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::harness::{Database, Process, is_postgres};

/// The versions that `tests/databases/write` was run with.
const RELEASES: &[&str] = &["0.1.0"];

fn folder(release: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/databases").join(release)
}

async fn answers_as_before(server: &Process, answers: &Path) {
    let text = fs::read_to_string(answers).expect("the answers were kept");
    let answers: Vec<Value> = serde_json::from_str(&text).expect("the answers are JSON");
    assert!(answers.len() > 30, "the answers are those of a whole story");
    for answer in answers {
        let path = answer["path"].as_str().expect("a path");
        let found = server.get(path).await;
        assert_eq!(u64::from(found.status), answer["status"].as_u64().expect("a status"), "{path}: {}", found.text());
        let before = answer["body"].as_str().expect("a body");
        // Members may be added; what was there stays.
        match (serde_json::from_str::<Value>(before), serde_json::from_str::<Value>(found.text())) {
            (Ok(before), Ok(now)) => assert!(holds(&now, &before), "{path}\nbefore {before}\nnow    {now}"),
            _ => assert_eq!(found.text(), before, "{path}"),
        }
    }
    let next = server.register("next", &serde_json::json!({"schema": r#"{"type":"fixed","name":"F","size":7}"#})).await;
    assert_eq!(next.status, 200, "{}", next.text());
}

/// Whether a value has everything that an earlier one had.
fn holds(now: &Value, before: &Value) -> bool {
    match (now, before) {
        (Value::Object(now), Value::Object(before)) => {
            before.iter().all(|(name, value)| now.get(name).is_some_and(|now| holds(now, value)))
        }
        (Value::Array(now), Value::Array(before)) => {
            now.len() == before.len() && now.iter().zip(before).all(|(now, before)| holds(now, before))
        }
        (now, before) => now == before,
    }
}

#[tokio::test]
async fn a_file_of_every_release_is_opened() {
    for release in RELEASES {
        let copy = tempfile::tempdir().expect("a temporary folder");
        fs::copy(folder(release).join("regis.db"), copy.path().join("regis.db")).expect("the file was kept");
        let url = format!("sqlite:{}", copy.path().join("regis.db").display());
        let server = Process::start(copy.path(), &url).await;
        answers_as_before(&server, &folder(release).join("sqlite.json")).await;
    }
}

#[tokio::test]
async fn a_dump_of_every_release_is_opened() {
    if !is_postgres() {
        println!("a_dump_of_every_release_is_opened: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
        return;
    }
    for release in RELEASES {
        let database = Database::create().await;
        let mut connection = PgConnection::connect(&database.url()).await.expect("the server runs");
        let dump = fs::read_to_string(folder(release).join("postgres.sql")).expect("the dump was kept");
        connection.execute(AssertSqlSafe(dump)).await.expect("the dump is SQL");
        let work = tempfile::tempdir().expect("a temporary folder");
        let server = Process::start(work.path(), &database.url()).await;
        answers_as_before(&server, &folder(release).join("postgres.json")).await;
    }
}
