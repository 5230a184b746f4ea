//! Settings of a subject, a context or the whole registry.

use serde::{Deserialize, Serialize};

use super::{Level, Metadata, RuleSet};

/// How JSON Schema changes are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CompatibilityPolicy {
    /// As strict, and schemas must be expressible as logical types.
    Logical,
    /// The default.
    Strict,
    /// Forgives changes of closed content models.
    Lenient,
}

impl CompatibilityPolicy {
    /// Reads a wire name in any letter case.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Logical, Self::Strict, Self::Lenient]
            .into_iter()
            .find(|policy| policy.as_str().eq_ignore_ascii_case(text))
    }

    /// The wire name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logical => "LOGICAL",
            Self::Strict => "STRICT",
            Self::Lenient => "LENIENT",
        }
    }
}

/// One record of settings; a member that is not set takes no part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the members are the contract's (section 2.2)")]
pub struct Config {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias_for_deks: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<CompatibilityPolicy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compatibility_group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Metadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<RuleSet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<RuleSet>,
}

/// What a change says of one member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Setting<T> {
    /// Nothing: it stays as it is.
    #[default]
    Keep,
    /// It is removed.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Setting<T> {
    /// Translates the value, if one is set.
    pub fn map<U>(self, translate: impl FnOnce(T) -> Option<U>) -> Setting<U> {
        match self {
            Self::Keep => Setting::Keep,
            Self::Clear => Setting::Clear,
            Self::Set(value) => translate(value).map_or(Setting::Clear, Setting::Set),
        }
    }

    fn apply(self, member: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *member = None,
            Self::Set(value) => *member = Some(value),
        }
    }
}

/// A change of settings, member by member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the members are those of `Config`")]
pub struct ConfigChange {
    pub alias: Setting<String>,
    pub alias_for_deks: Setting<String>,
    pub normalize: Setting<bool>,
    pub validate_fields: Setting<bool>,
    pub validate_new_schemas: Setting<bool>,
    pub validate_rules: Setting<bool>,
    pub compatibility_level: Setting<Level>,
    pub compatibility_policy: Setting<CompatibilityPolicy>,
    pub compatibility_group: Setting<String>,
    pub default_metadata: Setting<Metadata>,
    pub override_metadata: Setting<Metadata>,
    pub default_rule_set: Setting<RuleSet>,
    pub override_rule_set: Setting<RuleSet>,
}

impl Config {
    /// The record after `change`.
    #[must_use]
    pub fn changed(mut self, change: ConfigChange) -> Self {
        change.alias.apply(&mut self.alias);
        change.alias_for_deks.apply(&mut self.alias_for_deks);
        change.normalize.apply(&mut self.normalize);
        change.validate_fields.apply(&mut self.validate_fields);
        change.validate_new_schemas.apply(&mut self.validate_new_schemas);
        change.validate_rules.apply(&mut self.validate_rules);
        change.compatibility_level.apply(&mut self.compatibility_level);
        change.compatibility_policy.apply(&mut self.compatibility_policy);
        change.compatibility_group.apply(&mut self.compatibility_group);
        change.default_metadata.apply(&mut self.default_metadata);
        change.override_metadata.apply(&mut self.override_metadata);
        change.default_rule_set.apply(&mut self.default_rule_set);
        change.override_rule_set.apply(&mut self.override_rule_set);
        self
    }

    /// Fills the members that a subject's record takes from the global one.
    ///
    /// Only these six are inherited; level, aliases, metadata and rule sets are not (contract, section 7.8).
    #[must_use]
    pub fn with_inherited(mut self, global: &Self) -> Self {
        self.normalize = self.normalize.or(global.normalize);
        self.validate_fields = self.validate_fields.or(global.validate_fields);
        self.validate_new_schemas = self.validate_new_schemas.or(global.validate_new_schemas);
        self.validate_rules = self.validate_rules.or(global.validate_rules);
        self.compatibility_policy = self.compatibility_policy.or(global.compatibility_policy);
        self.compatibility_group = self.compatibility_group.or_else(|| global.compatibility_group.clone());
        self
    }
}
