//! Avro messages through the client's encoder and decoder.

use apache_avro::types::Value;
use schema_registry_converter::{
    async_impl::{
        easy_avro::{EasyAvroDecoder, EasyAvroEncoder},
        schema_registry::{get_all_versions, post_schema},
    },
    schema_registry_common::SubjectNameStrategy::{TopicNameStrategy, TopicNameStrategyWithSchema},
};

use crate::registry::{USER, USER_WITH_AGE, avro, id_in, name, refused, settings};

fn ann() -> Vec<(&'static str, Value)> {
    vec![("name", Value::String("ann".to_owned()))]
}

#[tokio::test]
async fn a_message_registers_its_schema_and_is_read_by_its_id() {
    let topic = name("avro");
    let strategy = TopicNameStrategyWithSchema(topic.clone(), false, avro(USER));
    let message = EasyAvroEncoder::new(settings()).encode(ann(), strategy).await.expect("a message");
    let read = EasyAvroDecoder::new(settings()).decode(Some(&message)).await.expect("a value");
    assert_eq!(read.value, Value::Record(vec![("name".to_owned(), Value::String("ann".to_owned()))]));
    assert_eq!(get_all_versions(&settings(), format!("{topic}-value")).await.expect("versions"), [1]);
}

#[tokio::test]
async fn without_a_schema_the_latest_of_the_topic_serves() {
    let topic = name("latest");
    let subject = format!("{topic}-value");
    post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    let second = post_schema(&settings(), subject, avro(USER_WITH_AGE)).await.expect("registered");
    let mut values = ann();
    values.push(("age", Value::Int(7)));
    let message =
        EasyAvroEncoder::new(settings()).encode(values, TopicNameStrategy(topic, false)).await.expect("a message");
    assert_eq!(id_in(&message), second.id);
}

#[tokio::test]
async fn a_message_with_its_guid_in_a_header_is_read() {
    let topic = name("header");
    let strategy = TopicNameStrategyWithSchema(topic, false, avro(USER));
    let encoder = EasyAvroEncoder::new(settings());
    let (bytes, header) = encoder.encode_with_header_id(ann(), strategy, false).await.expect("a message");
    let decoder = EasyAvroDecoder::new(settings());
    let read = decoder.decode_with_header_id(Some(&header.value), Some(&bytes)).await.expect("a value");
    assert_eq!(read.value, Value::Record(vec![("name".to_owned(), Value::String("ann".to_owned()))]));
}

#[tokio::test]
async fn a_topic_without_a_schema_is_refused() {
    let strategy = TopicNameStrategy(name("nothing"), false);
    refused(EasyAvroEncoder::new(settings()).encode(ann(), strategy).await, 40401);
}
