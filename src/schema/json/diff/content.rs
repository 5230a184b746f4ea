//! Content models: what an object or an array allows besides what it declares, and how that changed.

use super::{Comparison, Finding, Pair, at, kinds::Change, within};
use crate::schema::{
    TooComplex,
    json::tree::{Kind, NodeId, Rest, Tree},
};

/// What a model says about a name or a position that it does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Anything may be there.
    Open,
    /// What this schema accepts may be there.
    Covered(NodeId),
    /// Nothing may be there.
    Closed,
}

/// The model of what follows the declared parts, before any pattern is looked at.
pub(super) fn content(tree: &Tree, rest: Rest, unevaluated: Option<NodeId>) -> Content {
    let lax = unevaluated.is_none_or(|node| tree.is_empty(node));
    match (rest, unevaluated) {
        (Rest::Allowed, _) if lax => Content::Open,
        (Rest::Schema(node), _) => Content::Covered(node),
        (_, Some(node)) if !lax && !is_false(tree, node) => Content::Covered(node),
        _ => Content::Closed,
    }
}

/// Whether a node accepts nothing by being `false`.
pub(super) fn is_false(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.node(node).kind, Kind::False)
}

/// The kinds of differences of a keyword about the rest.
pub(super) struct RestChanges {
    pub(super) added: &'static Change,
    pub(super) removed: &'static Change,
    pub(super) narrowed: &'static Change,
    pub(super) extended: &'static Change,
}

impl RestChanges {
    /// Compares `additionalProperties` or `additionalItems`.
    pub(super) fn additional(
        &self,
        comparison: &mut Comparison<'_>,
        pair: Pair,
        (original, update): (Rest, Rest),
        keyword: &'static str,
        found: &mut Vec<Finding>,
    ) -> Result<(), TooComplex> {
        let change = match (original, update) {
            (Rest::Forbidden, Rest::Forbidden) | (Rest::Allowed, Rest::Allowed) => return Ok(()),
            (Rest::Forbidden, _) => self.added,
            (_, Rest::Forbidden) => self.removed,
            (Rest::Allowed, Rest::Schema(_)) => self.narrowed,
            (Rest::Schema(_), Rest::Allowed) => self.extended,
            (Rest::Schema(original), Rest::Schema(update)) => {
                let findings = comparison.compare(pair.with(original, update))?;
                within(found, findings, || keyword);
                return Ok(());
            }
        };
        found.push(at(change, keyword));
        Ok(())
    }

    /// Compares `unevaluatedProperties` or `unevaluatedItems`.
    pub(super) fn unevaluated(
        &self,
        comparison: &mut Comparison<'_>,
        pair: Pair,
        (original, update): (Option<NodeId>, Option<NodeId>),
        keyword: &'static str,
        found: &mut Vec<Finding>,
    ) -> Result<(), TooComplex> {
        let [old_tree, new_tree] = comparison.sides(pair);
        let forbids = |tree, node| is_false(tree, node);
        let change = match (original, update) {
            (None, None) => return Ok(()),
            (None, Some(update)) if forbids(new_tree, update) => self.removed,
            (None, Some(_)) => self.narrowed,
            (Some(original), None) if forbids(old_tree, original) => self.added,
            (Some(_), None) => self.extended,
            (Some(original), Some(update)) => match (forbids(old_tree, original), forbids(new_tree, update)) {
                (true, false) => self.added,
                (false, true) => self.removed,
                _ => match (old_tree.is_empty(original), new_tree.is_empty(update)) {
                    (true, false) => self.narrowed,
                    (false, true) => self.extended,
                    _ => {
                        let findings = comparison.compare(pair.with(original, update))?;
                        within(found, findings, || keyword);
                        return Ok(());
                    }
                },
            },
        };
        found.push(at(change, keyword));
        Ok(())
    }
}
