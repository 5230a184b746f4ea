//! The kinds of changes between two Protobuf schemas: their names, their verdict and their wording.

use super::names::FileNumber;
use crate::schema::{Difference, Direction, Spot};

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    PackageChanged,
    MessageAdded,
    MessageRemoved,
    MessageMoved,
    EnumAdded,
    EnumRemoved,
    EnumConstAdded,
    EnumConstChanged,
    EnumConstRemoved,
    FieldAdded,
    FieldRemoved,
    FieldNameChanged,
    FieldKindChanged,
    FieldScalarKindChanged,
    FieldNamedTypeChanged,
    FieldNumericLabelChanged,
    FieldStringOrBytesLabelChanged,
    RequiredFieldAdded,
    RequiredFieldRemoved,
    OneofAdded,
    OneofRemoved,
    OneofFieldAdded,
    OneofFieldRemoved,
    OneofFieldMovedToTopLevel,
    MultipleFieldsMovedToOneof,
    FieldMovedToExistingOneof,
}

/// Whether a change keeps data readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Compatible,
    Breaking,
}

use Verdict::{Breaking, Compatible};

impl Change {
    /// Name on the wire, verdict, and the text with `{path}`, `{reader}` and `{writer}` to fill in.
    ///
    /// The texts of breaking changes are the contract's; compatible ones are never shown by the reference.
    const fn row(self) -> (&'static str, Verdict, &'static str) {
        match self {
            Self::PackageChanged => (
                "PACKAGE_CHANGED",
                Breaking,
                "The package at '{path}' in the {reader} schema does not match the package in the {writer} schema",
            ),
            Self::MessageRemoved => (
                "MESSAGE_REMOVED",
                Breaking,
                "The {reader} schema is missing a MESSAGE type at path '{path}' in the {writer} schema",
            ),
            Self::FieldKindChanged => (
                "FIELD_KIND_CHANGED",
                Breaking,
                "The type of a field at path '{path}' in the {reader} schema does not match the {writer} schema",
            ),
            Self::FieldScalarKindChanged => (
                "FIELD_SCALAR_KIND_CHANGED",
                Breaking,
                "The kind of a SCALAR field at path '{path}' in the {reader} schema does not match its kind in the \
                 {writer} schema",
            ),
            Self::FieldNamedTypeChanged => (
                "FIELD_NAMED_TYPE_CHANGED",
                Breaking,
                "The type of a MESSAGE field at path '{path}' in the {reader} schema does not match its type in the \
                 {writer} schema",
            ),
            Self::FieldNumericLabelChanged => (
                "FIELD_NUMERIC_LABEL_CHANGED",
                Breaking,
                "The label for a NUMERIC field at path '{path}' in the {reader} schema does not match its label in \
                 the {writer} schema",
            ),
            Self::RequiredFieldAdded => (
                "REQUIRED_FIELD_ADDED",
                Breaking,
                "A required field  at path '{path}' in the {reader} schema is missing in the {writer} schema",
            ),
            Self::RequiredFieldRemoved => (
                "REQUIRED_FIELD_REMOVED",
                Breaking,
                "The {reader} schema is missing a required field at path: '{path}' in the {writer} schema",
            ),
            Self::OneofFieldRemoved => (
                "ONEOF_FIELD_REMOVED",
                Breaking,
                "The {reader} schema is missing a oneof field at path '{path}' in the {writer} schema",
            ),
            Self::MultipleFieldsMovedToOneof => (
                "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
                Breaking,
                "Multiple fields in the oneof at path '{path}' in the {reader} schema are outside a oneof in the \
                 {writer} schema",
            ),
            Self::FieldMovedToExistingOneof => (
                "FIELD_MOVED_TO_EXISTING_ONEOF",
                Breaking,
                "A field in the oneof at path '{path}' in the {reader} schema is outside an existing oneof in the \
                 {writer} schema",
            ),
            Self::OneofFieldMovedToTopLevel => (
                "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
                Compatible,
                "The oneof field at path '{path}' in the {reader} schema was moved out of its oneof to a top-level \
                 field in the {writer} schema",
            ),
            compatible => compatible.compatible_row(),
        }
    }

    const fn compatible_row(self) -> (&'static str, Verdict, &'static str) {
        let (name, text) = match self {
            Self::MessageAdded => ("MESSAGE_ADDED", "The message at path '{path}' was added"),
            Self::MessageMoved => ("MESSAGE_MOVED", "The message at path '{path}' changed its place"),
            Self::EnumAdded => ("ENUM_ADDED", "The enum at path '{path}' was added"),
            Self::EnumRemoved => ("ENUM_REMOVED", "The enum at path '{path}' was removed"),
            Self::EnumConstAdded => ("ENUM_CONST_ADDED", "The enum constant at path '{path}' was added"),
            Self::EnumConstChanged => ("ENUM_CONST_CHANGED", "The enum constant at path '{path}' was renamed"),
            Self::EnumConstRemoved => ("ENUM_CONST_REMOVED", "The enum constant at path '{path}' was removed"),
            Self::FieldAdded => ("FIELD_ADDED", "The field at path '{path}' was added"),
            Self::FieldRemoved => ("FIELD_REMOVED", "The field at path '{path}' was removed"),
            Self::FieldNameChanged => ("FIELD_NAME_CHANGED", "The field at path '{path}' was renamed"),
            Self::FieldStringOrBytesLabelChanged => {
                ("FIELD_STRING_OR_BYTES_LABEL_CHANGED", "The label of the field at path '{path}' was changed")
            }
            Self::OneofAdded => ("ONEOF_ADDED", "The oneof at path '{path}' was added"),
            Self::OneofRemoved => ("ONEOF_REMOVED", "The oneof at path '{path}' was removed"),
            _ => ("ONEOF_FIELD_ADDED", "The oneof field at path '{path}' was added"),
        };
        (name, Compatible, text)
    }

    /// Whether data of the original cannot be read with the update.
    pub(super) fn breaks(self) -> bool {
        self.row().1 == Breaking
    }

    /// The difference that this change at a path is; `files` are those of the writer's and the reader's declaration.
    pub(super) fn at(self, path: String, files: [FileNumber; 2], direction: Direction) -> Difference {
        let (kind, verdict, text) = self.row();
        let (reader, writer) = direction.words();
        // The path comes last: it may contain anything.
        let text = text.replace("{reader}", reader).replace("{writer}", writer).replace("{path}", &path);
        let message = format!("{{errorType:\"{kind}\", description:\"{text}\"}}");
        // Positions in the text are not kept: the path is the place in both.
        let [writer, reader] = files.map(|node| Spot { node, tail: path.trim_start_matches('#').to_owned() });
        Difference { kind, path, breaks: verdict == Breaking, description: text, message, reader, writer }
    }
}
