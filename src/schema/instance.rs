//! Data, checked against a schema of any language.

use serde_json::Value;

use super::{ParseError, Schema, avro, json, protobuf};

/// A datum.
#[derive(Debug, Clone, PartialEq)]
pub enum Instance<'a> {
    /// A JSON value.
    Json(Value),
    /// What follows the id in Kafka's wire format.
    Binary(&'a [u8]),
}

/// A place where a datum does not conform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer into the datum; empty for the whole.
    pub path: String,
    /// JSON pointer into the schema, where the language has one.
    pub schema_path: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl Violation {
    fn of_the_whole(message: String) -> Self {
        Self { path: String::new(), schema_path: None, message }
    }
}

impl Schema {
    /// The datum as JSON if it conforms, else every place where it does not; an error if the schema cannot be used.
    pub fn conforms(&self, datum: &Instance<'_>) -> Result<Result<Value, Vec<Violation>>, ParseError> {
        match self {
            Self::Avro(schema) => conforms_to_avro(schema, datum),
            Self::Json(schema) => conforms_to_json(schema, datum),
            Self::Protobuf(schema) => conforms_to_protobuf(schema, datum),
        }
    }
}

fn conforms_to_avro(schema: &avro::Schema, datum: &Instance<'_>) -> Result<Result<Value, Vec<Violation>>, ParseError> {
    let datum = match datum {
        Instance::Json(value) => avro::data::Datum::Json(value),
        Instance::Binary(bytes) => avro::data::Datum::Binary(bytes),
    };
    let violation =
        |found: avro::data::Nonconformity| Violation { path: found.path, schema_path: None, message: found.message };
    let outcome = avro::data::check(schema, datum)?;
    Ok(outcome.map_err(|found| found.into_iter().map(violation).collect()))
}

fn conforms_to_json(schema: &json::Schema, datum: &Instance<'_>) -> Result<Result<Value, Vec<Violation>>, ParseError> {
    let value = match datum {
        Instance::Json(value) => value.clone(),
        Instance::Binary(bytes) => match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => return Ok(Err(vec![Violation::of_the_whole(format!("the payload is not JSON: {error}"))])),
        },
    };
    let found = json::data::check(schema, &value)?;
    if found.is_empty() {
        return Ok(Ok(value));
    }
    let violation = |found: json::data::Nonconformity| Violation {
        path: found.path,
        schema_path: Some(found.schema_path),
        message: found.message,
    };
    Ok(Err(found.into_iter().map(violation).collect()))
}

fn conforms_to_protobuf(
    schema: &protobuf::Schema,
    datum: &Instance<'_>,
) -> Result<Result<Value, Vec<Violation>>, ParseError> {
    let outcome = match datum {
        Instance::Json(value) => protobuf::data::check_json(schema, value)?,
        Instance::Binary(bytes) => protobuf::data::check(schema, bytes)?,
    };
    Ok(outcome.map_err(|found| found.into_iter().map(Violation::of_the_whole).collect()))
}
