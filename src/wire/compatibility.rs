//! The answer to a compatibility check.

use serde::Serialize;
use utoipa::ToSchema;

/// Whether a schema may be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"is_compatible": true}))]
pub struct CompatibilityCheckResponse {
    /// The verdict.
    pub is_compatible: bool,
    /// What is wrong, if asked for; empty when nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<String>>,
}
