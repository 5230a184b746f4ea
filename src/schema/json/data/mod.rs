//! Checks data against a schema: the `jsonschema` crate evaluates, within limits set here and always offline.

mod local;
mod work;

use std::fmt::{self, Write as _};

use jsonschema::{Draft, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use super::{
    FieldCheck, Schema,
    canonical::{self, KeyOrder},
    dialect::Dialect,
};
use crate::schema::{ParseError, document::Node};

/// Most evaluations of a schema on a value that a check may take.
const MAX_EVALUATIONS: u64 = 2_000_000;

/// Up to so many evaluations every nonconformity is listed, beyond only the first: a list could be as long as the work.
const LISTED_EVALUATIONS: u64 = 100_000;

/// Most nonconformities that are listed.
const MAX_LISTED: usize = 1000;

/// Most bytes of a message.
const LONGEST_MESSAGE: usize = 500;

/// Stack for the crate, which recurses into nested schemas, data and chains of references.
const STACK: usize = 64 << 20;

/// Most schemas that references lead to: a chain of them costs the crate stack, and time by its square.
const MAX_REFERENCES: usize = 10_000;

/// One reason why a datum does not conform to a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonconformity {
    /// JSON pointer of the value in the datum.
    pub path: String,
    /// JSON pointer of the keyword in the schema.
    pub schema_path: String,
    /// What is wrong.
    pub message: String,
}

/// Checks a datum; an empty list means that it conforms.
///
/// The error says why the schema cannot be used: it does not load, violates its metaschema, or takes too much work.
pub fn check(schema: &Schema, datum: &Value) -> Result<Vec<Nonconformity>, ParseError> {
    schema.validate(FieldCheck::Skip)?;
    let Some(root) = schema.root.as_deref() else { return Ok(Vec::new()) };
    let references = schema.references.iter().map(|(name, node)| (name.as_str(), node));
    let work = work::count(root, references, datum);
    if work.references > MAX_REFERENCES || work.evaluations > MAX_EVALUATIONS {
        return Err(ParseError::new("the schema is too complex to check this datum"));
    }
    stacker::grow(STACK, || {
        let validator = compile(schema, root)?;
        let listed = if work.evaluations > LISTED_EVALUATIONS { 1 } else { MAX_LISTED };
        validator.iter_errors(datum).take(listed).map(|error| decided(&error)).collect()
    })
}

/// A place where the datum does not conform; an error if a pattern took too long to tell.
fn decided(error: &ValidationError<'_>) -> Result<Nonconformity, ParseError> {
    if let ValidationErrorKind::BacktrackLimitExceeded { .. } = error.kind() {
        return Err(ParseError::new("a pattern takes too long on this datum"));
    }
    Ok(Nonconformity {
        path: error.instance_path().to_string(),
        schema_path: error.schema_path().to_string(),
        message: shortened(error),
    })
}

/// A message up to a limit: it may quote the whole datum or the whole schema.
fn shortened(message: impl fmt::Display) -> String {
    let mut shortened = Shortened { text: String::new() };
    // The only error is that of the limit, which ends the printing early.
    if write!(shortened, "{message}").is_err() {
        shortened.text.push_str("...");
    }
    shortened.text
}

struct Shortened {
    text: String,
}

impl fmt::Write for Shortened {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = LONGEST_MESSAGE - self.text.len();
        self.text.push_str(&part[..part.floor_char_boundary(room)]);
        if part.len() > room { Err(fmt::Error) } else { Ok(()) }
    }
}

fn compile(schema: &Schema, root: &Node) -> Result<Validator, ParseError> {
    let dialect = Dialect::of(root);
    let root = document(root, dialect)?;
    let draft = match dialect {
        Dialect::Draft4 => Draft::Draft4,
        Dialect::Draft6 => Draft::Draft6,
        Dialect::Draft7 => Draft::Draft7,
        Dialect::Draft201909 => Draft::Draft201909,
        Dialect::Draft202012 => Draft::Draft202012,
    };
    let local = local::Documents::new(&schema.references, &root, dialect)?;
    let options = jsonschema::options().with_draft(draft).with_retriever(local);
    options.build(&root).map_err(|error| {
        let place = error.instance_path();
        ParseError::new(shortened(if place.as_str().is_empty() {
            error.to_string()
        } else {
            format!("#{place}: {error}")
        }))
    })
}

/// A document as the crate reads it: in the dialect of the root, with old definitions under their new name too.
fn document(node: &Node, dialect: Dialect) -> Result<Value, ParseError> {
    let text = canonical::render(node, KeyOrder::Kept);
    let mut document: Value = serde_json::from_str(&text).map_err(|error| ParseError::new(error.to_string()))?;
    let Some(object) = document.as_object_mut() else { return Ok(document) };
    object.remove("$schema");
    if let Some(Value::Object(definitions)) = object.get("definitions").filter(|_| dialect.is_modern()).cloned() {
        let known = object.entry("$defs").or_insert_with(|| Value::Object(serde_json::Map::new()));
        if let Value::Object(known) = known {
            for (name, schema) in definitions {
                known.entry(name).or_insert(schema);
            }
        }
    }
    Ok(document)
}
