//! Data against a JSON Schema, by the `jsonschema` crate; references come from the registry only.

use serde_json::Value;

use super::Schema;
use crate::schema::ParseError;

/// A place where an instance does not conform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonconformity {
    /// JSON pointer into the instance; empty for the whole.
    pub path: String,
    /// JSON pointer into the schema.
    pub schema_path: String,
    /// What is wrong.
    pub message: String,
}

/// Every place where `datum` does not conform to `schema`.
pub fn check(schema: &Schema, datum: &Value) -> Result<Vec<Nonconformity>, ParseError> {
    let text = schema.canonical();
    let document: Value = serde_json::from_str(&text).map_err(|error| ParseError::new(error.to_string()))?;
    let validator = jsonschema::options()
        .offline()
        .build(&document)
        .map_err(|error| ParseError::new(error.to_string()))?;
    let errors = validator.iter_errors(datum).map(|error| Nonconformity {
        path: error.instance_path().to_string(),
        schema_path: error.schema_path().to_string(),
        message: error.to_string(),
    });
    Ok(errors.collect())
}
