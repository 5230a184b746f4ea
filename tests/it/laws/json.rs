//! JSON Schema: laws that hold for every schema and every pair.

use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::{select, subsequence},
    test_runner::{Config, TestRunner},
};
use regis::schema::{
    Difference, Direction, Policy, Strictness,
    json::{FieldCheck, Schema},
};
use serde_json::{Map, Value, json};

/// Pairs per law unless `REGIS_LAW_PAIRS` says otherwise; with 2,500 the four laws together see 10,000.
const PAIRS: u32 = 200;

const CLASSIC: &str = "http://json-schema.org/draft-07/schema#";
const MODERN: &str = "https://json-schema.org/draft/2020-12/schema";

fn check<S: Strategy>(strategy: &S, law: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let pairs = std::env::var("REGIS_LAW_PAIRS").map_or(PAIRS, |text| text.parse().expect("a number of pairs"));
    let mut runner = TestRunner::new(Config { cases: pairs, failure_persistence: None, ..Config::default() });
    runner.run(strategy, law).unwrap_or_else(|error| panic!("{error}"));
}

fn parse(schema: &Value) -> Schema {
    let schema = Schema::parse(&schema.to_string(), &[], Strictness::New).expect("a generated schema is JSON");
    schema.validate(FieldCheck::Strict).expect("a generated schema loads");
    schema
}

fn differences(reader: &Schema, writer: &Schema, direction: Direction, policy: Policy) -> Vec<Difference> {
    Schema::differences(reader, writer, direction, policy).expect("a generated schema is small")
}

fn breaking(reader: &Schema, writer: &Schema, policy: Policy) -> Vec<String> {
    let found = differences(reader, writer, Direction::Backward, policy);
    found.into_iter().filter(|found| found.breaks).map(|found| format!("{} {}", found.kind, found.path)).collect()
}

/// The keywords that make up one kind of schema.
fn keywords(pairs: Vec<(&'static str, Option<Value>)>) -> Value {
    let present = pairs.into_iter().filter_map(|(keyword, value)| Some((keyword.to_owned(), value?)));
    Value::Object(present.collect())
}

fn name() -> impl Strategy<Value = String> + Clone {
    select(vec!["a", "b", "id", "x-y", "foo", "tags"]).prop_map(str::to_owned)
}

fn bound() -> impl Strategy<Value = Option<Value>> {
    option::of((0..6).prop_map(|bound| json!(bound)))
}

fn leaf() -> impl Strategy<Value = Value> + Clone {
    let types = vec!["string", "integer", "number", "boolean", "null", "object", "array"];
    let values = vec![json!("a"), json!("b"), json!(1), json!(1.0), json!(null), json!([1]), json!({"a": 1})];
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        Just(json!({})),
        select(types.clone()).prop_map(|name| json!({ "type": name })),
        subsequence(types, 0..3).prop_map(|names| json!({ "type": names })),
        subsequence(values.clone(), 1..4).prop_map(|values| json!({ "enum": values })),
        select(values).prop_map(|value| json!({ "const": value })),
        (bound(), bound(), option::of(select(vec!["^a", "[0-9]+"]))).prop_map(|(most, least, pattern)| keywords(vec![
            ("type", Some(json!("string"))),
            ("maxLength", most),
            ("minLength", least),
            ("pattern", pattern.map(Value::from)),
        ])),
        (bound(), bound(), option::of(select(vec![json!(2), json!(0.5), json!(3)]))).prop_map(
            |(most, least, multiple)| keywords(vec![
                ("maximum", most),
                ("exclusiveMinimum", least),
                ("multipleOf", multiple),
                ("default", Some(json!(1))),
            ])
        ),
        select(vec!["A", "B"]).prop_map(|name| json!({ "$ref": format!("#/definitions/{name}") })),
    ]
}

fn object(part: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    let properties = btree_map(name(), part.clone(), 0..4);
    let patterns = option::of(btree_map(select(vec!["^x-", "b+"]).prop_map(str::to_owned), part.clone(), 1..2));
    let required = option::of(subsequence(vec!["a", "b", "id", "x-y"], 0..3).prop_map(|names| json!(names)));
    (properties, patterns, required, option::of(part.clone()), bound()).prop_map(
        |(properties, patterns, required, additional, most)| {
            keywords(vec![
                ("type", Some(json!("object"))),
                ("properties", Some(json!(properties))),
                ("patternProperties", patterns.map(|patterns| json!(patterns))),
                ("required", required),
                ("additionalProperties", additional),
                ("maxProperties", most),
            ])
        },
    )
}

fn array(part: impl Strategy<Value = Value> + Clone) -> impl Strategy<Value = Value> {
    (option::of(part), bound(), any::<bool>()).prop_map(|(items, most, unique)| {
        let unique = json!(unique);
        keywords(vec![
            ("type", Some(json!("array"))),
            ("items", items),
            ("minItems", most),
            ("uniqueItems", Some(unique)),
        ])
    })
}

fn schema() -> impl Strategy<Value = Value> + Clone {
    leaf().prop_recursive(3, 24, 4, |part| {
        let branches = vec(part.clone(), 1..4);
        prop_oneof![
            object(part.clone()),
            array(part.clone()),
            (select(vec!["allOf", "anyOf", "oneOf"]), branches)
                .prop_map(|(criterion, branches)| keywords(vec![(criterion, Some(json!(branches)))])),
            part.clone().prop_map(|part| json!({ "not": part })),
            (part.clone(), part).prop_map(|(left, right)| joined(left, &right)),
        ]
    })
}

/// The keywords of both schemas in one.
fn joined(left: Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Object(mut left), Value::Object(right)) => {
            left.extend(right.clone());
            Value::Object(left)
        }
        (left, _) => left,
    }
}

/// A whole document in one of the dialects, with two definitions that may be recursive.
fn document() -> impl Strategy<Value = Value> {
    (select(vec![CLASSIC, MODERN]), object(schema()), schema(), schema()).prop_map(|(dialect, mut root, a, b)| {
        root["$schema"] = json!(dialect);
        root["definitions"] = json!({ "A": a, "B": b });
        root
    })
}

/// Two documents, the second often the first with another part.
fn pair() -> impl Strategy<Value = (Value, Value)> {
    let edited = (document(), object(schema()), name(), schema()).prop_map(|(old, other, name, part)| {
        let mut new = old.clone();
        if let (Some(properties), Some(others)) = (new["properties"].as_object_mut(), other["properties"].as_object()) {
            properties.extend(others.clone());
            properties.shift_remove(&name);
        }
        new["definitions"]["A"] = part;
        (old, new)
    });
    prop_oneof![3 => edited, 1 => (document(), document())]
}

/// The same schema with a title, a description and a keyword that nobody knows in every object schema.
fn annotated(schema: &Value) -> Value {
    let Value::Object(keywords) = schema else { return schema.clone() };
    let mut copy = Map::new();
    for (keyword, value) in keywords {
        let value = match (&**keyword, value) {
            ("properties" | "patternProperties" | "definitions", Value::Object(schemas)) => {
                schemas.iter().map(|(name, schema)| (name.clone(), annotated(schema))).collect()
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => schemas.iter().map(annotated).collect(),
            ("not" | "items" | "additionalProperties", schema) => annotated(schema),
            _ => value.clone(),
        };
        copy.insert(keyword.clone(), value);
    }
    if !copy.contains_key("$ref") {
        copy.extend(
            [("title", "T"), ("description", "D"), ("x-note", "N")].map(|(key, text)| (key.into(), text.into())),
        );
    }
    Value::Object(copy)
}

/// The same value with the members of every object in reverse order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => members.iter().rev().map(|(key, value)| (key.clone(), reversed(value))).collect(),
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

#[test]
fn a_schema_reads_its_own_data() {
    check(&document(), |text| {
        let (schema, again) = (parse(&text), parse(&text));
        prop_assert_eq!(breaking(&schema, &schema, Policy::Strict), Vec::<String>::new());
        prop_assert_eq!(breaking(&schema, &again, Policy::Strict), Vec::<String>::new());
        Ok(())
    });
}

#[test]
fn texts_are_fixed_points_and_normal_texts_ignore_the_order_of_keys() {
    check(&document(), |text| {
        let schema = parse(&text);
        let again = Schema::parse(&schema.canonical(), &[], Strictness::Stored).expect("a canonical text is JSON");
        prop_assert!(schema.equivalent(&again));
        let normal = schema.normalized().expect("a schema has a normal form");
        prop_assert!(normal.equivalent(&normal.normalized().expect("so has that")));
        let other = parse(&reversed(&text)).normalized().expect("and that of another order");
        prop_assert_eq!(normal.canonical(), other.canonical());
        Ok(())
    });
}

#[test]
fn annotations_change_no_verdict() {
    check(&pair(), |(old, new)| {
        let (bare_old, bare_new) = (parse(&old), parse(&new));
        let (rich_old, rich_new) = (parse(&annotated(&old)), parse(&annotated(&new)));
        for policy in [Policy::Strict, Policy::Lenient] {
            let bare = breaking(&bare_new, &bare_old, policy);
            prop_assert_eq!(&bare, &breaking(&rich_new, &rich_old, policy));
        }
        Ok(())
    });
}

#[test]
fn directions_differ_in_words_only_and_lenience_only_forgives() {
    check(&pair(), |(old, new)| {
        let (old, new) = (parse(&old), parse(&new));
        let backward = differences(&new, &old, Direction::Backward, Policy::Strict);
        let forward = differences(&new, &old, Direction::Forward, Policy::Strict);
        let places = |found: &[Difference]| -> Vec<(&'static str, String, bool)> {
            found.iter().map(|found| (found.kind, found.path.clone(), found.breaks)).collect()
        };
        prop_assert_eq!(places(&backward), places(&forward));
        let full = breaking(&new, &old, Policy::Strict).is_empty() && breaking(&old, &new, Policy::Strict).is_empty();
        prop_assert_eq!(
            full,
            [&backward, &differences(&old, &new, Direction::Forward, Policy::Strict)]
                .iter()
                .all(|half| half.iter().all(|found| !found.breaks))
        );
        if backward.iter().all(|found| !found.breaks) {
            prop_assert_eq!(breaking(&new, &old, Policy::Lenient), Vec::<String>::new());
        }
        Ok(())
    });
}
