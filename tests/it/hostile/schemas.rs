//! Schemas that mean harm: deep, large, odd; each is understood or refused, and the server still answers.

use serde_json::{Value, json};

use super::{JSON, blamed, shortened};
use crate::harness::{App, STRING, avro, record, typed};

/// Schema texts that nest as deep as asked.
fn nested_schemas(depth: usize) -> Vec<(&'static str, String)> {
    let nest = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
    let records: String = (0..depth)
        .map(|at| format!(r#"{{"type":"record","name":"R{at}","fields":[{{"name":"f","type":"#))
        .chain(["\"int\"".to_owned()])
        .chain((0..depth).map(|_| "}]}".to_owned()))
        .collect();
    let messages: String =
        (0..depth).map(|at| format!("message M{at} {{")).chain((0..depth).map(|_| "}".to_owned())).collect();
    vec![
        ("AVRO", "[".repeat(depth)),
        ("AVRO", nest(r#"{"type":"array","items":"#, "\"int\"", "}")),
        ("AVRO", nest(r#"{"type":"map","values":"#, "\"int\"", "}")),
        ("AVRO", nest(r#"["null",{"type":"array","items":"#, "\"int\"", "}]")),
        ("AVRO", records),
        ("AVRO", format!(r#"{{"type":"int","a":{}}}"#, nest("[", "", "]"))),
        ("AVRO", "/*".repeat(depth)),
        ("JSON", nest(r#"{"not":"#, "{}", "}")),
        ("JSON", nest(r#"{"items":"#, "{}", "}")),
        ("JSON", nest(r#"{"properties":{"a":"#, "{}", "}}")),
        ("JSON", nest(r#"{"allOf":["#, "{}", "]}")),
        ("JSON", nest(r#"{"default":"#, "1", "}")),
        ("JSON", nest("[", "", "]")),
        ("PROTOBUF", format!("syntax = \"proto3\";\n{messages}")),
        ("PROTOBUF", format!("syntax = \"proto2\";\n{}", "message M { optional group G = 1 {".repeat(depth))),
        ("PROTOBUF", format!("option (a) = {} {};", "{ a: ".repeat(depth), "}".repeat(depth))),
        ("PROTOBUF", format!("option a = {};", "[".repeat(depth))),
        ("PROTOBUF", "/*".repeat(depth)),
    ]
}

#[tokio::test]
async fn deep_nesting_of_a_schema_is_refused_or_understood() {
    let app = App::start().await;
    for depth in [900, 5_000, 100_000] {
        for (at, (kind, text)) in nested_schemas(depth).into_iter().enumerate() {
            let mut paths = vec![
                format!("/subjects/s{depth}-{at}/versions"),
                format!("/subjects/s{depth}-{at}/versions?normalize=true"),
                format!("/subjects/s{depth}-{at}"),
                format!("/compatibility/subjects/s{depth}-{at}/versions"),
            ];
            // What is refused while it is read is refused in the same way everywhere.
            paths.truncate(if depth > 10_000 { 1 } else { 4 });
            for path in paths {
                let mut answer = app.send("POST", &path, &JSON, typed(kind, &text).to_string()).await;
                answer.question = format!("{path} with {kind} {}", text.chars().take(60).collect::<String>());
                if depth < 1000 && answer.status == 200 {
                    continue;
                }
                blamed(&answer);
                let code = answer.json()["error_code"].clone();
                assert!(code == json!(42201) || (depth < 1000 && code == json!(40401)), "{}: {code}", answer.question);
            }
        }
    }
    app.is_well().await;
}

#[tokio::test]
async fn a_schema_of_ten_million_bytes_is_stored_or_refused() {
    let app = App::start().await;
    let doc = "x".repeat(9_900_000);
    let answer = app.register("s", avro(&format!(r#"{{"type":"record","name":"R","doc":"{doc}","fields":[]}}"#))).await;
    assert!(answer.status == 200 || answer.status == 422, "{} {}", answer.status, shortened(&answer));
    let fields: Vec<String> = (0..50_000).map(|at| format!(r#"{{"name":"f{at}","type":"int"}}"#)).collect();
    let answer =
        app.register("t", avro(&format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(",")))).await;
    assert!(answer.status == 200 || answer.status == 422, "{} {}", answer.status, shortened(&answer));
    app.is_well().await;
}

#[tokio::test]
async fn a_lone_surrogate_is_no_letter() {
    let app = App::start().await;
    for body in [
        r#"{"schema":"\ud800"}"#,
        r#"{"schema":"\"\udc00\""}"#,
        r#"{"schemaType":"\ud800","schema":"a"}"#,
        r#"{"metadata":{"properties":{"\ud800":"a"}},"schema":"\"int\""}"#,
    ] {
        let answer = app.send("POST", "/subjects/s/versions", &JSON, body).await;
        assert!(answer.status < 500, "{body}: {}", shortened(&answer));
    }
    for text in [
        r#""\ud800""#,
        r#"{"type":"record","name":"R","doc":"\ud800","fields":[]}"#,
        r#"{"type":"object","title":"\udfff"}"#,
    ] {
        for kind in ["AVRO", "JSON"] {
            let answer = app.register("s", typed(kind, text)).await;
            assert!(answer.status < 500, "{text}: {}", shortened(&answer));
        }
    }
    app.is_well().await;
}

#[tokio::test]
async fn numbers_beyond_all_bounds_are_refused() {
    let app = App::start().await;
    for number in [
        "99999999999999999999",
        "-2147483649",
        "1e400",
        "-1e400",
        "1e10",
        "1e-400000000",
        "0x10",
        "NaN",
        "Infinity",
        &"9".repeat(100_000),
    ] {
        for member in ["version", "id"] {
            let body = format!(r#"{{"schema":"\"string\"","{member}":{number}}}"#);
            let answer = app.send("POST", "/subjects/s/versions", &JSON, body).await;
            // A tiny number is 0, which both members have by themselves.
            if number != "1e-400000000" {
                assert_eq!(answer.status, 400, "{member}: {}", number.chars().take(30).collect::<String>());
            }
            assert!(answer.status < 500);
        }
    }
    let body = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":"double","default":{}}}]}}"#,
        "9".repeat(100_000)
    );
    assert!(app.register("t", avro(&body)).await.status < 500);
    let body = format!(r#"{{"type":"fixed","name":"F","size":{}}}"#, "9".repeat(100));
    app.register("t", avro(&body)).await.refused_with(42201, &[]);
    for bound in ["1e999999999", "-1e999999999", "1e-999999999"] {
        let text = format!(r#"{{"type":"number","minimum":{bound},"multipleOf":{bound}}}"#);
        let answer = app.register("u", typed("JSON", &text)).await;
        assert!(answer.status < 500, "{bound}: {}", shortened(&answer));
        let check = app
            .post(
                "/compatibility/subjects/u/versions",
                typed("JSON", r#"{"type":"number","minimum":1,"multipleOf":3}"#),
            )
            .await;
        assert!(check.status < 500, "{bound}: {}", shortened(&check));
    }
    app.is_well().await;
}

#[tokio::test]
async fn many_members_and_many_parameters_are_read_in_time() {
    let app = App::start().await;
    let properties: serde_json::Map<String, Value> = (0..20_000).map(|at| (format!("k{at}"), json!("v"))).collect();
    app.register("s", json!({"schema": STRING, "metadata": {"properties": properties}})).await.holds(1, 1);
    let references: Vec<Value> =
        (0..5_000).map(|at| json!({"name": format!("n{at}"), "subject": "nowhere", "version": 1})).collect();
    app.register("t", json!({"schema": STRING, "references": references})).await.refused_with(42201, &[]);
    let query: Vec<String> = (0..2_000).map(|at| format!("p{at}=1&")).collect();
    let query = query.concat();
    app.get(&format!("/subjects?{query}limit=1")).await.ok(json!(["s"]));
    app.is_well().await;
}

#[tokio::test]
async fn a_pattern_may_be_deep_too() {
    let app = App::start().await;
    for depth in [1_000, 100_000] {
        let text = format!(r#"{{"type":"string","pattern":"{}a{}"}}"#, "(".repeat(depth), ")".repeat(depth));
        for path in ["/subjects/s/versions", "/compatibility/subjects/s/versions", "/subjects/s"] {
            let answer = app.post(path, typed("JSON", &text)).await;
            assert!(answer.status < 500, "{depth}: {}", shortened(&answer));
        }
        let answer = app.post("/schemas/ids/1/validate", json!({"value": "a"})).await;
        assert!(answer.status < 500, "{depth}: {}", shortened(&answer));
    }
    app.is_well().await;
}

/// A record of records whose paths double at every level, while its names do not.
fn tree(leaf: &str) -> String {
    let mut text = leaf.to_owned();
    for at in (0..60).rev() {
        let again = if at == 59 { leaf.to_owned() } else { format!("\"T{}\"", at + 1) };
        text = record(&format!("T{at}"), &[("a", &text), ("b", &again)]);
    }
    text
}

#[tokio::test]
async fn schemas_that_grow_when_they_are_compared_are_bounded() {
    let app = App::start().await;
    app.accept("avro", &tree("\"int\"")).await;
    // Every path would be a message of its own.
    let answer = app.register("avro", avro(&tree("\"string\""))).await;
    assert!(matches!(answer.status, 409 | 422) && answer.body.len() < 100_000_000, "{}", shortened(&answer));
    app.register("avro", avro(&tree("\"long\""))).await.holds(2, 2);
    let definitions: Vec<String> = (0..60)
        .map(|at| {
            let next = format!("{{\"$ref\":\"#/definitions/d{}\"}}", at + 1);
            format!("\"d{at}\":{{\"properties\":{{\"a\":{next},\"b\":{next}}}}}")
        })
        .collect();
    let text = |kind: &str| {
        let definitions = definitions.join(",");
        format!(r##"{{"$ref":"#/definitions/d0","definitions":{{{definitions},"d60":{{"type":"{kind}"}}}}}}"##)
    };
    app.register("json", typed("JSON", &text("integer"))).await.holds(3, 1);
    let answer = app.register("json", typed("JSON", &text("string"))).await;
    assert!(matches!(answer.status, 409 | 422), "{}", shortened(&answer));
    app.is_well().await;
}
