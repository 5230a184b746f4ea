//! JSON Schema against the executed reference: verdicts, differences, messages and texts.

use std::cell::Cell;

use regis::schema::{
    Difference, Direction, Policy, Referenced, Strictness,
    json::{FieldCheck, Schema},
};
use serde_json::Value;

use super::cases;

#[test]
fn collected_pairs_are_judged_like_the_reference() {
    pairs("json_pairs");
}

#[test]
fn generated_pairs_are_judged_like_the_reference() {
    pairs("json_random");
}

/// Contract: 8.2/1.
#[test]
fn texts_are_accepted_and_printed_like_the_reference() {
    cases::run("json_canonical", text);
}

/// Verdict and messages must be equal, in order; how many complete lists of differences are, is printed.
///
/// The lists differ where several maximum matchings of branches exist: the reference takes another one, which shows in
/// the paths of differences that break nothing and never in a message.
fn pairs(name: &str) {
    let (listed, identical) = (Cell::new(0), Cell::new(0));
    cases::run(name, |case| {
        let outcome = pair(case)?;
        listed.set(listed.get() + usize::from(outcome != Lists::None));
        identical.set(identical.get() + usize::from(outcome == Lists::Identical));
        Ok(())
    });
    println!("{name}: {} of {} complete lists of differences are identical", identical.get(), listed.get());
    assert!(identical.get() * 100 >= listed.get() * 97, "{name}: too many lists of differences differ");
}

/// How the complete list of differences compares with the reference's.
#[derive(PartialEq)]
enum Lists {
    /// The reference has none, or one that differs from run to run.
    None,
    Identical,
    Different,
}

fn pair(case: &Value) -> Result<Lists, String> {
    let oracle = &case["oracle"];
    let (reader, writer) = (schema(case, "new", "new_references"), schema(case, "old", "old_references"));
    let refused = oracle["error"].as_object().is_some_and(|error| error.keys().any(|side| side.ends_with("_error")));
    let (reader, writer) = match (reader, writer) {
        (Ok(_), Ok(_)) if refused => return Err(format!("accepted, but: {}", oracle["error"])),
        (Ok(reader), Ok(writer)) => (reader, writer),
        (Err(_), _) | (_, Err(_)) if refused => return Ok(Lists::None),
        (Err(error), _) | (_, Err(error)) => return Err(format!("rejected: {error}")),
    };
    let policy = if case["policy"] == "LENIENT" { Policy::Lenient } else { Policy::Strict };
    let found =
        Schema::differences(&reader, &writer, Direction::Backward, policy).map_err(|error| error.to_string())?;
    let messages: Vec<&str> = found.iter().filter(|one| one.breaks).map(|one| one.message.as_str()).collect();
    let expect = |expected: &Value| {
        let equal = *expected == serde_json::json!(messages);
        if equal { Ok(()) } else { Err(format!("found {messages:#?}, expected {expected}")) }
    };
    let Some(verdict) = oracle["backward_compatible"].as_bool() else {
        // The reference crashed: what is recommended instead decides, if anything is.
        case.get("recommended").map_or(Ok(()), |recommended| expect(&recommended["messages"]))?;
        return Ok(Lists::None);
    };
    if messages.is_empty() != verdict {
        return Err(format!("found {messages:#?}, expected {verdict} {}", case["messages"]));
    }
    let expected = oracle["differences"].as_array().expect("the oracle lists differences");
    if oracle["unstable_differences"] == true {
        return unstable(&found, expected).map(|()| Lists::None);
    }
    expect(&case["messages"])?;
    let identical = found.iter().map(found_line).eq(expected.iter().map(expected_line));
    Ok(if identical { Lists::Identical } else { Lists::Different })
}

/// The reference itself lists these in no fixed order and with no fixed index of generated `allOf` parts.
fn unstable(found: &[Difference], expected: &[Value]) -> Result<(), String> {
    let mut kinds: Vec<&str> = found.iter().filter(|one| one.breaks).map(|one| one.kind).collect();
    let breaking = expected.iter().filter(|one| one["compatible"] == false);
    let mut expected_kinds: Vec<&str> = breaking.filter_map(|one| one["type"].as_str()).collect();
    kinds.sort_unstable();
    expected_kinds.sort_unstable();
    if kinds == expected_kinds { Ok(()) } else { Err(format!("found {kinds:?}, expected {expected_kinds:?}")) }
}

fn found_line(found: &Difference) -> String {
    format!("{} {} {}", found.kind, found.path, !found.breaks)
}

fn expected_line(expected: &Value) -> String {
    let text = |key: &str| expected[key].as_str().unwrap_or_default();
    format!("{} {} {}", text("type"), text("path"), expected["compatible"])
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
