//! Inline tags: shown, added, removed, and carried over from the version before (contract, sections 6.13 and 7.6).

use super::{
    Deletion, Error, Found, Precondition, Registration, Registry, RuleSets, Submission, SubmittedReference, View,
    cache::Known,
    canonicalize::{NormalForm, Reading, Validation, is_blank},
    populate,
    register::{Naming, Route},
};
use crate::{
    model::{CONFLUENT_VERSION, Context, Metadata, NameUse, RuleSet, Subject, Version, VersionSelector},
    schema::{EntityTags, Schema, Strictness},
    store::Tx,
};

/// How the tags of a posted schema are changed before it is registered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagChanges {
    /// Tags to add.
    pub add: Vec<EntityTags>,
    /// Tags to remove afterwards.
    pub remove: Vec<EntityTags>,
    /// Whether the tags of the latest version are added too.
    pub propagate: bool,
}

impl TagChanges {
    /// Whether nothing is to be changed.
    pub(super) fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty() && !self.propagate
    }
}

/// A new version that differs from an existing one in its tags, metadata or rules.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retagging {
    /// The version it shall get; none for the next one.
    pub new_version: Option<i32>,
    /// Tags to add, and to remove afterwards.
    pub changes: TagChanges,
    /// Its metadata; none for those of the existing version.
    pub metadata: Option<Metadata>,
    /// Its rules.
    pub rule_set: Option<RuleSet>,
    /// Rules to merge into those of the version before the new one.
    pub rules_to_merge: Option<RuleSet>,
    /// Names of rules to remove from those.
    pub rules_to_remove: Vec<String>,
}

impl Registry {
    /// Registers a version anew with other tags, metadata or rules; `version` is the raw path segment.
    pub async fn retag(
        &self,
        raw: &str,
        version: &str,
        mut wanted: Retagging,
        precondition: Precondition,
    ) -> Result<Found, Error> {
        let subject = Subject::parse(raw);
        if !subject.is_valid(raw, NameUse::Registration) {
            return Err(Error::InvalidSubject(raw.to_owned()));
        }
        let selector = VersionSelector::parse(version)?;
        let mut tx = self.read();
        let (found_in, stored) =
            self.find_version(&mut tx, &subject, selector, Deletion::Live).await.map_err(|error| match error {
                // Here the name is told as it was written (contract, section 6.13).
                Error::SubjectNotFound(_) => Error::SubjectNotFound(Subject::new(Context::default(), raw)),
                error => error,
            })?;
        let base = self.content_of(&mut tx, &found_in.context, stored).await?;
        if self.options.rule_sets == RuleSets::Dropped {
            wanted.rule_set = None;
        }
        let rule_set = self.retagged_rules(&mut tx, &subject, &wanted).await?;
        drop(tx);
        let submission = retagged(&base, &wanted, rule_set);
        let wanted = Registration { submission, precondition, ..Registration::default() };
        self.register_by(Route::Straight, Naming::Exact, raw, wanted, View::default()).await
    }

    async fn retagged_rules(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        wanted: &Retagging,
    ) -> Result<Option<RuleSet>, Error> {
        let changed = wanted.rules_to_merge.is_some() || !wanted.rules_to_remove.is_empty();
        if changed && wanted.rule_set.is_some() {
            let why = "ruleSet should be omitted if specifying rulesToMerge or rulesToRemove";
            return Err(crate::model::InvalidRule(why.to_owned()).into());
        }
        for rules in [&wanted.rules_to_merge, &wanted.rule_set].into_iter().flatten() {
            rules.validate()?;
        }
        if !changed {
            return Ok(wanted.rule_set.clone());
        }
        let before = match wanted.new_version {
            Some(number) if number > 1 => tx.version(subject, Version(number - 1)).await?,
            _ => tx.latest(subject).await?,
        };
        let before = match before {
            Some(version) => self.content_of(tx, &subject.context, version).await?.stored.definition.rule_set.clone(),
            None => None,
        };
        let merged = RuleSet::merge(before.as_ref(), wanted.rules_to_merge.as_ref());
        Ok(merged.map(|rules| rules.without(&wanted.rules_to_remove)))
    }

    /// The submission with the tags of its text changed as it asks; without a text, the previous version's is taken.
    pub(super) async fn with_changed_tags(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        submission: &Submission,
        previous: Option<&Known>,
    ) -> Result<Submission, Error> {
        let mut submission = submission.clone();
        let TagChanges { add, remove, propagate: _ } = submission.tags.clone();
        if add.is_empty() && remove.is_empty() {
            return Ok(submission);
        }
        if let (true, Some(previous)) = (is_blank(submission.text.as_deref()), previous) {
            submission = populate::with_text_of(submission, &previous.stored.definition);
        }
        let mut submission = self.tagged_anew(tx, subject, submission, &add, &remove).await?;
        // A change of tags always makes a new version.
        if submission.version.unwrap_or(0) == 0 {
            submission.version = Some(-1);
        }
        Ok(submission)
    }

    /// The submission with the tags of the previous version added to its text, if it asks for them.
    pub(super) async fn with_carried_tags(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        submission: Submission,
        previous: Option<&Known>,
    ) -> Result<Submission, Error> {
        let previous = previous.filter(|_| submission.tags.propagate).and_then(|known| known.schema.schema().ok());
        match previous.map(Schema::find_tags) {
            Some(tags) if !tags.is_empty() => self.tagged_anew(tx, subject, submission, &tags, &[]).await,
            _ => Ok(submission),
        }
    }

    async fn tagged_anew(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        mut submission: Submission,
        add: &[EntityTags],
        remove: &[EntityTags],
    ) -> Result<Submission, Error> {
        let reading =
            Reading { strictness: Strictness::Stored, normal_form: NormalForm::Kept, validation: Validation::Skipped };
        let Some(parsed) = self.canonicalize(tx, subject, &submission, reading).await? else { return Ok(submission) };
        // The class name is on the wire, as in the reference.
        let unknown = |error| Error::InvalidSchema(format!("java.lang.IllegalArgumentException: {error}"));
        submission.text = Some(parsed.schema.with_tags(add, remove).map_err(unknown)?.canonical());
        Ok(submission)
    }
}

fn retagged(base: &Known, wanted: &Retagging, rule_set: Option<RuleSet>) -> Submission {
    let definition = &base.stored.definition;
    let mut metadata = wanted.metadata.clone().or_else(|| definition.metadata.clone()).unwrap_or_default();
    let number = wanted.new_version.unwrap_or(0);
    metadata.properties.insert(CONFLUENT_VERSION.to_owned(), number.to_string());
    Submission {
        version: Some(number),
        id: None,
        kind: Some(definition.kind.to_string()),
        text: Some(definition.text.clone()),
        references: definition.references.iter().map(SubmittedReference::from).collect(),
        metadata: Some(metadata),
        rule_set,
        tags: TagChanges { propagate: false, ..wanted.changes.clone() },
    }
}

/// The tagged entities of a schema that have at least one of the tags that are looked for; `*` stands for any.
pub(super) fn tagged(known: &Known, wanted: &[String]) -> Result<Vec<EntityTags>, Error> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let schema = known.schema.schema().map_err(|error| Error::InvalidSchema(error.to_string()))?;
    let any = wanted.iter().any(|tag| tag == "*");
    let mut found = schema.find_tags();
    found.retain(|entity| any || entity.tags.iter().any(|tag| wanted.contains(tag)));
    Ok(found)
}
