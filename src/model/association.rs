//! The bond of a resource, such as a topic, to the subject that holds the schemas of its keys or values.

use std::{cmp::Ordering, fmt};

use serde::Serialize;
use uuid::Uuid;

use super::{Context, Subject, utf16};

/// The only type of resources that the contract knows.
pub const TOPIC: &str = "topic";

/// How closely a subject belongs to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Lifecycle {
    /// The subject belongs to the resource alone and may go with it.
    Strong,
    /// The subject lives on its own and may serve several resources.
    Weak,
}

impl Lifecycle {
    /// Reads the wire name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Strong, Self::Weak].into_iter().find(|lifecycle| lifecycle.as_str() == text)
    }

    /// The wire name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "STRONG",
            Self::Weak => "WEAK",
        }
    }

    /// Whether an association of this lifecycle is frozen unless it says otherwise.
    pub const fn is_frozen(self) -> bool {
        matches!(self, Self::Strong)
    }
}

impl fmt::Display for Lifecycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which part of a resource's messages a subject describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AssociationType {
    /// Their keys.
    Key,
    /// Their values.
    Value,
}

impl AssociationType {
    /// Reads the wire name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Key, Self::Value].into_iter().find(|part| part.as_str() == text)
    }

    /// The wire name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
        }
    }
}

impl fmt::Display for AssociationType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a resource is called, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceName {
    /// The space of names, such as a Kafka cluster.
    pub namespace: String,
    /// The name there.
    pub name: String,
}

impl ResourceName {
    /// The subject that belongs to this resource alone: it lies in the context that is named like the namespace.
    pub fn default_subject(&self, association_type: AssociationType) -> Subject {
        let context = Context::from_raw(format!(".{}", self.namespace));
        Subject::new(context, format!("{}-{association_type}", self.name))
    }
}

/// A resource's bond to a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// The subject.
    pub subject: Subject,
    /// The association's own name; it never changes.
    pub guid: Uuid,
    /// What the resource is called.
    pub resource: ResourceName,
    /// The resource's id: unlike its name it is not used again.
    pub resource_id: String,
    /// What the resource is; so far always [`TOPIC`].
    pub resource_type: String,
    /// Which part of its messages is described.
    pub association_type: AssociationType,
    /// How closely the subject belongs to it.
    pub lifecycle: Lifecycle,
    /// Whether the association may not be changed any more.
    pub frozen: bool,
    /// Milliseconds since 1970 of the first write.
    pub created_at: i64,
    /// Milliseconds since 1970 of the last write.
    pub updated_at: i64,
}

impl Association {
    /// `frozen` as it is shown: not at all where the lifecycle implies it.
    pub fn shown_frozen(&self) -> Option<bool> {
        (self.frozen != self.lifecycle.is_frozen()).then_some(self.frozen)
    }
}

/// The order of lists (contract, section 2.4).
impl Ord for Association {
    fn cmp(&self, other: &Self) -> Ordering {
        utf16::compare(&self.resource.name, &other.resource.name)
            .then_with(|| utf16::compare(&self.resource.namespace, &other.resource.namespace))
            .then_with(|| utf16::compare(&self.resource_type, &other.resource_type))
            .then_with(|| self.association_type.as_str().cmp(other.association_type.as_str()))
            .then_with(|| utf16::compare(&self.subject.to_string(), &other.subject.to_string()))
            .then_with(|| self.guid.cmp(&other.guid))
    }
}

impl PartialOrd for Association {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
