//! Rules of a data contract as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    is_blank,
    lenient::{Entity, Members, Misfit, constant, entity, flag, list, map, text, texts},
};
use crate::model::{self, EnableAt, RuleKind, RuleMode};

/// The rules of a data contract; they are kept and returned, never executed by the server.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"domainRules": [{"name": "amountIsPositive", "kind": "CONDITION", "mode": "WRITE", "type": "CEL",
    "expr": "message.amount > 0", "disabled": false}]}))]
pub struct RuleSet {
    /// Rules between versions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub migration_rules: Vec<Rule>,
    /// Rules on values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub domain_rules: Vec<Rule>,
    /// Rules on encoded values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub encoding_rules: Vec<Rule>,
    /// Where the rules run: `ALL`, `CLIENT`, `GATEWAY`, `SERVER` or `NONE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub enable_at: Option<EnableAt>,
}

/// One rule of a data contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Unique among the rules of the schema.
    #[serde(skip_serializing_if = "is_blank")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "is_blank")]
    pub doc: Option<String>,
    /// `TRANSFORM` (default) or `CONDITION`.
    #[schema(value_type = String, required = false)]
    pub kind: RuleKind,
    /// `UPGRADE`, `DOWNGRADE` or `UPDOWN` for migrations, else `WRITE`, `READ` or `WRITEREAD` (default).
    #[schema(value_type = String, required = false)]
    pub mode: RuleMode,
    /// The rule's language, such as `CEL` or `JSONATA`.
    #[serde(rename = "type", skip_serializing_if = "is_blank")]
    pub rule_type: Option<String>,
    /// Tags of the fields that it applies to.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(required = false)]
    pub tags: BTreeSet<String>,
    /// Parameters for the rule's executor.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub params: BTreeMap<String, String>,
    /// The expression.
    #[serde(skip_serializing_if = "is_blank")]
    pub expr: Option<String>,
    /// What follows success; `a,b` for a mode of two halves.
    #[serde(skip_serializing_if = "is_blank")]
    pub on_success: Option<String>,
    /// What follows failure; `a,b` for a mode of two halves.
    #[serde(skip_serializing_if = "is_blank")]
    pub on_failure: Option<String>,
    /// Whether it is switched off.
    #[schema(required = false)]
    pub disabled: bool,
}

const PLACES: &[(&str, EnableAt)] = &[
    ("ALL", EnableAt::All),
    ("CLIENT", EnableAt::Client),
    ("GATEWAY", EnableAt::Gateway),
    ("SERVER", EnableAt::Server),
    ("NONE", EnableAt::None),
];

const KINDS: &[(&str, RuleKind)] = &[("TRANSFORM", RuleKind::Transform), ("CONDITION", RuleKind::Condition)];

const MODES: &[(&str, RuleMode)] = &[
    ("UPGRADE", RuleMode::Upgrade),
    ("DOWNGRADE", RuleMode::Downgrade),
    ("UPDOWN", RuleMode::Updown),
    ("WRITE", RuleMode::Write),
    ("READ", RuleMode::Read),
    ("WRITEREAD", RuleMode::Writeread),
];

impl Entity for RuleSet {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let rules = |key| Ok(members.get(key, list(entity, || Some(Rule::default())))?.unwrap_or_default());
        Ok(Self {
            migration_rules: rules("migrationRules")?,
            domain_rules: rules("domainRules")?,
            encoding_rules: rules("encodingRules")?,
            enable_at: members.get("enableAt", constant(PLACES))?,
        })
    }
}

impl Entity for Rule {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            name: members.get("name", text)?,
            doc: members.get("doc", text)?,
            kind: members.get("kind", constant(KINDS))?.unwrap_or_default(),
            mode: members.get("mode", constant(MODES))?.unwrap_or_default(),
            rule_type: members.get("type", text)?,
            tags: members.get("tags", texts)?.unwrap_or_default().into_iter().collect(),
            params: members.get("params", map(text))?.unwrap_or_default().into_iter().collect(),
            expr: members.get("expr", text)?,
            on_success: members.get("onSuccess", text)?,
            on_failure: members.get("onFailure", text)?,
            disabled: members.get("disabled", flag)?.unwrap_or_default(),
        })
    }
}

impl From<model::RuleSet> for RuleSet {
    fn from(set: model::RuleSet) -> Self {
        let rules = |rules: Vec<model::Rule>| rules.into_iter().map(Rule::from).collect();
        Self {
            migration_rules: rules(set.migration_rules),
            domain_rules: rules(set.domain_rules),
            encoding_rules: rules(set.encoding_rules),
            enable_at: set.enable_at,
        }
    }
}

impl From<RuleSet> for model::RuleSet {
    fn from(set: RuleSet) -> Self {
        let rules = |rules: Vec<Rule>| rules.into_iter().map(model::Rule::from).collect();
        Self {
            migration_rules: rules(set.migration_rules),
            domain_rules: rules(set.domain_rules),
            encoding_rules: rules(set.encoding_rules),
            enable_at: set.enable_at,
        }
    }
}

impl From<model::Rule> for Rule {
    fn from(rule: model::Rule) -> Self {
        let model::Rule { name, doc, kind, mode, rule_type, tags, params, expr, on_success, on_failure, disabled } =
            rule;
        Self { name, doc, kind, mode, rule_type, tags, params, expr, on_success, on_failure, disabled }
    }
}

impl From<Rule> for model::Rule {
    fn from(rule: Rule) -> Self {
        let Rule { name, doc, kind, mode, rule_type, tags, params, expr, on_success, on_failure, disabled } = rule;
        Self { name, doc, kind, mode, rule_type, tags, params, expr, on_success, on_failure, disabled }
    }
}
