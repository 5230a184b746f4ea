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
    /// The wire name of its kind, such as `TYPE_MISMATCH`.
    pub kind: &'static str,
    /// Where it is: the location that the message shows.
    pub path: String,
    /// Whether it makes the pair incompatible.
    pub breaks: bool,
    /// The complete message as on the wire, its words filled in.
    pub message: String,
}
