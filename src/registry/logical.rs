//! Refuses the Logical Type DDL (`format=logical`) with the contract's sentences: Regis does not know its grammar, which is
//! published nowhere.

use super::{Error, Submission, View};
use crate::model::SchemaKind;

const UNKNOWN: &str = "this registry does not know the Logical Type DDL";

fn asks_for_logical(view: &View) -> bool {
    view.format.as_deref().is_some_and(|format| format.trim().eq_ignore_ascii_case("logical"))
}

/// Refuses to show a stored schema in the DDL.
pub(super) fn refuse_logical_view(view: &View) -> Result<(), Error> {
    if asks_for_logical(view) {
        let why = format!("Stored schema cannot be represented as a logical type: {UNKNOWN}");
        return Err(Error::InvalidSchema(why));
    }
    Ok(())
}

/// Refuses a registration whose text is in the DDL (contract, section 6.8, step 6).
pub(super) fn refuse_logical_text(submission: &Submission, view: &View) -> Result<(), Error> {
    if !asks_for_logical(view) {
        return Ok(());
    }
    let blank = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    Err(Error::InvalidSchema(match &submission.kind {
        _ if blank(&submission.kind) => {
            "schemaType is required when format=logical, and must be one of AVRO, JSON, PROTOBUF".to_owned()
        }
        _ if blank(&submission.text) => "Schema is required when format=logical".to_owned(),
        Some(kind) if kind.parse::<SchemaKind>().is_err() => {
            format!("Unsupported schemaType '{kind}' for format=logical; must be one of AVRO, JSON, PROTOBUF")
        }
        _ => format!("Invalid logical type schema: {UNKNOWN}"),
    }))
}
