//! Replaces names that were used before their definition, once the whole text has been read.

use std::collections::{HashMap, HashSet};

use super::{
    model::{Type, TypeId},
    parse::Reader,
};
use crate::schema::ParseError;

/// Lets every use of a forward reference among the types from `start` on point to the definition; returns the new root.
pub(super) fn link(reader: &mut Reader<'_>, start: usize, root: TypeId) -> Result<TypeId, ParseError> {
    if reader.pending.is_empty() {
        return Ok(root);
    }
    let mut targets = HashMap::with_capacity(reader.pending.len());
    for pending in &reader.pending {
        let Some(&target) = reader.parsed.names.get(&pending.full) else {
            return Err(ParseError::at(pending.at, format!("Undefined schema: {}", pending.full)));
        };
        targets.insert(pending.placeholder, target);
    }
    for id in reader.parsed.types.ids_from(start) {
        for part in reader.parsed.types[id].parts_mut() {
            if let Some(&target) = targets.get(part) {
                *part = target;
            }
        }
    }
    reader.parsed.has_forward_references = true;
    Ok(targets.get(&root).copied().unwrap_or(root))
}

/// Refuses unions that hold a type twice; they can be judged only when all names are known.
pub(super) fn check_unions(reader: &Reader<'_>) -> Result<(), ParseError> {
    for &(id, at) in &reader.unions {
        let Type::Union(branches) = &reader.parsed.types[id] else { continue };
        let mut names = HashSet::with_capacity(branches.len());
        for &branch in branches {
            let name = reader.parsed.types[branch].branch_name();
            if !names.insert(name) {
                return Err(ParseError::at(at, format!("Duplicate in union:{name}")));
            }
        }
    }
    Ok(())
}
