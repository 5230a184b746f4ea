//! JSON Schema: rules that no corpus has a case for, one story each.

use regis::schema::{
    Direction, EntityKind, EntityTags, ParseError, Policy, Referenced, Strictness,
    json::{FieldCheck, Schema, data},
};
use serde_json::{Value, json};

const CLASSIC: &str = "http://json-schema.org/draft-07/schema#";
const MODERN: &str = "https://json-schema.org/draft/2020-12/schema";

fn referenced(name: &str, text: &Value) -> Referenced {
    Referenced { name: name.to_owned(), text: text.to_string() }
}

fn load_with(schema: &Value, references: &[Referenced]) -> Result<Schema, ParseError> {
    let schema = Schema::parse(&schema.to_string(), references, Strictness::New)?;
    schema.validate(FieldCheck::Skip)?;
    Ok(schema)
}

fn load(schema: &Value) -> Result<Schema, ParseError> {
    load_with(schema, &[])
}

fn parse(schema: &Value) -> Schema {
    load(schema).unwrap_or_else(|error| panic!("{schema}: {error}"))
}

fn canonical(text: &str) -> String {
    Schema::parse(text, &[], Strictness::New).expect("the text is JSON").canonical()
}

/// Contract: 8.2/1.
#[test]
fn numbers_are_printed_like_exact_decimals() {
    for (spelled, printed) in [
        ("1", "1"),
        ("-0", "0"),
        ("-0.0", "0.0"),
        ("1.10", "1.10"),
        ("1e5", "1E+5"),
        ("1E-7", "1E-7"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1E-7"),
        ("100.00e3", "1.0000E+5"),
        ("1.5e1", "15"),
        ("-12.5E+10", "-1.25E+11"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("NaN", "\"NaN\""),
    ] {
        assert_eq!(canonical(&format!("[{spelled}]")), format!("[{printed}]"), "{spelled}");
    }
}

/// Contract: 8.2/2.
#[test]
fn what_is_no_schema_at_the_root_is_named() {
    for (text, kind) in [("1", "NUMBER"), ("null", "NULL"), ("\"\"", "STRING"), ("[]", "ARRAY"), (" \n", "MISSING")] {
        let schema = Schema::parse(text, &[], Strictness::New).expect("the text is JSON, or nothing");
        let error = schema.validate(FieldCheck::Skip).expect_err("no schema");
        assert_eq!(
            error.message,
            format!("Invalid JSON schema: expected an object or boolean at the root, found {kind}")
        );
    }
}

#[test]
fn errors_name_their_place() {
    let error =
        load(&json!({ "properties": { "a/b": { "anyOf": [{}, { "minLength": "x" }] } } })).expect_err("a string");
    assert_eq!(error.message, "#/properties/a~1b/anyOf/1/minLength: expected an integer, found a string");
}

#[test]
fn reserved_names_are_refused_only_when_fields_are_checked() {
    let schema = parse(&json!({ "properties": { "a": { "properties": { "$$b": {} } } } }));
    assert_eq!(schema.validate(FieldCheck::Strict), Ok(()));
    let schema = parse(&json!({ "properties": { "$$a": {} } }));
    assert_eq!(
        schema.validate(FieldCheck::Strict).expect_err("reserved").message,
        "Field names cannot start with $$ prefix"
    );
    assert_eq!(schema.top_level_properties(), ["$$a"]);
}

/// Contract: 8.2/3-4.
#[test]
fn references_are_found_by_name_by_id_and_by_anchor() {
    let part =
        json!({ "definitions": { "T": { "type": "string" } }, "properties": { "t": { "$ref": "#/definitions/T" } } });
    let name = "http://acme.test/part.json";
    for dialect in [CLASSIC, MODERN] {
        let root =
            |id: &str, uri: &str| json!({ "$schema": dialect, "$id": id, "properties": { "x": { "$ref": uri } } });
        for (id, name, uri) in [
            ("", "part.json", "part.json"),
            ("", name, name),
            ("", "part.json", "part.json#/definitions/T"),
            ("", "part.json", "part.json#/definitions/Missing"),
            ("http://acme.test/root.json", name, "part.json#/definitions/T"),
            ("http://acme.test/root.json", "part.json", "part.json"),
            ("http://acme.test/root.json", "part.json", "./part.json#"),
        ] {
            let loaded = load_with(&root(id, uri), &[referenced(name, &part)]);
            assert_eq!(loaded.is_ok(), !uri.ends_with("Missing"), "{dialect} {id} {name} {uri} {:?}", loaded.err());
        }
        // Old loaders take names as they are; new ones know that the dot means nothing.
        let dotted = load_with(&root("", "./part.json"), &[referenced("part.json", &part)]);
        assert_eq!(dotted.is_ok(), dialect == MODERN);
        let bridged = load_with(&root("", "part.json#/$defs/T"), &[referenced("part.json", &part)]);
        assert_eq!(bridged.is_ok(), dialect == MODERN);
    }
    parse(&json!({ "$ref": "#here", "definitions": { "A": { "$id": "#here" } } }));
    parse(&json!({ "$schema": MODERN, "$ref": "#here", "$defs": { "A": { "$anchor": "here" } } }));
    parse(&json!({ "$schema": MODERN, "$id": "http://acme.test/", "$ref": "a#/$defs/B",
        "$defs": { "A": { "$id": "a", "$ref": "#/$defs/B", "$defs": { "B": {} } } } }));
}

/// Contract: 10/6.
#[test]
fn nothing_is_fetched() {
    let schema = json!({ "properties": { "x": { "$ref": "http://acme.test/x.json#/a" } } });
    let remote = Schema::parse(&schema.to_string(), &[], Strictness::Stored).expect("the text is JSON");
    assert_eq!(remote.needs_remote().as_deref(), Some("http://acme.test/x.json"));
    let error = remote.validate(FieldCheck::Skip).expect_err("a remote reference");
    assert_eq!(error.message, "Remote schema reference fetching over HTTP(S) is disabled: http://acme.test/x.json");
    let local = parse(&json!({}));
    assert_eq!(local.needs_remote(), None);
    for (reader, writer, direction) in [(&local, &remote, Direction::Backward), (&remote, &local, Direction::Forward)] {
        let found = Schema::differences(reader, writer, direction, Policy::Strict).expect("an answer");
        let messages: Vec<&str> = found.iter().filter(|found| found.breaks).map(|found| &*found.message).collect();
        assert_eq!(messages, ["A previous schema version contains an unsupported external reference"]);
    }
    for uri in ["file:///etc/passwd", "classpath:x.json", "jar:x", "ftp://acme.test/x"] {
        let error = load(&json!({ "$ref": uri })).expect_err("no such document");
        assert!(error.message.contains("cannot be resolved"), "{error}");
    }
    assert!(data::check(&remote, &json!({})).is_err());
}

#[test]
fn metaschemas_are_local_documents() {
    let drafts = ["draft-04", "draft-06", "draft-07", "draft/2019-09", "draft/2020-12"];
    for draft in drafts {
        for (scheme, end) in [("http", ""), ("https", "#")] {
            let uri = format!("{scheme}://json-schema.org/{draft}/schema{end}");
            let loaded = load(&json!({ "$schema": uri, "properties": { "x": { "$ref": uri } } }));
            // The metaschema of 2020-12 is recursive by $dynamicRef, which no schema may be.
            assert_eq!(loaded.is_ok(), draft != "draft/2020-12", "{uri} {:?}", loaded.err());
        }
    }
}

#[test]
fn patterns_are_read_as_java_reads_them() {
    let accepted = [
        "(?<=a)b",
        "(?<name>a)\\k<name>",
        "a*+b?+",
        "(?>a)",
        "\\p{IsGreek}\\p{Lower}\\P{L}",
        "[a-z&&[^b]]",
        "[]a]",
        "\\Q(\\E",
        "\\u0041\\x41\\x{1F600}\\012\\cA",
        "(?i-s:a)(?x) # b",
        "a{2}{3}",
        "x{0,1}",
        "}]",
        "\\1",
        "[\\w-]+",
        "^$",
        "",
        "a|",
        "\\-\\/",
    ];
    for pattern in accepted {
        parse(&json!({ "patternProperties": { pattern: {} } }));
    }
    let refused = [
        "(",
        ")",
        "[",
        "[]",
        "[^]",
        "[z-a]",
        "*",
        "a**",
        "+a",
        "(?",
        "(?P<n>a)",
        "a{1",
        "a{2,1}",
        "{",
        "a{x}",
        "\\",
        "\\q",
        "\\x4",
        "\\u12",
        "(?<n>a)(?<n>b)",
        "\\k<n>",
        "(?<1>a)",
        "\\p{}",
        "[a",
        "(?y)",
        "[\\b]",
    ];
    for pattern in refused {
        let error = load(&json!({ "pattern": pattern })).expect_err(pattern);
        assert!(error.message.contains("regular expression"), "{error}");
    }
}

#[test]
fn patterns_cover_names_as_java_finds_them() {
    for (pattern, name, covered) in [
        ("^x-", "x-a", true),
        ("b+", "abba", true),
        ("^[\\w.-]+$", "a.b-c", true),
        ("^\\d+$", "\u{661}", false),
        ("\\p{L}", "\u{e9}", true),
        ("\\p{Alpha}", "\u{e9}", false),
        ("^\\Qa.b\\E$", "a.b", true),
        ("^(?i)ab$", "AB", true),
        ("[a-c&&[^b]]", "b", false),
        ("(?=a)a", "a", false),
    ] {
        let reader = parse(&json!({ "patternProperties": { pattern: {} }, "additionalProperties": false }));
        let writer = parse(&json!({ "properties": { name: {} }, "additionalProperties": false }));
        let found = Schema::differences(&reader, &writer, Direction::Backward, Policy::Strict).expect("an answer");
        assert_eq!(found.iter().all(|found| !found.breaks), covered, "{pattern} {name} {found:?}");
    }
}

/// Contract: 8.2/3.
#[test]
fn data_are_checked_in_every_dialect_with_references() {
    let part = json!({ "type": "object", "properties": { "n": { "type": "integer" } }, "required": ["n"] });
    for dialect in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        CLASSIC,
        "https://json-schema.org/draft/2019-09/schema",
        MODERN,
        "http://acme.test/unknown",
    ] {
        let root = json!({ "$schema": dialect, "properties": { "x": { "$ref": "part.json" } } });
        let schema = load_with(&root, &[referenced("part.json", &part)]).expect("a schema");
        assert_eq!(data::check(&schema, &json!({ "x": { "n": 1 } })), Ok(Vec::new()), "{dialect}");
        let found = data::check(&schema, &json!({ "x": { "n": "one" } })).expect("an answer");
        let places: Vec<_> = found.iter().map(|found| (&*found.path, &*found.schema_path)).collect();
        assert_eq!(places, [("/x/n", "/properties/n/type")], "{dialect}");
    }
}

#[test]
fn tags_are_found_added_and_removed_by_path() {
    let schema = parse(&json!({
        "type": "object",
        "properties": {
            "city": { "type": "string", "confluent:tags": ["PII"] },
            "addr": { "type": "object", "properties": { "zip": { "type": "string" } } },
            "list": { "type": "array", "items": { "oneOf": [{}, { "type": "object", "properties": { "n": {} } }] } }
        },
        "definitions": { "A": { "type": "object", "properties": { "b": { "confluent:tags": ["X", "Y"] } } } }
    }));
    let entity = |kind, path: &str, tags: &[&str]| EntityTags {
        kind,
        path: path.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    let city = entity(EntityKind::Field, "object.city", &["PII"]);
    let defined = entity(EntityKind::Field, "object.definitions.A.object.b", &["X", "Y"]);
    assert_eq!(schema.find_tags(), [city.clone(), defined]);
    let add = [
        entity(EntityKind::Record, "object", &["R"]),
        entity(EntityKind::Field, "object.addr.object.zip", &["Z", "Z", "W"]),
        entity(EntityKind::Field, "object.list.array.oneof.1.object.n", &["N"]),
        entity(EntityKind::Field, "object.city", &["PII", "P2"]),
    ];
    let remove = [city, entity(EntityKind::Field, "object.definitions.A.object.b", &["X"])];
    let tagged = schema.with_tags(&add, &remove).expect("all paths exist");
    assert_eq!(
        tagged.find_tags(),
        [
            entity(EntityKind::Record, "object", &["R"]),
            entity(EntityKind::Field, "object.city", &["P2"]),
            entity(EntityKind::Field, "object.addr.object.zip", &["Z", "W"]),
            entity(EntityKind::Field, "object.list.array.oneof.1.object.n", &["N"]),
            entity(EntityKind::Field, "object.definitions.A.object.b", &["Y"]),
        ]
    );
    assert!(tagged.canonical().ends_with(r#","confluent:tags":["R"]}"#));
    let back = tagged.with_tags(&[], &tagged.find_tags()).expect("all paths exist");
    assert!(!back.canonical().contains("confluent:tags"));
    let error = schema.with_tags(&[entity(EntityKind::Field, "object.none", &["N"])], &[]).expect_err("no such path");
    assert_eq!(error.message, "No matching path 'object.none' found in the schema");
}
