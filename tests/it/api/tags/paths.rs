//! Which paths lead to which places of a schema (contract, section 7.6).

use serde_json::{Value, json};

use super::{all_tags, field, record};
use crate::harness::{App, typed};

/// Demands that each path leads to a place, which is then found under the other path.
async fn lead(kind: &str, text: &str, paths: &[(Value, Value)]) {
    let app = App::start().await;
    app.register("s", typed(kind, text)).await.holds(1, 1);
    for (given, found) in paths {
        let mut body = typed(kind, text);
        body["schemaTagsToAdd"] = json!([given]);
        let version = app.register("s", body).await.json()["version"].as_i64();
        let version = version.unwrap_or_else(|| panic!("{given} leads nowhere"));
        assert_eq!(all_tags(&app, "s", version).await, json!([found]), "{given}");
    }
}

/// Demands that no path leads anywhere.
async fn miss(kind: &str, text: &str, paths: &[(Value, &str)]) {
    let app = App::start().await;
    for (given, message) in paths {
        let mut body = typed(kind, text);
        body["schemaTagsToAdd"] = json!([given]);
        app.register("s", body).await.refused(42201, &format!("java.lang.IllegalArgumentException: {message}"));
    }
}

fn rec(path: &str) -> Value {
    record(path, &["T"])
}

fn fld(path: &str) -> Value {
    field(path, &["T"])
}

const AVRO: &str = r#"{"type":"record","name":"R","namespace":"n","fields":[
    {"name":"a","type":["null",{"type":"array","items":{"type":"record","name":"S","fields":[{"name":"x","type":"int"}]}}]},
    {"name":"b","type":{"type":"map","values":{"type":"record","name":"T","namespace":"m","fields":[{"name":"y","type":"int"}]}}}
]}"#;

/// Contract: 2.1/7, 7.6/1.
#[tokio::test]
async fn avro_paths_are_full_names_and_a_namespace_may_be_left_out() {
    let paths = [
        (rec("n.R"), rec("n.R")),
        (rec("R"), rec("n.R")),
        (rec("n.S"), rec("n.S")),
        (rec("S"), rec("n.S")),
        (rec("m.T"), rec("m.T")),
        (rec(".m.T"), rec("m.T")),
        (fld("n.R.a"), fld("n.R.a")),
        (fld("R.b"), fld("n.R.b")),
        (fld("n.S.x"), fld("n.S.x")),
        (fld(".T.y"), fld("m.T.y")),
    ];
    lead("AVRO", AVRO, &paths).await;
    let missing = |path: &str| format!("No matching path '{path}' found in the schema");
    for path in ["n.T", "n.R.a", "Q", ""] {
        miss("AVRO", AVRO, &[(rec(path), &missing(path))]).await;
    }
    for path in ["n.R", "n.R.x", "a", "n.R.a.x"] {
        miss("AVRO", AVRO, &[(fld(path), &missing(path))]).await;
    }
}

const JSON: &str = r##"{"type":"object","properties":{
    "a":{"type":"string"},
    "o":{"type":"object","properties":{"p":{"type":"string"}}},
    "l":{"type":"array","items":{"type":"object","properties":{"x":{"type":"string"}}}},
    "r":{"$ref":"#/definitions/D"}
  },
  "definitions":{"D":{"type":"object","properties":{"z":{"type":"string"}}}},
  "$defs":{"E":{"type":"object","properties":{"w":{"type":"string"}}}}}"##;

/// Contract: 5/42201/11, 7.6/2.
#[tokio::test]
async fn json_paths_tell_the_way_from_the_root() {
    let same = |entity: Value| (entity.clone(), entity);
    let paths = [
        same(rec("object")),
        same(fld("object.a")),
        (fld(".object.a"), fld("object.a")),
        same(fld("object.o")),
        same(fld("object.o.object.p")),
        // An object that is a property is shown as the property.
        (rec("object.o.object"), fld("object.o")),
        same(rec("object.l.array.object")),
        same(fld("object.l.array.object.x")),
        same(fld("object.r")),
        same(rec("object.definitions.D.object")),
        same(fld("object.definitions.D.object.z")),
        same(fld("object.$defs.E.object.w")),
    ];
    lead("JSON", JSON, &paths).await;
    let missing = |path: &str| format!("No matching path '{path}' found in the schema");
    for path in ["a", "object", "object.b", "object.o.p", "object.l.object.x", "definitions.D.object.z"] {
        miss("JSON", JSON, &[(fld(path), &missing(path))]).await;
    }
    for path in ["object.a", "", "array"] {
        miss("JSON", JSON, &[(rec(path), &missing(path))]).await;
    }
}

/// Contract: 7.6/2.
#[tokio::test]
async fn json_paths_pass_through_other_keywords() {
    let object = r#"{"type":"object","properties":{"x":{"type":"string"}}}"#;
    for (text, step) in [
        (format!(r#"{{"anyOf":[{object}]}}"#), "anyof.0."),
        (format!(r#"{{"oneOf":[{object}]}}"#), "oneof.0."),
        (format!(r#"{{"allOf":[{object}]}}"#), "allof.0."),
        (format!(r#"{{"not":{object}}}"#), "not."),
        (format!(r#"{{"if":{object},"then":{{"type":"object"}},"else":{{"type":"object"}}}}"#), "conditional.if."),
        (format!(r#"{{"if":{{"type":"object"}},"then":{object}}}"#), "conditional.then."),
        (format!(r#"{{"if":{{"type":"object"}},"else":{object}}}"#), "conditional.else."),
        (format!(r#"{{"type":"array","items":{object}}}"#), "array."),
        (format!(r#"{{"type":"array","items":{{"oneOf":[{object}]}}}}"#), "array.oneof.0."),
    ] {
        let (of_record, of_field) = (rec(&format!("{step}object")), fld(&format!("{step}object.x")));
        lead("JSON", &text, &[(of_record.clone(), of_record), (of_field.clone(), of_field)]).await;
    }
}

const PROTOBUF: &str = "syntax = \"proto3\"; package p; message R { string a = 1; oneof choice { int32 b = 2; } \
                        message N { string c = 1; } N n = 3; } message S { repeated R r = 1; }";

/// Contract: 2.1/7, 5/42201/12, 7.6/3.
#[tokio::test]
async fn protobuf_paths_name_messages_and_fields_without_the_package() {
    let same = |entity: Value| (entity.clone(), entity);
    let paths = [
        same(rec("R")),
        (rec(".R"), rec("R")),
        same(rec("R.N")),
        same(rec("S")),
        same(fld("R.a")),
        (fld(".R.a"), fld("R.a")),
        same(fld("R.N.c")),
        same(fld("R.choice.b")),
        (fld("R.b"), fld("R.choice.b")),
        same(fld("S.r")),
    ];
    lead("PROTOBUF", PROTOBUF, &paths).await;
    let no = |what: &str, name: &str| format!("No matching {what} with name '{name}' found in the schema");
    for (path, missing) in [("p.R", "p"), ("Q", "Q"), ("R.Q", "Q"), ("N", "N")] {
        miss("PROTOBUF", PROTOBUF, &[(rec(path), &no("Message", missing))]).await;
    }
    for (path, what, missing) in [("R.x", "Field", "x"), ("Q.a", "Message", "Q"), ("R.Q.a", "Message", "Q")] {
        miss("PROTOBUF", PROTOBUF, &[(fld(path), &no(what, missing))]).await;
    }
}
