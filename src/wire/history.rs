//! A version as the history of its subject shows it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::SchemaKind;

/// A version of a subject and its origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VersionRecord {
    /// The version.
    #[schema(example = 1)]
    pub version: i32,
    /// The id in the subject's context.
    #[schema(example = 1)]
    pub id: i32,
    /// The content's guid.
    #[schema(example = "095d71cf-1255-6b9d-5e33-0ad575b3df5d")]
    pub guid: String,
    /// The language: `AVRO`, `JSON` or `PROTOBUF`.
    #[schema(value_type = String, example = "AVRO")]
    pub schema_type: SchemaKind,
    /// Whether the version is soft-deleted.
    pub deleted: bool,
    /// When it was last written (registered, soft-deleted or restored), in milliseconds since 1970.
    pub ts: i64,
    /// When it was registered, in milliseconds since 1970.
    pub created_at: i64,
    /// Who registered it; `null` as long as nobody needs to say who they are.
    #[schema(required)]
    pub created_by: Option<String>,
}
