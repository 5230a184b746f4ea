//! Protobuf messages: the client reads the texts that the registry printed, to find a message's name and index.

use schema_registry_converter::{
    async_impl::proto_raw::{ProtoRawDecoder, ProtoRawEncoder},
    schema_registry_common::SubjectNameStrategy::TopicNameStrategyWithSchema,
};

use crate::registry::{name, protobuf, reference, settings};

/// Field 1, a varint: 7.
const SEVEN: [u8; 2] = [8, 7];

#[tokio::test]
async fn a_message_comes_back_with_its_name() {
    let text = "syntax = \"proto3\";\npackage demo;\nmessage First { int32 x = 1; }\nmessage Second { int32 x = 1; }\n";
    let strategy = TopicNameStrategyWithSchema(name("protobuf"), false, protobuf("demo.Second", text));
    let encoder = ProtoRawEncoder::new(settings());
    let message = encoder.encode(&SEVEN, "demo.Second", strategy).await.expect("a message");
    assert_eq!(&message[5..7], [2, 2], "one index, the second message's, both zigzag");
    let read = ProtoRawDecoder::new(settings()).decode(Some(&message)).await.expect("a decoder").expect("a value");
    assert_eq!((read.full_name.as_str(), read.bytes), ("demo.Second", SEVEN.to_vec()));
}

#[tokio::test]
async fn a_message_whose_schema_imports_another_subject_comes_back() {
    let money = "syntax = \"proto3\";\npackage demo;\nmessage Money { int64 units = 1; }\n";
    let text =
        "syntax = \"proto3\";\npackage demo;\nimport \"money.proto\";\nmessage Transfer { .demo.Money amount = 1; }\n";
    let schema = protobuf("demo.Transfer", text).with_references(vec![reference("money.proto", &name("money"), money)]);
    let strategy = TopicNameStrategyWithSchema(name("transfer"), false, schema);
    let amount = [10, 2, 8, 7];
    let message = ProtoRawEncoder::new(settings()).encode(&amount, "demo.Transfer", strategy).await.expect("a message");
    let read = ProtoRawDecoder::new(settings()).decode(Some(&message)).await.expect("a decoder").expect("a value");
    assert_eq!((read.full_name.as_str(), read.bytes), ("demo.Transfer", amount.to_vec()));
}
