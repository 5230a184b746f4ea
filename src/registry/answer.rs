//! What the registry answers: values without protocol.

use crate::{
    model::{Definition, EntityTags, Guid, Head, SchemaId, Subject, Version},
    schema::{Direction, Position},
};

/// A schema that was found or registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The subject, if the question was about one or the schema is held by one.
    pub subject: Option<Subject>,
    /// The version there.
    pub version: Option<Version>,
    /// The id in the subject's context.
    pub id: SchemaId,
    /// The content's guid; always that of the stored text, whatever the format.
    pub guid: Guid,
    /// The content, its text in the format asked for.
    pub definition: Definition,
    /// When and in which state it is stored; only for stored records.
    pub record: Option<Record>,
    /// The highest id of the context, if asked for.
    pub highest_id: Option<SchemaId>,
    /// The tagged entities that were asked for.
    pub tags: Vec<EntityTags>,
    /// The subject's head at the moment of the answer; only where the question was about a subject.
    pub head: Option<Head>,
}

/// Something that was read or written under a subject, with the subject's head at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtHead<T> {
    /// The head.
    pub head: Head,
    /// What was read or written.
    pub value: T,
}

/// The stored record's own facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// Milliseconds since 1970 of its last write.
    pub ts: i64,
    /// Whether it is soft-deleted.
    pub deleted: bool,
}

/// What a check found; no message means compatible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The messages, in the order of the wire.
    pub messages: Vec<String>,
    /// The reasons that the messages speak of, if asked for; of very many the first.
    pub explanations: Vec<Explanation>,
}

/// One reason why a schema may not be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The stable name of its kind.
    pub kind: &'static str,
    /// The version that was compared; none where the schema stands in its own way.
    pub version: Option<Version>,
    /// Who could not read, if two schemas were compared.
    pub direction: Option<Direction>,
    /// Where it is in the new schema.
    pub new: Option<TextPlace>,
    /// Where it is in the version.
    pub old: Option<TextPlace>,
    /// What differs.
    pub description: String,
    /// The message that speaks of it.
    pub message: String,
}

/// A place in a schema's text or in that of a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPlace {
    /// The name of the reference whose text is meant.
    pub reference: Option<String>,
    /// JSON pointer; in Protobuf, names of messages and numbers of fields.
    pub pointer: String,
    /// Line and column, where they are known.
    pub position: Option<Position>,
}

impl Verdict {
    /// Whether the schema may be registered.
    pub fn is_compatible(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Whether a datum conforms to a schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Conformity {
    /// The schema that was used.
    pub id: SchemaId,
    /// The datum as JSON, when it conforms.
    pub value: Option<serde_json::Value>,
    /// Where it does not conform; empty when it does.
    pub errors: Vec<Nonconformity>,
}

/// One place where a datum does not conform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonconformity {
    /// JSON pointer into the datum; empty for the whole.
    pub path: String,
    /// JSON pointer into the schema, where the language has one.
    pub schema_path: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// A datum to be checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    /// A JSON value, to be checked against the schema of the path.
    Json(serde_json::Value),
    /// Bytes in Kafka's wire format: a zero byte, the id (4 bytes, big endian), the payload.
    WireFormat(Vec<u8>),
}
