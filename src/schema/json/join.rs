//! Joins the one-keyword parts of a modern schema into one node.

use super::tree::{ArrayRules, Criterion, Kind, NumberRules, ObjectRules, Rest, StringRules, Typing};

/// A part of a schema: what one keyword, or several joined ones, demand.
#[derive(Debug)]
pub(super) enum Part {
    /// A node kind.
    One(Kind),
    /// Parts that the loader itself combines.
    Generated(Criterion, Vec<Part>),
}

impl Part {
    /// The part that demands nothing.
    pub(super) fn nothing() -> Self {
        Self::Generated(Criterion::All, Vec::new())
    }

    /// What has been joined so far and one more part.
    pub(super) fn joined(so_far: Option<Self>, other: Self) -> Self {
        let Some(so_far) = so_far else { return other };
        match (so_far, other) {
            (Self::One(left), Self::One(right)) => match merge(left, right) {
                Ok(merged) => Self::One(merged),
                Err((left, right)) => both(Self::One(left), Self::One(right)),
            },
            (Self::Generated(Criterion::Any, mut branches), Self::One(kind)) => match absorb(&mut branches, kind) {
                None => Self::Generated(Criterion::Any, branches),
                Some(kind) => both(Self::Generated(Criterion::Any, branches), Self::One(kind)),
            },
            (Self::One(kind), Self::Generated(Criterion::Any, mut branches)) => match absorb(&mut branches, kind) {
                None => Self::Generated(Criterion::Any, branches),
                Some(kind) => both(Self::One(kind), Self::Generated(Criterion::Any, branches)),
            },
            (left, right) => both(left, right),
        }
    }
}

/// A generated `allOf` of both; generated ones among them are dissolved, and what is of one kind is merged.
fn both(left: Part, right: Part) -> Part {
    let mut branches = dissolve(left);
    for part in dissolve(right) {
        match part {
            Part::One(kind) => {
                if let Some(kind) = absorb(&mut branches, kind) {
                    branches.push(Part::One(kind));
                }
            }
            generated @ Part::Generated(..) => branches.push(generated),
        }
    }
    Part::Generated(Criterion::All, branches)
}

fn dissolve(part: Part) -> Vec<Part> {
    match part {
        Part::Generated(Criterion::All, branches) => branches,
        other => vec![other],
    }
}

/// Merges a kind into the first branch of its kind, or gives it back.
fn absorb(branches: &mut [Part], mut kind: Kind) -> Option<Kind> {
    for branch in branches {
        let Part::One(known) = branch else { continue };
        match merge(std::mem::replace(known, Kind::Empty), kind) {
            Ok(merged) => {
                *known = merged;
                return None;
            }
            Err((left, right)) => (*known, kind) = (left, right),
        }
    }
    Some(kind)
}

/// Merges two arrays, numbers, objects or strings; gives back what does not merge.
#[expect(clippy::result_large_err, reason = "both kinds must survive a failed merge, and boxing them would cost more")]
fn merge(left: Kind, right: Kind) -> Result<Kind, (Kind, Kind)> {
    match (left, right) {
        (Kind::Array(left), Kind::Array(right)) => Ok(Kind::Array(Box::new(merge_arrays(*left, *right)))),
        (Kind::Number(left), Kind::Number(right)) => Ok(Kind::Number(merge_numbers(left, right))),
        (Kind::Object(left), Kind::Object(right)) => Ok(Kind::Object(Box::new(merge_objects(*left, *right)))),
        (Kind::String(left), Kind::String(right)) => Ok(Kind::String(merge_strings(left, right))),
        unlike => Err(unlike),
    }
}

fn merge_arrays(mut left: ArrayRules, right: ArrayRules) -> ArrayRules {
    left.tuple.extend(right.tuple);
    ArrayRules {
        typing: either(left.typing, right.typing),
        items: right.items.or(left.items),
        tuple: left.tuple,
        additional: later(left.additional, right.additional),
        unevaluated: right.unevaluated.or(left.unevaluated),
        contains: right.contains.or(left.contains),
        max_items: right.max_items.or(left.max_items),
        min_items: right.min_items.or(left.min_items),
        max_contains: right.max_contains.or(left.max_contains),
        min_contains: right.min_contains.or(left.min_contains),
        unique: left.unique || right.unique,
    }
}

fn merge_numbers(left: NumberRules, right: NumberRules) -> NumberRules {
    NumberRules {
        typing: either(left.typing, right.typing),
        integer: left.integer || right.integer,
        maximum: right.maximum.or(left.maximum),
        minimum: right.minimum.or(left.minimum),
        exclusive_maximum: right.exclusive_maximum.or(left.exclusive_maximum),
        exclusive_minimum: right.exclusive_minimum.or(left.exclusive_minimum),
        multiple_of: right.multiple_of.or(left.multiple_of),
        exclusive_flags: left.exclusive_flags,
    }
}

fn merge_objects(mut left: ObjectRules, right: ObjectRules) -> ObjectRules {
    left.properties.extend(right.properties);
    left.required.extend(right.required);
    left.patterns.extend(right.patterns);
    left.dependent_required.extend(right.dependent_required);
    left.dependent_schemas.extend(right.dependent_schemas);
    ObjectRules {
        typing: either(left.typing, right.typing),
        additional: later(left.additional, right.additional),
        unevaluated: right.unevaluated.or(left.unevaluated),
        property_names: right.property_names.or(left.property_names),
        max_properties: right.max_properties.or(left.max_properties),
        min_properties: right.min_properties.or(left.min_properties),
        ..left
    }
}

fn merge_strings(left: StringRules, right: StringRules) -> StringRules {
    StringRules {
        typing: either(left.typing, right.typing),
        max_length: right.max_length.or(left.max_length),
        min_length: right.min_length.or(left.min_length),
        pattern: right.pattern.or(left.pattern),
        format: right.format.or(left.format),
    }
}

fn either(left: Typing, right: Typing) -> Typing {
    if left == Typing::Stated { left } else { right }
}

fn later(left: Rest, right: Rest) -> Rest {
    if right == Rest::Allowed { left } else { right }
}
