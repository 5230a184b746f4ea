//! When the database is gone: every request fails in clear words, and none of the database's own.

use serde_json::json;

use crate::harness::{Answer, App, INT, STRING, STRING_GUID, avro};

/// Demands a failure that says when to come again, and nothing of how the server is made.
#[track_caller]
fn failed(answer: &Answer) {
    let body = answer.json();
    assert_eq!((answer.status, &body["error_code"]), (503, &json!(50301)), "{}: {body}", answer.question);
    assert_eq!(answer.header("Retry-After"), Some("1"), "{}", answer.question);
    let message = body["message"].as_str().unwrap_or_default().to_lowercase();
    assert!(!message.is_empty(), "{}: {body}", answer.question);
    for word in ["sql", "pool", "connection", "panic", "::"] {
        assert!(!message.contains(word), "{}: {body}", answer.question);
    }
}

/// What is said when the database cannot be asked.
const AWAY: &str =
    "The registry's database does not answer at the moment; nothing was written, and repeating the request is safe";

async fn without_a_database() -> App {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.lose_the_database().await;
    app
}

#[tokio::test]
async fn a_server_without_its_database_lives_but_is_not_ready() {
    let app = without_a_database().await;
    assert_eq!(app.get("/livez").await.status, 200);
    let ready = app.get("/readyz").await;
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert!(ready.json().is_object());
}

/// Contract: 1.4/8, 5/50001.
#[tokio::test]
async fn reads_fail_in_their_own_words() {
    let app = without_a_database().await;
    for path in [
        "/subjects",
        "/subjects/s/versions",
        "/subjects/s/versions/1",
        "/subjects/s/versions/latest/schema",
        "/subjects/s/versions/1/referencedby",
        "/schemas/ids/9",
        "/schemas/ids/9/schema",
        "/schemas/ids/9/subjects",
        "/schemas/ids/9/versions",
        "/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d/ids",
        "/config",
        "/config/s",
        "/mode",
        "/mode/s",
        "/contexts",
    ] {
        failed(&app.get(path).await);
    }
    app.get("/subjects").await.refused(50301, AWAY);
    app.get("/schemas/types").await.ok(json!(["JSON", "PROTOBUF", "AVRO"]));
    app.get("/").await.ok(json!({}));
}

/// Contract: 5/50001.
#[tokio::test]
async fn writes_fail_in_their_own_words() {
    let app = without_a_database().await;
    app.register("s", avro(INT)).await.refused(50301, AWAY);
    failed(&app.delete("/subjects/s/versions/1").await);
    for path in ["/config", "/config/s"] {
        failed(&app.put(path, json!({"compatibility": "NONE"})).await);
        failed(&app.delete(path).await);
    }
    for path in ["/mode", "/mode/s"] {
        failed(&app.put(path, json!({"mode": "READONLY"})).await);
        failed(&app.delete(path).await);
    }
    failed(&app.delete("/subjects/s").await);
    failed(&app.post("/subjects/s", avro(INT)).await);
    failed(&app.post("/compatibility/subjects/s/versions", avro(INT)).await);
    // What the request itself gets wrong is told all the same.
    app.register("s", json!({"schema": {}})).await.refused_with(400, &[]);
    app.put("/config", json!({"compatibility": "x"})).await.refused_with(42203, &[]);
}

#[tokio::test]
async fn ids_and_guids_that_were_answered_before_are_answered_from_memory() {
    let app = App::start().await;
    let id = app.accept("s", STRING).await;
    let other = app.accept("t", INT).await;
    let (by_id, by_guid) = (format!("/schemas/ids/{id}"), format!("/schemas/guids/{STRING_GUID}"));
    let before = [app.get(&by_id).await.json(), app.get(&by_guid).await.json()];
    app.lose_the_database().await;
    app.get(&by_id).await.ok(before[0].clone());
    app.get(&format!("{by_id}/schema")).await.says(200, STRING);
    app.get(&by_guid).await.ok(before[1].clone());
    // Nothing is made up: who asks for more than was answered has to wait for the database.
    failed(&app.get(&format!("/schemas/ids/{other}")).await);
    failed(&app.get(&format!("{by_id}?subject=s")).await);
    failed(&app.get(&format!("{by_id}/subjects")).await);
}
