//! `GET /subjects/{s}/history`: when each version came, which is Regis' own.

use serde_json::{Value, json};

use crate::harness::{App, INT, LONG, STRING};

async fn history(app: &App, path: &str) -> Vec<Value> {
    let answer = app.get(path).await;
    let Value::Array(records) = answer.json() else { panic!("{answer:?} is no list") };
    records
}

#[tokio::test]
async fn each_version_tells_when_it_came() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT]).await;
    let records = history(&app, "/subjects/s/history").await;
    let second = app.get("/subjects/s/versions/2").await.json();
    assert_eq!(records.len(), 2);
    assert_eq!(
        records[1],
        json!({
            "version": 2, "id": second["id"], "guid": second["guid"], "schemaType": "AVRO", "deleted": false,
            "ts": second["ts"], "createdAt": second["ts"], "createdBy": null,
        })
    );
    assert!(records[0]["createdAt"].as_i64() <= records[1]["createdAt"].as_i64());
    assert!(second.get("createdAt").is_none(), "compatible bodies are as before: {second}");
}

#[tokio::test]
async fn a_deletion_moves_the_last_write_but_not_the_registration() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT, LONG]).await;
    let before = history(&app, "/subjects/s/history").await;
    let waited = before[1]["createdAt"].as_i64().expect("a time");
    // The clock moves by itself; a deletion in the same millisecond would show nothing.
    while now() <= waited {
        tokio::task::yield_now().await;
    }
    app.delete("/subjects/s/versions/2").await.ok(2);
    let shown = |records: &[Value]| records.iter().map(|one| one["version"].as_i64()).collect::<Vec<_>>();
    assert_eq!(shown(&history(&app, "/subjects/s/history").await), [Some(1), Some(3)]);
    let all = history(&app, "/subjects/s/history?deleted=true").await;
    assert_eq!(shown(&all), [Some(1), Some(2), Some(3)]);
    assert_eq!((&all[1]["deleted"], &all[1]["createdAt"]), (&json!(true), &before[1]["createdAt"]));
    assert!(all[1]["ts"].as_i64() > all[1]["createdAt"].as_i64(), "{}", all[1]);
    assert_eq!(shown(&history(&app, "/subjects/s/history?deleted=true&offset=1&limit=1").await), [Some(2)]);
}

#[tokio::test]
async fn it_follows_contexts_and_aliases_and_refuses_what_is_unknown() {
    let app = App::start().await;
    app.accept(":.c:s", STRING).await;
    app.put("/config/other", json!({"alias": "t"})).await;
    app.accept("t", STRING).await;
    assert_eq!(history(&app, "/subjects/:.c:s/history").await.len(), 1);
    assert_eq!(history(&app, "/contexts/.c/subjects/s/history").await.len(), 1);
    assert_eq!(history(&app, "/subjects/other/history").await.len(), 1);
    app.get("/subjects/s/history").await.refused(40401, "Subject 's' not found.");
    app.delete("/subjects/t").await.ok(json!([1]));
    app.get("/subjects/t/history").await.refused(40401, "Subject 't' not found.");
    assert_eq!(history(&app, "/subjects/t/history?deleted=true").await.len(), 1);
}

fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().expect("a clock after 1970");
    i64::try_from(since.as_millis()).expect("a time")
}
