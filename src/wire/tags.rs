//! Inline tags, and requests that change them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Metadata, RuleSet, is_blank,
    lenient::{Entity, Members, Misfit, constant, entity, int, list, text, texts},
};
use crate::model::EntityKind;

/// A place in a schema that can carry tags.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"entityPath": "com.example.Payment.card", "entityType": "sr_field"}))]
pub struct SchemaEntity {
    /// Its path, in the spelling of the schema's language.
    #[serde(skip_serializing_if = "is_blank")]
    pub entity_path: Option<String>,
    /// What it is: `sr_record` or `sr_field`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub entity_type: Option<EntityType>,
}

/// The kind of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EntityType {
    /// A record, a message, an object.
    #[serde(rename = "sr_record")]
    Record,
    /// A field or a property.
    #[serde(rename = "sr_field")]
    Field,
}

const ENTITY_TYPES: &[(&str, EntityType)] = &[("sr_record", EntityType::Record), ("sr_field", EntityType::Field)];

impl From<EntityKind> for EntityType {
    fn from(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Record => Self::Record,
            EntityKind::Field => Self::Field,
        }
    }
}

impl From<EntityType> for EntityKind {
    fn from(entity: EntityType) -> Self {
        match entity {
            EntityType::Record => Self::Record,
            EntityType::Field => Self::Field,
        }
    }
}

impl Entity for SchemaEntity {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            entity_path: members.get("entityPath", text)?,
            entity_type: members.get("entityType", constant(ENTITY_TYPES))?,
        })
    }
}

/// Tags of one place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SchemaTags {
    /// The place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_entity: Option<SchemaEntity>,
    /// The tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub tags: Vec<String>,
}

impl Entity for SchemaTags {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            schema_entity: members.get("schemaEntity", entity)?,
            tags: members.get("tags", texts)?.unwrap_or_default(),
        })
    }
}

/// Reads a list of tagged places.
pub(super) fn tag_list(members: &Members<'_>, key: &str) -> Result<Vec<SchemaTags>, Misfit> {
    Ok(members.get(key, list(entity, || Some(SchemaTags::default())))?.unwrap_or_default())
}

/// A change of a version's tags, metadata or rules, to be registered as a new version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"tagsToAdd": [{"schemaEntity": {"entityPath": "com.example.Payment.card", "entityType": "sr_field"},
    "tags": ["PII"]}]}))]
pub struct TagSchemaRequest {
    /// The version it shall get; 0 or absent for the next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_version: Option<i32>,
    /// Tags to add.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub tags_to_add: Vec<SchemaTags>,
    /// Tags to remove afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub tags_to_remove: Vec<SchemaTags>,
    /// Its metadata; absent means the version's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Its rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// Rules to merge into those of the version before the new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_to_merge: Option<RuleSet>,
    /// Names of rules to remove from those.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub rules_to_remove: Vec<String>,
}

impl Entity for TagSchemaRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            new_version: members.get("newVersion", int)?,
            tags_to_add: tag_list(members, "tagsToAdd")?,
            tags_to_remove: tag_list(members, "tagsToRemove")?,
            metadata: members.get("metadata", entity)?,
            rule_set: members.get("ruleSet", entity)?,
            rules_to_merge: members.get("rulesToMerge", entity)?,
            rules_to_remove: members.get("rulesToRemove", texts)?.unwrap_or_default(),
        })
    }
}
