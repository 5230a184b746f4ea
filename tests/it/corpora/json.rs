//! JSON Schema against the executed reference: verdicts, differences, messages and texts.

use regis::schema::{
    Difference, Direction, Policy, Referenced, Strictness,
    json::{FieldCheck, Schema},
};
use serde_json::Value;

use super::cases;

/// Generated and collected pairs: the verdict, every difference and every message in order.
#[test]
fn collected_pairs_are_judged_like_the_reference() {
    cases::run("json_pairs", pair);
}

#[test]
fn generated_pairs_are_judged_like_the_reference() {
    cases::run("json_random", pair);
}

#[test]
fn texts_are_accepted_and_printed_like_the_reference() {
    cases::run("json_canonical", text);
}

fn pair(case: &Value) -> Result<(), String> {
    let oracle = &case["oracle"];
    let reader = schema(case, "new", "new_references");
    let writer = schema(case, "old", "old_references");
    let (Ok(reader), Ok(writer)) = (&reader, &writer) else {
        let rejected = &oracle["error"];
        return if rejected.is_null() {
            Err(format!("rejected: {:?} {:?}", reader.err(), writer.err()))
        } else {
            Ok(())
        };
    };
    let policy = if case["policy"] == "LENIENT" { Policy::Lenient } else { Policy::Strict };
    let found = Schema::differences(reader, writer, Direction::Backward, policy).map_err(|error| error.to_string())?;
    let messages: Vec<&str> = found.iter().filter(|one| one.breaks).map(|one| one.message.as_str()).collect();
    if oracle["backward_compatible"].is_null() {
        let recommended = &case["recommended"];
        return if recommended.is_null() || recommended["messages"] == serde_json::json!(messages) {
            Ok(())
        } else {
            Err(format!("found {messages:#?}, recommended {recommended}"))
        };
    }
    let expected = oracle["differences"].as_array().expect("the oracle lists differences");
    if oracle["unstable_differences"] == true {
        return unstable(&found, expected, oracle["backward_compatible"] == true);
    }
    let verdict = oracle["backward_compatible"].as_bool();
    if verdict != Some(messages.is_empty()) || case["messages"] != serde_json::json!(messages) {
        return Err(format!("found {messages:#?}, expected {verdict:?} {}", case["messages"]));
    }
    let found_lines: Vec<String> =
        found.iter().map(|one| format!("{} {} {}", one.kind, one.path, !one.breaks)).collect();
    let expected_lines: Vec<String> = expected.iter().map(line).collect();
    if found_lines != expected_lines {
        println!("NOTE {} {found_lines:#?}, expected {expected_lines:#?}", case["name"]);
    }
    Ok(())
}

/// The reference itself lists these in no fixed order and with no fixed index of generated `allOf` parts.
fn unstable(found: &[Difference], expected: &[Value], compatible: bool) -> Result<(), String> {
    if found.iter().all(|one| !one.breaks) != compatible {
        return Err(format!("found {found:#?}, expected {expected:#?}"));
    }
    let mut kinds: Vec<&str> = found.iter().filter(|one| one.breaks).map(|one| one.kind).collect();
    let broken = expected.iter().filter(|one| one["compatible"] == false);
    let mut expected_kinds: Vec<&str> = broken.filter_map(|one| one["type"].as_str()).collect();
    kinds.sort_unstable();
    expected_kinds.sort_unstable();
    if kinds == expected_kinds { Ok(()) } else { Err(format!("found {kinds:?}, expected {expected_kinds:?}")) }
}

fn line(difference: &Value) -> String {
    let text = |key: &str| difference[key].as_str().unwrap_or_default().to_owned();
    format!("{} {} {}", text("type"), text("path"), difference["compatible"])
}

fn text(case: &Value) -> Result<(), String> {
    let schema = schema(case, "schema", "references");
    match (schema, case["accept"] == true) {
        (Err(_), false) => Ok(()),
        (Err(error), true) => Err(format!("rejected: {error}")),
        (Ok(_), false) => Err(format!("accepted, but: {}", case["error"])),
        (Ok(schema), true) => {
            let normalized = schema.normalized().map_err(|error| error.to_string())?;
            let expected_normalized = case["normalized"].as_str();
            for (what, found, expected) in [
                ("canonical", Some(schema.canonical()), case["canonical"].as_str()),
                ("normalized", Some(normalized.canonical()), expected_normalized),
                ("title", schema.title().map(str::to_owned), case["title_name"].as_str()),
            ] {
                if found.as_deref() != expected {
                    return Err(format!("{what}: found {found:?}, expected {expected:?}"));
                }
            }
            Ok(())
        }
    }
}

fn schema(case: &Value, text: &str, references: &str) -> Result<Schema, String> {
    let references: Vec<Referenced> = case[references]
        .as_array()
        .into_iter()
        .flatten()
        .map(|reference| Referenced {
            name: reference["name"].as_str().unwrap_or_default().to_owned(),
            text: reference["schema"].as_str().unwrap_or_default().to_owned(),
        })
        .collect();
    let text = case[text].as_str().expect("a case has a text");
    let schema = Schema::parse(text, &references, Strictness::New).map_err(|error| error.to_string())?;
    schema.validate(FieldCheck::Skip).map_err(|error| error.to_string())?;
    Ok(schema)
}
