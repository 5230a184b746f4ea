//! Loads drafts 4, 6 and 7: the keywords of a schema become parts, several parts a combined node.

use super::{
    canonical::{self, KeyOrder},
    dialect::Dialect,
    documents::Place,
    keywords::{Keywords, LoadError},
    loader::Loader,
    pattern::Pattern,
    tree::{ArrayRules, Criterion, Kind, Named, NodeId, Notes, NumberRules, ObjectRules, Rest, StringRules, Typing},
};
use crate::schema::document::{Node, Object, Value};

const STRING_KEYWORDS: &[&str] = &["minLength", "maxLength", "pattern", "format"];
const NUMBER_KEYWORDS: &[&str] = &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const ARRAY_KEYWORDS: &[&str] = &["items", "additionalItems", "minItems", "maxItems", "uniqueItems"];
const OBJECT_KEYWORDS: &[&str] = &[
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "patternProperties",
    "additionalProperties",
];

/// Keywords that are no constraint and are kept elsewhere or never looked at.
const QUIET_KEYWORDS: &[&str] = &["$schema", "$ref", "title", "description", "default", "definitions", "$defs"];

/// The groups of keywords that one node consumes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Array,
    Object,
    Number,
    String,
}

/// A schema object on its way to a node.
struct Reading<'l, 'd> {
    loader: &'l mut Loader<'d>,
    place: &'l Place<'d>,
    keywords: Keywords<'d>,
    dialect: Dialect,
}

/// Loads a schema object.
pub(super) fn load<'d>(
    loader: &mut Loader<'d>,
    place: &Place<'d>,
    keywords: Keywords<'d>,
) -> Result<NodeId, LoadError> {
    let dialect = loader.documents.dialect();
    let mut reading = Reading { loader, place, keywords, dialect };
    let notes = reading.notes()?;
    if let Some(reference) = reading.loader.refer(place, keywords)? {
        return reading.loader.push(reference, notes);
    }
    let mut parts = reading.parts()?;
    let kind = match parts.len() {
        0 => Kind::Empty,
        1 => parts.remove(0),
        _ => {
            let branches = parts.into_iter().map(|part| reading.loader.push(part, Notes::default()));
            Kind::Combined(Criterion::All, branches.collect::<Result<_, _>>()?)
        }
    };
    reading.loader.push(kind, notes)
}

impl<'d> Reading<'_, 'd> {
    fn notes(&mut self) -> Result<Notes, LoadError> {
        let known: [&[&str]; 5] = [STRING_KEYWORDS, NUMBER_KEYWORDS, ARRAY_KEYWORDS, OBJECT_KEYWORDS, QUIET_KEYWORDS];
        let words = ["enum", "const", "type", "not", "allOf", "anyOf", "oneOf", "contains", "propertyNames"];
        let id = self.dialect.id_keyword();
        let is_known = |key: &str| key == id || words.contains(&key) || known.iter().any(|group| group.contains(&key));
        let keywords = self.keywords;
        let notes = Notes {
            id: keywords.id(id)?,
            title: keywords.string("title")?,
            description: keywords.string("description")?,
            default: keywords.rendered("default"),
            unknown: unknown(keywords, is_known),
            connect_bytes: is_connect_bytes(keywords),
        };
        if self.dialect == Dialect::Draft7 {
            keywords.boolean("readOnly")?;
            keywords.boolean("writeOnly")?;
        }
        self.loader.account(&notes.unknown)?;
        self.loader.account(notes.default.as_deref().unwrap_or_default())?;
        Ok(notes)
    }

    fn parts(&mut self) -> Result<Vec<Kind>, LoadError> {
        let mut parts = Vec::new();
        if let Some(values) = self.keywords.array("enum")? {
            let values = values.iter().map(|value| canonical::render(value, KeyOrder::Sorted)).collect();
            parts.push(Kind::Enum(values));
        }
        for criterion in [Criterion::All, Criterion::Any, Criterion::One] {
            if let Some(branches) = self.keywords.array(criterion.keyword())? {
                parts.push(Kind::Combined(criterion, self.all(branches)?));
            }
        }
        if let Some(negated) = self.schema("not")? {
            parts.push(Kind::Not(negated));
        }
        if self.dialect >= Dialect::Draft6
            && let Some(value) = self.keywords.rendered("const")
        {
            parts.push(Kind::Const(value));
        }
        let consumed = self.typed(&mut parts)?;
        for group in [Group::Array, Group::Object, Group::Number, Group::String] {
            if !consumed.contains(&group) && self.keywords.has_any(&group.keywords(self.dialect)) {
                parts.push(self.group(group, Typing::Loose)?);
            }
        }
        if self.dialect == Dialect::Draft7 && self.keywords.has_any(&["if", "then", "else"]) {
            parts.push(Kind::Conditional([self.schema("if")?, self.schema("then")?, self.schema("else")?]));
        }
        Ok(parts)
    }

    /// Adds the part of `type`; gives the groups of keywords that went into it.
    fn typed(&mut self, parts: &mut Vec<Kind>) -> Result<Vec<Group>, LoadError> {
        let Some(node) = self.keywords.get("type") else { return Ok(Vec::new()) };
        let mut consumed = Vec::new();
        match &node.value {
            Value::String(name) => parts.push(self.of_type(node, name, &mut consumed)?),
            Value::Array(names) => {
                let mut branches = Vec::with_capacity(names.len());
                for name in names {
                    let text = self.keywords.text(name)?;
                    let branch = self.of_type(name, &text, &mut consumed)?;
                    branches.push(self.loader.push(branch, Notes::default())?);
                }
                parts.push(Kind::Combined(Criterion::Any, branches));
            }
            _ => return Err(self.keywords.expected(node, "a string or an array")),
        }
        Ok(consumed)
    }

    fn of_type(&mut self, node: &Node, name: &str, consumed: &mut Vec<Group>) -> Result<Kind, LoadError> {
        let group = match name {
            "array" => Group::Array,
            "object" => Group::Object,
            "number" | "integer" => Group::Number,
            "string" => Group::String,
            "boolean" => return Ok(Kind::Boolean),
            "null" => return Ok(Kind::Null),
            _ => return Err(self.keywords.error(node, format!("unknown type '{name}'"))),
        };
        consumed.push(group);
        let kind = self.group(group, Typing::Stated)?;
        Ok(match kind {
            Kind::Number(rules) => Kind::Number(NumberRules { integer: name == "integer", ..rules }),
            other => other,
        })
    }

    fn group(&mut self, group: Group, typing: Typing) -> Result<Kind, LoadError> {
        Ok(match group {
            Group::Array => Kind::Array(Box::new(self.array(typing)?)),
            Group::Object => Kind::Object(Box::new(self.object(typing)?)),
            Group::Number => Kind::Number(number_rules(self.keywords, self.dialect, typing)?),
            Group::String => Kind::String(string_rules(self.keywords, typing)?),
        })
    }

    fn array(&mut self, typing: Typing) -> Result<ArrayRules, LoadError> {
        let keywords = self.keywords;
        let mut rules = ArrayRules {
            typing,
            additional: self.rest("additionalItems")?,
            max_items: keywords.integer("maxItems")?,
            min_items: keywords.integer("minItems")?,
            unique: keywords.boolean("uniqueItems")? == Some(true),
            ..ArrayRules::default()
        };
        match keywords.get("items").map(|items| (items, &items.value)) {
            None => {}
            Some((_, Value::Array(items))) => rules.tuple = self.all(items)?,
            Some((items, Value::Object(_) | Value::Bool(_))) => {
                rules.items = Some(self.loader.load(&self.place.child(items, self.dialect))?);
                // With one schema for all items there are no additional ones to forbid.
                if rules.additional == Rest::Forbidden {
                    rules.additional = Rest::Allowed;
                }
            }
            Some((items, _)) => return Err(keywords.expected(items, "a schema or an array")),
        }
        if self.dialect >= Dialect::Draft6 {
            rules.contains = self.schema("contains")?;
        }
        Ok(rules)
    }

    fn object(&mut self, typing: Typing) -> Result<ObjectRules, LoadError> {
        let keywords = self.keywords;
        let mut rules = ObjectRules {
            typing,
            additional: self.rest("additionalProperties")?,
            required: keywords.strings("required")?.into_iter().flatten().collect(),
            max_properties: keywords.integer("maxProperties")?,
            min_properties: keywords.integer("minProperties")?,
            ..ObjectRules::default()
        };
        rules.properties = self.properties()?;
        if self.dialect >= Dialect::Draft6 {
            rules.property_names = self.schema("propertyNames")?;
        }
        for member in keywords.object("patternProperties")?.into_iter().flat_map(Object::iter) {
            let pattern: Pattern = keywords.compile(&member.node, &member.key)?;
            rules.patterns.push((pattern, self.child(&member.node)?));
        }
        for member in keywords.object("dependencies")?.into_iter().flat_map(Object::iter) {
            match &member.node.value {
                Value::Array(names) if names.is_empty() => {}
                Value::Array(names) => {
                    let names = names.iter().map(|name| keywords.text(name)).collect::<Result<_, _>>()?;
                    rules.dependent_required.insert(member.key.clone(), names);
                }
                _ => {
                    let schema = self.child(&member.node)?;
                    rules.dependent_schemas.insert(member.key.clone(), schema);
                }
            }
        }
        Ok(rules)
    }

    fn properties(&mut self) -> Result<Named<NodeId>, LoadError> {
        let mut properties = Named::default();
        for member in self.keywords.object("properties")?.into_iter().flat_map(Object::iter) {
            // An id that stands among the properties by mistake is not a property.
            if member.key == self.dialect.id_keyword() && member.node.as_object().is_none() {
                continue;
            }
            let node = self.child(&member.node)?;
            properties.insert(member.key.clone(), node);
        }
        Ok(properties)
    }

    /// `additionalItems`, `additionalProperties`.
    fn rest(&mut self, keyword: &str) -> Result<Rest, LoadError> {
        match self.keywords.get(keyword).map(|node| &node.value) {
            None | Some(Value::Bool(true)) => Ok(Rest::Allowed),
            Some(Value::Bool(false)) => Ok(Rest::Forbidden),
            _ => Ok(self.schema(keyword)?.map_or(Rest::Allowed, Rest::Schema)),
        }
    }

    fn schema(&mut self, keyword: &str) -> Result<Option<NodeId>, LoadError> {
        match self.keywords.schema(keyword)? {
            Some(node) => self.child(node).map(Some),
            None => Ok(None),
        }
    }

    fn all(&mut self, nodes: &'d [Node]) -> Result<Vec<NodeId>, LoadError> {
        nodes.iter().map(|node| self.child(node)).collect()
    }

    fn child(&mut self, node: &'d Node) -> Result<NodeId, LoadError> {
        self.loader.load(&self.place.child(node, self.dialect))
    }
}

impl Group {
    fn keywords(self, dialect: Dialect) -> Vec<&'static str> {
        let (keywords, since_draft6) = match self {
            Self::Array => (ARRAY_KEYWORDS, Some("contains")),
            Self::Object => (OBJECT_KEYWORDS, Some("propertyNames")),
            Self::Number => (NUMBER_KEYWORDS, None),
            Self::String => (STRING_KEYWORDS, None),
        };
        keywords.iter().copied().chain(since_draft6.filter(|_| dialect >= Dialect::Draft6)).collect()
    }
}

/// The keywords of a string.
pub(super) fn string_rules(keywords: Keywords<'_>, typing: Typing) -> Result<StringRules, LoadError> {
    Ok(StringRules {
        typing,
        max_length: keywords.integer("maxLength")?,
        min_length: keywords.integer("minLength")?,
        pattern: keywords.pattern("pattern")?,
        format: keywords.string("format")?,
    })
}

fn number_rules(keywords: Keywords<'_>, dialect: Dialect, typing: Typing) -> Result<NumberRules, LoadError> {
    let mut rules = NumberRules {
        typing,
        maximum: keywords.double("maximum")?,
        minimum: keywords.double("minimum")?,
        multiple_of: keywords.number("multipleOf")?.and_then(super::decimal::Decimal::read),
        ..NumberRules::default()
    };
    if dialect == Dialect::Draft4 {
        let flag = |keyword| keywords.boolean(keyword).map(|flag| flag == Some(true));
        rules.exclusive_flags = [flag("exclusiveMaximum")?, flag("exclusiveMinimum")?];
    } else {
        rules.exclusive_maximum = keywords.double("exclusiveMaximum")?;
        rules.exclusive_minimum = keywords.double("exclusiveMinimum")?;
    }
    Ok(rules)
}

/// The keywords that the loader does not know, as one text that is equal for equal ones.
pub(super) fn unknown(keywords: Keywords<'_>, is_known: impl Fn(&str) -> bool) -> String {
    let mut unknown: Vec<String> = keywords
        .object
        .iter()
        .filter(|member| !is_known(&member.key))
        .map(|member| format!("{}:{}", member.key, canonical::render(&member.node, KeyOrder::Sorted)))
        .collect();
    unknown.sort();
    unknown.join(",")
}

/// Whether Connect says that the data are bytes.
pub(super) fn is_connect_bytes(keywords: Keywords<'_>) -> bool {
    keywords.get("connect.type").and_then(Node::as_str) == Some("bytes")
}
