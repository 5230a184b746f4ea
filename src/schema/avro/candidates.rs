//! Which branches of a reader's union can read a writer's type: without it, wide unions would take quadratic time.
//!
//! The reference tries every branch in order, and remembers what it finds. A branch may be passed over only if nobody
//! can see the difference. That holds for a named type which is used in unions alone, so that what is found in it is
//! never told; whose inner named types are used nowhere else, so that what is remembered of them is never told either;
//! and whose fields have no aliases, so that it cannot raise the exception of many matches. Such a type reads only types
//! of its own name.

use std::collections::{HashMap, HashSet};

use super::model::{Type, TypeId, Types};

/// Below this, trying all branches is cheaper.
const WIDE: usize = 16;

/// The candidates of one reader.
pub(super) struct Candidates<'t> {
    types: &'t Types,
    root: TypeId,
    /// The uses of all types, counted at the first wide union.
    uses: Option<Uses>,
    unions: HashMap<TypeId, Branches<'t>>,
}

/// How often types are used, by id.
struct Uses {
    all: HashMap<TypeId, usize>,
    in_unions: HashMap<TypeId, usize>,
}

/// The branches of a wide union, by place.
struct Branches<'t> {
    by_name: HashMap<&'t str, Vec<usize>>,
    by_alias: HashMap<&'t str, Vec<usize>>,
    /// These are always tried.
    others: Vec<usize>,
}

impl<'t> Candidates<'t> {
    pub(super) fn new(types: &'t Types, root: TypeId) -> Self {
        Self { types, root, uses: None, unions: HashMap::new() }
    }

    /// The places of the branches to be tried, in order.
    pub(super) fn of(&mut self, union: TypeId, branches: &'t [TypeId], written: &Type) -> Vec<usize> {
        if branches.len() < WIDE {
            return (0..branches.len()).collect();
        }
        if !self.unions.contains_key(&union) {
            let sorted = self.sort(branches);
            self.unions.insert(union, sorted);
        }
        let sorted = &self.unions[&union];
        let mut places = sorted.others.clone();
        if let Some(definition) = written.definition() {
            places.extend(sorted.by_name.get(definition.name.simple()).into_iter().flatten());
            places.extend(sorted.by_alias.get(definition.name.full()).into_iter().flatten());
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn sort(&mut self, branches: &[TypeId]) -> Branches<'t> {
        let (types, root) = (self.types, self.root);
        let uses = self.uses.get_or_insert_with(|| Uses::count(types));
        let mut sorted = Branches { by_name: HashMap::new(), by_alias: HashMap::new(), others: Vec::new() };
        for (place, &branch) in branches.iter().enumerate() {
            match types[branch].definition().filter(|_| branch != root && uses.is_confined(types, branch)) {
                Some(definition) => {
                    sorted.by_name.entry(definition.name.simple()).or_default().push(place);
                    for alias in &definition.aliases {
                        sorted.by_alias.entry(alias.full()).or_default().push(place);
                    }
                }
                None => sorted.others.push(place),
            }
        }
        sorted
    }
}

impl Uses {
    fn count(types: &Types) -> Self {
        let mut uses = Self { all: HashMap::new(), in_unions: HashMap::new() };
        for id in types.ids_from(0) {
            for part in types[id].parts() {
                *uses.all.entry(part).or_default() += 1;
                if matches!(types[id], Type::Union(_)) {
                    *uses.in_unions.entry(part).or_default() += 1;
                }
            }
        }
        uses
    }

    /// Whether nobody sees what is found in this type.
    ///
    /// The types inside are used once each, so they form a tree, and all trees together are no larger than the schema.
    fn is_confined(&self, types: &Types, branch: TypeId) -> bool {
        if self.all.get(&branch) != self.in_unions.get(&branch) {
            return false;
        }
        let mut open = vec![branch];
        let mut met = HashSet::from([branch]);
        while let Some(id) = open.pop() {
            if let Type::Record(record) = &types[id]
                && record.fields.iter().any(|field| !field.aliases.is_empty())
            {
                return false;
            }
            for part in types[id].parts() {
                if self.all.get(&part) != Some(&1) || !met.insert(part) {
                    return false;
                }
                open.push(part);
            }
        }
        true
    }
}
