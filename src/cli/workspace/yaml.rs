//! Reads YAML with the place of everything, and collects mistakes instead of stopping at the first.

use std::fmt;

use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};

/// Something that is wrong in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Mistake {
    /// The file.
    pub(in crate::cli) file: String,
    /// Line, from 1.
    pub(in crate::cli) line: usize,
    /// Column in characters, from 1.
    pub(in crate::cli) column: usize,
    /// What is wrong.
    pub(in crate::cli) message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// The mistakes of one file so far.
#[derive(Debug)]
pub(super) struct Mistakes {
    file: String,
    pub(super) found: Vec<Mistake>,
}

/// A value with its place, and the way to it in words.
#[derive(Clone, Copy)]
pub(super) struct Value<'y>(&'y MarkedYaml<'y>);

/// A member of a mapping.
pub(super) struct Member<'y> {
    pub(super) key: &'y str,
    pub(super) key_value: Value<'y>,
    pub(super) value: Value<'y>,
}

/// Reads a text and hands its root to `read`; every mistake is told.
pub(super) fn read<T: Default>(
    file: &str,
    text: &str,
    read: impl FnOnce(Value<'_>, &mut Mistakes) -> T,
) -> Result<T, Vec<Mistake>> {
    let mut mistakes = Mistakes { file: file.to_owned(), found: Vec::new() };
    let documents = match MarkedYaml::load_from_str(text) {
        Ok(documents) => documents,
        Err(error) => {
            let (line, column) = (error.marker().line(), error.marker().col() + 1);
            mistakes.add(line, column, error.info().to_owned());
            return Err(mistakes.found);
        }
    };
    let value = match documents.as_slice() {
        [] => T::default(),
        [one] => read(Value(one), &mut mistakes),
        [_, second, ..] => {
            let start = second.span.start;
            mistakes.add(start.line(), start.col() + 1, "a second document; the file holds one".to_owned());
            T::default()
        }
    };
    if mistakes.found.is_empty() { Ok(value) } else { Err(mistakes.found) }
}

impl Mistakes {
    fn add(&mut self, line: usize, column: usize, message: String) {
        self.found.push(Mistake { file: self.file.clone(), line, column, message });
    }

    /// Notes a mistake at a value.
    pub(super) fn at(&mut self, value: Value<'_>, message: impl Into<String>) {
        let start = value.0.span.start;
        self.add(start.line(), start.col() + 1, message.into());
    }

    fn expected(&mut self, value: Value<'_>, what: &str) {
        let found = match &value.0.data {
            YamlData::Value(Scalar::Null) => "nothing",
            YamlData::Value(Scalar::Boolean(_)) => "true or false",
            YamlData::Value(Scalar::Integer(_) | Scalar::FloatingPoint(_)) => "a number",
            YamlData::Value(Scalar::String(_)) | YamlData::Representation(..) => "a text",
            YamlData::Sequence(_) => "a list",
            YamlData::Mapping(_) => "a mapping",
            _ => "something else",
        };
        self.at(value, format!("expected {what}, found {found}"));
    }
}

impl<'y> Value<'y> {
    /// Line and column, both from 1.
    pub(super) fn place(self) -> (usize, usize) {
        (self.0.span.start.line(), self.0.span.start.col() + 1)
    }

    /// The text of a scalar that is no number, switch or nothing.
    pub(super) fn text(self, mistakes: &mut Mistakes) -> Option<&'y str> {
        match &self.0.data {
            YamlData::Value(Scalar::String(text)) if !text.is_empty() => Some(text),
            _ => {
                mistakes.expected(self, "a text");
                None
            }
        }
    }

    /// A whole number.
    pub(super) fn number(self, mistakes: &mut Mistakes) -> Option<i64> {
        if let YamlData::Value(Scalar::Integer(number)) = &self.0.data {
            return Some(*number);
        }
        mistakes.expected(self, "a whole number");
        None
    }

    /// A switch.
    pub(super) fn flag(self, mistakes: &mut Mistakes) -> Option<bool> {
        if let YamlData::Value(Scalar::Boolean(flag)) = &self.0.data {
            return Some(*flag);
        }
        mistakes.expected(self, "true or false");
        None
    }

    /// Whether it is a list.
    pub(super) fn is_list(self) -> bool {
        matches!(self.0.data, YamlData::Sequence(_))
    }

    /// The items of a list.
    pub(super) fn list(self, mistakes: &mut Mistakes) -> Vec<Self> {
        if let YamlData::Sequence(items) = &self.0.data {
            return items.iter().map(Value).collect();
        }
        mistakes.expected(self, "a list");
        Vec::new()
    }

    /// The members of a mapping; nothing at all is an empty one.
    pub(super) fn members(self, mistakes: &mut Mistakes) -> Vec<Member<'y>> {
        let members = match &self.0.data {
            YamlData::Mapping(members) => members,
            YamlData::Value(Scalar::Null) => return Vec::new(),
            _ => {
                mistakes.expected(self, "a mapping");
                return Vec::new();
            }
        };
        let mut read = Vec::new();
        for (key, value) in members {
            let key_value = Value(key);
            if let Some(key) = key_value.text(mistakes) {
                read.push(Member { key, key_value, value: Value(value) });
            }
        }
        read
    }

    /// The members of a mapping whose keys are fixed; any other key is a mistake that names the nearest one.
    pub(super) fn fields(self, known: &[&str], mistakes: &mut Mistakes) -> Vec<Member<'y>> {
        let mut members = self.members(mistakes);
        members.retain(|member| {
            let is_known = known.contains(&member.key);
            if !is_known {
                mistakes.at(member.key_value, unknown(member.key, known));
            }
            is_known
        });
        members
    }
}

fn unknown(key: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|name| distance(key, name));
    match nearest.filter(|name| distance(key, name) <= 2) {
        Some(name) => format!("there is no key {key:?}; did you mean {name:?}?"),
        None => format!("there is no key {key:?}; the keys are {}", known.join(", ")),
    }
}

/// How many letters must be changed (Levenshtein).
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (index, other) in two.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row[two.len()]
}
