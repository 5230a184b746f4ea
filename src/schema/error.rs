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
    /// The reference in whose text it is, by its number; none for the schema's own text.
    pub reference: Option<usize>,
    /// The word of the text that is wrong, where only that is known.
    pub word: Option<String>,
}

impl ParseError {
    /// A failure without a known place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), at: None, reference: None, word: None }
    }

    /// A failure at a byte offset of the text.
    pub fn at(at: usize, message: impl Into<String>) -> Self {
        Self { at: Some(at), ..Self::new(message) }
    }

    /// A failure at a word whose place is not known.
    pub fn of_word(word: &str, message: impl Into<String>) -> Self {
        Self { word: Some(word.to_owned()), ..Self::new(message) }
    }

    /// The same in the text of a reference.
    #[must_use]
    pub fn in_reference(self, number: usize) -> Self {
        Self { reference: Some(number), ..self }
    }
}

impl From<SyntaxError> for ParseError {
    fn from(error: SyntaxError) -> Self {
        Self::at(error.at, error.to_string())
    }
}

/// A comparison that would take more work than a request may cost.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the schemas are too complex to compare: {0}")]
pub struct TooComplex(pub String);
