//! Rules of the contract, each on a text of its own.

use super::{FieldCheck, Schema};
use crate::schema::{Direction, ParseError, Referenced, Strictness};

fn parse(text: &str) -> Result<Schema, ParseError> {
    Schema::parse(text, &[], Strictness::New)
}

fn schema(text: &str) -> Schema {
    parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn referring(text: &str, name: &str, referenced: &str) -> Schema {
    let reference = Referenced { name: name.to_owned(), text: referenced.to_owned() };
    Schema::parse(text, &[reference], Strictness::New).expect("a schema")
}

fn normal(text: &str) -> String {
    schema(text).normalized().expect("all types resolve").canonical()
}

fn refusal(text: &str) -> String {
    let parsed = parse(text).and_then(|schema| schema.validate(FieldCheck::Skip));
    parsed.expect_err("the text is not a schema").message
}

/// Kinds and paths of what breaks readers.
fn breaking(reader: &Schema, writer: &Schema) -> Vec<(&'static str, String)> {
    let found = Schema::differences(reader, writer, Direction::Backward).expect("small schemas are comparable");
    found.into_iter().filter(|one| one.breaks).map(|one| (one.kind, one.path)).collect()
}

#[test]
fn what_is_refused_is_told_with_its_place() {
    for (text, expected) in [
        ("hello", "Syntax error in :1:1: unexpected label: hello"),
        ("{", "Syntax error in :1:1: expected a word"),
        ("syntax = \"proto4\";", "Syntax error in :1:1: unexpected syntax: proto4"),
        ("edition = \"2023\";", "Syntax error in :1:1: edition is not currently supported"),
        (
            "package p; syntax = \"proto3\";",
            "Syntax error in :1:12: 'syntax' element must be the first declaration in a file",
        ),
        ("message A {\n  int32 a = 1;\n}", "Syntax error in :2:3: unexpected label: int32"),
        (
            "syntax = \"proto3\"; message A { required int32 a = 1; }",
            "Syntax error in :1:32: 'required' label forbidden in proto3 field declarations",
        ),
        ("message A {}\nmessage A {}", "A (:2:1) is already defined at :1:1"),
        ("message A { enum B {} message B {} }", "B (:1:23) is already defined at :1:13"),
        ("message A { optional n.B b = 1; }", "Could not resolve type: n.B"),
        ("message A { optional int32 a = x; }", "Syntax error in :1:32: expected an integer but was x"),
        ("message A { repeated map<string, A> m = 1; }", "Syntax error in :1:22: 'map' type cannot have label"),
        ("message A { optional group G = 1 { message B {} } }", "Syntax error in :1:36: expected field declaration"),
        ("message A {", "Syntax error in :1:12: unexpected end of file, expected a word"),
        ("message A { reserved 1 x 2; }", "Syntax error in :1:24: expected ',', ';', or 'to'"),
        ("option a = \"x", "Syntax error in :1:12: unterminated string"),
        ("/* a", "Syntax error in :1:1: unterminated comment"),
        ("message É {}", "Syntax error in :1:9: expected a word"),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    assert!(refusal("message A { optional bytes b = 1 [default = \"a b\"]; }").starts_with("Syntax error"));
}

#[test]
fn what_the_reference_lets_pass_is_accepted() {
    for text in [
        "",
        ";;",
        "import \"nope.proto\";",
        "package a; package b;",
        "message message { optional string message = 1; repeated int32 message = 0x1; }",
        "message A { reserved 1; optional int32 a = 1; optional int32 b = 0; optional int32 c = 536870912; }",
        "syntax = \"proto3\"; enum E { ONE = 1; ONE = -1; }",
        "message A { optional google.protobuf.Any a = 1; optional google.type.Money m = 2; }",
        "message A { optional bytes b = 1 [default = \"abc\"]; }",
        "message A { map<string, A> m = 1; oneof o { A a = 2; group G = 3 { optional A a = 1; } } }",
    ] {
        assert_eq!(schema(text).validate(FieldCheck::Skip), Ok(()), "{text}");
    }
}

#[test]
fn strict_validation_wants_what_protoc_wants() {
    for text in [
        "message A { optional int32 a = 1; optional int32 b = 1; }",
        "message A { optional int32 a = 1; optional int32 a = 2; }",
        "message A { reserved 1; optional int32 a = 1; }",
        "message A { optional int32 a = 0; }",
        "message A { optional int32 a = 1 [default = x]; }",
        "message A { optional google.protobuf.Any a = 1; }",
        "message A { map<double, string> m = 1; }",
    ] {
        assert_eq!(schema(text).validate(FieldCheck::Skip), Ok(()), "{text}");
        assert!(schema(text).validate(FieldCheck::Strict).is_err(), "{text}");
    }
    let used = referring("import \"d.proto\"; message A { optional d.D d = 1; }", "d.proto", "package d; message D {}");
    assert_eq!(used.validate(FieldCheck::Strict), Ok(()));
    let unused = referring("message A { optional d.D d = 1; }", "d.proto", "package d; message D {}");
    assert_eq!(unused.validate(FieldCheck::Skip), Ok(()));
    assert!(unused.validate(FieldCheck::Strict).is_err());
}

#[test]
fn sections_are_separated_by_blank_lines_of_their_own_depth() {
    let text = "service S{option deprecated=true;rpc G(A)returns(stream A){option (x)='it''s';}}
        enum E{Z=0[a=1,b=2];reserved 2,4 to max;}
        message A{message B{reserved 'r';optional int32 a=1;oneof o{option p={k{l:1}m:[2]};int32 b=2;}}oneof e{}}";
    let expected = "\nmessage A {\n  oneof e {}\n\n  message B {\n    reserved \"r\";\n  \n    optional int32 a = 1;\n  \n    \
        oneof o {\n      option p = {\n        k: {\n          l: 1\n        },\n        m: [\n          2\n        ]\n      \
        };\n    \n      int32 b = 2;\n    }\n  }\n}\nenum E {\n  reserved 2, 4 to max;\n  Z = 0 [\n    a = 1,\n    b = 2\n  ];\n}\n\n\
        service S {\n  option deprecated = true;\n\n  rpc G (A) returns (stream A) {\n    option (x) = \"its\";\n  };\n}\n";
    assert_eq!(schema(text).canonical(), expected);
    assert_eq!(schema(expected).canonical(), expected);
}

#[test]
fn strings_are_unescaped_and_escaped_again() {
    let text = r#"option a = 'q"' "\x41\101\n\'\u"; message A { optional string s = 1 [default = "é\\"]; }"#;
    let expected =
        "\noption a = \"q\\\"AA\\n\\'u\";\n\nmessage A {\n  optional string s = 1 [default = \"é\\\\\"];\n}\n";
    assert_eq!(schema(text).canonical(), expected);
}

#[test]
fn the_normal_form_resolves_sorts_and_merges() {
    let text = "syntax = \"proto2\"; package p; import \"b\"; import \"a\"; import \"b\";
        extend google.protobuf.MessageOptions { optional O my = 50001; }
        message O { optional string s = 1; repeated int32 i = 2; optional O o = 3; }
        message A {
            option (my).s = \"x\"; option (p.my).o = {i: [], i: 0x10}; option (my).o.s = \"y\"; option deprecated = false;
            optional O b = 2 [default = 1.50]; reserved 7 to 7, 3; reserved \"b\", \"a\"; oneof none {}
            repeated AEntry e = 1; message AEntry { option map_entry = true; optional string key = 1; optional A value = 2; }
        }";
    let expected = "package p;\n\nimport \"a\";\nimport \"b\";\n\nmessage O {\n  optional string s = 1;\n  repeated int32 i = 2;\n  \
        optional .p.O o = 3;\n}\nmessage A {\n  reserved 3;\n  reserved 7;\n  reserved \"a\";\n  reserved \"b\";\n\n  \
        option deprecated = false;\n  option (p.my) = {\n    o: {\n      i: 16,\n      s: \"y\"\n    },\n    s: \"x\"\n  };\n\n  \
        map<string, .p.A> e = 1;\n  optional .p.O b = 2 [default = 1.50];\n\n}\n\n\
        extend .google.protobuf.MessageOptions {\n  optional .p.O my = 50001;\n}\n";
    assert_eq!(normal(text), expected);
}

#[test]
fn numbers_keep_their_value() {
    for (written, expected) in [
        ("1.50", "1.5"),
        ("-1e10", "-10000000000"),
        ("0x1F", "31"),
        ("1.25e-3", "0.00125"),
        ("0.123456789", "0.123456789"),
        ("100", "100"),
        ("-0.0", "-0"),
        ("007.0", "7"),
        ("1e9999999", "1e9999999"),
        ("-inf", "-inf"),
        ("1.5f", "1.5f"),
    ] {
        assert!(normal(&format!("option a = {written};")).contains(&format!("option a = {expected};")), "{written}");
    }
}

#[test]
fn a_lone_public_import_speaks_for_the_file() {
    let importing =
        referring("import public \"d.proto\";", "d.proto", "package d; message D { optional int32 x = 1; }");
    assert_eq!(importing.name(), Some("d.D".to_owned()));
    assert_eq!(importing.top_level_fields(), ["x"]);
    assert_eq!(schema("package p; enum E {} ").name(), Some("p.E".to_owned()));
    assert_eq!(schema("package p;").name(), None);
}

#[test]
fn types_of_references_are_compared_below_their_own_names() {
    let text = "import \"d.proto\"; message A { optional d.D d = 1; }";
    let old = referring(text, "d.proto", "package d; message D { optional int32 x = 1; }");
    let new = referring(text, "d.proto", "package d; message D { optional string x = 1; }");
    let expected =
        [("FIELD_SCALAR_KIND_CHANGED", "#/D/1".to_owned()), ("FIELD_NAMED_TYPE_CHANGED", "#/A/1".to_owned())];
    assert_eq!(breaking(&new, &old), expected);
    assert_eq!(breaking(&old, &old), []);
}

#[test]
fn fields_may_move_into_a_new_oneof_one_by_one() {
    let file = |body: &str| schema(&format!("syntax = \"proto3\"; message A {{ {body} }}"));
    let (two, one) = (file("int32 a = 1; int32 b = 2;"), file("int32 a = 1; oneof o { int32 b = 2; }"));
    let both = file("oneof o { int32 a = 1; int32 b = 2; }");
    assert_eq!(breaking(&one, &two), []);
    assert_eq!(breaking(&both, &two), [("MULTIPLE_FIELDS_MOVED_TO_ONEOF", "#/A/o".to_owned())]);
    assert_eq!(breaking(&both, &one), [("FIELD_MOVED_TO_EXISTING_ONEOF", "#/A/o".to_owned())]);
    assert_eq!(breaking(&one, &both), []);
    assert_eq!(breaking(&file("oneof o { int32 a = 1; }"), &both), [("ONEOF_FIELD_REMOVED", "#/A/o/2".to_owned())]);
    assert_eq!(breaking(&file("int32 z = 9;"), &both), []);
}
