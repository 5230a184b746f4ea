//! JSON texts as trees that keep what a registry must not lose: member order, number spelling and positions.
//!
//! The reference reads schemas with Jackson; so nesting is limited to 1000 levels (its default), the last of two
//! equal keys wins at the place of the first, and numbers keep their spelling until somebody asks for a value.

mod pointer;
mod reader;

use std::collections::HashMap;

use thiserror::Error;

use self::reader::Reader;

pub use self::pointer::{pointer_of, pointer_token};

/// Deepest nesting of arrays and objects that is read.
pub const MAX_DEPTH: usize = 1000;

/// A value and where it starts in the text (byte offset).
#[derive(Debug, Clone)]
pub struct Node {
    /// Byte offset of the value's first character.
    pub at: usize,
    /// The value.
    pub value: Value,
}

/// A JSON value.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was spelled.
    Number(Number),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Object),
}

/// A number in the spelling of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number(String);

/// One member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// Byte offset of the key's opening quote.
    pub key_at: usize,
    /// The value.
    pub node: Node,
}

/// An object whose members keep the order of their text; keys are unique.
#[derive(Debug, Clone, Default)]
pub struct Object {
    members: Vec<Member>,
    index: HashMap<String, usize>,
}

/// What is tolerated around and inside the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Avro schemas: `//` and `/* */` comments before and inside the value; nothing but white space after it.
    Avro,
    /// JSON Schema: no comments; `NaN`, `Infinity` and `-Infinity` are numbers; what follows the value is dropped.
    JsonSchema,
}

/// Why a text is not JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} at line {line}, column {column}")]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Byte offset.
    pub at: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Number {
    /// Wraps a spelling that is known to be a JSON number.
    pub fn from_spelling(spelling: impl Into<String>) -> Self {
        Self(spelling.into())
    }

    /// The spelling in the text.
    pub fn spelling(&self) -> &str {
        &self.0
    }

    /// Whether it is spelled without fraction and exponent.
    pub fn is_integral(&self) -> bool {
        !self.0.contains(['.', 'e', 'E', 'N', 'I'])
    }
}

impl Object {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.index.get(key).map(|&at| &self.members[at].node)
    }

    /// The members in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Member> {
        self.members.iter()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Sets a member: a known key keeps its place and takes the new value.
    pub fn insert(&mut self, key: String, key_at: usize, node: Node) {
        if let Some(&at) = self.index.get(&key) {
            self.members[at].node = node;
        } else {
            self.index.insert(key.clone(), self.members.len());
            self.members.push(Member { key, key_at, node });
        }
    }
}

impl Node {
    /// Reads one value of `text`.
    pub fn parse(text: &str, dialect: Dialect) -> Result<Self, SyntaxError> {
        Reader::new(text, dialect).document()
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }
}

/// Line and column (both from 1, columns in characters) of a byte offset.
pub fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(at)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
