//! Configurations as JSON.

use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use super::{
    Metadata, RuleSet, is_blank,
    lenient::{Entity, Members, Misfit, constant, entity, flag, text},
};
use crate::model::{self, CompatibilityPolicy, ConfigChange, Level, Setting};

/// The settings of a subject, a context or the whole registry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"compatibilityLevel": "BACKWARD"}))]
pub struct Config {
    /// The subject that this one stands for.
    #[serde(skip_serializing_if = "is_blank")]
    pub alias: Option<String>,
    /// The same, for encryption keys.
    #[serde(skip_serializing_if = "is_blank")]
    pub alias_for_deks: Option<String>,
    /// Whether texts are brought to their normal form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether reserved fields are checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<bool>,
    /// Whether new schemas are checked more strictly than stored ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<bool>,
    /// Kept and returned, without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<bool>,
    /// How a new version must relate to earlier ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub compatibility_level: Option<Level>,
    /// How JSON Schema changes are judged: `STRICT`, `LENIENT` or `LOGICAL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub compatibility_policy: Option<CompatibilityPolicy>,
    /// The metadata property whose equal values make versions comparable.
    #[serde(skip_serializing_if = "is_blank")]
    pub compatibility_group: Option<String>,
    /// Metadata below that of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Metadata>,
    /// Metadata above that of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Metadata>,
    /// Rules below those of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<RuleSet>,
    /// Rules above those of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<RuleSet>,
}

/// A change of settings, and the settings after it: an absent member stays as it is, `null` removes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"compatibility": "FULL"}))]
pub struct ConfigUpdateRequest {
    /// The subject that this one stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub alias: Option<Option<String>>,
    /// The same, for encryption keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub alias_for_deks: Option<Option<String>>,
    /// Whether texts are brought to their normal form.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub normalize: Option<Option<bool>>,
    /// Whether reserved fields are checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub validate_fields: Option<Option<bool>>,
    /// Whether new schemas are checked more strictly than stored ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub validate_new_schemas: Option<Option<bool>>,
    /// Kept and returned, without effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<bool>)]
    pub validate_rules: Option<Option<bool>>,
    /// The level, in any letter case: `NONE`, `BACKWARD`, `BACKWARD_TRANSITIVE`, `FORWARD`, `FORWARD_TRANSITIVE`,
    /// `FULL` or `FULL_TRANSITIVE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub compatibility: Option<Option<String>>,
    /// How JSON Schema changes are judged: `STRICT`, `LENIENT` or `LOGICAL`; another text removes the setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub compatibility_policy: Option<Option<String>>,
    /// The metadata property whose equal values make versions comparable.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub compatibility_group: Option<Option<String>>,
    /// Metadata below that of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Metadata>)]
    pub default_metadata: Option<Option<Metadata>>,
    /// Metadata above that of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Metadata>)]
    pub override_metadata: Option<Option<Metadata>>,
    /// Rules below those of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RuleSet>)]
    pub default_rule_set: Option<Option<RuleSet>>,
    /// Rules above those of a new schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RuleSet>)]
    pub override_rule_set: Option<Option<RuleSet>>,
}

/// The text of `compatibility` names no level.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a compatibility level")]
pub struct UnknownLevel(String);

impl Entity for ConfigUpdateRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            alias: members.given("alias", text)?,
            alias_for_deks: members.given("aliasForDeks", text)?,
            normalize: members.given("normalize", flag)?,
            validate_fields: members.given("validateFields", flag)?,
            validate_new_schemas: members.given("validateNewSchemas", flag)?,
            validate_rules: members.given("validateRules", flag)?,
            compatibility: members.given("compatibility", text)?,
            compatibility_policy: members.given("compatibilityPolicy", text)?,
            compatibility_group: members.given("compatibilityGroup", text)?,
            default_metadata: members.given("defaultMetadata", entity)?,
            override_metadata: members.given("overrideMetadata", entity)?,
            default_rule_set: members.given("defaultRuleSet", entity)?,
            override_rule_set: members.given("overrideRuleSet", entity)?,
        })
    }
}

impl ConfigUpdateRequest {
    /// The change that is asked for.
    pub fn into_change(self) -> Result<ConfigChange, UnknownLevel> {
        let compatibility_level = match self.compatibility {
            Some(Some(name)) => Setting::Set(Level::parse(&name).ok_or(UnknownLevel(name))?),
            Some(None) => Setting::Clear,
            None => Setting::Keep,
        };
        Ok(ConfigChange {
            alias: setting(self.alias),
            alias_for_deks: setting(self.alias_for_deks),
            normalize: setting(self.normalize),
            validate_fields: setting(self.validate_fields),
            validate_new_schemas: setting(self.validate_new_schemas),
            validate_rules: setting(self.validate_rules),
            compatibility_level,
            compatibility_policy: setting(self.compatibility_policy).map(|name| CompatibilityPolicy::parse(&name)),
            compatibility_group: setting(self.compatibility_group),
            default_metadata: setting(self.default_metadata).map(|metadata| Some(metadata.into())),
            override_metadata: setting(self.override_metadata).map(|metadata| Some(metadata.into())),
            default_rule_set: setting(self.default_rule_set).map(|rules| Some(rules.into())),
            override_rule_set: setting(self.override_rule_set).map(|rules| Some(rules.into())),
        })
    }
}

#[expect(clippy::option_option, reason = "a member is absent, null or set")]
fn setting<T>(given: Option<Option<T>>) -> Setting<T> {
    match given {
        None => Setting::Keep,
        Some(None) => Setting::Clear,
        Some(Some(value)) => Setting::Set(value),
    }
}

const LEVELS: &[(&str, Level)] = &[
    ("NONE", Level::None),
    ("BACKWARD", Level::Backward),
    ("BACKWARD_TRANSITIVE", Level::BackwardTransitive),
    ("FORWARD", Level::Forward),
    ("FORWARD_TRANSITIVE", Level::ForwardTransitive),
    ("FULL", Level::Full),
    ("FULL_TRANSITIVE", Level::FullTransitive),
];

const POLICIES: &[(&str, CompatibilityPolicy)] = &[
    (CompatibilityPolicy::Strict.as_str(), CompatibilityPolicy::Strict),
    (CompatibilityPolicy::Lenient.as_str(), CompatibilityPolicy::Lenient),
    (CompatibilityPolicy::Logical.as_str(), CompatibilityPolicy::Logical),
];

/// As it is answered, so that a client can send back what it saw.
impl Entity for Config {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            alias: members.get("alias", text)?,
            alias_for_deks: members.get("aliasForDeks", text)?,
            normalize: members.get("normalize", flag)?,
            validate_fields: members.get("validateFields", flag)?,
            validate_new_schemas: members.get("validateNewSchemas", flag)?,
            validate_rules: members.get("validateRules", flag)?,
            compatibility_level: members.get("compatibilityLevel", constant(LEVELS))?,
            compatibility_policy: members.get("compatibilityPolicy", constant(POLICIES))?,
            compatibility_group: members.get("compatibilityGroup", text)?,
            default_metadata: members.get("defaultMetadata", entity)?,
            override_metadata: members.get("overrideMetadata", entity)?,
            default_rule_set: members.get("defaultRuleSet", entity)?,
            override_rule_set: members.get("overrideRuleSet", entity)?,
        })
    }
}

/// Both hold the same; only what their members are made of differs.
macro_rules! convert {
    ($from:ty => $to:ty) => {
        impl From<$from> for $to {
            fn from(config: $from) -> Self {
                Self {
                    alias: config.alias,
                    alias_for_deks: config.alias_for_deks,
                    normalize: config.normalize,
                    validate_fields: config.validate_fields,
                    validate_new_schemas: config.validate_new_schemas,
                    validate_rules: config.validate_rules,
                    compatibility_level: config.compatibility_level,
                    compatibility_policy: config.compatibility_policy,
                    compatibility_group: config.compatibility_group,
                    default_metadata: config.default_metadata.map(Into::into),
                    override_metadata: config.override_metadata.map(Into::into),
                    default_rule_set: config.default_rule_set.map(Into::into),
                    override_rule_set: config.override_rule_set.map(Into::into),
                }
            }
        }
    };
}

convert!(Config => model::Config);
convert!(model::Config => Config);

impl From<model::Config> for ConfigUpdateRequest {
    fn from(config: model::Config) -> Self {
        Self {
            alias: config.alias.map(Some),
            alias_for_deks: config.alias_for_deks.map(Some),
            normalize: config.normalize.map(Some),
            validate_fields: config.validate_fields.map(Some),
            validate_new_schemas: config.validate_new_schemas.map(Some),
            validate_rules: config.validate_rules.map(Some),
            compatibility: config.compatibility_level.map(|level| Some(level.to_string())),
            compatibility_policy: config.compatibility_policy.map(|policy| Some(policy.as_str().to_owned())),
            compatibility_group: config.compatibility_group.map(Some),
            default_metadata: config.default_metadata.map(|metadata| Some(metadata.into())),
            override_metadata: config.override_metadata.map(|metadata| Some(metadata.into())),
            default_rule_set: config.default_rule_set.map(|rules| Some(rules.into())),
            override_rule_set: config.override_rule_set.map(|rules| Some(rules.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read;

    fn change(body: &str) -> Result<ConfigChange, UnknownLevel> {
        read::<ConfigUpdateRequest>(body.as_bytes()).expect("JSON").expect("a body").into_change()
    }

    #[test]
    fn a_member_is_kept_removed_or_set() {
        let change = change(r#"{"compatibility":"full","normalize":null,"alias":"b","compatibilityPolicy":"odd"}"#);
        let change = change.expect("a level");
        assert_eq!(change.compatibility_level, Setting::Set(Level::Full));
        assert_eq!(change.normalize, Setting::Clear);
        assert_eq!(change.alias, Setting::Set("b".to_owned()));
        assert_eq!(change.compatibility_policy, Setting::Clear);
        assert_eq!(change.validate_rules, Setting::Keep);
    }

    #[test]
    fn a_text_that_names_no_level_is_refused() {
        for body in [r#"{"compatibility":"x"}"#, r#"{"compatibility":""}"#, r#"{"compatibility":5}"#] {
            assert!(change(body).is_err(), "{body}");
        }
    }

    #[test]
    fn the_two_directions_name_the_level_differently() {
        let stored =
            model::Config { compatibility_level: Some(Level::Full), normalize: Some(true), ..Default::default() };
        let read = serde_json::to_string(&Config::from(stored.clone())).expect("JSON");
        let changed = serde_json::to_string(&ConfigUpdateRequest::from(stored)).expect("JSON");
        assert_eq!(read, r#"{"normalize":true,"compatibilityLevel":"FULL"}"#);
        assert_eq!(changed, r#"{"normalize":true,"compatibility":"FULL"}"#);
    }
}
