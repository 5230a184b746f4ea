//! What `regis lint` says of Protobuf.

use super::Linter;
use crate::{
    cli::rules::{self, Rule},
    schema::protobuf::{self, Declared, Law},
};

/// Looks at every declaration.
pub(super) fn lint(linter: &mut Linter<'_>) {
    for declaration in protobuf::declarations(&linter.schema.text) {
        let (name, at) = (declaration.name.as_str(), declaration.at);
        match declaration.what {
            Declared::Type => linter.type_name(name, at),
            Declared::Field => linter.field_name(name, at),
            Declared::FirstConstant => {
                if !name.ends_with("_UNSPECIFIED") && !name.ends_with("_UNKNOWN") {
                    let message = format!("the first constant {name:?} ends in neither _UNSPECIFIED nor _UNKNOWN");
                    linter.note(&rules::ENUM_ZERO, at, message, None);
                }
            }
        }
    }
    for violation in protobuf::violations(&linter.schema.text) {
        linter.note(rule(violation.law), violation.at, violation.message, None);
    }
}

const fn rule(law: Law) -> &'static Rule {
    match law {
        Law::NumbersDiffer => &rules::DUPLICATE_NUMBER,
        Law::NamesDiffer => &rules::DUPLICATE_NAME,
        Law::JsonNamesDiffer => &rules::DUPLICATE_JSON_NAME,
        Law::NumbersInRange => &rules::NUMBER_RANGE,
        Law::NumbersOfProtobuf => &rules::NUMBER_OF_PROTOBUF,
        Law::ReservedUnused => &rules::RESERVED_USED,
        Law::AliasesAllowed => &rules::ENUM_ALIAS,
        Law::ZeroFirst => &rules::ENUM_FIRST,
    }
}
