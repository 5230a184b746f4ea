//! Avro: texts made to cost much; each is answered, or refused with a clear error, on a small stack.

use std::{
    fmt::Write as _,
    thread,
    time::{Duration, Instant},
};

use regis::schema::{
    Difference, Direction, EntityKind, EntityTags, ParseError, Referenced, Strictness, TooComplex, avro::Schema,
};

/// Runs `story` on the stack of a worker thread, and fails if it takes longer than any request may.
fn within_limits(story: impl FnOnce() + Send + 'static) {
    let start = Instant::now();
    let worker = thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(story).expect("a thread starts");
    worker.join().expect("the story holds");
    assert!(start.elapsed() < Duration::from_mins(1), "took {:?}", start.elapsed());
}

fn new(text: &str) -> Result<Schema, ParseError> {
    Schema::parse(text, &[], Strictness::New)
}

fn parse(text: &str) -> Schema {
    new(text).unwrap_or_else(|error| panic!("{}", error.message.chars().take(500).collect::<String>()))
}

fn compare(reader: &Schema, writer: &Schema) -> Result<Vec<Difference>, TooComplex> {
    Schema::differences(reader, writer, Direction::Backward)
}

/// A union at the root: records by number, each with one field of the given type.
fn records(numbers: impl Iterator<Item = usize>, field: impl Fn(usize) -> String) -> String {
    let records: Vec<String> = numbers
        .map(|at| format!(r#"{{"type":"record","name":"R{at}","fields":[{{"name":"f","type":{}}}]}}"#, field(at)))
        .collect();
    format!("[{}]", records.join(","))
}

#[test]
fn nesting_up_to_the_limit_is_read_and_beyond_it_refused() {
    within_limits(|| {
        let nested =
            |depth: usize| format!("{}\"int\"{}", r#"{"type":"array","items":"#.repeat(depth), "}".repeat(depth));
        let schema = parse(&nested(1000));
        assert_eq!(schema.canonical(), nested(1000));
        assert!(schema.equivalent(&schema.normalized().expect("normalises")));
        assert_eq!(compare(&schema, &schema), Ok(Vec::new()));
        assert!(new(&nested(1001)).expect_err("too deep").message.contains("1000"));
        let property = format!(r#"{{"type":"int","p":{}{}}}"#, "[".repeat(999), "]".repeat(999));
        let schema = parse(&property);
        assert_eq!(schema.canonical(), property);
        assert_eq!(schema.normalized().expect("normalises").canonical(), property);
        assert!(schema.equivalent(&parse(&property)));
    });
}

#[test]
fn tags_at_the_deepest_place_are_refused() {
    within_limits(|| {
        let fields = r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int"}]}"#;
        let nested = |depth: usize| {
            parse(&format!("{}{fields}{}", r#"{"type":"array","items":"#.repeat(depth), "}".repeat(depth)))
        };
        let tags = [EntityTags { kind: EntityKind::Field, path: "R.f".to_owned(), tags: vec!["T".to_owned()] }];
        assert_eq!(nested(996).with_tags(&tags, &[]).expect("not too deep").find_tags(), tags);
        assert!(nested(997).with_tags(&tags, &[]).is_err());
    });
}

#[test]
fn forward_references_that_move_definitions_too_deep_are_refused() {
    within_limits(|| {
        let chain = |length: usize| {
            records(0..length, |at| if at + 1 < length { format!("\"R{}\"", at + 1) } else { "\"int\"".to_owned() })
        };
        let schema = parse(&chain(300));
        assert_eq!(parse(&schema.canonical()).canonical(), schema.canonical());
        assert!(new(&chain(50_000)).expect_err("too deep").message.contains("nest deeper than 1000 levels"));
    });
}

#[test]
fn dependencies_that_nest_too_deep_together_are_refused() {
    within_limits(|| {
        let references: Vec<Referenced> = (0..2_000)
            .map(|at| {
                let of = if at == 0 { "int".to_owned() } else { format!("R{}", at - 1) };
                let text = format!(r#"{{"type":"record","name":"R{at}","fields":[{{"name":"f","type":"{of}"}}]}}"#);
                Referenced { name: format!("R{at}"), text }
            })
            .collect();
        assert!(Schema::parse("\"R100\"", &references[..200], Strictness::New).is_ok());
        let refused = Schema::parse("\"R1999\"", &references, Strictness::New).expect_err("too deep");
        assert!(refused.message.contains("nest deeper"));
        // In the resolved text the record N stands in K, near the root; in the canonical text, which only names K, it
        // stands at the bottom of the arrays.
        let property = format!("{}{}", "[".repeat(500), "]".repeat(500));
        let known = format!(
            r#"{{"type":"record","name":"K","fields":[{{"name":"n","type":{{"type":"record","name":"N","fields":[],"p":{property}}}}}]}}"#
        );
        let arrays = format!("{}\"N\"{}", r#"{"type":"array","items":"#.repeat(600), "}".repeat(600));
        let references = [Referenced { name: "k".to_owned(), text: known }];
        let refused = Schema::parse(&format!(r#"["K",{arrays}]"#), &references, Strictness::New).expect_err("too deep");
        assert!(refused.message.contains("nest deeper"));
    });
}

/// A root record with a field for each of the records, which stand side by side.
fn side_by_side(length: usize, field: impl Fn(usize) -> String) -> String {
    let fields: Vec<String> = (0..length)
        .map(|at| {
            let of = field(at);
            format!(
                r#"{{"name":"r{at}","type":{{"type":"record","name":"R{at}","fields":[{{"name":"f","type":{of}}}]}}}}"#
            )
        })
        .collect();
    format!(r#"{{"type":"record","name":"Root","fields":[{}]}}"#, fields.join(","))
}

#[test]
fn long_chains_of_types_defined_before_their_use_stay_flat() {
    within_limits(|| {
        let chain = |length: usize| {
            side_by_side(length, |at| if at == 0 { "\"int\"".to_owned() } else { format!("\"R{}\"", at - 1) })
        };
        let schema = parse(&chain(50_000));
        assert!(schema.equivalent(&parse(&chain(50_000))));
        assert_eq!(compare(&schema, &schema), Ok(Vec::new()));
        assert_eq!(schema.canonical(), chain(50_000));
        // From its far end the chain is as deep as it is long.
        let deep = |length: usize| {
            let references = [Referenced { name: "all".to_owned(), text: chain(length) }];
            Schema::parse(&format!("\"R{}\"", length - 1), &references, Strictness::New)
        };
        assert!(deep(50_000).is_err());
        let fine = deep(300).expect("not too deep");
        assert_eq!(compare(&fine, &fine), Ok(Vec::new()));
    });
}

#[test]
fn cycles_of_unequal_length_are_compared_to_a_limit() {
    within_limits(|| {
        // All simple names are equal, so every pair is compatible as far as one can see.
        let cycle = |length: usize| {
            let field = |at: usize| format!(r#"{{"type":"record","name":"n{at}.R","fields":[{{"name":"f","type":"#);
            let open: String = (0..length).map(field).collect();
            parse(&format!("{open}\"n0.R\"{}", "}]}".repeat(length)))
        };
        assert_eq!(compare(&cycle(97), &cycle(101)), Ok(Vec::new()));
        assert!(compare(&cycle(313), &cycle(317)).expect_err("99,221 pairs deep").to_string().contains("too complex"));
    });
}

#[test]
fn wide_schemas_take_linear_time() {
    within_limits(|| {
        let fields = |prefix: &str| {
            let fields: Vec<String> =
                (0..100_000).map(|at| format!(r#"{{"name":"{prefix}{at}","type":"int"}}"#)).collect();
            parse(&format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(",")))
        };
        let (one, other) = (fields("a"), fields("b"));
        assert_eq!(compare(&one, &one), Ok(Vec::new()));
        assert_eq!(compare(&one, &other).map(|found| found.len()), Ok(100_000));
        assert!(!one.equivalent(&other) && one.equivalent(&fields("a")));
        assert_eq!(one.top_level_fields().len(), 100_000);
        let symbols = |prefix: &str| {
            let symbols: Vec<String> = (0..100_000).map(|at| format!("\"{prefix}{at}\"")).collect();
            parse(&format!(r#"{{"type":"enum","name":"E","symbols":[{}]}}"#, symbols.join(",")))
        };
        assert_eq!(compare(&symbols("a"), &symbols("b")).map(|found| found.len()), Ok(1));
    });
}

#[test]
fn a_wide_union_reads_its_reverse() {
    within_limits(|| {
        let int = |_| "\"int\"".to_owned();
        let (one, other) = (parse(&records(0..20_000, int)), parse(&records((0..20_000).rev(), int)));
        assert_eq!(compare(&one, &other), Ok(Vec::new()));
        let fewer = parse(&records((1..20_000).rev(), int));
        let message = "{errorType:'MISSING_UNION_BRANCH', description:'The new schema is missing a type inside a union field \
                       at path '/19999' in the old schema', additionalInfo:'reader union lacking writer type: RECORD'}";
        assert_eq!(compare(&fewer, &other).expect("comparable")[0].message, message);
        // What is found in a shared type may be told elsewhere: the rules ask for every pair.
        let shared = |at: usize| {
            if at == 0 { r#"{"type":"fixed","name":"F","size":1}"#.to_owned() } else { "\"F\"".to_owned() }
        };
        let (one, other) = (parse(&records(0..1_000, shared)), parse(&records((0..1_000).rev(), shared)));
        assert_eq!(compare(&one, &other), Ok(Vec::new()));
        let (one, other) = (parse(&records(0..5_000, shared)), parse(&records((0..5_000).rev(), shared)));
        assert!(compare(&one, &other).expect_err("12 million pairs").to_string().contains("too complex"));
    });
}

#[test]
fn incompatibilities_that_repeat_at_every_use_are_bounded() {
    within_limits(|| {
        // Every level uses the one below twice: 2^40 messages.
        let tree = |leaf: &str| {
            let mut fields = format!(
                r#"{{"name":"r","type":{{"type":"record","name":"R0","fields":[{{"name":"f","type":"{leaf}"}}]}}}}"#
            );
            for at in 1..=40 {
                let below = at - 1;
                let _ = write!(
                    fields,
                    r#",{{"name":"r{at}","type":{{"type":"record","name":"R{at}","fields":[{{"name":"f","type":"R{below}"}},{{"name":"g","type":"R{below}"}}]}}}}"#
                );
            }
            parse(&format!(r#"{{"type":"record","name":"Root","fields":[{fields}]}}"#))
        };
        assert_eq!(compare(&tree("int"), &tree("int")), Ok(Vec::new()));
        assert!(compare(&tree("int"), &tree("string")).is_err());
    });
}

#[test]
fn defaults_that_need_themselves_or_explode_are_refused() {
    within_limits(|| {
        let itself = r#"{"type":"record","name":"R","fields":[{"name":"f","type":"R","default":{}}]}"#;
        assert!(new(itself).expect_err("endless").message.contains("needs itself"));
        let mut branches =
            vec![r#"{"type":"record","name":"A0","fields":[{"name":"f","type":["null","U"]}]}"#.to_owned()];
        let names: Vec<String> = (0..50).map(|at| format!("\"B{at}\"")).collect();
        for at in 0..50 {
            branches.push(format!(
                r#"{{"type":"record","name":"B{at}","fields":[{{"name":"f","type":[{}]}},{{"name":"missing{at}","type":"int"}}]}}"#,
                names.join(",")
            ));
        }
        let value = format!("{}1{}", r#"{"f":"#.repeat(60), "}".repeat(60));
        branches[0] = format!(
            r#"{{"type":"record","name":"U","fields":[{{"name":"f","type":[{}],"default":{value}}}]}}"#,
            names.join(",")
        );
        let text = format!("[{}]", branches.join(","));
        assert!(new(&text).is_err());
        assert!(Schema::parse(&text, &[], Strictness::Stored).is_ok());
    });
}

#[test]
fn a_long_namespace_is_not_multiplied() {
    within_limits(|| {
        let namespace = "n".repeat(100_000);
        let types: Vec<String> = (0..10_000)
            .map(|at| format!(r#"{{"name":"f{at}","type":{{"type":"fixed","name":"F{at}","size":1}}}}"#))
            .collect();
        let text =
            format!(r#"{{"type":"record","name":"R","namespace":"{namespace}","fields":[{}]}}"#, types.join(","));
        assert!(new(&text).expect_err("a gigabyte of names").message.contains("full names"));
    });
}
