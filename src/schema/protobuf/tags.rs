//! Tags of messages and fields: `tags` in Confluent's options, found, added and removed by path.

use super::fields::collect;
use super::printer::print;
use super::tree::{Field, File, Message, Setting, SettingName, Value};
use super::{Schema, read};
use crate::schema::ParseError;

/// The file that declares the options.
const META: &str = "confluent/meta.proto";
const MESSAGE_META: &str = "confluent.message_meta";
const FIELD_META: &str = "confluent.field_meta";

/// What can be tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A message, by the names of the messages around it and its own.
    Record,
    /// A field, by its message, its oneof if it has one, and its own name.
    Field,
}

/// A message or a field, and tags of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTags {
    /// What is tagged.
    pub kind: EntityKind,
    /// Its path without the package, joined by points; one leading point is ignored, and so may be the oneof.
    pub path: String,
    /// The tags.
    pub tags: Vec<String>,
}

impl Schema {
    /// Everything that the schema tags, in document order.
    pub fn find_tags(&self) -> Vec<EntityTags> {
        let mut found = Vec::new();
        let mut open: Vec<(String, &Message)> =
            self.file.messages.iter().rev().map(|message| (message.name.clone(), message)).collect();
        while let Some((path, message)) = open.pop() {
            let mut add = |kind, path: String, options: &[Setting], meta| {
                let tags = tags_of(options, meta);
                if !tags.is_empty() {
                    found.push(EntityTags { kind, path, tags });
                }
            };
            add(EntityKind::Record, path.clone(), &message.options, MESSAGE_META);
            for field in &message.fields {
                add(EntityKind::Field, format!("{path}.{}", field.name), &field.options, FIELD_META);
            }
            for oneof in &message.oneofs {
                for field in &oneof.fields {
                    let path = format!("{path}.{}.{}", oneof.name, field.name);
                    add(EntityKind::Field, path, &field.options, FIELD_META);
                }
            }
            let nested = message.messages.iter().rev();
            open.extend(nested.map(|nested| (format!("{path}.{}", nested.name), nested)));
        }
        found
    }

    /// The same schema with some tags added, then some removed.
    pub fn with_tags(&self, add: &[EntityTags], remove: &[EntityTags]) -> Result<Self, ParseError> {
        let mut file = self.file.clone();
        for entity in add {
            change(&mut file, entity, |tags| {
                for tag in &entity.tags {
                    if !tags.contains(tag) {
                        tags.push(tag.clone());
                    }
                }
            })?;
        }
        for entity in remove {
            change(&mut file, entity, |tags| tags.retain(|tag| !entity.tags.contains(tag)))?;
        }
        let tagged = add.iter().any(|entity| !entity.tags.is_empty());
        if tagged && !file.imports.iter().chain(&file.public_imports).any(|import| import == META) {
            file.imports.push(META.to_owned());
        }
        let text = print(&file)?;
        // A list of tags may be what nests deepest: what is given away must be readable.
        let file = read(&text)?;
        Ok(Self { file, text, references: self.references.clone() })
    }
}

/// Rewrites the tags of one message or field.
fn change(file: &mut File, entity: &EntityTags, rewrite: impl FnOnce(&mut Vec<String>)) -> Result<(), ParseError> {
    let path = entity.path.strip_prefix('.').unwrap_or(&entity.path);
    let parts: Vec<&str> = path.split('.').collect();
    let (options, meta) = match entity.kind {
        EntityKind::Record => (&mut find_message(&mut file.messages, &parts)?.options, MESSAGE_META),
        EntityKind::Field => (&mut find_field(&mut file.messages, &parts)?.options, FIELD_META),
    };
    let mut tags = tags_of(options, meta);
    rewrite(&mut tags);
    set_tags(options, meta, tags);
    Ok(())
}

fn find_message<'m>(messages: &'m mut Vec<Message>, parts: &[&str]) -> Result<&'m mut Message, ParseError> {
    let missing = |name: &str| ParseError::new(format!("No matching Message with name '{name}' found in the schema"));
    let [outer, inner @ ..] = parts else { return Err(missing("")) };
    let mut found = messages.iter_mut().find(|message| message.name == *outer).ok_or_else(|| missing(outer))?;
    for name in inner {
        found = found.messages.iter_mut().find(|message| message.name == *name).ok_or_else(|| missing(name))?;
    }
    Ok(found)
}

fn find_field<'m>(messages: &'m mut Vec<Message>, parts: &[&str]) -> Result<&'m mut Field, ParseError> {
    let missing = |name: &str| ParseError::new(format!("No matching Field with name '{name}' found in the schema"));
    let Some((name, owner)) = parts.split_last() else { return Err(missing("")) };
    // The part before the field may be its oneof.
    let within_oneof = owner.split_last().filter(|(oneof, outer)| {
        let message = find_message(messages, outer).ok();
        message.is_some_and(|message| {
            let named = message.oneofs.iter().find(|candidate| candidate.name == **oneof);
            named.is_some_and(|oneof| oneof.fields.iter().any(|field| field.name == *name))
        })
    });
    let message = find_message(messages, within_oneof.map_or(owner, |(_, outer)| outer))?;
    let oneof = within_oneof.map(|(oneof, _)| *oneof);
    let members = message.oneofs.iter_mut().filter(|candidate| oneof.is_none_or(|oneof| candidate.name == oneof));
    let members = members.flat_map(|oneof| oneof.fields.iter_mut());
    let top: &mut [Field] = if oneof.is_some() { &mut [] } else { &mut message.fields };
    top.iter_mut().chain(members).find(|field| field.name == *name).ok_or_else(|| missing(name))
}

fn is_meta(setting: &Setting, meta: &str) -> bool {
    setting.name.extension && setting.name.text.trim_start_matches('.') == meta
}

fn tags_of(options: &[Setting], meta: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for setting in options.iter().filter(|setting| is_meta(setting, meta)) {
        let value = match (setting.name.path.as_slice(), &setting.value) {
            ([], Value::Map(members)) => members.iter().find(|(key, _)| key == "tags").map(|(_, value)| value),
            ([member], value) if member == "tags" => Some(value),
            _ => None,
        };
        let items = match value {
            Some(Value::List(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        tags.extend(items.iter().filter_map(|item| match item {
            Value::Text(tag) => Some(tag.clone()),
            _ => None,
        }));
    }
    tags
}

/// Puts the tags into Confluent's option: all its parts become one map at the place of the first.
fn set_tags(options: &mut Vec<Setting>, meta: &str, tags: Vec<String>) {
    let place = options.iter().position(|setting| is_meta(setting, meta)).unwrap_or(options.len());
    let mut members: Vec<(String, Value)> = Vec::new();
    for setting in options.extract_if(.., |setting| is_meta(setting, meta)) {
        let path = setting.name.path.into_iter().rev();
        let value = path.fold(setting.value, |value, member| Value::Map(vec![(member, value)]));
        let Value::Map(further) = value else { continue };
        for (key, value) in further {
            match members.iter_mut().find(|(known, _)| *known == key) {
                Some((_, held)) => collect(held, value),
                None => members.push((key, value)),
            }
        }
    }
    let tags = Value::List(tags.into_iter().map(Value::Text).collect());
    match members.iter_mut().find(|(key, _)| key == "tags") {
        Some((_, held)) => *held = tags,
        None => members.push(("tags".to_owned(), tags)),
    }
    members.retain(|(key, value)| key != "tags" || *value != Value::List(Vec::new()));
    if !members.is_empty() {
        let name = SettingName { extension: true, ..SettingName::plain(meta) };
        options.insert(place, Setting { name, value: Value::Map(members) });
    }
}

#[cfg(test)]
mod tests {
    use super::{EntityKind, EntityTags};
    use crate::schema::{Strictness, protobuf::Schema};

    const TEXT: &str = r#"
        syntax = "proto3";
        import "confluent/meta.proto";
        message A {
            option (confluent.message_meta).tags = "T";
            option (confluent.message_meta).doc = "d";
            string a = 1 [(confluent.field_meta) = {tags: ["PII", "X"]}, deprecated = true];
            oneof o { int32 b = 2; }
            message B { int32 c = 1 [(confluent.field_meta).tags = "N"]; }
        }
    "#;

    fn parse(text: &str) -> Schema {
        Schema::parse(text, &[], Strictness::New).expect("a schema")
    }

    fn entity(kind: EntityKind, path: &str, tags: &[&str]) -> EntityTags {
        EntityTags { kind, path: path.to_owned(), tags: tags.iter().map(|&tag| tag.to_owned()).collect() }
    }

    #[test]
    fn tags_are_found_in_document_order() {
        let expected = [
            entity(EntityKind::Record, "A", &["T"]),
            entity(EntityKind::Field, "A.a", &["PII", "X"]),
            entity(EntityKind::Field, "A.B.c", &["N"]),
        ];
        assert_eq!(parse(TEXT).find_tags(), expected);
    }

    #[test]
    fn tags_are_added_then_removed() {
        let add = [
            entity(EntityKind::Record, ".A", &["U", "T"]),
            entity(EntityKind::Field, "A.o.b", &["Y"]),
            entity(EntityKind::Field, "A.a", &["Z"]),
        ];
        let remove = [
            entity(EntityKind::Field, "A.a", &["PII", "X"]),
            entity(EntityKind::Field, "A.B.c", &["N"]),
            entity(EntityKind::Field, "A.b", &["none"]),
        ];
        let expected = [
            entity(EntityKind::Record, "A", &["T", "U"]),
            entity(EntityKind::Field, "A.a", &["Z"]),
            entity(EntityKind::Field, "A.o.b", &["Y"]),
        ];
        let tagged = parse(TEXT).with_tags(&add, &remove).expect("all paths exist");
        assert_eq!(tagged.find_tags(), expected);
        assert_eq!(parse(&tagged.canonical()).canonical(), tagged.canonical());
        assert!(tagged.canonical().contains("int32 c = 1;\n"));
        assert!(tagged.canonical().contains("doc: \"d\""));
    }

    #[test]
    fn the_import_is_added_where_it_is_missing() {
        let tagged = parse("message A {}").with_tags(&[entity(EntityKind::Record, "A", &["T"])], &[]);
        assert!(tagged.expect("the path exists").canonical().contains("import \"confluent/meta.proto\";"));
    }

    #[test]
    fn unknown_paths_are_refused() {
        for (kind, path) in [
            (EntityKind::Record, "B"),
            (EntityKind::Record, "A.C"),
            (EntityKind::Field, "A.x"),
            (EntityKind::Field, "A.o.a"),
            (EntityKind::Field, "a"),
        ] {
            assert!(parse(TEXT).with_tags(&[entity(kind, path, &["T"])], &[]).is_err(), "{path}");
        }
    }
}
