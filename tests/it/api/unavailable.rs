//! When the database is gone: every request fails in the contract's words, and none of the database's own (section 5).

use serde_json::json;

use crate::harness::{Answer, App, INT, STRING, avro};

/// Demands a failure of the server's making that tells nothing of how it is made.
#[track_caller]
fn failed(answer: &Answer) {
    let body = answer.json();
    assert_eq!((answer.status, &body["error_code"]), (500, &json!(50001)), "{}: {body}", answer.question);
    let message = body["message"].as_str().unwrap_or_default().to_lowercase();
    assert!(!message.is_empty(), "{}: {body}", answer.question);
    for word in ["sql", "pool", "connection", "panic", "::"] {
        assert!(!message.contains(word), "{}: {body}", answer.question);
    }
}

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
    app.get("/subjects").await.refused(50001, "Error while listing subjects");
    app.get("/config/s").await.refused(50001, "Failed to get the configs for subject s");
    app.get("/mode").await.refused(50001, "Failed to get mode");
    app.get("/schemas/types").await.ok(json!(["JSON", "PROTOBUF", "AVRO"]));
    app.get("/").await.ok(json!({}));
}

/// Contract: 5/50001.
#[tokio::test]
async fn writes_fail_in_their_own_words() {
    let app = without_a_database().await;
    let registering = "Register schema operation failed while writing to the Kafka store";
    app.register("s", avro(INT)).await.refused(50001, registering);
    let deleting = "Delete Schema Version operation failed while writing to the Kafka store";
    app.delete("/subjects/s/versions/1").await.refused(50001, deleting);
    for path in ["/config", "/config/s"] {
        let changed = app.put(path, json!({"compatibility": "NONE"})).await;
        changed.refused(50001, "Failed to update compatibility level");
        failed(&app.delete(path).await);
    }
    for path in ["/mode", "/mode/s"] {
        app.put(path, json!({"mode": "READONLY"})).await.refused(50001, "Failed to update mode");
        app.delete(path).await.refused(50001, "Failed to delete mode");
    }
    failed(&app.delete("/subjects/s").await);
    failed(&app.post("/subjects/s", avro(INT)).await);
    failed(&app.post("/compatibility/subjects/s/versions", avro(INT)).await);
    // What the request itself gets wrong is told all the same.
    app.register("s", json!({"schema": {}})).await.refused_with(400, &[]);
    app.put("/config", json!({"compatibility": "x"})).await.refused_with(42203, &[]);
}
