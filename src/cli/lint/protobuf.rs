//! What `regis lint` says of Protobuf.

use super::Linter;
use crate::{
    cli::rules,
    schema::protobuf::{self, Declared},
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
}
