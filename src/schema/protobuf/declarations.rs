//! The names that a `.proto` text declares, with their places.

use super::parser;
use super::tree::{Enum, Extend, File, Group, Message};

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Declared {
    /// A message, an enum or a service.
    Type,
    /// A field, or a oneof.
    Field,
    /// The first constant of an enum.
    FirstConstant,
}

/// A declared name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// What it is the name of.
    pub what: Declared,
    /// The name.
    pub name: String,
    /// Its byte offset.
    pub at: usize,
}

/// The names that a text declares, in its order; none if it does not parse.
pub fn declarations(text: &str) -> Vec<Declaration> {
    parser::parse(text).map(|file| Found::default().of_file(&file)).unwrap_or_default()
}

#[derive(Default)]
struct Found(Vec<Declaration>);

impl Found {
    fn of_file(mut self, file: &File) -> Vec<Declaration> {
        for service in &file.services {
            self.add(Declared::Type, &service.name, service.at);
        }
        self.enums(&file.enums);
        self.extends(&file.extends);
        let mut open: Vec<&Message> = file.messages.iter().collect();
        while let Some(message) = open.pop() {
            self.message(message);
            open.extend(&message.messages);
        }
        self.0.sort_by_key(|declaration| declaration.at);
        self.0
    }

    fn add(&mut self, what: Declared, name: &str, at: usize) {
        self.0.push(Declaration { what, name: name.to_owned(), at });
    }

    fn message(&mut self, message: &Message) {
        self.add(Declared::Type, &message.name, message.at);
        for field in message.all_fields() {
            self.add(Declared::Field, &field.name, field.at);
        }
        for oneof in &message.oneofs {
            self.add(Declared::Field, &oneof.name, oneof.at);
            self.groups(&oneof.groups);
        }
        self.groups(&message.groups);
        self.enums(&message.enums);
        self.extends(&message.extends);
    }

    fn enums(&mut self, enums: &[Enum]) {
        for declared in enums {
            self.add(Declared::Type, &declared.name, declared.at);
            if let Some(first) = declared.constants.first() {
                self.add(Declared::FirstConstant, &first.name, first.at);
            }
        }
    }

    fn extends(&mut self, extends: &[Extend]) {
        for extend in extends {
            for field in &extend.fields {
                self.add(Declared::Field, &field.name, field.at);
            }
            self.groups(&extend.groups);
        }
    }

    /// A group is a type, too, and is named as one.
    fn groups(&mut self, groups: &[Group]) {
        for group in groups {
            self.add(Declared::Type, &group.name, group.at);
            for field in &group.fields {
                self.add(Declared::Field, &field.name, field.at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Declared, declarations};

    #[test]
    fn names_are_listed_with_what_they_are() {
        let text = "option go_package = \"x\";\nmessage A { option deprecated = true; map<string, int32> m = 1 [json_name = \"M\"];\n\
                    oneof o { B b = 2; } optional group G = 3 { optional int32 g = 1; }\n\
                    enum E { option allow_alias = true; E_X = 0; E_Y = 1; } }\nservice S { rpc R(A) returns (A); }";
        let found: Vec<_> = declarations(text).into_iter().map(|found| (found.what, found.name)).collect();
        let expected = [
            (Declared::Type, "A"),
            (Declared::Field, "m"),
            (Declared::Field, "o"),
            (Declared::Field, "b"),
            (Declared::Type, "G"),
            (Declared::Field, "g"),
            (Declared::Type, "E"),
            (Declared::FirstConstant, "E_X"),
            (Declared::Type, "S"),
        ];
        assert_eq!(found, expected.map(|(what, name)| (what, name.to_owned())));
        for declaration in declarations(text) {
            assert!(text[declaration.at..].starts_with(&declaration.name), "{declaration:?}");
        }
        assert!(declarations("message").is_empty());
    }
}
