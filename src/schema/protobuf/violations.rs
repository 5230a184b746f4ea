//! What protoc refuses although a registry takes it: found for `regis lint`, never for a registration.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use super::parser;
use super::tree::{Enum, Extend, Field, File, Group, MAX_TAG, Message, Reserved, Service, SettingName, Value};

/// The numbers that Protobuf keeps for itself.
const OF_PROTOBUF: std::ops::RangeInclusive<i32> = 19_000..=19_999;

/// A law of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// No two fields of a message have the same number.
    NumbersDiffer,
    /// No two names of a scope are the same.
    NamesDiffer,
    /// No two fields of a message have the same name in JSON.
    JsonNamesDiffer,
    /// Field numbers are 1 to 536,870,911.
    NumbersInRange,
    /// No field has a number that Protobuf keeps for itself.
    NumbersOfProtobuf,
    /// What is reserved, or left to extensions, is not used.
    ReservedUnused,
    /// Constants share a number if and only if their enum allows aliases.
    AliasesAllowed,
    /// The first constant of a proto3 enum is 0.
    ZeroFirst,
}

/// A place that breaks a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The law.
    pub law: Law,
    /// Byte offset.
    pub at: usize,
    /// What is wrong, as a sentence without point.
    pub message: String,
}

/// Every violation in a text, in its order; none if it does not parse.
pub fn violations(text: &str) -> Vec<Violation> {
    let Ok(file) = parser::parse(text) else { return Vec::new() };
    let mut search = Search { proto3: file.is_proto3(), found: Vec::new() };
    search.file(&file);
    search.found.sort_by_key(|violation| violation.at);
    search.found
}

/// Names that must differ, with their byte offsets.
#[derive(Default)]
struct Names<'f>(Vec<(usize, Cow<'f, str>)>);

impl<'f> Names<'f> {
    fn add(&mut self, at: usize, name: &'f str) {
        self.0.push((at, Cow::Borrowed(name)));
    }

    fn fields(&mut self, fields: impl IntoIterator<Item = &'f Field>) {
        self.0.extend(fields.into_iter().map(|field| (field.at, Cow::Borrowed(field.name.as_str()))));
    }

    /// A group is a type, and a field whose name is in lower case.
    fn groups(&mut self, groups: impl IntoIterator<Item = &'f Group>) {
        for group in groups {
            self.add(group.at, &group.name);
            let field = group.name.to_ascii_lowercase();
            if field != group.name {
                self.0.push((group.at, Cow::Owned(field)));
            }
        }
    }

    fn messages(&mut self, messages: &'f [Message]) {
        self.0.extend(messages.iter().map(|message| (message.at, Cow::Borrowed(message.name.as_str()))));
    }

    /// Constants stand beside their enum, as in C++.
    fn enums(&mut self, enums: &'f [Enum]) {
        for declared in enums {
            self.add(declared.at, &declared.name);
            self.0.extend(declared.constants.iter().map(|one| (one.at, Cow::Borrowed(one.name.as_str()))));
        }
    }

    fn extends(&mut self, extends: &'f [Extend]) {
        for extend in extends {
            self.fields(&extend.fields);
            self.groups(&extend.groups);
        }
    }

    fn services(&mut self, services: &'f [Service]) {
        self.0.extend(services.iter().map(|service| (service.at, Cow::Borrowed(service.name.as_str()))));
    }
}

/// Something that has a number: its name, the number and where that stands.
struct Numbered<'f> {
    name: &'f str,
    name_at: usize,
    number: i32,
    at: usize,
}

impl<'f> From<&'f Field> for Numbered<'f> {
    fn from(field: &'f Field) -> Self {
        Self { name: &field.name, name_at: field.at, number: field.tag, at: field.tag_at }
    }
}

impl<'f> From<&'f Group> for Numbered<'f> {
    fn from(group: &'f Group) -> Self {
        Self { name: &group.name, name_at: group.at, number: group.tag, at: group.tag_at }
    }
}

/// Ranges of numbers, in order and without overlaps, so that each number is looked up quickly.
struct Ranges(Vec<(i32, i32)>);

impl Ranges {
    fn of<'f>(items: impl Iterator<Item = &'f Reserved>) -> Self {
        let mut ranges: Vec<(i32, i32)> = items
            .filter_map(|item| match item {
                Reserved::Tag(number) => Some((*number, *number)),
                // `max` of an enum is more.
                Reserved::Range(start, MAX_TAG) => Some((*start, i32::MAX)),
                Reserved::Range(start, end) => Some((*start, *end)),
                Reserved::Name(_) => None,
            })
            .collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let joined = next.0 <= kept.1;
            if joined {
                kept.1 = kept.1.max(next.1);
            }
            joined
        });
        Self(ranges)
    }

    fn contain(&self, number: i32) -> bool {
        let behind = self.0.partition_point(|(start, _)| *start <= number);
        behind > 0 && self.0[behind - 1].1 >= number
    }
}

/// What `reserved` statements name.
struct Kept<'f> {
    numbers: Ranges,
    names: HashSet<&'f str>,
}

impl<'f> Kept<'f> {
    fn of(statements: &'f [Vec<Reserved>]) -> Self {
        let names = statements.iter().flatten().filter_map(|item| match item {
            Reserved::Name(name) => Some(name.as_str()),
            Reserved::Tag(_) | Reserved::Range(..) => None,
        });
        Self { numbers: Ranges::of(statements.iter().flatten()), names: names.collect() }
    }
}

struct Search {
    proto3: bool,
    found: Vec<Violation>,
}

impl Search {
    fn note(&mut self, law: Law, at: usize, message: String) {
        self.found.push(Violation { law, at, message });
    }

    fn file(&mut self, file: &File) {
        let mut names = Names::default();
        names.messages(&file.messages);
        names.enums(&file.enums);
        names.extends(&file.extends);
        names.services(&file.services);
        self.differ(names, "the file");
        for service in &file.services {
            let mut names = Names::default();
            service.rpcs.iter().for_each(|rpc| names.add(rpc.at, &rpc.name));
            self.differ(names, &format!("the service {:?}", service.name));
        }
        file.enums.iter().for_each(|declared| self.enumeration(declared));
        self.extends(&file.extends);
        let mut open: Vec<&Message> = file.messages.iter().collect();
        while let Some(message) = open.pop() {
            self.message(message);
            open.extend(&message.messages);
        }
    }

    fn message(&mut self, message: &Message) {
        let place = format!("the message {:?}", message.name);
        let groups = || message.groups.iter().chain(message.oneofs.iter().flat_map(|oneof| &oneof.groups));
        let mut names = Names::default();
        names.fields(message.all_fields());
        names.groups(groups());
        message.oneofs.iter().for_each(|oneof| names.add(oneof.at, &oneof.name));
        names.messages(&message.messages);
        names.enums(&message.enums);
        names.extends(&message.extends);
        self.differ(names, &place);

        self.json_names(message);
        let mut members: Vec<Numbered<'_>> = message.all_fields().map(Numbered::from).collect();
        members.extend(groups().map(Numbered::from));
        members.sort_by_key(|member| member.at);
        self.numbers(&members);
        self.reserved(&members, &Kept::of(&message.reserved), &place);
        let extensions = Ranges::of(message.extensions.iter().flat_map(|statement| &statement.ranges));
        for Numbered { name, number, at, .. } in members.iter().filter(|member| extensions.contain(member.number)) {
            let text = format!("the number {number} of {name:?} is left to extensions by {place}");
            self.note(Law::ReservedUnused, *at, text);
        }

        message.enums.iter().for_each(|declared| self.enumeration(declared));
        self.extends(&message.extends);
        groups().for_each(|group| self.group(group));
    }

    fn group(&mut self, group: &Group) {
        let mut names = Names::default();
        names.fields(&group.fields);
        self.differ(names, &format!("the group {:?}", group.name));
        self.numbers(&group.fields.iter().map(Numbered::from).collect::<Vec<_>>());
    }

    /// Blocks that extend the same message share its numbers.
    fn extends(&mut self, extends: &[Extend]) {
        let mut extended: HashMap<&str, Vec<Numbered<'_>>> = HashMap::new();
        for extend in extends {
            let members = extended.entry(&extend.name).or_default();
            members.extend(extend.fields.iter().map(Numbered::from));
            members.extend(extend.groups.iter().map(Numbered::from));
            extend.groups.iter().for_each(|group| self.group(group));
        }
        for members in extended.values() {
            self.numbers(members);
        }
    }

    fn differ(&mut self, mut names: Names<'_>, place: &str) {
        names.0.sort();
        let mut known = HashSet::new();
        for (at, name) in &names.0 {
            if !known.insert(name) {
                self.note(Law::NamesDiffer, *at, format!("{place} declares the name {name:?} more than once"));
            }
        }
    }

    /// In proto2 only names that were written for JSON must differ.
    fn json_names(&mut self, message: &Message) {
        let judged = message.all_fields().filter(|field| self.proto3 || field.json_name.is_some());
        let mut fields: Vec<&Field> = judged.collect();
        fields.sort_by_key(|field| field.at);
        let mut known: HashMap<Cow<'_, str>, &Field> = HashMap::new();
        for field in fields {
            let name = field.json_name.as_deref().map_or_else(|| Cow::Owned(json_name(&field.name)), Cow::Borrowed);
            let Some(first) = known.get(&name) else {
                known.insert(name, field);
                continue;
            };
            if first.name != field.name {
                let (first, second) = (&first.name, &field.name);
                let text = format!("the fields {first:?} and {second:?} are both {name:?} in JSON");
                self.note(Law::JsonNamesDiffer, field.at, text);
            }
        }
    }

    fn numbers(&mut self, members: &[Numbered<'_>]) {
        let mut known: HashMap<i32, &str> = HashMap::new();
        for Numbered { name, number, at, .. } in members {
            match known.get(number) {
                Some(first) => {
                    let text = format!("the fields {first:?} and {name:?} have the same number {number}");
                    self.note(Law::NumbersDiffer, *at, text);
                }
                None => {
                    known.insert(*number, name);
                }
            }
            if !(1..=MAX_TAG).contains(number) {
                let text = format!("the number {number} of the field {name:?} is not within 1 to {MAX_TAG}");
                self.note(Law::NumbersInRange, *at, text);
            } else if OF_PROTOBUF.contains(number) {
                let (start, end) = (OF_PROTOBUF.start(), OF_PROTOBUF.end());
                let text = format!("the number {number} of the field {name:?} is within {start} to {end}");
                self.note(Law::NumbersOfProtobuf, *at, text);
            }
        }
    }

    fn reserved(&mut self, members: &[Numbered<'_>], kept: &Kept<'_>, place: &str) {
        for Numbered { name, name_at, number, at } in members {
            if kept.names.contains(name) {
                self.note(Law::ReservedUnused, *name_at, format!("the name {name:?} is reserved in {place}"));
            }
            if kept.numbers.contain(*number) {
                let text = format!("the number {number} of {name:?} is reserved in {place}");
                self.note(Law::ReservedUnused, *at, text);
            }
        }
    }

    fn enumeration(&mut self, declared: &Enum) {
        let place = format!("the enum {:?}", declared.name);
        let Some(first) = declared.constants.first() else {
            return self.note(Law::ZeroFirst, declared.at, format!("{place} has no constant"));
        };
        if self.proto3 && first.number != 0 {
            let text = format!("the first constant {:?} of {place} is {}, not 0", first.name, first.number);
            self.note(Law::ZeroFirst, first.number_at, text);
        }
        self.aliases(declared, &place);
        let members: Vec<Numbered<'_>> = declared
            .constants
            .iter()
            .map(|one| Numbered { name: &one.name, name_at: one.at, number: one.number, at: one.number_at })
            .collect();
        self.reserved(&members, &Kept::of(&declared.reserved), &place);
    }

    fn aliases(&mut self, declared: &Enum, place: &str) {
        let allowed = declared.options.iter().any(|option| {
            option.name == SettingName::plain("allow_alias") && option.value == Value::Word("true".to_owned())
        });
        let mut known: HashMap<i32, &str> = HashMap::new();
        let mut aliases = Vec::new();
        for constant in &declared.constants {
            match known.get(&constant.number).copied() {
                Some(first) => aliases.push((first, constant)),
                None => {
                    known.insert(constant.number, &constant.name);
                }
            }
        }
        if allowed && aliases.is_empty() {
            self.note(Law::AliasesAllowed, declared.at, format!("{place} allows aliases and has none"));
        }
        for (first, constant) in aliases.iter().filter(|_| !allowed) {
            let text = format!(
                "the constants {first:?} and {:?} have the same number {}, and {place} does not allow aliases",
                constant.name, constant.number
            );
            self.note(Law::AliasesAllowed, constant.number_at, text);
        }
    }
}

/// The name in JSON of a field that none was written for: without underscores, and in upper case behind them.
fn json_name(name: &str) -> String {
    let mut json = String::with_capacity(name.len());
    let mut raise = false;
    for letter in name.chars() {
        match letter {
            '_' => raise = true,
            letter if raise => {
                json.push(letter.to_ascii_uppercase());
                raise = false;
            }
            letter => json.push(letter),
        }
    }
    json
}
