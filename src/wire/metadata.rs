//! Metadata of a schema as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::lenient::{Entity, Members, Misfit, map, text, texts};
use crate::model;

/// What is said about a schema beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[schema(example = json!({"tags": {"Payment.card": ["PII"]}, "properties": {"owner": "payments"}, "sensitive": ["owner"]}))]
pub struct Metadata {
    /// Tags of places in the schema, by path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub tags: BTreeMap<String, BTreeSet<String>>,
    /// Free properties.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub properties: BTreeMap<String, String>,
    /// Names of the properties that are secret.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(required = false)]
    pub sensitive: BTreeSet<String>,
}

impl Entity for Metadata {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let tags = members.get("tags", map(texts))?.unwrap_or_default();
        Ok(Self {
            tags: tags.into_iter().map(|(path, tags)| (path, tags.into_iter().collect())).collect(),
            properties: members.get("properties", map(text))?.unwrap_or_default().into_iter().collect(),
            sensitive: members.get("sensitive", texts)?.unwrap_or_default().into_iter().collect(),
        })
    }
}

impl From<model::Metadata> for Metadata {
    fn from(metadata: model::Metadata) -> Self {
        Self { tags: metadata.tags, properties: metadata.properties, sensitive: metadata.sensitive }
    }
}

impl From<Metadata> for model::Metadata {
    fn from(metadata: Metadata) -> Self {
        let Metadata { tags, properties, sensitive } = metadata;
        Self { tags, properties, sensitive, ..Self::default() }
    }
}
