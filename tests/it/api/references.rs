//! Schemas that refer to others (contract, sections 3.10, 5 and 7.1, and 6.12 for who refers).

use regis::{model::Level, registry::Options};
use serde_json::{Value, json};

use crate::harness::{App, INT, STRING, avro, record, under_a_level};

fn referring(references: impl Into<Value>) -> Value {
    let references = references.into();
    json!({"schema": r#"["null","Ref"]"#, "references": references})
}

fn to(subject: &str, version: i32) -> Value {
    json!({"name": "Ref", "subject": subject, "version": version})
}

/// Contract: 7.1/4.
#[tokio::test]
async fn the_latest_version_is_stored_by_its_number() {
    let app = App::start_with(under_a_level(Level::None)).await;
    for field in ["a", "b"] {
        app.accept("ref", &record("Ref", &[(field, STRING)])).await;
    }
    let shown = app.register("s", referring(json!([to("ref", -1)]))).await.holds(3, 1).json();
    assert_eq!(shown["references"], json!([to("ref", 2)]));
    let stored = app.get("/subjects/s/versions/1").await.json();
    assert_eq!(stored["references"], json!([to("ref", 2)]));
    app.delete("/subjects/ref/versions/1").await.ok(1);
    app.delete("/subjects/ref/versions/2").await.refused_with(42206, &["subject=ref,version=2"]);
}

/// Contract: 6.0/5, 7.1/4, 8.1/5.
#[tokio::test]
async fn references_may_refer_further() {
    let app = App::start().await;
    app.accept("leaf", &record("Leaf", &[])).await;
    let middle = json!({
        "schema": r#"{"type":"record","name":"Ref","fields":[{"name":"l","type":"Leaf"}]}"#,
        "references": [{"name": "Leaf", "subject": "leaf", "version": 1}]
    });
    app.register("middle", middle).await.holds(2, 1);
    app.register("top", referring(json!([to("middle", 1)]))).await.holds(3, 1);
    let leaf = record("Leaf", &[]);
    let resolved = format!(r#"["null",{{"type":"record","name":"Ref","fields":[{{"name":"l","type":{leaf}}}]}}]"#);
    app.get("/schemas/ids/3/schema?format=resolved").await.says(200, &resolved);
}

/// Contract: 2.1/8, 5/42201/6.
#[tokio::test]
async fn a_reference_needs_a_name_a_subject_and_a_version() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    for (reference, shown) in [
        (json!({"name": "Ref", "subject": "ref"}), "{name='Ref', subject='ref', version=null}"),
        (json!({"name": "Ref", "subject": "ref", "version": null}), "{name='Ref', subject='ref', version=null}"),
        (json!({"name": "Ref", "version": 1}), "version=1}"),
        (json!({"subject": "ref", "version": 1}), "subject='ref', version=1}"),
        (json!({}), "version=null}"),
    ] {
        let parts = ["Invalid schema of type AVRO, details: Invalid reference: {name=", shown];
        app.register("s", referring(json!([reference]))).await.refused_with(42201, &parts);
        app.post("/subjects/s", referring(json!([reference]))).await.refused_with(42201, &parts);
        let check = app.post("/compatibility/subjects/s/versions", referring(json!([reference]))).await;
        check.refused_with(42201, &parts);
    }
}

/// Contract: 5/42201/7.
#[tokio::test]
async fn a_reference_must_lead_somewhere() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    for (reference, missing) in [
        (to("nowhere", 1), "subject \"nowhere\" and version 1"),
        (to("nowhere", -1), "subject \"nowhere\" and version -1"),
        (to("ref", 2), "subject \"ref\" and version 2"),
        (to(":.ctx:ref", 1), "subject \":.ctx:ref\" and version 1"),
    ] {
        let missing = format!("Invalid schema of type AVRO, details: No schema reference found for {missing}");
        app.register("s", referring(json!([reference]))).await.refused_with(42201, &[missing.as_str()]);
    }
    app.register("s", avro(r#"["null","Ref"]"#)).await.refused_with(42201, &["Undefined schema: Ref"]);
}

/// Contract: 7.1/4, 7.1/8.
#[tokio::test]
async fn new_schemas_refer_to_live_versions_and_lookups_to_any() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    app.register("s", referring(json!([to("ref", 1)]))).await.holds(2, 1);
    app.delete("/subjects/s").await.ok(json!([1]));
    app.delete("/subjects/ref").await.ok(json!([1]));
    let missing = ["No schema reference found for subject \"ref\" and version 1"];
    app.register("t", referring(json!([to("ref", 1)]))).await.refused_with(42201, &missing);
    app.post("/subjects/s?deleted=true", referring(json!([to("ref", 1)]))).await.holds(2, 1);
    app.get("/subjects/s/versions/1/schema?deleted=true&format=resolved")
        .await
        .says(200, &format!(r#"["null",{}]"#, record("Ref", &[])));
}

/// Contract: 5/42201/8, 10/5.
#[tokio::test]
async fn one_name_may_be_required_to_mean_one_version() {
    let references = |app: App| async move {
        for field in ["a", "b"] {
            app.accept("leaf", &record("Leaf", &[(field, STRING)])).await;
        }
        let middle = json!({
            "schema": r#"{"type":"record","name":"Ref","fields":[{"name":"l","type":"Leaf"}]}"#,
            "references": [{"name": "Leaf", "subject": "leaf", "version": 1}]
        });
        app.register("middle", middle).await.holds(3, 1);
        let both = json!([to("middle", 1), {"name": "Leaf", "subject": "leaf", "version": 2}]);
        app.register("top", referring(both)).await
    };
    let lax = App::start_with(under_a_level(Level::None)).await;
    references(lax).await.holds(4, 1);
    let strict = Options { strict_reference_versions: true, ..under_a_level(Level::None) };
    let strict = App::start_with(strict).await;
    let conflict = "Conflicting reference versions for \"Leaf\": version 1 and version 2";
    references(strict).await.refused_with(42201, &[conflict]);
}

/// Contract: 7.1/7, 8.1/10.
#[tokio::test]
async fn normalisation_sorts_references_and_drops_doubles() {
    let app = App::start().await;
    app.accept("b", &record("Ref", &[])).await;
    app.accept("a", &record("Other", &[])).await;
    let other = json!({"name": "Other", "subject": "a", "version": 1});
    let references = json!([to("b", 1), other, to("b", 1)]);
    let kept = app.register("kept", referring(references.clone())).await.json();
    assert_eq!(kept["references"], references);
    let normal = app.post("/subjects/normal/versions?normalize=true", referring(references)).await.json();
    assert_eq!(normal["references"], json!([other, to("b", 1)]));
}

/// Contract: 4.2/4, 6.12/1-4.
#[tokio::test]
async fn a_version_tells_who_refers_to_it() {
    let app = App::start_with(under_a_level(Level::None)).await;
    for field in ["a", "b"] {
        app.accept("ref", &record("Ref", &[(field, STRING)])).await;
    }
    app.register("one", referring(json!([to("ref", 1)]))).await.holds(3, 1);
    app.register("two", referring(json!([to("ref", 1)]))).await.holds(3, 1);
    let three = json!({"schema": r#"["int","Ref"]"#, "references": [to("ref", 1)]});
    app.register("three", three).await.holds(4, 1);
    app.register("four", referring(json!([to("ref", 2)]))).await.holds(5, 1);
    let path = "/subjects/ref/versions/1/referencedby";
    app.get(path).await.says(200, "[3,4]");
    app.get("/subjects/ref/versions/latest/referencedby").await.ok(json!([5]));
    app.get(&format!("{path}?offset=1&limit=1")).await.ok(json!([4]));
    app.get(&format!("{path}?limit=1")).await.ok(json!([3]));
    app.delete("/subjects/one").await.ok(json!([1]));
    app.get(path).await.ok(json!([3, 4]));
    app.delete("/subjects/two").await.ok(json!([1]));
    app.get(path).await.ok(json!([4]));
    app.get(&format!("{path}?deleted=true")).await.ok(json!([3, 4]));
    for subject in ["one", "two"] {
        app.delete(&format!("/subjects/{subject}?permanent=true")).await.ok(json!([1]));
    }
    app.get(&format!("{path}?deleted=true")).await.ok(json!([4]));
    app.get("/subjects/one/versions/1/referencedby").await.refused(40401, "Subject 'one' not found.");
}

#[tokio::test]
async fn a_schema_may_refer_to_an_earlier_version_of_its_own_subject() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.accept("s", &record("Ref", &[])).await;
    app.register("s", referring(json!([to("s", 1)]))).await.holds(2, 2);
    app.get("/subjects/s/versions/1/referencedby").await.ok(json!([2]));
}

/// Contract: 8.2/4.
#[tokio::test]
async fn json_schema_and_protobuf_refer_too() {
    let app = App::start().await;
    let json_leaf = json!({"schemaType": "JSON", "schema": r#"{"type":"string"}"#});
    app.register("json-leaf", json_leaf).await.holds(1, 1);
    let body = |references: Value| {
        json!({
            "schemaType": "JSON", "schema": r#"{"type":"object","properties":{"a":{"$ref":"leaf.json"}}}"#,
            "references": references
        })
    };
    let references = json!([{"name": "leaf.json", "subject": "json-leaf", "version": 1}]);
    app.register("json", body(references)).await.holds(2, 1);
    app.register("json-2", body(json!([])))
        .await
        .refused_with(42201, &["Invalid schema {subject=json-2,", ", details: "]);
    let leaf = "syntax = \"proto3\";\n\nmessage Leaf {}\n";
    app.register("proto-leaf", json!({"schemaType": "PROTOBUF", "schema": leaf})).await.holds(3, 1);
    let body = |references: Value| {
        json!({
            "schemaType": "PROTOBUF", "references": references,
            "schema": "syntax = \"proto3\";\n\nimport \"leaf.proto\";\n\nmessage A {\n  Leaf leaf = 1;\n}\n"
        })
    };
    let references = json!([{"name": "leaf.proto", "subject": "proto-leaf", "version": 1}]);
    app.register("proto", body(references)).await.holds(4, 1);
    app.register("proto-2", body(json!([]))).await.refused_with(42201, &["Could not resolve type: Leaf"]);
    app.get("/subjects/proto-leaf/versions/1/referencedby").await.ok(json!([4]));
    let guessed = json!({"schemaType": "AVRO", "schema": INT, "references": [to("json-leaf", 1)]});
    assert!(app.register("mixed", guessed).await.status < 500);
}
