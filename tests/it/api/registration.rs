//! `POST /subjects/{subject}/versions` (contract, sections 4.3, 6.8, 7.1, 7.3 and 7.4).

use regis::{model::Level, registry::Options};
use serde_json::{Value, json};

use crate::harness::{App, INT, LONG, STRING, STRING_GUID, avro, record, typed, under_a_level};

/// Contract: 6.8/9, 7.1/7, 8.1/3, 8.4/1, 12/7.
#[tokio::test]
async fn a_schema_is_answered_as_it_is_stored() {
    let app = App::start().await;
    let posted = r#" { "fields" : [ ] , "name" : "a.R" , "type" : "record" } "#;
    let stored = r#"{"type":"record","name":"R","namespace":"a","fields":[]}"#;
    let answer = app.register("s", avro(posted)).await;
    assert_eq!(answer.json()["schema"], json!(stored));
    app.get("/subjects/s/versions/1/schema").await.says(200, stored);
}

/// Contract: 4.3/3, 4.4/2, 7.4/6, 8.1/1.
#[tokio::test]
async fn equal_content_has_one_id_in_every_subject_of_a_context() {
    let app = App::start().await;
    app.register("one", avro(STRING)).await.holds(1, 1);
    app.register("two", avro("{\"type\":\"string\"}")).await.holds(1, 1);
    app.register("three", avro(INT)).await.holds(2, 1);
    app.register(":.ctx:one", avro(INT)).await.holds(1, 1);
    app.register(":.ctx:two", avro(STRING)).await.holds(2, 1);
    app.get(&format!("/schemas/guids/{STRING_GUID}/ids"))
        .await
        .ok(json!([{"context": ".", "id": 1}, {"context": ".ctx", "id": 2}]));
}

/// Contract: 4.3/5, 12/36.
#[tokio::test]
async fn a_refused_registration_takes_no_id() {
    let app = App::start().await;
    app.register("s", avro(STRING)).await.holds(1, 1);
    for body in [
        avro(INT),
        avro("nonsense"),
        avro("\"float\""),
        json!({"schema": LONG, "version": 7}),
        json!({"schema": LONG, "id": 7}),
        typed("XML", "<a/>"),
    ] {
        assert_ne!(app.register("s", body).await.status, 200);
    }
    app.register("t", avro("nonsense")).await.refused_with(42201, &[]);
    app.register("t", json!({"schema": INT, "version": 5})).await.refused_with(42201, &["Version is not one more"]);
    app.register("t", avro(INT)).await.holds(2, 1);
    app.get("/subjects/s/versions").await.ok(json!([1]));
}

/// Contract: 5/42201/1, 7.1/1, 7.4/3.
#[tokio::test]
async fn a_schema_without_text_repeats_the_previous_version() {
    let app = App::start().await;
    for body in [json!({}), json!({"schema": ""}), json!({"schema": " \n"}), json!({"schema": null})] {
        app.register("s", body).await.refused(42201, "Empty schema");
    }
    app.register("s", avro(STRING)).await.holds(1, 1);
    for body in [json!({}), json!({"schema": ""}), json!({"schema": " \n"})] {
        let answer = app.register("s", body).await.holds(1, 1);
        assert_eq!(answer.json()["schema"], json!(STRING));
    }
    let with_metadata = json!({"metadata": {"properties": {"k": "v"}}});
    let answer = app.register("s", with_metadata).await.holds(2, 2);
    assert_eq!(answer.json()["schema"], json!(STRING));
}

/// Contract: 2.1/5, 7.2.1/5, 7.4/7, 8.4/2.
#[tokio::test]
async fn a_text_whose_form_differs_is_found_and_not_stored_again() {
    let app = App::start().await;
    let first = r#"{"type":"record","name":"R","fields":[],"a":1,"b":2}"#;
    let other = r#"{"type":"record","name":"R","fields":[],"b":2,"a":1}"#;
    app.register("s", avro(first)).await.holds(1, 1);
    // Custom properties have no order, but the text has: it is found by meaning, and the stored record is the answer.
    let found = app.register("s", avro(other)).await.timed();
    let guid = found.json()["guid"].clone();
    found.ok(json!({
        "id": 1, "version": 1, "guid": guid, "schemaType": "AVRO", "schema": first, "deleted": false
    }));
}

/// Contract: 7.2.1/5, 8.4/3.
#[tokio::test]
async fn docs_and_aliases_make_a_schema_another_one() {
    let app = App::start().await;
    app.register("s", avro(r#"{"type":"record","name":"R","fields":[]}"#)).await.holds(1, 1);
    app.register("s", avro(r#"{"type":"record","name":"R","doc":"d","fields":[]}"#)).await.holds(2, 2);
    app.register("s", avro(r#"{"type":"record","name":"R","fields":[],"aliases":["A"]}"#)).await.holds(3, 3);
}

/// Contract: 5/42201/10, 7.4/10, 7.4/14, 12/9.
#[tokio::test]
async fn an_explicit_version_is_a_compare_and_set() {
    let app = App::start().await;
    let wrong = "Version is not one more than previous version";
    app.register("s", json!({"schema": STRING, "version": 2})).await.refused(42201, wrong);
    app.register("s", json!({"schema": STRING, "version": 1})).await.holds(1, 1);
    app.register("s", json!({"schema": STRING, "version": 1})).await.refused(42201, wrong);
    app.register("s", json!({"schema": STRING, "version": 3})).await.refused(42201, wrong);
    app.register("s", json!({"schema": STRING, "version": 2})).await.holds(2, 2);
    app.get("/subjects/s/versions").await.ok(json!([1, 2]));
}

/// Contract: 7.3/2, 7.8/m2.
#[tokio::test]
async fn an_id_may_be_given_only_for_what_is_there_or_in_import_mode() {
    let app = App::start().await;
    let refused = "Subject s in context  is not in import mode";
    app.register("s", json!({"schema": STRING, "id": 1})).await.refused(42205, refused);
    app.register("s", json!({"schema": STRING, "id": 0})).await.refused(42205, refused);
    app.register("s", json!({"schema": STRING, "id": -1})).await.holds(1, 1);
    app.register("s", json!({"schema": STRING, "id": 1})).await.holds(1, 1);
    app.register("s", json!({"schema": STRING, "id": 2})).await.refused(42205, refused);
}

/// Contract: 2.1/4, 5/42201/3, 7.1/3.
#[tokio::test]
async fn the_type_is_avro_unless_another_is_named_exactly() {
    let app = App::start().await;
    app.register("a", json!({"schema": STRING, "schemaType": null})).await.holds(1, 1);
    app.register("b", typed("AVRO", STRING)).await.holds(1, 1);
    let json_schema = app.register("c", typed("JSON", r#"{"type":"object"}"#)).await.holds(2, 1).json();
    assert_eq!(json_schema["guid"], json!("01fc056e-ed58-c88f-e1c5-07fcd84dd4b7"));
    let proto = "syntax = \"proto3\";\n\nmessage A {}\n";
    app.register("d", typed("PROTOBUF", proto)).await.holds(3, 1);
    for unknown in ["avro", "Avro", "XML", "", " AVRO"] {
        let message = format!("Invalid schema type {unknown}");
        app.register("e", typed(unknown, STRING)).await.refused(42201, &message);
    }
}

/// Contract: 7.7/3d.
#[tokio::test]
async fn a_schema_of_another_type_is_incompatible() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let details = "Schema being registered is incompatible with an earlier schema for subject \"s\", details: [Incompatible because of different schema type, {validateFields: 'false', compatibility: 'BACKWARD'}]";
    app.register("s", typed("JSON", r#"{"type":"string"}"#)).await.refused(40901, details);
    app.put("/config/s", json!({"compatibility": "NONE"})).await.ok(json!({"compatibility": "NONE"}));
    app.register("s", typed("JSON", r#"{"type":"string"}"#)).await.holds(2, 2);
}

/// Contract: 6.8/7, 8.1/8.
#[tokio::test]
async fn normalisation_can_be_asked_for_in_the_request() {
    let app = App::start().await;
    let posted = r#"{"type":"record","name":"R","fields":[],"b":2,"a":1}"#;
    let normalized = r#"{"type":"record","name":"R","fields":[],"a":1,"b":2}"#;
    for (subject, query, stored) in [
        ("off", "", posted),
        ("false", "?normalize=false", posted),
        ("true", "?normalize=true", normalized),
        ("python", "?normalize=True", normalized),
    ] {
        let answer = app.post(&format!("/subjects/{subject}/versions{query}"), avro(posted)).await;
        assert_eq!((answer.status, &answer.json()["schema"]), (200, &json!(stored)), "{query}");
    }
}

/// Contract: 6.8/11.
#[tokio::test]
async fn force_skips_the_verdict_and_nothing_else() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.post("/subjects/s/versions?force=false", avro(INT)).await.refused_with(40901, &["TYPE_MISMATCH"]);
    app.post("/subjects/s/versions?force=true", avro("nonsense")).await.refused_with(42201, &["nonsense"]);
    app.post("/subjects/s/versions?force=true", avro(INT)).await.holds(2, 2);
}

/// Contract: 6.8/10, 12/27.
#[tokio::test]
async fn a_format_in_the_request_shapes_the_answer_only() {
    let app = App::start().await;
    let referenced = record("Ref", &[]);
    app.accept("ref", &referenced).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    let answer = app.post("/subjects/s/versions?format=resolved", body).await.holds(2, 1);
    assert_eq!(answer.json()["schema"], json!(format!(r#"["null",{referenced}]"#)));
    app.get("/subjects/s/versions/1/schema").await.says(200, r#"["null","Ref"]"#);
}

/// Contract: 7.1/5, 10/3.
#[tokio::test]
async fn new_schemas_are_checked_more_strictly_than_stored_ones() {
    let bad_default = r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}"#;
    let strict = App::start().await;
    strict.register("s", avro(bad_default)).await.refused_with(42201, &["Invalid default for field f"]);
    let lax = App::start_with(Options { validate_new_schemas: false, ..Options::default() }).await;
    lax.register("s", avro(bad_default)).await.holds(1, 1);
    strict.put("/config/s", json!({"validateNewSchemas": false})).await.ok(json!({"validateNewSchemas": false}));
    strict.register("s", avro(bad_default)).await.holds(1, 1);
}

/// Contract: 4.5/1, 7.4/2.
#[tokio::test]
async fn versions_are_numbered_from_the_highest_that_exists() {
    let app = App::start_with(under_a_level(Level::None)).await;
    for text in [STRING, INT, LONG] {
        app.accept("s", text).await;
    }
    for version in [3, 2] {
        app.delete(&format!("/subjects/s/versions/{version}")).await.ok(version);
    }
    // A soft-deleted number stays taken, a hard-deleted one at the top is free again.
    app.register("s", avro("\"float\"")).await.holds(4, 4);
    app.delete("/subjects/s/versions/4").await.ok(4);
    app.delete("/subjects/s/versions/4?permanent=true").await.ok(4);
    app.delete("/subjects/s/versions/3?permanent=true").await.ok(3);
    app.register("s", avro("\"double\"")).await.holds(5, 3);
}

/// Contract: 4.2/3, 4.3/4, 12/10.
#[tokio::test]
async fn content_that_was_hard_deleted_everywhere_gets_a_new_id() {
    let app = App::start().await;
    app.register("s", avro(STRING)).await.holds(1, 1);
    app.delete("/subjects/s").await.ok(json!([1]));
    app.delete("/subjects/s?permanent=true").await.ok(json!([1]));
    app.get("/schemas/ids/1").await.refused(40403, "Schema 1 not found");
    app.register("s", avro(STRING)).await.holds(2, 1);
}

/// Contract: 4.5/3, 7.4/12.
#[tokio::test]
async fn a_soft_deleted_twin_stays_while_somebody_refers_to_it() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    let base = |version: i32| json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": version}]});
    app.register("base", base(1)).await.holds(2, 1);
    app.delete("/subjects/base").await.ok(json!([1]));
    app.delete("/subjects/ref").await.ok(json!([1]));
    app.register("ref", avro(&record("Ref", &[]))).await.holds(1, 2);
    app.get("/subjects/ref/versions?deleted=true").await.ok(json!([1, 2]));
}

/// Contract: 3.3/4, 10/4.
#[tokio::test]
async fn a_subject_may_be_required_to_have_a_name() {
    let app = App::start_with(Options { reject_empty_subject: true, ..Options::default() }).await;
    for subject in [":.ctx:", ":.ctx", ":.:", "*", ":.ctx:*"] {
        let message = format!("The specified subject '{subject}' is not a valid.");
        app.register(subject, avro(STRING)).await.refused(42208, &message);
    }
    let free = App::start().await;
    for subject in [":.ctx:", "*"] {
        free.register(subject, avro(STRING)).await.holds(1, 1);
    }
    free.get("/subjects").await.ok(json!(["*", ":.ctx:"]));
}

/// Contract: 6.8/3-4, 7.4/1, 7.4/4, 7.4/8, 7.4/18.
#[tokio::test]
async fn refusals_come_in_the_order_of_the_contract() {
    let app = App::start().await;
    let bad_rules = json!({"domainRules": [{"type": "CEL"}]});
    app.accept("s", STRING).await;
    app.set_mode("", "READONLY").await;
    let mut body = json!({"schema": "nonsense", "ruleSet": bad_rules, "id": 7, "version": 9});
    app.register("__GLOBAL", body.clone()).await.refused(42210, "Missing rule name");
    body["ruleSet"] = Value::Null;
    app.register("__GLOBAL", body.clone()).await.refused(42208, "The specified subject '__GLOBAL' is not a valid.");
    app.register("s", body.clone()).await.refused_with(42201, &["schema=nonsense"]);
    body["schema"] = json!(INT);
    app.register("s", body.clone()).await.refused(42205, "Subject s in context  is in read-only mode");
    app.set_mode("", "READWRITE").await;
    app.register("s", body.clone()).await.refused(42205, "Subject s in context  is not in import mode");
    body["id"] = Value::Null;
    app.register("s", body.clone()).await.refused_with(40901, &["TYPE_MISMATCH"]);
    body["schema"] = json!(r#"{"type":"string","a":1}"#);
    app.register("s", body).await.refused(42201, "Version is not one more than previous version");
}
