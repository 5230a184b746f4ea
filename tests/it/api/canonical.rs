//! Stored texts: how each language is printed, and what normalising changes (contract, section 8).

use serde_json::{Value, json};

use crate::harness::{App, avro, typed};

/// Demands that texts are stored in these forms.
async fn are_stored(kind: &str, query: &str, texts: &[(&str, &str)]) {
    let app = App::start().await;
    for (at, (posted, stored)) in (1..).zip(texts) {
        let path = format!("/subjects/s{at}/versions");
        let answer = app.post(&format!("{path}{query}"), typed(kind, posted)).await;
        assert_eq!((answer.status, &answer.json()["schema"]), (200, &json!(stored)), "{posted}: {}", answer.text());
        app.get(&format!("{path}/1/schema")).await.says(200, stored);
        // What is stored is found again as it is.
        app.post(&format!("/subjects/s{at}"), typed(kind, stored)).await.reads(200, r#"{"subject":…"#);
    }
}

/// Contract: 8.1/2, 8.1/4.
#[tokio::test]
async fn attributes_of_avro_types_have_an_order() {
    are_stored(
        "AVRO",
        "",
        &[
            (
                r#"{"aliases":["n.B","m.C"],"x":1,"fields":[],"doc":"d","namespace":"n","a":2,"name":"R","type":"record"}"#,
                r#"{"type":"record","name":"R","namespace":"n","doc":"d","fields":[],"x":1,"a":2,"aliases":["B","m.C"]}"#,
            ),
            (
                r#"{"aliases":["B"],"x":1,"default":"A","symbols":["A"],"doc":"d","name":"E","type":"enum"}"#,
                r#"{"type":"enum","name":"E","doc":"d","symbols":["A"],"default":"A","x":1,"aliases":["B"]}"#,
            ),
            (
                r#"{"x":1,"size":2,"doc":"d","aliases":["B"],"name":"F","type":"fixed"}"#,
                r#"{"type":"fixed","name":"F","doc":"d","size":2,"x":1,"aliases":["B"]}"#,
            ),
            (
                r#"{"type":"record","name":"R","fields":[{"x":1,"aliases":["b"],"order":"descending","default":0,"doc":"d","type":"int","name":"a"}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","doc":"d","default":0,"order":"descending","aliases":["b"],"x":1}]}"#,
            ),
            (
                r#"{"type":"record","name":"R","fields":[{"order":"ascending","type":"int","name":"a"}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#,
            ),
            (r#"{"items":{"type":"int"},"type":"array"}"#, r#"{"type":"array","items":"int"}"#),
            (r#"{"values":["null","int"],"type":"map"}"#, r#"{"type":"map","values":["null","int"]}"#),
        ],
    )
    .await;
}

/// Contract: 8.1/3, 8.1/5.
#[tokio::test]
async fn namespaces_are_written_where_they_change() {
    are_stored(
        "AVRO",
        "",
        &[
            (r#"{"type":"fixed","name":"a.b.C","size":1}"#, r#"{"type":"fixed","name":"C","namespace":"a.b","size":1}"#),
            (
                r#"{"type":"record","name":"n.R","fields":[{"name":"a","type":{"type":"fixed","name":"n.F","size":1}},{"name":"b","type":"F"},{"name":"c","type":{"type":"fixed","name":"G","namespace":"","size":1}},{"name":"d","type":{"type":"fixed","name":"m.H","size":1}},{"name":"e","type":"m.H"}]}"#,
                r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"F"},{"name":"c","type":{"type":"fixed","name":"G","namespace":"","size":1}},{"name":"d","type":{"type":"fixed","name":"H","namespace":"m","size":1}},{"name":"e","type":"m.H"}]}"#,
            ),
        ],
    )
    .await;
}

/// Contract: 8.1/1, 8.1/4.
#[tokio::test]
async fn primitives_logical_types_and_errors_are_printed_short() {
    are_stored(
        "AVRO",
        "",
        &[
            (r#"{ "type" : "string" }"#, r#""string""#),
            (
                r#"{"logicalType":"decimal","scale":2,"precision":4,"type":"bytes"}"#,
                r#"{"type":"bytes","logicalType":"decimal","scale":2,"precision":4}"#,
            ),
            (r#"{"type":"int","logicalType":"date","x":1}"#, r#"{"type":"int","logicalType":"date","x":1}"#),
            (
                r#"{"type":"error","name":"E","fields":[{"name":"m","type":"string"}]}"#,
                r#"{"type":"error","name":"E","fields":[{"name":"m","type":"string"}]}"#,
            ),
            (
                r#"{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":1.0},{"name":"g","type":"float","default":1}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":1.0},{"name":"g","type":"float","default":1}]}"#,
            ),
        ],
    )
    .await;
}

/// Contract: 8.1/8.
#[tokio::test]
async fn normal_avro_has_sorted_properties_and_full_names() {
    are_stored(
        "AVRO",
        "?normalize=true",
        &[
            (
                r#"{"type":"record","name":"R","namespace":"n","z":{"b":1,"a":2},"c":3,"doc":"","fields":[]}"#,
                r#"{"type":"record","name":"R","namespace":"n","fields":[],"c":3,"z":{"a":2,"b":1}}"#,
            ),
            (
                r#"{"type":"record","name":"R","aliases":["z","a"],"fields":[{"name":"f","type":{"type":"int"},"order":"ascending"}]}"#,
                r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int"}],"aliases":["a","z"]}"#,
            ),
            (
                r#"{"scale":2,"precision":4,"x":1,"logicalType":"decimal","type":"bytes"}"#,
                r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"x":1}"#,
            ),
        ],
    )
    .await;
}

/// Contract: 8.2/1, 8.2/5.
#[tokio::test]
async fn json_schema_keeps_keys_and_numbers() {
    are_stored(
        "JSON",
        "",
        &[
            ("{ \"type\" : \"object\" ,\n \"title\":\"a/b é\" }", r#"{"type":"object","title":"a/b é"}"#),
            (
                r#"{"minimum":1.50,"maximum":1e10,"multipleOf":0.0000001,"x":100}"#,
                r#"{"minimum":1.50,"maximum":1E+10,"multipleOf":1E-7,"x":100}"#,
            ),
            (r#"{"title":"a","type":"object","title":"b"}"#, r#"{"title":"b","type":"object"}"#),
            ("{\"title\":\"\\u001f\\t\\u0041\"}", "{\"title\":\"\\u001F\\tA\"}"),
            (r#"{"type":"object"} trailing"#, r#"{"type":"object"}"#),
            ("true", "true"),
        ],
    )
    .await;
    are_stored(
        "JSON",
        "?normalize=true",
        &[(
            r#"{"type":"object","required":["b","a"],"properties":{"b":{"type":"string","title":"t"},"B":{},"é":{}}}"#,
            r#"{"properties":{"B":{},"b":{"title":"t","type":"string"},"é":{}},"required":["b","a"],"type":"object"}"#,
        )],
    )
    .await;
}

/// Contract: 8.2/3.
#[tokio::test]
async fn definitions_answer_to_both_of_their_names() {
    let app = App::start().await;
    let text = r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","definitions":{"D":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/D"}}}"##;
    app.register("s", typed("JSON", text)).await.holds(1, 1);
    app.register("t", typed("JSON", &text.replace("$defs", "other"))).await.refused_with(42201, &["Invalid schema"]);
}

/// Contract: 8.3/2.
#[tokio::test]
async fn protobuf_is_laid_out_anew() {
    are_stored(
        "PROTOBUF",
        "",
        &[
            ("syntax='proto3';message M{}", "syntax = \"proto3\";\n\nmessage M {}\n"),
            (
                "package p; option java_package = \"j\"; import public \"google/protobuf/any.proto\"; import \"google/protobuf/empty.proto\"; \
                 enum E { option allow_alias = true; A = 0; B = 0; } message M { optional int32 f = 1; }",
                "package p;\n\nimport \"google/protobuf/empty.proto\";\nimport public \"google/protobuf/any.proto\";\n\n\
                 option java_package = \"j\";\n\nmessage M {\n  optional int32 f = 1;\n}\n\
                 enum E {\n  option allow_alias = true;\n  A = 0;\n  B = 0;\n}\n",
            ),
            (
                "syntax = \"proto3\"; message M { message N { reserved 7; int32 x = 1; } int32 a = 1 [deprecated = true]; \
                 oneof o { string s = 2; int32 t = 3; } reserved 4 to 5, 9; map<string, N> m = 6; }",
                "syntax = \"proto3\";\n\nmessage M {\n  reserved 4 to 5, 9;\n\n  int32 a = 1 [deprecated = true];\n  map<string, N> m = 6;\n\n  \
                 oneof o {\n    string s = 2;\n    int32 t = 3;\n  }\n\n  message N {\n    reserved 7;\n  \n    int32 x = 1;\n  }\n}\n",
            ),
            (
                "syntax = \"proto3\"; message M {} service S { rpc A (M) returns (stream M); rpc B (stream M) returns (M) { option deprecated = true; } }",
                "syntax = \"proto3\";\n\nmessage M {}\n\nservice S {\n  rpc A (M) returns (stream M);\n  rpc B (stream M) returns (M) {\n    option deprecated = true;\n  };\n}\n",
            ),
        ],
    )
    .await;
}

/// Contract: 8.3/3.
#[tokio::test]
async fn normal_protobuf_is_sorted_and_qualified() {
    are_stored(
        "PROTOBUF",
        "?normalize=true",
        &[
            ("syntax = \"proto2\"; message M { optional M m = 1; }", "\nmessage M {\n  optional .M m = 1;\n}\n"),
            (
                "syntax = \"proto3\"; package p; import \"google/protobuf/empty.proto\"; import \"google/protobuf/any.proto\"; \
                 option java_package = \"j\"; option deprecated = true; \
                 message M { oneof o { N b = 3; string a = 2; } int32 z = 1; reserved 9, 7; } message N {} enum E { A = 0; C = 2; B = 1; }",
                "syntax = \"proto3\";\npackage p;\n\nimport \"google/protobuf/any.proto\";\nimport \"google/protobuf/empty.proto\";\n\n\
                 option deprecated = true;\noption java_package = \"j\";\n\n\
                 message M {\n  reserved 7;\n  reserved 9;\n\n  int32 z = 1;\n\n  oneof o {\n    string a = 2;\n    .p.N b = 3;\n  }\n}\nmessage N {}\n\
                 enum E {\n  A = 0;\n  B = 1;\n  C = 2;\n}\n",
            ),
        ],
    )
    .await;
}

/// Contract: 8.4/1-2.
#[tokio::test]
async fn documents_that_mean_the_same_are_one_schema_only_where_the_language_says_so() {
    let app = App::start().await;
    let ids = async |subject: &str, kind: &str, texts: [&str; 2]| {
        let mut ids = Vec::new();
        for text in texts {
            ids.push(app.post(&format!("/subjects/{subject}/versions?force=true"), typed(kind, text)).await.id());
        }
        ids[0] == ids[1]
    };
    let one = r#"{"type":"record","name":"R","fields":[],"a":1,"b":2}"#;
    assert!(ids("avro", "AVRO", [one, r#"{"b":2,"a":1,"fields":[],"name":"R","type":"record"}"#]).await);
    assert!(!ids("json", "JSON", [r#"{"type":"object","title":"t"}"#, r#"{"title":"t","type":"object"}"#]).await);
    let [a, b] = ["int32 a = 1; int32 b = 2;", "int32 b = 2; int32 a = 1;"]
        .map(|fields| format!("syntax = \"proto3\"; message M {{ {fields} }}"));
    assert!(!ids("protobuf", "PROTOBUF", [&a, &b]).await);
    assert!(ids("comments", "PROTOBUF", [&a, &format!("// c\n{a}")]).await);
    let found: Value = app.post("/subjects/avro", avro(one)).await.json();
    assert_eq!(found["version"], json!(1));
}
