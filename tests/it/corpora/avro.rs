//! Avro: verdicts with their messages, acceptance, canonical texts and fingerprints, as the reference gives them.

use md5::{Digest as _, Md5};
use regis::schema::{
    Direction, Referenced, Strictness,
    avro::{Schema, fingerprint_rabin},
};
use serde_json::Value;
use sha2::Sha256;

use super::cases;

fn references(list: &Value) -> Vec<Referenced> {
    let text = |value: &Value| value.as_str().expect("references have texts").to_owned();
    let list = list.as_array().into_iter().flatten();
    list.map(|one| Referenced { name: text(&one["name"]), text: text(&one["schema"]) }).collect()
}

fn parse(case: &Value, text: &str, references_key: &str, strictness: Strictness) -> Result<Schema, String> {
    let text = case[text].as_str().ok_or("no text")?;
    Schema::parse(text, &references(&case[references_key]), strictness).map_err(|error| error.message)
}

fn expect_equal<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, ours: &T, expected: &T) -> Result<(), String> {
    if ours == expected { Ok(()) } else { Err(format!("{what}:\n  ours     {ours:?}\n  expected {expected:?}")) }
}

fn check_pair(case: &Value) -> Result<(), String> {
    let (old, new) = (
        parse(case, "old", "old_references", Strictness::Stored),
        parse(case, "new", "new_references", Strictness::Stored),
    );
    let Some(expected) = case["messages"].as_array() else {
        // The reference cannot parse one of the sides.
        return if old.is_err() || new.is_err() { Ok(()) } else { Err("both sides were accepted".to_owned()) };
    };
    let (old, new) = (old?, new?);
    let found = Schema::differences(&new, &old, Direction::Backward).map_err(|error| error.to_string())?;
    let messages: Vec<&str> = found.iter().map(|difference| difference.message.as_str()).collect();
    let expected: Vec<&str> = expected.iter().filter_map(Value::as_str).collect();
    expect_equal("messages", &messages, &expected)?;
    let compatible = !found.iter().any(|difference| difference.breaks);
    expect_equal("verdict", &Some(compatible), &case["oracle"]["backward_compatible"].as_bool())
}

#[test]
fn verdicts_and_messages_of_pairs_from_other_projects() {
    cases::run("avro_pairs", check_pair);
}

/// Contract: B.1/1-6.
#[test]
fn verdicts_and_messages_of_generated_pairs() {
    cases::run("avro_random", check_pair);
}

#[test]
fn acceptance_as_new_and_as_stored_schema() {
    cases::run("avro_validity", |case| {
        for (strictness, key, canonical) in
            [(Strictness::New, "accept_new", "canonical"), (Strictness::Stored, "accept_stored", "canonical_stored")]
        {
            let parsed = parse(case, "schema", "references", strictness);
            let why = format!("{key} ({:?})", parsed.as_ref().err());
            expect_equal(&why, &Some(parsed.is_ok()), &case[key].as_bool())?;
            if let (Ok(schema), Some(expected)) = (parsed, case[canonical].as_str()) {
                expect_equal(canonical, schema.canonical().as_str(), expected)?;
            }
        }
        Ok(())
    });
}

fn check_texts(case: &Value, schema: &Schema) -> Result<(), String> {
    let form = schema.parsing_canonical_form();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    for (key, ours) in [
        ("canonical", schema.canonical()),
        ("fingerprint_rabin64", format!("{:016x}", fingerprint_rabin(&form))),
        ("fingerprint_md5", hex(&Md5::digest(&form))),
        ("fingerprint_sha256", hex(&Sha256::digest(&form))),
        ("parsing_canonical_form", form),
    ] {
        expect_equal(key, ours.as_str(), case[key].as_str().unwrap_or_default())?;
    }
    match case["resolved"].as_str() {
        Some(expected) => expect_equal("resolved", schema.resolved().as_str(), expected),
        None => Ok(()),
    }
}

/// Contract: 8.1/2.
#[test]
fn canonical_texts_and_fingerprints() {
    cases::run("avro_canonical", |case| {
        let parsed = parse(case, "schema", "references", Strictness::Stored);
        if case["accept"] == false {
            return if parsed.is_err() { Ok(()) } else { Err("accepted".to_owned()) };
        }
        let schema = parsed?;
        check_texts(case, &schema)?;
        let normalized = schema.normalized().map_err(|error| error.message)?;
        let ours = normalized.canonical();
        if !case["normalize_quirk"].is_null() && case["normalized"].as_str() != Some(&ours) {
            // Where the reference loses something or fails, we keep what the schema means for data and for defaults.
            let defaults = |text: &str| text.matches("\"default\":").count();
            expect_equal("defaults of a quirk", &defaults(&ours), &defaults(&schema.canonical()))?;
            return expect_equal(
                "form of a quirk",
                &normalized.parsing_canonical_form(),
                &schema.parsing_canonical_form(),
            );
        }
        expect_equal("normalized", ours.as_str(), case["normalized"].as_str().unwrap_or_default())
    });
}
