//! What clients ask for within one context, and what they are told.

use regis::model::Level;

use super::contents::Content;

/// A subject of the context, by its number.
pub type Subject = usize;

/// What a client asks for, within one context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    Register(Subject, Content),
    LookUp(Subject, Content, Seen),
    Latest(Subject),
    Versions(Subject, Seen),
    /// The content of an id.
    Schema(i64),
    /// Which subjects hold an id.
    Holders(i64, Seen),
    /// Whether a content could follow the subject's live versions.
    Check(Subject, Content),
    DeleteVersion(Subject, Which, Fate),
    DeleteSubject(Subject, Fate),
    /// The level of a subject, or of the context.
    Level(Option<Subject>),
    SetLevel(Option<Subject>, Level),
    UnsetLevel(Option<Subject>),
}

impl Request {
    /// Whether it is more than a question.
    pub fn may_change(self) -> bool {
        match self {
            Self::Register(..)
            | Self::DeleteVersion(..)
            | Self::DeleteSubject(..)
            | Self::SetLevel(..)
            | Self::UnsetLevel(_) => true,
            Self::LookUp(..)
            | Self::Latest(_)
            | Self::Versions(..)
            | Self::Schema(_)
            | Self::Holders(..)
            | Self::Check(..)
            | Self::Level(_) => false,
        }
    }
}

/// Whether soft-deleted versions are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Live,
    All,
}

/// Which version is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Latest,
    Number(i64),
}

/// How something is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Soft,
    Permanent,
}

/// What a client was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// A version with its id and content.
    Found {
        id: i64,
        version: i64,
        content: Content,
    },
    /// Versions.
    Numbers(Vec<i64>),
    /// Subjects, in their order.
    Subjects(Vec<Subject>),
    Content(Content),
    Level(Level),
    Compatible(bool),
    /// An error code of the contract.
    Refused(u64),
    /// Nothing, or that the outcome is not known.
    Unknown,
}

/// A request with its reply.
#[derive(Debug, Clone)]
pub struct Operation {
    pub request: Request,
    pub reply: Reply,
}
