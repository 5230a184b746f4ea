//! The Protobuf corpora: verdicts and messages of pairs, canonical, normalized and serialized texts.

use regis::schema::protobuf::{FieldCheck, Schema};
use regis::schema::{Difference, Direction, Referenced, Strictness};
use serde_json::Value;

use super::cases;

/// Cases where the reference is believed wrong, with the reason; nothing else is compared loosely.
const EXCEPTIONS: [(&str, &str); 1] = [(
    "protobuf-canonical/extra/default-many-digits",
    "normalizing rounds numbers to three digits, which changes the meaning: all digits are kept",
)];

fn references(case: &Value, key: &str) -> Vec<Referenced> {
    let listed = case[key].as_array().map_or(&[][..], Vec::as_slice);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    listed.iter().map(|one| Referenced { name: text(&one["name"]), text: text(&one["schema"]) }).collect()
}

fn parse(text: &str, references: &[Referenced]) -> Result<Schema, String> {
    Schema::parse(text, references, Strictness::New).map_err(|error| error.to_string())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, found: &T) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("{what}\n expected {expected:?}\n found    {found:?}")) }
}

fn is_compatible(new: &Schema, old: &Schema) -> Result<bool, String> {
    let found = Schema::differences(new, old, Direction::Backward).map_err(|error| error.to_string())?;
    Ok(!found.iter().any(|difference| difference.breaks))
}

/// Verdict, messages in order, and the complete list of differences in order.
fn pair(case: &Value) -> Result<(), String> {
    let side = |key: &str, references_key: &str| {
        parse(case[key].as_str().unwrap_or_default(), &references(case, references_key))
    };
    let oracle = &case["oracle"];
    let sides = (side("old", "old_references"), side("new", "new_references"));
    if oracle["differences"].is_null() {
        // The reference gave up on the case: what its collectors recommend counts, if anything.
        return match (case["recommended"].as_bool(), sides) {
            (Some(expected), (Ok(old), Ok(new))) => same("verdict", &expected, &is_compatible(&new, &old)?),
            (Some(true), _) => Err("a side was refused".to_owned()),
            _ => Ok(()),
        };
    }
    let (old, new) = (sides.0?, sides.1?);
    let found = Schema::differences(&new, &old, Direction::Backward).map_err(|error| error.to_string())?;
    let breaking: Vec<&Difference> = found.iter().filter(|difference| difference.breaks).collect();
    same("verdict", &oracle["backward_compatible"], &Value::Bool(breaking.is_empty()))?;
    let messages: Vec<&str> = breaking.iter().map(|difference| difference.message.as_str()).collect();
    let expected: Vec<&str> = case["messages"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    same("messages", &expected, &messages)?;
    let expected: Vec<(&str, &str, bool)> = oracle["differences"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["type"].as_str()?, one["path"].as_str()?, !one["compatible"].as_bool()?)))
        .collect();
    let found: Vec<(&str, &str, bool)> =
        found.iter().map(|difference| (difference.kind, difference.path.as_str(), difference.breaks)).collect();
    same("differences", &expected, &found)
}

fn canonical(case: &Value) -> Result<(), String> {
    let text = case["schema"].as_str().unwrap_or_default();
    let parsed = parse(text, &references(case, "references"));
    let accepted = parsed.and_then(|schema| match schema.validate(FieldCheck::Skip) {
        Ok(()) => Ok(schema),
        Err(error) => Err(error.to_string()),
    });
    let schema = match (accepted, case["accept"].as_bool()) {
        (Ok(_), Some(false)) => return Err(format!("accepted, but the reference says {}", case["error"])),
        (Err(_), Some(false)) => return Ok(()),
        (Err(error), _) => return Err(format!("not accepted: {error}")),
        (Ok(schema), _) => schema,
    };
    let expected = |key: &str| case[key].as_str().map(str::to_owned);
    same("canonical", &expected("canonical"), &Some(schema.canonical()))?;
    same("message name", &expected("message_name"), &schema.name())?;
    let exempt = EXCEPTIONS.iter().any(|(name, _)| case["name"] == *name);
    let normalized = schema.normalized().map_err(|error| error.to_string())?;
    if !exempt {
        same("normalized", &expected("normalized"), &Some(normalized.canonical()))?;
    }
    same("serialized", &expected("serialized"), &schema.serialized().ok())?;
    if case["ignore_extensions"].is_string() {
        same("without extensions", &expected("ignore_extensions"), &Some(schema.without_extensions()))?;
    }
    Ok(())
}

#[test]
fn pairs_of_other_projects_are_judged_as_by_the_reference() {
    cases::run("protobuf_pairs", pair);
}

/// Contract: B.2/1-11.
#[test]
fn generated_pairs_are_judged_as_by_the_reference() {
    cases::run("protobuf_random", pair);
}

/// Contract: 8.3/2-3.
#[test]
fn texts_are_accepted_and_rewritten_as_by_the_reference() {
    cases::run("protobuf_canonical", canonical);
}
