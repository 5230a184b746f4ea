//! A refusal or a failure as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::lenient::{Entity, Members, Misfit, int, text};

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"error_code": 40401, "message": "Subject 'payments-value' not found."}))]
pub struct ErrorMessage {
    /// The code; its first three digits are the HTTP status.
    pub error_code: u32,
    /// The reason, for people.
    pub message: String,
    /// The position of the operation that was refused; only in answers to transactions, which are Regis' own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<usize>,
}

impl Entity for ErrorMessage {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let error_code = members.get("error_code", int)?.and_then(|code| u32::try_from(code).ok());
        let operation = members.get("operation", int)?.and_then(|index| usize::try_from(index).ok());
        let message = members.get("message", text)?.unwrap_or_default();
        Ok(Self { error_code: error_code.unwrap_or(0), message, operation })
    }
}
