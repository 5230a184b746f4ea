//! The search for an order of what happened at once (Wing and Gong, with Lowe's just-in-time linearization).
//!
//! A history is linearizable if its operations can be put in one order that a sequential registry could have answered
//! and that never turns round two operations of which one ended before the other began. The search walks along the
//! history with a configuration: a state, and which of the operations under way have taken effect. Where an end demands
//! a choice it tries one and comes back for the others if need be; where it has been before it does not go again. An
//! operation is put into the order no earlier than an end demands it, with one exception: one that can change nothing
//! in any state is taken as soon as it fits, since waiting could not open a way that taking it closes.

use std::{
    collections::{BTreeSet, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

/// What a sequential object answers, given what it has been through.
pub trait Model: Clone + Eq + Hash {
    /// One operation with the answer that a client saw, or with the knowledge that it saw none.
    type Operation;

    /// Carries the operation out, if its answer is one that can be given here.
    fn step(&self, operation: &Self::Operation) -> Option<Self>;

    /// Whether an operation, having been answered as it was, changes nothing in any state in which the answer fits.
    fn is_mere_question(operation: &Self::Operation) -> bool;
}

/// An operation and the time that it took, in ticks of one clock.
#[derive(Debug, Clone)]
pub struct Event<O> {
    /// When its client began.
    pub began: u64,
    /// When its client was answered; none if it never was: then it may take effect at any later time, or never.
    pub ended: Option<u64>,
    /// What was done and answered.
    pub operation: O,
}

/// What the search found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict<M> {
    /// An order exists.
    Linearizable,
    /// No order exists: one operation's answer fits into none.
    Violation {
        /// The place of that operation in the history.
        operation: usize,
        /// The places of all that were under way when it ended.
        under_way: Vec<usize>,
        /// States in which it was still missing.
        states: Vec<M>,
    },
    /// More configurations than allowed; nothing is known.
    Undecided,
}

/// Configurations above which the search gives up.
const CONFIGURATIONS: usize = 10_000_000;

/// States that a violation shows at most.
const STATES_SHOWN: usize = 3;

/// A way in which things may stand: the state, and which operations under way have taken effect.
#[derive(Clone, Hash)]
struct Configuration<M> {
    state: M,
    taken: BTreeSet<usize>,
}

impl<M: Model> Configuration<M> {
    /// Takes every mere question among `operations` that fits.
    fn settled(mut self, history: &[Event<M::Operation>], operations: &[usize]) -> Self {
        for at in operations {
            let operation = &history[*at].operation;
            if M::is_mere_question(operation)
                && !self.taken.contains(at)
                && self.state.step(operation).as_ref() == Some(&self.state)
            {
                self.taken.insert(*at);
            }
        }
        self
    }

    /// Takes one operation more, if its answer fits.
    fn followed_by(&self, at: usize, history: &[Event<M::Operation>], under_way: &[usize]) -> Option<Self> {
        let state = self.state.step(&history[at].operation)?;
        let mut taken = self.taken.clone();
        taken.insert(at);
        Some(Self { state, taken }.settled(history, under_way))
    }

    /// Stands for the configuration at a moment: with 128 bits two different ones are never taken for one.
    fn digest(&self, moment: usize) -> (u64, u64) {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, moment, self).hash(&mut hasher);
            hasher.finish()
        };
        (half(0), half(1))
    }
}

/// The begin or the end of an operation.
struct Moment {
    operation: usize,
    begins: bool,
    /// What has begun and not ended, the operation itself included.
    under_way: Vec<usize>,
}

/// Begins and ends in the order of time. Of equal times the begin comes first: what touches is taken for concurrent.
fn moments<O>(history: &[Event<O>]) -> Vec<Moment> {
    let mut times: Vec<(u64, bool, usize)> = Vec::new();
    for (at, event) in history.iter().enumerate() {
        times.push((event.began, true, at));
        times.extend(event.ended.map(|ended| (ended, false, at)));
    }
    times.sort_unstable_by_key(|(time, begins, at)| (*time, !begins, *at));
    let mut under_way = Vec::new();
    let mut moments = Vec::new();
    for (_, begins, operation) in times {
        if begins {
            under_way.push(operation);
        }
        moments.push(Moment { operation, begins, under_way: under_way.clone() });
        if !begins {
            under_way.retain(|at| *at != operation);
        }
    }
    moments
}

/// Looks for an order in which `start` could have answered the history.
pub fn linearize<M: Model>(start: M, history: &[Event<M::Operation>]) -> Verdict<M> {
    let moments = moments(history);
    let mut open = vec![(0, Configuration { state: start, taken: BTreeSet::new() })];
    let mut seen = HashSet::new();
    let (mut farthest, mut states) = (0, Vec::new());
    while let Some((mut at, mut one)) = open.pop() {
        while let Some(moment) = moments.get(at).filter(|moment| moment.begins || one.taken.contains(&moment.operation))
        {
            if moment.begins {
                one = one.settled(history, &[moment.operation]);
            } else {
                one.taken.remove(&moment.operation);
            }
            at += 1;
        }
        let Some(Moment { operation, under_way, .. }) = moments.get(at) else { return Verdict::Linearizable };
        if !seen.insert(one.digest(at)) {
            continue;
        }
        if seen.len() > CONFIGURATIONS {
            return Verdict::Undecided;
        }
        if at > farthest {
            (farthest, states) = (at, Vec::new());
        }
        if at == farthest && states.len() < STATES_SHOWN {
            states.push(one.state.clone());
        }
        // The one whose end it is comes last here, and so is tried first.
        let others = under_way.iter().filter(|other| *other != operation);
        for next in others.chain([operation]).filter(|next| !one.taken.contains(next)) {
            open.extend(one.followed_by(*next, history, under_way).map(|next| (at, next)));
        }
    }
    let Moment { operation, under_way, .. } = &moments[farthest];
    Verdict::Violation { operation: *operation, under_way: under_way.clone(), states }
}
