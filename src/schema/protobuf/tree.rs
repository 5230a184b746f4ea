//! A `.proto` file as a tree: what was written and where, in the order it was written, without comments.

/// The highest field number; written `max` in ranges.
pub(super) const MAX_TAG: i32 = 536_870_911;

/// Which rules the file follows; none written means proto2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Proto2,
    Proto3,
}

impl Syntax {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Proto2 => "proto2",
            Self::Proto3 => "proto3",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct File {
    pub(super) syntax: Option<Syntax>,
    pub(super) package: Option<String>,
    pub(super) imports: Vec<String>,
    pub(super) public_imports: Vec<String>,
    pub(super) options: Vec<Setting>,
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enum>,
    pub(super) extends: Vec<Extend>,
    pub(super) services: Vec<Service>,
}

impl File {
    pub(super) fn is_proto3(&self) -> bool {
        self.syntax == Some(Syntax::Proto3)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) reserved: Vec<Vec<Reserved>>,
    pub(super) options: Vec<Setting>,
    pub(super) fields: Vec<Field>,
    pub(super) oneofs: Vec<Oneof>,
    pub(super) groups: Vec<Group>,
    pub(super) extensions: Vec<Extensions>,
    pub(super) extends: Vec<Extend>,
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enum>,
    /// Normalising dropped an empty oneof: the reference still prints the line break before the section.
    pub(super) dropped_oneof: bool,
}

impl Message {
    /// Whether this is the entry of a map, spelled out as a message.
    pub(super) fn is_map_entry(&self) -> bool {
        self.options.iter().any(|option| {
            !option.name.extension
                && option.name.text == "map_entry"
                && matches!(&option.value, Value::Word(word) if word == "true")
        })
    }

    /// The types of key and value, when this is the entry of a map.
    pub(super) fn entry_types(&self) -> Option<(&FieldType, &FieldType)> {
        let typed = |tag| self.fields.iter().find(|field| field.tag == tag).map(|field| &field.ty);
        if self.is_map_entry() { typed(1).zip(typed(2)) } else { None }
    }

    /// Its top-level fields, then the members of its oneofs.
    pub(super) fn all_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().chain(self.oneofs.iter().flat_map(|oneof| &oneof.fields))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Optional,
    Required,
    Repeated,
}

impl Label {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
        }
    }
}

/// The type of a field, its names as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldType {
    Named(String),
    Map { key: String, value: String },
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) label: Option<Label>,
    pub(super) ty: FieldType,
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) tag: i32,
    /// Byte offset of the number.
    pub(super) tag_at: usize,
    /// All but `default` and `json_name`, which are printed behind the others.
    pub(super) options: Vec<Setting>,
    pub(super) default: Option<String>,
    pub(super) json_name: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Oneof {
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) options: Vec<Setting>,
    pub(super) fields: Vec<Field>,
    pub(super) groups: Vec<Group>,
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) label: Option<Label>,
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) tag: i32,
    /// Byte offset of the number.
    pub(super) tag_at: usize,
    pub(super) options: Vec<Setting>,
    pub(super) fields: Vec<Field>,
}

/// One item of a `reserved` or `extensions` statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reserved {
    Tag(i32),
    Range(i32, i32),
    Name(String),
}

#[derive(Debug, Clone)]
pub(super) struct Extensions {
    pub(super) ranges: Vec<Reserved>,
    pub(super) options: Vec<Setting>,
}

#[derive(Debug, Clone)]
pub(super) struct Extend {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) groups: Vec<Group>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Enum {
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) reserved: Vec<Vec<Reserved>>,
    pub(super) options: Vec<Setting>,
    pub(super) constants: Vec<Constant>,
}

#[derive(Debug, Clone)]
pub(super) struct Constant {
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) number: i32,
    /// Byte offset of the number.
    pub(super) number_at: usize,
    pub(super) options: Vec<Setting>,
}

#[derive(Debug, Clone)]
pub(super) struct Service {
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) options: Vec<Setting>,
    pub(super) rpcs: Vec<Rpc>,
}

#[derive(Debug, Clone)]
pub(super) struct Rpc {
    pub(super) name: String,
    /// Byte offset of the name; 0 if there was no text.
    pub(super) at: usize,
    pub(super) request: RpcType,
    pub(super) response: RpcType,
    pub(super) options: Vec<Setting>,
}

/// What an rpc takes or gives: one message, or a stream of them.
#[derive(Debug, Clone)]
pub(super) struct RpcType {
    pub(super) name: String,
    pub(super) streams: bool,
}

/// An option and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setting {
    pub(super) name: SettingName,
    pub(super) value: Value,
}

impl Setting {
    /// A simple option that is `true`.
    pub(super) fn flag(name: &str) -> Self {
        Self { name: SettingName::plain(name), value: Value::Word("true".to_owned()) }
    }
}

/// `deprecated`, or `(pkg.extension).member.submember`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SettingName {
    pub(super) text: String,
    /// Written in parentheses: the name of an extension.
    pub(super) extension: bool,
    /// The members behind it, each with its own parentheses if it had some.
    pub(super) path: Vec<String>,
}

impl SettingName {
    pub(super) fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), extension: false, path: Vec::new() }
    }
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// A string literal, unescaped.
    Text(String),
    /// A bare word: a boolean, an enum constant, `inf`.
    Word(String),
    /// A number as it was spelled.
    Number(String),
    /// A message literal; keys are unique, equal ones were collected into a list.
    Map(Vec<(String, Value)>),
    List(Vec<Value>),
}
