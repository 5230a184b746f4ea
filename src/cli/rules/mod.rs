//! Every rule that a finding can name: its stable id, what it means, and what helps.

mod avro;
mod general;
mod json;
mod json_harmless;
mod json_objects;
mod lints;
mod protobuf;

use std::fmt;

pub(super) use general::{
    CYCLE, EMPTY_FILE, EXPIRED_EXCEPTION, INVALID_SCHEMA, NO_SUBJECT, NOT_A_SCHEMA, NOT_TEXT, PINNED_CHANGED,
    SCHEMA_REMOVED, SUBJECT_TAKEN, SYNTAX_ERROR, TOO_COMPLEX, UNKNOWN_SUBJECT, UNREADABLE_LOCK, UNRESOLVED_REFERENCE,
};
pub(super) use lints::{
    CLOSED_OBJECT, DOC_REQUIRED, DUPLICATE_JSON_NAME, DUPLICATE_NAME, DUPLICATE_NUMBER, ENUM_ALIAS, ENUM_DEFAULT,
    ENUM_FIRST, ENUM_ZERO, FIELD_NAME, NAMESPACE_REQUIRED, NULLABLE_DEFAULT, NUMBER_OF_PROTOBUF, NUMBER_RANGE,
    RESERVED_USED, TYPE_NAME,
};

use crate::model::SchemaKind;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Severity {
    /// Worth knowing.
    Note,
    /// Should be mended.
    Warning,
    /// Must be mended.
    Error,
}

impl Severity {
    /// Reads the word of a configuration.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "note" => Some(Self::Note),
            "warn" | "warning" => Some(Self::Warning),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a rule is about; the first part of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Differences between Avro schemas.
    Avro,
    /// Differences between JSON Schemas.
    Json,
    /// Differences between Protobuf schemas.
    Protobuf,
    /// What is the same in all languages.
    Schema,
    /// References.
    Reference,
    /// Style and safety of a single schema.
    Lint,
    /// `regis.yaml`.
    Configuration,
}

impl Family {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Json => "JSON",
            Self::Protobuf => "PROTO",
            Self::Schema => "SCHEMA",
            Self::Reference => "REF",
            Self::Lint => "LINT",
            Self::Configuration => "CONF",
        }
    }

    /// The differences of a language.
    const fn of(kind: SchemaKind) -> Self {
        match kind {
            SchemaKind::Avro => Self::Avro,
            SchemaKind::Json => Self::Json,
            SchemaKind::Protobuf => Self::Protobuf,
        }
    }
}

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    family: Family,
    number: u16,
    /// The name of the difference on the wire, or of the rule, in capitals.
    kind: &'static str,
    /// How much a finding of it matters if nothing else is said.
    pub(super) severity: Severity,
    /// What it means.
    pub(super) meaning: &'static str,
    /// What helps; empty where nothing is wrong.
    pub(super) advice: &'static str,
}

const fn breaking(
    family: Family,
    number: u16,
    kind: &'static str,
    meaning: &'static str,
    advice: &'static str,
) -> Rule {
    Rule { family, number, kind, severity: Severity::Error, meaning, advice }
}

const fn doubtful(
    family: Family,
    number: u16,
    kind: &'static str,
    meaning: &'static str,
    advice: &'static str,
) -> Rule {
    Rule { family, number, kind, severity: Severity::Warning, meaning, advice }
}

const fn harmless(family: Family, number: u16, kind: &'static str, meaning: &'static str) -> Rule {
    Rule { family, number, kind, severity: Severity::Note, meaning, advice: "" }
}

const fn lint(
    number: u16,
    kind: &'static str,
    severity: Severity,
    meaning: &'static str,
    advice: &'static str,
) -> Rule {
    Rule { family: Family::Lint, number, kind, severity, meaning, advice }
}

impl Rule {
    /// The stable id, such as `AVRO-001`.
    pub(super) fn id(&self) -> String {
        format!("{}-{:03}", self.family.prefix(), self.number)
    }

    /// The name in words, such as `reader-field-missing-default-value`.
    pub(super) fn name(&self) -> String {
        self.kind.to_ascii_lowercase().replace('_', "-")
    }

    /// The name of the difference on the wire.
    pub(super) const fn kind(&self) -> &'static str {
        self.kind
    }

    /// What it is about.
    pub(super) const fn family(&self) -> Family {
        self.family
    }

    /// Whether a text names it, by id or by name.
    pub(super) fn is_called(&self, text: &str) -> bool {
        self.id().eq_ignore_ascii_case(text) || self.name().eq_ignore_ascii_case(text)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id(), self.name())
    }
}

/// Every rule, in the order of the list.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    [general::RULES, lints::RULES, avro::RULES, json::RULES, json_objects::RULES, json_harmless::RULES, protobuf::RULES]
        .into_iter()
        .flatten()
}

/// The rules that a text names: an id, or a name that several languages may share.
pub(super) fn called(text: &str) -> Vec<&'static Rule> {
    all().filter(|rule| rule.is_called(text)).collect()
}

/// The rules of `regis lint`.
pub(super) fn lints() -> &'static [Rule] {
    lints::RULES
}

/// The rule of a difference between schemas of a language.
pub(super) fn of_difference(kind: SchemaKind, difference: &str) -> &'static Rule {
    let in_family = |family| all().find(|rule| rule.family == family && rule.kind == difference);
    in_family(Family::of(kind)).or_else(|| in_family(Family::Schema)).unwrap_or(const { &general::OTHER_DIFFERENCE })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_rule_has_an_id_of_its_own_and_a_meaning() {
        let mut ids = HashSet::new();
        for rule in all() {
            assert!(ids.insert(rule.id()), "{rule} is there twice");
            assert!(rule.meaning.ends_with('.'), "{rule}");
            assert_eq!(
                rule.advice.is_empty(),
                rule.severity == Severity::Note && rule.family != Family::Lint,
                "{rule}"
            );
            assert_eq!(called(&rule.id()), [rule]);
        }
    }
}
