//! Compares two trees: which differences there are between what the old one allows and what the new one does.

mod array;
mod causes;
mod combined;
mod content;
mod findings;
mod kinds;
mod matching;
mod object;
mod pair;
mod scalar;

use std::borrow::Cow;

pub(super) use self::causes::causes;
use self::{
    findings::{Finding, FindingsId, Ledger},
    kinds::Change,
    pair::{Pair, PairMap},
};
use super::tree::{Criterion, Kind, Node, NodeId, Tree};
use crate::schema::{Difference, Direction, Policy, TooComplex};

/// Most comparisons of pairs and their parts; what takes more is refused.
const MAX_STEPS: usize = 20_000_000;

/// Deepest nesting of pairs.
const MAX_DEPTH: usize = 20_000;

/// Most repetitions of a comparison whose assumptions turn out wrong.
const MAX_ROUNDS: usize = 100;

/// All differences from `original` to `update` in the order of the reference.
pub(super) fn compare(
    original: &Tree,
    update: &Tree,
    direction: Direction,
    policy: Policy,
) -> Result<Vec<Difference>, TooComplex> {
    let mut comparison = Comparison::new([original, update], policy);
    let pair = Pair::of_roots(original, update);
    let findings = comparison.settle(pair)?;
    comparison.ledger.list(findings, direction)
}

/// What is known about a pair in this round.
#[derive(Debug, Clone, Copy)]
enum Knowledge {
    /// It is being compared; with what an earlier round found if that made it incompatible.
    InProgress(Option<FindingsId>),
    /// It has been compared, and whether that found it incompatible.
    Found(FindingsId, bool),
}

/// The state of comparing two trees.
struct Comparison<'t> {
    trees: [&'t Tree; 2],
    ledger: Ledger,
    known: PairMap<Knowledge>,
    /// Pairs that an earlier round found incompatible.
    facts: PairMap<FindingsId>,
    steps: usize,
    depth: usize,
    /// Whether a pair in progress was taken for compatible in this round.
    trusting: bool,
}

impl<'t> Comparison<'t> {
    fn new(trees: [&'t Tree; 2], policy: Policy) -> Self {
        Self {
            trees,
            ledger: Ledger::new(policy),
            known: PairMap::default(),
            facts: PairMap::default(),
            steps: 0,
            depth: 0,
            trusting: false,
        }
    }

    /// Compares a pair until no assumption is refuted any more.
    ///
    /// A pair that is met inside of itself counts as compatible at first. If that was assumed anywhere, everything is
    /// compared again with the pairs that were found incompatible as facts, until they stay the same.
    fn settle(&mut self, pair: Pair) -> Result<FindingsId, TooComplex> {
        for _ in 0..MAX_ROUNDS {
            self.known.clear();
            self.trusting = false;
            let findings = self.compare(pair)?;
            if !self.trusting {
                return Ok(findings);
            }
            let mut refuted = PairMap::default();
            for (pair, knowledge) in &self.known {
                if let Knowledge::Found(findings, true) = knowledge {
                    refuted.insert(*pair, *findings);
                }
            }
            let settled = refuted.len() == self.facts.len() && refuted.keys().all(|pair| self.facts.contains_key(pair));
            if settled {
                return Ok(findings);
            }
            self.facts = refuted;
        }
        Err(TooComplex(format!("recursive types are not settled after {MAX_ROUNDS} rounds")))
    }

    /// Compares a pair of nodes, or remembers what was found before.
    fn compare(&mut self, pair: Pair) -> Result<FindingsId, TooComplex> {
        self.step(1)?;
        let pair = pair.followed(self.sides(pair));
        if !self.is_flat(pair) {
            return Ok(self.compare_deep(pair)?.0);
        }
        let mut found = Vec::new();
        self.flat(pair, &mut found)?;
        Ok(self.ledger.add(found, pair))
    }

    /// Whether a pair of nodes is compatible.
    fn is_compatible(&mut self, pair: Pair) -> Result<bool, TooComplex> {
        self.is_compatible_followed(pair.followed(self.sides(pair)))
    }

    /// Whether a pair of nodes is compatible, neither of them a reference that is still to be followed.
    fn is_compatible_followed(&mut self, pair: Pair) -> Result<bool, TooComplex> {
        self.step(1)?;
        if !self.is_flat(pair) {
            return Ok(!self.compare_deep(pair)?.1);
        }
        let mut found = Vec::new();
        self.flat(pair, &mut found)?;
        Ok(!self.ledger.any_breaks(&found))
    }

    /// The findings of a pair, and whether they break.
    fn compare_deep(&mut self, pair: Pair) -> Result<(FindingsId, bool), TooComplex> {
        let key = pair.key();
        match self.known.get(&key) {
            Some(Knowledge::Found(findings, breaks)) => return Ok((*findings, *breaks)),
            Some(Knowledge::InProgress(Some(findings))) => return Ok((*findings, true)),
            Some(Knowledge::InProgress(None)) => {
                self.trusting = true;
                return Ok((FindingsId::NONE, false));
            }
            None => {}
        }
        if self.depth >= MAX_DEPTH {
            return Err(TooComplex(format!("their types are nested deeper than {MAX_DEPTH} levels")));
        }
        self.known.insert(key, Knowledge::InProgress(self.facts.get(&key).copied()));
        self.depth += 1;
        let mut found = Vec::new();
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.deep(pair, &mut found))?;
        self.depth -= 1;
        let findings = self.ledger.add(found, pair);
        let breaks = self.ledger.breaks(findings);
        self.known.insert(key, Knowledge::Found(findings, breaks));
        Ok((findings, breaks))
    }

    /// Whether comparing the nodes never leads to other nodes, so that it need not be remembered.
    fn is_flat(&self, pair: Pair) -> bool {
        let (original, update) = self.pair(pair);
        match (&original.kind, &update.kind) {
            (Kind::Combined(..), _) | (_, Kind::Combined(..)) => false,
            (original, update) if !alike(original, update) => true,
            (Kind::Not(_) | Kind::Object(_) | Kind::Array(_), _) => false,
            _ => true,
        }
    }

    /// Compares two nodes without looking at any other.
    fn flat(&mut self, pair: Pair, found: &mut Vec<Finding>) -> Result<(), TooComplex> {
        let (original, update) = self.pair(pair);
        if !alike(&original.kind, &update.kind) {
            unlike(original, update, found);
            return Ok(());
        }
        notes(original, update, found);
        match (&original.kind, &update.kind) {
            (Kind::String(original), Kind::String(update)) => scalar::strings(original, update, found),
            (Kind::Number(original), Kind::Number(update)) => scalar::numbers(original, update, found),
            (Kind::Enum(original), Kind::Enum(update)) => {
                self.step(original.len() + update.len())?;
                scalar::enums(original, update, found);
            }
            (Kind::Const(original), Kind::Const(update)) => scalar::consts(original, update, found),
            _ => {}
        }
        Ok(())
    }

    /// Compares two nodes that have others below them.
    fn deep(&mut self, pair: Pair, found: &mut Vec<Finding>) -> Result<(), TooComplex> {
        let (original, update) = self.pair(pair);
        if self.through_branches(pair, found)? {
            return Ok(());
        }
        if !alike(&original.kind, &update.kind) {
            unlike(original, update, found);
            return Ok(());
        }
        notes(original, update, found);
        match (&original.kind, &update.kind) {
            (Kind::Not(original), Kind::Not(update)) => {
                let reversed = self.is_compatible(pair.swapped(*update, *original))?;
                found.push(at(if reversed { &kinds::NOT_TYPE_NARROWED } else { &kinds::NOT_TYPE_EXTENDED }, "not"));
                Ok(())
            }
            (Kind::Combined(original, branches), Kind::Combined(update, new_branches)) => {
                combined::compare(self, pair, (*original, branches), (*update, new_branches), found)
            }
            (Kind::Object(original), Kind::Object(update)) => object::compare(self, pair, original, update, found),
            (Kind::Array(original), Kind::Array(update)) => array::compare(self, pair, original, update, found),
            _ => Ok(()),
        }
    }

    /// Compares a combined node with one that is not; whether that decided the matter.
    fn through_branches(&mut self, pair: Pair, found: &mut Vec<Finding>) -> Result<bool, TooComplex> {
        let (original, update) = self.pair(pair);
        let (branches, several, change) = match (&original.kind, &update.kind) {
            (Kind::Combined(..), Kind::Combined(..)) => return Ok(false),
            (_, Kind::Combined(criterion, branches)) => {
                (branches, *criterion != Criterion::All, &kinds::SUM_TYPE_EXTENDED)
            }
            (Kind::Combined(criterion, branches), _) => {
                (branches, *criterion == Criterion::All, &kinds::PRODUCT_TYPE_NARROWED)
            }
            _ => return Ok(false),
        };
        if branches.len() > 1 && !several {
            return Ok(false);
        }
        for branch in branches {
            let pair = match original.kind {
                Kind::Combined(..) => pair.with(*branch, pair.update),
                _ => pair.with(pair.original, *branch),
            };
            if self.is_compatible(pair)? {
                let findings = self.compare(pair)?;
                within(found, findings, || "");
                if branches.len() > 1 {
                    found.push(here(change));
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Compares two nodes that may be absent, below the place of `pair`.
    fn optional(
        &mut self,
        pair: Pair,
        (original, update): (Option<NodeId>, Option<NodeId>),
        step: &'static str,
        found: &mut Vec<Finding>,
    ) -> Result<(), TooComplex> {
        match (original, update) {
            (None, None) => {}
            (None, Some(_)) => found.push(at(&kinds::SCHEMA_ADDED, step)),
            (Some(_), None) => found.push(at(&kinds::SCHEMA_REMOVED, step)),
            (Some(original), Some(update)) => {
                let findings = self.compare(pair.with(original, update))?;
                within(found, findings, || step);
            }
        }
        Ok(())
    }

    fn sides(&self, pair: Pair) -> [&'t Tree; 2] {
        pair.trees(self.trees)
    }

    fn pair(&self, pair: Pair) -> (&'t Node, &'t Node) {
        let [original, update] = self.sides(pair);
        (original.node(pair.original), update.node(pair.update))
    }

    /// Takes `count` steps of the budget.
    fn step(&mut self, count: usize) -> Result<(), TooComplex> {
        self.steps = self.steps.saturating_add(count);
        if self.steps > MAX_STEPS {
            return Err(TooComplex(format!("comparing them takes more than {MAX_STEPS} steps")));
        }
        Ok(())
    }

    /// Fails at once if `count` steps are more than what is left.
    fn expect_steps(&mut self, count: usize) -> Result<(), TooComplex> {
        if count > MAX_STEPS - self.steps { self.step(count) } else { Ok(()) }
    }
}

/// Whether two nodes are of one kind.
fn alike(original: &Kind, update: &Kind) -> bool {
    std::mem::discriminant(original) == std::mem::discriminant(update)
}

/// Nodes of different kinds are compatible only if nothing was allowed before or everything is now.
fn unlike(original: &Node, update: &Node, found: &mut Vec<Finding>) {
    let accepted = matches!(original.kind, Kind::False) || matches!(update.kind, Kind::Empty | Kind::True);
    let bytes = original.notes.connect_bytes && update.notes.connect_bytes;
    if !accepted && !bytes {
        found.push(here(&kinds::TYPE_CHANGED));
    }
}

/// What decorates the nodes: never breaking.
fn notes(original: &Node, update: &Node, found: &mut Vec<Finding>) {
    let (original, update) = (&original.notes, &update.notes);
    let pairs = [
        (&original.id, &update.id, &kinds::ID_CHANGED),
        (&original.title, &update.title, &kinds::TITLE_CHANGED),
        (&original.description, &update.description, &kinds::DESCRIPTION_CHANGED),
        (&original.default, &update.default, &kinds::DEFAULT_CHANGED),
    ];
    found.extend(
        pairs.into_iter().filter(|(original, update, _)| original != update).map(|(_, _, change)| here(change)),
    );
}

/// A difference at the pair's own place.
fn here(change: &'static Change) -> Finding {
    Finding::Here(change, Cow::Borrowed(""))
}

/// A difference below the pair's place.
fn at(change: &'static Change, step: impl Into<Cow<'static, str>>) -> Finding {
    Finding::Here(change, step.into())
}

/// Adds the findings of another pair, if there are any.
fn within<S: Into<Cow<'static, str>>>(found: &mut Vec<Finding>, findings: FindingsId, step: impl FnOnce() -> S) {
    if findings != FindingsId::NONE {
        found.push(Finding::Within(step().into(), findings));
    }
}

/// The kinds of differences of a keyword that sets a bound.
struct Bound {
    added: &'static Change,
    removed: &'static Change,
    increased: &'static Change,
    decreased: &'static Change,
}

impl Bound {
    /// Compares a bound.
    fn compare<T: PartialOrd>(
        &self,
        keyword: &'static str,
        original: Option<T>,
        update: Option<T>,
        found: &mut Vec<Finding>,
    ) {
        let change = match (original, update) {
            (None, Some(_)) => self.added,
            (Some(_), None) => self.removed,
            (Some(original), Some(update)) if original < update => self.increased,
            (Some(original), Some(update)) if original > update => self.decreased,
            _ => return,
        };
        found.push(at(change, keyword));
    }
}
