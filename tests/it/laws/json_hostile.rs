//! JSON Schema: texts made to cost much; each is answered, or refused with a clear error, on a small stack.

use std::{
    thread,
    time::{Duration, Instant},
};

use regis::schema::{
    Difference, Direction, ParseError, Policy, Strictness, TooComplex,
    json::{FieldCheck, Schema, data},
};
use serde_json::{Value, json};

/// Runs `story` on the stack of a worker thread, and fails if it takes longer than any request may.
fn within_limits(story: impl FnOnce() + Send + 'static) {
    let start = Instant::now();
    let worker = thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(story).expect("a thread starts");
    worker.join().expect("the story holds");
    assert!(start.elapsed() < Duration::from_mins(1), "took {:?}", start.elapsed());
}

fn load(text: &str) -> Result<Schema, ParseError> {
    let schema = Schema::parse(text, &[], Strictness::New)?;
    schema.validate(FieldCheck::Strict)?;
    Ok(schema)
}

fn parse(text: &str) -> Schema {
    load(text).unwrap_or_else(|error| panic!("{}", error.message.chars().take(500).collect::<String>()))
}

fn compare(reader: &str, writer: &str) -> Result<Vec<Difference>, TooComplex> {
    Schema::differences(&parse(reader), &parse(writer), Direction::Backward, Policy::Strict)
}

fn breaks(found: &Result<Vec<Difference>, TooComplex>) -> usize {
    found.as_ref().expect("an answer").iter().filter(|found| found.breaks).count()
}

fn listed(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(",")
}

/// Types that all refer to each other in one `oneOf` each.
fn mutual(count: usize, dialect: &str, of: &str) -> String {
    let every = listed(count, |to| format!(r##"{{"$ref":"#/definitions/T{to}"}}"##));
    let types = listed(count, |at| {
        format!(
            r#""T{at}":{{"type":"object","properties":{{"p{at}":{{"type":"{of}"}},"next":{{"oneOf":[{every}]}}}}}}"#
        )
    });
    format!(r#"{{"$schema":"{dialect}","definitions":{{{types}}},"oneOf":[{every}]}}"#)
}

/// A chain of definitions, each made by `link` of the next one.
fn chain(length: usize, link: impl Fn(&str) -> String, end: &str) -> String {
    let links = listed(length, |at| {
        let next = format!(r##"{{"$ref":"#/definitions/L{}"}}"##, at + 1);
        format!(r#""L{at}":{}"#, link(&next))
    });
    format!(r##"{{"definitions":{{{links},"L{length}":{end}}},"$ref":"#/definitions/L0"}}"##)
}

#[test]
fn nesting_up_to_the_limit_is_read_and_beyond_it_refused() {
    within_limits(|| {
        let nested =
            |depth: usize, of: &str| format!(r#"{}{{"type":"{of}"}}{}"#, r#"{"not":"#.repeat(depth), "}".repeat(depth));
        let schema = parse(&nested(999, "string"));
        assert_eq!(schema.canonical(), nested(999, "string"));
        assert!(schema.equivalent(&schema.normalized().expect("normalises")));
        assert_eq!(breaks(&compare(&nested(999, "string"), &nested(999, "number"))), 1);
        assert!(load(&nested(1000, "string")).expect_err("too deep").message.contains("1000"));
        assert!(load(&nested(100_000, "string")).expect_err("too deep").message.contains("1000"));
    });
}

#[test]
fn mutually_recursive_types_cost_the_number_of_pairs() {
    within_limits(|| {
        for dialect in ["http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"] {
            let (old, new) = (mutual(12, dialect, "string"), mutual(12, dialect, "number"));
            assert_eq!(breaks(&compare(&old, &old)), 0);
            assert_eq!(breaks(&compare(&new, &old)), 1);
        }
    });
}

#[test]
fn shared_types_are_judged_once_and_their_differences_listed_up_to_a_limit() {
    within_limits(|| {
        let twice = |next: &str| format!(r#"{{"properties":{{"x":{next},"y":{next}}}}}"#);
        let old = chain(60, twice, r#"{"type":"string"}"#);
        let renamed = compare(&chain(60, twice, r#"{"type":"string","title":"T"}"#), &old);
        assert_eq!(breaks(&renamed), 0);
        let refused = compare(&chain(60, twice, r#"{"type":"number"}"#), &old).expect_err("2^60 differences");
        assert!(refused.to_string().contains("differences"), "{refused}");
    });
}

#[test]
fn long_chains_of_references_need_no_stack() {
    within_limits(|| {
        let plain = |end: &str| chain(20_000, str::to_owned, end);
        assert_eq!(breaks(&compare(&plain(r#"{"type":"string"}"#), &plain(r#"{"type":"number"}"#))), 0);
        let nested = |length: usize, end: &str| chain(length, |next| format!(r#"{{"items":{next}}}"#), end);
        let deep = compare(&nested(2_000, r#"{"type":"string"}"#), &nested(2_000, r#"{"type":"number"}"#));
        assert_eq!(breaks(&deep), 1);
        let deeper = compare(&nested(25_000, r#"{"type":"string"}"#), &nested(25_000, r#"{"type":"number"}"#));
        assert!(deeper.expect_err("too deep").to_string().contains("nested deeper"));
    });
}

#[test]
fn wide_schemas_cost_their_size_and_many_branches_are_refused() {
    within_limits(|| {
        let properties = |of: &str| {
            format!(r#"{{"properties":{{{}}}}}"#, listed(10_000, |at| format!(r#""p{at}":{{"type":"{of}"}}"#)))
        };
        assert_eq!(breaks(&compare(&properties("string"), &properties("number"))), 10_000);
        let values =
            |first: usize| format!(r#"{{"enum":[{}]}}"#, listed(100_000, |at| format!(r#""v{}""#, first + at)));
        assert_eq!(breaks(&compare(&values(0), &values(1))), 1);
        let branches =
            |count: usize| format!(r#"{{"oneOf":[{}]}}"#, listed(count, |at| format!(r#"{{"const":{at}}}"#)));
        assert_eq!(breaks(&compare(&branches(300), &branches(300))), 0);
        let refused = compare(&branches(10_000), &branches(10_000)).expect_err("10^8 pairs");
        assert!(refused.to_string().contains("steps"), "{refused}");
    });
}

#[test]
fn references_into_each_other_do_not_multiply_without_limit() {
    within_limits(|| {
        let depth = 450;
        let path = |at: usize| format!(r##"{{"$ref":"#{}"}}"##, "/not".repeat(at));
        let filler = "y".repeat(500_000);
        let nested = format!(r#"{}{{"x":"{filler}"}}{}"#, r#"{"not":"#.repeat(depth), "}".repeat(depth));
        let references = listed(depth, |at| format!(r#""r{at}":{}"#, path(at + 1)));
        let text = format!(r#"{{"not":{nested},"allOf":[{{"properties":{{{references}}}}}]}}"#);
        assert!(load(&text).expect_err("half a megabyte 450 times").message.contains("too large"));
    });
}

#[test]
fn expressions_of_strangers_are_run_in_linear_time_or_not_at_all() {
    within_limits(|| {
        let named = format!(r#"{{"properties":{{"{}":{{}}}}}}"#, "a".repeat(50_000));
        let patterns = |pattern: &str| format!(r#"{{"patternProperties":{{"{pattern}":{{}}}}}}"#);
        for pattern in ["(a+)+$b", "(a|a)*$c", "^(?=(a+))\\\\1b", "(a{1,100}){1,100}b", "\\\\p{L}{1,1000}", "a*+b"] {
            assert_eq!(breaks(&compare(&patterns(pattern), &named)), 1, "{pattern}");
        }
        assert_eq!(breaks(&compare(&patterns("^(a+)+$"), &named)), 0);
        let refused = format!(
            r#"{{"patternProperties":{{{}}}}}"#,
            listed(700, |at| { format!(r#""\\p{{L}}{{1,100}}{at}":{{}}"#) })
        );
        assert!(compare(&refused, &named).expect_err("700 large programs").to_string().contains("steps"));
        let deep = format!(r#"{{"pattern":"{}a{}"}}"#, "(".repeat(100_000), ")".repeat(100_000));
        parse(&deep);
        assert_eq!(
            breaks(&compare(&deep.replace("pattern\":", "patternProperties\":{").replace("\"}", "\":{}}}"), &named)),
            1
        );
    });
}

#[test]
fn numbers_of_any_size_are_compared() {
    within_limits(|| {
        let multiple = |of: &str| format!(r#"{{"multipleOf":{of}}}"#);
        for (old, new, breaking) in [
            ("0.5", "0.50", 0),
            ("1e-2000000000", "1e2000000000", 1),
            ("1e2000000000", "1e-2000000000", 0),
            ("3", "7", 1),
            ("0", "0.0", 0),
            ("5", "0", 1),
        ] {
            assert_eq!(breaks(&compare(&multiple(new), &multiple(old))), breaking, "{old} {new}");
        }
        let long = "9".repeat(100_000);
        assert_eq!(breaks(&compare(&multiple(&long), &multiple("3"))), 1);
        assert_eq!(breaks(&compare(&multiple("3"), &multiple(&long))), 0);
    });
}

#[test]
fn data_are_checked_within_limits() {
    within_limits(|| {
        let twice = |next: &str| format!(r#"{{"allOf":[{next},{next}]}}"#);
        let check = |schema: &str, datum: &Value| data::check(&parse(schema), datum);
        let small = check(&chain(10, twice, r#"{"type":"string"}"#), &json!(1)).expect("2^10 evaluations");
        assert_eq!(small.len(), 1000);
        let large = check(&chain(18, twice, r#"{"type":"string"}"#), &json!(1)).expect("2^18 evaluations");
        assert_eq!(large.len(), 1, "only the first is listed");
        let refused = check(&chain(60, twice, r#"{"type":"string"}"#), &json!(1)).expect_err("2^60 evaluations");
        assert!(refused.message.contains("too complex"), "{refused}");
        let long = check(r#"{"maxLength":1}"#, &json!("\u{e9}".repeat(100_000))).expect("one evaluation");
        assert!(long[0].message.len() < 1000 && long[0].message.ends_with("..."));
        assert_eq!(check(r##"{"$ref":"#"}"##, &json!(1)), Ok(Vec::new()));
        assert_eq!(check(&chain(3000, str::to_owned, r#"{"type":"string"}"#), &json!("x")), Ok(Vec::new()));
        let nested = format!("{}{{}}{}", r#"{"not":"#.repeat(900), "}".repeat(900));
        assert!(check(&nested, &json!(1)).is_err(), "nested deeper than data are checked");
    });
}
