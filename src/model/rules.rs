//! The rules of a data contract: kept, validated and returned; never executed here.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The rules of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuleSet {
    /// Rules between versions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub migration_rules: Vec<Rule>,
    /// Rules on values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub domain_rules: Vec<Rule>,
    /// Rules on encoded values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub encoding_rules: Vec<Rule>,
    /// Where the rules run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_at: Option<EnableAt>,
}

/// Where rules run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the contract's and say it all")]
pub enum EnableAt {
    All,
    Client,
    Gateway,
    Server,
    None,
}

impl EnableAt {
    /// The wire name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Client => "CLIENT",
            Self::Gateway => "GATEWAY",
            Self::Server => "SERVER",
            Self::None => "NONE",
        }
    }
}

/// Whether a rule changes or judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the contract's and say it all")]
pub enum RuleKind {
    #[default]
    Transform,
    Condition,
}

impl RuleKind {
    /// The wire name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transform => "TRANSFORM",
            Self::Condition => "CONDITION",
        }
    }
}

/// When a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the names are the contract's and say it all")]
pub enum RuleMode {
    Upgrade,
    Downgrade,
    Updown,
    Write,
    Read,
    #[default]
    Writeread,
}

impl RuleMode {
    /// The wire name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "UPGRADE",
            Self::Downgrade => "DOWNGRADE",
            Self::Updown => "UPDOWN",
            Self::Write => "WRITE",
            Self::Read => "READ",
            Self::Writeread => "WRITEREAD",
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the names are the contract's and say it all")]
pub struct Rule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    pub kind: RuleKind,
    pub mode: RuleMode,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub rule_type: Option<String>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_success: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
    pub disabled: bool,
}

/// A rule set that may not be stored; the text is the wire's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct InvalidRule(pub String);

impl RuleSet {
    /// Every rule, in the order of the content hash.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.migration_rules.iter().chain(&self.domain_rules).chain(&self.encoding_rules)
    }

    /// Joins list by list: rules of `under` whose name `over` does not use, then those of `over`.
    pub fn merge(under: Option<&Self>, over: Option<&Self>) -> Option<Self> {
        let (under, over) = match (under, over) {
            (None, None) => return None,
            (Some(one), None) | (None, Some(one)) => return Some(one.clone()),
            (Some(under), Some(over)) => (under, over),
        };
        let join = |under: &[Rule], over: &[Rule]| {
            let kept = under.iter().filter(|rule| over.iter().all(|newer| newer.name != rule.name));
            kept.chain(over).cloned().collect()
        };
        Some(Self {
            migration_rules: join(&under.migration_rules, &over.migration_rules),
            domain_rules: join(&under.domain_rules, &over.domain_rules),
            encoding_rules: join(&under.encoding_rules, &over.encoding_rules),
            enable_at: over.enable_at.or(under.enable_at),
        })
    }

    /// The same without the rules of these names.
    #[must_use]
    pub fn without(mut self, names: &[String]) -> Self {
        let kept = |rule: &Rule| rule.name.as_ref().is_none_or(|name| !names.contains(name));
        for rules in [&mut self.migration_rules, &mut self.domain_rules, &mut self.encoding_rules] {
            rules.retain(kept);
        }
        self
    }

    /// Checks names, types, actions and modes, in the order of the contract.
    pub fn validate(&self) -> Result<(), InvalidRule> {
        let mut names = HashSet::new();
        let lists = [
            (&self.migration_rules, MIGRATION_MODES, "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN"),
            (&self.domain_rules, VALUE_MODES, "Domain rules can only be WRITE, READ, WRITEREAD"),
            (&self.encoding_rules, VALUE_MODES, "Encoding rules can only be WRITE, READ, WRITEREAD"),
        ];
        for (rules, modes, refusal) in lists {
            for rule in rules {
                if let Some(name) = rule.name.as_deref().filter(|name| !names.insert(*name)) {
                    return Err(InvalidRule(format!("Found rule with duplicate name '{name}'")));
                }
                rule.validate()?;
                if !modes.contains(&rule.mode) {
                    return Err(InvalidRule(refusal.to_owned()));
                }
            }
        }
        Ok(())
    }
}

const MIGRATION_MODES: &[RuleMode] = &[RuleMode::Upgrade, RuleMode::Downgrade, RuleMode::Updown];
const VALUE_MODES: &[RuleMode] = &[RuleMode::Write, RuleMode::Read, RuleMode::Writeread];
const LONGEST_NAME: usize = 256;

impl Rule {
    fn validate(&self) -> Result<(), InvalidRule> {
        let refuse = |text: String| Err(InvalidRule(text));
        let Some(name) = &self.name else { return refuse("Missing rule name".to_owned()) };
        let Some(first) = name.chars().next() else { return refuse("Empty rule name".to_owned()) };
        if name.encode_utf16().count() > LONGEST_NAME {
            return refuse("Rule name too long".to_owned());
        }
        if !(first.is_alphabetic() || first == '_') {
            return refuse(format!("Illegal initial character in rule name: {name}"));
        }
        if !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            return refuse(format!("Illegal character in rule name: {name}"));
        }
        if self.rule_type.is_none() {
            return refuse("Missing rule type".to_owned());
        }
        let several = [&self.on_success, &self.on_failure].into_iter().flatten().any(|action| action.contains(','));
        if several && !matches!(self.mode, RuleMode::Writeread | RuleMode::Updown) {
            return refuse("Multiple actions only valid with WRITEREAD and UPDOWN".to_owned());
        }
        Ok(())
    }
}
