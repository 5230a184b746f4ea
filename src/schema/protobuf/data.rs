//! Data in Kafka's wire format: the indexes of a message, then its bytes.

use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::Value;

use super::tree::Message;
use super::wire::take_varint;
use super::{Schema, strict};
use crate::schema::ParseError;

/// Most indexes that name a message: messages are not nested deeper.
const MAX_INDEXES: i64 = 100;

/// The datum as JSON if it is one of the schema, else what is wrong with it; an error if the schema cannot be used.
pub fn check(schema: &Schema, datum: &[u8]) -> Result<Result<Value, Vec<String>>, ParseError> {
    let (indexes, payload) = match indexes(datum) {
        Ok(split) => split,
        Err(why) => return Ok(Err(vec![why])),
    };
    let Some(path) = message_path(schema, &indexes) else {
        return Ok(Err(vec![format!("the message indexes {indexes:?} name no message of the schema")]));
    };
    let file = strict::build(&schema.file, &schema.references)?;
    let found = file.parent_pool().get_message_by_name(&path);
    let message = found.ok_or_else(|| ParseError::new(format!("message {path} is missing in the descriptor")))?;
    // The crate reads and writes nested messages recursively, a hundred levels at most.
    Ok(stacker::maybe_grow(2 * 1024 * 1024, 16 * 1024 * 1024, || decode(message, payload)))
}

/// The datum in the canonical JSON of Protobuf, if it is the JSON form of the schema's first message.
pub fn check_json(schema: &Schema, datum: &Value) -> Result<Result<Value, Vec<String>>, ParseError> {
    let path = message_path(schema, &[0]).ok_or_else(|| ParseError::new("the schema has no message"))?;
    let file = strict::build(&schema.file, &schema.references)?;
    let found = file.parent_pool().get_message_by_name(&path);
    let message = found.ok_or_else(|| ParseError::new(format!("message {path} is missing in the descriptor")))?;
    Ok(stacker::maybe_grow(2 * 1024 * 1024, 16 * 1024 * 1024, || {
        let read = DynamicMessage::deserialize(message, datum)
            .map_err(|error| vec![format!("the value is no message of type {path}: {error}")])?;
        serde_json::to_value(&read).map_err(|error| vec![format!("the value cannot be shown as JSON: {error}")])
    }))
}

fn decode(message: MessageDescriptor, payload: &[u8]) -> Result<Value, Vec<String>> {
    let name = message.full_name().to_owned();
    let decoded = DynamicMessage::decode(message, payload)
        .map_err(|error| vec![format!("the payload is no message of type {name}: {error}")])?;
    serde_json::to_value(&decoded).map_err(|error| vec![format!("the payload cannot be shown as JSON: {error}")])
}

/// The indexes in front of a payload: their count, then each, as zigzag numbers; a single zero means the first message.
fn indexes(datum: &[u8]) -> Result<(Vec<usize>, &[u8]), String> {
    let mut rest = datum;
    let mut number = || {
        let value = take_varint(&mut rest).ok_or("the message indexes are cut off")?;
        // Zigzag: the lowest bit is the sign.
        i64::try_from(value >> 1).map(|half| if value & 1 == 0 { half } else { -half - 1 }).map_err(|_| "too large")
    };
    let count = number()?;
    if count == 0 {
        return Ok((vec![0], rest));
    }
    if !(0..=MAX_INDEXES).contains(&count) {
        return Err(format!("{count} message indexes cannot name a message"));
    }
    let mut indexes = Vec::new();
    for _ in 0..count {
        let index = number()?;
        indexes.push(usize::try_from(index).map_err(|_| format!("message index {index} is negative"))?);
    }
    Ok((indexes, rest))
}

/// The full name of the message that the indexes lead to, from the file's messages inwards.
fn message_path(schema: &Schema, indexes: &[usize]) -> Option<String> {
    let mut path = schema.file.package.clone().unwrap_or_default();
    let mut messages: &[Message] = &schema.file.messages;
    for &index in indexes {
        let message = messages.get(index)?;
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&message.name);
        messages = &message.messages;
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::check;
    use crate::schema::{Strictness, protobuf::Schema};

    fn schema() -> Schema {
        let text = r#"
            syntax = "proto3";
            package p;
            import "google/protobuf/timestamp.proto";
            import "google/type/money.proto";
            message Order {
                string id = 1;
                repeated Line lines = 2;
                map<string, int64> totals = 3;
                google.protobuf.Timestamp at = 4;
                google.type.Money price = 5;
                oneof payment { string card = 6; bool cash = 7; }
                message Line { int32 count = 1; Color color = 2; }
            }
            enum Color { RED = 0; BLUE = 1; }
        "#;
        Schema::parse(text, &[], Strictness::New).expect("a schema")
    }

    #[test]
    fn a_datum_is_shown_as_json() {
        let datum = [0, 0x0a, 1, b'x', 0x12, 4, 8, 3, 16, 1, 0x1a, 5, 0x0a, 1, b'k', 16, 7, 0x22, 2, 8, 1];
        let expected = json!({
            "id": "x", "lines": [{"count": 3, "color": "BLUE"}], "totals": {"k": "7"}, "at": "1970-01-01T00:00:01Z",
        });
        assert_eq!(check(&schema(), &datum), Ok(Ok(expected)));
    }

    #[test]
    fn indexes_lead_to_nested_messages() {
        assert_eq!(check(&schema(), &[4, 0, 0, 8, 3]), Ok(Ok(json!({"count": 3}))));
        assert_eq!(check(&schema(), &[2, 0]), Ok(Ok(json!({}))));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for datum in
            [&[][..], &[2, 2], &[4, 0], &[3, 1], &[2, 1], &[0, 0x0a, 9, b'x'], &[0xff; 11], &[0xfe, 0xff, 0x7f]]
        {
            assert!(matches!(check(&schema(), datum), Ok(Err(reasons)) if reasons.len() == 1), "{datum:?}");
        }
    }
}
