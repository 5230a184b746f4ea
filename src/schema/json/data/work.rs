//! Counts beforehand how often schemas are evaluated on values: parts that share each other can make it exponential.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Datum;

use crate::schema::{
    document::{Node, Object, Value},
    json::{
        dialect::is_schema,
        documents::{Documents, Place},
    },
};

/// Most pairs of a schema and a value that are looked at; with more, the count is given up as endless.
const MAX_PAIRS: usize = 500_000;

/// Deepest nesting of evaluations.
const MAX_DEPTH: usize = 10_000;

/// What a check takes at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// How often a schema is evaluated on a value.
    pub(super) evaluations: u64,
    /// To how many schemas references lead.
    pub(super) references: usize,
}

/// Counts the work of checking a datum; too much is the largest number.
pub(super) fn count<'d>(root: &'d Node, references: impl Iterator<Item = (&'d str, &'d Node)>, datum: &Datum) -> Work {
    let documents = Documents::new(root, references);
    let mut count = Count { documents, known: HashMap::new(), referenced: HashSet::new(), depth: 0 };
    let place = count.documents.root();
    let evaluations = count.evaluations(&place, datum);
    Work { evaluations, references: count.referenced.len() }
}

struct Count<'d> {
    documents: Documents<'d>,
    /// By the schema's document and byte offset and the datum's address; 0 while it is being counted.
    known: HashMap<(usize, usize, usize), u64>,
    referenced: HashSet<(usize, usize)>,
    depth: usize,
}

impl<'d> Count<'d> {
    fn evaluations(&mut self, place: &Place<'d>, datum: &Datum) -> u64 {
        let Some(schema) = place.node.as_object() else { return 1 };
        let key = (place.document, place.node.at, std::ptr::from_ref(datum).addr());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.known.len() >= MAX_PAIRS || self.depth >= MAX_DEPTH {
            return u64::MAX;
        }
        self.known.insert(key, 0);
        self.depth += 1;
        let evaluations = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.below(place, schema, datum));
        self.depth -= 1;
        self.known.insert(key, evaluations);
        evaluations
    }

    fn below(&mut self, place: &Place<'d>, schema: &'d Object, datum: &Datum) -> u64 {
        let mut sum = 1;
        for member in schema.iter() {
            match &*member.key {
                "$ref" | "$dynamicRef" | "$recursiveRef" => {
                    if let Some(target) = member.node.as_str().and_then(|uri| self.documents.resolve(place, uri).ok()) {
                        self.referenced.insert((target.document, target.node.at));
                        self.add(&mut sum, &target, datum);
                    }
                }
                "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" => {
                    self.add_all(&mut sum, place, &member.node, datum);
                }
                "dependencies" | "dependentSchemas" => {
                    for schema in values(&member.node) {
                        self.add_all(&mut sum, place, schema, datum);
                    }
                }
                keyword => self.children(&mut sum, place, (keyword, &member.node), datum),
            }
        }
        sum
    }

    /// Adds what a keyword makes of the values inside of a datum.
    fn children(&mut self, sum: &mut u64, place: &Place<'d>, keyword: (&str, &'d Node), datum: &Datum) {
        match (keyword, datum) {
            (("properties", schemas), Datum::Object(data)) => {
                for member in schemas.as_object().into_iter().flat_map(Object::iter) {
                    if let Some(datum) = data.get(&member.key) {
                        self.add_all(sum, place, &member.node, datum);
                    }
                }
            }
            (("patternProperties", schemas), Datum::Object(data)) => {
                for (schema, datum) in
                    values(schemas).flat_map(|schema| data.values().map(move |datum| (schema, datum)))
                {
                    self.add_all(sum, place, schema, datum);
                }
            }
            (("additionalProperties" | "unevaluatedProperties" | "propertyNames", schema), Datum::Object(data)) => {
                for datum in data.values() {
                    self.add_all(sum, place, schema, datum);
                }
            }
            (("items" | "prefixItems", schemas), Datum::Array(data)) if schemas.as_array().is_some() => {
                for (schema, datum) in schemas.as_array().into_iter().flatten().zip(data) {
                    self.add_all(sum, place, schema, datum);
                }
            }
            (("items" | "additionalItems" | "unevaluatedItems" | "contains", schema), Datum::Array(data)) => {
                for datum in data {
                    self.add_all(sum, place, schema, datum);
                }
            }
            _ => {}
        }
    }

    /// Adds a schema, or all schemas of an array.
    fn add_all(&mut self, sum: &mut u64, place: &Place<'d>, schemas: &'d Node, datum: &Datum) {
        let dialect = self.documents.dialect();
        match &schemas.value {
            Value::Array(schemas) => {
                for schema in schemas {
                    self.add(sum, &place.child(schema, dialect), datum);
                }
            }
            _ if is_schema(schemas) => self.add(sum, &place.child(schemas, dialect), datum),
            _ => {}
        }
    }

    fn add(&mut self, sum: &mut u64, place: &Place<'d>, datum: &Datum) {
        *sum = sum.saturating_add(self.evaluations(place, datum));
    }
}

fn values(node: &Node) -> impl Iterator<Item = &Node> {
    node.as_object().into_iter().flat_map(|object| object.iter().map(|member| &member.node))
}
