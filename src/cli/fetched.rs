//! Schemas of a registry with everything that they refer to.

use std::collections::HashMap;

use futures_util::{FutureExt as _, future::BoxFuture};
use tokio::sync::Mutex;

use super::remote::Failure;
use crate::{
    cli::exit::Exit,
    client::{Client, Seen, Stored},
    model::{Reference, Subject, Version, VersionSelector},
    schema::Referenced,
};

/// Longest chain of references, as in the registry itself.
const DEEPEST: usize = 100;

/// Reads versions once each.
#[derive(Debug)]
pub(super) struct Fetched<'c> {
    client: &'c Client,
    versions: Mutex<HashMap<(String, i32), Stored>>,
}

impl<'c> Fetched<'c> {
    /// Nothing is read yet.
    pub(super) fn from(client: &'c Client) -> Self {
        Self { client, versions: Mutex::default() }
    }

    /// Everything that a schema of this subject depends on, dependencies before dependents, each name once.
    pub(super) async fn dependencies(
        &self,
        subject: &str,
        references: &[Reference],
    ) -> Result<Vec<Referenced>, Failure> {
        let mut found = Vec::new();
        self.collect(Subject::parse(subject), references.to_vec(), &mut found, 0).await?;
        Ok(found)
    }

    fn collect<'a>(
        &'a self,
        parent: Subject,
        references: Vec<Reference>,
        found: &'a mut Vec<Referenced>,
        depth: usize,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            if depth > DEEPEST {
                return Err(Failure::new(
                    Exit::Findings,
                    format!("references are nested deeper than {DEEPEST} levels"),
                ));
            }
            for reference in references {
                if found.iter().any(|known| known.name == reference.name) {
                    continue;
                }
                let subject = Subject::resolved_in(&reference.subject, &parent.context);
                let stored = self.version(&subject.to_string(), reference.version).await?;
                self.collect(subject, stored.references().to_vec(), found, depth + 1).await?;
                found.push(Referenced { name: reference.name, text: stored.schema });
            }
            Ok(())
        }
        .boxed()
    }

    /// A version, soft-deleted or not; -1 is the latest one.
    pub(super) async fn version(&self, subject: &str, version: Version) -> Result<Stored, Failure> {
        let key = (subject.to_owned(), version.0);
        if let Some(known) = self.versions.lock().await.get(&key) {
            return Ok(known.clone());
        }
        let (selector, seen) = match version.0 {
            -1 => (VersionSelector::Latest, Seen::Live),
            _ => (VersionSelector::Exactly(version), Seen::All),
        };
        let found = self.client.version(subject, selector, None, seen).await?;
        let stored = found.ok_or_else(|| missing(subject, version))?;
        self.versions.lock().await.insert(key, stored.clone());
        Ok(stored)
    }
}

fn missing(subject: &str, version: Version) -> Failure {
    Failure::new(
        Exit::Findings,
        match version.0 {
            -1 => format!("there is no subject {subject} in the registry"),
            _ => format!("version {version} of {subject}, which is referred to, is not in the registry"),
        },
    )
}
