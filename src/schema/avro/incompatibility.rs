//! One incompatibility: its kind, its place and its words.

use std::fmt::{self, Display, Formatter};

use super::places::Uses;
use crate::schema::{Difference, Direction};

/// Something that keeps a reader from reading.
#[derive(Debug, Clone)]
pub(super) struct Incompatibility {
    pub(super) path: String,
    pub(super) uses: Uses,
    pub(super) kind: Kind,
}

/// What is incompatible.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Name { expected: Box<str> },
    FixedSize { expected: usize, found: usize },
    EnumSymbols { missing: Box<str> },
    MissingDefault { field: Box<str> },
    Type { reader: &'static str, writer: &'static str },
    UnionBranch { writer: &'static str },
}

/// A step into the reader's schema.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    Key(&'static str),
    At(usize),
}

/// A place in the reader's schema; kept on the stack of the walk, written out only where something is found.
///
/// What messages show is the way of the walk, which leads through names to their definitions; `uses` are in the texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    way: Option<(&'p Place<'p>, Token)>,
    pub(super) uses: Uses,
}

impl Place<'_> {
    /// The whole schema, as messages see it.
    pub(super) fn root(uses: Uses) -> Place<'static> {
        Place { way: None, uses }
    }

    /// The place one step further.
    pub(super) fn then(&self, token: Token, uses: Uses) -> Place<'_> {
        Place { way: Some((self, token)), uses }
    }
}

impl Display for Place<'_> {
    /// Writes a JSON pointer; the root is `/`, and no token needs an escape.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut tokens = Vec::new();
        let mut place = self;
        while let Some((parent, token)) = place.way {
            tokens.push(token);
            place = parent;
        }
        if tokens.is_empty() {
            return f.write_str("/");
        }
        tokens.iter().rev().try_for_each(|token| match token {
            Token::Key(key) => write!(f, "/{key}"),
            Token::At(at) => write!(f, "/{at}"),
        })
    }
}

impl Incompatibility {
    /// How many bytes its place and its detail take, about.
    pub(super) fn size(&self) -> usize {
        let detail = match &self.kind {
            Kind::Name { expected: text }
            | Kind::EnumSymbols { missing: text }
            | Kind::MissingDefault { field: text } => text.len(),
            Kind::FixedSize { .. } | Kind::Type { .. } | Kind::UnionBranch { .. } => 0,
        };
        size_of::<Self>() + self.path.len() + detail
    }

    /// The wire name of the kind.
    fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Name { .. } => "NAME_MISMATCH",
            Kind::FixedSize { .. } => "FIXED_SIZE_MISMATCH",
            Kind::EnumSymbols { .. } => "MISSING_ENUM_SYMBOLS",
            Kind::MissingDefault { .. } => "READER_FIELD_MISSING_DEFAULT_VALUE",
            Kind::Type { .. } => "TYPE_MISMATCH",
            Kind::UnionBranch { .. } => "MISSING_UNION_BRANCH",
        }
    }

    fn detail(&self) -> String {
        match &self.kind {
            Kind::Name { expected } => format!("expected: {expected}"),
            Kind::FixedSize { expected, found } => format!("expected: {expected}, found: {found}"),
            Kind::EnumSymbols { missing } => format!("[{missing}]"),
            Kind::MissingDefault { field } => field.to_string(),
            Kind::Type { reader, writer } => format!(
                "reader type: {} not compatible with writer type: {}",
                reader.to_uppercase(),
                writer.to_uppercase()
            ),
            Kind::UnionBranch { writer } => format!("reader union lacking writer type: {}", writer.to_uppercase()),
        }
    }

    /// The difference as it goes over the wire.
    pub(super) fn into_difference(self, direction: Direction) -> Difference {
        let (reader, writer) = direction.words();
        let (kind, detail, path) = (self.kind_name(), self.detail(), self.path);
        let description = match self.kind {
            Kind::Name { .. } => format!("The name of the schema has changed (path '{path}')"),
            Kind::FixedSize { .. } => format!(
                "The size of FIXED type field at path '{path}' in the {reader} schema does not match with the {writer} schema"
            ),
            Kind::EnumSymbols { .. } => format!(
                "The {reader} schema is missing enum symbols '{detail}' at path '{path}' in the {writer} schema"
            ),
            Kind::MissingDefault { .. } => format!(
                "The field '{detail}' at path '{path}' in the {reader} schema has no default value and is missing in the \
                 {writer} schema"
            ),
            Kind::Type { .. } => format!(
                "The type (path '{path}') of a field in the {reader} schema does not match with the {writer} schema"
            ),
            Kind::UnionBranch { .. } => format!(
                "The {reader} schema is missing a type inside a union field at path '{path}' in the {writer} schema"
            ),
        };
        let message = format!("{{errorType:'{kind}', description:'{description}', additionalInfo:'{detail}'}}");
        let (reader, writer) = (self.uses.reader.spot(), self.uses.writer.spot());
        Difference { kind, path, breaks: true, description, message, reader, writer }
    }
}
