//! The normal form of a tree: what `normalize=true` stores, and what every valid schema must have.

use std::collections::{HashMap, HashSet};

use super::lexer::is_word;
use super::names::{Names, ROOT, Scope};
use super::scalar::Scalar;
use super::settings::decimal;
use super::tree::{
    Constant, Enum, Extend, Extensions, Field, FieldType, File, Group, Label, Message, Oneof, Reserved, Rpc, RpcType,
    Service, Setting, Syntax,
};
use crate::schema::ParseError;

/// How many bytes of full names a normal form may hold: a long package may be repeated by every short name.
const MAX_NAMES: usize = 64 * 1024 * 1024;

/// The normal form of a file; fails if a type cannot be resolved.
pub(super) fn normalize(file: &File, names: &Names<'_>) -> Result<File, ParseError> {
    Normalizer::new(names).file(file)
}

pub(super) struct Normalizer<'n, 'a> {
    pub(super) names: &'n Names<'a>,
    /// The fields of messages whose values were written in options.
    pub(super) members: HashMap<Scope, HashMap<&'a str, &'a Field>>,
    written: usize,
}

impl<'n, 'a> Normalizer<'n, 'a> {
    pub(super) fn new(names: &'n Names<'a>) -> Self {
        Self { names, members: HashMap::new(), written: 0 }
    }

    /// Counts a full name that is about to be written.
    pub(super) fn charge(&mut self, name: String) -> Result<String, ParseError> {
        self.written += name.len();
        if self.written > MAX_NAMES { Err(ParseError::new("the normalized text would be too large")) } else { Ok(name) }
    }

    fn file(&mut self, file: &File) -> Result<File, ParseError> {
        let scope = self.names.package(file);
        Ok(File {
            syntax: file.syntax.filter(|&syntax| syntax != Syntax::Proto2),
            package: file.package.clone(),
            imports: sorted_imports(&file.imports),
            public_imports: sorted_imports(&file.public_imports),
            options: self.settings(scope, &file.options)?,
            messages: self.each(&file.messages, |this, message| this.message(scope, message))?,
            enums: self.each(&file.enums, |this, declared| this.enumeration(scope, declared))?,
            extends: self.extends(scope, &file.extends)?,
            services: self.each(&file.services, |this, service| this.service(scope, service))?,
        })
    }

    fn each<T, U>(
        &mut self,
        items: &[T],
        mut normalize: impl FnMut(&mut Self, &T) -> Result<U, ParseError>,
    ) -> Result<Vec<U>, ParseError> {
        items.iter().map(|item| normalize(self, item)).collect()
    }

    fn message(&mut self, parent: Scope, message: &Message) -> Result<Message, ParseError> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            let scope = self.names.child(parent, &message.name).unwrap_or(ROOT);
            // The entries of maps are spelled out no longer.
            let entries: HashSet<Scope> = message
                .all_fields()
                .filter_map(|field| entry_of(self.names, scope, field))
                .map(|(entry, ..)| entry)
                .collect();
            let is_entry = |nested: &&Message| {
                nested.is_map_entry()
                    && self.names.child(scope, &nested.name).is_some_and(|found| entries.contains(&found))
            };
            let nested: Vec<&Message> = message.messages.iter().filter(|nested| !is_entry(nested)).collect();
            // The first type that cannot be resolved is named: fields come before nested messages.
            Ok(Message {
                name: message.name.clone(),
                at: message.at,
                reserved: split_reserved(&message.reserved),
                options: self.settings(scope, &message.options)?,
                fields: self.fields(scope, &message.fields)?,
                dropped_oneof: message.oneofs.iter().any(is_empty),
                oneofs: self.oneofs(scope, &message.oneofs)?,
                groups: self.groups(scope, &message.groups)?,
                extensions: self.extensions(scope, &message.extensions)?,
                extends: self.extends(scope, &message.extends)?,
                messages: nested.into_iter().map(|nested| self.message(scope, nested)).collect::<Result<_, _>>()?,
                enums: self.each(&message.enums, |this, declared| this.enumeration(scope, declared))?,
            })
        })
    }

    fn fields(&mut self, scope: Scope, fields: &[Field]) -> Result<Vec<Field>, ParseError> {
        let mut fields = self.each(fields, |this, field| this.field(scope, field))?;
        fields.sort_by_key(|field| field.tag);
        Ok(fields)
    }

    fn field(&mut self, scope: Scope, field: &Field) -> Result<Field, ParseError> {
        let (label, ty) = match self.map_of_entry(scope, field)? {
            Some(map) => (None, map),
            None => (field.label, self.field_type(scope, &field.ty)?),
        };
        Ok(Field {
            label,
            ty,
            name: field.name.clone(),
            at: field.at,
            tag: field.tag,
            tag_at: field.tag_at,
            options: self.settings(scope, &field.options)?,
            default: normal_default(field)?,
            json_name: field.json_name.clone(),
        })
    }

    fn field_type(&mut self, scope: Scope, ty: &FieldType) -> Result<FieldType, ParseError> {
        Ok(match ty {
            FieldType::Named(name) => FieldType::Named(self.type_name(scope, name)?),
            FieldType::Map { key, value } => {
                FieldType::Map { key: self.type_name(scope, key)?, value: self.type_name(scope, value)? }
            }
        })
    }

    /// The map type of a repeated field whose type is a map entry spelled out.
    fn map_of_entry(&mut self, scope: Scope, field: &Field) -> Result<Option<FieldType>, ParseError> {
        let Some((entry, key, value)) = entry_of(self.names, scope, field) else { return Ok(None) };
        Ok(Some(FieldType::Map { key: self.type_name(entry, key)?, value: self.type_name(entry, value)? }))
    }

    /// The full name of a type, with a leading point; scalar types are no names.
    fn type_name(&mut self, scope: Scope, name: &str) -> Result<String, ParseError> {
        if Scalar::of(name).is_some() {
            return Ok(name.to_owned());
        }
        let found = self.names.resolve(scope, name);
        let found = found.ok_or_else(|| ParseError::of_word(name, format!("Could not resolve type: {name}")))?;
        let full = format!(".{}", self.names.full_name(found));
        self.charge(full)
    }

    fn oneofs(&mut self, scope: Scope, oneofs: &[Oneof]) -> Result<Vec<Oneof>, ParseError> {
        let mut oneofs = oneofs
            .iter()
            .filter(|oneof| !is_empty(oneof))
            .map(|oneof| {
                Ok(Oneof {
                    name: oneof.name.clone(),
                    at: oneof.at,
                    options: self.settings(scope, &oneof.options)?,
                    fields: self.fields(scope, &oneof.fields)?,
                    groups: self.groups(scope, &oneof.groups)?,
                })
            })
            .collect::<Result<Vec<_>, ParseError>>()?;
        let tags = |oneof: &Oneof| {
            let groups = oneof.groups.iter().map(|group| group.tag);
            oneof.fields.iter().map(|field| field.tag).chain(groups).min()
        };
        oneofs.sort_by_key(tags);
        Ok(oneofs)
    }

    fn groups(&mut self, scope: Scope, groups: &[Group]) -> Result<Vec<Group>, ParseError> {
        let mut groups = self.each(groups, |this, group| {
            let options = this.settings(scope, &group.options)?;
            Ok(Group { options, fields: this.fields(scope, &group.fields)?, ..group.clone() })
        })?;
        groups.sort_by_key(|group| group.tag);
        Ok(groups)
    }

    fn extensions(&mut self, scope: Scope, statements: &[Extensions]) -> Result<Vec<Extensions>, ParseError> {
        let mut split = Vec::new();
        for Extensions { ranges, options } in statements {
            // Options belong to all ranges of their statement: copying them could multiply a text.
            if options.is_empty() {
                let single = |range: &Reserved| Extensions { ranges: vec![shortest(range)], options: Vec::new() };
                split.extend(ranges.iter().map(single));
            } else {
                let ranges = ranges.iter().map(shortest).collect();
                split.push(Extensions { ranges, options: self.settings(scope, options)? });
            }
        }
        split.sort_by_key(|statement| statement.ranges.iter().map(start).min());
        Ok(split)
    }

    fn extends(&mut self, scope: Scope, extends: &[Extend]) -> Result<Vec<Extend>, ParseError> {
        let mut merged: Vec<Extend> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for extend in extends {
            let name = self.type_name(scope, &extend.name)?;
            let place = *places.entry(name.clone()).or_insert(merged.len());
            if place == merged.len() {
                merged.push(Extend { name, fields: Vec::new(), groups: Vec::new() });
            }
            merged[place].fields.extend(self.fields(scope, &extend.fields)?);
            merged[place].groups.extend(self.groups(scope, &extend.groups)?);
        }
        for extend in &mut merged {
            extend.fields.sort_by_key(|field| field.tag);
            extend.groups.sort_by_key(|group| group.tag);
        }
        Ok(merged)
    }

    fn enumeration(&mut self, parent: Scope, declared: &Enum) -> Result<Enum, ParseError> {
        let mut constants = self.each(&declared.constants, |this, constant| {
            Ok(Constant { options: this.settings(parent, &constant.options)?, ..constant.clone() })
        })?;
        constants.sort_by(|left, right| (left.number, &left.name).cmp(&(right.number, &right.name)));
        Ok(Enum {
            name: declared.name.clone(),
            at: declared.at,
            reserved: split_reserved(&declared.reserved),
            options: self.settings(parent, &declared.options)?,
            constants,
        })
    }

    fn service(&mut self, scope: Scope, service: &Service) -> Result<Service, ParseError> {
        let rpcs = self.each(&service.rpcs, |this, rpc| {
            Ok(Rpc {
                name: rpc.name.clone(),
                at: rpc.at,
                request: this.rpc_type(scope, &rpc.request)?,
                response: this.rpc_type(scope, &rpc.response)?,
                options: this.settings(scope, &rpc.options)?,
            })
        })?;
        let (name, options) = (service.name.clone(), self.settings(scope, &service.options)?);
        Ok(Service { name, at: service.at, options, rpcs })
    }

    fn rpc_type(&mut self, scope: Scope, ty: &RpcType) -> Result<RpcType, ParseError> {
        Ok(RpcType { name: self.type_name(scope, &ty.name)?, streams: ty.streams })
    }

    /// Options in their normal form.
    pub(super) fn settings(&mut self, scope: Scope, settings: &[Setting]) -> Result<Vec<Setting>, ParseError> {
        if settings.is_empty() { Ok(Vec::new()) } else { self.normal_settings(scope, settings) }
    }
}

/// The entry, key and value type of a repeated field whose type is a map entry spelled out as a message.
pub(super) fn entry_of<'a>(names: &Names<'a>, scope: Scope, field: &Field) -> Option<(Scope, &'a str, &'a str)> {
    let FieldType::Named(name) = &field.ty else { return None };
    if field.label != Some(Label::Repeated) || Scalar::of(name).is_some() {
        return None;
    }
    let entry = names.resolve(scope, name)?;
    match names.message(entry)?.entry_types()? {
        (FieldType::Named(key), FieldType::Named(value)) => Some((entry, key, value)),
        _ => None,
    }
}

fn is_empty(oneof: &Oneof) -> bool {
    oneof.fields.is_empty() && oneof.groups.is_empty()
}

fn sorted_imports(imports: &[String]) -> Vec<String> {
    let mut imports = imports.to_vec();
    imports.sort();
    imports.dedup();
    imports
}

/// The default of a field, its number in normal form.
pub(super) fn normal_default(field: &Field) -> Result<Option<String>, ParseError> {
    let Some(default) = &field.default else { return Ok(None) };
    let scalar = match &field.ty {
        FieldType::Named(name) => Scalar::of(name),
        FieldType::Map { .. } => None,
    };
    if scalar == Some(Scalar::String) {
        return Ok(Some(default.clone()));
    }
    // Printed bare, so nothing else could be read back: the reference refuses such schemas.
    if default.is_empty() || !default.bytes().all(is_word) {
        let message = format!("Syntax error: expected a word as default of field {}", field.name);
        return Err(ParseError::of_word(&field.name, message));
    }
    let numeric = scalar.is_some_and(Scalar::is_numeric);
    Ok(Some(if numeric { decimal(default) } else { default.clone() }))
}

fn start(item: &Reserved) -> i32 {
    match item {
        Reserved::Tag(tag) | Reserved::Range(tag, _) => *tag,
        Reserved::Name(_) => i32::MAX,
    }
}

/// A range of one number is that number.
fn shortest(item: &Reserved) -> Reserved {
    match item {
        Reserved::Range(start, end) if start == end => Reserved::Tag(*start),
        other => other.clone(),
    }
}

/// One statement for each item: numbers ascending, then names.
fn split_reserved(statements: &[Vec<Reserved>]) -> Vec<Vec<Reserved>> {
    let items = statements.iter().flatten();
    let (mut names, mut numbers): (Vec<Reserved>, Vec<Reserved>) =
        items.map(shortest).partition(|item| matches!(item, Reserved::Name(_)));
    numbers.sort_by_key(start);
    names.sort_by(|left, right| match (left, right) {
        (Reserved::Name(left), Reserved::Name(right)) => left.cmp(right),
        _ => std::cmp::Ordering::Equal,
    });
    numbers.into_iter().chain(names).map(|item| vec![item]).collect()
}
