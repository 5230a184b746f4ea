//! A refusal or a failure as JSON.

use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"error_code": 40401, "message": "Subject 'payments-value' not found."}))]
pub struct ErrorMessage {
    /// The code; its first three digits are the HTTP status.
    pub error_code: u32,
    /// The reason, for people.
    pub message: String,
}
