//! Judges a schema against what is there, without registering it (contract, section 6.21).

use std::sync::Arc;

use super::{
    Against, Error, Explaining, Explanation, Normalize, Registry, Submission, Verbosity, Verdict,
    cache::Known,
    canonicalize::{Parsed, Reading},
    compute,
    explain::explain,
    settings::InScope,
};
use crate::{
    model::{Scope, Subject, VersionSelector},
    schema::{
        Strictness,
        compatibility::{self, Candidate, Earlier, Rules},
    },
    store::{StoredVersion, Tx},
};

impl Registry {
    /// Whether a schema could be registered, as far as compatibility goes; the mode plays no part.
    pub async fn check(
        &self,
        subject: &Subject,
        against: Against,
        submission: Submission,
        normalize: Normalize,
        (verbosity, explaining): (Verbosity, Explaining),
    ) -> Result<Verdict, Error> {
        let mut tx = self.read();
        let mut live = tx.versions(subject).await?;
        live.retain(|version| !version.deleted);
        if let Against::One(selector) = against {
            live = match selector {
                VersionSelector::Latest => live.pop().into_iter().collect(),
                VersionSelector::Exactly(number) => {
                    let one = live.into_iter().find(|version| version.version == number);
                    vec![one.ok_or(Error::VersionNotFound(selector))?]
                }
            };
        }
        let in_scope = self.in_scope(&mut tx, subject).await?;
        let strictness = if self.validates_new_schemas(&in_scope) { Strictness::New } else { Strictness::Stored };
        let reading = Reading::by(&in_scope, strictness, normalize, self.options.validate_fields);
        let parsed = match self.canonicalize(&mut tx, subject, &submission, reading).await {
            Ok(Some(parsed)) => Ok(parsed),
            Ok(None) => Err("Empty schema".to_owned()),
            Err(Error::InvalidSchema(why)) => Err(why),
            Err(error) => return Err(error),
        };
        let parsed = match (parsed, verbosity) {
            (Ok(parsed), _) => parsed,
            (Err(why), Verbosity::Brief) => return Err(Error::InvalidSchema(why)),
            (Err(why), Verbosity::Verbose) => return Ok(unparsable(why, explaining)),
        };
        let rules = self.rules(&in_scope);
        let history = self.history(&mut tx, subject, &live, &rules).await?;
        drop(tx);
        if explaining == Explaining::Skipped {
            return Ok(Verdict { messages: judge(&parsed, history, rules).await?, explanations: Vec::new() });
        }
        let text = submission.text.unwrap_or_default();
        let (messages, explanations) = explain(&parsed, text, history, rules).await?;
        Ok(Verdict { messages, explanations })
    }

    pub(super) fn validates_new_schemas(&self, in_scope: &InScope) -> bool {
        in_scope.config.validate_new_schemas.unwrap_or(self.options.validate_new_schemas)
    }

    /// The rules by which new schemas of a subject are judged.
    pub(super) fn rules(&self, in_scope: &InScope) -> Rules {
        let config = &in_scope.config;
        Rules {
            level: config.compatibility_level.unwrap_or(self.options.compatibility_level),
            policy: config.compatibility_policy,
            validate_fields: config.validate_fields.unwrap_or(self.options.validate_fields),
            group: config.compatibility_group.clone(),
        }
    }

    /// The versions that the rules may look at, ascending, with their contents.
    pub(super) async fn history(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        live: &[StoredVersion],
        rules: &Rules,
    ) -> Result<Vec<(StoredVersion, Arc<Known>)>, Error> {
        let needed = match rules.level.scope() {
            _ if rules.group.is_some() => live.len(),
            Scope::All => live.len(),
            Scope::Nothing | Scope::Latest => 1,
        };
        let mut history = Vec::new();
        for version in &live[live.len().saturating_sub(needed)..] {
            history.push((*version, self.content_of(tx, &subject.context, *version).await?));
        }
        Ok(history)
    }
}

fn unparsable(why: String, explaining: Explaining) -> Verdict {
    let explanations = match explaining {
        Explaining::Skipped => Vec::new(),
        Explaining::Done => vec![Explanation::unparsable(&why)],
    };
    Verdict { messages: vec![why], explanations }
}

/// A stored version as the rules see it.
pub(super) fn earlier_of((version, known): &(StoredVersion, Arc<Known>)) -> Earlier<'_> {
    Earlier {
        version: Some(version.version),
        schema: &known.schema,
        metadata: known.stored.definition.metadata.as_ref(),
    }
}

/// Compares a schema with a history, away from the threads that serve connections.
pub(super) async fn judge(
    parsed: &Parsed,
    history: Vec<(StoredVersion, Arc<Known>)>,
    rules: Rules,
) -> Result<Vec<String>, Error> {
    let parsed = parsed.clone();
    let first = history.is_empty();
    let verdict = move || {
        let history: Vec<Earlier<'_>> = history.iter().map(earlier_of).collect();
        let candidate = Candidate { schema: &parsed.schema, metadata: parsed.definition.metadata.as_ref() };
        compatibility::check(candidate, &history, &rules)
    };
    // Where nothing is compared nothing takes long.
    let verdict = if first { verdict() } else { compute(verdict).await };
    verdict.map_err(|error| Error::InvalidSchema(error.to_string()))
}
