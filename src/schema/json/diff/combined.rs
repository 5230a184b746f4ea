//! Compares `allOf`, `anyOf` and `oneOf` with each other.

use std::collections::HashSet;

use super::{Comparison, Finding, Pair, here, kinds, matching::Edges, within};
use crate::schema::{
    TooComplex,
    json::tree::{Criterion, NodeId, Tree},
};

/// Compares two combined nodes: their criteria, how many branches they have, and whether the branches can be paired.
pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    (criterion, branches): (Criterion, &[NodeId]),
    (new_criterion, new_branches): (Criterion, &[NodeId]),
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    if criterion != new_criterion {
        let extended = match (branches.len(), new_branches.len()) {
            _ if new_criterion == Criterion::Any => true,
            (1, 1) => true,
            (1, _) => new_criterion == Criterion::One,
            (_, 1) => criterion == Criterion::All,
            _ => false,
        };
        if !extended {
            found.push(here(&kinds::COMBINED_TYPE_CHANGED));
            return Ok(());
        }
        found.push(here(&kinds::COMBINED_TYPE_EXTENDED));
    }
    let [original, update] = comparison.sides(pair);
    let branches = distinct(original, branches);
    let new_branches = distinct(update, new_branches);
    if branches.len() < new_branches.len() {
        let product = new_criterion == Criterion::All;
        found.push(here(if product { &kinds::PRODUCT_TYPE_EXTENDED } else { &kinds::SUM_TYPE_EXTENDED }));
    } else if branches.len() > new_branches.len() {
        let product = criterion == Criterion::All;
        found.push(here(if product { &kinds::PRODUCT_TYPE_NARROWED } else { &kinds::SUM_TYPE_NARROWED }));
    }
    pair_up(comparison, pair, criterion, &branches, &new_branches, found)
}

/// Pairs as many branches as possible that are compatible.
fn pair_up(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    criterion: Criterion,
    branches: &[NodeId],
    new_branches: &[NodeId],
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    // Before the graph takes memory.
    comparison.expect_steps(branches.len().saturating_mul(new_branches.len()))?;
    let mut edges = Edges::new(branches.len(), new_branches.len());
    let [original, update] = comparison.sides(pair);
    let new_targets: Vec<_> = new_branches.iter().map(|branch| pair.update_in(update, *branch)).collect();
    for (left, &branch) in branches.iter().enumerate() {
        let target = pair.original_in(original, branch);
        for (right, &new_target) in new_targets.iter().enumerate() {
            if comparison.is_compatible_followed(pair.between(target, new_target))? {
                edges.add(left, right);
            }
        }
    }
    let mut paired = 0;
    for (left, right) in edges.matching().into_iter().enumerate() {
        let Some(right) = right else { continue };
        paired += 1;
        let findings = comparison.compare(pair.with(branches[left], new_branches[right]))?;
        within(found, findings, || format!("{}/{left}", criterion.keyword()));
    }
    if paired < branches.len().min(new_branches.len()) {
        found.push(here(&kinds::COMBINED_TYPE_SUBSCHEMAS_CHANGED));
    }
    Ok(())
}

/// The branches without those that are rendered like an earlier one.
fn distinct(tree: &Tree, branches: &[NodeId]) -> Vec<NodeId> {
    let mut seen = HashSet::new();
    branches.iter().copied().filter(|branch| seen.insert(tree.shapes[branch.0 as usize])).collect()
}
