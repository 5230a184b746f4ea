//! The options of descriptors as bytes: the standard ones and Confluent's `Meta`.

use prost::Message as _;

use super::tree::{Setting, SettingName, Value};
use super::wire::{Taken, put_bytes, put_number, take_field};

/// What the value of a standard option is.
#[derive(Clone, Copy)]
enum Kind {
    Flag,
    Text,
    Word(&'static [(u64, &'static str)]),
}

/// The standard options of one kind of element, in the order in which `descriptor.proto` declares them.
pub(super) struct Table {
    standard: &'static [(u32, &'static str, Kind)],
    /// The name of Confluent's extension of these options, if it has one.
    meta: Option<&'static str>,
}

/// The number of all extensions that hold a `Meta`.
const META: u32 = 1088;

pub(super) const FILE: Table = Table {
    standard: &[
        (1, "java_package", Kind::Text),
        (8, "java_outer_classname", Kind::Text),
        (10, "java_multiple_files", Kind::Flag),
        (20, "java_generate_equals_and_hash", Kind::Flag),
        (27, "java_string_check_utf8", Kind::Flag),
        (9, "optimize_for", Kind::Word(&[(1, "SPEED"), (2, "CODE_SIZE"), (3, "LITE_RUNTIME")])),
        (11, "go_package", Kind::Text),
        (16, "cc_generic_services", Kind::Flag),
        (17, "java_generic_services", Kind::Flag),
        (18, "py_generic_services", Kind::Flag),
        (23, "deprecated", Kind::Flag),
        (31, "cc_enable_arenas", Kind::Flag),
        (36, "objc_class_prefix", Kind::Text),
        (37, "csharp_namespace", Kind::Text),
        (39, "swift_prefix", Kind::Text),
        (40, "php_class_prefix", Kind::Text),
        (41, "php_namespace", Kind::Text),
        (44, "php_metadata_namespace", Kind::Text),
        (45, "ruby_package", Kind::Text),
    ],
    meta: Some("confluent.file_meta"),
};

pub(super) const MESSAGE: Table = Table {
    standard: &[
        (1, "message_set_wire_format", Kind::Flag),
        (2, "no_standard_descriptor_accessor", Kind::Flag),
        (3, "deprecated", Kind::Flag),
        (7, "map_entry", Kind::Flag),
        (11, "deprecated_legacy_json_field_conflicts", Kind::Flag),
    ],
    meta: Some("confluent.message_meta"),
};

pub(super) const FIELD: Table = Table {
    standard: &[
        (1, "ctype", Kind::Word(&[(0, "STRING"), (1, "CORD"), (2, "STRING_PIECE")])),
        (2, "packed", Kind::Flag),
        (6, "jstype", Kind::Word(&[(0, "JS_NORMAL"), (1, "JS_STRING"), (2, "JS_NUMBER")])),
        (5, "lazy", Kind::Flag),
        (15, "unverified_lazy", Kind::Flag),
        (3, "deprecated", Kind::Flag),
        (10, "weak", Kind::Flag),
        (16, "debug_redact", Kind::Flag),
    ],
    meta: Some("confluent.field_meta"),
};

pub(super) const ENUM: Table = Table {
    standard: &[
        (2, "allow_alias", Kind::Flag),
        (3, "deprecated", Kind::Flag),
        (6, "deprecated_legacy_json_field_conflicts", Kind::Flag),
    ],
    meta: Some("confluent.enum_meta"),
};

pub(super) const ENUM_VALUE: Table = Table {
    standard: &[(1, "deprecated", Kind::Flag), (3, "debug_redact", Kind::Flag)],
    meta: Some("confluent.enum_value_meta"),
};

pub(super) const SERVICE: Table = Table { standard: &[(33, "deprecated", Kind::Flag)], meta: None };

pub(super) const METHOD: Table = Table {
    standard: &[
        (33, "deprecated", Kind::Flag),
        (34, "idempotency_level", Kind::Word(&[(0, "IDEMPOTENCY_UNKNOWN"), (1, "NO_SIDE_EFFECTS"), (2, "IDEMPOTENT")])),
    ],
    meta: None,
};

/// Confluent's message for documentation, parameters and tags of an element.
#[derive(Clone, PartialEq, prost::Message)]
struct Meta {
    #[prost(string, tag = "1")]
    doc: String,
    #[prost(message, repeated, tag = "2")]
    params: Vec<Param>,
    #[prost(string, repeated, tag = "3")]
    tags: Vec<String>,
    #[prost(message, repeated, tag = "4")]
    rules: Vec<Rule>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Param {
    #[prost(string, optional, tag = "1")]
    key: Option<String>,
    #[prost(string, optional, tag = "2")]
    value: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Rule {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    doc: String,
    #[prost(string, tag = "3")]
    expr: String,
    #[prost(string, tag = "4")]
    sql: String,
}

/// The bytes of normalized options; `None` if none of them is known here.
pub(super) fn encode(table: &Table, settings: &[Setting]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut standard = table.standard.to_vec();
    standard.sort_by_key(|&(tag, ..)| tag);
    for (tag, name, kind) in standard {
        let named = |setting: &&Setting| !setting.name.extension && setting.name.text == name;
        let Some(setting) = settings.iter().rfind(named) else { continue };
        match (kind, &setting.value) {
            (Kind::Text, Value::Text(text) | Value::Word(text)) => put_bytes(&mut out, tag, text.as_bytes()),
            (Kind::Flag, Value::Word(word) | Value::Text(word)) => put_number(&mut out, tag, u64::from(word == "true")),
            (Kind::Word(words), Value::Word(word) | Value::Text(word)) => {
                if let Some((number, _)) = words.iter().find(|(_, known)| known == word) {
                    put_number(&mut out, tag, *number);
                }
            }
            _ => {}
        }
    }
    let meta = |setting: &&Setting| setting.name.extension && Some(setting.name.text.as_str()) == table.meta;
    if let Some(Setting { value: Value::Map(members), .. }) = settings.iter().find(meta) {
        put_bytes(&mut out, META, &meta_of(members).encode_to_vec());
    }
    if out.is_empty() { None } else { Some(out) }
}

fn meta_of(members: &[(String, Value)]) -> Meta {
    Meta {
        doc: texts(members, "doc").pop().unwrap_or_default(),
        params: maps(members, "params")
            .map(|param| Param { key: texts(param, "key").pop(), value: texts(param, "value").pop() })
            .collect(),
        tags: texts(members, "tags"),
        rules: maps(members, "rules")
            .map(|rule| Rule {
                name: texts(rule, "name").pop().unwrap_or_default(),
                doc: texts(rule, "doc").pop().unwrap_or_default(),
                expr: texts(rule, "expr").pop().unwrap_or_default(),
                sql: texts(rule, "sql").pop().unwrap_or_default(),
            })
            .collect(),
    }
}

fn values<'a>(members: &'a [(String, Value)], key: &str) -> &'a [Value] {
    match members.iter().find(|(name, _)| name == key) {
        Some((_, Value::List(items))) => items,
        Some((_, one)) => std::slice::from_ref(one),
        None => &[],
    }
}

fn texts(members: &[(String, Value)], key: &str) -> Vec<String> {
    let texts = values(members, key).iter().filter_map(|value| match value {
        Value::Text(text) | Value::Word(text) | Value::Number(text) => Some(text.clone()),
        Value::Map(_) | Value::List(_) => None,
    });
    texts.collect()
}

fn maps<'a>(members: &'a [(String, Value)], key: &str) -> impl Iterator<Item = &'a [(String, Value)]> {
    values(members, key).iter().filter_map(|value| match value {
        Value::Map(members) => Some(members.as_slice()),
        _ => None,
    })
}

/// The options that bytes hold; unknown ones are dropped, as by the reference.
pub(super) fn decode(table: &Table, bytes: Option<&Vec<u8>>) -> Vec<Setting> {
    let mut settings: Vec<(usize, Setting)> = Vec::new();
    let mut rest = bytes.map_or(&[][..], Vec::as_slice);
    while let Some((tag, taken)) = take_field(&mut rest) {
        let Some(setting) = decode_one(table, tag, &taken) else { continue };
        let place = table.standard.iter().position(|(known, ..)| *known == tag).unwrap_or(table.standard.len());
        settings.retain(|(known, _)| *known != place);
        settings.push((place, setting));
    }
    settings.sort_by_key(|(place, _)| *place);
    settings.into_iter().map(|(_, setting)| setting).collect()
}

fn decode_one(table: &Table, tag: u32, taken: &Taken<'_>) -> Option<Setting> {
    if let (META, Some(name), Taken::Bytes(bytes)) = (tag, table.meta, taken) {
        let value = meta_value(&Meta::decode(*bytes).ok()?);
        return Some(Setting { name: SettingName { extension: true, ..SettingName::plain(name) }, value });
    }
    let &(_, name, kind) = table.standard.iter().find(|(known, ..)| *known == tag)?;
    let value = match (kind, taken) {
        (Kind::Flag, Taken::Number(number)) => Value::Word((*number != 0).to_string()),
        (Kind::Text, Taken::Bytes(bytes)) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
        (Kind::Word(words), Taken::Number(number)) => {
            Value::Word(words.iter().find(|(known, _)| known == number)?.1.to_owned())
        }
        _ => return None,
    };
    Some(Setting { name: SettingName::plain(name), value })
}

fn meta_value(meta: &Meta) -> Value {
    let text = |text: &str| Value::Text(text.to_owned());
    let named = |pairs: &[(&str, &str)]| {
        let filled = pairs.iter().filter(|(_, value)| !value.is_empty());
        Value::Map(filled.map(|(key, value)| ((*key).to_owned(), text(value))).collect())
    };
    let mut members = Vec::new();
    if !meta.doc.is_empty() {
        members.push(("doc".to_owned(), text(&meta.doc)));
    }
    let params = meta.params.iter().map(|param| {
        let (key, value) = (param.key.as_deref().unwrap_or(""), param.value.as_deref().unwrap_or(""));
        Value::Map(vec![("key".to_owned(), text(key)), ("value".to_owned(), text(value))])
    });
    let tags = meta.tags.iter().map(|tag| text(tag));
    let rules = meta
        .rules
        .iter()
        .map(|rule| named(&[("name", &rule.name), ("doc", &rule.doc), ("expr", &rule.expr), ("sql", &rule.sql)]));
    let lists = [("params", params.collect::<Vec<_>>()), ("tags", tags.collect()), ("rules", rules.collect())];
    members.extend(
        lists
            .into_iter()
            .filter(|(_, items)| !items.is_empty())
            .map(|(key, items)| (key.to_owned(), Value::List(items))),
    );
    Value::Map(members)
}
