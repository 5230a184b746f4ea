//! Whether a value conforms to a schema: an endpoint of Regis' own.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::lenient::{Entity, Members, Misfit, json, text};

/// A value to be checked: either `value` or `bytes`.
#[derive(Debug, Clone, PartialEq, ToSchema)]
#[schema(example = json!({"value": {"id": "p-1"}}))]
pub struct ValidateRequest {
    /// Any JSON value; for Avro in Avro's JSON encoding.
    #[schema(value_type = Value, required = false)]
    pub value: Option<Value>,
    /// A Kafka message's key or value in base64: a zero byte, the schema's id (4 bytes, big endian), the payload.
    pub bytes: Option<String>,
}

/// A Kafka message's key or value: a zero byte, the schema's id (4 bytes, big endian), the payload.
#[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct KafkaMessage(pub Vec<u8>);

impl Entity for ValidateRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            // A member that is `null` is a value too, unlike one that is absent.
            value: members.given("value", json)?.map(|value| value.unwrap_or(Value::Null)),
            bytes: members.get("bytes", text)?,
        })
    }
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
