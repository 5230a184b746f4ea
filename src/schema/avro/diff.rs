//! Can the reader read what the writer wrote: all incompatibilities, in the order and with the memory of the reference.
//!
//! Results are remembered per pair of types where one of them has a name, with the locations of the first visit; a pair
//! that is still being checked counts as compatible. Both show in the messages, so both are part of the contract.

use std::collections::HashMap;

use super::{
    candidates::Candidates,
    canonical::text_of_type,
    incompatibility::{Incompatibility, Kind, Place, Token},
    model::{Definition, Enumeration, Field, Primitive, Record, Type, TypeId, Types},
    places::{Part, Use, Uses},
};
use crate::schema::TooComplex;

/// Comparisons of two types, fields or symbols; cycles of lengths p and q give p * q pairs.
const MAX_STEPS: usize = 8_000_000;

/// How many types deep a comparison goes.
const MAX_DEPTH: usize = 10_000;

/// Pairs that are remembered.
const MAX_PAIRS: usize = 1_000_000;

/// How many incompatibilities are listed: remembered ones repeat at every use.
const MAX_FOUND: usize = 200_000;

/// How many bytes their places and details may take, found or listed.
const MAX_TEXT: usize = 64 * 1024 * 1024;

/// Why a comparison ended early.
pub(super) enum Stop {
    /// It takes too much work.
    TooComplex(TooComplex),
    /// The reference gives up with this message.
    Exception(String),
}

/// Everything that keeps the reader from reading, in order.
pub(super) fn incompatibilities(
    reader: (&Types, TypeId),
    writer: (&Types, TypeId),
) -> Result<Vec<Incompatibility>, Stop> {
    let mut walk = Walk {
        readers: reader.0,
        writers: writer.0,
        candidates: Candidates::new(reader.0, reader.1),
        remembered: HashMap::new(),
        findings: vec![Vec::new()],
        steps: 0,
        text: 0,
        depth: 0,
    };
    let mut found = Vec::new();
    walk.pair(reader.1, writer.1, &Place::root(Uses::of(reader.1, writer.1, Part::Whole)), &mut found)?;
    flatten(&found, &walk.findings)
}

/// What a check found: something new, or what an earlier check of the same pair had found.
enum Item {
    New(Incompatibility),
    Remembered(usize),
}

/// Lists everything in order; what was remembered is a list in `findings`.
fn flatten(found: &[Item], findings: &[Vec<Item>]) -> Result<Vec<Incompatibility>, Stop> {
    let mut flat: Vec<Incompatibility> = Vec::new();
    let (mut steps, mut text) = (0, 0);
    let mut open = vec![found.iter()];
    while let Some(items) = open.last_mut() {
        steps += 1;
        match items.next() {
            None => {
                open.pop();
            }
            Some(&Item::Remembered(more)) => open.push(findings[more].iter()),
            Some(Item::New(incompatibility)) => {
                text += incompatibility.size();
                flat.push(incompatibility.clone());
            }
        }
        if flat.len() > MAX_FOUND || text > MAX_TEXT || steps > MAX_STEPS {
            return Err(too_complex("too many incompatibilities"));
        }
    }
    Ok(flat)
}

fn too_complex(why: impl Into<String>) -> Stop {
    Stop::TooComplex(TooComplex(why.into()))
}

/// The place of the empty list among the findings.
const NOTHING: usize = 0;

struct Walk<'t> {
    readers: &'t Types,
    writers: &'t Types,
    candidates: Candidates<'t>,
    /// What was found for a pair, as a place in `findings`.
    remembered: HashMap<(TypeId, TypeId), usize>,
    /// The first is empty: nothing found, or not yet.
    findings: Vec<Vec<Item>>,
    steps: usize,
    text: usize,
    depth: usize,
}

impl<'t> Walk<'t> {
    fn pair(&mut self, reader: TypeId, writer: TypeId, place: &Place<'_>, found: &mut Vec<Item>) -> Result<(), Stop> {
        self.step(1)?;
        let (read, written) = (&self.readers[reader], &self.writers[writer]);
        // Two inline types meet once at most for each pair of types around them; they need no memory.
        if read.definition().is_none() && written.definition().is_none() {
            return self.descend(reader, writer, place, found);
        }
        if let Some(&known) = self.remembered.get(&(reader, writer)) {
            if known != NOTHING {
                found.push(Item::Remembered(known));
            }
            return Ok(());
        }
        if self.remembered.len() >= MAX_PAIRS {
            return Err(too_complex(format!("more than {MAX_PAIRS} pairs of named types")));
        }
        self.remembered.insert((reader, writer), NOTHING);
        let mut own = Vec::new();
        self.descend(reader, writer, place, &mut own)?;
        if !own.is_empty() {
            let place = self.findings.len();
            self.findings.push(own);
            self.remembered.insert((reader, writer), place);
            found.push(Item::Remembered(place));
        }
        Ok(())
    }

    /// Notes an incompatibility.
    fn note(&mut self, place: &Place<'_>, kind: Kind, found: &mut Vec<Item>) -> Result<(), Stop> {
        let incompatibility = Incompatibility { path: place.to_string(), uses: place.uses, kind };
        self.text += incompatibility.size();
        if self.text > MAX_TEXT {
            return Err(too_complex("too many incompatibilities"));
        }
        found.push(Item::New(incompatibility));
        Ok(())
    }

    fn step(&mut self, cost: usize) -> Result<(), Stop> {
        self.steps += cost;
        if self.steps > MAX_STEPS { Err(too_complex(format!("more than {MAX_STEPS} steps"))) } else { Ok(()) }
    }

    fn descend(
        &mut self,
        reader: TypeId,
        writer: TypeId,
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        if self.depth >= MAX_DEPTH {
            return Err(too_complex(format!("more than {MAX_DEPTH} types deep")));
        }
        self.depth += 1;
        let done = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.compare(reader, writer, place, found));
        self.depth -= 1;
        done
    }

    fn compare(
        &mut self,
        reader: TypeId,
        writer: TypeId,
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        let both = |part| Uses::of(reader, writer, part);
        let name = place.then(Token::Key("name"), both(Part::Name));
        match (&self.readers[reader], &self.writers[writer]) {
            (Type::Union(_), Type::Union(_)) => self.union_by_union(reader, writer, place, found),
            (read, Type::Union(branches)) => {
                debug_assert!(!matches!(read, Type::Union(_)));
                for (at, &branch) in branches.iter().enumerate() {
                    let writer = Use { of: writer, part: Part::Branch(at) };
                    self.pair(reader, branch, &place.then(Token::At(at), Uses { writer, ..place.uses }), found)?;
                }
                Ok(())
            }
            (Type::Union(_), _) => self.union_by_one(reader, writer, place, found),
            (Type::Array(read, _), Type::Array(written, _)) => {
                self.pair(*read, *written, &place.then(Token::Key("items"), both(Part::Items)), found)
            }
            (Type::Map(read, _), Type::Map(written, _)) => {
                self.pair(*read, *written, &place.then(Token::Key("values"), both(Part::Values)), found)
            }
            (Type::Record(read), Type::Record(written)) => {
                self.names(&read.definition, &written.definition, &name, found)?;
                self.fields(read, written, (reader, writer), place, found)
            }
            (Type::Enum(read), Type::Enum(written)) => {
                self.names(&read.definition, &written.definition, &name, found)?;
                self.symbols(read, written, &place.then(Token::Key("symbols"), both(Part::Symbols)), found)
            }
            (Type::Fixed(read), Type::Fixed(written)) => {
                self.names(&read.definition, &written.definition, &name, found)?;
                if read.size != written.size {
                    let kind = Kind::FixedSize { expected: written.size, found: read.size };
                    self.note(&place.then(Token::Key("size"), both(Part::Size)), kind, found)?;
                }
                Ok(())
            }
            (read, written) => {
                if reads_by_promotion(read, written) {
                    return Ok(());
                }
                self.note(place, Kind::Type { reader: read.keyword(), writer: written.keyword() }, found)
            }
        }
    }

    /// Every branch of the writer must be readable by the whole union of the reader; why it is not, is not told.
    fn union_by_union(
        &mut self,
        reader: TypeId,
        writer: TypeId,
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        let Type::Union(branches) = &self.writers[writer] else { return Ok(()) };
        for (at, &branch) in branches.iter().enumerate() {
            let uses = Uses { writer: Use { of: writer, part: Part::Branch(at) }, ..place.uses };
            let mut unseen = Vec::new();
            self.pair(reader, branch, &Place::root(uses), &mut unseen)?;
            if !unseen.is_empty() {
                let kind = Kind::UnionBranch { writer: self.writers[branch].keyword() };
                self.note(&place.then(Token::At(at), uses), kind, found)?;
            }
        }
        Ok(())
    }

    /// One branch of the reader must read the writer; why the others do not, is not told.
    fn union_by_one(
        &mut self,
        reader: TypeId,
        writer: TypeId,
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        let (Type::Union(branches), written) = (&self.readers[reader], &self.writers[writer]) else { return Ok(()) };
        let mut unseen = Vec::new();
        for at in self.candidates.of(reader, branches, written) {
            let uses = Uses { reader: Use { of: reader, part: Part::Branch(at) }, ..place.uses };
            self.pair(branches[at], writer, &Place::root(uses), &mut unseen)?;
            if unseen.is_empty() {
                return Ok(());
            }
            unseen.clear();
        }
        self.note(place, Kind::UnionBranch { writer: written.keyword() }, found)
    }

    /// Simple names must be equal, or an alias of the reader must be the writer's full name.
    fn names(
        &mut self,
        read: &Definition,
        written: &Definition,
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        if read.name.simple() == written.name.simple() {
            return Ok(());
        }
        self.step(read.aliases.len())?;
        if read.aliases.iter().any(|alias| alias.full() == written.name.full()) {
            return Ok(());
        }
        self.note(place, Kind::Name { expected: written.name.full().into() }, found)
    }

    fn fields(
        &mut self,
        read: &'t Record,
        written: &'t Record,
        (reader, writer): (TypeId, TypeId),
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        self.step(read.fields.len())?;
        let fields = place.then(Token::Key("fields"), place.uses);
        for (at, field) in read.fields.iter().enumerate() {
            let missing = Uses {
                reader: Use { of: reader, part: Part::Field(at) },
                writer: Use { of: writer, part: Part::Fields },
            };
            let here = fields.then(Token::At(at), missing);
            let typed = |written| Uses {
                reader: Use { of: reader, part: Part::FieldType(at) },
                writer: Use { of: writer, part: written },
            };
            let within = |written| here.then(Token::Key("type"), typed(written));
            self.step(field.aliases.len())?;
            let names = std::iter::once(&field.name).chain(&field.aliases);
            let mut matches = names.filter_map(|name| written.index.get(name));
            match (matches.next(), matches.next()) {
                (Some(&only), None) => {
                    self.pair(field.of, written.fields[only].of, &within(Part::FieldType(only)), found)?;
                }
                (Some(_), Some(_)) => return Err(self.many_matches(field, at, writer)),
                (None, _) if field.default.is_some() => {}
                // A quirk of the reference: the default of the enum is no default of the field, but it is looked at.
                (None, _) if has_enum_default(&self.readers[field.of]) => {
                    self.pair(field.of, writer, &within(Part::Whole), found)?;
                }
                (None, _) => {
                    let kind = Kind::MissingDefault { field: field.name.as_str().into() };
                    self.note(&here, kind, found)?;
                }
            }
        }
        Ok(())
    }

    fn many_matches(&self, field: &Field, at: usize, writer: TypeId) -> Stop {
        let Some(record) = text_of_type(self.writers, writer) else {
            return too_complex("a record of the writer nests too deep to be shown");
        };
        Stop::Exception(format!(
            "Unexpected exception during compatibility check: Reader record field {} type:{} pos:{at} matches multiple \
             fields in writer record schema {record}",
            field.name,
            self.readers[field.of].keyword().to_uppercase(),
        ))
    }

    fn symbols(
        &mut self,
        read: &Enumeration,
        written: &Enumeration,
        place: &Place<'_>,
        found: &mut Vec<Item>,
    ) -> Result<(), Stop> {
        self.step(written.symbols.len() + read.symbols.len())?;
        let known: std::collections::HashSet<&String> = read.symbols.iter().collect();
        let mut missing: Vec<&str> =
            written.symbols.iter().filter(|&symbol| !known.contains(symbol)).map(String::as_str).collect();
        // A default is always one of the reader's own symbols: no other can be parsed.
        if !missing.is_empty() && read.default.is_none() {
            missing.sort_unstable();
            let kind = Kind::EnumSymbols { missing: missing.join(", ").into() };
            self.note(place, kind, found)?;
        }
        Ok(())
    }
}

fn has_enum_default(of: &Type) -> bool {
    matches!(of, Type::Enum(Enumeration { default: Some(_), .. }))
}

fn reads_by_promotion(read: &Type, written: &Type) -> bool {
    use Primitive::{Bytes, Double, Float, Int, Long, String};
    let (Type::Primitive(read, _), Type::Primitive(written, _)) = (read, written) else { return false };
    read == written
        || matches!(
            (written, read),
            (Int, Long | Float | Double) | (Long, Float | Double) | (Float, Double) | (Bytes, String) | (String, Bytes)
        )
}
