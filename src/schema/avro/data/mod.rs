//! Does a datum conform to a schema: JSON or binary, with every reason why not.
//!
//! JSON follows the Avro JSON encoding, and reads the plain form of unions as well: `{"string":"x"}` and `"x"`. The
//! values of `bytes` and `fixed` are strings of the code points U+0000 to U+00FF, one for each byte; `NaN` and the
//! infinities of `float` and `double` are strings. Every field must be there: defaults are for readers of other
//! schemas, not for data. Logical types are not looked at: a datum is judged as its underlying type.

mod binary;
mod bridge;
mod json;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use apache_avro::{AvroResult, reader::datum::GenericDatumReader, types::Value, writer::datum::GenericDatumWriter};

use super::Schema;
use crate::schema::ParseError;

/// Deepest nesting of values that is read.
const MAX_DEPTH: usize = 250;

/// Most values that are read; a value counts again for every branch of a union that it is tried on.
const MAX_VALUES: usize = 1_000_000;

/// Most fields, branches and symbols that are looked at on the way.
const MAX_STEPS: usize = 10_000_000;

/// The `apache-avro` crate recurses as deep as the schema and the datum nest.
const STACK: usize = 64 * 1024 * 1024;

/// A value to be judged.
#[derive(Debug, Clone, Copy)]
pub enum Datum<'a> {
    /// The Avro JSON encoding, with or without the tags of unions.
    Json(&'a serde_json::Value),
    /// The Avro binary encoding.
    Binary(&'a [u8]),
}

/// One reason why a datum does not conform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonconformity {
    /// A JSON pointer into the datum, for binary into its JSON form; empty for the whole.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}

/// What a check finds: the JSON encoding of a datum that conforms, or the reasons why it does not.
pub type Conformity = Result<serde_json::Value, Vec<Nonconformity>>;

/// Judges a datum. An error means that it cannot be judged by this schema.
///
/// The answer for a datum that conforms is its Avro JSON encoding: unions tagged, fields in the schema's order, the keys
/// of maps sorted.
pub fn check(schema: &Schema, datum: Datum<'_>) -> Result<Conformity, ParseError> {
    stacker::grow(STACK, || {
        // The crate is known to panic on some schemas; the own walk before it lets only sound data through.
        catch_unwind(AssertUnwindSafe(|| judge(schema, datum)))
            .unwrap_or_else(|_| Err(ParseError::new("the schema cannot be used for data: the Avro library failed")))
    })
}

fn judge(schema: &Schema, datum: Datum<'_>) -> Result<Conformity, ParseError> {
    let types = &schema.types;
    let avro = bridge::schema(types, schema.root)
        .map_err(|error| ParseError::new(format!("the schema cannot be used for data: {error}")))?;
    let decoded = match datum {
        Datum::Json(value) => match json::read(types, schema.root, value)? {
            Ok(value) => encode(&avro, &value).map(|_| value),
            Err(found) => return Ok(Err(found)),
        },
        Datum::Binary(bytes) => match binary::check(types, schema.root, bytes)? {
            Ok(()) => decode(&avro, bytes),
            Err(found) => return Ok(Err(vec![found])),
        },
    };
    Ok(match decoded {
        Ok(value) => Ok(bridge::to_json(types, schema.root, &value)),
        Err(error) => Err(vec![Nonconformity { path: String::new(), message: error.to_string() }]),
    })
}

fn encode(schema: &apache_avro::Schema, value: &Value) -> AvroResult<usize> {
    GenericDatumWriter::builder(schema).build()?.write_value_ref(&mut std::io::sink(), value)
}

fn decode(schema: &apache_avro::Schema, mut bytes: &[u8]) -> AvroResult<Value> {
    GenericDatumReader::builder(schema).build()?.read_value(&mut bytes)
}

/// A place in a datum; written out only where something is wrong.
#[derive(Clone, Copy)]
struct Place<'p>(Option<(&'p Place<'p>, Token<'p>)>);

#[derive(Clone, Copy)]
enum Token<'p> {
    Key(&'p str),
    At(usize),
}

impl<'p> Place<'p> {
    const ROOT: Place<'static> = Place(None);

    fn key<'q>(&'q self, key: &'q str) -> Place<'q>
    where
        'p: 'q,
    {
        Place(Some((self, Token::Key(key))))
    }

    fn at(&self, at: usize) -> Place<'_> {
        Place(Some((self, Token::At(at))))
    }

    fn nonconformity(&self, message: impl Into<String>) -> Nonconformity {
        let mut tokens = Vec::new();
        let mut place = self;
        while let Some((parent, token)) = &place.0 {
            tokens.push(match token {
                Token::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
                Token::At(at) => format!("/{at}"),
            });
            place = parent;
        }
        tokens.reverse();
        Nonconformity { path: tokens.concat(), message: message.into() }
    }
}

fn too_much(what: &str, limit: usize) -> ParseError {
    ParseError::new(format!("the datum cannot be checked: more than {limit} {what}"))
}
