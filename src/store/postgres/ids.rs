//! Takes ids from the counter of a context without making registrations wait for each other.
//!
//! A counter that is locked until a registration commits lets one registration of a context through per flush. So ids
//! are taken before, by a transaction of their own: for all that wait at that moment at once, and without waiting for
//! the disk. That is safe: the log is written in order, so whatever makes a use of the id durable makes its being taken
//! durable before. An id that was taken and not used is kept for the next one who needs one; a crash loses it, and
//! leaves a gap.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use super::{Limits, Way, seat::Seat};
use crate::{
    model::{Context, SchemaId},
    store::{Error, lane::Lane},
};

/// Two, so that one travels while the other one gathers.
const CARRIERS: u32 = 2;

/// The ids of all contexts; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    lane: Lane<Context, Option<SchemaId>>,
    unused: Arc<Mutex<HashMap<Context, BTreeSet<i32>>>>,
}

impl Ids {
    /// `way` must be one that is never held while an id is waited for.
    pub(super) fn new(way: &Way, limits: Limits) -> Self {
        let lane =
            Lane::start(CARRIERS, Seat::factory(way), move |seat, contexts| Box::pin(take(seat, limits, contexts)));
        Self { lane, unused: Arc::default() }
    }

    /// An id that nobody has; none if the last one that 32 bits can hold is reached.
    pub(super) async fn take(&self, context: &Context) -> Result<Option<SchemaId>, Error> {
        let unused = self.unused().get_mut(context).and_then(BTreeSet::pop_first);
        match unused {
            Some(id) => Ok(Some(SchemaId(id))),
            None => self.lane.ask(context.clone()).await,
        }
    }

    /// Takes an id back that is known not to be used.
    pub(super) fn give_back(&self, context: &Context, id: SchemaId) {
        self.unused().entry(context.clone()).or_default().insert(id.0);
    }

    fn unused(&self) -> std::sync::MutexGuard<'_, HashMap<Context, BTreeSet<i32>>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one id for each of `contexts`, which may name one context several times.
async fn take(seat: &mut Seat, limits: Limits, contexts: Vec<Context>) -> Result<Vec<Option<SchemaId>>, Error> {
    // In one order, so that two servers do not wait for each other's counters.
    let mut counts: BTreeMap<String, i32> = BTreeMap::new();
    for context in &contexts {
        *counts.entry(context.stored_name().into_owned()).or_default() += 1;
    }
    let mut taken: HashMap<String, VecDeque<i32>> = HashMap::new();
    for (name, next, count) in advance(seat, limits, counts.clone()).await? {
        taken.insert(name, (next - count..next).collect());
    }
    // Near the last number a run may be longer than what is left.
    for (name, count) in counts {
        if count > 1 && !taken.contains_key(&name) {
            for _ in 0..count {
                let one = advance(seat, limits, BTreeMap::from([(name.clone(), 1)])).await?;
                taken.entry(name.clone()).or_default().extend(one.into_iter().map(|(_, next, _)| next - 1));
            }
        }
    }
    let mut next = |context: &Context| taken.get_mut(context.stored_name().as_ref())?.pop_front().map(SchemaId);
    Ok(contexts.iter().map(&mut next).collect())
}

/// Moves the counters and answers each with the next number and how far it was moved.
async fn advance(
    seat: &mut Seat,
    limits: Limits,
    counts: BTreeMap<String, i32>,
) -> Result<Vec<(String, i32, i32)>, Error> {
    let (names, counts): (Vec<String>, Vec<i32>) = counts.into_iter().unzip();
    seat.run(limits.wait, |conn| {
        let statement = sqlx::query_as(
            "INSERT INTO contexts AS counter (name, next_id, known)
             SELECT wanted.name, 1 + wanted.count, FALSE
             FROM (SELECT set_config('synchronous_commit', 'off', TRUE) AS flush) AS unhurried,
                  unnest($1::text[], $2::integer[]) AS wanted (name, count)
             WHERE unhurried.flush = 'off'
             ON CONFLICT (name) DO UPDATE SET next_id = counter.next_id + excluded.next_id - 1
             WHERE counter.next_id <= 2147483648 - excluded.next_id
             RETURNING counter.name, counter.next_id,
                 (SELECT count FROM unnest($1::text[], $2::integer[]) AS wanted (name, count) WHERE wanted.name = counter.name)",
        )
        .bind(names)
        .bind(counts);
        Box::pin(statement.fetch_all(conn))
    })
    .await
}
