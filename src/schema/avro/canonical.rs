//! The canonical text: compact JSON in the reference's order of attributes, definitions at first use.

use std::collections::HashSet;

use super::{
    model::{Definition, Field, Order, Properties, Record, Type, TypeId, Types},
    names::Name,
    value::Writer,
};

/// Prints the type; the named types in `known` are written as names only. `None` if the text would nest too deep to be
/// read again.
pub(super) fn print<'t>(types: &'t Types, of: TypeId, known: impl Iterator<Item = &'t str>) -> Option<String> {
    let mut printer = Printer { types, known: known.collect(), out: Writer::default() };
    printer.write(of, None);
    if printer.out.is_too_deep() { None } else { Some(printer.out.finish()) }
}

/// Prints the type by itself, with everything it uses.
pub(super) fn text_of_type(types: &Types, of: TypeId) -> Option<String> {
    print(types, of, std::iter::empty())
}

struct Printer<'t> {
    types: &'t Types,
    known: HashSet<&'t str>,
    out: Writer,
}

impl<'t> Printer<'t> {
    fn write(&mut self, of: TypeId, enclosing: Option<&'t str>) {
        // A chain of forward references nests as deep as it is long; what is beyond the limit is not written.
        if self.out.is_too_deep() {
            return;
        }
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match &self.types[of] {
            Type::Primitive(primitive, properties) if properties.is_empty() => self.out.string(primitive.keyword()),
            Type::Primitive(primitive, properties) => {
                self.open(primitive.keyword());
                self.properties(properties);
                self.out.close('}');
            }
            Type::Array(items, properties) => self.container("array", "items", *items, properties, enclosing),
            Type::Map(values, properties) => self.container("map", "values", *values, properties, enclosing),
            Type::Union(branches) => {
                self.out.open('[');
                for &branch in branches {
                    self.out.next();
                    self.write(branch, enclosing);
                }
                self.out.close(']');
            }
            named => {
                if let Some(definition) = named.definition() {
                    self.named(named, definition, enclosing);
                }
            }
        });
    }

    fn named(&mut self, named: &'t Type, definition: &'t Definition, enclosing: Option<&'t str>) {
        let name = &definition.name;
        if !self.known.insert(name.full()) {
            self.out.string(name.relative_to(enclosing));
            return;
        }
        self.open(match named {
            Type::Record(record) => record.keyword.keyword(),
            other => other.keyword(),
        });
        self.member("name", name.simple());
        if name.namespace() != enclosing {
            self.member("namespace", name.namespace().unwrap_or(""));
        }
        if let Some(doc) = &definition.doc {
            self.member("doc", doc);
        }
        match named {
            Type::Record(record) => self.fields(record),
            Type::Enum(enumeration) => {
                self.out.key("symbols");
                self.texts(enumeration.symbols.iter().map(String::as_str));
                if let Some(default) = &enumeration.default {
                    self.member("default", default);
                }
            }
            Type::Fixed(fixed) => {
                self.out.key("size");
                self.out.raw(&fixed.size.to_string());
            }
            _ => {}
        }
        self.properties(&definition.properties);
        if !definition.aliases.is_empty() {
            self.out.key("aliases");
            let namespace = name.namespace();
            self.texts(definition.aliases.iter().map(|alias: &Name| alias.relative_to(namespace)));
        }
        self.out.close('}');
    }

    fn fields(&mut self, record: &'t Record) {
        self.out.key("fields");
        self.out.open('[');
        for field in &record.fields {
            self.out.next();
            self.field(field, record.definition.name.namespace());
        }
        self.out.close(']');
    }

    fn field(&mut self, field: &'t Field, enclosing: Option<&'t str>) {
        self.out.open('{');
        self.member("name", &field.name);
        self.out.key("type");
        self.write(field.of, enclosing);
        if let Some(doc) = &field.doc {
            self.member("doc", doc);
        }
        if let Some(default) = &field.default {
            self.out.key("default");
            self.out.value(default);
        }
        if field.order != Order::Ascending {
            self.member("order", field.order.keyword());
        }
        if !field.aliases.is_empty() {
            self.out.key("aliases");
            self.texts(field.aliases.iter().map(String::as_str));
        }
        self.properties(&field.properties);
        self.out.close('}');
    }

    fn container(
        &mut self,
        keyword: &str,
        part_key: &str,
        part: TypeId,
        properties: &Properties,
        enclosing: Option<&'t str>,
    ) {
        self.open(keyword);
        self.out.key(part_key);
        self.write(part, enclosing);
        self.properties(properties);
        self.out.close('}');
    }

    fn open(&mut self, keyword: &str) {
        self.out.open('{');
        self.member("type", keyword);
    }

    fn member(&mut self, key: &str, text: &str) {
        self.out.key(key);
        self.out.string(text);
    }

    fn texts<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        self.out.open('[');
        for text in texts {
            self.out.next();
            self.out.string(text);
        }
        self.out.close(']');
    }

    fn properties(&mut self, properties: &Properties) {
        for (key, value) in properties {
            self.out.key(key);
            self.out.value(value);
        }
    }
}
