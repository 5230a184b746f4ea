//! What must hold before a descriptor is given away: unique names and numbers, and types that are imported.

use std::collections::{HashMap, HashSet};

use super::builtin;
use super::names::{Names, Origin, ROOT, Scope};
use super::scalar::Scalar;
use super::tree::{Enum, Extend, Field, FieldType, File, Message};
use crate::schema::ParseError;

/// Checks what the reference's descriptors check; reserved numbers are not among it.
pub(super) fn check(file: &File, references: &[(String, File)], names: &Names<'_>) -> Result<(), ParseError> {
    let visible = visible(file, references);
    let checker = Checker { names, visible };
    let scope = names.package(file);
    let mut symbols = Symbols::default();
    symbols.enums(&file.enums)?;
    symbols.extends(&file.extends)?;
    for service in &file.services {
        symbols.add(&service.name)?;
        for rpc in &service.rpcs {
            checker.type_name(scope, &rpc.request.name)?;
            checker.type_name(scope, &rpc.response.name)?;
        }
    }
    checker.extends(scope, &file.extends)?;
    let mut open: Vec<(Scope, &Message)> = Vec::new();
    for message in &file.messages {
        symbols.add(&message.name)?;
        open.push((scope, message));
    }
    while let Some((parent, message)) = open.pop() {
        let scope = names.child(parent, &message.name).unwrap_or(ROOT);
        checker.message(scope, message)?;
        open.extend(message.messages.iter().map(|nested| (scope, nested)));
    }
    Ok(())
}

/// The files whose types may be used: the imported ones and those that they import publicly.
fn visible(file: &File, references: &[(String, File)]) -> HashSet<Origin> {
    let builtin = builtin::files().iter().enumerate().map(|(index, (name, _))| (name, Origin::Builtin(index)));
    let registered = references.iter().enumerate().map(|(index, (name, _))| (name, Origin::Reference(index)));
    let origins: HashMap<&String, Origin> = builtin.chain(registered).collect();
    let mut visible = HashSet::from([Origin::Main]);
    let mut open: Vec<&String> = file.imports.iter().chain(&file.public_imports).collect();
    while let Some(import) = open.pop() {
        let Some(&origin) = origins.get(import) else { continue };
        if visible.insert(origin) {
            open.extend(match origin {
                Origin::Main => &[],
                Origin::Reference(index) => references[index].1.public_imports.as_slice(),
                Origin::Builtin(index) => builtin::files()[index].1.public_imports.as_slice(),
            });
        }
    }
    visible
}

/// The names of one scope.
#[derive(Default)]
struct Symbols<'f>(HashSet<&'f str>);

impl<'f> Symbols<'f> {
    fn add(&mut self, name: &'f str) -> Result<(), ParseError> {
        if self.0.insert(name) { Ok(()) } else { Err(ParseError::new(format!("\"{name}\" is already defined."))) }
    }

    /// Enums and, as in C++, their constants beside them.
    fn enums(&mut self, enums: &'f [Enum]) -> Result<(), ParseError> {
        for declared in enums {
            self.add(&declared.name)?;
            declared.constants.iter().try_for_each(|constant| self.add(&constant.name))?;
        }
        Ok(())
    }

    fn extends(&mut self, extends: &'f [Extend]) -> Result<(), ParseError> {
        extends.iter().flat_map(|extend| &extend.fields).try_for_each(|field| self.add(&field.name))
    }
}

struct Checker<'n, 'a> {
    names: &'n Names<'a>,
    visible: HashSet<Origin>,
}

impl Checker<'_, '_> {
    fn message(&self, scope: Scope, message: &Message) -> Result<(), ParseError> {
        let (mut symbols, mut numbers) = (Symbols::default(), HashSet::new());
        for field in message.all_fields() {
            symbols.add(&field.name)?;
            if field.tag <= 0 {
                return Err(ParseError::new(format!("{}: Field numbers must be positive integers.", field.name)));
            }
            if !numbers.insert(field.tag) {
                return Err(ParseError::new(format!("Field number {} has already been used.", field.tag)));
            }
            self.field(scope, field)?;
        }
        message.oneofs.iter().try_for_each(|oneof| symbols.add(&oneof.name))?;
        message.messages.iter().try_for_each(|nested| symbols.add(&nested.name))?;
        symbols.enums(&message.enums)?;
        symbols.extends(&message.extends)?;
        self.extends(scope, &message.extends)
    }

    fn extends(&self, scope: Scope, extends: &[Extend]) -> Result<(), ParseError> {
        for extend in extends {
            self.type_name(scope, &extend.name)?;
            extend.fields.iter().try_for_each(|field| self.field(scope, field))?;
        }
        Ok(())
    }

    fn field(&self, scope: Scope, field: &Field) -> Result<(), ParseError> {
        match &field.ty {
            FieldType::Named(name) => self.type_name(scope, name),
            FieldType::Map { key, value } => self.type_name(scope, key).and_then(|()| self.type_name(scope, value)),
        }
    }

    fn type_name(&self, scope: Scope, name: &str) -> Result<(), ParseError> {
        if Scalar::of(name).is_some() {
            return Ok(());
        }
        let found = self.names.resolve(scope, name).and_then(|found| self.names.origin(found));
        match found {
            Some(origin) if self.visible.contains(&origin) => Ok(()),
            _ => Err(ParseError::new(format!("\"{name}\" is not defined."))),
        }
    }
}
