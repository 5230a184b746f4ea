//! Modes as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::lenient::{Entity, Members, Misfit, text};
use crate::model;

/// The mode of a subject, a context or the whole registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"mode": "READWRITE"}))]
pub struct Mode {
    /// `READWRITE`, `READONLY`, `READONLY_OVERRIDE`, `IMPORT` or `FORWARD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub mode: Option<model::Mode>,
}

/// A change of mode; it is also the answer to the change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"mode": "READONLY"}))]
pub struct ModeUpdateRequest {
    /// The mode, in any letter case; `null` removes the setting.
    pub mode: Option<String>,
}

impl Entity for ModeUpdateRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        // A body without the member is read like `null`, as the contract recommends (section 2.2).
        Ok(Self { mode: members.get("mode", text)? })
    }
}
