//! Compares arrays.

use super::{
    Bound, Comparison, Finding, Pair, at,
    content::{Content, RestChanges, content, is_false},
    kinds, within,
};
use crate::schema::{
    TooComplex,
    json::tree::{ArrayRules, NodeId},
};

/// Compares the keywords of arrays.
pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    original: &ArrayRules,
    update: &ArrayRules,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    comparison.optional(pair, (original.items, update.items), "items", found)?;
    for index in 0..original.tuple.len().max(update.tuple.len()) {
        let step = format!("items/{index}");
        match (original.tuple.get(index), update.tuple.get(index)) {
            (Some(&item), Some(&new_item)) => {
                let findings = comparison.compare(pair.with(item, new_item))?;
                within(found, findings, || step);
            }
            (Some(&item), None) => removed(comparison, pair, (item, update), step, found)?,
            (None, Some(&item)) => added(comparison, pair, (original, item), step, found)?,
            (None, None) => {}
        }
    }
    let additional = RestChanges {
        added: &kinds::ADDITIONAL_ITEMS_ADDED,
        removed: &kinds::ADDITIONAL_ITEMS_REMOVED,
        narrowed: &kinds::ADDITIONAL_ITEMS_NARROWED,
        extended: &kinds::ADDITIONAL_ITEMS_EXTENDED,
    };
    additional.additional(comparison, pair, (original.additional, update.additional), "additionalItems", found)?;
    let unevaluated = RestChanges {
        added: &kinds::UNEVALUATED_ITEMS_ADDED,
        removed: &kinds::UNEVALUATED_ITEMS_REMOVED,
        narrowed: &kinds::UNEVALUATED_ITEMS_NARROWED,
        extended: &kinds::UNEVALUATED_ITEMS_EXTENDED,
    };
    unevaluated.unevaluated(comparison, pair, (original.unevaluated, update.unevaluated), "unevaluatedItems", found)?;
    counts(original, update, found);
    Ok(())
}

/// A position that only the original declares, judged by the update's model.
fn removed(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    (item, update): (NodeId, &ArrayRules),
    step: String,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    let [original_tree, update_tree] = comparison.sides(pair);
    let change = match content(update_tree, update.additional, update.unevaluated) {
        Content::Open => &kinds::ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL,
        Content::Covered(cover) => {
            let findings = comparison.compare(pair.with(item, cover))?;
            within(found, findings, || step.clone());
            if comparison.ledger.breaks(findings) {
                &kinds::ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            } else {
                &kinds::ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            }
        }
        Content::Closed if is_false(original_tree, item) => &kinds::ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL,
        Content::Closed => &kinds::ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL,
    };
    found.push(at(change, step));
    Ok(())
}

/// A position that only the update declares, judged by the original's model.
fn added(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    (original, item): (&ArrayRules, NodeId),
    step: String,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    let [original_tree, update_tree] = comparison.sides(pair);
    let change = match content(original_tree, original.additional, original.unevaluated) {
        Content::Open if update_tree.is_empty(item) => &kinds::ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL,
        Content::Open => &kinds::ITEM_ADDED_TO_OPEN_CONTENT_MODEL,
        Content::Covered(cover) => {
            let findings = comparison.compare(pair.with(cover, item))?;
            within(found, findings, || step.clone());
            if comparison.ledger.breaks(findings) {
                &kinds::ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            } else {
                &kinds::ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            }
        }
        Content::Closed => &kinds::ITEM_ADDED_TO_CLOSED_CONTENT_MODEL,
    };
    found.push(at(change, step));
    Ok(())
}

fn counts(original: &ArrayRules, update: &ArrayRules, found: &mut Vec<Finding>) {
    let max_items = Bound {
        added: &kinds::MAX_ITEMS_ADDED,
        removed: &kinds::MAX_ITEMS_REMOVED,
        increased: &kinds::MAX_ITEMS_INCREASED,
        decreased: &kinds::MAX_ITEMS_DECREASED,
    };
    let min_items = Bound {
        added: &kinds::MIN_ITEMS_ADDED,
        removed: &kinds::MIN_ITEMS_REMOVED,
        increased: &kinds::MIN_ITEMS_INCREASED,
        decreased: &kinds::MIN_ITEMS_DECREASED,
    };
    let max_contains = Bound {
        added: &kinds::MAX_CONTAINS_ADDED,
        removed: &kinds::MAX_CONTAINS_REMOVED,
        increased: &kinds::MAX_CONTAINS_INCREASED,
        decreased: &kinds::MAX_CONTAINS_DECREASED,
    };
    let min_contains = Bound {
        added: &kinds::MIN_CONTAINS_ADDED,
        removed: &kinds::MIN_CONTAINS_REMOVED,
        increased: &kinds::MIN_CONTAINS_INCREASED,
        decreased: &kinds::MIN_CONTAINS_DECREASED,
    };
    max_items.compare("maxItems", original.max_items, update.max_items, found);
    min_items.compare("minItems", original.min_items, update.min_items, found);
    match (original.unique, update.unique) {
        (false, true) => found.push(at(&kinds::UNIQUE_ITEMS_ADDED, "uniqueItems")),
        (true, false) => found.push(at(&kinds::UNIQUE_ITEMS_REMOVED, "uniqueItems")),
        _ => {}
    }
    max_contains.compare("maxContains", original.max_contains, update.max_contains, found);
    min_contains.compare("minContains", original.min_contains, update.min_contains, found);
}
