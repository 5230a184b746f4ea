//! What a text declares for others and what it needs from others, before anything is resolved.

use super::{ParseError, avro, json, protobuf};
use crate::model::SchemaKind;

/// The names that tie texts together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// The names by which others can refer to it: full names of Avro types, the root first; `$id`s of a JSON Schema.
    pub declared: Vec<String>,
    /// What it uses and does not declare, each name once, in the order of the text.
    pub used: Vec<Mention>,
}

/// A use of something that is declared elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The name by which the text knows it: a full name, a `$ref` without its fragment, an import.
    pub name: String,
    /// Another reading of the same words: an Avro name without its namespace, a `$ref` resolved against the `$id`.
    pub otherwise: Option<String>,
    /// Byte offset of the use.
    pub at: usize,
}

impl Mentions {
    /// Reads them out of a text.
    pub fn of(kind: SchemaKind, text: &str) -> Result<Self, ParseError> {
        match kind {
            SchemaKind::Avro => avro::mentions(text),
            SchemaKind::Json => json::mentions(text),
            SchemaKind::Protobuf => protobuf::mentions(text),
        }
    }

    /// Adds a use, unless its name was used before.
    pub(super) fn add(&mut self, mention: Mention) {
        if self.used.iter().all(|used| used.name != mention.name) {
            self.used.push(mention);
        }
    }
}
