//! A tree to its canonical text: the layout of the reference, down to its trailing blanks.

use std::fmt::Write;

use super::tree::{
    Constant, Enum, Extend, Extensions, Field, FieldType, File, Group, Label, MAX_TAG, Message, Oneof, Reserved, Rpc,
    RpcType, Service, Setting, Value,
};
use crate::schema::ParseError;

/// Indentation multiplies a deeply nested text; beyond this size it is refused.
const MAX_SIZE: usize = 64 * 1024 * 1024;

/// The text of a tree.
pub(super) fn print(file: &File) -> Result<String, ParseError> {
    let mut printer = Printer { out: String::new(), depth: 0, full: false };
    printer.file(file);
    if printer.full { Err(ParseError::new("the canonical text would be too large")) } else { Ok(printer.out) }
}

struct Printer {
    out: String,
    depth: usize,
    full: bool,
}

/// The sections of a block in braces: one line break before the first, an indented empty line before the others.
struct Block {
    empty: bool,
}

impl Printer {
    fn push(&mut self, text: &str) {
        if self.out.len() + text.len() > MAX_SIZE {
            self.full = true;
        } else {
            self.out.push_str(text);
        }
    }

    fn indent(&mut self) {
        if self.out.len() + self.depth * 2 > MAX_SIZE {
            self.full = true;
        } else {
            self.out.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    fn line(&mut self, text: &str) {
        self.indent();
        self.push(text);
        self.push("\n");
    }

    fn open(&mut self, header: &str) -> Block {
        self.indent();
        self.push(header);
        self.push(" {");
        Block { empty: true }
    }

    /// Begins a section of the block unless it has no items, and prints them one level deeper.
    fn section<T>(&mut self, block: &mut Block, items: &[T], print: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.separate(block);
        self.items(items, print);
    }

    fn separate(&mut self, block: &mut Block) {
        if !block.empty {
            self.indent();
        }
        self.push("\n");
        block.empty = false;
    }

    fn items<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.depth += 1;
        for item in items {
            print(self, item);
        }
        self.depth -= 1;
    }

    fn close(&mut self, block: &Block) {
        if !block.empty {
            self.indent();
        }
        self.push("}\n");
    }

    fn file(&mut self, file: &File) {
        if let Some(syntax) = file.syntax {
            self.line(&format!("syntax = \"{}\";", syntax.as_str()));
        }
        if let Some(package) = &file.package {
            self.line(&format!("package {package};"));
        }
        if !file.imports.is_empty() || !file.public_imports.is_empty() {
            self.push("\n");
        }
        file.imports.iter().for_each(|import| self.line(&format!("import {};", quoted(import))));
        file.public_imports.iter().for_each(|import| self.line(&format!("import public {};", quoted(import))));
        self.file_section(&file.options, Self::option);
        if !file.messages.is_empty() || !file.enums.is_empty() {
            self.push("\n");
        }
        file.messages.iter().for_each(|message| self.message(message));
        file.enums.iter().for_each(|declared| self.enumeration(declared));
        self.file_section(&file.extends, Self::extend);
        self.file_section(&file.services, Self::service);
    }

    fn file_section<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        if !items.is_empty() {
            self.push("\n");
        }
        for item in items {
            print(self, item);
        }
    }

    fn message(&mut self, message: &Message) {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            let mut block = self.open(&format!("message {}", message.name));
            self.section(&mut block, &message.reserved, |printer, items| printer.reserved(items));
            self.section(&mut block, &message.options, Self::option);
            self.section(&mut block, &message.fields, Self::field);
            if message.dropped_oneof && message.oneofs.is_empty() {
                self.separate(&mut block);
            }
            self.section(&mut block, &message.oneofs, Self::oneof);
            self.section(&mut block, &message.groups, Self::group);
            self.section(&mut block, &message.extensions, Self::extensions);
            self.section(&mut block, &message.extends, Self::extend);
            if !message.messages.is_empty() || !message.enums.is_empty() {
                self.separate(&mut block);
            }
            self.items(&message.messages, Self::message);
            self.items(&message.enums, Self::enumeration);
            self.close(&block);
        });
    }

    fn oneof(&mut self, oneof: &Oneof) {
        let mut block = self.open(&format!("oneof {}", oneof.name));
        self.section(&mut block, &oneof.options, Self::option);
        self.section(&mut block, &oneof.fields, Self::field);
        self.section(&mut block, &oneof.groups, Self::group);
        self.close(&block);
    }

    fn group(&mut self, group: &Group) {
        self.indent();
        self.push(&format!("{}group {} = {}", label_prefix(group.label), group.name, group.tag));
        self.settings(&group.options.iter().map(|option| (name(option), &option.value)).collect::<Vec<_>>());
        self.push(" {");
        let mut block = Block { empty: true };
        self.section(&mut block, &group.fields, Self::field);
        self.close(&block);
    }

    fn extend(&mut self, extend: &Extend) {
        let mut block = self.open(&format!("extend {}", extend.name));
        if !extend.fields.is_empty() || !extend.groups.is_empty() {
            self.separate(&mut block);
        }
        self.items(&extend.fields, Self::field);
        self.items(&extend.groups, Self::group);
        self.close(&block);
    }

    fn enumeration(&mut self, declared: &Enum) {
        let block = Block { empty: false };
        self.line(&format!("enum {} {{", declared.name));
        self.items(&declared.reserved, |printer, items| printer.reserved(items));
        self.items(&declared.options, Self::option);
        self.items(&declared.constants, Self::constant);
        self.close(&block);
    }

    fn constant(&mut self, constant: &Constant) {
        self.indent();
        self.push(&format!("{} = {}", constant.name, constant.number));
        self.settings(&constant.options.iter().map(|option| (name(option), &option.value)).collect::<Vec<_>>());
        self.push(";\n");
    }

    fn service(&mut self, service: &Service) {
        let mut block = self.open(&format!("service {}", service.name));
        self.section(&mut block, &service.options, Self::option);
        self.section(&mut block, &service.rpcs, Self::rpc);
        self.close(&block);
    }

    fn rpc(&mut self, rpc: &Rpc) {
        self.indent();
        self.push(&format!("rpc {} ({}) returns ({})", rpc.name, rpc_type(&rpc.request), rpc_type(&rpc.response)));
        if !rpc.options.is_empty() {
            self.push(" {\n");
            self.items(&rpc.options, Self::option);
            self.indent();
            self.push("}");
        }
        self.push(";\n");
    }

    fn reserved(&mut self, items: &[Reserved]) {
        self.line(&format!("reserved {};", ranges(items)));
    }

    fn extensions(&mut self, extensions: &Extensions) {
        self.indent();
        self.push(&format!("extensions {}", ranges(&extensions.ranges)));
        self.settings(&extensions.options.iter().map(|option| (name(option), &option.value)).collect::<Vec<_>>());
        self.push(";\n");
    }

    fn field(&mut self, field: &Field) {
        self.indent();
        self.push(&format!("{}{} {} = {}", label_prefix(field.label), type_name(&field.ty), field.name, field.tag));
        // The reference decides by the field's type whether a default is quoted: bytes are not.
        let is_string = matches!(&field.ty, FieldType::Named(name) if name == "string");
        let default = field.default.clone().map(|text| if is_string { Value::Text(text) } else { Value::Word(text) });
        let json_name = field.json_name.clone().map(Value::Text);
        let mut settings: Vec<_> = field.options.iter().map(|option| (name(option), &option.value)).collect();
        settings.extend(default.as_ref().map(|value| ("default".to_owned(), value)));
        settings.extend(json_name.as_ref().map(|value| ("json_name".to_owned(), value)));
        self.settings(&settings);
        self.push(";\n");
    }

    fn option(&mut self, option: &Setting) {
        self.indent();
        self.push(&format!("option {} = ", name(option)));
        self.value(&option.value);
        self.push(";\n");
    }

    /// Options in brackets: one on the same line, several on lines of their own.
    fn settings(&mut self, settings: &[(String, &Value)]) {
        match settings {
            [] => {}
            [(name, value)] => {
                self.push(&format!(" [{name} = "));
                self.value(value);
                self.push("]");
            }
            several => {
                self.push(" [\n");
                self.listed(several, |printer, (name, value)| {
                    printer.push(&format!("{name} = "));
                    printer.value(value);
                });
                self.push("]");
            }
        }
    }

    /// Items on lines of their own, one level deeper, with commas between.
    fn listed<T>(&mut self, items: &[T], print: impl Fn(&mut Self, &T)) {
        self.depth += 1;
        for (index, item) in items.iter().enumerate() {
            self.indent();
            print(self, item);
            self.push(if index + 1 < items.len() { ",\n" } else { "\n" });
        }
        self.depth -= 1;
        self.indent();
    }

    fn value(&mut self, value: &Value) {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match value {
            Value::Text(text) => self.push(&quoted(text)),
            Value::Word(word) | Value::Number(word) => self.push(word),
            Value::Map(members) => {
                self.push("{\n");
                self.listed(members, |printer, (key, value)| {
                    printer.push(&format!("{key}: "));
                    printer.value(value);
                });
                self.push("}");
            }
            Value::List(items) => {
                self.push("[\n");
                self.listed(items, Self::value);
                self.push("]");
            }
        });
    }
}

fn name(option: &Setting) -> String {
    let name = &option.name;
    let mut text = if name.extension { format!("({})", name.text) } else { name.text.clone() };
    for member in &name.path {
        text.push('.');
        text.push_str(member);
    }
    text
}

fn label_prefix(label: Option<Label>) -> String {
    label.map(|label| format!("{} ", label.as_str())).unwrap_or_default()
}

fn type_name(ty: &FieldType) -> String {
    match ty {
        FieldType::Named(name) => name.clone(),
        FieldType::Map { key, value } => format!("map<{key}, {value}>"),
    }
}

fn rpc_type(ty: &RpcType) -> String {
    if ty.streams { format!("stream {}", ty.name) } else { ty.name.clone() }
}

fn ranges(items: &[Reserved]) -> String {
    let mut text = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        // Writing to a String cannot fail.
        let _ = match item {
            Reserved::Tag(tag) => write!(text, "{tag}"),
            Reserved::Range(start, MAX_TAG) => write!(text, "{start} to max"),
            Reserved::Range(start, end) => write!(text, "{start} to {end}"),
            Reserved::Name(name) => write!(text, "{}", quoted(name)),
        };
    }
    text
}

/// A string literal; the reference escapes the apostrophe, too.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '\u{7}' => literal.push_str("\\a"),
            '\u{8}' => literal.push_str("\\b"),
            '\u{c}' => literal.push_str("\\f"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            '\u{b}' => literal.push_str("\\v"),
            '\\' | '\'' | '"' => {
                literal.push('\\');
                literal.push(character);
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal
}
