//! What is asked of the registry: values without protocol.

use std::fmt;

use super::{Precondition, Rehearsal, TagChanges};
use crate::model::{Metadata, Reference, RuleSet};

/// A schema as a client posted it; nothing of it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submission {
    /// The version it shall get; none or 0 for the next one, -1 for the latest if it is equal.
    pub version: Option<i32>,
    /// The id it shall get; only where ids may be given.
    pub id: Option<i32>,
    /// `schemaType` as written; none means Avro.
    pub kind: Option<String>,
    /// The text; none or blank means the previous version's.
    pub text: Option<String>,
    /// What it refers to.
    pub references: Vec<SubmittedReference>,
    /// What is said about it.
    pub metadata: Option<Metadata>,
    /// Its rules.
    pub rule_set: Option<RuleSet>,
    /// Changes of its inline tags.
    pub tags: TagChanges,
}

/// A schema that a client wants registered, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registration {
    /// The schema.
    pub submission: Submission,
    /// Whether its text is brought to its normal form.
    pub normalize: Normalize,
    /// Whether it is judged.
    pub judgement: Judgement,
    /// What is demanded of the subject's head.
    pub precondition: Precondition,
    /// Whether everything is done but the writing.
    pub rehearsal: Rehearsal,
}

/// A reference as posted: every member may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubmittedReference {
    /// The name used in the text.
    pub name: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// The version; -1 for the latest.
    pub version: Option<i32>,
}

impl From<&Reference> for SubmittedReference {
    fn from(reference: &Reference) -> Self {
        Self {
            name: Some(reference.name.clone()),
            subject: Some(reference.subject.clone()),
            version: Some(reference.version.0),
        }
    }
}

/// As refusals show it; a missing member prints as `null`.
impl fmt::Display for SubmittedReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted =
            |text: &Option<String>| text.as_ref().map_or_else(|| "null".to_owned(), |text| format!("'{text}'"));
        let version = self.version.map_or_else(|| "null".to_owned(), |version| version.to_string());
        write!(f, "{{name={}, subject={}, version={version}}}", quoted(&self.name), quoted(&self.subject))
    }
}

/// Whether a text is brought to its normal form first; the setting in scope may ask for it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalize {
    /// Only if the setting says so.
    #[default]
    AsConfigured,
    /// In any case.
    Always,
}

/// Which versions or subjects are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deletion {
    /// Those that are not soft-deleted.
    #[default]
    Live,
    /// All of them.
    Any,
    /// Only those that are soft-deleted (subjects: of which all versions are).
    OnlyDeleted,
}

/// How far a deletion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permanence {
    /// The version is marked and can still be read on request.
    #[default]
    Soft,
    /// What was soft-deleted is removed.
    Permanent,
}

/// How references are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferenceFormat {
    /// As they were given.
    #[default]
    AsGiven,
    /// With the context of the schema they belong to.
    Qualified,
}

/// How a schema is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// `format` as written; unknown ones change nothing.
    pub format: Option<String>,
    /// How references are printed.
    pub references: ReferenceFormat,
    /// The inline tags whose entities are shown; `*` for any, empty for none.
    pub find_tags: Vec<String>,
}

/// Whether compatibility is judged at registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Judgement {
    /// By the level in scope.
    #[default]
    ByLevel,
    /// Not at all (`force=true`).
    Skipped,
}

/// Which version numbers a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VersionList {
    /// The live ones.
    #[default]
    Live,
    /// All of them.
    All,
    /// The soft-deleted ones.
    OnlyDeleted,
    /// All of them, the soft-deleted ones negated.
    DeletedNegated,
}

/// What a check compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// One version, whatever the level's scope.
    One(crate::model::VersionSelector),
    /// All live versions, as the level says.
    History,
}

/// Whether an unparsable schema is an answer or an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verbosity {
    /// Only the verdict; a schema that does not parse is an error.
    #[default]
    Brief,
    /// With messages; a schema that does not parse is incompatible.
    Verbose,
}

/// Whether the places and the reasons of a verdict are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Explaining {
    /// Only messages.
    #[default]
    Skipped,
    /// Every reason, up to a limit.
    Done,
}

/// Where a setting is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lookup {
    /// Only under the name given.
    #[default]
    Exact,
    /// Up the chain to the default (`defaultToGlobal=true`).
    InScope,
}

/// How far a deletion of modes goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// The record named.
    #[default]
    Own,
    /// For a context, also those of its subjects (`recursive=true`).
    Recursive,
}

/// Whether a change of mode looks at what exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Care {
    /// Import mode needs a place without live subjects.
    #[default]
    Checked,
    /// No check, no purge (`force=true`).
    Forced,
}

/// Whether the highest id of the context is wanted (`fetchMaxId`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HighestId {
    /// It is not.
    #[default]
    Omitted,
    /// It is.
    Included,
}
