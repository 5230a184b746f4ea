//! Answers as a caller needs them, whatever a registry's age and make leave out.

use serde::{Deserialize, Serialize};

use crate::model::{Definition, Metadata, Reference, RuleSet, SchemaKind};

/// A schema as a registry keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// The subject, with its context; empty where only a content was asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The version; 0 where only a content was asked for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: i32,
    /// The id in the subject's context; 0 where the question named it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub id: i32,
    /// The content's name; older registries and others do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schema_type: Option<SchemaKind>,
    /// The text.
    #[serde(default)]
    pub schema: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    references: Option<Vec<Reference>>,
    /// What is said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The rules of its data contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// When it was written, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deleted: Option<bool>,
}

impl Stored {
    /// The language: Avro where the answer does not say.
    pub fn kind(&self) -> SchemaKind {
        self.schema_type.unwrap_or(SchemaKind::Avro)
    }

    /// What the text refers to.
    pub fn references(&self) -> &[Reference] {
        self.references.as_deref().unwrap_or_default()
    }

    /// Whether it is soft-deleted, as far as the answer says.
    pub fn is_deleted(&self) -> bool {
        self.deleted == Some(true)
    }

    /// The same under the id that the question named.
    pub(super) fn of_id(mut self, id: i32) -> Self {
        self.id = id;
        self
    }

    /// The complete content.
    pub fn definition(&self) -> Definition {
        Definition {
            kind: self.kind(),
            text: self.schema.clone(),
            references: self.references().to_vec(),
            metadata: self.metadata.clone(),
            rule_set: self.rule_set.clone(),
        }
    }
}

/// The answer to a registration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Registered {
    /// The id in the subject's context.
    pub id: i32,
    /// The version, if the registry tells it.
    #[serde(default)]
    pub version: Option<i32>,
    /// The content's name, if the registry tells it.
    #[serde(default)]
    pub guid: Option<String>,
}

/// The answer to a compatibility check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    /// Whether the schema may be registered.
    #[serde(rename = "is_compatible")]
    pub compatible: bool,
    /// What is wrong.
    #[serde(default)]
    pub messages: Option<Vec<String>>,
}

/// An answer with the head that its subject had at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headed<T> {
    /// The answer.
    pub value: T,
    /// The subject's head as an entity tag, if the registry tells it.
    pub head: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference to the member")]
fn is_zero(number: &i32) -> bool {
    *number == 0
}
