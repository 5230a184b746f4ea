//! Server settings that change what the registry answers.

use std::time::Duration;

use super::Secrets;
use crate::model::Level;

/// What becomes of rule sets in requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RuleSets {
    /// They are validated, stored and returned.
    #[default]
    Kept,
    /// They are removed from every request, as Confluent's community server does.
    Dropped,
}

/// Defaults and switches; each stands for a setting of Confluent's server (contract, section 10).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the contract's own")]
pub struct Options {
    /// Level where none is configured (`schema.compatibility.level`).
    pub compatibility_level: Level,
    /// Default of `validateFields` (`schema.validate.fields`).
    pub validate_fields: bool,
    /// Default of `validateNewSchemas` (`schema.validate.new.schemas`).
    pub validate_new_schemas: bool,
    /// Whether the empty subject and `*` are refused at registration (`schema.reject.empty.subject`).
    pub reject_empty_subject: bool,
    /// Whether one reference name may mean only one version (`schema.providers.reference.versions.strict`).
    pub strict_reference_versions: bool,
    /// Whether modes may be changed (`mode.mutability`).
    pub mode_mutability: bool,
    /// Whether resources can be associated with subjects (`associations.enable`).
    pub associations: bool,
    /// What becomes of rule sets.
    pub rule_sets: RuleSets,
    /// Longest schema text that is read, in bytes.
    pub schema_bytes: usize,
    /// Memory for schemas kept near, in bytes (approximate).
    pub cache_bytes: u64,
    /// How long the database may take before an id that was answered before is answered from memory.
    pub known_id_patience: Duration,
    /// What seals sensitive metadata on the disk (`metadata.encoder.secret`).
    pub secrets: Secrets,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            compatibility_level: Level::Backward,
            validate_fields: false,
            validate_new_schemas: true,
            reject_empty_subject: false,
            strict_reference_versions: false,
            mode_mutability: true,
            associations: true,
            rule_sets: RuleSets::Kept,
            schema_bytes: 5 * 1024 * 1024,
            cache_bytes: 64 * 1024 * 1024,
            known_id_patience: Duration::from_millis(500),
            secrets: Secrets::default(),
        }
    }
}
