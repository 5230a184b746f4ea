//! What is said about a schema beside its text.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The property that an explicit version stamps on a schema.
pub const CONFLUENT_VERSION: &str = "confluent:version";

/// Tags by path, properties, and the names of the properties that are secret.
///
/// Metadata without content is not the same as no metadata: both the content hash and equality tell them apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Tags of places in the schema.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, BTreeSet<String>>,
    /// Free properties.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, String>,
    /// Which properties are secret.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub sensitive: BTreeSet<String>,
    /// Which properties are sealed: only in what is stored, never in what is answered.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub sealed: BTreeSet<String>,
}

impl Metadata {
    /// Joins key by key; `over` wins, and the secret names are united.
    pub fn merge(under: Option<&Self>, over: Option<&Self>) -> Option<Self> {
        let (under, over) = match (under, over) {
            (None, None) => return None,
            (Some(one), None) | (None, Some(one)) => return Some(one.clone()),
            (Some(under), Some(over)) => (under, over),
        };
        let mut merged = under.clone();
        merged.tags.extend(over.tags.clone());
        merged.properties.extend(over.properties.clone());
        merged.sensitive.extend(over.sensitive.iter().cloned());
        Some(merged)
    }

    /// The version stamped on it, if it is a number.
    pub fn confluent_version(&self) -> Option<i32> {
        self.properties.get(CONFLUENT_VERSION)?.parse().ok()
    }

    /// The same without the version stamp.
    #[must_use]
    pub fn without_confluent_version(&self) -> Self {
        let mut bare = self.clone();
        bare.properties.remove(CONFLUENT_VERSION);
        bare
    }

    /// The field names reserved by the property `confluent:reserved`.
    pub fn reserved_fields(&self) -> BTreeSet<String> {
        let list = self.properties.get("confluent:reserved").map_or("", String::as_str);
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}
