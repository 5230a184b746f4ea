//! The rules of `regis lint`: style and safety of a schema by itself.

use super::{Rule, Severity, lint};

pub(in crate::cli) const DOC_REQUIRED: Rule = lint(
    1,
    "DOC_REQUIRED",
    Severity::Warning,
    "A type or a field says nothing about its meaning.",
    "Add a doc (Avro) or a description (JSON Schema).",
);
pub(in crate::cli) const TYPE_NAME: Rule = lint(
    2,
    "TYPE_NAME",
    Severity::Warning,
    "A type's name is not in the style of the others; PascalCase unless regis.yaml says otherwise.",
    "Rename the type; in Avro keep the old name as an alias.",
);
pub(in crate::cli) const FIELD_NAME: Rule = lint(
    3,
    "FIELD_NAME",
    Severity::Warning,
    "A field's name is not in the style of the others; snake_case unless regis.yaml says otherwise.",
    "Rename the field; in Avro keep the old name as an alias.",
);
pub(in crate::cli) const ENUM_DEFAULT: Rule = lint(
    4,
    "ENUM_DEFAULT",
    Severity::Warning,
    "An Avro enum has no default, so no symbol can ever be added for old readers, nor removed.",
    "Add a default, such as a symbol UNKNOWN.",
);
pub(in crate::cli) const NULLABLE_DEFAULT: Rule = lint(
    5,
    "NULLABLE_DEFAULT",
    Severity::Warning,
    "A nullable Avro field has no default null, so it cannot be added or removed without breaking readers.",
    "Put null first among the branches and add the default null.",
);
pub(in crate::cli) const CLOSED_OBJECT: Rule = lint(
    6,
    "CLOSED_OBJECT",
    Severity::Note,
    "An object is open (additionalProperties is not false), so no property can be added to it later without breaking.",
    "Add additionalProperties: false while the schema has no data yet.",
);
pub(in crate::cli) const NAMESPACE_REQUIRED: Rule = lint(
    7,
    "NAMESPACE_REQUIRED",
    Severity::Note,
    "An Avro root type has no namespace, so its name may clash with others.",
    "Add a namespace.",
);
pub(in crate::cli) const ENUM_ZERO: Rule = lint(
    8,
    "ENUM_ZERO",
    Severity::Warning,
    "The first constant of a Protobuf enum does not end in _UNSPECIFIED or _UNKNOWN, so an unset value means something.",
    "Let the constant of number 0 end in _UNSPECIFIED.",
);
pub(in crate::cli) const DUPLICATE_NUMBER: Rule = lint(
    9,
    "DUPLICATE_NUMBER",
    Severity::Error,
    "Two fields of a Protobuf message have the same number, so their values are mistaken for each other; protoc refuses it.",
    "Give the newer field a number that no field ever had.",
);
pub(in crate::cli) const DUPLICATE_NAME: Rule = lint(
    10,
    "DUPLICATE_NAME",
    Severity::Error,
    "A name is declared twice in one Protobuf scope; protoc refuses it. Constants stand in the scope around their enum.",
    "Rename one of them; constants are told apart by the name of their enum in front, such as STATUS_OPEN.",
);
pub(in crate::cli) const NUMBER_RANGE: Rule = lint(
    11,
    "NUMBER_RANGE",
    Severity::Error,
    "The number of a Protobuf field is not within 1 to 536870911; protoc refuses it.",
    "Choose a free number; 1 to 15 take one byte on the wire.",
);
pub(in crate::cli) const NUMBER_OF_PROTOBUF: Rule = lint(
    12,
    "NUMBER_OF_PROTOBUF",
    Severity::Error,
    "The number of a Protobuf field is within 19000 to 19999, which Protobuf keeps for itself; protoc refuses it.",
    "Choose a number outside of 19000 to 19999.",
);
pub(in crate::cli) const RESERVED_USED: Rule = lint(
    13,
    "RESERVED_USED",
    Severity::Error,
    "A Protobuf field or constant has a name or a number that is reserved, or left to extensions; protoc refuses it.",
    "Choose another name or number: what is reserved had another meaning in older data.",
);
pub(in crate::cli) const ENUM_ALIAS: Rule = lint(
    14,
    "ENUM_ALIAS",
    Severity::Error,
    "Two constants of a Protobuf enum have the same number without allow_alias, or none has in spite of it; protoc refuses it.",
    "Give each constant a number of its own, or say option allow_alias = true; if they are the same on purpose.",
);
pub(in crate::cli) const ENUM_FIRST: Rule = lint(
    15,
    "ENUM_FIRST",
    Severity::Error,
    "A proto3 enum does not begin with a constant 0, or an enum has no constant at all; protoc refuses it.",
    "Begin with a constant 0 whose name ends in _UNSPECIFIED: it is what readers see where nothing was written.",
);
pub(in crate::cli) const DUPLICATE_JSON_NAME: Rule = lint(
    16,
    "DUPLICATE_JSON_NAME",
    Severity::Error,
    "Two fields of a Protobuf message have the same name in JSON, such as order_id and orderId; protoc refuses it.",
    "Rename the newer field, or give it a name of its own for JSON: [json_name = \"other\"].",
);

/// All of them, in the order of the list.
pub(super) const RULES: &[Rule] = &[
    DOC_REQUIRED,
    TYPE_NAME,
    FIELD_NAME,
    ENUM_DEFAULT,
    NULLABLE_DEFAULT,
    CLOSED_OBJECT,
    NAMESPACE_REQUIRED,
    ENUM_ZERO,
    DUPLICATE_NUMBER,
    DUPLICATE_NAME,
    NUMBER_RANGE,
    NUMBER_OF_PROTOBUF,
    RESERVED_USED,
    ENUM_ALIAS,
    ENUM_FIRST,
    DUPLICATE_JSON_NAME,
];
