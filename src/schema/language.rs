//! One schema in any of the languages: the single place that tells them apart.

use super::{
    Difference, Direction, EntityTags, ParseError, Place, Policy, Referenced, Spot, Strictness, TooComplex, avro, json,
    protobuf,
};
use crate::model::SchemaKind;

/// A parsed schema.
#[derive(Debug)]
pub enum Schema {
    /// Apache Avro.
    Avro(avro::Schema),
    /// JSON Schema.
    Json(json::Schema),
    /// Protocol Buffers.
    Protobuf(protobuf::Schema),
}

/// Whether the stricter rules for field names apply (`validateFields`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FieldCheck {
    /// They do not.
    #[default]
    Skip,
    /// They do.
    Strict,
}

impl Schema {
    /// Reads a text; `references` holds dependencies before dependents.
    pub fn parse(
        kind: SchemaKind,
        text: &str,
        references: &[Referenced],
        strictness: Strictness,
    ) -> Result<Self, ParseError> {
        Ok(match kind {
            SchemaKind::Avro => Self::Avro(avro::Schema::parse(text, references, strictness)?),
            SchemaKind::Json => Self::Json(json::Schema::parse(text, references, strictness)?),
            SchemaKind::Protobuf => Self::Protobuf(protobuf::Schema::parse(text, references, strictness)?),
        })
    }

    /// Checks what parsing leaves open: that the schema can be used.
    pub fn validate(&self, fields: FieldCheck) -> Result<(), ParseError> {
        match self {
            Self::Avro(_) => Ok(()),
            Self::Json(schema) => schema.validate(match fields {
                FieldCheck::Skip => json::FieldCheck::Skip,
                FieldCheck::Strict => json::FieldCheck::Strict,
            }),
            Self::Protobuf(schema) => schema.validate(match fields {
                FieldCheck::Skip => protobuf::FieldCheck::Skip,
                FieldCheck::Strict => protobuf::FieldCheck::Strict,
            }),
        }
    }

    /// Its language.
    pub fn kind(&self) -> SchemaKind {
        match self {
            Self::Avro(_) => SchemaKind::Avro,
            Self::Json(_) => SchemaKind::Json,
            Self::Protobuf(_) => SchemaKind::Protobuf,
        }
    }

    /// The text that is stored and returned.
    pub fn canonical(&self) -> String {
        match self {
            Self::Avro(schema) => schema.canonical(),
            Self::Json(schema) => schema.canonical(),
            Self::Protobuf(schema) => schema.canonical(),
        }
    }

    /// The same schema in its normal form.
    pub fn normalized(&self) -> Result<Self, ParseError> {
        Ok(match self {
            Self::Avro(schema) => Self::Avro(schema.normalized()?),
            Self::Json(schema) => Self::Json(schema.normalized()?),
            Self::Protobuf(schema) => Self::Protobuf(schema.normalized()?),
        })
    }

    /// The text in a format by its wire name; an unknown one changes nothing.
    pub fn formatted(&self, format: &str) -> Result<String, ParseError> {
        let is = |name: &str| format.eq_ignore_ascii_case(name);
        Ok(match self {
            Self::Avro(schema) if is("resolved") => schema.resolved(),
            Self::Protobuf(schema) if is("serialized") => schema.serialized()?,
            Self::Protobuf(schema) if is("ignore_extensions") => schema.without_extensions(),
            _ => self.canonical(),
        })
    }

    /// Whether both mean the same (contract, section 7.2.1).
    pub fn equivalent(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Avro(one), Self::Avro(two)) => one.equivalent(two),
            (Self::Json(one), Self::Json(two)) => one.equivalent(two),
            (Self::Protobuf(one), Self::Protobuf(two)) => one.equivalent(two),
            _ => false,
        }
    }

    /// Every difference that a reader meets in a writer's data; `None` for schemas of different languages.
    pub fn differences(
        reader: &Self,
        writer: &Self,
        direction: Direction,
        policy: Policy,
    ) -> Option<Result<Vec<Difference>, TooComplex>> {
        match (reader, writer) {
            (Self::Avro(reader), Self::Avro(writer)) => Some(avro::Schema::differences(reader, writer, direction)),
            (Self::Json(reader), Self::Json(writer)) => {
                Some(json::Schema::differences(reader, writer, direction, policy))
            }
            (Self::Protobuf(reader), Self::Protobuf(writer)) => {
                Some(protobuf::Schema::differences(reader, writer, direction))
            }
            _ => None,
        }
    }

    /// The differences inside of which a difference consists, where it is certain which parts were meant for each other;
    /// the reference says no more than that nothing fits.
    pub fn causes(
        reader: &Self,
        writer: &Self,
        difference: &Difference,
        (direction, policy): (Direction, Policy),
    ) -> Vec<Difference> {
        match (reader, writer) {
            (Self::Avro(reader), Self::Avro(writer)) => avro::Schema::causes(reader, writer, difference, direction),
            (Self::Json(reader), Self::Json(writer)) => {
                json::Schema::causes(reader, writer, difference, (direction, policy))
            }
            _ => Vec::new(),
        }
    }

    /// Where a spot of a difference is: in which text, and where in it; none if it is in no text that was given.
    pub fn place(&self, spot: &Spot) -> Option<Place> {
        match self {
            Self::Avro(schema) => schema.place(spot),
            Self::Json(schema) => schema.place(spot),
            Self::Protobuf(schema) => schema.place(spot),
        }
    }

    /// The names that a reserved field may not have.
    pub fn top_level_fields(&self) -> Vec<&str> {
        match self {
            Self::Avro(schema) => schema.top_level_fields(),
            Self::Json(schema) => schema.top_level_properties(),
            Self::Protobuf(schema) => schema.top_level_fields(),
        }
    }

    /// Everything that carries inline tags, in document order.
    pub fn find_tags(&self) -> Vec<EntityTags> {
        match self {
            Self::Avro(schema) => schema.find_tags(),
            Self::Json(schema) => schema.find_tags(),
            Self::Protobuf(schema) => schema.find_tags(),
        }
    }

    /// The same schema with some tags added, then some removed.
    pub fn with_tags(&self, add: &[EntityTags], remove: &[EntityTags]) -> Result<Self, ParseError> {
        Ok(match self {
            Self::Avro(schema) => Self::Avro(schema.with_tags(add, remove)?),
            Self::Json(schema) => Self::Json(schema.with_tags(add, remove)?),
            Self::Protobuf(schema) => Self::Protobuf(schema.with_tags(add, remove)?),
        })
    }

    /// The remote reference that keeps a JSON Schema from being loaded, if there is one.
    pub fn needs_remote(&self) -> Option<String> {
        match self {
            Self::Json(schema) => schema.needs_remote(),
            Self::Avro(_) | Self::Protobuf(_) => None,
        }
    }
}
