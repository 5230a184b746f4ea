//! Every refusal, worded for the people who read it; no numbers here.

use thiserror::Error;

use crate::{
    model::{AssociationType, Context, Head, InvalidRule, InvalidVersion, SchemaId, Subject, Version, VersionSelector},
    store,
};

/// Why a deed was not done.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "each variant's sentence says what it means")]
pub enum Error {
    #[error("Subject '{0}' not found.")]
    SubjectNotFound(Subject),
    #[error("Version {0} not found.")]
    VersionNotFound(VersionSelector),
    #[error("Schema not found")]
    SchemaNotFound,
    #[error("Schema {0} not found")]
    NamedSchemaNotFound(String),
    #[error("Subject '{0}' was soft deleted.Set permanent=true to delete permanently")]
    SubjectSoftDeleted(Subject),
    #[error("Subject '{0}' was not deleted first before being permanently deleted")]
    SubjectNotSoftDeleted(Subject),
    #[error("Subject '{0}' Version {1} was soft deleted.Set permanent=true to delete permanently")]
    VersionSoftDeleted(Subject, VersionSelector),
    #[error("Subject '{0}' Version {1} was not deleted first before being permanently deleted")]
    VersionNotSoftDeleted(Subject, VersionSelector),
    #[error("Subject '{0}' does not have subject-level compatibility configured")]
    SubjectHasNoConfig(Subject),
    #[error("Subject '{0}' does not have subject-level mode configured")]
    SubjectHasNoMode(Subject),
    #[error(
        "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{}]",
        messages.join(", ")
    )]
    Incompatible { subject: Subject, messages: Vec<String> },
    #[error("{0}")]
    InvalidSchema(String),
    #[error(transparent)]
    InvalidVersion(#[from] InvalidVersion),
    #[error(
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive"
    )]
    InvalidLevel,
    #[error("Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")]
    InvalidMode,
    #[error("Forward mode only supported on global level")]
    ForwardIsGlobal,
    #[error("Subject {} in context {} is in read-only mode", printed(subject), subject.context.prefix())]
    ReadOnly { subject: Subject },
    #[error("Subject {} in context {} is not in import mode", printed(subject), subject.context.prefix())]
    NotImport { subject: Subject },
    #[error("Subject {} in context {} is not in read-write mode", printed(subject), subject.context.prefix())]
    NotReadWrite { subject: Subject },
    #[error("Overwrite new schema with id {id} in context {} is not permitted.", context.prefix())]
    IdTaken { id: SchemaId, context: Context },
    #[error("{0} is the last number; it cannot be given, because none would be left after it")]
    LastNumber(i32),
    #[error("No id is left in context {0}")]
    NoIdLeft(Context),
    #[error("No version number is left for subject {0}")]
    NoVersionLeft(Subject),
    #[error("Cannot import since found existing subjects")]
    ImportNeedsNoSubjects,
    #[error("Mode changes are not allowed")]
    ModeIsFixed,
    #[error("One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={0},version={1}}}.")]
    Referenced(Subject, Version),
    #[error("The specified subject '{0}' is not a valid.")]
    InvalidSubject(String),
    #[error(transparent)]
    InvalidRule(#[from] InvalidRule),
    #[error("The specified context '{}' is not empty.", .0.prefix())]
    ContextNotEmpty(Context),
    #[error("Association for '{0}' not found.")]
    AssociationNotFound(String),
    #[error("An association of type '{part}' already exists for resource '{resource}'")]
    AssociationExists { part: AssociationType, resource: String },
    #[error("An association already exists for subject '{0}'")]
    SubjectAssociated(Subject),
    #[error("A strong association already exists for subject '{0}'")]
    StronglyAssociated(Subject),
    #[error("No active (non-deleted) version exists for subject '{0}'")]
    NoLiveVersion(Subject),
    #[error("The association of type  '{part}' is frozen for subject '{subject}'")]
    AssociationFrozen { part: AssociationType, subject: Subject },
    #[error("[{}]", messages.join(", "))]
    AssociationIncompatible { messages: Vec<String> },
    #[error("Subject {} in context {} is in read-only mode", subject.name(), subject.context)]
    AssociatedReadOnly { subject: Subject },
    #[error("One or more references exist to the schema {0}.")]
    SubjectReferenced(Subject),
    #[error("Subject '{0}' has a strong association and cannot be referenced")]
    NotReferable(Subject),
    #[error("The association specified an invalid value for property: '{property}', detail: {detail}")]
    InvalidAssociation { property: &'static str, detail: String },
    #[error("{0}")]
    UnclearResource(&'static str),
    // The reference answers its own failure here (contract, section 6.10).
    #[error("Error while deleting Schema Version")]
    LastVersionAssociated,
    #[error("Subject '{subject}' has moved: its head is \"{head}\" now, which is not the one that was demanded")]
    SubjectMoved { subject: Subject, head: Head },
    #[error("Subject '{subject}' does not exist, but its head was demanded")]
    SubjectAbsent { subject: Subject },
    #[error("Subject '{subject}' has the head \"{head}\", and it was demanded that it has not")]
    SubjectPresent { subject: Subject, head: Head },
    #[error("The configuration of {} is not the expected one", named(.0))]
    ConfigMoved(Subject),
    #[error("The mode of {} is not the expected one", named(.0))]
    ModeMoved(Subject),
    #[error("The schemas refer to each other in a circle: operations {}", joined(.0))]
    CircularReferences(Vec<usize>),
    #[error("Operation {index}: {cause}")]
    InOperation { index: usize, cause: Box<Error> },
    #[error("{0} is written by too many clients at once; nothing was changed, try again")]
    Contended(Subject),
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The global key has no name.
fn named(key: &Subject) -> String {
    if key.is_none() { "the registry".to_owned() } else { format!("'{key}'") }
}

fn joined(operations: &[usize]) -> String {
    operations.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ")
}

/// The global key prints as `null`, as in the reference.
fn printed(subject: &Subject) -> String {
    if subject.is_none() { "null".to_owned() } else { subject.to_string() }
}
