//! Words to a tree, second part: fields, groups and options.

use std::collections::HashMap;

use super::parser::Parser;
use super::tree::{Field, FieldType, Group, Label, Setting, SettingName, Value};
use crate::schema::ParseError;

impl Parser<'_> {
    /// What begins with this word in a message, a group or an `extend` block.
    pub(super) fn field_or_group(
        &mut self,
        at: usize,
        word: &str,
        fields: &mut Vec<Field>,
        groups: &mut Vec<Group>,
    ) -> Result<(), ParseError> {
        let label = match word {
            "optional" => Label::Optional,
            "repeated" => Label::Repeated,
            "required" if self.proto3 => {
                return Err(self.lexer.error(at, "'required' label forbidden in proto3 field declarations"));
            }
            "required" => Label::Required,
            _ => {
                let is_map = word == "map" && self.lexer.peek()? == Some(b'<');
                if !self.proto3 && !is_map {
                    return Err(self.lexer.error(at, format!("unexpected label: {word}")));
                }
                let ty = self.field_type(word)?;
                fields.push(self.field(None, ty)?);
                return Ok(());
            }
        };
        let at = self.lexer.place_of_next()?;
        match self.lexer.word()? {
            "group" => groups.push(self.group(Some(label))?),
            word => {
                let ty = self.field_type(word)?;
                if matches!(ty, FieldType::Map { .. }) {
                    return Err(self.lexer.error(at, "'map' type cannot have label"));
                }
                fields.push(self.field(Some(label), ty)?);
            }
        }
        Ok(())
    }

    /// The type that begins with this word.
    pub(super) fn field_type(&mut self, word: &str) -> Result<FieldType, ParseError> {
        if word != "map" || !self.lexer.take(b'<')? {
            return Ok(FieldType::Named(word.to_owned()));
        }
        let key = self.lexer.word()?.to_owned();
        self.lexer.expect(b',')?;
        let value = self.lexer.word()?.to_owned();
        self.lexer.expect(b'>')?;
        Ok(FieldType::Map { key, value })
    }

    /// A field from its name on.
    pub(super) fn field(&mut self, label: Option<Label>, ty: FieldType) -> Result<Field, ParseError> {
        let (at, name) = self.lexer.placed_word()?;
        self.lexer.expect(b'=')?;
        let (tag_at, tag) = self.lexer.placed_int()?;
        let options_at = self.lexer.place_of_next()?;
        let mut options = self.settings()?;
        self.lexer.expect(b';')?;
        let mut literal =
            |name| take_literal(&mut options, name).map_err(|reason| self.lexer.error(options_at, reason));
        let (default, json_name) = (literal("default")?, literal("json_name")?);
        Ok(Field { label, ty, name: name.to_owned(), at, tag, tag_at, options, default, json_name })
    }

    /// A group from its name on; the reference knows nothing but fields in it.
    pub(super) fn group(&mut self, label: Option<Label>) -> Result<Group, ParseError> {
        let (name_at, name) = self.lexer.placed_word()?;
        self.lexer.expect(b'=')?;
        let (tag_at, tag) = self.lexer.placed_int()?;
        let options = self.settings()?;
        self.lexer.expect(b'{')?;
        let (mut fields, mut groups) = (Vec::new(), Vec::new());
        while !self.lexer.take(b'}')? {
            if self.lexer.take(b';')? {
                continue;
            }
            let at = self.lexer.place_of_next()?;
            match self.lexer.word()? {
                "message" | "enum" | "extend" | "extensions" | "oneof" | "option" | "reserved" => {
                    return Err(self.lexer.error(at, "expected field declaration"));
                }
                word => self.nested(|parser| parser.field_or_group(at, word, &mut fields, &mut groups))?,
            }
            if !groups.is_empty() {
                return Err(self.lexer.error(at, "expected field declaration"));
            }
        }
        Ok(Group { label, name: name.to_owned(), at: name_at, tag, tag_at, options, fields })
    }

    /// Options in brackets, if there are any.
    pub(super) fn settings(&mut self) -> Result<Vec<Setting>, ParseError> {
        let mut settings = Vec::new();
        if !self.lexer.take(b'[')? {
            return Ok(settings);
        }
        loop {
            settings.push(self.setting()?);
            if self.lexer.take(b']')? {
                return Ok(settings);
            }
            if !self.lexer.take(b',')? {
                return Err(self.lexer.unexpected("Expected ',' or ']'"));
            }
        }
    }

    /// `name = value`.
    pub(super) fn setting(&mut self) -> Result<Setting, ParseError> {
        let name = self.setting_name()?;
        self.lexer.expect(b'=')?;
        // Normalizing turns a path into maps around the value, so its parts count as levels.
        self.depth += name.path.len();
        let value = self.nested(Self::value);
        self.depth -= name.path.len();
        Ok(Setting { name, value: value? })
    }

    fn setting_name(&mut self) -> Result<SettingName, ParseError> {
        let extension = self.lexer.take(b'(')?;
        let mut text = self.lexer.word()?.to_owned();
        let mut path = Vec::new();
        if extension {
            self.lexer.expect(b')')?;
        } else if text.ends_with('.') {
            text.pop();
            self.path_extension(&mut path)?;
        }
        while self.lexer.peek()? == Some(b'.') {
            let members = self.lexer.word()?;
            path.extend(members.split('.').filter(|member| !member.is_empty()).map(str::to_owned));
            if members.ends_with('.') {
                self.path_extension(&mut path)?;
            }
        }
        Ok(SettingName { text, extension, path })
    }

    /// `(extension)` as a part of a path.
    fn path_extension(&mut self, path: &mut Vec<String>) -> Result<(), ParseError> {
        self.lexer.expect(b'(')?;
        path.push(format!("({})", self.lexer.word()?));
        self.lexer.expect(b')')
    }

    fn value(&mut self) -> Result<Value, ParseError> {
        Ok(match self.lexer.peek()? {
            Some(b'"' | b'\'') => Value::Text(self.lexer.quoted()?),
            Some(b'{') => self.nested(|parser| parser.map(b'{', b'}'))?,
            Some(b'<') => self.nested(|parser| parser.map(b'<', b'>'))?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'-' | b'0'..=b'9') => Value::Number(self.lexer.word()?.to_owned()),
            _ => Value::Word(self.lexer.word()?.to_owned()),
        })
    }

    fn list(&mut self) -> Result<Value, ParseError> {
        self.lexer.expect(b'[')?;
        let mut items = Vec::new();
        while !self.lexer.take(b']')? {
            items.push(self.value()?);
            if !self.lexer.take(b',')? && self.lexer.peek()? != Some(b']') {
                return Err(self.lexer.unexpected("expected ',' or ']'"));
            }
        }
        Ok(Value::List(items))
    }

    fn map(&mut self, open: u8, close: u8) -> Result<Value, ParseError> {
        self.lexer.expect(open)?;
        let mut members: Vec<(String, Value)> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        while !self.lexer.take(close)? {
            let key = self.key()?;
            if !self.lexer.take(b':')? && !matches!(self.lexer.peek()?, Some(b'{' | b'<' | b'[')) {
                return Err(self.lexer.unexpected("expected ':'"));
            }
            let value = self.value()?;
            if let Some(&index) = known.get(&key) {
                collect(&mut members[index].1, value);
            } else {
                known.insert(key.clone(), members.len());
                members.push((key, value));
            }
            if !self.lexer.take(b',')? {
                self.lexer.take(b';')?;
            }
        }
        Ok(Value::Map(members))
    }

    fn key(&mut self) -> Result<String, ParseError> {
        if !self.lexer.take(b'[')? {
            return self.lexer.word().map(str::to_owned);
        }
        let key = format!("[{}]", self.lexer.word()?);
        self.lexer.expect(b']')?;
        Ok(key)
    }
}

/// Adds a further value of the same key: both become a list.
pub(super) fn collect(held: &mut Value, further: Value) {
    if !matches!(held, Value::List(_)) {
        *held = Value::List(vec![std::mem::replace(held, Value::List(Vec::new()))]);
    }
    if let Value::List(items) = held {
        match further {
            Value::List(more) => items.extend(more),
            one => items.push(one),
        }
    }
}

/// Removes a simple option and gives its text; of several, the last counts.
fn take_literal(options: &mut Vec<Setting>, name: &str) -> Result<Option<String>, String> {
    let mut literal = None;
    let named = |option: &mut Setting| option.name == SettingName::plain(name);
    for option in options.extract_if(.., named) {
        literal = Some(match option.value {
            Value::Text(text) | Value::Word(text) | Value::Number(text) => text,
            Value::Map(_) | Value::List(_) => return Err(format!("expected a single value for {name}")),
        });
    }
    Ok(literal)
}
