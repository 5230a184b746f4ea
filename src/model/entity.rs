//! What can carry inline tags.

/// The kind of a tagged entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A record, a message, an object.
    Record,
    /// A field or a property of one.
    Field,
}

/// An entity of a schema, and tags of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTags {
    /// What is tagged.
    pub kind: EntityKind,
    /// Its path, in the spelling of its language; one leading dot is ignored.
    pub path: String,
    /// The tags.
    pub tags: Vec<String>,
}
