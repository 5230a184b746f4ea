//! What differs between two messages themselves; the messages they refer to are left to the caller.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use super::change::Change;
use super::names::{FileNumber, MAIN, Names, Origin, Scope, Type};
use super::normal::entry_of;
use super::scalar::Scalar;
use super::tree::{Enum, Field, FieldType, File, Label, Message, Oneof};
use crate::schema::java_hash;

/// An original message and the update's message that it is compared with.
pub(super) type Pair = (Scope, Scope);

/// Where something is inside its message or list of types.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    /// A message, an enum or a oneof.
    Name(&'a str),
    /// A field.
    Tag(i32),
    /// A member of a oneof, or a constant of an enum.
    Member(&'a str, i32),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Tag(tag) => tag.fmt(f),
            Self::Member(name, tag) => write!(f, "{name}/{tag}"),
        }
    }
}

/// What was found, in the order in which the reference finds it.
pub(super) enum Event<'a> {
    Changed(Change, Place<'a>),
    /// A field whose message type has kept its name: the messages must be compared.
    Typed(Place<'a>, Pair),
    /// A message that both lists of types have.
    Kept(&'a str, Pair),
}

/// The findings about two messages.
#[derive(Default)]
pub(super) struct Findings<'a> {
    pub(super) fields: Vec<Event<'a>>,
    pub(super) types: Vec<Event<'a>>,
}

/// The declarations of both schemas.
pub(super) struct Sides<'n, 'a> {
    pub(super) original: &'n Names<'a>,
    pub(super) update: &'n Names<'a>,
}

/// The messages and enums of a file or a message, and the scope they are declared in.
#[derive(Clone, Copy)]
pub(super) struct Types<'a> {
    pub(super) scope: Scope,
    pub(super) messages: &'a [Message],
    pub(super) enums: &'a [Enum],
}

impl<'a> Types<'a> {
    pub(super) fn of_file(names: &Names<'a>, file: &'a File) -> Self {
        Self { scope: names.package(file), messages: &file.messages, enums: &file.enums }
    }

    fn of(scope: Scope, message: &'a Message) -> Self {
        Self { scope, messages: &message.messages, enums: &message.enums }
    }
}

/// A field and the index of its oneof.
#[derive(Clone, Copy)]
struct Placed<'a> {
    field: &'a Field,
    oneof: Option<usize>,
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Shape<'a> {
    Scalar(Group),
    Map { scope: Scope, key: &'a str, value: &'a str },
    Message { found: Option<Scope>, text: &'a str },
}

/// Scalars that read each other's data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Varint,
    Zigzag,
    Text,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

const fn group(scalar: Scalar) -> Group {
    match scalar {
        Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => Group::Varint,
        Scalar::Sint32 | Scalar::Sint64 => Group::Zigzag,
        Scalar::String | Scalar::Bytes => Group::Text,
        Scalar::Fixed32 | Scalar::Sfixed32 => Group::Fixed32,
        Scalar::Fixed64 | Scalar::Sfixed64 => Group::Fixed64,
        Scalar::Float => Group::Float,
        Scalar::Double => Group::Double,
    }
}

impl<'a> Sides<'_, 'a> {
    /// Compares two lists of types: messages, then enums, each in hash order.
    pub(super) fn types(&self, original: Types<'a>, update: Types<'a>) -> Vec<Event<'a>> {
        let mut events = Vec::new();
        let (old, new) = (by_name(original.messages), by_name(update.messages));
        let names = original.messages.iter().map(|message| message.name.as_str());
        for name in java_hash::union(names, update.messages.iter().map(|message| message.name.as_str())) {
            match (old.get(name), new.get(name)) {
                (Some((_, old)), None) if !old.is_map_entry() => {
                    events.push(Event::Changed(Change::MessageRemoved, Place::Name(name)));
                }
                (None, Some((_, new))) if !new.is_map_entry() => {
                    events.push(Event::Changed(Change::MessageAdded, Place::Name(name)));
                }
                (Some((old_index, _)), Some((new_index, _))) => {
                    let pair = self.original.child(original.scope, name).zip(self.update.child(update.scope, name));
                    events.extend(pair.map(|pair| Event::Kept(name, pair)));
                    if old_index != new_index {
                        events.push(Event::Changed(Change::MessageMoved, Place::Name(name)));
                    }
                }
                _ => {}
            }
        }
        let names = original.enums.iter().map(|declared| declared.name.as_str());
        let old: HashMap<_, _> = original.enums.iter().map(|declared| (declared.name.as_str(), declared)).collect();
        let new: HashMap<_, _> = update.enums.iter().map(|declared| (declared.name.as_str(), declared)).collect();
        for name in java_hash::union(names, update.enums.iter().map(|declared| declared.name.as_str())) {
            match (old.get(name), new.get(name)) {
                (Some(old), Some(new)) => constants(&mut events, name, old, new),
                (None, _) => events.push(Event::Changed(Change::EnumAdded, Place::Name(name))),
                (_, None) => events.push(Event::Changed(Change::EnumRemoved, Place::Name(name))),
            }
        }
        events
    }

    /// Compares two messages.
    pub(super) fn messages(&self, (old_scope, new_scope): Pair) -> Findings<'a> {
        let (Some(old), Some(new)) = (self.original.message(old_scope), self.update.message(new_scope)) else {
            return Findings::default();
        };
        Findings {
            fields: self.fields((old_scope, new_scope), old, new),
            types: self.types(Types::of(old_scope, old), Types::of(new_scope, new)),
        }
    }

    /// The files that declare two messages.
    pub(super) fn files(&self, (old, new): Pair) -> [FileNumber; 2] {
        [self.original.origin(old), self.update.origin(new)].map(|origin| origin.map_or(MAIN, Origin::number))
    }

    /// How much there is to compare in two messages.
    pub(super) fn size(&self, (old, new): Pair) -> usize {
        let messages = [self.original.message(old), self.update.message(new)];
        messages.into_iter().flatten().map(|message| message.all_fields().count()).sum()
    }

    fn fields(&self, pair: Pair, old: &'a Message, new: &'a Message) -> Vec<Event<'a>> {
        let (old_fields, new_fields) = (by_tag(old), by_tag(new));
        let mut events = moved_into_oneofs(&old_fields, new);
        events.extend(changed_oneofs(old, new));
        let kept: HashSet<&str> = new.oneofs.iter().map(|oneof| oneof.name.as_str()).collect();
        // A oneof that is gone by name and of which no member survives anywhere: nothing is said of its members.
        let has_vanished = |oneof: &Oneof| {
            !kept.contains(oneof.name.as_str()) && !oneof.fields.iter().any(|field| new_fields.contains_key(&field.tag))
        };
        let vanished: Vec<bool> = old.oneofs.iter().map(has_vanished).collect();
        let tags: BTreeSet<i32> = old_fields.keys().chain(new_fields.keys()).copied().collect();
        for tag in tags {
            match (old_fields.get(&tag), new_fields.get(&tag)) {
                (Some(gone), None) => events.extend(match gone.oneof {
                    Some(index) if vanished[index] => None,
                    Some(index) => {
                        let place = Place::Member(&old.oneofs[index].name, tag);
                        Some(Event::Changed(Change::OneofFieldRemoved, place))
                    }
                    None if gone.field.label == Some(Label::Required) => {
                        Some(Event::Changed(Change::RequiredFieldRemoved, Place::Tag(tag)))
                    }
                    None => Some(Event::Changed(Change::FieldRemoved, Place::Tag(tag))),
                }),
                (None, Some(added)) => events.push(match added.oneof {
                    Some(index) => Event::Changed(Change::OneofFieldAdded, Place::Member(&new.oneofs[index].name, tag)),
                    None if added.field.label == Some(Label::Required) => {
                        Event::Changed(Change::RequiredFieldAdded, Place::Tag(tag))
                    }
                    None => Event::Changed(Change::FieldAdded, Place::Tag(tag)),
                }),
                (Some(before), Some(after)) => {
                    if before.oneof.is_some() && after.oneof.is_none() {
                        events.push(Event::Changed(Change::OneofFieldMovedToTopLevel, Place::Tag(tag)));
                    }
                    let place = match after.oneof {
                        Some(index) => Place::Member(&new.oneofs[index].name, tag),
                        None => Place::Tag(tag),
                    };
                    self.field(&mut events, place, pair, before.field, after.field);
                }
                (None, None) => {}
            }
        }
        events
    }

    fn field(&self, events: &mut Vec<Event<'a>>, place: Place<'a>, pair: Pair, old: &'a Field, new: &'a Field) {
        if old.name != new.name {
            events.push(Event::Changed(Change::FieldNameChanged, place));
        }
        let shapes = (shape(self.original, pair.0, old), shape(self.update, pair.1, new));
        self.shapes(events, place, shapes);
        if let (Shape::Scalar(old_group), Shape::Scalar(new_group)) = shapes
            && old_group == new_group
            && let (Some(old_label), Some(new_label)) = (old.label, new.label)
            && old_label != new_label
        {
            let change = match old_group {
                Group::Text => Change::FieldStringOrBytesLabelChanged,
                _ => Change::FieldNumericLabelChanged,
            };
            events.push(Event::Changed(change, place));
        }
    }

    fn shapes(&self, events: &mut Vec<Event<'a>>, place: Place<'a>, shapes: (Shape<'a>, Shape<'a>)) {
        match shapes {
            (Shape::Scalar(old), Shape::Scalar(new)) => {
                if old != new {
                    events.push(Event::Changed(Change::FieldScalarKindChanged, place));
                }
            }
            (
                Shape::Map { scope: old_scope, key: old_key, value: old_value },
                Shape::Map { scope: new_scope, key: new_key, value: new_value },
            ) => {
                for (old, new) in [(old_key, new_key), (old_value, new_value)] {
                    let shapes = (named_shape(self.original, old_scope, old), named_shape(self.update, new_scope, new));
                    self.shapes(events, place, shapes);
                }
            }
            (Shape::Message { found: old, text: old_text }, Shape::Message { found: new, text: new_text }) => {
                events.extend(match old.zip(new) {
                    None if old_text == new_text => None,
                    None => Some(Event::Changed(Change::FieldNamedTypeChanged, place)),
                    Some((old, new)) if self.original.local_parts(old) != self.update.local_parts(new) => {
                        Some(Event::Changed(Change::FieldNamedTypeChanged, place))
                    }
                    Some(pair) if self.is_compared_elsewhere(pair) => None,
                    Some(pair) => Some(Event::Typed(place, pair)),
                });
            }
            _ => events.push(Event::Changed(Change::FieldKindChanged, place)),
        }
    }

    /// Whether the two messages need not be compared here.
    ///
    /// The reference compares types of fields only if a registered reference is involved: types of the two schemas
    /// themselves are compared where they are declared.
    fn is_compared_elsewhere(&self, (old, new): Pair) -> bool {
        match (self.original.origin(old), self.update.origin(new)) {
            (Some(Origin::Main), Some(Origin::Main)) => true,
            (Some(Origin::Builtin(old)), Some(Origin::Builtin(new))) => old == new,
            _ => false,
        }
    }
}

fn by_name(messages: &[Message]) -> HashMap<&str, (usize, &Message)> {
    messages.iter().enumerate().map(|(index, message)| (message.name.as_str(), (index, message))).collect()
}

/// All fields by number; of several with one number the last counts.
fn by_tag(message: &Message) -> BTreeMap<i32, Placed<'_>> {
    let top = message.fields.iter().map(|field| Placed { field, oneof: None });
    let oneofs = message.oneofs.iter().enumerate();
    let members = oneofs.flat_map(|(index, oneof)| oneof.fields.iter().map(move |field| (index, field)));
    let members = members.map(|(index, field)| Placed { field, oneof: Some(index) });
    top.chain(members).map(|placed| (placed.field.tag, placed)).collect()
}

/// Oneofs whose members come from several places: one oneof of the original, or the top level by itself.
fn moved_into_oneofs<'a>(old_fields: &BTreeMap<i32, Placed<'a>>, new: &'a Message) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    for oneof in &new.oneofs {
        let members = oneof.fields.iter().filter_map(|field| old_fields.get(&field.tag));
        let (mut from_oneofs, mut from_top) = (HashSet::new(), HashSet::new());
        for member in members {
            match member.oneof {
                Some(index) => from_oneofs.insert(i64::try_from(index).unwrap_or(i64::MAX)),
                None => from_top.insert(member.field.tag),
            };
        }
        if from_oneofs.len() + from_top.len() > 1 {
            let several = from_top.len() > 1;
            let change = if several { Change::MultipleFieldsMovedToOneof } else { Change::FieldMovedToExistingOneof };
            events.push(Event::Changed(change, Place::Name(&oneof.name)));
        }
    }
    events
}

fn changed_oneofs<'a>(old: &'a Message, new: &'a Message) -> Vec<Event<'a>> {
    let names = |message: &'a Message| -> BTreeSet<&'a str> {
        message.oneofs.iter().map(|oneof| oneof.name.as_str()).collect()
    };
    let (old, new) = (names(old), names(new));
    let changed = old.symmetric_difference(&new).map(|name| {
        let change = if old.contains(name) { Change::OneofRemoved } else { Change::OneofAdded };
        Event::Changed(change, Place::Name(name))
    });
    changed.collect()
}

fn constants<'a>(events: &mut Vec<Event<'a>>, name: &'a str, old: &'a Enum, new: &'a Enum) {
    let by_number = |declared: &'a Enum| -> BTreeMap<i32, &'a str> {
        declared.constants.iter().map(|constant| (constant.number, constant.name.as_str())).collect()
    };
    let (old, new) = (by_number(old), by_number(new));
    let numbers: BTreeSet<i32> = old.keys().chain(new.keys()).copied().collect();
    for number in numbers {
        let change = match (old.get(&number), new.get(&number)) {
            (Some(_), None) => Change::EnumConstRemoved,
            (None, _) => Change::EnumConstAdded,
            (Some(old), Some(new)) if old != new => Change::EnumConstChanged,
            _ => continue,
        };
        events.push(Event::Changed(change, Place::Member(name, number)));
    }
}

fn shape<'a>(names: &Names<'a>, scope: Scope, field: &'a Field) -> Shape<'a> {
    if let Some((scope, key, value)) = entry_of(names, scope, field) {
        return Shape::Map { scope, key, value };
    }
    match &field.ty {
        FieldType::Map { key, value } => Shape::Map { scope, key, value },
        FieldType::Named(name) => named_shape(names, scope, name),
    }
}

fn named_shape<'a>(names: &Names<'a>, scope: Scope, name: &'a str) -> Shape<'a> {
    if let Some(scalar) = Scalar::of(name) {
        return Shape::Scalar(group(scalar));
    }
    let found = names.resolve(scope, name);
    match found.and_then(|found| names.declared(found)) {
        Some(Type::Enum) => Shape::Scalar(Group::Varint),
        _ => Shape::Message { found, text: name },
    }
}
