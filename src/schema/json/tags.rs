//! Tags of objects and properties: the keyword `confluent:tags`, found, added and removed by path.

use std::{collections::HashMap, rc::Rc};

use super::{Schema, canonical, canonical::KeyOrder};
use crate::schema::{
    EntityKind, EntityTags, ParseError, Strictness,
    document::{Node, Object, Value},
};

/// The keyword that holds the tags.
const KEYWORD: &str = "confluent:tags";

impl Schema {
    /// Everything that the document tags, in document order; what `$ref`s lead to is not looked at.
    pub fn find_tags(&self) -> Vec<EntityTags> {
        let mut found = Vec::new();
        visit(self.root.as_deref(), |entity| {
            let tags = tags_of(entity.schema);
            // An object that is a property is reported as the property.
            if !tags.is_empty() && (entity.kind, entity.place) != (EntityKind::Record, Place::Property) {
                found.push(EntityTags { kind: entity.kind, path: entity.path(), tags });
            }
        });
        found
    }

    /// The same schema with some tags added, then some removed.
    pub fn with_tags(&self, add: &[EntityTags], remove: &[EntityTags]) -> Result<Self, ParseError> {
        let Some(root) = self.root.as_deref() else { return Ok(self.clone()) };
        // By the byte offset of the tagged schema: what its tags become.
        let mut edits: HashMap<usize, Vec<String>> = HashMap::new();
        let places = self.places(add.iter().chain(remove))?;
        for (entity, (at, tags)) in add.iter().zip(&places) {
            let edited = edits.entry(*at).or_insert_with(|| tags.clone());
            for tag in &entity.tags {
                if !edited.contains(tag) {
                    edited.push(tag.clone());
                }
            }
        }
        for (entity, (at, tags)) in remove.iter().zip(&places[add.len()..]) {
            let edited = edits.entry(*at).or_insert_with(|| tags.clone());
            edited.retain(|tag| !entity.tags.contains(tag));
        }
        let text = canonical::render(&edited(root, &edits), KeyOrder::Kept);
        let mut tagged = Self::parse(&text, &[], Strictness::Stored)?;
        tagged.references = self.references.clone();
        Ok(tagged)
    }

    /// Where the entities are, and which tags they have; an error for the first that is not there.
    fn places<'e>(
        &self,
        wanted: impl Iterator<Item = &'e EntityTags>,
    ) -> Result<Vec<(usize, Vec<String>)>, ParseError> {
        let wanted: Vec<_> =
            wanted.map(|entity| (entity.kind, entity.path.strip_prefix('.').unwrap_or(&entity.path))).collect();
        let mut places: HashMap<(EntityKind, String), (usize, Vec<String>)> = HashMap::new();
        visit(self.root.as_deref(), |entity| {
            let path = entity.path();
            if wanted.contains(&(entity.kind, &path)) {
                places.entry((entity.kind, path)).or_insert_with(|| (entity.at, tags_of(entity.schema)));
            }
        });
        let place = |&(kind, path): &(EntityKind, &str)| {
            let place = places.get(&(kind, path.to_owned())).cloned();
            place.ok_or_else(|| ParseError::new(format!("No matching path '{path}' found in the schema")))
        };
        wanted.iter().map(place).collect()
    }
}

/// The tags of a schema.
fn tags_of(schema: &Object) -> Vec<String> {
    let tags = schema.get(KEYWORD).and_then(Node::as_array).unwrap_or_default();
    tags.iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// Something that can have tags.
struct Entity<'d> {
    kind: EntityKind,
    place: Place,
    at: usize,
    schema: &'d Object,
    path: Rc<Step>,
}

/// What a schema is to the one around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Property,
    Other,
}

/// The last part of a path, and the parts before it.
struct Step {
    before: Option<Rc<Self>>,
    part: String,
}

impl Entity<'_> {
    /// The parts of the path, joined by dots.
    fn path(&self) -> String {
        let mut parts = Vec::new();
        let mut step = Some(&self.path);
        while let Some(current) = step {
            parts.push(current.part.as_str());
            step = current.before.as_ref();
        }
        parts.reverse();
        parts.join(".")
    }
}

/// A schema that is still to be visited: its path is what its own parts follow.
struct Due<'d> {
    node: &'d Node,
    path: Option<Rc<Step>>,
    place: Place,
}

/// Shows every object schema and every property to `show`, in document order.
fn visit<'d>(root: Option<&'d Node>, mut show: impl FnMut(&Entity<'d>)) {
    let mut open: Vec<Due<'d>> = root.map(|node| Due { node, path: None, place: Place::Other }).into_iter().collect();
    while let Some(Due { node, path, place }) = open.pop() {
        let Some(schema) = node.as_object() else { continue };
        if let Some(path) = path.clone().filter(|_| place == Place::Property) {
            show(&Entity { kind: EntityKind::Field, place, at: node.at, schema, path });
        }
        let is_object =
            schema.get("type").and_then(Node::as_str) == Some("object") || schema.get("properties").is_some();
        let base = if is_object { Some(then(path.as_ref(), "object".to_owned())) } else { path.clone() };
        if let Some(path) = base.clone().filter(|_| is_object) {
            show(&Entity { kind: EntityKind::Record, place, at: node.at, schema, path });
        }
        let first = open.len();
        for member in schema.iter() {
            below(&mut open, (&member.key, &member.node), path.as_ref(), base.as_ref());
        }
        // What was pushed first is to be popped first.
        open[first..].reverse();
    }
}

/// Pushes the schemas of one keyword: properties and definitions follow the object, the others the schema.
fn below<'d>(
    open: &mut Vec<Due<'d>>,
    (keyword, node): (&str, &'d Node),
    path: Option<&Rc<Step>>,
    base: Option<&Rc<Step>>,
) {
    let members = || node.as_object().into_iter().flat_map(Object::iter);
    let mut push = |path, node, place| open.push(Due { node, path: Some(path), place });
    match keyword {
        "properties" => {
            for member in members() {
                push(then(base, member.key.clone()), &member.node, Place::Property);
            }
        }
        "definitions" | "$defs" => {
            for member in members() {
                push(then(base, format!("{keyword}.{}", member.key)), &member.node, Place::Other);
            }
        }
        "allOf" | "anyOf" | "oneOf" => {
            for (index, branch) in node.as_array().into_iter().flatten().enumerate() {
                push(then(path, format!("{}.{index}", keyword.to_ascii_lowercase())), branch, Place::Other);
            }
        }
        "items" => push(then(path, "array".to_owned()), node, Place::Other),
        "not" => push(then(path, "not".to_owned()), node, Place::Other),
        "if" | "then" | "else" => push(then(path, format!("conditional.{keyword}")), node, Place::Other),
        _ => {}
    }
}

fn then(before: Option<&Rc<Step>>, part: String) -> Rc<Step> {
    Rc::new(Step { before: before.cloned(), part })
}

/// A copy of a value with other tags at some byte offsets.
fn edited(node: &Node, edits: &HashMap<usize, Vec<String>>) -> Node {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
        let value = match &node.value {
            Value::Array(items) => Value::Array(items.iter().map(|item| edited(item, edits)).collect()),
            Value::Object(object) => Value::Object(edited_object(object, edits.get(&node.at), edits)),
            other => other.clone(),
        };
        Node { at: node.at, value }
    })
}

fn edited_object(object: &Object, tags: Option<&Vec<String>>, edits: &HashMap<usize, Vec<String>>) -> Object {
    let mut copy = Object::default();
    for member in object.iter() {
        if tags.is_none_or(|tags| member.key != KEYWORD || !tags.is_empty()) {
            copy.insert(member.key.clone(), member.key_at, edited(&member.node, edits));
        }
    }
    if let Some(tags) = tags.filter(|tags| !tags.is_empty()) {
        let tags = tags.iter().map(|tag| Node { at: 0, value: Value::String(tag.clone()) });
        copy.insert(KEYWORD.to_owned(), 0, Node { at: 0, value: Value::Array(tags.collect()) });
    }
    copy
}
