//! The built-in scalar types.

/// A scalar type; the values are the numbers of `FieldDescriptorProto.Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Double = 1,
    Float = 2,
    Int64 = 3,
    Uint64 = 4,
    Int32 = 5,
    Fixed64 = 6,
    Fixed32 = 7,
    Bool = 8,
    String = 9,
    Bytes = 12,
    Uint32 = 13,
    Sfixed32 = 15,
    Sfixed64 = 16,
    Sint32 = 17,
    Sint64 = 18,
}

const NAMES: [(&str, Scalar); 15] = [
    ("double", Scalar::Double),
    ("float", Scalar::Float),
    ("int64", Scalar::Int64),
    ("uint64", Scalar::Uint64),
    ("int32", Scalar::Int32),
    ("fixed64", Scalar::Fixed64),
    ("fixed32", Scalar::Fixed32),
    ("bool", Scalar::Bool),
    ("string", Scalar::String),
    ("bytes", Scalar::Bytes),
    ("uint32", Scalar::Uint32),
    ("sfixed32", Scalar::Sfixed32),
    ("sfixed64", Scalar::Sfixed64),
    ("sint32", Scalar::Sint32),
    ("sint64", Scalar::Sint64),
];

impl Scalar {
    /// The scalar type of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|&(_, scalar)| scalar)
    }

    /// The name of the scalar type with this number.
    pub(super) fn name(number: i32) -> Option<&'static str> {
        NAMES.iter().find(|(_, scalar)| *scalar as i32 == number).map(|&(name, _)| name)
    }

    pub(super) const fn is_numeric(self) -> bool {
        !matches!(self, Self::Bool | Self::String | Self::Bytes)
    }
}
