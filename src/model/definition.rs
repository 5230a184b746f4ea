//! What is registered: a text in a language, and everything its identity depends on.

use serde::{Deserialize, Serialize};

use super::{Metadata, RuleSet, SchemaKind, Version};

/// A mention of another subject's version, under the name by which the text knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The name used in the text.
    pub name: String,
    /// The subject as it was given; without a context it is looked up in the context of the schema that refers to it.
    pub subject: String,
    /// The version.
    pub version: Version,
}

/// A schema's complete content: equal definitions are the same schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The language.
    pub kind: SchemaKind,
    /// The canonical text.
    pub text: String,
    /// What the text refers to.
    pub references: Vec<Reference>,
    /// What is said about it.
    pub metadata: Option<Metadata>,
    /// The rules of its data contract.
    pub rule_set: Option<RuleSet>,
}
