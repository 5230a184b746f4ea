//! Equality of types in the Avro sense, and the closer one that lookups use.

use std::collections::HashSet;

use super::{
    model::{Definition, Field, Properties, Type, TypeId, Types},
    value,
};
use crate::schema::document::Value;

/// What must be equal besides the structure, the names, the defaults of fields and the properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Nothing: the rule for a second definition of a name.
    Avro,
    /// Docs, aliases and defaults of enums: the rule for lookups.
    Complete,
}

/// Whether two types are equal; recursive ones are, unless a difference is found.
pub(super) fn equal(left: (&Types, TypeId), right: (&Types, TypeId), detail: Detail) -> bool {
    let (left_types, right_types) = (left.0, right.0);
    let mut comparison = Comparison { detail, open: vec![(left.1, right.1)], met: HashSet::new() };
    while let Some((left, right)) = comparison.open.pop() {
        if std::ptr::eq(left_types, right_types) && left == right {
            continue;
        }
        let (left_type, right_type) = (&left_types[left], &right_types[right]);
        if left_type.definition().is_some() && !comparison.met.insert((left, right)) {
            continue;
        }
        if !comparison.step(left_type, right_type) {
            return false;
        }
    }
    true
}

struct Comparison {
    detail: Detail,
    open: Vec<(TypeId, TypeId)>,
    /// Pairs of named types that were compared or are about to be.
    met: HashSet<(TypeId, TypeId)>,
}

impl Comparison {
    /// Compares two types without their parts, and notes the parts for later.
    fn step(&mut self, left: &Type, right: &Type) -> bool {
        if let (Some(left), Some(right)) = (left.definition(), right.definition())
            && !self.same_definition(left, right)
        {
            return false;
        }
        match (left, right) {
            (Type::Primitive(left, properties), Type::Primitive(right, others)) => {
                left == right && same_properties(properties, others)
            }
            (Type::Array(left, properties), Type::Array(right, others))
            | (Type::Map(left, properties), Type::Map(right, others)) => {
                self.open.push((*left, *right));
                same_properties(properties, others)
            }
            (Type::Union(left), Type::Union(right)) => {
                self.open.extend(left.iter().copied().zip(right.iter().copied()));
                left.len() == right.len()
            }
            (Type::Fixed(left), Type::Fixed(right)) => left.size == right.size,
            (Type::Enum(left), Type::Enum(right)) => {
                left.symbols == right.symbols && (self.detail == Detail::Avro || left.default == right.default)
            }
            (Type::Record(left), Type::Record(right)) => {
                self.open.extend(left.fields.iter().zip(&right.fields).map(|(left, right)| (left.of, right.of)));
                left.fields.len() == right.fields.len()
                    && left.fields.iter().zip(&right.fields).all(|(left, right)| self.same_field(left, right))
            }
            _ => false,
        }
    }

    fn same_definition(&self, left: &Definition, right: &Definition) -> bool {
        left.name.full() == right.name.full()
            && same_properties(&left.properties, &right.properties)
            && (self.detail == Detail::Avro || left.doc == right.doc && same_set(&left.aliases, &right.aliases))
    }

    fn same_field(&self, left: &Field, right: &Field) -> bool {
        left.name == right.name
            && left.order == right.order
            && same_default(left.default.as_deref(), right.default.as_deref())
            && same_properties(&left.properties, &right.properties)
            && (self.detail == Detail::Avro || left.doc == right.doc && same_set(&left.aliases, &right.aliases))
    }
}

fn same_default(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => value::equal(left, right),
        (None, None) => true,
        _ => false,
    }
}

/// Aliases have no order; both sides are free of repetitions.
fn same_set<T: Eq + std::hash::Hash>(left: &[T], right: &[T]) -> bool {
    left.len() == right.len() && (left == right || left.iter().collect::<HashSet<_>>() == right.iter().collect())
}

/// Properties have no order; keys are unique.
fn same_properties(left: &Properties, right: &Properties) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut left: Vec<_> = left.iter().collect();
    let mut right: Vec<_> = right.iter().collect();
    left.sort_by(|a, b| a.0.cmp(&b.0));
    right.sort_by(|a, b| a.0.cmp(&b.0));
    left.iter().zip(right).all(|(left, right)| left.0 == right.0 && value::equal(&left.1, &right.1))
}
