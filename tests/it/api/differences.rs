//! `differences=true` on `POST /compatibility/...`: reasons with their places, which is Regis' own.

use regis::{model::Level, registry::Options};
use serde_json::{Value, json};

use crate::harness::{App, INT, STRING, avro, typed, under_a_level};

/// The differences of a check against the latest version.
async fn differences(app: &App, subject: &str, body: Value) -> Vec<Value> {
    let path = format!("/compatibility/subjects/{subject}/versions/latest?verbose=true&differences=true");
    let answer = app.post(&path, body).await;
    let Value::Object(mut members) = answer.json() else { panic!("{answer:?} is no object") };
    let Some(Value::Array(differences)) = members.remove("differences") else { panic!("{answer:?} lists nothing") };
    let messages = members["messages"].as_array().expect("messages");
    for difference in &differences {
        assert!(messages.contains(&difference["message"]), "{difference} speaks of no message of {messages:?}");
    }
    differences
}

fn place(pointer: &str, line: usize, column: usize) -> Value {
    json!({"pointer": pointer, "line": line, "column": column})
}

#[tokio::test]
async fn they_are_there_only_if_asked_for() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let path = "/compatibility/subjects/s/versions";
    app.post(path, avro(INT)).await.says(200, r#"{"is_compatible":false}"#);
    app.post(&format!("{path}?differences=true"), avro(STRING))
        .await
        .says(200, r#"{"is_compatible":true,"differences":[]}"#);
    let answer = app.post(&format!("{path}/1?differences=true"), avro(INT)).await;
    answer.ok(json!({"is_compatible": false, "differences": [{
        "kind": "TYPE_MISMATCH", "version": 1, "direction": "BACKWARD",
        "new": place("", 1, 1), "old": place("", 1, 1),
        "explanation": "The new schema cannot read data written with version 1: The type (path '/') of a field in the \
                        new schema does not match with the old schema.",
        "message": "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema does not \
                    match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}",
    }]}));
}

#[tokio::test]
async fn avro_places_are_where_the_text_says_so() {
    let app = App::start().await;
    let address = r#"{"type":"record","name":"A","fields":[{"name":"zip","type":"string"}]}"#;
    let old = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"home","type":{address}}},{{"name":"work","type":"A"}},{{"name":"e","type":{{"type":"enum","name":"E","symbols":["X","Y"]}}}}]}}"#
    );
    app.accept("s", &old).await;
    let new = "{\n  \"type\": \"record\", \"name\": \"R\",\n  \"fields\": [\n    {\"name\": \"work\", \"type\": {\"type\": \"record\", \"name\": \"A\", \"fields\": [\n      {\"name\": \"zip\", \"type\": \"int\"},\n      {\"name\": \"city\", \"type\": \"string\"}]}},\n    {\"name\": \"home\", \"type\": \"A\"},\n    {\"name\": \"e\", \"type\": {\"type\": \"enum\", \"name\": \"E\",\n      \"symbols\": [\"X\"]}}]}";
    let found = differences(&app, "s", avro(new)).await;
    let places: Vec<_> = found.iter().map(|one| (&one["kind"], &one["new"], &one["old"])).collect();
    let zip = "/fields/0/type/fields/0/type";
    let expected = [
        (json!("TYPE_MISMATCH"), place(zip, 5, 31), place(zip, 1, old.find("\"string\"").expect("zip") + 1)),
        (
            json!("READER_FIELD_MISSING_DEFAULT_VALUE"),
            place("/fields/0/type/fields/1", 6, 7),
            place("/fields/0/type/fields", 1, old.find("[{\"name\":\"zip\"").expect("zip") + 1),
        ),
        // The pair of the two records is compared once and told at both uses.
        (json!("TYPE_MISMATCH"), place(zip, 5, 31), place(zip, 1, old.find("\"string\"").expect("zip") + 1)),
        (
            json!("READER_FIELD_MISSING_DEFAULT_VALUE"),
            place("/fields/0/type/fields/1", 6, 7),
            place("/fields/0/type/fields", 1, old.find("[{\"name\":\"zip\"").expect("zip") + 1),
        ),
        (
            json!("MISSING_ENUM_SYMBOLS"),
            place("/fields/2/type/symbols", 9, 18),
            place("/fields/2/type/symbols", 1, old.find("[\"X\"").expect("symbols") + 1),
        ),
    ];
    let expected: Vec<_> = expected.iter().map(|(kind, new, old)| (kind, new, old)).collect();
    assert_eq!(places, expected);
}

#[tokio::test]
async fn a_place_in_a_reference_names_the_reference() {
    let app = App::start().await;
    let part = |of: &str| format!(r#"{{"type":"record","name":"P","fields":[{{"name":"x","type":"{of}"}}]}}"#);
    app.accept("part", &part("string")).await;
    app.put("/config/part", json!({"compatibility": "NONE"})).await.ok(json!({"compatibility": "NONE"}));
    app.accept("part", &part("int")).await;
    let whole = r#"{"type":"array","items":"P"}"#;
    let body =
        |version: i32| json!({"schema": whole, "references": [{"name": "P", "subject": "part", "version": version}]});
    assert_eq!(app.register("whole", body(1)).await.status, 200);
    let found = differences(&app, "whole", body(2)).await;
    let expected = json!({"reference": "P", "pointer": "/fields/0/type"});
    assert_eq!((&found[0]["new"], &found[0]["old"]), (&expected, &expected));
}

#[tokio::test]
async fn json_places_are_in_definitions_and_end_where_the_text_ends() {
    let app = App::start().await;
    let old = r##"{"type":"object","properties":{"a/b":{"$ref":"#/definitions/D"},"c":{"type":"string"}},"definitions":{"D":{"type":"string","maxLength":9}},"additionalProperties":false}"##;
    assert_eq!(app.register("s", typed("JSON", old)).await.status, 200);
    let new = "{\"additionalProperties\":false, \"type\":\"object\",\n\"properties\":{\"a/b\":{\"$ref\":\"#/definitions/D\"}},\n\"definitions\":{\"D\":{\"type\":\"string\",\"maxLength\":5,\n  \"pattern\":\"x\"}},\"required\":[\"z\", \"a/b\"]}";
    for normalize in ["", "&normalize=true"] {
        let path = format!("/compatibility/subjects/s/versions?differences=true{normalize}");
        let answer = app.post(&path, typed("JSON", new)).await.json();
        let found: Vec<_> = answer["differences"].as_array().expect("differences").iter().collect();
        let places: Vec<_> = found.iter().map(|one| (one["kind"].as_str(), &one["new"], &one["old"])).collect();
        let column = |part: &str| old.find(part).expect("a part") + 1;
        let expected = [
            (Some("REQUIRED_ATTRIBUTE_ADDED"), place("/required/1", 4, 36), place("", 1, 1)),
            (
                Some("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"),
                place("/properties", 2, 14),
                place("/properties/c", 1, column("{\"type\":\"string\"}")),
            ),
            (
                Some("MAX_LENGTH_DECREASED"),
                place("/definitions/D/maxLength", 3, 49),
                place("/definitions/D/maxLength", 1, column("9}")),
            ),
            (
                Some("PATTERN_ADDED"),
                place("/definitions/D/pattern", 4, 13),
                place("/definitions/D", 1, column("{\"type\":\"string\",\"max")),
            ),
        ];
        let expected: Vec<_> = expected.iter().map(|(kind, new, old)| (*kind, new, old)).collect();
        assert_eq!(places, expected, "{normalize}");
    }
}

#[tokio::test]
async fn protobuf_places_are_names_and_numbers() {
    let app = App::start().await;
    let text = |of: &str| format!("syntax = \"proto3\";\nmessage M {{\n  {of} f = 1;\n}}\n");
    assert_eq!(app.register("s", typed("PROTOBUF", &text("string"))).await.status, 200);
    let found = differences(&app, "s", typed("PROTOBUF", &text("int32"))).await;
    let expected = json!({"pointer": "/M/1"});
    assert_eq!(found[0]["kind"], "FIELD_SCALAR_KIND_CHANGED");
    assert_eq!((&found[0]["new"], &found[0]["old"]), (&expected, &expected));
}

#[tokio::test]
async fn forward_differences_say_that_the_version_cannot_read() {
    let app = App::start_with(under_a_level(Level::Full)).await;
    app.accept("s", STRING).await;
    let found = differences(&app, "s", avro(INT)).await;
    let directions: Vec<_> = found.iter().map(|one| one["direction"].as_str()).collect();
    assert_eq!(directions, [Some("FORWARD"), Some("BACKWARD")]);
    let sentence = found[0]["explanation"].as_str().expect("a sentence");
    assert!(sentence.starts_with("Version 1 cannot read data written with the new schema: "), "{sentence}");
}

#[tokio::test]
async fn reasons_that_are_no_difference_have_no_place() {
    let app = App::start_with(Options { validate_fields: true, ..Options::default() }).await;
    let metadata = json!({"properties": {"confluent:reserved": "gone"}});
    let text = r#"{"type":"record","name":"R","fields":[]}"#;
    let answer = app.post("/subjects/s/versions", json!({"schema": text, "metadata": metadata})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let members = |one: &Value| one.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let found = differences(&app, "s", avro(text)).await;
    assert_eq!(found[0]["kind"], "RESERVED_FIELD_REMOVED");
    assert_eq!(members(&found[0]), ["kind", "explanation", "message"]);
    let found = differences(&app, "s", typed("JSON", "{}")).await;
    let kinds: Vec<_> = found.iter().map(|one| (one["kind"].as_str(), one["version"].as_i64())).collect();
    assert_eq!(kinds, [(Some("RESERVED_FIELD_REMOVED"), None), (Some("SCHEMA_TYPE_CHANGED"), Some(1))]);
}

#[tokio::test]
async fn a_schema_that_does_not_parse_is_a_reason_only_where_messages_are_wanted() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let found = differences(&app, "s", avro("{")).await;
    assert_eq!(found[0]["kind"], "INVALID_SCHEMA");
    let answer = app.post("/compatibility/subjects/s/versions?differences=true", avro("{")).await;
    assert_eq!(answer.status, 422, "{answer:?}");
}

#[tokio::test]
async fn of_very_many_reasons_the_first_thousand_are_listed() {
    let app = App::start().await;
    let fields = |of: &str| {
        let fields: Vec<_> = (0..1_500).map(|at| json!({"name": format!("f{at}"), "type": of})).collect();
        json!({"type": "record", "name": "R", "fields": fields}).to_string()
    };
    app.accept("s", &fields("string")).await;
    let answer =
        app.post("/compatibility/subjects/s/versions?verbose=true&differences=true", avro(&fields("int"))).await.json();
    assert_eq!(answer["differences"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(answer["messages"].as_array().map(Vec::len), Some(1_503));
}
