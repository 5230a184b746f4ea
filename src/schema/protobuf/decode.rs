//! A `FileDescriptorProto` to a tree.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use prost::Message as _;

use super::descriptor::{
    EnumDescriptor, FieldDescriptor, FileDescriptor, MessageDescriptor, Range, ServiceDescriptor, TYPE_GROUP,
};
use super::options;
use super::printer::print;
use super::scalar::Scalar;
use super::tree::{
    Constant, Enum, Extend, Extensions, Field, FieldType, File, Group, Label, MAX_TAG, Message, Oneof, Reserved, Rpc,
    RpcType, Service, Syntax,
};
use crate::schema::ParseError;

/// The text of the file whose serialized descriptor is this base64 text; `None` if it is something else.
pub(super) fn base64(text: &str) -> Option<Result<String, ParseError>> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    // prost reads nested messages recursively, a hundred levels at most.
    let descriptor = stacker::maybe_grow(2 * 1024 * 1024, 4 * 1024 * 1024, || FileDescriptor::decode(&bytes[..]));
    descriptor.ok().map(|descriptor| print(&tree(&descriptor)?))
}

/// The file whose serialized descriptor these bytes are.
pub(super) fn file(bytes: &[u8]) -> Result<File, ParseError> {
    let descriptor = FileDescriptor::decode(bytes);
    tree(&descriptor.map_err(|error| ParseError::new(format!("not a file descriptor: {error}")))?)
}

fn tree(descriptor: &FileDescriptor) -> Result<File, ParseError> {
    let syntax = match descriptor.syntax.as_deref() {
        None | Some("") => None,
        Some("proto2") => Some(Syntax::Proto2),
        Some("proto3") => Some(Syntax::Proto3),
        Some("editions") => return Err(ParseError::new("edition is not currently supported")),
        Some(other) => return Err(ParseError::new(format!("unexpected syntax: {other}"))),
    };
    let reader = Reader { proto3: syntax == Some(Syntax::Proto3) };
    let mut file = File {
        syntax,
        package: descriptor.package.clone().filter(|package| !package.is_empty()),
        options: options::decode(&options::FILE, descriptor.options.as_ref()),
        messages: reader.messages(&descriptor.message_type, &group_names(&[], &descriptor.extension)),
        enums: descriptor.enum_type.iter().map(enumeration).collect(),
        extends: reader.extends(&descriptor.extension, &bodies(&descriptor.message_type)),
        services: descriptor.service.iter().map(service).collect(),
        ..File::default()
    };
    let public: Vec<usize> = indexes(&descriptor.public_dependency);
    let weak: Vec<usize> = indexes(&descriptor.weak_dependency);
    for (index, import) in descriptor.dependency.iter().enumerate() {
        if public.binary_search(&index).is_ok() {
            file.public_imports.push(import.clone());
        } else if weak.binary_search(&index).is_err() {
            file.imports.push(import.clone());
        }
    }
    Ok(file)
}

fn indexes(numbers: &[i32]) -> Vec<usize> {
    let mut indexes: Vec<usize> = numbers.iter().filter_map(|&number| usize::try_from(number).ok()).collect();
    indexes.sort_unstable();
    indexes
}

/// The nested messages by name, among them those that hold the fields of groups.
type Groups<'a> = HashMap<Option<&'a str>, &'a MessageDescriptor>;

struct Reader {
    proto3: bool,
}

fn bodies(messages: &[MessageDescriptor]) -> Groups<'_> {
    messages.iter().map(|message| (message.name.as_deref(), message)).collect()
}

fn group_name(field: &FieldDescriptor) -> Option<&str> {
    if field.r#type == Some(TYPE_GROUP) { field.type_name.as_deref()?.rsplit('.').next() } else { None }
}

fn group_names<'f>(fields: &'f [FieldDescriptor], extensions: &'f [FieldDescriptor]) -> HashSet<&'f str> {
    fields.iter().chain(extensions).filter_map(group_name).collect()
}

impl Reader {
    /// The messages except those that are groups.
    fn messages(&self, messages: &[MessageDescriptor], groups: &HashSet<&str>) -> Vec<Message> {
        let messages = messages.iter().filter(|message| !groups.contains(message.name()));
        messages.map(|message| self.message(message)).collect()
    }

    fn message(&self, descriptor: &MessageDescriptor) -> Message {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.message_at(descriptor))
    }

    fn message_at(&self, descriptor: &MessageDescriptor) -> Message {
        let bodies = bodies(&descriptor.nested_type);
        let oneofs = descriptor.oneof_decl.iter();
        let mut message = Message {
            name: descriptor.name().to_owned(),
            reserved: reserved(&descriptor.reserved_range, &descriptor.reserved_name, 1),
            options: options::decode(&options::MESSAGE, descriptor.options.as_ref()),
            oneofs: oneofs.map(|oneof| Oneof { name: oneof.name().to_owned(), ..Oneof::default() }).collect(),
            extensions: ranges(&descriptor.extension_range, 1).map(single_range).collect(),
            extends: self.extends(&descriptor.extension, &bodies),
            messages: self.messages(&descriptor.nested_type, &group_names(&descriptor.field, &descriptor.extension)),
            enums: descriptor.enum_type.iter().map(enumeration).collect(),
            ..Message::default()
        };
        for field in &descriptor.field {
            let index = field.oneof_index.and_then(|index| usize::try_from(index).ok());
            // The oneof of a proto3 `optional` is made up.
            let index = index.filter(|&index| index < message.oneofs.len() && !field.proto3_optional());
            if let Some(group) = self.group(field, &bodies) {
                index.map_or(&mut message.groups, |index| &mut message.oneofs[index].groups).push(group);
            } else {
                let label = if index.is_some() { None } else { self.label(field) };
                let fields = index.map_or(&mut message.fields, |index| &mut message.oneofs[index].fields);
                fields.push(plain_field(field, label));
            }
        }
        message.oneofs.retain(|oneof| !oneof.fields.is_empty() || !oneof.groups.is_empty());
        message
    }

    /// The group that a field is, its fields taken from a nested message.
    fn group(&self, field: &FieldDescriptor, bodies: &Groups<'_>) -> Option<Group> {
        let name = group_name(field)?;
        let fields = bodies.get(&Some(name))?.field.iter().map(|field| plain_field(field, self.label(field))).collect();
        let label = if field.oneof_index.is_some() { None } else { self.label(field) };
        let options = options::decode(&options::FIELD, field.options.as_ref());
        Some(Group { label, name: name.to_owned(), at: 0, tag: field.number(), tag_at: 0, options, fields })
    }

    /// Extensions by what they extend.
    fn extends(&self, extensions: &[FieldDescriptor], bodies: &Groups<'_>) -> Vec<Extend> {
        let mut extends: Vec<Extend> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for field in extensions {
            let place = *places.entry(field.extendee()).or_insert(extends.len());
            if place == extends.len() {
                extends.push(Extend { name: field.extendee().to_owned(), fields: Vec::new(), groups: Vec::new() });
            }
            let extend = &mut extends[place];
            match self.group(field, bodies) {
                Some(group) => extend.groups.push(group),
                None => extend.fields.push(plain_field(field, self.label(field))),
            }
        }
        extends
    }

    /// The label as one would write it: in proto3, `optional` only where it means something.
    fn label(&self, field: &FieldDescriptor) -> Option<Label> {
        match field.label.unwrap_or(1) {
            2 => Some(Label::Required),
            3 => Some(Label::Repeated),
            _ if self.proto3 && !field.proto3_optional() => None,
            _ => Some(Label::Optional),
        }
    }
}

fn plain_field(field: &FieldDescriptor, label: Option<Label>) -> Field {
    let ty = match &field.type_name {
        Some(name) => name.clone(),
        None => field.r#type.and_then(Scalar::name).unwrap_or_default().to_owned(),
    };
    Field {
        label,
        ty: FieldType::Named(ty),
        name: field.name().to_owned(),
        at: 0,
        tag: field.number(),
        tag_at: 0,
        options: options::decode(&options::FIELD, field.options.as_ref()),
        default: field.default_value.clone(),
        json_name: field.json_name.clone(),
    }
}

fn enumeration(descriptor: &EnumDescriptor) -> Enum {
    let constants = descriptor.value.iter().map(|value| Constant {
        name: value.name().to_owned(),
        at: 0,
        number: value.number(),
        number_at: 0,
        options: options::decode(&options::ENUM_VALUE, value.options.as_ref()),
    });
    Enum {
        name: descriptor.name().to_owned(),
        at: 0,
        reserved: reserved(&descriptor.reserved_range, &descriptor.reserved_name, 0),
        options: options::decode(&options::ENUM, descriptor.options.as_ref()),
        constants: constants.collect(),
    }
}

fn service(descriptor: &ServiceDescriptor) -> Service {
    let rpcs = descriptor.method.iter().map(|method| Rpc {
        name: method.name().to_owned(),
        at: 0,
        request: RpcType { name: method.input_type().to_owned(), streams: method.client_streaming() },
        response: RpcType { name: method.output_type().to_owned(), streams: method.server_streaming() },
        options: options::decode(&options::METHOD, method.options.as_ref()),
    });
    Service {
        name: descriptor.name().to_owned(),
        at: 0,
        options: options::decode(&options::SERVICE, descriptor.options.as_ref()),
        rpcs: rpcs.collect(),
    }
}

/// Ranges whose end is `beyond` their last number.
fn ranges(ranges: &[Range], beyond: i32) -> impl Iterator<Item = Reserved> {
    ranges.iter().map(move |range| {
        let start = range.start();
        match range.end().saturating_sub(beyond) {
            end if end == start => Reserved::Tag(start),
            // protoc's `max` of an enum.
            i32::MAX => Reserved::Range(start, MAX_TAG),
            end => Reserved::Range(start, end),
        }
    })
}

fn single_range(range: Reserved) -> Extensions {
    Extensions { ranges: vec![range], options: Vec::new() }
}

/// One statement for each item.
fn reserved(numbers: &[Range], names: &[String], beyond: i32) -> Vec<Vec<Reserved>> {
    let names = names.iter().cloned().map(Reserved::Name);
    ranges(numbers, beyond).chain(names).map(|item| vec![item]).collect()
}
