//! Tags of messages and fields: `tags` in Confluent's options, found, added and removed by path.

use std::collections::{HashMap, HashSet};

use super::fields::collect;
use super::printer::print;
use super::tree::{File, Message, Setting, SettingName, Value};
use super::{Schema, read};
use crate::schema::{EntityKind, EntityTags, ParseError};

/// The file that declares the options.
const META: &str = "confluent/meta.proto";
const MESSAGE_META: &str = "confluent.message_meta";
const FIELD_META: &str = "confluent.field_meta";

impl Schema {
    /// Everything that the schema tags, in document order.
    pub fn find_tags(&self) -> Vec<EntityTags> {
        let mut found = Vec::new();
        let mut open = vec![(String::new(), self.file.messages.iter())];
        while let Some((prefix, rest)) = open.last_mut() {
            let Some(message) = rest.next() else {
                open.pop();
                continue;
            };
            let path = format!("{prefix}{}", message.name);
            let tags = tags_of(&message.options, MESSAGE_META);
            if !tags.is_empty() {
                found.push(EntityTags { kind: EntityKind::Record, path: path.clone(), tags });
            }
            let top = message.fields.iter().map(|field| (None, field));
            let oneofs = message.oneofs.iter();
            let members = oneofs.flat_map(|oneof| oneof.fields.iter().map(move |field| (Some(&oneof.name), field)));
            for (oneof, field) in top.chain(members) {
                let tags = tags_of(&field.options, FIELD_META);
                if !tags.is_empty() {
                    let oneof = oneof.map(|name| format!("{name}.")).unwrap_or_default();
                    let path = format!("{path}.{oneof}{}", field.name);
                    found.push(EntityTags { kind: EntityKind::Field, path, tags });
                }
            }
            if !message.messages.is_empty() {
                open.push((path + ".", message.messages.iter()));
            }
        }
        found
    }

    /// The same schema with some tags added, then some removed.
    pub fn with_tags(&self, add: &[EntityTags], remove: &[EntityTags]) -> Result<Self, ParseError> {
        let mut file = self.file.clone();
        let sites = find_sites(&self.file, add.iter().chain(remove));
        for entity in add {
            change(&mut file, &sites, entity, |tags| {
                for tag in &entity.tags {
                    if !tags.contains(tag) {
                        tags.push(tag.clone());
                    }
                }
            })?;
        }
        for entity in remove {
            change(&mut file, &sites, entity, |tags| tags.retain(|tag| !entity.tags.contains(tag)))?;
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

/// Where a message or a field is: the indexes of the messages around it, then those of message, oneof and field.
struct Site {
    around: Vec<usize>,
    message: usize,
    field: Option<(Option<usize>, usize)>,
}

type Sites<'w> = HashMap<(EntityKind, &'w str), Site>;

fn key(entity: &EntityTags) -> (EntityKind, &str) {
    (entity.kind, entity.path.strip_prefix('.').unwrap_or(&entity.path))
}

/// Finds everything that is wanted in one walk over the file.
fn find_sites<'w>(file: &File, entities: impl Iterator<Item = &'w EntityTags>) -> Sites<'w> {
    let mut wanted: HashMap<EntityKind, HashSet<&'w str>> = HashMap::new();
    for (kind, path) in entities.map(key) {
        wanted.entry(kind).or_default().insert(path);
    }
    let mut sites = Sites::new();
    let mut open: Vec<(String, Vec<usize>, &[Message])> = vec![(String::new(), Vec::new(), &file.messages)];
    while let Some((prefix, around, messages)) = open.pop() {
        for (message, declared) in messages.iter().enumerate() {
            let mut found = |kind, path: &str, field| {
                if let Some(path) = wanted.get(&kind).and_then(|paths| paths.get(path)) {
                    let site = || Site { around: around.clone(), message, field };
                    sites.entry((kind, path)).or_insert_with(site);
                }
            };
            let path = format!("{prefix}{}", declared.name);
            found(EntityKind::Record, &path, None);
            for (index, field) in declared.fields.iter().enumerate() {
                found(EntityKind::Field, &format!("{path}.{}", field.name), Some((None, index)));
            }
            for (place, oneof) in declared.oneofs.iter().enumerate() {
                for (index, field) in oneof.fields.iter().enumerate() {
                    let site = Some((Some(place), index));
                    found(EntityKind::Field, &format!("{path}.{}.{}", oneof.name, field.name), site);
                    found(EntityKind::Field, &format!("{path}.{}", field.name), site);
                }
            }
            if !declared.messages.is_empty() {
                let inside = around.iter().copied().chain([message]).collect();
                open.push((path + ".", inside, &declared.messages));
            }
        }
    }
    sites
}

/// Rewrites the tags of one message or field.
fn change(
    file: &mut File,
    sites: &Sites<'_>,
    entity: &EntityTags,
    rewrite: impl FnOnce(&mut Vec<String>),
) -> Result<(), ParseError> {
    let site = sites.get(&key(entity)).ok_or_else(|| missing(file, entity))?;
    let mut messages = &mut file.messages;
    for &index in &site.around {
        messages = &mut messages[index].messages;
    }
    let message = &mut messages[site.message];
    let options = match site.field {
        None => &mut message.options,
        Some((None, field)) => &mut message.fields[field].options,
        Some((Some(oneof), field)) => &mut message.oneofs[oneof].fields[field].options,
    };
    let meta = match entity.kind {
        EntityKind::Record => MESSAGE_META,
        EntityKind::Field => FIELD_META,
    };
    let mut tags = tags_of(options, meta);
    rewrite(&mut tags);
    set_tags(options, meta, tags);
    Ok(())
}

/// The first part of the path that leads nowhere, in the words of the reference.
fn missing(file: &File, entity: &EntityTags) -> ParseError {
    let none =
        |what: &str, name: &str| ParseError::new(format!("No matching {what} with name '{name}' found in the schema"));
    let (kind, path) = key(entity);
    let (names, field) = match (kind, path.rsplit_once('.')) {
        (EntityKind::Record, _) => (path, path),
        (EntityKind::Field, Some(split)) => split,
        (EntityKind::Field, None) => return none("Field", path),
    };
    let mut messages = &file.messages;
    for name in names.split('.') {
        match messages.iter().find(|message| message.name == name) {
            Some(message) => messages = &message.messages,
            None => return none("Message", name),
        }
    }
    none("Field", field)
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
