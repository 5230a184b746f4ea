//! The parsed form of an Avro schema: an arena of types, in which a named type is one node however often it is used.

use std::{
    collections::HashMap,
    ops::{Index, IndexMut},
    sync::Arc,
};

use super::names::Name;
use crate::schema::document::Value;

/// The place of a type in the arena; two uses of one named type have the same id, two inline types never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TypeId(u32);

/// The arena.
#[derive(Debug, Clone, Default)]
pub(super) struct Types(Vec<Type>);

/// A type.
#[derive(Debug, Clone)]
pub(super) enum Type {
    Primitive(Primitive, Properties),
    Record(Record),
    Enum(Enumeration),
    Fixed(Fixed),
    Array(TypeId, Properties),
    Map(TypeId, Properties),
    Union(Vec<TypeId>),
    /// A name used before its definition; only while a text is being read.
    Unresolved,
}

/// A primitive type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Primitive {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
}

/// The attributes that carry no meaning for Avro itself, in the order of the text.
pub(super) type Properties = Vec<(String, Arc<Value>)>;

/// What records, enums and fixed types have in common.
#[derive(Debug, Clone)]
pub(super) struct Definition {
    pub(super) name: Name,
    pub(super) doc: Option<String>,
    /// Without repetitions, in order of first appearance.
    pub(super) aliases: Vec<Name>,
    pub(super) properties: Properties,
}

/// A record or an error.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) definition: Definition,
    pub(super) keyword: RecordKeyword,
    pub(super) fields: Vec<Field>,
    /// Places of the fields by name.
    pub(super) index: HashMap<String, usize>,
}

/// How a record was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordKeyword {
    Record,
    Error,
}

/// A field of a record.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) doc: Option<String>,
    pub(super) default: Option<Arc<Value>>,
    pub(super) order: Order,
    /// Without repetitions; plain texts that nobody validates.
    pub(super) aliases: Vec<String>,
    pub(super) properties: Properties,
    pub(super) of: TypeId,
}

/// How a field takes part in sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
    Ignore,
}

/// An enum.
#[derive(Debug, Clone)]
pub(super) struct Enumeration {
    pub(super) definition: Definition,
    pub(super) symbols: Vec<String>,
    pub(super) default: Option<String>,
}

/// A fixed.
#[derive(Debug, Clone)]
pub(super) struct Fixed {
    pub(super) definition: Definition,
    pub(super) size: usize,
}

impl TypeId {
    /// How many types were added before.
    pub(super) fn number(self) -> u32 {
        self.0
    }
}

impl Types {
    /// Adds a type.
    pub(super) fn add(&mut self, added: Type) -> TypeId {
        let id = TypeId(u32::try_from(self.0.len()).expect("a text of less than 4 GB has less than 2^32 types"));
        self.0.push(added);
        id
    }

    /// How many types there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The id of this number, if there is one.
    pub(super) fn id(&self, number: u32) -> Option<TypeId> {
        ((number as usize) < self.0.len()).then_some(TypeId(number))
    }

    /// The ids from the `start`-th on.
    pub(super) fn ids_from(&self, start: usize) -> impl Iterator<Item = TypeId> + use<> {
        (start..self.0.len()).map(|at| TypeId(u32::try_from(at).expect("ids were given out as u32")))
    }
}

impl Index<TypeId> for Types {
    type Output = Type;

    fn index(&self, id: TypeId) -> &Type {
        &self.0[id.0 as usize]
    }
}

impl IndexMut<TypeId> for Types {
    fn index_mut(&mut self, id: TypeId) -> &mut Type {
        &mut self.0[id.0 as usize]
    }
}

impl Type {
    /// The definition, if the type has a name.
    pub(super) fn definition(&self) -> Option<&Definition> {
        match self {
            Self::Record(record) => Some(&record.definition),
            Self::Enum(enumeration) => Some(&enumeration.definition),
            Self::Fixed(fixed) => Some(&fixed.definition),
            _ => None,
        }
    }

    /// The type's keyword; an error is a record.
    pub(super) fn keyword(&self) -> &'static str {
        match self {
            Self::Primitive(primitive, _) => primitive.keyword(),
            Self::Record(_) | Self::Unresolved => "record",
            Self::Enum(_) => "enum",
            Self::Fixed(_) => "fixed",
            Self::Array(..) => "array",
            Self::Map(..) => "map",
            Self::Union(_) => "union",
        }
    }

    /// The name by which a union tells its branches apart: the full name, else the keyword.
    pub(super) fn branch_name(&self) -> &str {
        self.definition().map_or_else(|| self.keyword(), |definition| definition.name.full())
    }

    /// The types used directly by this one.
    pub(super) fn parts(&self) -> Vec<TypeId> {
        match self {
            Self::Record(record) => record.fields.iter().map(|field| field.of).collect(),
            Self::Array(part, _) | Self::Map(part, _) => vec![*part],
            Self::Union(branches) => branches.clone(),
            _ => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub(super) fn parts_mut(&mut self) -> Vec<&mut TypeId> {
        match self {
            Self::Record(record) => record.fields.iter_mut().map(|field| &mut field.of).collect(),
            Self::Array(part, _) | Self::Map(part, _) => vec![part],
            Self::Union(branches) => branches.iter_mut().collect(),
            _ => Vec::new(),
        }
    }
}

impl Primitive {
    /// The primitive of a keyword.
    pub(super) fn from_keyword(keyword: &str) -> Option<Self> {
        Some(match keyword {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "int" => Self::Int,
            "long" => Self::Long,
            "float" => Self::Float,
            "double" => Self::Double,
            "bytes" => Self::Bytes,
            "string" => Self::String,
            _ => return None,
        })
    }

    /// The keyword.
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Bytes => "bytes",
            Self::String => "string",
        }
    }
}

impl RecordKeyword {
    /// The keyword.
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Error => "error",
        }
    }
}

impl Order {
    /// The order of an attribute, in any case.
    pub(super) fn from_keyword(keyword: &str) -> Option<Self> {
        Some(match keyword.to_uppercase().as_str() {
            "ASCENDING" => Self::Ascending,
            "DESCENDING" => Self::Descending,
            "IGNORE" => Self::Ignore,
            _ => return None,
        })
    }

    /// The keyword in lower case.
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
            Self::Ignore => "ignore",
        }
    }
}
