//! Registrations that are only rehearsed (`dryRun=true`), which is Regis' own: the whole answer, and nothing written.

use serde_json::{Value, json};

use crate::harness::{Answer, App, INT, LONG, STRING, avro, record, segment, typed};

async fn rehearse(app: &App, subject: &str, query: &str, body: impl Into<Value>) -> Answer {
    app.post(&format!("/subjects/{}/versions?dryRun=true{query}", segment(subject)), body).await
}

/// A rehearsal, then the registration: they answer the same.
async fn rehearsed_and_done(app: &App, subject: &str, query: &str, body: Value) -> Answer {
    let before = app.dump().await;
    let rehearsed = rehearse(app, subject, &format!("&{query}"), body.clone()).await;
    assert_eq!(app.dump().await, before, "{}: a rehearsal left something behind", rehearsed.question);
    let done = app.post(&format!("/subjects/{}/versions?{query}", segment(subject)), body).await;
    assert_eq!((rehearsed.status, rehearsed.text()), (done.status, done.text()), "{}", done.question);
    done
}

#[tokio::test]
async fn a_rehearsal_answers_what_the_registration_answers() {
    let app = App::start().await;
    app.accept("other", "\"bytes\"").await;
    rehearsed_and_done(&app, "s", "", avro(INT)).await.holds(2, 1);
    rehearsed_and_done(&app, "s", "", avro(LONG)).await.holds(3, 2);
    rehearsed_and_done(&app, "s", "", avro(LONG)).await.holds(3, 2);
    rehearsed_and_done(&app, "other", "", avro(INT)).await.refused_with(40901, &["oldSchemaVersion: 1"]);
    rehearsed_and_done(&app, "other", "force=true", avro(INT)).await.holds(2, 2);
    rehearsed_and_done(&app, "s", "", avro("nonsense")).await.refused_with(42201, &["Invalid schema"]);
    rehearsed_and_done(&app, "s", "", json!({"schema": LONG, "version": 9})).await.refused_with(42201, &[]);
    rehearsed_and_done(&app, "__GLOBAL", "", avro(LONG)).await.refused_with(42208, &[]);
    rehearsed_and_done(&app, ":.new:s", "", avro(LONG)).await.holds(1, 1);
}

#[tokio::test]
async fn whoever_says_anything_but_false_does_not_want_to_write() {
    let app = App::start().await;
    for value in ["dryRun", "dryRun=", "dryRun=1", "dryRun=yes", "dryRun=TRUE"] {
        app.post(&format!("/subjects/s/versions?{value}"), avro(INT)).await.holds(1, 1);
        let operations = json!({"operations": [{"type": "register", "subject": "s", "schema": INT}]});
        assert_eq!(app.post(&format!("/transactions?{value}"), operations).await.json()["dryRun"], true, "{value}");
    }
    app.get("/subjects").await.ok(json!([]));
    app.post("/subjects/s/versions?dryRun=false", avro(INT)).await.holds(1, 1);
    app.get("/subjects").await.ok(json!(["s"]));
}

#[tokio::test]
async fn rehearsals_take_no_id_however_many_there_are() {
    let app = App::start().await;
    for at in 0..30 {
        rehearse(&app, &format!("s{at}"), "", avro(&record(&format!("R{at}"), &[]))).await.holds(1, 1);
    }
    app.register("s", avro(STRING)).await.holds(1, 1);
    rehearse(&app, "s", "", avro("[\"string\",\"null\"]")).await.holds(2, 2);
    app.register("t", avro(INT)).await.holds(2, 1);
    app.get("/subjects").await.ok(json!(["s", "t"]));
    app.get("/contexts").await.ok(json!(["."]));
}

#[tokio::test]
async fn a_rehearsal_shows_references_metadata_and_rules() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    let rule = json!({"name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true"});
    let body = json!({
        "schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": -1}],
        "metadata": {"properties": {"owner": "a"}}, "ruleSet": {"domainRules": [rule]},
    });
    let done = rehearsed_and_done(&app, "s", "normalize=true", body).await.holds(2, 1).json();
    assert_eq!(done["references"][0]["version"], 1);
    assert_eq!(done["metadata"]["properties"]["owner"], "a");
    // What was registered is inherited, and shown.
    let next = rehearsed_and_done(&app, "s", "", avro(r#"["null","string"]"#)).await;
    let next = next.json();
    assert!(next["schema"].is_null() || next["error_code"] == 40901, "{next}");
    let missing = json!({"schema": r#""Ref""#, "references": [{"name": "Ref", "subject": "ref", "version": 2}]});
    rehearsed_and_done(&app, "s2", "", missing).await.refused_with(42201, &["No schema reference found"]);
}

#[tokio::test]
async fn a_rehearsal_knows_every_format() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[("a", INT)])).await;
    let body = json!({
        "schema": r#"{"type":"record","name":"R","fields":[{"name":"r","type":"Ref"},{"name":"s","type":["null","Ref"]}]}"#,
        "references": [{"name": "Ref", "subject": "ref", "version": 1}],
    });
    let resolved = rehearsed_and_done(&app, "s", "format=resolved&normalize=true", body).await;
    assert!(
        resolved.json()["schema"].as_str().is_some_and(|text| text.contains(r#""name":"Ref""#)),
        "{}",
        resolved.text()
    );
    let proto = |name: &str| {
        let text = format!(
            "syntax = \"proto3\";\npackage p;\nimport \"google/protobuf/timestamp.proto\";\nmessage {name} {{\n  \
             google.protobuf.Timestamp at = 2;\n  string a = 1;\n}}\n"
        );
        typed("PROTOBUF", &text)
    };
    for (at, format) in ["serialized", "ignore_extensions", "unknown", ""].into_iter().enumerate() {
        for normalize in [false, true] {
            let subject = format!("p{at}{normalize}");
            let query = format!("format={format}&normalize={normalize}");
            let body = proto(&format!("M{at}{normalize}"));
            rehearsed_and_done(&app, &subject, &query, body).await.id();
        }
    }
}

#[tokio::test]
async fn an_import_is_rehearsed_with_its_ids() {
    let app = App::start().await;
    app.set_mode("s", "IMPORT").await;
    rehearsed_and_done(&app, "s", "", avro(STRING)).await.refused_with(42205, &["not in read-write mode"]);
    rehearsed_and_done(&app, "s", "", json!({"schema": STRING, "id": 40, "version": 7})).await.holds(40, 7);
    rehearsed_and_done(&app, "s", "", json!({"schema": INT, "id": 40, "version": 8}))
        .await
        .refused_with(42205, &["40"]);
    rehearsed_and_done(&app, "s", "", json!({"schema": INT, "id": 41, "version": 7})).await.holds(41, 7);
    app.set_mode("s", "READONLY").await;
    rehearsed_and_done(&app, "s", "", avro(LONG)).await.refused_with(42205, &["read-only"]);
    app.get("/schemas/ids/40").await.refused_with(40403, &[]);
}

#[tokio::test]
async fn a_rehearsal_follows_aliases_and_tells_the_head() {
    let app = App::start().await;
    app.accept("target", STRING).await;
    app.put("/config/alias", json!({"alias": "target"})).await.json();
    let before = app.get("/subjects/target/versions").await;
    let head =
        before.header("etag").and_then(|tag| tag.split('.').next()).map(|tag| format!("{tag}\"")).expect("a tag");
    let rehearsed = rehearse(&app, "alias", "", avro(r#"["string","null"]"#)).await;
    assert_eq!(rehearsed.header("etag"), Some(head.as_str()));
    rehearsed.holds(2, 2);
    let headers = [("Content-Type", "application/json"), ("If-Match", head.as_str())];
    let body = avro(r#"["string","null"]"#).to_string();
    app.send("POST", "/subjects/alias/versions", &headers, body).await.holds(2, 2);
    // Now the head has moved.
    let late =
        app.send("POST", "/subjects/alias/versions?dryRun=true", &headers, avro(r#"["string"]"#).to_string()).await;
    late.refused_with(41201, &["Subject 'target' has moved"]);
}
