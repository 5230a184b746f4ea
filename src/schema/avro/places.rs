//! Where types stand in the texts that they were read from, for whoever wants to point at a difference.

use std::fmt::{self, Display, Formatter};

use super::model::TypeId;
use crate::schema::{Place, Spot};

/// A part of a type's definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Name,
    Size,
    Symbols,
    Fields,
    Field(usize),
    FieldType(usize),
    Items,
    Values,
    Branch(usize),
}

impl Display for Part {
    /// Writes the rest of a JSON pointer.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => Ok(()),
            Self::Name => f.write_str("/name"),
            Self::Size => f.write_str("/size"),
            Self::Symbols => f.write_str("/symbols"),
            Self::Fields => f.write_str("/fields"),
            Self::Field(at) => write!(f, "/fields/{at}"),
            Self::FieldType(at) => write!(f, "/fields/{at}/type"),
            Self::Items => f.write_str("/items"),
            Self::Values => f.write_str("/values"),
            Self::Branch(at) => write!(f, "/{at}"),
        }
    }
}

/// The place of a part; a named type is used in many places, but its parts are only at its definition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    pub(super) of: TypeId,
    pub(super) part: Part,
}

impl Use {
    /// The same as every language says it.
    pub(super) fn spot(self) -> Spot {
        Spot { node: self.of.number(), tail: self.part.to_string() }
    }
}

/// The places of a reader's and a writer's type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uses {
    pub(super) reader: Use,
    pub(super) writer: Use,
}

impl Uses {
    /// The same part of two types.
    pub(super) fn of(reader: TypeId, writer: TypeId, part: Part) -> Self {
        Self { reader: Use { of: reader, part }, writer: Use { of: writer, part } }
    }
}

/// A position in a text, by its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position(u32);

#[derive(Debug, Clone, Copy)]
enum Step {
    /// The whole of a text: those of the references come first, in their order.
    Text(usize),
    Inside(Position, Part),
}

/// Where every type stands.
#[derive(Debug, Default)]
pub(super) struct Positions {
    steps: Vec<Step>,
    /// By type.
    types: Vec<Position>,
    texts: usize,
    here: Option<Position>,
}

impl Positions {
    /// Begins another text.
    pub(super) fn begin_text(&mut self) {
        self.here = Some(self.push(Step::Text(self.texts)));
        self.texts += 1;
    }

    /// Goes to a part; gives the way back.
    pub(super) fn enter(&mut self, part: Part) -> Option<Position> {
        let before = self.here?;
        self.here = Some(self.push(Step::Inside(before, part)));
        Some(before)
    }

    /// Goes back.
    pub(super) fn leave(&mut self, before: Option<Position>) {
        self.here = before;
    }

    /// Notes the position of the next type of the arena.
    pub(super) fn add_type(&mut self) {
        let here = self.here.expect("a type is read in a text");
        self.types.push(here);
    }

    fn push(&mut self, step: Step) -> Position {
        let position = u32::try_from(self.steps.len()).expect("a text of less than 4 GB has less than 2^32 parts");
        self.steps.push(step);
        Position(position)
    }

    /// The JSON pointer of a spot, and the reference whose text it points into.
    pub(super) fn place(&self, spot: &Spot) -> Option<Place> {
        let mut position = *self.types.get(spot.node as usize)?;
        let mut parts = Vec::new();
        loop {
            match self.steps[position.0 as usize] {
                Step::Inside(outer, part) => {
                    parts.push(part.to_string());
                    position = outer;
                }
                Step::Text(text) => {
                    parts.reverse();
                    let pointer = parts.concat() + &spot.tail;
                    return Some(Place { reference: (text + 1 < self.texts).then_some(text), pointer });
                }
            }
        }
    }
}
