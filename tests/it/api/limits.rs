//! The last numbers: an import may come close to them, but nothing is overwritten and nothing fails for want of one.

use serde_json::{Value, json};

use crate::harness::{App, INT, LONG, STRING, avro};

const LAST: i64 = i32::MAX as i64;

fn given(text: &str, version: i64, id: i64) -> Value {
    json!({"schema": text, "version": version, "id": id})
}

#[tokio::test]
async fn the_last_version_number_cannot_be_given() {
    let app = App::start().await;
    app.set_mode("s", "IMPORT").await;
    let refused = "2147483647 is the last number; it cannot be given, because none would be left after it";
    app.register("s", given(STRING, LAST, 7)).await.refused(42205, refused);
    app.register("s", given(STRING, LAST - 1, 7)).await.holds(7, LAST - 1);
    app.set_mode("s", "READWRITE").await;
    app.put("/config/s", json!({"compatibility": "NONE"})).await.json();
    app.register("s", avro(INT)).await.holds(8, LAST);
    app.register("s", avro(LONG)).await.refused(42205, "No version number is left for subject s");
    app.get("/subjects/s/versions").await.ok(json!([LAST - 1, LAST]));
    app.get("/schemas/ids/7/schema").await.says(200, STRING);
    app.get("/schemas/ids/8/schema").await.says(200, INT);
}

#[tokio::test]
async fn the_last_id_cannot_be_given_and_running_out_is_told() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    let refused = "2147483647 is the last number; it cannot be given, because none would be left after it";
    app.register("a", given(STRING, 1, LAST)).await.refused(42205, refused);
    app.register("a", given(STRING, 1, LAST - 1)).await.holds(LAST - 1, 1);
    app.set_mode("", "READWRITE").await;
    app.register("b", avro(STRING)).await.holds(LAST - 1, 1);
    app.register("c", avro(INT)).await.refused(42205, "No id is left in context .");
    app.register(":.other:c", avro(INT)).await.holds(1, 1);
    app.register("c", avro(LONG)).await.refused(42205, "No id is left in context .");
}

#[tokio::test]
async fn values_of_protobuf_are_checked_in_their_json_form() {
    let app = App::start().await;
    let text = "syntax = \"proto3\"; message User { string name = 1; int32 age = 2; }";
    app.register("p", json!({"schemaType": "PROTOBUF", "schema": text})).await.holds(1, 1);
    let good = app.post("/schemas/ids/1/validate", json!({"value": {"name": "Ann", "age": 41}})).await.json();
    assert_eq!((&good["conforms"], &good["value"]), (&json!(true), &json!({"name": "Ann", "age": 41})));
    let wrong = app.post("/schemas/ids/1/validate", json!({"value": {"name": 7}})).await.json();
    assert_eq!(wrong["conforms"], json!(false), "{wrong}");
}

#[tokio::test]
async fn a_pattern_that_takes_too_long_decides_nothing() {
    let app = App::start().await;
    let text = r#"{"pattern":"(a*)*\\1b"}"#;
    app.register("j", json!({"schemaType": "JSON", "schema": text})).await.holds(1, 1);
    let answer = app.post("/schemas/ids/1/validate", json!({"value": "a".repeat(60)})).await;
    answer.refused_with(42201, &["a pattern takes too long"]);
}
