//! Compares strings, numbers, enumerations and constants.

use std::collections::BTreeSet;

use super::{Bound, Finding, at, here, kinds};
use crate::schema::json::tree::{NumberRules, StringRules};

/// Compares the keywords of strings.
pub(super) fn strings(original: &StringRules, update: &StringRules, found: &mut Vec<Finding>) {
    let max_length = Bound {
        added: &kinds::MAX_LENGTH_ADDED,
        removed: &kinds::MAX_LENGTH_REMOVED,
        increased: &kinds::MAX_LENGTH_INCREASED,
        decreased: &kinds::MAX_LENGTH_DECREASED,
    };
    let min_length = Bound {
        added: &kinds::MIN_LENGTH_ADDED,
        removed: &kinds::MIN_LENGTH_REMOVED,
        increased: &kinds::MIN_LENGTH_INCREASED,
        decreased: &kinds::MIN_LENGTH_DECREASED,
    };
    max_length.compare("maxLength", original.max_length, update.max_length, found);
    min_length.compare("minLength", original.min_length, update.min_length, found);
    let change = match (&original.pattern, &update.pattern) {
        (None, Some(_)) => &kinds::PATTERN_ADDED,
        (Some(_), None) => &kinds::PATTERN_REMOVED,
        (original, update) if original != update => &kinds::PATTERN_CHANGED,
        _ => return,
    };
    found.push(at(change, "pattern"));
}

/// Compares the keywords of numbers.
pub(super) fn numbers(original: &NumberRules, update: &NumberRules, found: &mut Vec<Finding>) {
    let maximum = Bound {
        added: &kinds::MAXIMUM_ADDED,
        removed: &kinds::MAXIMUM_REMOVED,
        increased: &kinds::MAXIMUM_INCREASED,
        decreased: &kinds::MAXIMUM_DECREASED,
    };
    let minimum = Bound {
        added: &kinds::MINIMUM_ADDED,
        removed: &kinds::MINIMUM_REMOVED,
        increased: &kinds::MINIMUM_INCREASED,
        decreased: &kinds::MINIMUM_DECREASED,
    };
    let exclusive_maximum = Bound {
        added: &kinds::EXCLUSIVE_MAXIMUM_ADDED,
        removed: &kinds::EXCLUSIVE_MAXIMUM_REMOVED,
        increased: &kinds::EXCLUSIVE_MAXIMUM_INCREASED,
        decreased: &kinds::EXCLUSIVE_MAXIMUM_DECREASED,
    };
    let exclusive_minimum = Bound {
        added: &kinds::EXCLUSIVE_MINIMUM_ADDED,
        removed: &kinds::EXCLUSIVE_MINIMUM_REMOVED,
        increased: &kinds::EXCLUSIVE_MINIMUM_INCREASED,
        decreased: &kinds::EXCLUSIVE_MINIMUM_DECREASED,
    };
    maximum.compare("maximum", original.maximum, update.maximum, found);
    minimum.compare("minimum", original.minimum, update.minimum, found);
    exclusive_maximum.compare("exclusiveMaximum", original.exclusive_maximum, update.exclusive_maximum, found);
    exclusive_minimum.compare("exclusiveMinimum", original.exclusive_minimum, update.exclusive_minimum, found);
    multiples(original, update, found);
    match (original.integer, update.integer) {
        (true, false) => found.push(here(&kinds::TYPE_EXTENDED)),
        (false, true) => found.push(here(&kinds::TYPE_NARROWED)),
        _ => {}
    }
}

fn multiples(original: &NumberRules, update: &NumberRules, found: &mut Vec<Finding>) {
    let change = match (&original.multiple_of, &update.multiple_of) {
        (None, None) => return,
        (None, Some(_)) => &kinds::MULTIPLE_OF_ADDED,
        (Some(_), None) => &kinds::MULTIPLE_OF_REMOVED,
        (Some(original), Some(update)) if original.same_value(update) => return,
        (Some(original), Some(update)) if update.is_multiple_of(original) => &kinds::MULTIPLE_OF_EXPANDED,
        (Some(original), Some(update)) if original.is_multiple_of(update) => &kinds::MULTIPLE_OF_REDUCED,
        _ => &kinds::MULTIPLE_OF_CHANGED,
    };
    found.push(at(change, "multipleOf"));
}

/// Compares enumerations as sets.
pub(super) fn enums(original: &BTreeSet<String>, update: &BTreeSet<String>, found: &mut Vec<Finding>) {
    if original == update {
        return;
    }
    let change = if original.is_subset(update) {
        &kinds::ENUM_ARRAY_EXTENDED
    } else if update.is_subset(original) {
        &kinds::ENUM_ARRAY_NARROWED
    } else {
        &kinds::ENUM_ARRAY_CHANGED
    };
    found.push(at(change, "enum"));
}

/// Compares constants.
pub(super) fn consts(original: &str, update: &str, found: &mut Vec<Finding>) {
    if original != update {
        found.push(at(&kinds::ENUM_ARRAY_CHANGED, "const"));
    }
}
