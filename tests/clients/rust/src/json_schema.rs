//! JSON messages through the client's encoder and decoder, which validate them against what the registry gives.

use schema_registry_converter::{
    async_impl::json::{JsonDecoder, JsonEncoder},
    schema_registry_common::SubjectNameStrategy::TopicNameStrategyWithSchema,
};
use serde_json::json;

use crate::registry::{json, name, reference, settings};

const POINT: &str = r#"{"$id":"point.json","type":"object","required":["x"],"properties":{"x":{"type":"integer"}}}"#;

#[tokio::test]
async fn a_message_comes_back_and_a_wrong_one_does_not_leave() {
    let strategy = TopicNameStrategyWithSchema(name("json"), false, json(POINT));
    let encoder = JsonEncoder::new(settings());
    let message = encoder.encode(&json!({"x": 1}), strategy.clone()).await.expect("a message");
    let read = JsonDecoder::new(settings()).decode(Some(&message)).await.expect("a decoder").expect("a value");
    assert_eq!(read.value, json!({"x": 1}));
    encoder.encode(&json!({"x": "one"}), strategy).await.expect_err("x must be an integer");
}

#[tokio::test]
async fn a_schema_of_another_subject_is_enforced() {
    let text = r#"{"$id":"line.json","type":"object","properties":{"from":{"$ref":"point.json"}}}"#;
    let schema = json(text).with_references(vec![reference("point.json", &name("point"), POINT)]);
    let strategy = TopicNameStrategyWithSchema(name("line"), false, schema);
    let encoder = JsonEncoder::new(settings());
    let line = json!({"from": {"x": 1}});
    let message = encoder.encode(&line, strategy.clone()).await.expect("a message");
    let read = JsonDecoder::new(settings()).decode(Some(&message)).await.expect("a decoder").expect("a value");
    assert_eq!(read.value, line);
    encoder.encode(&json!({"from": {}}), strategy).await.expect_err("a point needs x");
}
