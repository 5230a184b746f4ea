//! Whether a value conforms to a schema: an endpoint of Regis' own.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A value to be checked: either `value` or `bytes`.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"value": {"id": "p-1"}}))]
pub struct ValidateRequest {
    /// Any JSON value; for Avro in Avro's JSON encoding.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Value, required = false)]
    pub value: Option<Value>,
    /// A Kafka message's key or value in base64: a zero byte, the schema's id (4 bytes, big endian), the payload.
    pub bytes: Option<String>,
}

/// A Kafka message's key or value: a zero byte, the schema's id (4 bytes, big endian), the payload.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct KafkaMessage(pub Vec<u8>);

/// A member that is `null` is a value too, unlike one that is absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Whether a value conforms, and where it does not.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({"conforms": false, "id": 1, "errors": [{"path": "/id", "message": "expected a string"}]}))]
pub struct Validation {
    /// The verdict.
    pub conforms: bool,
    /// The schema that was used; for a message, the one that it names.
    pub id: i32,
    /// The value as JSON, when it conforms.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Value, required = false)]
    pub value: Option<Value>,
    /// Where the value does not conform; empty when it does.
    pub errors: Vec<ValidationError>,
}

/// One place where a value does not conform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValidationError {
    /// JSON pointer into the value; empty for the whole.
    pub path: String,
    /// JSON pointer into the schema, where the language has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_path: Option<String>,
    /// What is wrong.
    pub message: String,
}
