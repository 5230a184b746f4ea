//! Whole verdicts: a history, a level, and the complete list of messages that the registry shows.

use regis::{
    model::{CompatibilityPolicy, Level, SchemaKind, Version},
    schema::{
        LazySchema, Schema, Strictness,
        compatibility::{self, Candidate, Earlier, Rules},
    },
};
use serde_json::Value;

use super::cases;

fn text<'a>(case: &'a Value, key: &str) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("{key} is a string"))
}

/// A version of a case's history, with the canonical text that a registry would have stored.
fn earlier(entry: &Value) -> (Version, LazySchema) {
    let kind: SchemaKind = text(entry, "type").parse().expect("a kind");
    let parsed = Schema::parse(kind, text(entry, "schema"), &[], Strictness::Stored).expect("a history parses");
    let version = entry["version"].as_i64().and_then(|version| i32::try_from(version).ok()).expect("a version");
    (Version(version), LazySchema::stored(kind, parsed.canonical(), Vec::new()))
}

fn messages(case: &Value) -> Result<Vec<String>, String> {
    let kind: SchemaKind = text(case, "type").parse().expect("a kind");
    let history: Vec<(Version, LazySchema)> =
        case["history"].as_array().expect("a history is a list").iter().map(earlier).collect();
    let history: Vec<Earlier<'_>> =
        history.iter().map(|(version, schema)| Earlier { version: Some(*version), schema, metadata: None }).collect();
    let schema = Schema::parse(kind, text(case, "new"), &[], Strictness::New).map_err(|error| error.to_string())?;
    let rules = Rules {
        level: Level::parse(text(case, "level")).expect("a level"),
        policy: case["policy"].as_str().map(|name| CompatibilityPolicy::parse(name).expect("a policy")),
        validate_fields: false,
        group: None,
    };
    compatibility::check(Candidate { schema: &schema, metadata: None }, &history, &rules)
        .map_err(|error| error.to_string())
}

fn agrees(case: &Value) -> Result<(), String> {
    let found = messages(case)?;
    let expected: Vec<&str> =
        case["messages"].as_array().expect("messages are a list").iter().filter_map(Value::as_str).collect();
    if found == expected { Ok(()) } else { Err(format!("expected {expected:#?}, found {found:#?}")) }
}

fn run(kind: &str) {
    cases::run_some("levels", kind, |case| case["type"] == kind, agrees);
}

/// Contract: 7.7/3b.
#[test]
fn levels_over_avro_histories() {
    run("AVRO");
}

/// Contract: 7.7/3c.
#[test]
fn levels_over_json_schema_histories() {
    run("JSON");
}

/// Contract: 7.7/3f.
#[test]
fn levels_over_protobuf_histories() {
    run("PROTOBUF");
}
