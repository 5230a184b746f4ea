//! Asks a registry about wanted schemas: which are there already, and what their references are.

use std::collections::BTreeMap;

use tokio::sync::Mutex;

use super::{Seen, SeenVersion, compute::waits};
use crate::{
    cli::{
        remote::Failure,
        wanted::{Aim, Wanted},
    },
    client::{Client, Lookup, Normalize, Seen as Deletion, each},
    model::Subject,
    wire::{RegisterSchemaRequest, SchemaReference},
};

/// What is known of a wanted schema.
#[derive(Debug, Clone)]
pub(super) enum Finding {
    /// It is there.
    Present {
        /// Its version.
        version: i32,
        /// Its id.
        id: i32,
    },
    /// It is to be registered.
    Lacking {
        /// What is posted.
        request: Box<RegisterSchemaRequest>,
        /// A wanted schema that it refers to and that is lacking too: nothing can be asked about it alone.
        fresh: Option<String>,
    },
    /// It cannot be registered.
    Hopeless(Refusal),
}

/// Why a schema cannot be registered.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// As a sentence.
    pub(super) reason: String,
    /// The registry's number for it, if it was asked.
    pub(super) code: Option<u32>,
    /// What it refers to, if only that one's being blocked keeps it out.
    pub(super) waits_for: Option<String>,
}

impl Refusal {
    fn because(reason: String) -> Self {
        Self { reason, code: None, waits_for: None }
    }
}

/// Asks about schemas; each is asked once what it refers to is known.
pub(super) struct Survey<'s> {
    client: &'s Client,
    normalize: Normalize,
    seen: Mutex<Seen>,
}

impl<'s> Survey<'s> {
    pub(super) fn of(client: &'s Client, normalize: Normalize) -> Self {
        Self { client, normalize, seen: Mutex::default() }
    }

    /// What is known of each schema, in their order, and everything that was seen.
    pub(super) async fn findings(self, wanted: &[Wanted]) -> Result<(Vec<Finding>, Seen), Failure> {
        let mut known: BTreeMap<usize, Finding> = BTreeMap::new();
        for wave in waves(wanted) {
            let found = each(wave, self.client.parallel(), |at| {
                let known = &known;
                let this = &self;
                async move { Ok::<_, Failure>((at, this.finding(&wanted[at], wanted, known).await?)) }
            })
            .await?;
            known.extend(found);
        }
        Ok((known.into_values().collect(), self.seen.into_inner()))
    }

    async fn finding(
        &self,
        schema: &Wanted,
        all: &[Wanted],
        known: &BTreeMap<usize, Finding>,
    ) -> Result<Finding, Failure> {
        let latest = self.latest(&schema.subject).await?;
        let context = Subject::parse(&schema.subject).context;
        let (mut references, mut fresh) = (Vec::new(), None);
        for reference in &schema.references {
            let (subject, version) = match &reference.aim {
                Aim::Wanted(at) => {
                    let subject = &all[*at].subject;
                    match &known[at] {
                        Finding::Present { version, .. } => (subject, *version),
                        Finding::Lacking { .. } => {
                            fresh = Some(subject.clone());
                            (subject, -1)
                        }
                        Finding::Hopeless(_) => {
                            let refusal = Refusal::because(waits(subject));
                            return Ok(Finding::Hopeless(Refusal { waits_for: Some(subject.clone()), ..refusal }));
                        }
                    }
                }
                Aim::Registered { subject, version: Some(version) } => (subject, version.0),
                Aim::Registered { subject, version: None } => {
                    let target = Subject::resolved_in(subject, &context).to_string();
                    match self.latest(&target).await? {
                        Some(found) => (subject, found.version),
                        None => return Ok(Finding::Hopeless(Refusal::because(unknown(&reference.name, &target)))),
                    }
                }
            };
            let subject = reference.spelled.as_ref().unwrap_or(subject);
            let (name, subject) = (Some(reference.name.clone()), Some(subject.clone()));
            references.push(SchemaReference { name, subject, version: Some(version) });
        }
        let request = schema.request(references);
        if fresh.is_none() && latest.is_some() {
            let found = self.client.look_up(&schema.subject, &request, self.normalize, Deletion::Live).await;
            match found {
                Ok(Some(found)) => return Ok(Finding::Present { version: found.version, id: found.id }),
                Ok(None) => {}
                Err(error) if error.status() == Some(422) => {
                    let refusal = Refusal::because(error.to_string());
                    return Ok(Finding::Hopeless(Refusal { code: error.code(), ..refusal }));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Finding::Lacking { request: Box::new(request), fresh })
    }

    /// The latest version of a subject, asked for once.
    async fn latest(&self, subject: &str) -> Result<Option<SeenVersion>, Failure> {
        if let Some(seen) = self.seen.lock().await.subjects.get(subject) {
            return Ok(seen.clone());
        }
        let found = latest(self.client, subject).await?;
        self.seen.lock().await.subjects.insert(subject.to_owned(), found.clone());
        Ok(found)
    }
}

/// The latest version of a subject.
pub(super) async fn latest(client: &Client, subject: &str) -> Result<Option<SeenVersion>, Failure> {
    let found = client.latest(subject).await?;
    Ok(found.map(|found| SeenVersion { version: found.value.version, id: found.value.id, head: found.head }))
}

fn unknown(name: &str, subject: &str) -> String {
    format!(
        "it refers to {name}, which no file declares, and the registry has no subject {subject}; \
         say where it is in regis.yaml (subjects: … references: …)"
    )
}

/// Places of schemas that can be asked about at once, since what they refer to was asked about before.
fn waves(wanted: &[Wanted]) -> Vec<Vec<usize>> {
    let mut depths = vec![0; wanted.len()];
    let mut waves: Vec<Vec<usize>> = Vec::new();
    for (at, schema) in wanted.iter().enumerate() {
        let deeper = schema.references.iter().filter_map(|reference| match reference.aim {
            Aim::Wanted(target) => Some(depths[target] + 1),
            Aim::Registered { .. } => None,
        });
        depths[at] = deeper.max().unwrap_or(0);
        if waves.len() <= depths[at] {
            waves.resize(depths[at] + 1, Vec::new());
        }
        waves[depths[at]].push(at);
    }
    waves
}

/// What is set at places themselves; the empty one is the registry, whose settings are read as they apply.
pub(super) async fn settings<'p>(
    client: &Client,
    places: impl IntoIterator<Item = &'p str>,
    seen: &mut Seen,
) -> Result<(), Failure> {
    let read = each(places, client.parallel(), |place| async move {
        let named = (!place.is_empty()).then_some(place);
        let config = client.config(named, Lookup::Exact).await?;
        let mode = match client.mode(named, Lookup::Exact).await {
            Ok(mode) => Some(mode),
            // Not every registry has modes.
            Err(error) if error.is_unknown() => None,
            Err(error) => return Err(Failure::from(error)),
        };
        Ok((place, config, mode))
    })
    .await?;
    for (place, config, mode) in read {
        seen.config.insert(place.to_owned(), config);
        if let Some(mode) = mode {
            seen.mode.insert(place.to_owned(), mode);
        }
    }
    Ok(())
}
