//! Generated schemas with one breaking mutation each: is the line and the column that of the mutation?
//!
//! `REGIS_MUTATIONS` says how many; a thousand by default.

use fastrand::Rng;
use serde_json::Value;

use super::Repository;

/// Stands in a generated text where the finding must point; taken out before the text is written.
const MARK: char = '\u{1}';

/// Of a hundred places so many must be right.
const RIGHT_OF_HUNDRED: usize = 99;

/// The same schemas in every run.
const SEED: u64 = 20_261_122;

/// What a text is made of: how lines are broken and indented.
struct Style {
    member: &'static str,
    item: &'static str,
}

const STYLES: [Style; 4] = [
    Style { member: "\n  ", item: "\n    " },
    Style { member: " ", item: " " },
    Style { member: "\n\t", item: " " },
    Style { member: " ", item: "\r\n      " },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar,
    Symbols,
    Bytes,
    Union,
    Record,
    List,
}

const KINDS: [Kind; 6] = [Kind::Scalar, Kind::Symbols, Kind::Bytes, Kind::Union, Kind::Record, Kind::List];

/// One Avro type, and the same with one breaking mutation.
fn avro_type(kind: Kind, at: usize) -> (String, String) {
    match kind {
        Kind::Scalar => ("\"int\"".to_owned(), format!("{MARK}\"string\"")),
        Kind::Symbols => {
            let symbols = |list: &str| format!("{{\"type\": \"enum\", \"name\": \"E{at}\", \"symbols\": {list}}}");
            (symbols("[\"A\", \"B\", \"C\"]"), symbols(&format!("{MARK}[\"A\", \"C\"]")))
        }
        Kind::Bytes => {
            let size = |size: &str| format!("{{\"type\": \"fixed\", \"name\": \"F{at}\", \"size\": {size}}}");
            (size("16"), size(&format!("{MARK}8")))
        }
        Kind::Union => ("[\"null\", \"string\", \"long\"]".to_owned(), format!("{MARK}[\"null\", \"string\"]")),
        Kind::Record => {
            let inner = |inner: &str| {
                format!(
                    "{{\"type\": \"record\", \"name\": \"R{at}\", \"fields\": [{{\"name\": \"ä\\u00e4\", \"type\": {inner}}}]}}"
                )
                .replace("ä\\u00e4", "x")
            };
            (inner("\"long\""), inner(&format!("{MARK}\"int\"")))
        }
        Kind::List => (
            "{\"type\": \"array\", \"items\": \"double\"}".to_owned(),
            format!("{{\"type\": \"array\", \"items\": {MARK}\"float\"}}"),
        ),
    }
}

/// An Avro schema and its mutation.
fn avro(rng: &mut Rng) -> (String, String) {
    let Style { member, item } = &STYLES[rng.usize(..STYLES.len())];
    let count = rng.usize(2..9);
    let target = rng.usize(..count + 2);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for at in 0..count {
        let (before, after) = avro_type(KINDS[rng.usize(..KINDS.len())], at);
        let field = |of: &str| format!("{{\"name\": \"f{at}\", \"doc\": \"größer → {at}\", \"type\": {of}}}");
        old.push(field(&before));
        new.push(field(if at == target { &after } else { &before }));
    }
    let mut name = "\"Root\"".to_owned();
    match target {
        at if at == count => {
            new.insert(rng.usize(..=count), format!("{MARK}{{\"name\": \"added\", \"type\": \"int\"}}"));
        }
        at if at > count => name = format!("{MARK}\"Other\""),
        _ => {}
    }
    let text = |name: &str, fields: &[String]| {
        let fields = fields.join(&format!(",{item}"));
        format!("{{{member}\"type\": \"record\",{member}\"name\": {name},{member}\"fields\": [{item}{fields}]}}\n")
    };
    (text("\"Root\"", &old), text(&name, &new))
}

/// One JSON Schema of a property, and the same with one breaking mutation.
fn json_property(rng: &mut Rng) -> (&'static str, &'static str) {
    const PAIRS: [(&str, &str); 9] = [
        ("{\"type\": \"string\"}", "\u{1}{\"type\": \"integer\"}"),
        ("{\"type\": \"string\"}", "{\"type\": \"string\", \"maxLength\": \u{1}9}"),
        ("{\"maxLength\": 20, \"type\": \"string\"}", "{\"maxLength\": \u{1}10, \"type\": \"string\"}"),
        ("{\"type\": \"integer\", \"minimum\": 1}", "{\"type\": \"integer\", \"minimum\": \u{1}3}"),
        ("{\"enum\": [\"ä\", \"b\", \"c\"]}", "{\"enum\": \u{1}[\"ä\", \"b\"]}"),
        ("{\"type\": \"string\", \"pattern\": \"^ö+$\"}", "{\"type\": \"string\", \"pattern\": \u{1}\"^x+$\"}"),
        (
            "{\"type\": \"array\", \"items\": {\"type\": \"number\"}}",
            "{\"type\": \"array\", \"items\": \u{1}{\"type\": \"string\"}}",
        ),
        ("{\"type\": \"number\", \"multipleOf\": 2}", "{\"type\": \"number\", \"multipleOf\": \u{1}6}"),
        (
            "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"z\": {\"maximum\": 9, \"type\": \"integer\"}}}",
            "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"z\": {\"maximum\": \u{1}8, \"type\": \"integer\"}}}",
        ),
    ];
    PAIRS[rng.usize(..PAIRS.len())]
}

/// A JSON Schema and its mutation.
fn json(rng: &mut Rng) -> (String, String) {
    let Style { member, item } = &STYLES[rng.usize(..STYLES.len())];
    let count = rng.usize(2..9);
    let target = rng.usize(..count + 2);
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for at in 0..count {
        let (before, after) = json_property(rng);
        old.push(format!("\"p{at}\": {before}"));
        new.push(format!("\"p{at}\": {}", if at == target { after } else { before }));
    }
    let (mut required, mut open) = ("\"p0\"".to_owned(), "{".to_owned());
    match target {
        at if at == count => required = format!("\"p0\", {MARK}\"p1\""),
        at if at > count => {
            new.remove(rng.usize(1..count));
            open = format!("{MARK}{{");
        }
        _ => {}
    }
    let text = |properties: &[String], open: &str, required: &str| {
        let properties = properties.join(&format!(",{item}"));
        format!(
            "{{{member}\"$schema\": \"http://json-schema.org/draft-07/schema#\",{member}\"type\": \"object\",{member}\
             \"properties\": {open}{item}{properties}}},{member}\"required\": [{required}],{member}\
             \"additionalProperties\": false}}\n"
        )
    };
    (text(&old, "{", "\"p0\""), text(&new, &open, &required))
}

/// Line and column of the mark, and the text without it.
fn unmarked(text: &str) -> (String, u64, u64) {
    let at = text.find(MARK).expect("every mutation is marked");
    let line = text[..at].matches('\n').count() + 1;
    let column = text[..at].rsplit('\n').next().map_or(0, |start| start.chars().count()) + 1;
    (text.replace(MARK, ""), line as u64, column as u64)
}

#[tokio::test]
async fn the_place_of_a_mutation_is_found() {
    let count: usize = std::env::var("REGIS_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(1000);
    let mut rng = Rng::with_seed(SEED);
    let repository = Repository::empty();
    repository.write("regis.yaml", "sources: [{glob: 'new/*'}]\n");
    repository.write("old/regis.yaml", "");
    let mut expected = Vec::with_capacity(count);
    for number in 0..count {
        let ((old, new), extension) = if number % 2 == 0 { (avro(&mut rng), "avsc") } else { (json(&mut rng), "json") };
        let (new, line, column) = unmarked(&new);
        let name = format!("new/s{number:04}.{extension}");
        repository.write(&format!("old/{name}"), old);
        repository.write(&name, &new);
        expected.push((name, line, column));
    }
    let (code, report) = repository.check(&["--against", "old"]).await;
    assert_eq!(code, Some(1));
    let findings = report["findings"].as_array().expect("a list");
    let is_at = |finding: &Value, (name, line, column): &(String, u64, u64)| {
        finding["file"] == name.as_str() && finding["line"] == *line && finding["column"] == *column
    };
    let wrong: Vec<_> = expected.iter().filter(|place| !findings.iter().any(|finding| is_at(finding, place))).collect();
    let right = count - wrong.len();
    println!("mutations: line and column right for {right} of {count}");
    if let Some(first) = wrong.first() {
        let found: Vec<_> = findings.iter().filter(|finding| finding["file"] == first.0.as_str()).collect();
        println!("first wrong: {first:?}, found {found:#?}\n{}", repository.read(&first.0));
    }
    assert!(right * 100 >= count * RIGHT_OF_HUNDRED, "{} of {count} are wrong: {wrong:?}", wrong.len());
}
