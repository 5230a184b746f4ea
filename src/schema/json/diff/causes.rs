//! Why branches of combined schemas do not fit: what differs between those that are certainly meant for each other.

use super::{Comparison, Pair, alike, matching::Edges};
use crate::schema::{
    Difference, Direction, Policy, TooComplex,
    json::tree::{Kind, NodeId, Tree},
};

/// One side of a combination: its branches, with the keyword before them if they are those of one.
struct Side<'t> {
    tree: &'t Tree,
    branches: Vec<NodeId>,
    keyword: Option<&'static str>,
}

/// The breaking differences between the branches of two nodes that found no partner, below the path of the nodes.
pub(in crate::schema::json) fn causes(
    [original, update]: [&Tree; 2],
    [left, right]: [NodeId; 2],
    path: &str,
    (direction, policy): (Direction, Policy),
) -> Result<Vec<Difference>, TooComplex> {
    let sides = [Side::of(original, left), Side::of(update, right)];
    if sides.iter().all(|side| side.keyword.is_none()) {
        return Ok(Vec::new());
    }
    let mut comparison = Comparison::new([original, update], policy);
    let pair = Pair::of_roots(original, update);
    let mut found = Vec::new();
    for (left, right) in partners(&mut comparison, pair, &sides)? {
        let findings = comparison.compare(pair.with(sides[0].branches[left], sides[1].branches[right]))?;
        // The reference names the branches of the original; where it has none, those of the update.
        let named = sides.iter().zip([left, right]).find_map(|(side, at)| Some((side.keyword?, at)));
        let path = named.map_or(path.to_owned(), |(keyword, at)| {
            let separator = if path.ends_with('/') { "" } else { "/" };
            format!("{path}{separator}{keyword}/{at}")
        });
        let listed = comparison.ledger.list_below(findings, direction, path)?;
        found.extend(listed.into_iter().filter(|difference| difference.breaks));
    }
    Ok(found)
}

impl<'t> Side<'t> {
    fn of(tree: &'t Tree, node: NodeId) -> Self {
        match &tree.node(node).kind {
            Kind::Combined(criterion, branches) => {
                Self { tree, branches: branches.clone(), keyword: Some(criterion.keyword()) }
            }
            _ => Self { tree, branches: vec![node], keyword: None },
        }
    }

    fn kind(&self, at: usize) -> &'t Kind {
        let node = self.branches[at];
        let node = self.tree.target(node).map_or(node, |target| target.node);
        &self.tree.node(node).kind
    }
}

/// The pairs of branches without a partner of which each is the other's only counterpart.
fn partners(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    [left, right]: &[Side<'_>; 2],
) -> Result<Vec<(usize, usize)>, TooComplex> {
    comparison.expect_steps(left.branches.len().saturating_mul(right.branches.len()))?;
    let mut edges = Edges::new(left.branches.len(), right.branches.len());
    for (at, one) in left.branches.iter().enumerate() {
        for (other_at, other) in right.branches.iter().enumerate() {
            if comparison.is_compatible(pair.with(*one, *other))? {
                edges.add(at, other_at);
            }
        }
    }
    let matching = edges.matching();
    let free_left: Vec<usize> = (0..matching.len()).filter(|at| matching[*at].is_none()).collect();
    let free_right: Vec<usize> = (0..right.branches.len()).filter(|at| !matching.contains(&Some(*at))).collect();
    if let ([one], [other]) = (free_left.as_slice(), free_right.as_slice()) {
        return Ok(vec![(*one, *other)]);
    }
    let fits = |one: usize, other: usize| alike(left.kind(one), right.kind(other));
    let mut found = Vec::new();
    for &one in &free_left {
        let mut others = free_right.iter().filter(|other| fits(one, **other));
        let (Some(&other), None) = (others.next(), others.next()) else { continue };
        if free_left.iter().filter(|one| fits(**one, other)).count() == 1 {
            found.push((one, other));
        }
    }
    Ok(found)
}
