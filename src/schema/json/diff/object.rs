//! Compares objects.

use super::{
    Bound, Comparison, Finding, Pair, at,
    content::{Content, RestChanges, content, is_false},
    kinds, within,
};
use crate::schema::{
    TooComplex, java_hash,
    json::tree::{NodeId, ObjectRules, Tree},
};

/// Compares the keywords of objects.
pub(super) fn compare(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    original: &ObjectRules,
    update: &ObjectRules,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    comparison.step(original.properties.len() + update.properties.len() + original.required.len())?;
    required(comparison, pair, original, update, found);
    for (declared, judge) in [(original, update), (update, original)] {
        let undeclared = declared.properties.names().any(|name| judge.properties.get(name).is_none());
        for (pattern, _) in judge.patterns.iter().filter(|_| undeclared) {
            comparison.step(pattern.compile_steps())?;
        }
    }
    for name in java_hash::union(original.properties.names(), update.properties.names()) {
        let step = || format!("properties/{name}");
        match (original.properties.get(name), update.properties.get(name)) {
            (Some(&property), Some(&new_property)) => {
                let findings = comparison.compare(pair.with(property, new_property))?;
                within(found, findings, step);
            }
            (Some(&property), None) => removed(comparison, pair, (property, update), name, found)?,
            (None, Some(&property)) => added(comparison, pair, original, (property, update), name, found)?,
            (None, None) => {}
        }
    }
    dependencies(comparison, pair, original, update, found)?;
    let additional = RestChanges {
        added: &kinds::ADDITIONAL_PROPERTIES_ADDED,
        removed: &kinds::ADDITIONAL_PROPERTIES_REMOVED,
        narrowed: &kinds::ADDITIONAL_PROPERTIES_NARROWED,
        extended: &kinds::ADDITIONAL_PROPERTIES_EXTENDED,
    };
    additional.additional(comparison, pair, (original.additional, update.additional), "additionalProperties", found)?;
    let unevaluated = RestChanges {
        added: &kinds::UNEVALUATED_PROPERTIES_ADDED,
        removed: &kinds::UNEVALUATED_PROPERTIES_REMOVED,
        narrowed: &kinds::UNEVALUATED_PROPERTIES_NARROWED,
        extended: &kinds::UNEVALUATED_PROPERTIES_EXTENDED,
    };
    let rest = (original.unevaluated, update.unevaluated);
    unevaluated.unevaluated(comparison, pair, rest, "unevaluatedProperties", found)?;
    counts(original, update, found);
    Ok(())
}

/// Only properties that both declare can become required or optional.
fn required(
    comparison: &Comparison<'_>,
    pair: Pair,
    original: &ObjectRules,
    update: &ObjectRules,
    found: &mut Vec<Finding>,
) {
    let [_, tree] = comparison.sides(pair);
    for name in java_hash::order(original.properties.names()) {
        let Some(&property) = update.properties.get(name) else { continue };
        let change = match (original.required.contains(name), update.required.contains(name)) {
            (true, false) => &kinds::REQUIRED_ATTRIBUTE_REMOVED,
            (false, true) if has_default(tree, property) => &kinds::REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED,
            (false, true) => &kinds::REQUIRED_ATTRIBUTE_ADDED,
            _ => continue,
        };
        found.push(at(change, format!("required/{name}")));
    }
}

fn has_default(tree: &Tree, property: NodeId) -> bool {
    tree.node(property).notes.default.is_some()
}

/// What a model says about a property that it does not declare.
fn model(comparison: &mut Comparison<'_>, tree: &Tree, rules: &ObjectRules, name: &str) -> Result<Content, TooComplex> {
    for (pattern, node) in &rules.patterns {
        comparison.step(pattern.search_steps(name.len()))?;
        if pattern.occurs_in(name) {
            return Ok(Content::Covered(*node));
        }
    }
    Ok(match content(tree, rules.additional, rules.unevaluated) {
        // With patterns there is no open model, and what none of them covers is forbidden.
        Content::Open if !rules.patterns.is_empty() => Content::Closed,
        other => other,
    })
}

/// A property that only the original declares, judged by the update's model.
fn removed(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    (property, update): (NodeId, &ObjectRules),
    name: &str,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    let [original_tree, update_tree] = comparison.sides(pair);
    let step = format!("properties/{name}");
    let change = match model(comparison, update_tree, update, name)? {
        Content::Open => &kinds::PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL,
        Content::Covered(cover) => {
            let findings = comparison.compare(pair.with(property, cover))?;
            within(found, findings, || step.clone());
            if comparison.ledger.breaks(findings) {
                &kinds::PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            } else {
                &kinds::PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            }
        }
        Content::Closed if is_false(original_tree, property) => {
            &kinds::PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL
        }
        Content::Closed => &kinds::PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL,
    };
    found.push(at(change, step));
    Ok(())
}

/// A property that only the update declares, judged by the original's model.
fn added(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    original: &ObjectRules,
    (property, update): (NodeId, &ObjectRules),
    name: &str,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    let [original_tree, update_tree] = comparison.sides(pair);
    let step = format!("properties/{name}");
    let required = update.required.contains(name);
    let default = has_default(update_tree, property);
    let content = model(comparison, original_tree, original, name)?;
    if content == Content::Open {
        let change = match (required, default) {
            _ if update_tree.is_empty(property) => &kinds::PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL,
            (true, false) => &kinds::REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL,
            (true, true) => &kinds::REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL,
            (false, _) => &kinds::OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL,
        };
        found.push(at(change, step));
        return Ok(());
    }
    if let Content::Covered(cover) = content {
        let findings = comparison.compare(pair.with(cover, property))?;
        within(found, findings, || step.clone());
        let change = if comparison.ledger.breaks(findings) {
            &kinds::PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
        } else {
            &kinds::PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
        };
        found.push(at(change, step.clone()));
    }
    let change = match (required, default) {
        (true, false) => &kinds::REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL,
        (true, true) => &kinds::REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL,
        (false, _) => &kinds::OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL,
    };
    found.push(at(change, step));
    Ok(())
}

/// Properties that a property demands, then schemas that one demands.
fn dependencies(
    comparison: &mut Comparison<'_>,
    pair: Pair,
    original: &ObjectRules,
    update: &ObjectRules,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplex> {
    for name in java_hash::union(original.dependent_required.names(), update.dependent_required.names()) {
        let change = match (original.dependent_required.get(name), update.dependent_required.get(name)) {
            (Some(_), None) => &kinds::DEPENDENCY_ARRAY_REMOVED,
            (None, _) => &kinds::DEPENDENCY_ARRAY_ADDED,
            (Some(original), Some(update)) if original == update => continue,
            (Some(original), Some(update)) if original.is_subset(update) => &kinds::DEPENDENCY_ARRAY_EXTENDED,
            (Some(original), Some(update)) if update.is_subset(original) => &kinds::DEPENDENCY_ARRAY_NARROWED,
            _ => &kinds::DEPENDENCY_ARRAY_CHANGED,
        };
        found.push(at(change, format!("dependencies/{name}")));
    }
    for name in java_hash::union(original.dependent_schemas.names(), update.dependent_schemas.names()) {
        let step = || format!("dependencies/{name}");
        match (original.dependent_schemas.get(name), update.dependent_schemas.get(name)) {
            (Some(&original), Some(&update)) => {
                let findings = comparison.compare(pair.with(original, update))?;
                within(found, findings, step);
            }
            (Some(_), None) => found.push(at(&kinds::DEPENDENCY_SCHEMA_REMOVED, step())),
            (None, _) => found.push(at(&kinds::DEPENDENCY_SCHEMA_ADDED, step())),
        }
    }
    Ok(())
}

fn counts(original: &ObjectRules, update: &ObjectRules, found: &mut Vec<Finding>) {
    let max_properties = Bound {
        added: &kinds::MAX_PROPERTIES_ADDED,
        removed: &kinds::MAX_PROPERTIES_REMOVED,
        increased: &kinds::MAX_PROPERTIES_INCREASED,
        decreased: &kinds::MAX_PROPERTIES_DECREASED,
    };
    let min_properties = Bound {
        added: &kinds::MIN_PROPERTIES_ADDED,
        removed: &kinds::MIN_PROPERTIES_REMOVED,
        increased: &kinds::MIN_PROPERTIES_INCREASED,
        decreased: &kinds::MIN_PROPERTIES_DECREASED,
    };
    max_properties.compare("maxProperties", original.max_properties, update.max_properties, found);
    min_properties.compare("minProperties", original.min_properties, update.min_properties, found);
}
