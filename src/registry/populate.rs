//! What a new version takes over from the previous one and from the settings (contract, section 7.5).

use super::{Submission, SubmittedReference};
use crate::model::{CONFLUENT_VERSION, Config, Definition, Metadata, RuleSet, Version};

/// Joins defaults, the request's own (or else the previous version's) and overrides; tells whether anything came of it.
pub(super) fn with_contract(mut submission: Submission, previous: Option<&Definition>, config: &Config) -> Submission {
    let metadata = submission.metadata.as_ref().or_else(|| previous.and_then(|previous| previous.metadata.as_ref()));
    let metadata = Metadata::merge(config.default_metadata.as_ref(), metadata);
    let metadata = Metadata::merge(metadata.as_ref(), config.override_metadata.as_ref());
    let rules = submission.rule_set.as_ref().or_else(|| previous.and_then(|previous| previous.rule_set.as_ref()));
    let rules = RuleSet::merge(config.default_rule_set.as_ref(), rules);
    let rules = RuleSet::merge(rules.as_ref(), config.override_rule_set.as_ref());
    if metadata.is_some() || rules.is_some() {
        submission.metadata = metadata;
        submission.rule_set = rules;
    }
    submission
}

/// Stamps the version that is about to be written, where one was asked for or stamped before.
pub(super) fn with_version_stamp(mut submission: Submission, next: Version) -> Submission {
    let asked = submission.version.unwrap_or(0) != 0;
    let stamped =
        submission.metadata.as_ref().is_some_and(|metadata| metadata.properties.contains_key(CONFLUENT_VERSION));
    if asked || stamped {
        let metadata = submission.metadata.get_or_insert_default();
        metadata.properties.insert(CONFLUENT_VERSION.to_owned(), next.to_string());
    }
    submission
}

/// A request without a text repeats the previous version's.
pub(super) fn with_text_of(mut submission: Submission, previous: &Definition) -> Submission {
    submission.text = Some(previous.text.clone());
    submission.kind = Some(previous.kind.to_string());
    submission.references = previous.references.iter().map(SubmittedReference::from).collect();
    submission
}
