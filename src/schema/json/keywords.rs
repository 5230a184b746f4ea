//! The keywords of one schema object, read as what they must be.

use super::{
    canonical::{self, KeyOrder},
    dialect::is_schema,
    documents::Unresolved,
    pattern::Pattern,
    uri,
};
use crate::schema::document::{Node, Number, Object, Value};

/// Why a schema cannot be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LoadError {
    /// A keyword is not what it must be.
    Keyword {
        /// Number of the document.
        document: usize,
        /// Byte offset of the value in it.
        at: usize,
        /// What is wrong.
        message: String,
    },
    /// A `$ref` that only a network fetch could resolve.
    Remote {
        /// Number of the document.
        document: usize,
        /// Byte offset of the `$ref` in it.
        at: usize,
        /// What would be fetched.
        uri: String,
    },
    /// The schema is larger than what is loaded.
    TooLarge(String),
}

/// A schema object of a document.
#[derive(Clone, Copy)]
pub(super) struct Keywords<'d> {
    pub(super) object: &'d Object,
    pub(super) document: usize,
}

impl<'d> Keywords<'d> {
    /// The value of a keyword.
    pub(super) fn get(self, keyword: &str) -> Option<&'d Node> {
        self.object.get(keyword)
    }

    /// Whether one of the keywords is there.
    pub(super) fn has_any(self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.object.get(keyword).is_some())
    }

    /// A string.
    pub(super) fn string(self, keyword: &str) -> Result<Option<String>, LoadError> {
        self.read(keyword, "a string", |node| node.as_str().map(str::to_owned))
    }

    /// `true` or `false`.
    pub(super) fn boolean(self, keyword: &str) -> Result<Option<bool>, LoadError> {
        self.read(keyword, "a boolean", |node| match node.value {
            Value::Bool(value) => Some(value),
            _ => None,
        })
    }

    /// A number.
    pub(super) fn number(self, keyword: &str) -> Result<Option<&'d Number>, LoadError> {
        self.read(keyword, "a number", |node| match &node.value {
            Value::Number(number) if canonical::is_finite(number) => Some(number),
            _ => None,
        })
    }

    /// A number as a double.
    pub(super) fn double(self, keyword: &str) -> Result<Option<f64>, LoadError> {
        // A spelling that is a JSON number always reads as a double; beyond its range as an infinity.
        Ok(self.number(keyword)?.and_then(|number| number.spelling().parse().ok()))
    }

    /// A number spelled without fraction and exponent; beyond 64 bits the nearest bound.
    pub(super) fn integer(self, keyword: &str) -> Result<Option<i64>, LoadError> {
        self.read(keyword, "an integer", |node| match &node.value {
            Value::Number(number) if number.is_integral() => {
                let bound = if number.spelling().starts_with('-') { i64::MIN } else { i64::MAX };
                Some(number.spelling().parse().unwrap_or(bound))
            }
            _ => None,
        })
    }

    /// An array.
    pub(super) fn array(self, keyword: &str) -> Result<Option<&'d [Node]>, LoadError> {
        self.read(keyword, "an array", Node::as_array)
    }

    /// An object.
    pub(super) fn object(self, keyword: &str) -> Result<Option<&'d Object>, LoadError> {
        self.read(keyword, "an object", Node::as_object)
    }

    /// A schema: an object or a boolean.
    pub(super) fn schema(self, keyword: &str) -> Result<Option<&'d Node>, LoadError> {
        self.read(keyword, "a schema", |node| is_schema(node).then_some(node))
    }

    /// An array of strings.
    pub(super) fn strings(self, keyword: &str) -> Result<Option<Vec<String>>, LoadError> {
        let Some(items) = self.array(keyword)? else { return Ok(None) };
        items.iter().map(|item| self.text(item)).collect::<Result<_, _>>().map(Some)
    }

    /// The strings of an array inside of a keyword.
    pub(super) fn text(self, item: &Node) -> Result<String, LoadError> {
        item.as_str().map(str::to_owned).ok_or_else(|| self.expected(item, "a string"))
    }

    /// An id: a string that is a URI reference.
    pub(super) fn id(self, keyword: &str) -> Result<Option<String>, LoadError> {
        let id = self.string(keyword)?;
        match (&id, self.get(keyword)) {
            (Some(text), Some(node)) if !uri::is_valid(text) => {
                Err(self.error(node, format!("'{text}' is not a URI reference")))
            }
            _ => Ok(id),
        }
    }

    /// A regular expression, checked.
    pub(super) fn pattern(self, keyword: &str) -> Result<Option<String>, LoadError> {
        let pattern = self.string(keyword)?;
        if let (Some(text), Some(node)) = (&pattern, self.get(keyword)) {
            self.compile(node, text)?;
        }
        Ok(pattern)
    }

    /// Checks a regular expression that stands at `node`.
    pub(super) fn compile(self, node: &Node, text: &str) -> Result<Pattern, LoadError> {
        Pattern::new(text).map_err(|message| self.error(node, format!("bad regular expression '{text}': {message}")))
    }

    /// A value as text that is equal for equal values: keys sorted, numbers with their scale.
    pub(super) fn rendered(self, keyword: &str) -> Option<String> {
        self.get(keyword).map(|node| canonical::render(node, KeyOrder::Sorted))
    }

    /// The error that a value is not what it must be.
    pub(super) fn expected(self, node: &Node, expected: &str) -> LoadError {
        let found = match &node.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(number) if number.is_integral() => "an integer",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        self.error(node, format!("expected {expected}, found {found}"))
    }

    /// An error at a value.
    pub(super) fn error(self, node: &Node, message: String) -> LoadError {
        LoadError::Keyword { document: self.document, at: node.at, message }
    }

    /// The error of a `$ref` that stands at `node`.
    pub(super) fn unresolved(self, node: &Node, why: Unresolved) -> LoadError {
        match why {
            Unresolved::Remote(uri) => LoadError::Remote { document: self.document, at: node.at, uri },
            Unresolved::Broken(message) => self.error(node, message),
        }
    }

    fn read<T>(
        self,
        keyword: &str,
        expected: &str,
        read: impl FnOnce(&'d Node) -> Option<T>,
    ) -> Result<Option<T>, LoadError> {
        let Some(node) = self.get(keyword) else { return Ok(None) };
        read(node).map(Some).ok_or_else(|| self.expected(node, expected))
    }
}
