//! Lists subjects and schemas by prefix (contract, sections 3.6, 6.3 and 6.14).

use std::collections::BTreeMap;

use super::{AssociationFilter, Deletion, Error, Found, Registry, read::stored};
use crate::{
    model::{Association, Context, RuleSet, Subject, compare_utf16},
    store::{ListedSubject, StoredVersion, Tx},
};

/// A beginning of names, read by the grammar of subjects: it may name a context, several, or all of them.
#[derive(Debug, Clone)]
pub(super) struct Prefix {
    contexts: Contexts,
    name: String,
}

#[derive(Debug, Clone)]
enum Contexts {
    All,
    One(Context),
    /// A context that is not closed by a colon is itself a beginning.
    StartingWith(String),
}

impl Prefix {
    pub(super) fn parse(text: &str) -> Self {
        if let Some(rest) = text.strip_prefix(":.").filter(|rest| !rest.contains(':')) {
            return Self { contexts: Contexts::StartingWith(format!(".{rest}")), name: String::new() };
        }
        let Subject { context, .. } = Subject::parse(text);
        let name = Subject::parse(text).name().to_owned();
        let contexts = if context.is_wildcard() { Contexts::All } else { Contexts::One(context) };
        Self { contexts, name }
    }

    pub(super) fn matches(&self, subject: &Subject) -> bool {
        let context = match &self.contexts {
            Contexts::All => true,
            Contexts::One(context) => *context == subject.context,
            Contexts::StartingWith(start) => {
                !subject.context.is_default() && subject.context.as_str().starts_with(start)
            }
        };
        context && subject.name().starts_with(&self.name)
    }

    async fn subjects(&self, tx: &mut Tx) -> Result<Vec<ListedSubject>, Error> {
        let within = match &self.contexts {
            Contexts::One(context) => Some(context),
            Contexts::All | Contexts::StartingWith(_) => None,
        };
        let mut subjects = tx.subjects(within).await?;
        subjects.retain(|listed| self.matches(&listed.subject));
        Ok(subjects)
    }
}

/// What a list of schemas shows.
#[derive(Debug, Clone, Default)]
pub struct SchemaList {
    /// Beginning of the subjects' names; the empty one means the default context.
    pub prefix: String,
    /// Which versions are shown.
    pub deletion: Deletion,
    /// Whether each subject shows one version or all.
    pub depth: Depth,
    /// Only schemas with a rule of this type.
    pub rule_type: Option<String>,
    /// Whether subjects that others stand for are listed under those as well.
    pub aliases: Aliases,
    /// Only schemas whose subjects have such associations, or none at all; they are shown with these.
    pub associations: Option<AssociationFilter>,
    /// Elements to pass over.
    pub offset: usize,
    /// Elements to show at most.
    pub limit: usize,
}

/// How many versions of a subject are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// All of them.
    #[default]
    All,
    /// The highest.
    Latest,
}

/// Whether aliases are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aliases {
    /// They are not.
    #[default]
    Ignored,
    /// They are.
    Followed,
}

/// A schema of a list, with the subjects that stand for its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSchema {
    /// The schema.
    pub found: Found,
    /// The aliasing subjects, sorted.
    pub aliases: Vec<Subject>,
    /// The subject's associations that were asked for, in the order of lists.
    pub associations: Vec<Association>,
}

impl Registry {
    /// The subjects that a prefix matches, sorted as they are printed.
    pub async fn subjects(&self, prefix: &str, deletion: Deletion) -> Result<Vec<Subject>, Error> {
        let mut listed = Prefix::parse(prefix).subjects(&mut self.read()).await?;
        listed.retain(|listed| match deletion {
            Deletion::Live => listed.live,
            Deletion::Any => true,
            Deletion::OnlyDeleted => !listed.live,
        });
        Ok(sorted_as_printed(listed.into_iter().map(|listed| listed.subject).collect()))
    }

    /// The schemas that a list asks for, sorted by subject as printed, then by version.
    pub async fn schemas(&self, list: &SchemaList) -> Result<Vec<ListedSchema>, Error> {
        let mut tx = self.read();
        let prefix = Prefix::parse(&list.prefix);
        let mut subjects: Vec<Subject> =
            prefix.subjects(&mut tx).await?.into_iter().map(|listed| listed.subject).collect();
        let mut aliases: BTreeMap<Subject, Vec<Subject>> = BTreeMap::new();
        if list.aliases == Aliases::Followed {
            for (alias, target) in self.aliases(&mut tx, &prefix).await? {
                subjects.push(target.clone());
                aliases.entry(target).or_default().push(alias);
            }
        }
        subjects.sort();
        subjects.dedup();
        let (mut passed, mut shown) = (0, Vec::new());
        for subject in sorted_as_printed(subjects) {
            let Some(associations) = associations(&mut tx, &subject, list).await? else { continue };
            for version in visible(tx.versions(&subject).await?, list) {
                if shown.len() >= list.limit {
                    return Ok(shown);
                }
                let known = self.content_of(&mut tx, &subject.context, version).await?;
                let found = stored(subject.clone(), version, &known);
                if !list.rule_type.as_ref().is_none_or(|rule_type| has_rule(&found, rule_type)) {
                    continue;
                }
                passed += 1;
                if passed > list.offset {
                    let aliases = sorted_as_printed(aliases.get(&subject).cloned().unwrap_or_default());
                    shown.push(ListedSchema { found, aliases, associations: associations.clone() });
                }
            }
        }
        Ok(shown)
    }
}

/// The associations that a subject's schemas are shown with; none if they are not shown.
async fn associations(tx: &mut Tx, subject: &Subject, list: &SchemaList) -> Result<Option<Vec<Association>>, Error> {
    let Some(filter) = &list.associations else { return Ok(Some(Vec::new())) };
    Ok(filter.of_schema(tx.associations_of_subject(subject).await?))
}

fn has_rule(found: &Found, rule_type: &str) -> bool {
    let mut rules = found.definition.rule_set.iter().flat_map(RuleSet::rules);
    rules.any(|rule| rule.rule_type.as_deref() == Some(rule_type))
}

fn visible(mut versions: Vec<StoredVersion>, list: &SchemaList) -> Vec<StoredVersion> {
    versions.retain(|version| list.deletion == Deletion::Any || !version.deleted);
    match list.depth {
        Depth::All => versions,
        Depth::Latest => versions.pop().into_iter().collect(),
    }
}

fn sorted_as_printed(subjects: Vec<Subject>) -> Vec<Subject> {
    let mut printed: Vec<(String, Subject)> =
        subjects.into_iter().map(|subject| (subject.to_string(), subject)).collect();
    printed.sort_by(|(one, _), (two, _)| compare_utf16(one, two));
    printed.into_iter().map(|(_, subject)| subject).collect()
}
