//! Reads Avro schemas: each text of a dependency, then the main one, into one arena with one table of names.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    sync::Arc,
};

use super::{
    defaults::{self, check_defaults},
    equal::{Detail, equal},
    model::{
        Definition, Enumeration, Field, Fixed, Order, Primitive, Properties, Record, RecordKeyword, Type, TypeId, Types,
    },
    names::{Name, check_identifier},
    places::{Part, Positions},
    resolve,
    value::{copied, text_of},
};
use crate::schema::{
    ParseError, Strictness,
    document::{Dialect, Node, Object, Value},
};

/// Java arrays are a little shorter than the largest int; so are values of a fixed type.
const MAX_FIXED: i64 = 2_147_483_639;

/// How long all names of a text may be together, each with its namespace at each use: an inherited namespace costs
/// nothing in the text, but much in the canonical forms.
const MAX_NAMES: usize = 32 * 1024 * 1024;

/// The attributes that are no properties of a type, whether they mean something there or not.
const RESERVED: [&str; 10] =
    ["aliases", "doc", "fields", "items", "name", "namespace", "size", "symbols", "values", "type"];

/// The attributes that are no properties of a field.
const FIELD_RESERVED: [&str; 6] = ["name", "type", "doc", "default", "order", "aliases"];

/// What reading leaves behind.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) types: Types,
    pub(super) positions: Positions,
    /// The first definition of every full name.
    pub(super) names: HashMap<String, TypeId>,
    /// Whether a name was used before its definition, in any text.
    pub(super) has_forward_references: bool,
    /// How long all names are together.
    name_bytes: usize,
}

/// A name used before its definition.
pub(super) struct Pending {
    pub(super) placeholder: TypeId,
    pub(super) full: String,
    pub(super) at: usize,
}

/// Reads one text.
pub(super) struct Reader<'p> {
    pub(super) parsed: &'p mut Parsed,
    strictness: Strictness,
    pub(super) pending: Vec<Pending>,
    /// Second definitions, with the first and the place in the text.
    redefinitions: Vec<(TypeId, TypeId, usize)>,
    pub(super) unions: Vec<(TypeId, usize)>,
    /// Where the values of defaults start, for messages.
    defaults_at: Vec<(TypeId, usize, usize)>,
}

impl Parsed {
    /// Reads a text and returns its root.
    pub(super) fn read(&mut self, text: &str, strictness: Strictness) -> Result<TypeId, ParseError> {
        if text.trim().is_empty() {
            return Err(ParseError::new("Empty schema"));
        }
        let document = Node::parse(text, Dialect::Avro)?;
        let start = self.types.len();
        self.positions.begin_text();
        let mut reader = Reader {
            parsed: self,
            strictness,
            pending: Vec::new(),
            redefinitions: Vec::new(),
            unions: Vec::new(),
            defaults_at: Vec::new(),
        };
        let root = reader.schema(&document, None)?;
        let root = resolve::link(&mut reader, start, root)?;
        resolve::check_unions(&reader)?;
        let Reader { redefinitions, defaults_at, .. } = reader;
        for (first, second, at) in redefinitions {
            if !equal((&self.types, first), (&self.types, second), Detail::Avro) {
                let name = self.types[second].branch_name();
                return Err(ParseError::at(at, format!("Can't redefine: {name}")));
            }
        }
        if strictness == Strictness::New {
            check_defaults(&self.types, &defaults_at)?;
        }
        Ok(root)
    }
}

impl Reader<'_> {
    fn schema(&mut self, node: &Node, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match &node.value {
            Value::String(name) => self.by_name(name, namespace, node.at),
            Value::Array(branches) => self.union(node, branches, namespace),
            Value::Object(object) => self.object(node, object, namespace),
            other => Err(ParseError::at(node.at, format!("Schema not yet supported: {}", text_of(other)))),
        })
    }

    /// Reads a schema that is part of the one at hand.
    fn part(&mut self, part: Part, node: &Node, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        let before = self.parsed.positions.enter(part);
        let read = self.schema(node, namespace);
        self.parsed.positions.leave(before);
        read
    }

    fn add(&mut self, added: Type) -> TypeId {
        self.parsed.positions.add_type();
        self.parsed.types.add(added)
    }

    /// A primitive, a type that is defined already, or a promise of one.
    fn by_name(&mut self, name: &str, namespace: Option<&str>, at: usize) -> Result<TypeId, ParseError> {
        if let Some(primitive) = Primitive::from_keyword(name) {
            return Ok(self.add(Type::Primitive(primitive, Vec::new())));
        }
        let full = qualified(name, namespace);
        self.count_name(full.len(), at)?;
        if let Some(known) = self.known(name, &full) {
            return Ok(known);
        }
        let placeholder = self.add(Type::Unresolved);
        self.pending.push(Pending { placeholder, full, at });
        Ok(placeholder)
    }

    /// A reference in object form; unlike a bare name it cannot be used before the definition.
    fn by_object(&mut self, name: &str, namespace: Option<&str>, at: usize) -> Result<TypeId, ParseError> {
        let full = qualified(name, namespace);
        self.count_name(full.len(), at)?;
        self.known(name, &full).ok_or_else(|| ParseError::at(at, format!("Type not supported: {name}")))
    }

    /// A short name means the type of the enclosing namespace; only where that is unknown and a type without
    /// namespace is known already, the latter.
    fn known(&self, name: &str, full: &str) -> Option<TypeId> {
        self.parsed.names.get(full).or_else(|| self.parsed.names.get(name)).copied()
    }

    fn count_name(&mut self, length: usize, at: usize) -> Result<(), ParseError> {
        self.parsed.name_bytes += length;
        if self.parsed.name_bytes > MAX_NAMES {
            return Err(ParseError::at(at, format!("the full names take more than {MAX_NAMES} bytes together")));
        }
        Ok(())
    }

    fn union(&mut self, node: &Node, branches: &[Node], namespace: Option<&str>) -> Result<TypeId, ParseError> {
        let mut ids = Vec::with_capacity(branches.len());
        for (at, branch) in branches.iter().enumerate() {
            if matches!(branch.value, Value::Array(_)) {
                return Err(ParseError::at(branch.at, format!("Nested union: {}", text_of(&node.value))));
            }
            ids.push(self.part(Part::Branch(at), branch, namespace)?);
        }
        let id = self.add(Type::Union(ids));
        self.unions.push((id, node.at));
        Ok(id)
    }

    fn object(&mut self, node: &Node, object: &Object, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        let wrong = |message: &str| ParseError::at(node.at, format!("{message}: {}", text_of(&node.value)));
        let keyword = object.get("type").and_then(Node::as_str).ok_or_else(|| wrong("No type"))?;
        if let Some(primitive) = Primitive::from_keyword(keyword) {
            return Ok(self.add(Type::Primitive(primitive, properties(object, &RESERVED))));
        }
        match keyword {
            "record" => self.record(node, object, namespace, RecordKeyword::Record),
            "error" => self.record(node, object, namespace, RecordKeyword::Error),
            "enum" => self.enumeration(node, object, namespace),
            "fixed" => self.fixed(node, object, namespace),
            "array" => {
                let items = object.get("items").ok_or_else(|| wrong("Array has no items type"))?;
                let items = self.part(Part::Items, items, namespace)?;
                Ok(self.add(Type::Array(items, properties(object, &RESERVED))))
            }
            "map" => {
                let values = object.get("values").ok_or_else(|| wrong("Map has no values type"))?;
                let values = self.part(Part::Values, values, namespace)?;
                Ok(self.add(Type::Map(values, properties(object, &RESERVED))))
            }
            name => self.by_object(name, namespace, node.at),
        }
    }

    /// Reads what all named types have in common; their other attributes do not start with a name of their own.
    fn definition(&mut self, node: &Node, object: &Object, namespace: Option<&str>) -> Result<Definition, ParseError> {
        let missing = || ParseError::at(node.at, format!("No name in schema: {}", text_of(&node.value)));
        let name_node = object.get("name").ok_or_else(missing)?;
        let text = name_node.as_str().ok_or_else(missing)?;
        let namespace = object.get("namespace").and_then(Node::as_str).or(namespace);
        let name = Name::new(text, namespace);
        self.count_name(name.full().len(), name_node.at)?;
        name.check(self.strictness).map_err(|message| ParseError::at(name_node.at, message))?;
        if Primitive::from_keyword(name.full()).is_some() {
            let message = format!("Schemas may not be named after primitives: {}", name.full());
            return Err(ParseError::at(name_node.at, message));
        }
        let mut aliases = Vec::new();
        for (alias, at) in alias_texts(node, object)? {
            let alias = Name::new(alias, name.namespace());
            self.count_name(alias.full().len(), at)?;
            if self.strictness == Strictness::New {
                alias.check(self.strictness).map_err(|message| ParseError::at(at, message))?;
            }
            aliases.push(alias);
        }
        Ok(Definition {
            name,
            doc: text_attribute(object, "doc"),
            aliases: without_repetitions(aliases),
            properties: properties(object, &RESERVED),
        })
    }

    /// Adds a definition; a name that is taken stays with its first definition, and the two are compared later.
    fn define(&mut self, defined: Type, at: usize) -> TypeId {
        let name = defined.branch_name().to_owned();
        let id = self.add(defined);
        match self.parsed.names.get(&name) {
            Some(&first) => self.redefinitions.push((first, id, at)),
            None => {
                self.parsed.names.insert(name, id);
            }
        }
        id
    }

    fn record(
        &mut self,
        node: &Node,
        object: &Object,
        namespace: Option<&str>,
        keyword: RecordKeyword,
    ) -> Result<TypeId, ParseError> {
        let definition = self.definition(node, object, namespace)?;
        let name = definition.name.clone();
        let items = object
            .get("fields")
            .and_then(Node::as_array)
            .ok_or_else(|| ParseError::at(node.at, format!("Record has no fields: {}", text_of(&node.value))))?;
        // Known before its fields are read: they may use it.
        let id = self
            .define(Type::Record(Record { definition, keyword, fields: Vec::new(), index: HashMap::new() }), node.at);
        let mut fields = Vec::with_capacity(items.len());
        let mut index = HashMap::with_capacity(items.len());
        for item in items {
            let field = self.field(fields.len(), item, name.namespace())?;
            if index.insert(field.name.clone(), fields.len()).is_some() {
                let message =
                    format!("Duplicate field {} in record {}: {}", field.name, name.full(), text_of(&item.value));
                return Err(ParseError::at(item.at, message));
            }
            if let Some(default) = item.as_object().and_then(|object| object.get("default")) {
                self.defaults_at.push((id, fields.len(), default.at));
            }
            fields.push(field);
        }
        if let Type::Record(record) = &mut self.parsed.types[id] {
            record.fields = fields;
            record.index = index;
        }
        Ok(id)
    }

    fn field(&mut self, at: usize, node: &Node, namespace: Option<&str>) -> Result<Field, ParseError> {
        let missing = |what: &str| ParseError::at(node.at, format!("{what}: {}", text_of(&node.value)));
        let no_name = || missing("No field name");
        let object = node.as_object().ok_or_else(no_name)?;
        let name_node = object.get("name").ok_or_else(no_name)?;
        let name = name_node.as_str().ok_or_else(no_name)?;
        check_identifier(name, self.strictness).map_err(|message| ParseError::at(name_node.at, message))?;
        let of = object.get("type").ok_or_else(|| missing("No field type"))?;
        let of = self.part(Part::FieldType(at), of, namespace)?;
        let order = match object.get("order") {
            None => Order::Ascending,
            Some(order) => order.as_str().and_then(Order::from_keyword).ok_or_else(|| {
                let message =
                    format!("The order of a field must be ascending, descending or ignore: {}", text_of(&order.value));
                ParseError::at(order.at, message)
            })?,
        };
        let default = match object.get("default") {
            None => None,
            Some(default) => Some(Arc::new(defaults::read(&self.parsed.types[of], default)?)),
        };
        let aliases = alias_texts(node, object)?.into_iter().map(|(alias, _)| alias.to_owned()).collect();
        Ok(Field {
            name: name.to_owned(),
            doc: text_attribute(object, "doc"),
            default,
            order,
            aliases: without_repetitions(aliases),
            properties: properties(object, &FIELD_RESERVED),
            of,
        })
    }

    fn enumeration(&mut self, node: &Node, object: &Object, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        let mut definition = self.definition(node, object, namespace)?;
        definition.properties.retain(|(key, _)| key != "default");
        let items = object
            .get("symbols")
            .and_then(Node::as_array)
            .ok_or_else(|| ParseError::at(node.at, format!("Enum has no symbols: {}", text_of(&node.value))))?;
        let mut symbols = Vec::with_capacity(items.len());
        let mut known = HashSet::with_capacity(items.len());
        for item in items {
            let symbol = item.as_str().ok_or_else(|| ParseError::at(item.at, "Null name"))?;
            check_identifier(symbol, self.strictness).map_err(|message| ParseError::at(item.at, message))?;
            if !known.insert(symbol) {
                return Err(ParseError::at(item.at, format!("Duplicate enum symbol: {symbol}")));
            }
            symbols.push(symbol.to_owned());
        }
        let default = text_attribute(object, "default");
        if let Some(default) = default.as_deref().filter(|default| !known.contains(default)) {
            let message =
                format!("The Enum Default: {default} is not in the enum symbol set: [{}]", symbols.join(", "));
            return Err(ParseError::at(node.at, message));
        }
        Ok(self.define(Type::Enum(Enumeration { definition, symbols, default }), node.at))
    }

    fn fixed(&mut self, node: &Node, object: &Object, namespace: Option<&str>) -> Result<TypeId, ParseError> {
        let definition = self.definition(node, object, namespace)?;
        let invalid = || ParseError::at(node.at, format!("Invalid or no size: {}", text_of(&node.value)));
        let size = match object.get("size").map(|size| &size.value) {
            Some(Value::Number(number)) if number.is_integral() => {
                number.spelling().parse::<i64>().map_err(|_| invalid())?
            }
            _ => return Err(invalid()),
        };
        if i32::try_from(size).is_err() {
            return Err(invalid());
        }
        if size > MAX_FIXED {
            return Err(ParseError::at(
                node.at,
                format!("Cannot read arrays longer than {MAX_FIXED} bytes in Java library"),
            ));
        }
        let size = usize::try_from(size)
            .map_err(|_| ParseError::at(node.at, format!("Malformed data. Length is negative: {size}")))?;
        Ok(self.define(Type::Fixed(Fixed { definition, size }), node.at))
    }
}

/// The full name that a reference means first. A leading dot stays part of it: such a reference finds nothing.
fn qualified(name: &str, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) if !name.contains('.') => format!("{namespace}.{name}"),
        _ => name.to_owned(),
    }
}

/// The members that are not reserved, in order.
fn properties(object: &Object, reserved: &[&str]) -> Properties {
    object
        .iter()
        .filter(|member| !reserved.contains(&member.key.as_str()))
        .map(|member| (member.key.clone(), Arc::new(copied(&member.node.value))))
        .collect()
}

/// A text attribute; anything that is not a string is as good as absent.
fn text_attribute(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(Node::as_str).map(str::to_owned)
}

fn alias_texts<'n>(node: &Node, object: &'n Object) -> Result<Vec<(&'n str, usize)>, ParseError> {
    let Some(aliases) = object.get("aliases") else { return Ok(Vec::new()) };
    let not_array = || ParseError::at(aliases.at, format!("aliases not an array: {}", text_of(&node.value)));
    let texts = aliases.as_array().ok_or_else(not_array)?.iter().map(|alias| {
        let not_string = || ParseError::at(alias.at, format!("alias not a string: {}", text_of(&alias.value)));
        Ok((alias.as_str().ok_or_else(not_string)?, alias.at))
    });
    texts.collect()
}

fn without_repetitions<T: Clone + Eq + Hash>(items: Vec<T>) -> Vec<T> {
    let mut known = HashSet::new();
    items.into_iter().filter(|item| known.insert(item.clone())).collect()
}
