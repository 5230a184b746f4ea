//! The rules that are the same for all languages, and those of `regis.yaml`.

use super::{Family, Rule, breaking, doubtful, harmless};

/// A text that cannot be read at all.
pub(in crate::cli) const SYNTAX_ERROR: Rule = breaking(
    Family::Schema,
    1,
    "SYNTAX_ERROR",
    "The file is not JSON, or not a .proto text: nobody can read it.",
    "Mend the text at the place shown.",
);
/// A text that is no schema.
pub(in crate::cli) const INVALID_SCHEMA: Rule = breaking(
    Family::Schema,
    2,
    "INVALID_SCHEMA",
    "The text is well-formed, but is no valid schema; a registry refuses it.",
    "Mend what the message names.",
);
/// Bytes that are no text.
pub(in crate::cli) const NOT_TEXT: Rule =
    breaking(Family::Schema, 3, "NOT_TEXT", "The file is not UTF-8.", "Save the file as UTF-8.");
/// Another language than before.
const SCHEMA_TYPE_CHANGED: Rule = breaking(
    Family::Schema,
    4,
    "SCHEMA_TYPE_CHANGED",
    "The subject held schemas of another language; no reader of one reads the other.",
    "Use another subject, and another topic.",
);
/// A version that does not parse.
const UNREADABLE_SCHEMA: Rule = breaking(
    Family::Schema,
    5,
    "UNREADABLE_SCHEMA",
    "An earlier version cannot be parsed, so nothing can be said about it.",
    "Mend or remove the earlier version, or its references.",
);
/// A comparison that was given up.
pub(in crate::cli) const TOO_COMPLEX: Rule = breaking(
    Family::Schema,
    6,
    "TOO_COMPLEX",
    "Comparing the schemas takes more work than is allowed; a Regis server refuses such a schema.",
    "Make the schema simpler: fewer recursive types and fewer branches.",
);
const RESERVED_FIELD_REMOVED: Rule = breaking(
    Family::Schema,
    7,
    "RESERVED_FIELD_REMOVED",
    "A name is no longer among the reserved fields of the metadata.",
    "Keep every reserved name in the property confluent:reserved.",
);
const RESERVED_FIELD_CONFLICT: Rule = breaking(
    Family::Schema,
    8,
    "RESERVED_FIELD_CONFLICT",
    "A field has a name that the metadata reserves.",
    "Choose another name for the field.",
);
/// A difference of a kind that has no rule.
pub(super) const OTHER_DIFFERENCE: Rule = breaking(
    Family::Schema,
    9,
    "OTHER_DIFFERENCE",
    "The schemas differ in a way that keeps data from being read.",
    "Take the change back.",
);
const SUBJECT_ADDED: Rule =
    harmless(Family::Schema, 10, "SUBJECT_ADDED", "There was no schema of this subject before.");
/// A schema of the baseline without a file.
pub(in crate::cli) const SCHEMA_REMOVED: Rule = doubtful(
    Family::Schema,
    11,
    "SCHEMA_REMOVED",
    "A schema that was there before has no file any more, so nothing checks or registers its subject.",
    "Bring the file back; or, if it is meant to go, accept it with an exception in regis.yaml. A registry keeps the subject until it is deleted there.",
);
/// A file with nothing in it.
pub(in crate::cli) const EMPTY_FILE: Rule = breaking(
    Family::Schema,
    12,
    "EMPTY_FILE",
    "A schema file holds nothing but white space.",
    "Write the schema, or remove the file.",
);
/// A file of the baseline that was a schema.
pub(in crate::cli) const NOT_A_SCHEMA: Rule = breaking(
    Family::Schema,
    13,
    "NOT_A_SCHEMA",
    "A file that was a schema before is none any more, so nothing checks or registers it.",
    "Put $schema with the address of a JSON Schema draft back, or name the file in regis.yaml (sources, or subjects: SUBJECT: file).",
);
/// A file without subject.
pub(in crate::cli) const NO_SUBJECT: Rule = breaking(
    Family::Configuration,
    1,
    "NO_SUBJECT",
    "The subject's template needs a word that this file does not have, such as a name or a folder.",
    "Name the subject in regis.yaml, or in a comment at the head of the file: // regis: subject=NAME",
);
/// Two files with one subject.
pub(in crate::cli) const SUBJECT_TAKEN: Rule = breaking(
    Family::Configuration,
    2,
    "SUBJECT_TAKEN",
    "Two files have the same subject, so it is not known which of them is meant.",
    "Name the subject of one of them in regis.yaml, or in a comment at its head: // regis: subject=NAME",
);
/// An exception whose day is over.
pub(in crate::cli) const EXPIRED_EXCEPTION: Rule = breaking(
    Family::Configuration,
    3,
    "EXPIRED_EXCEPTION",
    "An exception in regis.yaml held until a day that is over; what it accepted is not accepted any more.",
    "Mend what it accepted and remove it, or give it a new day and a reason for it.",
);
/// A lock that says nothing.
pub(in crate::cli) const UNREADABLE_LOCK: Rule = breaking(
    Family::Configuration,
    4,
    "UNREADABLE_LOCK",
    "A regis.lock cannot be read, so it is not known which subjects the files beside it belong to.",
    "Take the file back from version control, or run regis pull once more.",
);
/// A subject of the configuration without a file.
pub(in crate::cli) const UNKNOWN_SUBJECT: Rule = doubtful(
    Family::Configuration,
    5,
    "UNKNOWN_SUBJECT",
    "regis.yaml says something of a subject that no schema file has, so it may be written wrongly.",
    "Write the subject as `regis check` lists it, or remove the entry.",
);
/// A reference that leads nowhere.
pub(in crate::cli) const UNRESOLVED_REFERENCE: Rule = breaking(
    Family::Reference,
    1,
    "UNRESOLVED_REFERENCE",
    "Neither a file nor the registry declares what is referred to.",
    "Add the file, mend the name, or name a subject for it in regis.yaml: subjects: SUBJECT: references: NAME: OTHER@latest",
);
/// References that lead back.
pub(in crate::cli) const CYCLE: Rule = breaking(
    Family::Reference,
    2,
    "REFERENCE_CYCLE",
    "Files refer to each other in a circle, so none of them can be registered first.",
    "Put what both need into a file of its own, or both into one file.",
);
/// A file that must stay as it was pulled.
pub(in crate::cli) const PINNED_CHANGED: Rule = breaking(
    Family::Reference,
    3,
    "PINNED_VERSION_CHANGED",
    "The file is one version of a subject, pulled because others refer to that version; no version ever changes.",
    "Take the change back; pull the subject itself to write its next version.",
);

/// All of them, in the order of the list.
pub(super) const RULES: &[Rule] = &[
    SYNTAX_ERROR,
    INVALID_SCHEMA,
    NOT_TEXT,
    SCHEMA_TYPE_CHANGED,
    UNREADABLE_SCHEMA,
    TOO_COMPLEX,
    RESERVED_FIELD_REMOVED,
    RESERVED_FIELD_CONFLICT,
    OTHER_DIFFERENCE,
    SUBJECT_ADDED,
    SCHEMA_REMOVED,
    EMPTY_FILE,
    NOT_A_SCHEMA,
    NO_SUBJECT,
    SUBJECT_TAKEN,
    EXPIRED_EXCEPTION,
    UNREADABLE_LOCK,
    UNKNOWN_SUBJECT,
    UNRESOLVED_REFERENCE,
    CYCLE,
    PINNED_CHANGED,
];
