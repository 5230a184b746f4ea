//! What conforms, what does not, and what both forms say about it.

use serde_json::{Value as Json, json};

use super::{Datum, Nonconformity, check};
use crate::schema::{Strictness, avro::Schema};

fn schema(json: &Json) -> Schema {
    Schema::parse(&json.to_string(), &[], Strictness::Stored).expect("the schema is valid")
}

fn example() -> Schema {
    schema(&json!({"type": "error", "name": "n.Ré", "fields": [
        {"name": "id", "type": "long"},
        {"name": "note", "type": ["null", "string", {"type": "map", "values": "Kind"}]},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 2, "logicalType": "decimal", "precision": 2}},
        {"name": "more", "type": {"type": "array", "items": ["null", "Ré"]}, "default": []},
        {"name": "size", "type": ["double", "float", "int"]}
    ]}))
}

fn conforming() -> Json {
    json!({"id": 7, "note": {"map": {"x": "B"}}, "kind": "A", "hash": "\u{ff}\u{0}", "more": [null], "size": {"int": 3}})
}

fn found(schema: &Schema, datum: Datum<'_>) -> Vec<(String, String)> {
    let found = check(schema, datum).expect("the schema can be used").expect_err("it does not conform");
    found.into_iter().map(|Nonconformity { path, message }| (path, message)).collect()
}

#[test]
fn a_conforming_datum_is_answered_in_its_tagged_form() {
    let plain = json!({"size": "NaN", "id": 7, "note": {"x": "B"}, "kind": "A", "hash": "\u{ff}\u{0}", "more": [null]});
    let tagged = json!({"id": 7, "note": {"map": {"x": "B"}}, "kind": "A", "hash": "\u{ff}\u{0}", "more": [null], "size": {"double": "NaN"}});
    let answer = check(&example(), Datum::Json(&plain)).expect("the schema can be used").expect("it conforms");
    assert_eq!(answer.to_string(), tagged.to_string());
    assert_eq!(check(&example(), Datum::Json(&conforming())).expect("usable"), Ok(conforming()));
    let inner = conforming();
    let mut outer = conforming();
    outer["more"] = json!([{"n.Ré": inner}, null]);
    assert_eq!(check(&example(), Datum::Json(&outer)).expect("usable"), Ok(outer));
}

#[test]
fn every_nonconformity_of_a_json_datum_is_found_with_its_place() {
    let datum =
        json!({"id": 1.5, "note": 3, "kind": "C", "hash": "abc", "more": [null, {"id": "x"}, {"n.Ré": 1}], "a/b": 1});
    let paths: Vec<String> = found(&example(), Datum::Json(&datum)).into_iter().map(|(path, _)| path).collect();
    let inner = ["/more/1/id", "/more/1/note", "/more/1/kind", "/more/1/hash", "/more/1/more", "/more/1/size"];
    let expected = [&["/id", "/note", "/kind", "/hash"][..], &inner, &["/more/2/n.Ré", "/size", "/a~1b"]].concat();
    assert_eq!(paths, expected);
    let union = &found(&example(), Datum::Json(&datum))[1].1;
    assert_eq!(union, "a number fits no branch of the union: null, string, map");
}

#[test]
fn numbers_are_in_range_and_bytes_are_characters_up_to_255() {
    for (of, good, bad) in [
        ("int", json!(-2_147_483_648_i64), json!(2_147_483_648_i64)),
        ("long", json!(i64::MAX), json!(u64::MAX)),
        ("bytes", json!("\u{ff}"), json!("\u{100}")),
        ("boolean", json!(true), json!("true")),
        ("null", json!(null), json!({})),
        ("float", json!("-Infinity"), json!("inf")),
    ] {
        let schema = schema(&json!(of));
        assert_eq!(check(&schema, Datum::Json(&good)).expect("usable"), Ok(good));
        assert_eq!(found(&schema, Datum::Json(&bad)).len(), 1, "{of} {bad}");
    }
}

#[test]
fn binary_data_are_decoded_to_the_json_encoding() {
    let bytes = [14, 4, 2, 2, b'x', 2, 0, 0, 0xff, 0, 2, 0, 0, 4, 6];
    assert_eq!(check(&example(), Datum::Binary(&bytes)).expect("usable"), Ok(conforming()));
    for end in 0..bytes.len() {
        assert!(check(&example(), Datum::Binary(&bytes[..end])).expect("usable").is_err(), "cut at {end}");
    }
    let trailing = [&bytes[..], &[0]].concat();
    assert_eq!(
        found(&example(), Datum::Binary(&trailing)),
        [(String::new(), "1 bytes are left after the value (at byte 15)".to_owned())]
    );
}

#[test]
fn the_first_fault_of_binary_data_is_named() {
    let cases: [(Json, &[u8], &str, &str); 9] = [
        (json!(["null", "int"]), &[4], "", "the union has 2 branches, none of them number 2 (at byte 1)"),
        (json!(["null", "int"]), &[2], "/int", "the data end within a number or before it (at byte 1)"),
        (json!("boolean"), &[2], "", "a boolean is 0 or 1, not 2 (at byte 1)"),
        (json!("string"), &[4, 0xff, 0xff], "", "a string is not UTF-8 (at byte 3)"),
        (json!("bytes"), &[1], "", "a length is negative: -1 (at byte 1)"),
        (json!("int"), &[0x80, 0x80, 0x80, 0x80, 0x10], "", "2147483648 is no integer of 32 bits (at byte 5)"),
        (json!("long"), &[0xff; 10], "", "a number takes more than 64 bits (at byte 10)"),
        (json!({"type": "array", "items": "double"}), &[2, 0], "/0", "8 bytes are needed, 1 are left (at byte 1)"),
        (
            json!({"type": "map", "values": "int"}),
            &[2, 2, b'/'],
            "/~1",
            "the data end within a number or before it (at byte 3)",
        ),
    ];
    for (of, bytes, path, message) in cases {
        assert_eq!(found(&schema(&of), Datum::Binary(bytes)), [(path.to_owned(), message.to_owned())]);
    }
}

#[test]
fn data_made_to_cost_much_are_refused() {
    let nulls = schema(&json!({"type": "array", "items": "null"}));
    let many = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert!(check(&nulls, Datum::Binary(&many)).expect_err("too many").message.contains("values"));
    let endless = schema(&json!({"type": "record", "name": "R", "fields": [{"name": "f", "type": "R"}]}));
    assert!(check(&endless, Datum::Binary(&[])).expect_err("endless").message.contains("levels"));
    let huge = schema(&json!({"type": "fixed", "name": "F", "size": 2_147_483_639}));
    assert_eq!(found(&huge, Datum::Binary(&[1, 2])).len(), 1);
    let negative = [1, 0];
    assert_eq!(found(&nulls, Datum::Binary(&negative)).len(), 1);
    let deep = format!("{}\"int\"{}", r#"{"type":"array","items":"#.repeat(1000), "}".repeat(1000));
    let deep = Schema::parse(&deep, &[], Strictness::New).expect("nested to the limit");
    assert_eq!(check(&deep, Datum::Binary(&[0])).expect("usable"), Ok(json!([])));
    let names: Vec<String> = (0..40).map(|at| format!("R{at}")).collect();
    let records: Vec<Json> = names
        .iter()
        .map(|name| json!({"type": "record", "name": name, "fields": [{"name": "f", "type": names}, {"name": name, "type": "int"}]}))
        .collect();
    let explosive = schema(&Json::Array(records));
    let datum = (0..40).fold(json!(1), |inner, _| json!({"f": inner}));
    assert!(check(&explosive, Datum::Json(&datum)).expect_err("too much").message.contains("more than"));
}
