//! `POST /schemas/ids/{id}/validate`: Regis' own endpoint, beyond the contract.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::harness::{Answer, App, STRING, typed};

const RECORD: &str =
    r#"{"type":"record","name":"P","fields":[{"name":"id","type":"string"},{"name":"n","type":"int"}]}"#;
const PATH: &str = "/schemas/ids/1/validate";

async fn with_a_record() -> App {
    let app = App::start().await;
    app.accept("s", RECORD).await;
    app
}

/// A message in Kafka's wire format: a zero byte, the id, the payload.
fn message(id: i32, payload: &[u8]) -> Vec<u8> {
    [&[0], id.to_be_bytes().as_slice(), payload].concat()
}

/// `{"id": "ab", "n": -3}` in Avro's binary encoding.
const PAYLOAD: &[u8] = &[4, b'a', b'b', 5];

async fn post_bytes(app: &App, bytes: Vec<u8>) -> Answer {
    app.send("POST", PATH, &[("Content-Type", "application/octet-stream")], bytes).await
}

#[track_caller]
fn nonconforming(answer: &Answer) -> Vec<Value> {
    let body = answer.json();
    assert_eq!((answer.status, &body["conforms"], &body["id"]), (200, &json!(false), &json!(1)), "{body}");
    assert_eq!(body.get("value"), None, "{body}");
    let errors = body["errors"].as_array().expect("a list").clone();
    assert!(!errors.is_empty(), "{body}");
    for error in &errors {
        assert!(error["path"].is_string() && error["message"].as_str().is_some_and(|text| !text.is_empty()), "{error}");
    }
    errors
}

#[tokio::test]
async fn a_value_that_conforms_is_echoed() {
    let app = with_a_record().await;
    let value = json!({"id": "a", "n": 1});
    let expected = json!({"conforms": true, "id": 1, "value": value, "errors": []});
    app.post(PATH, json!({"value": value})).await.ok(expected.clone());
    app.post(&format!("{PATH}?subject=s"), json!({"value": value})).await.ok(expected);
}

#[tokio::test]
async fn a_value_that_does_not_conform_is_told_where() {
    let app = with_a_record().await;
    let errors = nonconforming(&app.post(PATH, json!({"value": {"id": "a", "n": "x"}})).await);
    assert!(errors.iter().any(|error| error["path"] == "/n"), "{errors:?}");
    for value in [
        json!({"id": "a"}),
        json!({}),
        json!(null),
        json!("a"),
        json!([]),
        json!({"id": 1, "n": 1}),
        json!({"id": "a", "n": 3_000_000_000_i64}),
    ] {
        nonconforming(&app.post(PATH, json!({"value": value})).await);
    }
}

#[tokio::test]
async fn a_message_in_wire_format_is_decoded() {
    let app = with_a_record().await;
    let expected = json!({"conforms": true, "id": 1, "value": {"id": "ab", "n": -3}, "errors": []});
    post_bytes(&app, message(1, PAYLOAD)).await.ok(expected.clone());
    app.post(PATH, json!({"bytes": STANDARD.encode(message(1, PAYLOAD))})).await.ok(expected);
}

#[tokio::test]
async fn a_message_that_cannot_be_decoded_does_not_conform() {
    let app = with_a_record().await;
    let mut no_magic = message(1, PAYLOAD);
    no_magic[0] = 7;
    for bytes in [
        Vec::new(),
        vec![0],
        vec![0, 0, 0, 0],
        message(1, b""),
        message(1, &PAYLOAD[..2]),
        message(1, &[PAYLOAD, b"more"].concat()),
        message(2, PAYLOAD),
        message(-1, PAYLOAD),
        no_magic,
        message(1, &[0xff; 64]),
        // A string that says it has 2^62 bytes.
        message(1, &[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
    ] {
        nonconforming(&post_bytes(&app, bytes.clone()).await);
        nonconforming(&app.post(PATH, json!({"bytes": STANDARD.encode(bytes)})).await);
    }
}

#[tokio::test]
async fn a_json_schema_checks_values_too() {
    let app = App::start().await;
    let schema = r#"{"type":"object","properties":{"a":{"type":"integer","minimum":1}},"required":["a"]}"#;
    app.register("s", typed("JSON", schema)).await.holds(1, 1);
    let value = json!({"a": 1});
    app.post(PATH, json!({"value": value})).await.ok(json!({"conforms": true, "id": 1, "value": value, "errors": []}));
    let errors = nonconforming(&app.post(PATH, json!({"value": {"a": 0}})).await);
    assert_eq!((&errors[0]["path"], &errors[0]["schemaPath"]), (&json!("/a"), &json!("/properties/a/minimum")));
    nonconforming(&app.post(PATH, json!({"value": {}})).await);
    let answer = post_bytes(&app, message(1, br#"{"a":2}"#)).await;
    answer.ok(json!({"conforms": true, "id": 1, "value": {"a": 2}, "errors": []}));
    nonconforming(&post_bytes(&app, message(1, b"{\"a\":")).await);
    nonconforming(&post_bytes(&app, message(1, b"\xff")).await);
}

#[tokio::test]
async fn a_reference_of_a_json_schema_reaches_no_network_and_no_file() {
    let app = App::start().await;
    for target in ["http://127.0.0.1:9/x.json", "file:///etc/passwd"] {
        let schema = format!(r#"{{"type":"object","properties":{{"a":{{"$ref":"{target}"}}}}}}"#);
        app.register("s", typed("JSON", &schema)).await.refused_with(42201, &[]);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let app = with_a_record().await;
    for body in ["", "{", "null", "[]", "{}", r#"{"value":1,"bytes":"AA=="}"#, r#"{"bytes":"%"}"#, r#"{"bytes":1}"#] {
        let answer = app.send("POST", PATH, &[("Content-Type", "application/json")], body).await;
        assert!(matches!(answer.status, 400 | 422), "{body}: {}", answer.text());
        assert!(answer.json()["message"].is_string());
    }
    app.send("POST", PATH, &[("Content-Type", "text/plain")], "{}")
        .await
        .refused(415, "HTTP 415 Unsupported Media Type");
    app.send("POST", PATH, &[("Content-Type", "application/json")], " ")
        .await
        .refused(422, "validateDatum.request must not be null (was null)");
    let accept = [("Content-Type", "application/json"), ("Accept", "text/plain")];
    app.send("POST", PATH, &accept, r#"{"value":1}"#).await.refused(406, "HTTP 406 Not Acceptable");
    app.post("/schemas/ids/77/validate", json!({"value": 1})).await.refused(40403, "Schema 77 not found");
    app.post("/schemas/ids/x/validate", json!({"value": 1})).await.refused(404, "HTTP 404 Not Found");
    app.post(&format!("{PATH}?subject=:.ctx:"), json!({"value": 1})).await.refused(40403, "Schema 1 not found");
    app.get(PATH).await.refused(405, "HTTP 405 Method Not Allowed");
}

#[tokio::test]
async fn deep_and_large_values_do_no_harm() {
    let app = App::start().await;
    let list = r#"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}"#;
    app.accept("s", list).await;
    let deep = format!("{{\"value\":{}null{}}}", "{\"next\":{\"L\":".repeat(50_000), "}}".repeat(50_000));
    let answer = app.send("POST", PATH, &[("Content-Type", "application/json")], deep).await;
    assert!(answer.status < 500, "{}", answer.text());
    // A branch index per level: a record within a record, a hundred thousand times.
    let answer = post_bytes(&app, message(1, &[vec![2; 100_000], vec![0]].concat())).await;
    assert!(answer.status < 500, "{}", answer.text());
    app.accept("t", STRING).await;
}

#[tokio::test]
async fn the_body_is_read_as_leniently_as_every_other() {
    let app = App::start().await;
    app.accept("s", "\"long\"").await;
    for body in [
        r#"{"value":9007199254740993,"unknown":[{}]}"#,
        r#"{"value":1,"value":9007199254740993} trailing"#,
        "\u{feff}{\"value\":9007199254740993,\"bytes\":null}",
    ] {
        let answer = app.send("POST", PATH, &[("Content-Type", "application/json")], body.to_owned()).await;
        answer.ok(json!({"conforms": true, "id": 1, "value": 9_007_199_254_740_993_i64, "errors": []}));
    }
    let deep = format!("{{\"value\":{}{}}}", "[".repeat(200), "]".repeat(200));
    let answer = app.send("POST", PATH, &[("Content-Type", "application/json")], deep).await;
    answer.refused_with(400, &["\"value\"", "nests deeper than 128 levels"]);
}

#[tokio::test]
async fn every_missing_field_is_told_where_it_should_be() {
    let app = App::start().await;
    let inner = r#"{"type":"record","name":"I","fields":[{"name":"c","type":"int"}]}"#;
    let outer = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":"int"}},{{"name":"b","type":"int"}},{{"name":"i","type":{inner}}}]}}"#
    );
    app.accept("s", &outer).await;
    app.post(PATH, json!({"value": {"i": {}}})).await.ok(json!({"conforms": false, "id": 1, "errors": [
        {"path": "/a", "message": "the field a is missing"},
        {"path": "/b", "message": "the field b is missing"},
        {"path": "/i/c", "message": "the field c is missing"},
    ]}));
}
