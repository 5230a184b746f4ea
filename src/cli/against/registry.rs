//! Reads histories from a registry: per subject one request for its rules and one for its schemas, several at a time.

use std::collections::HashMap;

use super::{Baseline, History, OldSchema, one_version};
use crate::{
    cli::{
        exit::Exit,
        fetched::Fetched,
        remote::{Failure, RegistryOption},
        workspace::{Configuration, LocalReference, LocalSchema, Target, Workspace},
    },
    client::{self, Client, Listing, Lookup, Seen, Stored},
    model::{Config, Level, Scope, Subject, Version, VersionSelector},
    schema::{LazySchema, ParseError, Referenced, compatibility::Rules},
};

/// Whether versions carry the name by which they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Naming {
    Own,
    Alias,
}

/// What the questions share.
struct Asking<'a> {
    client: &'a Client,
    fetched: Fetched<'a>,
}

/// The histories of subjects, each under the rules of the registry.
pub(super) async fn histories(
    option: &RegistryOption,
    configuration: &Configuration,
    workspace: &Workspace,
    chosen: &[&LocalSchema],
) -> Result<Baseline, Failure> {
    read(&option.open(configuration)?, workspace, chosen).await
}

/// The histories of subjects, asked of a registry that is known.
pub(in crate::cli) async fn read(
    client: &Client,
    workspace: &Workspace,
    chosen: &[&LocalSchema],
) -> Result<Baseline, Failure> {
    let asking = Asking { client, fetched: Fetched::from(client) };
    let found = client::each(chosen.iter().copied(), client.parallel(), |schema| asking.history(schema)).await?;
    let histories = chosen.iter().map(|schema| schema.subject.clone()).zip(found).collect();
    let fetched = asking.outside(workspace, chosen).await?;
    Ok(Baseline { histories, fetched, requests: client.requests(), ..Baseline::default() })
}

/// One version of a subject as the history of another schema.
pub(super) async fn one(
    option: &RegistryOption,
    configuration: &Configuration,
    (subject, version): (&str, Option<Version>),
    workspace: &Workspace,
    schema: &LocalSchema,
) -> Result<Baseline, Failure> {
    let client = option.open(configuration)?;
    let asking = Asking { client: &client, fetched: Fetched::from(&client) };
    let selector = version.map_or(VersionSelector::Latest, VersionSelector::Exactly);
    let Some(stored) = client.version(subject, selector, None, Seen::All).await? else {
        return Err(asking.absent(subject, version).await?);
    };
    let references = asking.fetched.dependencies(subject, stored.references()).await?;
    let number = Version(stored.version);
    let name = format!("{subject}@{number}");
    let text = (stored.kind(), stored.schema.clone(), references);
    let mut baseline = one_version(schema, name, Some(number), text);
    baseline.fetched = asking.outside(workspace, &[schema]).await?;
    baseline.requests = asking.client.requests();
    Ok(baseline)
}

impl Asking<'_> {
    /// What is said of a version that is not there.
    async fn absent(&self, subject: &str, version: Option<Version>) -> Result<Failure, Failure> {
        let known = self.client.versions(subject, Seen::All).await?.unwrap_or_default();
        let named = version.map_or_else(|| "latest".to_owned(), |version| version.to_string());
        let why = match (known.as_slice(), version) {
            ([], _) => format!("the registry has no subject {subject}"),
            (_, None) => format!("every version of {subject} is deleted"),
            ([only], _) => format!("{subject} has version {only} only"),
            ([first, .., last], _) => {
                format!("{subject} has no version {named}; the first is {first}, the last {last}")
            }
        };
        Ok(Failure::usage(format!("--against {subject}@{named}: {why}")))
    }

    async fn history(&self, schema: &LocalSchema) -> Result<History, Failure> {
        let subject = &schema.subject;
        let config = self.client.config(Some(subject), Lookup::InScope).await?.unwrap_or_default();
        let rules = rules(&config);
        let naming = if config.alias.is_some() { Naming::Alias } else { Naming::Own };
        let stored = match rules.level.scope() {
            Scope::All => self.all(subject, naming).await?,
            _ if rules.group.is_some() => self.all(subject, naming).await?,
            Scope::Nothing | Scope::Latest => {
                let found = self.client.version(subject, VersionSelector::Latest, None, Seen::Live).await?;
                found.into_iter().collect()
            }
        };
        let mut versions = Vec::with_capacity(stored.len());
        for one in stored {
            versions.push(self.old(subject, naming, one).await?);
        }
        Ok(History { versions, rules: Some(rules) })
    }

    /// Every live version, ascending: one list where the registry has lists, else one by one.
    async fn all(&self, subject: &str, naming: Naming) -> Result<Vec<Stored>, Failure> {
        let listing = Listing { prefix: subject, seen: Seen::Live, latest_only: false };
        match self.client.schemas(listing).await {
            Ok(mut found) => {
                found.retain(|stored| stored.subject == subject);
                found.sort_by_key(|stored| stored.version);
                // An alias, `:.:name` and an address of a context give what they find another name.
                if !found.is_empty() && naming == Naming::Own {
                    return Ok(found);
                }
            }
            Err(error) if error.is_unknown() => {}
            Err(error) => return Err(error.into()),
        }
        let numbers = self.client.versions(subject, Seen::Live).await?.unwrap_or_default();
        let found = client::each(numbers, self.client.parallel(), async |number| {
            self.client.version(subject, VersionSelector::Exactly(Version(number)), None, Seen::Live).await
        });
        Ok(found.await?.into_iter().flatten().collect())
    }

    async fn old(&self, subject: &str, naming: Naming, stored: Stored) -> Result<OldSchema, Failure> {
        let kind = stored.kind();
        let version = Version(stored.version);
        // What an alias leads to may be in another context than the alias.
        let holder = match naming {
            Naming::Own => subject,
            Naming::Alias => &stored.subject,
        };
        let schema = match self.fetched.dependencies(holder, stored.references()).await {
            Ok(references) => LazySchema::stored(kind, stored.schema, references),
            Err(missing) if missing.exit == Exit::Findings => {
                LazySchema::unreadable(kind, stored.schema, ParseError::new(missing.sentences.join("; ")))
            }
            Err(failure) => return Err(failure),
        };
        Ok(OldSchema { name: format!("version {version}"), version: Some(version), schema, metadata: stored.metadata })
    }

    /// What the chosen schemas, and what they refer to, need from the registry.
    async fn outside(
        &self,
        workspace: &Workspace,
        chosen: &[&LocalSchema],
    ) -> Result<HashMap<(String, Target), Vec<Referenced>>, Failure> {
        let mut found: HashMap<(String, Target), Vec<Referenced>> = HashMap::new();
        let mut known: HashMap<(String, Option<Version>), Vec<Referenced>> = HashMap::new();
        for (subject, reference) in needed(workspace, chosen) {
            let context = Subject::parse(subject).context;
            let (subject, version) = match &reference.target {
                Target::Local(_) => continue,
                Target::Registered { subject, version } => (subject.clone(), *version),
                Target::Unknown => (reference.name.clone(), None),
            };
            let subject = Subject::resolved_in(&subject, &context).to_string();
            let key = (subject, version);
            if !known.contains_key(&key) {
                known.insert(key.clone(), self.reference(&key.0, version).await?);
            }
            let mut texts = known[&key].clone();
            if let Some(last) = texts.last_mut() {
                last.name.clone_from(&reference.name);
                found.insert((reference.name.clone(), reference.target.clone()), texts);
            }
        }
        Ok(found)
    }

    /// A version and what it depends on, itself last; nothing if there is none.
    async fn reference(&self, subject: &str, version: Option<Version>) -> Result<Vec<Referenced>, Failure> {
        // A version that is referred to may be soft-deleted.
        let (selector, seen) = match version {
            Some(version) => (VersionSelector::Exactly(version), Seen::All),
            None => (VersionSelector::Latest, Seen::Live),
        };
        let Some(stored) = self.client.version(subject, selector, None, seen).await? else {
            return Ok(Vec::new());
        };
        let mut texts = self.fetched.dependencies(subject, stored.references()).await?;
        texts.push(Referenced { name: subject.to_owned(), text: stored.schema });
        Ok(texts)
    }
}

/// Every reference of the chosen schemas and of the files that they need, after the subject that refers.
fn needed<'w>(workspace: &'w Workspace, chosen: &[&'w LocalSchema]) -> Vec<(&'w str, &'w LocalReference)> {
    let mut found = Vec::new();
    let mut seen = vec![false; workspace.schemas.len()];
    let mut open: Vec<&LocalSchema> = chosen.to_vec();
    while let Some(schema) = open.pop() {
        for reference in &schema.references {
            found.push((schema.subject.as_str(), reference));
            if let Target::Local(at) = reference.target
                && !std::mem::replace(&mut seen[at], true)
            {
                open.push(&workspace.schemas[at]);
            }
        }
    }
    found
}

fn rules(config: &Config) -> Rules {
    Rules {
        level: config.compatibility_level.unwrap_or(Level::Backward),
        policy: config.compatibility_policy,
        validate_fields: config.validate_fields.unwrap_or_default(),
        group: config.compatibility_group.clone(),
    }
}
