//! The order in which Java's hash collections are visited: messages follow it.

use std::collections::HashSet;

/// Smallest table of a `java.util.HashMap`.
const SMALLEST_TABLE: usize = 16;

/// `String.hashCode`, folded the way `HashMap` folds it before choosing a bucket.
fn spread(name: &str) -> u32 {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    hash ^ (hash >> 16)
}

/// Table size after `count` insertions into a table that began with `table` buckets: it doubles when 3/4 are used.
fn grown(mut table: usize, count: usize) -> usize {
    while count > table / 4 * 3 {
        table *= 2;
    }
    table
}

fn by_bucket(names: &mut [&str], table: usize) {
    let mask = u32::try_from(table - 1).unwrap_or(u32::MAX);
    // Within a bucket insertion order counts, so the sort must be stable.
    names.sort_by_cached_key(|name| spread(name) & mask);
}

/// The order of a hash map or set filled with `names` one by one; of equal ones the first counts.
pub(super) fn order<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut known = HashSet::new();
    let mut names: Vec<&str> = names.into_iter().filter(|name| known.insert(*name)).collect();
    let table = grown(SMALLEST_TABLE, names.len());
    by_bucket(&mut names, table);
    names
}

/// The order of a set copied from the names of one map, to which those of a second one are added.
pub(super) fn union<'a>(
    first: impl IntoIterator<Item = &'a str>,
    second: impl IntoIterator<Item = &'a str>,
) -> Vec<&'a str> {
    let mut names = order(first);
    // A copied set makes room for `size / 0.75 + 1` elements at once.
    let table = (names.len() * 4 / 3 + 1).max(SMALLEST_TABLE).next_power_of_two();
    let known: HashSet<&str> = names.iter().copied().collect();
    names.extend(order(second).into_iter().filter(|name| !known.contains(name)));
    let table = grown(table, names.len());
    by_bucket(&mut names, table);
    names
}
