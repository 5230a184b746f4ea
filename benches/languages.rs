//! How long the languages take: parsing, printing and comparing, on usual texts and on texts made to hurt.
//!
//! `cargo bench --bench languages` prints one line per case: the best of several runs. A figure is only worth something
//! beside the others of the same run.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use regis::{
    model::SchemaKind,
    schema::{Direction, Policy, Schema, Strictness},
};

const RUNS: usize = 5;

fn main() {
    for count in [12, 64] {
        let (old, new) = (mutual(count, "string"), mutual(count, "number"));
        let (old, new) = (parse(SchemaKind::Json, &old), parse(SchemaKind::Json, &new));
        let end = if is_within_limits(&new, &old) { "compared" } else { "refused as too much work" };
        let name = format!("json: {count} mutually recursive oneOf types, {end}");
        report(&name, || {
            black_box(is_within_limits(&new, &old));
        });
    }
    let (old, new) = (properties(10_000, "string"), properties(10_000, "number"));
    report("json: 10,000 properties, compared", || compare_json(&old, &new));
    let (old, new) = (symbols(100_000), symbols(99_999));
    report("json: 100,000 enum values, compared", || compare_json(&old, &new));
    let small = record(10);
    report("avro: record of 10 fields, parsed", || drop(black_box(parse(SchemaKind::Avro, &small))));
    let large = record(20_000);
    report("avro: record of 20,000 fields, parsed", || drop(black_box(parse(SchemaKind::Avro, &large))));
    let schema = parse(SchemaKind::Avro, &large);
    report("avro: record of 20,000 fields, printed", || drop(black_box(schema.canonical())));
    report("avro: record of 20,000 fields, compared", || compare(&schema, &schema));
    let message = message(10_000);
    report("protobuf: message of 10,000 fields, parsed", || drop(black_box(parse(SchemaKind::Protobuf, &message))));
    let schema = parse(SchemaKind::Protobuf, &message);
    report("protobuf: message of 10,000 fields, compared", || compare(&schema, &schema));
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn report(name: &str, work: impl Fn()) {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    println!("{name}: {:.3} ms", best.as_secs_f64() * 1000.0);
}

fn parse(kind: SchemaKind, text: &str) -> Schema {
    Schema::parse(kind, text, &[], Strictness::New).expect("the text is a schema")
}

fn compare(reader: &Schema, writer: &Schema) {
    assert!(is_within_limits(reader, writer), "usual texts are compared");
}

/// Compares two schemas, unless that would take more steps than the product spends on a pair.
fn is_within_limits(reader: &Schema, writer: &Schema) -> bool {
    let found = Schema::differences(reader, writer, Direction::Backward, Policy::Strict);
    black_box(found.expect("one language")).is_ok()
}

fn compare_json(old: &str, new: &str) {
    compare(&parse(SchemaKind::Json, new), &parse(SchemaKind::Json, old));
}

fn listed(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",")
}

/// Types that all refer to each other in one `oneOf` each.
fn mutual(count: usize, of: &str) -> String {
    let every = listed(count, |to| format!(r##"{{"$ref":"#/definitions/T{to}"}}"##));
    let types = listed(count, |at| {
        format!(
            r#""T{at}":{{"type":"object","properties":{{"p{at}":{{"type":"{of}"}},"next":{{"oneOf":[{every}]}}}}}}"#
        )
    });
    format!(r#"{{"definitions":{{{types}}},"oneOf":[{every}]}}"#)
}

fn properties(count: usize, of: &str) -> String {
    format!(r#"{{"type":"object","properties":{{{}}}}}"#, listed(count, |at| format!(r#""p{at}":{{"type":"{of}"}}"#)))
}

fn symbols(count: usize) -> String {
    format!(r#"{{"enum":[{}]}}"#, listed(count, |at| format!(r#""s{at}""#)))
}

fn record(fields: usize) -> String {
    let fields = listed(fields, |at| format!(r#"{{"name":"f{at}","type":["null","string"],"default":null}}"#));
    format!(r#"{{"type":"record","name":"R","namespace":"com.example","fields":[{fields}]}}"#)
}

fn message(fields: usize) -> String {
    let fields: Vec<String> = (1..=fields).map(|at| format!("  string f{at} = {at};")).collect();
    format!("syntax = \"proto3\";\nmessage M {{\n{}\n}}\n", fields.join("\n"))
}
