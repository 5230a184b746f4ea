//! `POST /compatibility/...` (contract, sections 6.21 and 7.7).

use regis::{model::Level, registry::Options};
use serde_json::{Value, json};

use crate::harness::{App, INT, LONG, STRING, avro, record, typed, under_a_level};

const COMPATIBLE: &str = r#"{"is_compatible":true}"#;
const INCOMPATIBLE: &str = r#"{"is_compatible":false}"#;

/// `{f}`.
fn narrow() -> String {
    record("R", &[("f", STRING)])
}

/// `{f, g}`, where `g` has a default.
fn wide_with_default() -> String {
    r#"{"type":"record","name":"R","fields":[{"name":"f","type":"string"},{"name":"g","type":"string","default":""}]}"#
        .to_owned()
}

/// `{f, g}`.
fn wide() -> String {
    record("R", &[("f", STRING), ("g", STRING)])
}

fn mismatch(words: (&str, &str), reader: &str, writer: &str) -> String {
    format!(
        "{{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the {} schema does not match with the {} schema', additionalInfo:'reader type: {reader} not compatible with writer type: {writer}'}}",
        words.0, words.1
    )
}

fn missing(words: (&str, &str)) -> String {
    format!(
        "{{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'g' at path '/fields/1' in the {} schema has no default value and is missing in the {} schema', additionalInfo:'g'}}",
        words.0, words.1
    )
}

fn incompatible(messages: &[String]) -> Value {
    json!({"is_compatible": false, "messages": messages})
}

fn last(level: &str) -> String {
    format!("{{validateFields: 'false', compatibility: '{level}'}}")
}

/// Contract: 1.6/2, 2.2/6, 12/31.
#[tokio::test]
async fn what_is_there_is_compatible_with_itself() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for path in
        ["versions", "versions/", "versions/1", "versions/1/", "versions/latest", "versions/-1", "versions/LATEST"]
    {
        let path = format!("/compatibility/subjects/s/{path}");
        app.post(&path, avro(STRING)).await.says(200, COMPATIBLE);
        app.post(&format!("{path}?verbose=false"), avro(STRING)).await.says(200, COMPATIBLE);
        app.post(&format!("{path}?verbose=true"), avro(STRING))
            .await
            .says(200, r#"{"is_compatible":true,"messages":[]}"#);
        app.post(&path, avro(INT)).await.says(200, INCOMPATIBLE);
        app.post(&format!("{path}?normalize=False&verbose=False"), avro(INT)).await.says(200, INCOMPATIBLE);
    }
}

/// Contract: 6.21/2, 6.21/6, 12/14.
#[tokio::test]
async fn an_unknown_subject_is_compatible_unless_a_number_is_named() {
    let app = App::start().await;
    app.accept("gone", STRING).await;
    app.delete("/subjects/gone").await.ok(json!([1]));
    for subject in ["unknown", "gone", ":.ctx:unknown"] {
        let path = format!("/compatibility/subjects/{subject}/versions");
        app.post(&path, avro(INT)).await.says(200, COMPATIBLE);
        app.post(&format!("{path}/latest"), avro(INT)).await.says(200, COMPATIBLE);
        app.post(&format!("{path}/1"), avro(INT)).await.refused(40402, "Version 1 not found.");
        app.post(&format!("{path}/7?verbose=true"), avro(INT)).await.refused(40402, "Version 7 not found.");
    }
}

/// Contract: 6.21/4, 7.7/3a.
#[tokio::test]
async fn each_level_has_its_direction() {
    let app = App::start().await;
    app.accept("s", &narrow()).await;
    for (level, adds_a_default, adds_none) in [
        ("NONE", true, true),
        ("BACKWARD", true, false),
        ("BACKWARD_TRANSITIVE", true, false),
        ("FORWARD", true, true),
        ("FORWARD_TRANSITIVE", true, true),
        ("FULL", true, false),
        ("FULL_TRANSITIVE", true, false),
    ] {
        app.put("/config/s", json!({"compatibility": level})).await.ok(json!({"compatibility": level}));
        for path in ["/compatibility/subjects/s/versions", "/compatibility/subjects/s/versions/1"] {
            app.post(path, avro(&wide_with_default())).await.ok(json!({"is_compatible": adds_a_default}));
            app.post(path, avro(&wide())).await.ok(json!({"is_compatible": adds_none}));
        }
    }
}

/// Contract: 6.21/4-5, 7.7/3b, 7.7/3c, 7.7/3f, 12/17.
#[tokio::test]
async fn transitive_levels_look_at_every_version_newest_first() {
    let app = App::start().await;
    for text in [narrow(), wide_with_default()] {
        app.accept("s", &text).await;
    }
    let path = "/compatibility/subjects/s/versions?verbose=true";
    app.post(path, avro(&wide())).await.ok(json!({"is_compatible": true, "messages": []}));
    app.put("/config/s", json!({"compatibility": "BACKWARD_TRANSITIVE"})).await.json();
    let messages = [
        missing(("new", "old")),
        "{oldSchemaVersion: 1}".to_owned(),
        format!("{{oldSchema: '{}'}}", narrow()),
        last("BACKWARD_TRANSITIVE"),
    ];
    app.post(path, avro(&wide())).await.ok(incompatible(&messages));
    // Against one version, only that one counts.
    let one = "/compatibility/subjects/s/versions/2?verbose=true";
    app.post(one, avro(&wide())).await.ok(json!({"is_compatible": true, "messages": []}));
    // The newest incompatible version ends the search.
    let text = format!("{{oldSchema: '{}'}}", wide_with_default());
    let reason = mismatch(("new", "old"), "INT", "RECORD");
    let messages = [reason, "{oldSchemaVersion: 2}".to_owned(), text, last("BACKWARD_TRANSITIVE")];
    app.post(path, avro(INT)).await.ok(incompatible(&messages));
}

/// Contract: 7.7/3e, 7.7/6.
#[tokio::test]
async fn forward_messages_call_the_old_schema_the_reader() {
    let app = App::start_with(under_a_level(Level::Forward)).await;
    app.accept("s", &wide()).await;
    let messages = [
        missing(("old", "new")),
        "{oldSchemaVersion: 1}".to_owned(),
        format!("{{oldSchema: '{}'}}", wide()),
        last("FORWARD"),
    ];
    let path = "/compatibility/subjects/s/versions/latest?verbose=true";
    app.post(path, avro(&narrow())).await.ok(incompatible(&messages));
}

/// Contract: 7.7/3h, 12/16.
#[tokio::test]
async fn full_shows_the_old_schema_only_if_the_new_one_cannot_read_it() {
    let app = App::start_with(under_a_level(Level::Full)).await;
    app.accept("s", &wide()).await;
    let path = "/compatibility/subjects/s/versions?verbose=true";
    app.post(path, avro(&narrow())).await.ok(incompatible(&[missing(("old", "new")), last("FULL")]));
    let messages = [
        mismatch(("old", "new"), "RECORD", "INT"),
        mismatch(("new", "old"), "INT", "RECORD"),
        "{oldSchemaVersion: 1}".to_owned(),
        format!("{{oldSchema: '{}'}}", wide()),
        last("FULL"),
    ];
    app.post(path, avro(INT)).await.ok(incompatible(&messages));
}

/// Contract: 7.7/3g.
#[tokio::test]
async fn a_long_old_schema_is_cut() {
    let app = App::start().await;
    let text = format!(r#"{{"type":"record","name":"R","doc":"{}","fields":[]}}"#, "é".repeat(11_000));
    app.accept("s", &text).await;
    let shown: String = text.chars().take(10_240).collect();
    let messages =
        app.post("/compatibility/subjects/s/versions?verbose=true", avro(INT)).await.json()["messages"].clone();
    assert_eq!(messages[2], json!(format!("{{oldSchema: <truncated> '{shown}...'}}")));
}

/// Contract: 5/42201/2, 6.21/3, 6.21/9, 12/15.
#[tokio::test]
async fn an_invalid_schema_is_an_answer_when_messages_are_wanted() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for subject in ["s", "unknown"] {
        for end in ["versions", "versions/latest"] {
            let path = format!("/compatibility/subjects/{subject}/{end}");
            let parts = [
                "Invalid schema of type AVRO, details: Invalid schema {",
                "schema=nonsense",
                "with refs [] of type AVRO, details: ",
            ];
            let refused = app.post(&path, avro("nonsense")).await.refused_with(42201, &parts).json();
            let told = app.post(&format!("{path}?verbose=true"), avro("nonsense")).await;
            told.ok(json!({"is_compatible": false, "messages": [refused["message"]]}));
            for body in [json!({}), avro(""), avro(" ")] {
                app.post(&path, body.clone()).await.refused(42201, "Empty schema");
                let verbose = app.post(&format!("{path}?verbose=true"), body).await;
                verbose.ok(json!({"is_compatible": false, "messages": ["Empty schema"]}));
            }
            app.post(&path, typed("XML", "a")).await.refused(42201, "Invalid schema type XML");
        }
    }
}

/// Contract: 7.7/3d.
#[tokio::test]
async fn another_type_is_told_without_the_old_schema() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let path = "/compatibility/subjects/s/versions?verbose=true";
    let answer = app.post(path, typed("JSON", r#"{"type":"string"}"#)).await;
    answer.ok(incompatible(&["Incompatible because of different schema type".to_owned(), last("BACKWARD")]));
}

/// Contract: 6.21/8, 7.8/m8.
#[tokio::test]
async fn the_mode_plays_no_part() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for mode in ["READONLY", "READONLY_OVERRIDE"] {
        app.set_mode("s", mode).await;
        app.post("/compatibility/subjects/s/versions", avro(STRING)).await.says(200, COMPATIBLE);
        app.post("/compatibility/subjects/s/versions", avro(INT)).await.says(200, INCOMPATIBLE);
    }
}

/// Contract: 6.21/5.
#[tokio::test]
async fn soft_deleted_versions_are_not_compared_with() {
    let app = App::start_with(under_a_level(Level::BackwardTransitive)).await;
    app.accept("s", STRING).await;
    app.post("/subjects/s/versions?force=true", avro(INT)).await.holds(2, 2);
    app.post("/compatibility/subjects/s/versions", avro(LONG)).await.says(200, INCOMPATIBLE);
    app.delete("/subjects/s/versions/1").await.ok(1);
    app.post("/compatibility/subjects/s/versions", avro(LONG)).await.says(200, COMPATIBLE);
    app.register("s", avro(LONG)).await.holds(3, 3);
}

/// Contract: 7.7/2.
#[tokio::test]
async fn a_group_keeps_lines_of_versions_apart() {
    let app = App::start().await;
    app.put("/config/s", json!({"compatibilityGroup": "major"})).await.ok(json!({"compatibilityGroup": "major"}));
    let grouped = |text: &str, major: &str| json!({"schema": text, "metadata": {"properties": {"major": major}}});
    app.register("s", grouped(STRING, "1")).await.holds(1, 1);
    app.register("s", grouped(INT, "2")).await.holds(2, 2);
    app.register("s", grouped(LONG, "1")).await.refused_with(40901, &["{oldSchemaVersion: 1}"]);
    app.register("s", grouped(LONG, "2")).await.holds(3, 3);
    let bytes = grouped("\"bytes\"", "1");
    app.post("/compatibility/subjects/s/versions", bytes.clone()).await.says(200, COMPATIBLE);
    app.register("s", bytes).await.holds(4, 4);
    // Without the property it is a group of its own; here nothing is inherited.
    app.post("/compatibility/subjects/s/versions", avro("\"boolean\"")).await.says(200, COMPATIBLE);
}

/// Contract: 6.21/7, 7.7/1, 7.7/6, 10/2, B.3/66.
#[tokio::test]
async fn reserved_fields_are_watched_at_every_level() {
    let options = Options { validate_fields: true, ..under_a_level(Level::None) };
    let app = App::start_with(options).await;
    let reserving =
        |text: &str, names: &str| json!({"schema": text, "metadata": {"properties": {"confluent:reserved": names}}});
    let end = "{validateFields: 'true', compatibility: 'NONE'}".to_owned();
    let conflict = |name: &str| format!("The new schema has field that conflicts with the reserved field {name}.");
    let removed = |name: &str| {
        format!(
            "The new schema has reserved field {name} removed from its metadata which is present in the old schema's metadata."
        )
    };
    let path = "/compatibility/subjects/s/versions?verbose=true";
    let answer = app.post(path, reserving(&narrow(), "x, f")).await;
    answer.ok(incompatible(&[conflict("f"), end.clone()]));
    app.register("s", reserving(&narrow(), "f")).await.refused_with(40901, &[conflict("f").as_str()]);
    app.register("s", reserving(&narrow(), " g ,,h")).await.holds(1, 1);
    let answer = app.post(path, reserving(&wide(), "h")).await;
    answer.ok(incompatible(&[removed("g"), end.clone()]));
    let answer = app.post(path, reserving(&wide(), "g")).await;
    answer.ok(incompatible(&[removed("h"), conflict("g"), end.clone()]));
    let answer = app.post(path, avro(&narrow())).await;
    answer.ok(incompatible(&[removed("g"), removed("h"), end]));
    app.put("/config/s", json!({"validateFields": false})).await.ok(json!({"validateFields": false}));
    app.post(path, avro(&wide())).await.ok(json!({"is_compatible": true, "messages": []}));
}

/// Contract: 7.7/7.
#[tokio::test]
async fn referenced_schemas_are_compared_too() {
    let app = App::start().await;
    app.put("/config/ref", json!({"compatibility": "NONE"})).await.json();
    app.accept("ref", &record("Ref", &[("a", STRING)])).await;
    app.accept("ref", &record("Ref", &[("a", INT)])).await;
    let base = |version: i32| {
        json!({
            "schema": r#"{"type":"record","name":"Base","fields":[{"name":"r","type":"Ref"}]}"#,
            "references": [{"name": "Ref", "subject": "ref", "version": version}]
        })
    };
    app.register("s", base(1)).await.holds(3, 1);
    app.register("s", base(2)).await.refused_with(40901, &["/fields/0/type/fields/0/type"]);
    app.delete("/subjects/ref/versions/1").await.refused_with(42206, &[]);
    app.post("/compatibility/subjects/s/versions", base(1)).await.says(200, COMPATIBLE);
}

#[tokio::test]
async fn json_schema_and_protobuf_are_judged_by_their_own_rules() {
    let app = App::start().await;
    let closed = r#"{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}"#;
    app.register("json", typed("JSON", closed)).await.holds(1, 1);
    let narrower = r#"{"type":"object","properties":{},"additionalProperties":false}"#;
    let refused = app.register("json", typed("JSON", narrower)).await;
    refused.refused_with(
        40901,
        &[
            "{errorType:\"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL\", description:\"The new has a closed content model and is missing a property or item present at path '#/properties/a' in the old schema'}",
            "{oldSchemaVersion: 1}",
        ],
    );
    app.register("proto", typed("PROTOBUF", "syntax = \"proto3\";\nmessage A { string a = 1; }")).await.holds(2, 1);
    let changed = "syntax = \"proto3\";\nmessage A { int32 a = 1; }";
    let refused = app.register("proto", typed("PROTOBUF", changed)).await;
    refused.refused_with(
        40901,
        &[
            "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"The kind of a SCALAR field at path '#/A/1' in the new schema does not match its kind in the old schema\"}",
            "{oldSchemaVersion: 1}",
        ],
    );
}
