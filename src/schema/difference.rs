//! What differs between two schemas, in which direction it was looked at, and how it is worded.

/// Who reads: decides which two words a message is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The new schema reads data of the old one.
    Backward,
    /// The old schema reads data of the new one.
    Forward,
}

impl Direction {
    /// The words for the reader and the writer, in this order.
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Backward => ("new", "old"),
            Self::Forward => ("old", "new"),
        }
    }

    /// What is known of a reader and a writer, as what is known of the new and the old schema.
    pub fn new_and_old<T>(self, reader: T, writer: T) -> (T, T) {
        match self {
            Self::Backward => (reader, writer),
            Self::Forward => (writer, reader),
        }
    }
}

/// How strictly JSON Schema is judged (`compatibilityPolicy`); the other languages do not look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Policy {
    /// The default.
    #[default]
    Strict,
    /// Forgives changes of closed and partially open content models.
    Lenient,
}

/// One difference between a reader and a writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The stable name of its kind as on the wire, such as `TYPE_MISMATCH`.
    pub kind: &'static str,
    /// Where it is: the location that the message shows.
    pub path: String,
    /// Whether it makes the pair incompatible.
    pub breaks: bool,
    /// The sentence inside the message; some kinds have none.
    pub description: String,
    /// The complete message as on the wire, its words filled in.
    pub message: String,
    /// Where it is in the reader's schema; `Schema::place` of the reader tells more.
    pub reader: Spot,
    /// Where it is in the writer's schema; `Schema::place` of the writer tells more.
    pub writer: Spot,
}

/// A spot in a schema, kept small: only the schema itself can say where it is in the text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spot {
    /// The number of a node.
    pub(super) node: u32,
    /// The rest of a JSON pointer below the node; it may lead further than there is anything.
    pub(super) tail: String,
}

/// A place in a text of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The reference whose text is meant, by its number; none for the schema's own text.
    pub reference: Option<usize>,
    /// A JSON pointer to the nearest value; in Protobuf, names of messages and numbers of fields.
    pub pointer: String,
}

/// A change as people see it, whether it breaks or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The stable name of its kind.
    pub kind: &'static str,
    /// What changed, without capital letter and full stop.
    pub description: String,
    /// A JSON pointer into the old text.
    pub old: String,
    /// A JSON pointer into the new text.
    pub new: String,
}
