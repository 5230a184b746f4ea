//! A stored text that is parsed when somebody first needs it.

use std::sync::OnceLock;

use super::{ParseError, Referenced, Schema, Strictness};
use crate::model::SchemaKind;

/// A text with everything that parsing it takes; the outcome is kept.
#[derive(Debug)]
pub struct LazySchema {
    kind: SchemaKind,
    text: String,
    references: Vec<Referenced>,
    parsed: OnceLock<Result<Schema, ParseError>>,
}

impl LazySchema {
    /// A stored schema; `references` holds dependencies before dependents.
    pub fn stored(kind: SchemaKind, text: String, references: Vec<Referenced>) -> Self {
        Self { kind, text, references, parsed: OnceLock::new() }
    }

    /// A stored schema that is known not to parse.
    pub fn unreadable(kind: SchemaKind, text: String, why: ParseError) -> Self {
        Self { kind, text, references: Vec::new(), parsed: OnceLock::from(Err(why)) }
    }

    /// Its language.
    pub fn kind(&self) -> SchemaKind {
        self.kind
    }

    /// The stored text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The schemas it refers to, dependencies before dependents.
    pub fn references(&self) -> &[Referenced] {
        &self.references
    }

    /// The schema itself.
    pub fn schema(&self) -> Result<&Schema, ParseError> {
        let parse = || Schema::parse(self.kind, &self.text, &self.references, Strictness::Stored);
        self.parsed.get_or_init(parse).as_ref().map_err(Clone::clone)
    }
}
