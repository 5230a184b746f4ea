//! Why a text is not a schema, or cannot be judged.

use thiserror::Error;

use super::document::SyntaxError;

/// A text that is not a valid schema: what is wrong, and where when that is known.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong, for people.
    pub message: String,
    /// Byte offset into the text, when known.
    pub at: Option<usize>,
}

impl ParseError {
    /// A failure without a known place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None }
    }

    /// A failure at a byte offset of the text.
    pub fn at(at: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), at: Some(at) }
    }
}

impl From<SyntaxError> for ParseError {
    fn from(error: SyntaxError) -> Self {
        Self { at: Some(error.at), message: error.to_string() }
    }
}

/// A comparison that would take more work than a request may cost.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the schemas are too complex to compare: {0}")]
pub struct TooComplex(pub String);
