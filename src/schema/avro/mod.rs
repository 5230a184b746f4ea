//! Avro: parsing, canonical and normalised text, fingerprints, equivalence, compatibility.

mod candidates;
mod canonical;
mod causes;
mod changes;
pub mod data;
mod defaults;
mod diff;
mod equal;
mod fingerprint;
mod incompatibility;
mod mentions;
mod model;
mod names;
mod normalize;
mod parse;
mod places;
mod resolve;
mod tags;
mod value;

use std::{collections::HashSet, sync::Arc};

use self::{
    equal::Detail,
    model::{Type, TypeId, Types},
    parse::Parsed,
    places::Positions,
};
use super::{Difference, Direction, ParseError, Place, Referenced, Spot, Strictness, TooComplex, document::MAX_DEPTH};

pub use self::{changes::changes, fingerprint::fingerprint_rabin, mentions::mentions};

/// A parsed Avro schema, with everything it refers to.
#[derive(Debug, Clone)]
pub struct Schema {
    types: Types,
    root: TypeId,
    positions: Arc<Positions>,
    /// The full names of the top-level types of the references; the canonical text does not define them.
    known: HashSet<String>,
}

impl Schema {
    /// Reads a schema; dependencies come before their dependents in `references`.
    pub fn parse(text: &str, references: &[Referenced], strictness: Strictness) -> Result<Self, ParseError> {
        let mut parsed = Parsed::default();
        let mut known = HashSet::new();
        for (number, reference) in references.iter().enumerate() {
            let root = parsed.read(&reference.text, strictness).map_err(|error| error.in_reference(number))?;
            known.extend(parsed.types[root].definition().map(|definition| definition.name.full().to_owned()));
        }
        let root = parsed.read(text, strictness)?;
        let schema = Self { root, known, types: parsed.types, positions: Arc::new(parsed.positions) };
        // A definition moves to its first use; without forward references and dependencies the text bounds the depth.
        if parsed.has_forward_references || !references.is_empty() { schema.printable() } else { Ok(schema) }
    }

    /// Refuses what would print deeper than can be read: the first uses in both texts may be different ones.
    fn printable(self) -> Result<Self, ParseError> {
        if self.print().is_some() && canonical::text_of_type(&self.types, self.root).is_some() {
            return Ok(self);
        }
        Err(ParseError::new(format!("the definitions, each at its first use, nest deeper than {MAX_DEPTH} levels")))
    }

    fn print(&self) -> Option<String> {
        canonical::print(&self.types, self.root, self.known.iter().map(String::as_str))
    }

    /// The text that is stored and returned: compact, in a fixed order of attributes, references as names.
    pub fn canonical(&self) -> String {
        self.print().expect("parse refuses what nests too deep")
    }

    /// The same schema with everything in a fixed order and form that does not change its meaning for data.
    pub fn normalized(&self) -> Result<Self, ParseError> {
        let (positions, known) = (self.positions.clone(), self.known.clone());
        Ok(Self { types: normalize::normalized(&self.types), root: self.root, positions, known })
    }

    /// The canonical text with all references inlined at first use.
    pub fn resolved(&self) -> String {
        canonical::text_of_type(&self.types, self.root).expect("parse refuses what nests too deep")
    }

    /// Whether a lookup of one finds the other: equal but for the order of attributes and the use of references.
    pub fn equivalent(&self, other: &Self) -> bool {
        equal::equal((&self.types, self.root), (&other.types, other.root), Detail::Complete)
    }

    /// The parsing canonical form of the Avro specification, the text under the fingerprints.
    pub fn parsing_canonical_form(&self) -> String {
        fingerprint::parsing_canonical_form(&self.types, self.root)
    }

    /// Everything that keeps `reader` from reading data of `writer`, in the reference's order; `direction` fills the
    /// words of the messages.
    pub fn differences(reader: &Self, writer: &Self, direction: Direction) -> Result<Vec<Difference>, TooComplex> {
        match diff::incompatibilities((&reader.types, reader.root), (&writer.types, writer.root)) {
            Ok(found) => Ok(found.into_iter().map(|one| one.into_difference(direction)).collect()),
            Err(diff::Stop::TooComplex(why)) => Err(why),
            Err(diff::Stop::Exception(message)) => {
                let (description, spot) = (message.clone(), Spot { node: reader.root.number(), tail: String::new() });
                let writer = Spot { node: writer.root.number(), tail: String::new() };
                let path = "/".to_owned();
                Ok(vec![Difference {
                    kind: "EXCEPTION",
                    path,
                    breaks: true,
                    description,
                    message,
                    reader: spot,
                    writer,
                }])
            }
        }
    }

    /// The differences inside of which a difference consists, where that is certain.
    pub fn causes(reader: &Self, writer: &Self, difference: &Difference, direction: Direction) -> Vec<Difference> {
        causes::causes(reader, writer, difference, direction).unwrap_or_default()
    }

    /// Where a spot of a difference is in the text, or in that of a reference.
    pub fn place(&self, spot: &Spot) -> Option<Place> {
        self.positions.place(spot)
    }

    /// The names of the root record's fields; empty if the root is no record.
    pub fn top_level_fields(&self) -> Vec<&str> {
        match &self.types[self.root] {
            Type::Record(record) => record.fields.iter().map(|field| field.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// The full name of the root, if it has one.
    pub fn name(&self) -> Option<String> {
        self.types[self.root].definition().map(|definition| definition.name.full().to_owned())
    }
}
