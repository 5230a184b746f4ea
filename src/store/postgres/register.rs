//! Registrations of new content that wait together are written together, in one trip and with one flush.

use sqlx::AssertSqlSafe;

use super::{
    Limits,
    functions::REGISTER,
    seat::Seat,
    session::{Hold, keys},
};
use crate::{
    model::SchemaId,
    store::{Error, Registered, Registration, Target, schemas::Columns},
};

/// A registration with the id that it gets if its content is new; without one it is written only if it is not.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    pub(super) registration: Registration,
    pub(super) id: Option<SchemaId>,
}

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Told(Registered),
    /// An import has given the number to another content.
    IdTaken,
    /// Somebody else holds a lock.
    Busy,
    /// The content is new, and an id was not offered.
    NeedsId,
}

/// The arguments of the function: one array each.
#[derive(Debug, Default)]
struct Arrays {
    times: Vec<i64>,
    contexts: Vec<String>,
    subjects: Vec<String>,
    heads: Vec<i64>,
    settings: Vec<String>,
    versions: Vec<i32>,
    ids: Vec<Option<i32>>,
    guids: Vec<String>,
    kinds: Vec<String>,
    texts: Vec<String>,
    refs: Vec<String>,
    metadata: Vec<Option<String>>,
    rule_sets: Vec<Option<String>>,
    only_live: Vec<bool>,
    lock_ends: Vec<i32>,
    lock_keys: Vec<i64>,
    lock_shared: Vec<bool>,
    target_ends: Vec<i32>,
    target_contexts: Vec<String>,
    target_subjects: Vec<String>,
    target_versions: Vec<i32>,
    target_contents: Vec<String>,
}

impl Arrays {
    fn add(&mut self, Numbered { registration, id }: &Numbered) -> Result<(), Error> {
        let end = |length: usize| i32::try_from(length).map_err(|_long| Error::Failed("too many registrations".into()));
        let Registration { subject, definition, .. } = registration;
        let Columns { references, metadata, rule_set } = Columns::of(definition)?;
        self.times.push(registration.ts);
        self.contexts.push(subject.context.stored_name().into_owned());
        self.subjects.push(subject.stored_name().into_owned());
        self.heads.push(registration.head);
        self.settings.push(registration.settings_text.clone());
        self.versions.push(registration.version.0);
        self.ids.push(id.map(|id| id.0));
        self.guids.push(registration.guid.to_string());
        self.kinds.push(definition.kind.to_string());
        self.texts.push(definition.text.clone());
        self.refs.push(references);
        self.metadata.push(metadata);
        self.rule_sets.push(rule_set);
        self.only_live.push(registration.only_live_targets);
        for (key, hold) in keys(&registration.locks) {
            self.lock_keys.push(key);
            self.lock_shared.push(hold == Hold::Shared);
        }
        self.lock_ends.push(end(self.lock_keys.len())?);
        for Target { subject, version } in &registration.targets {
            self.target_contexts.push(subject.context.stored_name().into_owned());
            self.target_subjects.push(subject.stored_name().into_owned());
            self.target_versions.push(version.version.0);
            self.target_contents.push(version.content());
        }
        self.target_ends.push(end(self.target_versions.len())?);
        Ok(())
    }
}

/// Writes several registrations; each is told what became of it.
pub(super) async fn write(seat: &mut Seat, limits: Limits, all: Vec<Numbered>) -> Result<Vec<Outcome>, Error> {
    let mut arrays = Arrays::default();
    for one in &all {
        arrays.add(one)?;
    }
    let told: Result<Vec<(i32, Option<i32>)>, Error> = seat
        .run(limits.write, |conn| {
            let statement = sqlx::query_as(AssertSqlSafe(REGISTER.query.as_str()))
                .bind(arrays.times)
                .bind(arrays.contexts)
                .bind(arrays.subjects)
                .bind(arrays.heads)
                .bind(arrays.settings)
                .bind(arrays.versions)
                .bind(arrays.ids)
                .bind(arrays.guids)
                .bind(arrays.kinds)
                .bind(arrays.texts)
                .bind(arrays.refs)
                .bind(arrays.metadata)
                .bind(arrays.rule_sets)
                .bind(arrays.only_live)
                .bind(arrays.lock_ends)
                .bind(arrays.lock_keys)
                .bind(arrays.lock_shared)
                .bind(arrays.target_ends)
                .bind(arrays.target_contexts)
                .bind(arrays.target_subjects)
                .bind(arrays.target_versions)
                .bind(arrays.target_contents);
            Box::pin(statement.fetch_all(conn))
        })
        .await;
    told.map_err(Error::of_commit)?.into_iter().map(outcome).collect()
}

fn outcome((code, number): (i32, Option<i32>)) -> Result<Outcome, Error> {
    match (code, number) {
        (0, Some(id)) => Ok(Outcome::Told(Registered::As(SchemaId(id)))),
        (1, _) => Ok(Outcome::Told(Registered::Moved)),
        (2, _) => Ok(Outcome::Told(Registered::Apart)),
        (3, _) => Ok(Outcome::IdTaken),
        (4, _) => Ok(Outcome::NeedsId),
        (5, _) => Ok(Outcome::Busy),
        _ => Err(Error::Failed(format!("an outcome that nobody knows: {code}").into())),
    }
}
