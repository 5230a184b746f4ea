//! Starts the product for a test, talks to it over a real socket, and says what an answer must be.

mod answer;
mod app;
mod cluster;
mod database;
mod dump;
mod process;
mod raw;
mod scripted;
mod veil;

pub use answer::Answer;
pub use app::{App, segment, under_a_level};
pub use cluster::Cluster;
pub use database::{Database, is_postgres};
pub use process::{Process, Run, command, free_address, run};
pub use raw::{Exchange, cut_off, exchange, read_response};
pub use scripted::{Line, Script};
pub use veil::Veil;

use serde_json::{Value, json};

/// Avro texts that most stories need, each in canonical form.
pub const STRING: &str = "\"string\"";
/// A type that no string can be read as.
pub const INT: &str = "\"int\"";
/// A type that reads what an int wrote.
pub const LONG: &str = "\"long\"";

/// The guid of [`STRING`] (contract, section 4.4).
pub const STRING_GUID: &str = "095d71cf-1255-6b9d-5e33-0ad575b3df5d";

/// How often or how much, as the environment says, else as given: the full counts of the proofs take hours.
pub fn variable(name: &str, otherwise: usize) -> usize {
    let Ok(text) = std::env::var(name) else { return otherwise };
    text.parse().unwrap_or_else(|_error| panic!("{name} is {text:?}, not a number"))
}

/// A request body that holds an Avro schema and nothing else.
pub fn avro(text: &str) -> Value {
    json!({"schema": text})
}

/// A request body that holds a schema of another language.
pub fn typed(kind: &str, text: &str) -> Value {
    json!({"schemaType": kind, "schema": text})
}

/// The canonical text of an Avro record with fields of a type each.
pub fn record(name: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(field, kind)| format!(r#"{{"name":"{field}","type":{kind}}}"#)).collect();
    format!(r#"{{"type":"record","name":"{name}","fields":[{}]}}"#, fields.join(","))
}

/// A refusal's body.
pub fn refusal(code: u32, message: &str) -> Value {
    json!({"error_code": code, "message": message})
}
