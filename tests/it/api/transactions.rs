//! Transactions, which are Regis' own: several operations, all or nothing.

use serde_json::{Value, json};

use crate::harness::{Answer, App, INT, LONG, STRING, avro, record, segment, typed};

mod conditions;
mod order;
mod races;
mod refusals;

/// A registration of an Avro text.
fn register(subject: &str, text: &str) -> Value {
    json!({"type": "register", "subject": subject, "schema": text})
}

/// A registration of an Avro text that refers to other subjects, each by the name of its record.
fn referring(subject: &str, text: &str, references: &[(&str, &str, i32)]) -> Value {
    let references: Vec<Value> = references
        .iter()
        .map(|(name, subject, version)| json!({"name": name, "subject": subject, "version": version}))
        .collect();
    json!({"type": "register", "subject": subject, "schema": text, "references": references})
}

/// A change of configuration.
fn level(subject: &str, level: &str) -> Value {
    json!({"type": "config", "subject": subject, "compatibility": level})
}

/// A change of mode.
fn mode(subject: &str, mode: &str) -> Value {
    json!({"type": "mode", "subject": subject, "mode": mode})
}

/// Sends operations.
async fn transact(app: &App, operations: Value) -> Answer {
    app.post("/transactions", json!({"operations": operations})).await
}

/// Rehearses operations, which must leave nothing behind, then does them; both must answer the same but for the heads.
async fn rehearsed_and_done(app: &App, body: Value) -> Answer {
    let before = app.dump().await;
    let rehearsed = app.post("/transactions?dryRun=true", body.clone()).await;
    assert_eq!(app.dump().await, before, "a rehearsal of {body} left something behind");
    let done = app.post("/transactions", body).await;
    assert_eq!(comparable(&rehearsed), comparable(&done), "{}", done.question);
    if done.status != 200 {
        assert_eq!(app.dump().await, before, "{}: a refused transaction left something behind", done.question);
    }
    done
}

/// An answer without what a rehearsal cannot know.
fn comparable(answer: &Answer) -> (u16, Value) {
    let mut body = answer.json();
    if let Some(body) = body.as_object_mut() {
        body.remove("dryRun");
    }
    for result in body["results"].as_array_mut().into_iter().flatten() {
        if let Some(result) = result.as_object_mut() {
            result.remove("etag");
        }
    }
    (answer.status, body)
}

/// The versions of registrations, with their ids and whether they are new.
#[track_caller]
fn versions(answer: &Answer) -> Vec<(String, i64, i64, bool)> {
    assert_eq!(answer.status, 200, "{}: {}", answer.question, answer.text());
    let results = answer.json()["results"].as_array().cloned().unwrap_or_default();
    let registered = results.into_iter().filter(|result| result["type"] == "register");
    let number = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("{}: no number: {value}", answer.question));
    registered
        .map(|result| {
            let schema = &result["schema"];
            let subject = result["subject"].as_str().unwrap_or_default().to_owned();
            (subject, number(&schema["id"]), number(&schema["version"]), result["created"] == true)
        })
        .collect()
}

fn version(subject: &str, id: i64, version: i64, new: bool) -> (String, i64, i64, bool) {
    (subject.to_owned(), id, version, new)
}

#[tokio::test]
async fn all_operations_are_done_and_answered_in_their_order() {
    let app = App::start().await;
    let operations = json!([register("a", STRING), level("b", "FULL"), register("b", INT), mode("c", "READONLY")]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done), [version("a", 1, 1, true), version("b", 2, 1, true)]);
    let body = done.json();
    assert_eq!(body["dryRun"], false);
    assert_eq!(body["results"][1], json!({"type": "config", "subject": "b", "config": {"compatibility": "FULL"}}));
    assert_eq!(body["results"][3], json!({"type": "mode", "subject": "c", "mode": "READONLY"}));
    let single = app.register("x", avro(STRING)).await.json();
    assert_eq!(body["results"][0]["schema"], single);
    app.get("/subjects").await.ok(json!(["a", "b", "x"]));
    app.get("/config/b").await.ok(json!({"compatibilityLevel": "FULL"}));
    app.get("/mode/c").await.ok(json!({"mode": "READONLY"}));
    let head = app.get("/subjects/a/versions").await;
    let head = head.header("etag").and_then(|tag| tag.split('.').next()).map(|head| format!("{head}\""));
    assert_eq!(body["results"][0]["etag"].as_str(), head.as_deref());
}

#[tokio::test]
async fn nothing_is_done_if_one_operation_is_refused() {
    let app = App::start().await;
    app.accept("held", STRING).await;
    let operations = json!([register("a", LONG), level("a", "FULL"), mode("b", "READONLY"), register("held", INT)]);
    let refused = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(
        (refused.status, refused.json()["error_code"].as_i64(), refused.json()["operation"].as_i64()),
        (409, Some(40901), Some(3))
    );
    let message = refused.json()["message"].as_str().unwrap_or_default().to_owned();
    assert!(message.starts_with("Operation 3: Schema being registered is incompatible"), "{message}");
    // No id was taken.
    app.register("next", avro(LONG)).await.holds(2, 1);
}

#[tokio::test]
async fn what_is_there_already_stays_as_it_is() {
    let app = App::start().await;
    app.accept("a", STRING).await;
    let before = app.dump().await;
    let done = rehearsed_and_done(&app, json!({"operations": [register("a", STRING), register("a", STRING)]})).await;
    assert_eq!(versions(&done), [version("a", 1, 1, false), version("a", 1, 1, false)]);
    assert_eq!(app.dump().await, before);
    // Also what the same transaction has just made.
    let operations = json!([register("b", INT), register("b", INT), register("c", INT), register("c", STRING)]);
    let with_level =
        json!({"operations": [operations[0], operations[1], operations[2], operations[3], level("c", "NONE")]});
    let done = rehearsed_and_done(&app, with_level).await;
    let expected =
        [version("b", 2, 1, true), version("b", 2, 1, false), version("c", 2, 1, true), version("c", 1, 2, true)];
    assert_eq!(versions(&done), expected);
}

#[tokio::test]
async fn several_versions_of_a_subject_are_judged_one_after_the_other() {
    let app = App::start().await;
    let operations = json!([register("s", INT), register("s", LONG), register("s", "\"double\"")]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done), [version("s", 1, 1, true), version("s", 2, 2, true), version("s", 3, 3, true)]);
    let refused = rehearsed_and_done(&app, json!({"operations": [register("t", INT), register("t", STRING)]})).await;
    refused.refused_in(1, 40901, &["oldSchemaVersion: 1"]);
    let refused = rehearsed_and_done(&app, json!({"operations": [register("t", LONG), register("t", INT)]})).await;
    refused.refused_in(1, 40901, &["oldSchemaVersion: 1"]);
}

#[tokio::test]
async fn every_language_takes_part() {
    let app = App::start().await;
    let part = |name: &str, kind: &str, text: &str, references: Value| {
        let mut body = typed(kind, text);
        body["type"] = json!("register");
        body["subject"] = json!(name);
        body["references"] = references;
        body
    };
    let proto = "syntax = \"proto3\";\nimport \"part.proto\";\nmessage Whole {\n  Part part = 1;\n}\n";
    let operations = json!([
        part("whole-proto", "PROTOBUF", proto, json!([{"name": "part.proto", "subject": "part-proto", "version": -1}])),
        part("part-proto", "PROTOBUF", "syntax = \"proto3\";\nmessage Part {\n  string a = 1;\n}\n", json!([])),
        part(
            "whole-json",
            "JSON",
            r#"{"type":"object","properties":{"p":{"$ref":"part.json"}}}"#,
            json!([{"name": "part.json", "subject": "part-json", "version": 1}])
        ),
        part("part-json", "JSON", r#"{"type":"string"}"#, json!([])),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done).len(), 4);
    for (part, whole) in [("part-proto", "whole-proto"), ("part-json", "whole-json")] {
        let id = app.get(&format!("/subjects/{whole}/versions/1")).await.json()["id"].clone();
        app.get(&format!("/subjects/{}/versions/1/referencedby", segment(part))).await.ok(json!([id]));
    }
}

#[tokio::test]
async fn metadata_and_rules_are_inherited_within_a_transaction() {
    let app = App::start().await;
    let mut first = register("s", INT);
    first["metadata"] = json!({"properties": {"owner": "a"}});
    let config = json!({"type": "config", "subject": "s", "defaultMetadata": {"properties": {"team": "b"}}});
    let done = rehearsed_and_done(&app, json!({"operations": [first, register("s", LONG), config]})).await;
    for at in 0..2 {
        let properties = &done.json()["results"][at]["schema"]["metadata"]["properties"];
        assert_eq!(*properties, json!({"owner": "a", "team": "b"}), "{}", done.text());
    }
    app.get("/subjects/s/metadata?key=owner&value=a").await.holds(2, 2);
}

#[tokio::test]
async fn settings_count_before_schemas_are_judged() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let done = rehearsed_and_done(&app, json!({"operations": [register("s", INT), level("s", "NONE")]})).await;
    assert_eq!(versions(&done), [version("s", 2, 2, true)]);
    let refused = transact(&app, json!([level("s", "FULL"), register("s", "\"bytes\"")])).await;
    refused.refused_in(1, 40901, &["compatibility: 'FULL'"]);
    let refused = transact(&app, json!([register("s", LONG), mode("s", "READONLY")])).await;
    refused.refused_in(0, 42205, &["read-only"]);
    app.set_mode("s", "READONLY").await;
    let done = transact(&app, json!([register("s", LONG), mode("s", "READWRITE")])).await;
    assert_eq!(versions(&done), [version("s", 3, 3, true)]);
    // In the order given: here the mode forbids the change that follows.
    let refused = transact(&app, json!([mode("s", "READONLY"), level("s", "FULL")])).await;
    refused.refused_in(1, 42205, &["read-only"]);
    // The level of a context and of the registry reach everything below.
    let done = transact(&app, json!([{"type": "config", "compatibility": "FORWARD"}, level(":.c:", "NONE"), register(":.c:s", INT), register(":.c:s", STRING)])).await;
    assert_eq!(versions(&done), [version(":.c:s", 1, 1, true), version(":.c:s", 2, 2, true)]);
    app.get("/config").await.ok(json!({"compatibilityLevel": "FORWARD"}));
    assert!(done.json()["results"][0].get("subject").is_none(), "{}", done.text());
}

#[tokio::test]
async fn an_import_is_one_transaction() {
    let app = App::start().await;
    app.accept("gone", STRING).await;
    app.delete("/subjects/gone").await.ok(json!([1]));
    let mut first = register("gone", INT);
    (first["id"], first["version"]) = (json!(50), json!(7));
    let mut next = referring("gone", r#"{"type":"record","name":"R","fields":[]}"#, &[]);
    (next["id"], next["version"]) = (json!(51), json!(9));
    let operations = json!([mode("gone", "IMPORT"), next, first]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done), [version("gone", 51, 9, true), version("gone", 50, 7, true)]);
    // Entering the mode made room.
    app.get("/subjects/gone/versions?deleted=true").await.ok(json!([7, 9]));
    app.accept("live", LONG).await;
    transact(&app, json!([mode("live", "IMPORT")])).await.refused_in(0, 42205, &["found existing subjects"]);
}

#[tokio::test]
async fn aliases_are_followed_also_new_ones() {
    let app = App::start().await;
    app.put("/config/alias", json!({"alias": "old"})).await.json();
    let done = rehearsed_and_done(&app, json!({"operations": [register("alias", STRING)]})).await;
    assert_eq!(versions(&done), [version("old", 1, 1, true)]);
    let operations = json!([register("alias", INT), {"type": "config", "subject": "alias", "alias": "new"}]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done), [version("new", 2, 1, true)]);
    app.get("/subjects").await.ok(json!(["new", "old"]));
    // In the context of the alias.
    let operations =
        json!([register(":.c:alias", &record("R", &[])), {"type": "config", "subject": ":.c:alias", "alias": "x"}]);
    assert_eq!(versions(&transact(&app, operations).await), [version(":.c:x", 1, 1, true)]);
}
