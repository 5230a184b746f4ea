//! What is said about two schemas that do not agree (contract, appendix B): every kind of difference, and its words.

mod json;

use serde_json::{Value, json};

use crate::harness::{App, typed};

/// Demands that a reader of the second text is told this about data of the first one, and what they were compared with.
async fn judges(app: &App, subject: &str, (kind, [old, new]): &(&str, [String; 2]), message: &str) {
    app.register(subject, typed(kind, old)).await.id();
    let stored = app.get(&format!("/subjects/{subject}/versions/1")).await.json();
    let text = stored["schema"].as_str().expect("a text");
    let messages = told(app, subject, typed(kind, new)).await;
    let end = [
        "{oldSchemaVersion: 1}".to_owned(),
        format!("{{oldSchema: '{text}'}}"),
        "{validateFields: 'false', compatibility: 'BACKWARD'}".to_owned(),
    ];
    assert!(messages.iter().any(|told| told == message), "{message}\nis not among {messages:#?}");
    assert!(messages.ends_with(&end), "{end:#?}\nare not the last of {messages:#?}");
}

/// What is said about a schema.
async fn told(app: &App, subject: &str, body: Value) -> Vec<String> {
    let answer = app.post(&format!("/compatibility/subjects/{subject}/versions?verbose=true"), body).await;
    let messages: Vec<String> = serde_json::from_value(answer.json()["messages"].clone()).expect("messages");
    answer.ok(json!({"is_compatible": messages.is_empty(), "messages": messages}));
    messages
}

/// Kind, words, what the library says, old schema, new schema.
const AVRO: [(&str, &str, &str, &str, &str); 6] = [
    (
        "FIXED_SIZE_MISMATCH",
        "The size of FIXED type field at path '/size' in the new schema does not match with the old schema",
        "expected: 1, found: 2",
        r#"{"type":"fixed","name":"F","size":1}"#,
        r#"{"type":"fixed","name":"F","size":2}"#,
    ),
    (
        "TYPE_MISMATCH",
        "The type (path '/') of a field in the new schema does not match with the old schema",
        "reader type: INT not compatible with writer type: STRING",
        "\"string\"",
        "\"int\"",
    ),
    (
        "NAME_MISMATCH",
        "The name of the schema has changed (path '/name')",
        "expected: A",
        r#"{"type":"record","name":"A","fields":[]}"#,
        r#"{"type":"record","name":"B","fields":[]}"#,
    ),
    (
        "MISSING_ENUM_SYMBOLS",
        "The new schema is missing enum symbols '[B, C]' at path '/symbols' in the old schema",
        "[B, C]",
        r#"{"type":"enum","name":"E","symbols":["A","B","C"]}"#,
        r#"{"type":"enum","name":"E","symbols":["A"]}"#,
    ),
    (
        "MISSING_UNION_BRANCH",
        "The new schema is missing a type inside a union field at path '/1' in the old schema",
        "reader union lacking writer type: STRING",
        r#"["null","string"]"#,
        r#"["null"]"#,
    ),
    (
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "The field 'f' at path '/fields/0' in the new schema has no default value and is missing in the old schema",
        "f",
        r#"{"type":"record","name":"R","fields":[]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}"#,
    ),
];

/// Contract: B.1/1-6.
#[tokio::test]
async fn avro_schemas_that_do_not_agree() {
    let app = App::start().await;
    for (kind, words, more, old, new) in AVRO {
        let message = format!("{{errorType:'{kind}', description:'{words}', additionalInfo:'{more}'}}");
        judges(&app, kind, &("AVRO", [old.to_owned(), new.to_owned()]), &message).await;
    }
}

/// Kind, words, old schema, new schema; the syntax is that of proto3 unless a text says otherwise.
const PROTOBUF: [(&str, &str, &str, &str); 11] = [
    (
        "PACKAGE_CHANGED",
        "The package at '#/' in the new schema does not match the package in the old schema",
        "package a; message M {}",
        "package b; message M {}",
    ),
    (
        "MESSAGE_REMOVED",
        "The new schema is missing a MESSAGE type at path '#/N' in the old schema",
        "message M {} message N {}",
        "message M {}",
    ),
    (
        "FIELD_KIND_CHANGED",
        "The type of a field at path '#/M/1' in the new schema does not match the old schema",
        "message M { N f = 1; } message N {}",
        "message M { string f = 1; } message N {}",
    ),
    (
        "FIELD_SCALAR_KIND_CHANGED",
        "The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind in the old schema",
        "message M { int32 f = 1; }",
        "message M { string f = 1; }",
    ),
    (
        "FIELD_NAMED_TYPE_CHANGED",
        "The type of a MESSAGE field at path '#/M/1' in the new schema does not match its type in the old schema",
        "message M { N f = 1; } message N {} message O { int32 x = 1; }",
        "message M { O f = 1; } message N {} message O { int32 x = 1; }",
    ),
    (
        "FIELD_NUMERIC_LABEL_CHANGED",
        "The label for a NUMERIC field at path '#/M/1' in the new schema does not match its label in the old schema",
        "syntax = \"proto2\"; message M { optional int32 f = 1; }",
        "syntax = \"proto2\"; message M { required int32 f = 1; }",
    ),
    (
        "REQUIRED_FIELD_ADDED",
        "A required field  at path '#/M/1' in the new schema is missing in the old schema",
        "syntax = \"proto2\"; message M {}",
        "syntax = \"proto2\"; message M { required string f = 1; }",
    ),
    (
        "REQUIRED_FIELD_REMOVED",
        "The new schema is missing a required field at path: '#/M/1' in the old schema",
        "syntax = \"proto2\"; message M { required string f = 1; }",
        "syntax = \"proto2\"; message M {}",
    ),
    (
        "ONEOF_FIELD_REMOVED",
        "The new schema is missing a oneof field at path '#/M/o/2' in the old schema",
        "message M { oneof o { string f = 1; string g = 2; } }",
        "message M { oneof o { string f = 1; } }",
    ),
    (
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
        "Multiple fields in the oneof at path '#/M/o' in the new schema are outside a oneof in the old schema",
        "message M { string f = 1; string g = 2; }",
        "message M { oneof o { string f = 1; string g = 2; } }",
    ),
    (
        "FIELD_MOVED_TO_EXISTING_ONEOF",
        "A field in the oneof at path '#/M/o' in the new schema is outside an existing oneof in the old schema",
        "message M { string f = 1; oneof o { string g = 2; } }",
        "message M { oneof o { string f = 1; string g = 2; } }",
    ),
];

fn protobuf(text: &str) -> String {
    if text.starts_with("syntax") { text.to_owned() } else { format!("syntax = \"proto3\"; {text}") }
}

/// Contract: B.2/1-11.
#[tokio::test]
async fn protobuf_schemas_that_do_not_agree() {
    let app = App::start().await;
    for (kind, words, old, new) in PROTOBUF {
        let message = format!("{{errorType:\"{kind}\", description:\"{words}\"}}");
        judges(&app, kind, &("PROTOBUF", [protobuf(old), protobuf(new)]), &message).await;
    }
}

/// Contract: B.2/12.
#[tokio::test]
async fn changes_of_protobuf_schemas_that_are_compatible() {
    let app = App::start().await;
    for (kind, old, new) in [
        ("MESSAGE_ADDED", "message M {}", "message M {} message N {}"),
        ("MESSAGE_MOVED", "message M {} message N {}", "message N {} message M {}"),
        ("ENUM_ADDED", "message M {}", "message M {} enum E { A = 0; }"),
        ("ENUM_REMOVED", "message M {} enum E { A = 0; }", "message M {}"),
        ("ENUM_CONST_ADDED", "enum E { A = 0; }", "enum E { A = 0; B = 1; }"),
        ("ENUM_CONST_CHANGED", "enum E { A = 0; }", "enum E { Z = 0; }"),
        ("ENUM_CONST_REMOVED", "enum E { A = 0; B = 1; }", "enum E { A = 0; }"),
        ("FIELD_ADDED", "message M {}", "message M { string f = 1; }"),
        ("FIELD_REMOVED", "message M { string f = 1; }", "message M {}"),
        ("FIELD_NAME_CHANGED", "message M { string f = 1; }", "message M { string g = 1; }"),
        ("FIELD_STRING_OR_BYTES_LABEL_CHANGED", "message M { string f = 1; }", "message M { repeated string f = 1; }"),
        ("ONEOF_ADDED", "message M {}", "message M { oneof o { string f = 1; } }"),
        ("ONEOF_REMOVED", "message M { oneof o { string f = 1; } }", "message M { string f = 1; }"),
        (
            "ONEOF_FIELD_ADDED",
            "message M { oneof o { string f = 1; } }",
            "message M { oneof o { string f = 1; int32 g = 2; } }",
        ),
        (
            "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
            "message M { oneof o { string f = 1; string g = 2; } }",
            "message M { string f = 1; oneof o { string g = 2; } }",
        ),
    ] {
        app.register(kind, typed("PROTOBUF", &protobuf(old))).await.id();
        let messages = told(&app, kind, typed("PROTOBUF", &protobuf(new))).await;
        assert!(messages.is_empty(), "{kind}: {messages:?}");
    }
}
