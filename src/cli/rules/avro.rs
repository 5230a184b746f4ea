//! The rules for Avro: one for each kind of difference.

use super::{Family, Rule, breaking, harmless};

/// Numbers are never given to another kind; a new kind takes the next number.
pub(super) const RULES: &[Rule] = &[
    breaking(
        Family::Avro,
        1,
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "A field that the writer does not have needs a default, or the reader cannot make a value for it.",
        "Give the field a default; a nullable one can have [\"null\", …] with default null. If it is a rename, add the old name to its aliases.",
    ),
    breaking(
        Family::Avro,
        2,
        "TYPE_MISMATCH",
        "The reader's type cannot hold what the writer's type holds.",
        "Add a field of another name with a default, or use a promotion: int to long, float or double; long to float or double; float to double; string to bytes and back.",
    ),
    breaking(
        Family::Avro,
        3,
        "MISSING_ENUM_SYMBOLS",
        "The writer may send symbols that the reader's enum does not have.",
        "Keep the symbols, or give the enum a default, which stands in for symbols that are not known.",
    ),
    breaking(
        Family::Avro,
        4,
        "MISSING_UNION_BRANCH",
        "The writer may send a type that no branch of the reader's union reads.",
        "Keep the branch.",
    ),
    breaking(
        Family::Avro,
        5,
        "NAME_MISMATCH",
        "A named type has another name, so its data is not found.",
        "Add the old full name to the aliases of the type.",
    ),
    breaking(
        Family::Avro,
        6,
        "FIXED_SIZE_MISMATCH",
        "A fixed type has another size, so its bytes cannot be read.",
        "Add a new fixed type, and a new field with a default.",
    ),
    breaking(
        Family::Avro,
        7,
        "EXCEPTION",
        "A field matches several fields of the writer, by its name and its aliases; the comparison gives up.",
        "Take away the alias that matches a field which is still there.",
    ),
    harmless(Family::Avro, 8, "FIELD_ADDED", "A field was added."),
    harmless(Family::Avro, 9, "FIELD_REMOVED", "A field is gone."),
    harmless(Family::Avro, 10, "FIELD_RENAMED", "A field has another name, and its alias finds the old one."),
    harmless(Family::Avro, 11, "FIELD_MOVED", "A field changed its place in the record."),
    harmless(Family::Avro, 12, "DEFAULT_ADDED", "A default was added."),
    harmless(Family::Avro, 13, "DEFAULT_REMOVED", "A default is gone."),
    harmless(Family::Avro, 14, "DEFAULT_CHANGED", "A default is another one."),
    harmless(Family::Avro, 15, "DOC_CHANGED", "A text for people was added, changed or removed."),
    harmless(
        Family::Avro,
        16,
        "TYPE_CHANGED",
        "A type was replaced by another one; whether that breaks is told beside it.",
    ),
    harmless(Family::Avro, 17, "BRANCH_ADDED", "A union has one more branch."),
    harmless(Family::Avro, 18, "BRANCH_REMOVED", "A union has lost a branch."),
    harmless(Family::Avro, 19, "SYMBOL_ADDED", "An enum has one more symbol."),
    harmless(Family::Avro, 20, "SYMBOL_REMOVED", "An enum has lost a symbol."),
    harmless(Family::Avro, 21, "ALIASES_CHANGED", "The aliases are other ones."),
    harmless(
        Family::Avro,
        22,
        "ATTRIBUTE_CHANGED",
        "Another attribute, such as a logical type, was added, changed or removed.",
    ),
    harmless(Family::Avro, 23, "TYPE_RENAMED", "A named type has another name."),
];
