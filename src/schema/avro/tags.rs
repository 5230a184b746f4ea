//! Tags of records and fields: the attribute `confluent:tags`, found, added and removed by path.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
};

use super::{
    Schema,
    model::{Properties, Record, Type, TypeId},
};
use crate::schema::{
    EntityKind, EntityTags, ParseError,
    document::{Node, Value},
};

/// The attribute that holds the tags.
const ATTRIBUTE: &str = "confluent:tags";

impl Schema {
    /// Everything that the canonical text tags, in document order.
    pub fn find_tags(&self) -> Vec<EntityTags> {
        let mut found = Vec::new();
        let mut known: HashSet<&str> = self.known.iter().map(String::as_str).collect();
        let mut open = vec![Step::Type(self.root)];
        while let Some(step) = open.pop() {
            let of = match step {
                Step::Field(record, at) => {
                    let field = &record.fields[at];
                    let path = format!("{}.{}", record.definition.name.full(), field.name);
                    found.extend(entity(EntityKind::Field, path, &field.properties));
                    field.of
                }
                Step::Type(of) => of,
            };
            match &self.types[of] {
                Type::Array(part, _) | Type::Map(part, _) => open.push(Step::Type(*part)),
                Type::Union(branches) => open.extend(branches.iter().rev().map(|&branch| Step::Type(branch))),
                Type::Record(record) if known.insert(record.definition.name.full()) => {
                    let path = record.definition.name.full().to_owned();
                    found.extend(entity(EntityKind::Record, path, &record.definition.properties));
                    open.extend((0..record.fields.len()).rev().map(|at| Step::Field(record, at)));
                }
                _ => {}
            }
        }
        found
    }

    /// The same schema with some tags added, then some removed.
    pub fn with_tags(&self, add: &[EntityTags], remove: &[EntityTags]) -> Result<Self, ParseError> {
        let mut tagged = self.clone();
        for entity in add {
            tagged.change_tags(entity, |tags| {
                for tag in &entity.tags {
                    if !tags.contains(tag) {
                        tags.push(tag.clone());
                    }
                }
            })?;
        }
        for entity in remove {
            tagged.change_tags(entity, |tags| tags.retain(|tag| !entity.tags.contains(tag)))?;
        }
        // A list of tags may be what nests deepest.
        tagged.printable()
    }

    fn change_tags(&mut self, entity: &EntityTags, change: impl FnOnce(&mut Vec<String>)) -> Result<(), ParseError> {
        let (id, field) = self
            .find_entity(entity)
            .ok_or_else(|| ParseError::new(format!("No matching path '{}' found in the schema", entity.path)))?;
        let Type::Record(record) = &mut self.types[id] else { return Ok(()) };
        let properties = match field {
            Some(at) => &mut record.fields[at].properties,
            None => &mut record.definition.properties,
        };
        let mut tags = tags_of(properties);
        change(&mut tags);
        let place = properties.iter().position(|(key, _)| key == ATTRIBUTE);
        let items = tags.into_iter().map(|tag| Node { at: 0, value: Value::String(tag) }).collect::<Vec<_>>();
        match place {
            Some(at) if items.is_empty() => {
                properties.remove(at);
            }
            Some(at) => properties[at].1 = Arc::new(Value::Array(items)),
            None if items.is_empty() => {}
            None => properties.push((ATTRIBUTE.to_owned(), Arc::new(Value::Array(items)))),
        }
        Ok(())
    }

    /// Finds a record, and perhaps a field of it, breadth first among the types that the canonical text defines.
    fn find_entity(&self, entity: &EntityTags) -> Option<(TypeId, Option<usize>)> {
        let path = entity.path.strip_prefix('.').unwrap_or(&entity.path);
        let (record_path, field) = match entity.kind {
            EntityKind::Record => (path, None),
            EntityKind::Field => path.rsplit_once('.').map(|(record, field)| (record, Some(field)))?,
        };
        let mut known: HashSet<&str> = self.known.iter().map(String::as_str).collect();
        let mut open = VecDeque::from([self.root]);
        while let Some(of) = open.pop_front() {
            match &self.types[of] {
                Type::Array(part, _) | Type::Map(part, _) => open.push_back(*part),
                Type::Union(branches) => open.extend(branches),
                Type::Record(record) if known.insert(record.definition.name.full()) => {
                    if is_named(record, record_path) {
                        match field.map(|field| record.index.get(field)) {
                            None => return Some((of, None)),
                            Some(Some(&at)) => return Some((of, Some(at))),
                            Some(None) => {}
                        }
                    }
                    open.extend(record.fields.iter().map(|field| field.of));
                }
                _ => {}
            }
        }
        None
    }
}

/// What is looked at next in document order.
enum Step<'t> {
    Type(TypeId),
    Field(&'t Record, usize),
}

fn is_named(record: &Record, path: &str) -> bool {
    let name = &record.definition.name;
    path == name.full() || path == name.simple()
}

fn entity(kind: EntityKind, path: String, properties: &Properties) -> Option<EntityTags> {
    let tags = tags_of(properties);
    (!tags.is_empty()).then_some(EntityTags { kind, path, tags })
}

fn tags_of(properties: &Properties) -> Vec<String> {
    let Some((_, value)) = properties.iter().find(|(key, _)| key == ATTRIBUTE) else { return Vec::new() };
    let Value::Array(items) = &**value else { return Vec::new() };
    items.iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{EntityKind, EntityTags};
    use crate::schema::{Referenced, Strictness, avro::Schema};

    fn tags(kind: EntityKind, path: &str, tags: &[&str]) -> EntityTags {
        EntityTags { kind, path: path.to_owned(), tags: tags.iter().map(|&tag| tag.to_owned()).collect() }
    }

    fn schema() -> Schema {
        let text = r#"{"type":"record","name":"n.R","confluent:tags":["PII"],"fields":[
            {"name":"a","type":{"type":"record","name":"S","fields":[{"name":"x","type":"int","confluent:tags":["A","B"]}]}},
            {"name":"b","type":["null","other.T"],"confluent:tags":[],"doc":"d"}]}"#;
        let other = r#"{"type":"record","name":"other.T","fields":[],"confluent:tags":["HIDDEN"]}"#;
        let references = [Referenced { name: "t".to_owned(), text: other.to_owned() }];
        Schema::parse(text, &references, Strictness::New).expect("the schema is valid")
    }

    #[test]
    fn tags_are_found_in_document_order() {
        let expected = [tags(EntityKind::Record, "n.R", &["PII"]), tags(EntityKind::Field, "n.S.x", &["A", "B"])];
        assert_eq!(schema().find_tags(), expected);
    }

    #[test]
    fn tags_are_added_then_removed_and_an_empty_list_goes() {
        let add = [
            tags(EntityKind::Field, "n.R.b", &["NEW"]),
            tags(EntityKind::Field, ".S.x", &["C", "A"]),
            tags(EntityKind::Record, "S", &["ALL"]),
        ];
        let remove = [tags(EntityKind::Record, "n.R", &["PII", "X"]), tags(EntityKind::Field, "n.S.x", &["B"])];
        let text = schema().with_tags(&add, &remove).expect("all paths exist").canonical();
        assert_eq!(
            text,
            concat!(
                r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"record","name":"S","#,
                r#""fields":[{"name":"x","type":"int","confluent:tags":["A","C"]}],"confluent:tags":["ALL"]}},"#,
                r#"{"name":"b","type":["null","other.T"],"doc":"d","confluent:tags":["NEW"]}]}"#
            )
        );
    }

    #[test]
    fn an_unknown_path_is_refused() {
        for (kind, path) in [
            (EntityKind::Record, "n.Q"),
            (EntityKind::Record, "x.S"),
            (EntityKind::Field, "n.R.q"),
            (EntityKind::Field, "a"),
            (EntityKind::Record, "other.T"),
        ] {
            let error = schema().with_tags(&[tags(kind, path, &["T"])], &[]).expect_err("no such path");
            assert_eq!(error.message, format!("No matching path '{path}' found in the schema"));
        }
    }
}
