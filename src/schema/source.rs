//! What a parser is given besides the text.

/// How much of a text is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// A schema that arrives for registration or a check.
    New,
    /// A schema read back from storage, looked up, or imported with its id.
    Stored,
}

/// A schema that another one refers to: the name used for it there, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Referenced {
    /// The reference's name: for JSON Schema a URI, for Protobuf an import, for Avro only a label.
    pub name: String,
    /// The canonical text of the schema referred to.
    pub text: String,
}
