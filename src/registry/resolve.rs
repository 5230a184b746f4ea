//! Loads contents and, depth first, everything they refer to.

use std::{collections::HashMap, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};

use super::{
    Deletion, Error, Registry, SubmittedReference,
    cache::{Dependency, Known},
};
use crate::{
    model::{Context, Guid, Reference, SchemaId, Subject, Version, VersionSelector},
    schema::{LazySchema, ParseError, Referenced},
    store::{StoredSchema, StoredVersion, Target, Tx},
};

/// Longest chain of references.
const DEEPEST: usize = 100;
/// Most schemas that one schema may depend on, directly or not.
const MOST: usize = 1000;
/// Most bytes that they may have together.
const LARGEST: usize = 32 * 1024 * 1024;

/// References of a posted schema, found.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    /// With the numbers of the versions in place of -1.
    pub(super) references: Vec<Reference>,
    /// What each of them means.
    pub(super) targets: Vec<Target>,
    /// Everything the schema depends on, dependencies before dependents.
    pub(super) dependencies: Vec<Dependency>,
}

impl Resolved {
    pub(super) fn referenced(&self) -> Vec<Referenced> {
        referenced(&self.dependencies)
    }
}

fn referenced(dependencies: &[Dependency]) -> Vec<Referenced> {
    dependencies
        .iter()
        .map(|dependency| Referenced { name: dependency.name.clone(), text: dependency.text.to_string() })
        .collect()
}

/// Why references could not be found: the database failed, or they are wrong.
pub(super) enum Unresolved {
    Failed(Error),
    Wrong(String),
}

impl From<Error> for Unresolved {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<crate::store::Error> for Unresolved {
    fn from(error: crate::store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Collects dependencies by name; the first of a name wins.
struct Collected {
    dependencies: Vec<Dependency>,
    versions: HashMap<String, Version>,
    bytes: usize,
    one_version_per_name: bool,
}

impl Collected {
    fn add(&mut self, dependency: &Dependency) -> Result<(), Unresolved> {
        if let Some(first) = self.versions.get(&dependency.name) {
            if self.one_version_per_name && *first != dependency.version {
                let (name, second) = (&dependency.name, dependency.version);
                return Err(Unresolved::Wrong(format!(
                    "Conflicting reference versions for \"{name}\": version {first} and version {second}"
                )));
            }
            return Ok(());
        }
        self.bytes += dependency.text.len();
        if self.dependencies.len() >= MOST || self.bytes > LARGEST {
            return Err(Unresolved::Wrong(format!(
                "the schema depends on more than {MOST} schemas or {LARGEST} bytes of schemas"
            )));
        }
        self.versions.insert(dependency.name.clone(), dependency.version);
        self.dependencies.push(dependency.clone());
        Ok(())
    }
}

impl Registry {
    /// The content of a version.
    pub(super) async fn content_of(
        &self,
        tx: &mut Tx,
        context: &Context,
        version: StoredVersion,
    ) -> Result<Arc<Known>, Error> {
        let known = self.load(tx, context, version, 0).await?;
        known.ok_or_else(|| crate::store::Error::Vanished(version.id).into())
    }

    /// A content by its names, with what it depends on.
    pub(super) async fn known(
        &self,
        tx: &mut Tx,
        context: &Context,
        id: SchemaId,
        guid: Guid,
    ) -> Result<Option<Arc<Known>>, Error> {
        if let Some(known) = self.drafts.content(context, id, guid) {
            return Ok(Some(known));
        }
        let stored = self.vault.opened(tx.schema(context, id).await?)?;
        match stored.filter(|stored| stored.guid == guid) {
            Some(stored) => Ok(Some(Arc::new(self.with_dependencies(tx, stored, 0).await?))),
            None => Ok(None),
        }
    }

    fn load<'a>(
        &'a self,
        tx: &'a mut Tx,
        context: &'a Context,
        version: StoredVersion,
        depth: usize,
    ) -> BoxFuture<'a, Result<Option<Arc<Known>>, Error>> {
        async move {
            let StoredVersion { id, guid, since, .. } = version;
            let near = || self.cache.get(context, id, guid, since);
            if let Some(known) = self.drafts.content(context, id, guid).or_else(near) {
                return Ok(Some(known));
            }
            let stored = self.vault.opened(tx.schema(context, id).await?)?;
            // Each statement may see a later moment than the one before: the id may have gone to another content.
            let Some(stored) = stored.filter(|stored| (stored.guid, stored.since) == (guid, since)) else {
                return Ok(None);
            };
            let known = Arc::new(self.with_dependencies(tx, stored, depth).await?);
            self.cache.put(&known);
            Ok(Some(known))
        }
        .boxed()
    }

    /// A content with all that it depends on.
    pub(super) async fn with_dependencies(
        &self,
        tx: &mut Tx,
        stored: StoredSchema,
        depth: usize,
    ) -> Result<Known, Error> {
        let definition = &stored.definition;
        let posted: Vec<SubmittedReference> = definition.references.iter().map(SubmittedReference::from).collect();
        let text = definition.text.clone();
        match self.resolve_at(tx, &stored.context, &posted, Deletion::Any, depth).await {
            Ok(Resolved { dependencies, .. }) => {
                let schema = LazySchema::stored(definition.kind, text, referenced(&dependencies));
                Ok(Known { stored, schema, dependencies })
            }
            // Its text is still to be read; only parsing it is impossible.
            Err(Unresolved::Wrong(why)) => {
                let schema = LazySchema::unreadable(definition.kind, text, ParseError::new(why));
                Ok(Known { schema, dependencies: Vec::new(), stored })
            }
            Err(Unresolved::Failed(error)) => Err(error),
        }
    }

    /// Finds what a posted schema refers to; names without a context are looked up in `context`.
    pub(super) async fn resolve(
        &self,
        tx: &mut Tx,
        context: &Context,
        references: &[SubmittedReference],
        deletion: Deletion,
    ) -> Result<Resolved, Unresolved> {
        self.resolve_at(tx, context, references, deletion, 0).await
    }

    async fn resolve_at(
        &self,
        tx: &mut Tx,
        context: &Context,
        references: &[SubmittedReference],
        deletion: Deletion,
        depth: usize,
    ) -> Result<Resolved, Unresolved> {
        if references.len() > MOST {
            return Err(Unresolved::Wrong(format!("the schema refers to more than {MOST} schemas")));
        }
        if depth > DEEPEST {
            return Err(Unresolved::Wrong(format!("references are nested deeper than {DEEPEST} levels")));
        }
        let mut resolved = Resolved::default();
        let mut collected = Collected {
            dependencies: Vec::new(),
            versions: HashMap::new(),
            bytes: 0,
            one_version_per_name: self.options.strict_reference_versions,
        };
        for reference in references {
            let (Some(name), Some(subject), Some(number)) = (&reference.name, &reference.subject, reference.version)
            else {
                return Err(Unresolved::Wrong(format!("Invalid reference: {reference}")));
            };
            let target = Subject::resolved_in(subject, context);
            let version = self.target(tx, &target, number, deletion).await?;
            let found = self.load(tx, &target.context, version, depth + 1).await?;
            let Some(known) = found else { return Err(missing(&target, number)) };
            for dependency in &known.dependencies {
                collected.add(dependency)?;
            }
            let (name, number) = (name.clone(), version.version);
            collected.add(&Dependency { name: name.clone(), version: number, text: known.schema.text().into() })?;
            resolved.references.push(Reference { name, subject: subject.clone(), version: number });
            resolved.targets.push(Target { subject: target, version });
        }
        resolved.dependencies = collected.dependencies;
        Ok(resolved)
    }

    async fn target(
        &self,
        tx: &mut Tx,
        target: &Subject,
        number: i32,
        deletion: Deletion,
    ) -> Result<StoredVersion, Unresolved> {
        if let Some(drafted) = self.drafts.target(target, number) {
            return Ok(drafted);
        }
        if self.drafts.purge(target) {
            return Err(missing(target, number));
        }
        let found = match VersionSelector::parse(&number.to_string()) {
            Ok(VersionSelector::Latest) => tx.latest(target).await?,
            Ok(VersionSelector::Exactly(version)) => tx.version(target, version).await?,
            Err(_invalid) => None,
        };
        found.filter(|version| deletion == Deletion::Any || !version.deleted).ok_or_else(|| missing(target, number))
    }
}

fn missing(target: &Subject, number: i32) -> Unresolved {
    Unresolved::Wrong(format!("No schema reference found for subject \"{target}\" and version {number}"))
}
