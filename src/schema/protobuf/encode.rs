//! A tree to a `FileDescriptorProto`.

use std::collections::HashSet;

use super::builtin;
use super::descriptor::{
    EnumDescriptor, EnumValueDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor, MethodDescriptor,
    OneofDescriptor, Range, ServiceDescriptor, TYPE_ENUM, TYPE_GROUP, TYPE_MESSAGE,
};
use super::names::{Names, ROOT, Scope, Type};
use super::normal::{Normalizer, normal_default};
use super::options::{self, Table};
use super::scalar::Scalar;
use super::tree::{Enum, Field, FieldType, File, Group, Label, MAX_TAG, Message, Oneof, Reserved, Service, Setting};
use crate::schema::ParseError;

/// For whom a descriptor is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// As the reference writes `format=serialized`: names as in the text, no groups, no label where none is written.
    Written,
    /// As protoc writes it: names resolved, nothing left out.
    Complete,
}

const fn label_number(label: Label) -> i32 {
    match label {
        Label::Optional => 1,
        Label::Required => 2,
        Label::Repeated => 3,
    }
}

/// The descriptor of a file that was declared in the scope of these names.
pub(super) fn encode(
    name: &str,
    file: &File,
    names: &Names<'_>,
    importable: &HashSet<&str>,
    style: Style,
) -> Result<FileDescriptor, ParseError> {
    Encoder { names, normalizer: Normalizer::new(names), style, proto3: file.is_proto3() }.file(name, file, importable)
}

/// The import names that a schema with these references may use.
pub(super) fn importable(references: &[(String, File)]) -> HashSet<&str> {
    references.iter().chain(builtin::files()).map(|(name, _)| name.as_str()).collect()
}

struct Encoder<'n, 'a> {
    names: &'n Names<'a>,
    normalizer: Normalizer<'n, 'a>,
    style: Style,
    proto3: bool,
}

impl Encoder<'_, '_> {
    fn file(&mut self, name: &str, file: &File, importable: &HashSet<&str>) -> Result<FileDescriptor, ParseError> {
        let scope = self.names.package(file);
        let mut known: HashSet<&str> = HashSet::new();
        let mut usable = |imports: &'_ [String]| -> Vec<String> {
            let found = imports.iter().filter_map(|import| importable.get(import.as_str()).copied());
            found.filter(|import| known.insert(*import)).map(str::to_owned).collect()
        };
        let mut dependency = usable(&file.imports);
        let first_public = dependency.len();
        dependency.extend(usable(&file.public_imports));
        let public_dependency =
            (first_public..dependency.len()).filter_map(|index| i32::try_from(index).ok()).collect();
        let mut descriptor = FileDescriptor {
            name: Some(name.to_owned()),
            package: file.package.clone(),
            dependency,
            options: self.options(&options::FILE, scope, &file.options)?,
            public_dependency,
            syntax: file.syntax.map(|syntax| syntax.as_str().to_owned()),
            ..FileDescriptor::default()
        };
        for message in &file.messages {
            descriptor.message_type.push(self.message(scope, message)?);
        }
        for declared in &file.enums {
            descriptor.enum_type.push(self.enumeration(scope, declared)?);
        }
        for service in &file.services {
            descriptor.service.push(self.service(scope, service)?);
        }
        for extend in &file.extends {
            for field in &extend.fields {
                descriptor.extension.push(self.extension(scope, &extend.name, field)?);
            }
        }
        Ok(descriptor)
    }

    fn message(&mut self, parent: Scope, message: &Message) -> Result<MessageDescriptor, ParseError> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.message_at(parent, message))
    }

    fn message_at(&mut self, parent: Scope, message: &Message) -> Result<MessageDescriptor, ParseError> {
        let scope = self.names.child(parent, &message.name).unwrap_or(ROOT);
        let mut descriptor = MessageDescriptor {
            name: Some(message.name.clone()),
            options: self.options(&options::MESSAGE, scope, &message.options)?,
            ..MessageDescriptor::default()
        };
        for oneof in &message.oneofs {
            self.oneof(&mut descriptor, scope, oneof)?;
        }
        for field in &message.fields {
            self.field(&mut descriptor, scope, field)?;
        }
        for group in &message.groups {
            self.group(&mut descriptor, scope, group, None)?;
        }
        // The entries of maps come behind the messages that were written.
        let entries = std::mem::take(&mut descriptor.nested_type);
        for nested in &message.messages {
            descriptor.nested_type.push(self.message(scope, nested)?);
        }
        descriptor.nested_type.extend(entries);
        for declared in &message.enums {
            descriptor.enum_type.push(self.enumeration(scope, declared)?);
        }
        for item in message.extensions.iter().flat_map(|statement| &statement.ranges) {
            descriptor.extension_range.extend(range(item, 1).map(|range| Range { options: Some(Vec::new()), ..range }));
        }
        for extend in &message.extends {
            for field in &extend.fields {
                descriptor.extension.push(self.extension(scope, &extend.name, field)?);
            }
        }
        (descriptor.reserved_range, descriptor.reserved_name) = reserved(&message.reserved, 1);
        Ok(descriptor)
    }

    fn oneof(&mut self, message: &mut MessageDescriptor, scope: Scope, oneof: &Oneof) -> Result<(), ParseError> {
        let index = declare_oneof(message, oneof.name.clone());
        for field in &oneof.fields {
            let descriptor = self.plain_field(scope, field)?;
            message.field.push(FieldDescriptor {
                label: Some(label_number(Label::Optional)),
                oneof_index: Some(index),
                ..descriptor
            });
        }
        for group in &oneof.groups {
            self.group(message, scope, group, Some(index))?;
        }
        Ok(())
    }

    fn field(&mut self, message: &mut MessageDescriptor, scope: Scope, field: &Field) -> Result<(), ParseError> {
        let mut descriptor = self.plain_field(scope, field)?;
        if let FieldType::Map { key, value } = &field.ty {
            let entry = self.map_entry(scope, &field.name, key, value)?;
            descriptor.label = Some(label_number(Label::Repeated));
            descriptor.type_name.clone_from(&entry.name);
            if self.style == Style::Complete {
                descriptor.r#type = Some(TYPE_MESSAGE);
                let entry = entry.name.as_deref().unwrap_or_default();
                let full = format!(".{}.{entry}", self.names.full_name(scope));
                descriptor.type_name = Some(self.normalizer.charge(full)?);
            }
            message.nested_type.push(entry);
        } else if self.proto3 && field.label == Some(Label::Optional) {
            descriptor.oneof_index = Some(declare_oneof(message, format!("_{}", field.name)));
            descriptor.proto3_optional = Some(true);
        }
        message.field.push(descriptor);
        Ok(())
    }

    fn map_entry(
        &mut self,
        scope: Scope,
        field: &str,
        key: &str,
        value: &str,
    ) -> Result<MessageDescriptor, ParseError> {
        let mut member = |name: &str, tag, ty: &str| {
            let ty = FieldType::Named(ty.to_owned());
            let (at, tag_at, options) = (0, 0, Vec::new());
            let name = name.to_owned();
            let field = Field { label: None, ty, name, at, tag, tag_at, options, default: None, json_name: None };
            self.plain_field(scope, &field)
        };
        Ok(MessageDescriptor {
            name: Some(entry_name(field)),
            field: vec![member("key", 1, key)?, member("value", 2, value)?],
            options: options::encode(&options::MESSAGE, &[Setting::flag("map_entry")]),
            ..MessageDescriptor::default()
        })
    }

    fn extension(&mut self, scope: Scope, extendee: &str, field: &Field) -> Result<FieldDescriptor, ParseError> {
        Ok(FieldDescriptor { extendee: Some(self.type_name(scope, extendee)?), ..self.plain_field(scope, field)? })
    }

    /// A field without regard to where it stands.
    fn plain_field(&mut self, scope: Scope, field: &Field) -> Result<FieldDescriptor, ParseError> {
        let label = field.label.map(label_number);
        let mut descriptor = FieldDescriptor {
            name: Some(field.name.clone()),
            number: Some(field.tag),
            label: if self.style == Style::Complete { label.or(Some(label_number(Label::Optional))) } else { label },
            default_value: match self.style {
                Style::Written => field.default.clone(),
                Style::Complete => normal_default(field)?,
            },
            options: self.options(&options::FIELD, scope, &field.options)?,
            json_name: field.json_name.clone(),
            ..FieldDescriptor::default()
        };
        if let FieldType::Named(name) = &field.ty {
            if let Some(scalar) = Scalar::of(name) {
                descriptor.r#type = Some(scalar as i32);
            } else {
                let found = self.names.resolve(scope, name).and_then(|found| self.names.declared(found));
                descriptor.r#type = found.map(|found| match found {
                    Type::Message(_) => TYPE_MESSAGE,
                    Type::Enum => TYPE_ENUM,
                });
                descriptor.type_name = Some(self.type_name(scope, name)?);
            }
        }
        Ok(descriptor)
    }

    /// The reference leaves groups out; protoc makes a message and a field of one.
    fn group(
        &mut self,
        message: &mut MessageDescriptor,
        scope: Scope,
        group: &Group,
        oneof_index: Option<i32>,
    ) -> Result<(), ParseError> {
        if self.style == Style::Written {
            return Ok(());
        }
        let mut nested = MessageDescriptor { name: Some(group.name.clone()), ..MessageDescriptor::default() };
        for field in &group.fields {
            self.field(&mut nested, scope, field)?;
        }
        message.nested_type.push(nested);
        message.field.push(FieldDescriptor {
            name: Some(group.name.to_ascii_lowercase()),
            number: Some(group.tag),
            label: Some(label_number(group.label.unwrap_or(Label::Optional))),
            r#type: Some(TYPE_GROUP),
            type_name: Some(self.normalizer.charge(format!(".{}.{}", self.names.full_name(scope), group.name))?),
            oneof_index,
            ..FieldDescriptor::default()
        });
        Ok(())
    }

    fn enumeration(&mut self, parent: Scope, declared: &Enum) -> Result<EnumDescriptor, ParseError> {
        let mut descriptor = EnumDescriptor {
            name: Some(declared.name.clone()),
            options: self.options(&options::ENUM, parent, &declared.options)?,
            ..EnumDescriptor::default()
        };
        for constant in &declared.constants {
            descriptor.value.push(EnumValueDescriptor {
                name: Some(constant.name.clone()),
                number: Some(constant.number),
                options: self.options(&options::ENUM_VALUE, parent, &constant.options)?,
            });
        }
        (descriptor.reserved_range, descriptor.reserved_name) = reserved(&declared.reserved, 0);
        if self.style == Style::Complete {
            if self.proto3 {
                // Normalizing sorts constants by number, so zero may have lost the place that it must have.
                descriptor.value.sort_by_key(|value| value.number != Some(0));
            }
            // Enums may go beyond the highest number of a field.
            let ends = descriptor.reserved_range.iter_mut().map(|range| &mut range.end);
            ends.filter(|end| **end == Some(MAX_TAG)).for_each(|end| *end = Some(i32::MAX));
        }
        Ok(descriptor)
    }

    fn service(&mut self, scope: Scope, service: &Service) -> Result<ServiceDescriptor, ParseError> {
        let mut descriptor = ServiceDescriptor {
            name: Some(service.name.clone()),
            options: self.options(&options::SERVICE, scope, &service.options)?,
            ..ServiceDescriptor::default()
        };
        for rpc in &service.rpcs {
            descriptor.method.push(MethodDescriptor {
                name: Some(rpc.name.clone()),
                input_type: Some(self.type_name(scope, &rpc.request.name)?),
                output_type: Some(self.type_name(scope, &rpc.response.name)?),
                options: self.options(&options::METHOD, scope, &rpc.options)?,
                client_streaming: Some(rpc.request.streams),
                server_streaming: Some(rpc.response.streams),
            });
        }
        Ok(descriptor)
    }

    fn type_name(&mut self, scope: Scope, name: &str) -> Result<String, ParseError> {
        if self.style == Style::Written {
            return Ok(name.to_owned());
        }
        let found = self.names.resolve(scope, name);
        let found = found.ok_or_else(|| ParseError::new(format!("Could not resolve type: {name}")))?;
        self.normalizer.charge(format!(".{}", self.names.full_name(found)))
    }

    fn options(&mut self, table: &Table, scope: Scope, settings: &[Setting]) -> Result<Option<Vec<u8>>, ParseError> {
        if settings.is_empty() {
            return Ok(None);
        }
        let settings = self.normalizer.settings(scope, settings)?;
        Ok(options::encode(table, &settings))
    }
}

fn declare_oneof(message: &mut MessageDescriptor, name: String) -> i32 {
    let index = i32::try_from(message.oneof_decl.len()).unwrap_or(i32::MAX);
    message.oneof_decl.push(OneofDescriptor { name: Some(name), options: Some(Vec::new()) });
    index
}

/// The name of a map's entry message: in camel case only if the field's name has an underscore.
fn entry_name(field: &str) -> String {
    if !field.contains('_') {
        return format!("{field}Entry");
    }
    let mut name = String::with_capacity(field.len() + 5);
    for part in field.split('_') {
        let mut characters = part.chars();
        name.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(characters.as_str());
    }
    name + "Entry"
}

/// A range whose end is `beyond` the last number.
fn range(item: &Reserved, beyond: i32) -> Option<Range> {
    let (start, end) = match item {
        Reserved::Tag(tag) => (*tag, *tag),
        Reserved::Range(start, end) => (*start, *end),
        Reserved::Name(_) => return None,
    };
    Some(Range { start: Some(start), end: Some(end.saturating_add(beyond)), options: None })
}

fn reserved(statements: &[Vec<Reserved>], beyond: i32) -> (Vec<Range>, Vec<String>) {
    let (mut ranges, mut names) = (Vec::new(), Vec::new());
    for item in statements.iter().flatten() {
        match item {
            Reserved::Name(name) => names.push(name.clone()),
            number => ranges.extend(range(number, beyond)),
        }
    }
    (ranges, names)
}
