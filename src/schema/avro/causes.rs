//! Why a union lacks a branch although it has one like it: what differs between the two, which the reference keeps quiet.

use super::{
    Schema,
    diff::incompatibilities,
    model::{Type, TypeId, Types},
};
use crate::schema::{Difference, Direction, Spot};

/// What keeps the only branch of the reader's union that a writer's type can be meant for from reading it.
pub(super) fn causes(
    reader: &Schema,
    writer: &Schema,
    difference: &Difference,
    direction: Direction,
) -> Option<Vec<Difference>> {
    if difference.kind != "MISSING_UNION_BRANCH" {
        return None;
    }
    let (union, _) = type_at(&reader.types, &difference.reader)?;
    let (written, is_branch) = type_at(&writer.types, &difference.writer)?;
    let Type::Union(branches) = &reader.types[union] else { return None };
    let at = counterpart(&reader.types, branches, &writer.types[written])?;
    // A branch of the writer's union is the last step of the path.
    let around = if is_branch { difference.path.rsplit_once('/')?.0 } else { difference.path.trim_end_matches('/') };
    let found = incompatibilities((&reader.types, branches[at]), (&writer.types, written)).ok()?;
    let within = found.into_iter().map(|mut inner| {
        inner.path = format!("{around}/{at}{}", inner.path.trim_end_matches('/'));
        inner.into_difference(direction)
    });
    Some(within.collect())
}

/// The branch of the same name, or else the only one of the same kind.
fn counterpart(types: &Types, branches: &[TypeId], written: &Type) -> Option<usize> {
    let places = |is: &dyn Fn(&Type) -> bool| -> Vec<usize> {
        branches.iter().enumerate().filter(|(_, branch)| is(&types[**branch])).map(|(at, _)| at).collect()
    };
    let name = written.definition().map(|definition| definition.name.full());
    let namesake = |of: &Type| name.is_some() && of.definition().map(|definition| definition.name.full()) == name;
    let alike = |of: &Type| of.keyword() == written.keyword();
    match (places(&namesake).as_slice(), places(&alike).as_slice()) {
        (&[one], _) | (_, &[one]) => Some(one),
        _ => None,
    }
}

/// The type at a spot, and whether it is there as a branch of a union.
fn type_at(types: &Types, spot: &Spot) -> Option<(TypeId, bool)> {
    let around = types.id(spot.node)?;
    let mut steps = spot.tail.split('/').skip(1);
    let of = match (&types[around], steps.next(), steps.next(), steps.next()) {
        (_, None, ..) => around,
        (Type::Array(items, _), Some("items"), None, _) => *items,
        (Type::Map(values, _), Some("values"), None, _) => *values,
        (Type::Record(record), Some("fields"), Some(at), Some("type")) => {
            record.fields.get(at.parse::<usize>().ok()?)?.of
        }
        (Type::Union(branches), Some(at), None, _) => return Some((*branches.get(at.parse::<usize>().ok()?)?, true)),
        _ => return None,
    };
    Some((of, false))
}
