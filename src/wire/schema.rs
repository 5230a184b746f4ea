//! Schemas as they are read.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Association, Metadata, RuleSet, SchemaTags, is_blank,
    lenient::{Entity, Members, Misfit, int, text},
};
use crate::model::{Reference, SchemaKind};

/// A mention of another subject's version, under the name by which the text knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(example = json!({"name": "com.example.Money", "subject": "money", "version": 1}))]
pub struct SchemaReference {
    /// The name used in the text.
    #[serde(skip_serializing_if = "is_blank")]
    pub name: Option<String>,
    /// The subject; without a context it is looked up in the context of the schema that refers to it.
    #[serde(skip_serializing_if = "is_blank")]
    pub subject: Option<String>,
    /// The version; -1 means the latest one and is replaced by its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

impl Entity for SchemaReference {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            name: members.get("name", text)?,
            subject: members.get("subject", text)?,
            version: members.get("version", int)?,
        })
    }
}

impl From<Reference> for SchemaReference {
    fn from(reference: Reference) -> Self {
        Self { name: Some(reference.name), subject: Some(reference.subject), version: Some(reference.version.0) }
    }
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The subject, with its context unless that is the default one.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(example = "payments-value")]
    pub subject: Option<String>,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub version: Option<i32>,
    /// The id in the subject's context.
    #[schema(example = 1)]
    pub id: i32,
    /// The content's name, equal in every context and every registry.
    #[schema(example = "095d71cf-1255-6b9d-5e33-0ad575b3df5d")]
    pub guid: String,
    /// The language: `AVRO`, `JSON` or `PROTOBUF`.
    #[schema(value_type = String, example = "AVRO")]
    pub schema_type: SchemaKind,
    /// What the text refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub references: Vec<SchemaReference>,
    /// What is said about the schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The text, in the format asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "\"string\"")]
    pub schema: String,
    /// The tagged places that were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub schema_tags: Vec<SchemaTags>,
    /// When the record was written, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether the version is soft-deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
    /// The rules of its data contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
}

/// A version of a list of schemas, with what concerns its subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExtendedSchema {
    /// The version.
    #[serde(flatten)]
    pub schema: Schema,
    /// The subjects that are aliases of this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub aliases: Vec<String>,
    /// The subject's associations, if they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub associations: Vec<Association>,
}

/// A schema found by its id or guid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SchemaString {
    /// A subject that holds the schema.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(example = "payments-value")]
    pub subject: Option<String>,
    /// The version there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub version: Option<i32>,
    /// The content's name, equal in every context and every registry.
    #[schema(example = "095d71cf-1255-6b9d-5e33-0ad575b3df5d")]
    pub guid: String,
    /// The language: `AVRO`, `JSON` or `PROTOBUF`.
    #[schema(value_type = String, example = "AVRO")]
    pub schema_type: SchemaKind,
    /// The text, in the format asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "\"string\"")]
    pub schema: String,
    /// What the text refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub references: Vec<SchemaReference>,
    /// What is said about the schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The rules of its data contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The tagged places that were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub schema_tags: Vec<SchemaTags>,
    /// The highest id of the schema's context, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_id: Option<i32>,
    /// When the record was written, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether the version is soft-deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

/// A version of a subject, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"subject": "payments-value", "version": 1}))]
pub struct SubjectVersion {
    /// The subject.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The version.
    pub version: i32,
}

/// An id in a context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"context": ".", "id": 1}))]
pub struct ContextId {
    /// The context; `.` is the default one.
    pub context: String,
    /// The id there.
    pub id: i32,
}
