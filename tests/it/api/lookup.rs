//! `POST /subjects/{subject}` (contract, sections 6.4 and 7.2).

use regis::model::Level;
use serde_json::json;

use crate::harness::{App, INT, STRING, STRING_GUID, avro, record, typed, under_a_level};

/// Contract: 6.4/5, 6.4/9, 7.2/1, 7.2/2a, 11/2.
#[tokio::test]
async fn content_is_found_and_shown_as_it_was_posted() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let expected = json!({
        "subject": "s", "version": 1, "id": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING
    });
    app.post("/subjects/s", avro("{ \"type\": \"string\" }")).await.ok(expected.clone());
    app.post("/subjects/s", json!({"schema": STRING, "version": 9, "id": 8})).await.ok(expected.clone());
    app.post("/subjects/:.:s?normalize=True&deleted=False", avro(STRING)).await.ok(expected);
}

/// Contract: 6.4/6, 7.2/2b.
#[tokio::test]
async fn an_equivalent_text_is_found_and_shown_as_it_is_stored() {
    let app = App::start().await;
    let stored = r#"{"type":"record","name":"R","fields":[],"a":1,"b":2}"#;
    app.accept("s", stored).await;
    let posted = avro(r#"{"type":"record","name":"R","fields":[],"b":2,"a":1}"#);
    let answer = app.post("/subjects/s", posted).await.timed();
    let guid = answer.json()["guid"].clone();
    answer.ok(json!({
        "subject": "s", "version": 1, "id": 1, "guid": guid, "schemaType": "AVRO", "schema": stored, "deleted": false
    }));
}

/// Contract: 6.4/2-4, 7.1/1, 11/5.
#[tokio::test]
async fn what_is_not_there_is_told_by_what_is_missing() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.post("/subjects/s", avro(INT)).await.refused(40403, "Schema not found");
    app.post("/subjects/x", avro(INT)).await.refused(40401, "Subject 'x' not found.");
    // A schema that does not parse is told before a subject that is not there.
    app.post("/subjects/x", avro("nonsense")).await.refused_with(42201, &["schema=nonsense"]);
    app.post("/subjects/x", typed("XML", "a")).await.refused(42201, "Invalid schema type XML");
    for body in [json!({}), json!({"schema": ""}), json!({"schema": "  "})] {
        app.post("/subjects/s", body.clone()).await.refused(40403, "Schema not found");
        app.post("/subjects/x", body).await.refused(40401, "Subject 'x' not found.");
    }
}

/// Contract: 6.4/3.
#[tokio::test]
async fn soft_deleted_versions_are_found_only_on_request() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.accept("s", STRING).await;
    app.accept("s", INT).await;
    app.delete("/subjects/s/versions/1").await.ok(1);
    app.post("/subjects/s", avro(STRING)).await.refused(40403, "Schema not found");
    app.post("/subjects/s?deleted=true", avro(STRING)).await.holds(1, 1);
    app.delete("/subjects/s").await.ok(json!([2]));
    app.post("/subjects/s", avro(INT)).await.refused(40401, "Subject 's' not found.");
    app.post("/subjects/s?deleted=true", avro(INT)).await.holds(2, 2);
    app.post("/subjects/s?deleted=true", avro("\"long\"")).await.refused(40403, "Schema not found");
}

/// Contract: 6.4/8, 7.2.1/5, 8.2/1, 8.2/5, 8.4/2.
#[tokio::test]
async fn a_lookup_may_normalise_first() {
    let app = App::start().await;
    let normal = r#"{"type":"object","title":"t"}"#;
    let other = r#"{"title":"t","type":"object"}"#;
    app.post("/subjects/s/versions?normalize=true", typed("JSON", normal)).await.holds(1, 1);
    app.post("/subjects/s", typed("JSON", normal)).await.refused(40403, "Schema not found");
    app.post("/subjects/s?normalize=true", typed("JSON", normal)).await.holds(1, 1);
    app.post("/subjects/s", typed("JSON", other)).await.holds(1, 1);
    app.put("/config/s", json!({"normalize": true})).await.ok(json!({"normalize": true}));
    app.post("/subjects/s", typed("JSON", normal)).await.holds(1, 1);
}

/// Contract: 7.2.1/1-2, 8.4/4.
#[tokio::test]
async fn references_are_found_inlined_too() {
    let app = App::start().await;
    let referenced = record("Ref", &[]);
    app.accept("ref", &referenced).await;
    let reference = |version: i32| json!([{"name": "Ref", "subject": "ref", "version": version}]);
    let text = r#"{"type":"record","name":"Base","fields":[{"name":"r","type":"Ref"}]}"#;
    app.register("s", json!({"schema": text, "references": reference(1)})).await.holds(2, 1);
    app.post("/subjects/s", json!({"schema": text, "references": reference(1)})).await.holds(2, 1);
    app.post("/subjects/s", json!({"schema": text, "references": reference(-1)})).await.holds(2, 1);
    let inlined = format!(r#"{{"type":"record","name":"Base","fields":[{{"name":"r","type":{referenced}}}]}}"#);
    app.post("/subjects/s", avro(&inlined)).await.holds(2, 1);
    app.register("s", avro(&inlined)).await.holds(2, 1);
    app.post("/subjects/s", avro(text)).await.refused_with(42201, &["Undefined schema: Ref"]);
}

#[tokio::test]
async fn a_format_shapes_what_was_found() {
    let app = App::start().await;
    let referenced = record("Ref", &[]);
    app.accept("ref", &referenced).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    app.register("s", body.clone()).await.holds(2, 1);
    let found = app.post("/subjects/s?format=resolved", body).await.holds(2, 1);
    assert_eq!(found.json()["schema"], json!(format!(r#"["null",{referenced}]"#)));
}

/// Contract: 6.4/7, 7.2/2a.
#[tokio::test]
async fn the_last_written_version_answers_for_an_id() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    for version in [1, 2] {
        app.register("s", json!({"schema": STRING, "version": version, "id": 7})).await.holds(7, version);
    }
    app.get("/subjects/s/versions").await.ok(json!([1, 2]));
    app.post("/subjects/s", avro(STRING)).await.holds(7, 2);
}
