//! The answer to a compatibility check.

use serde::Serialize;
use utoipa::ToSchema;

/// Whether a schema may be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"is_compatible": true}))]
pub struct CompatibilityCheckResponse {
    /// The verdict.
    pub is_compatible: bool,
    /// What is wrong, if asked for; empty when nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<String>>,
    /// The reasons with their places, if asked for with `differences=true`, which is Regis' own: the first 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differences: Option<Vec<SchemaDifference>>,
}

/// One reason why a schema may not be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "kind": "READER_FIELD_MISSING_DEFAULT_VALUE", "version": 1, "direction": "BACKWARD",
    "new": {"pointer": "/fields/1", "line": 1, "column": 80}, "old": {"pointer": "/fields", "line": 1, "column": 41},
    "explanation": "The new schema cannot read data written with version 1: The field 'age' at path '/fields/1' in the \
                    new schema has no default value and is missing in the old schema.",
    "message": "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', …}"
}))]
pub struct SchemaDifference {
    /// The stable name of its kind, as in the message.
    pub kind: String,
    /// The version that was compared; absent where the schema stands in its own way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// Who could not read whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<CheckDirection>,
    /// Where it is in the schema that was posted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<SchemaPlace>,
    /// Where it is in the version that was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<SchemaPlace>,
    /// What is wrong and for whom, as a sentence.
    pub explanation: String,
    /// The message that speaks of it.
    pub message: String,
}

/// Which of two schemas reads data of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum CheckDirection {
    /// The new schema reads data written with the version.
    Backward,
    /// The version reads data written with the new schema.
    Forward,
}

/// A place in a schema's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchemaPlace {
    /// JSON pointer to the value, or to the nearest one that is there; in Protobuf, names of messages and numbers of
    /// fields.
    pub pointer: String,
    /// The name of the reference whose text is meant instead of the schema's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Line, from 1; absent in Protobuf and in references.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}
