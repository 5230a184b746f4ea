//! The order in which Java's hash sets are visited: the order of messages follows it (contract, section 2.7).

use std::collections::HashSet;

/// Smallest table of a hash set.
const SMALLEST_TABLE: usize = 16;

/// The names of a set that was filled with the original's names, in their own hash order, then with the update's.
pub(super) fn union<'a>(
    original: impl Iterator<Item = &'a str>,
    update: impl Iterator<Item = &'a str>,
) -> Vec<&'a str> {
    let mut names = of(original);
    // A set copied from another one has room for all of it from the start.
    let room = (names.len() * 4 / 3 + 1).max(SMALLEST_TABLE).next_power_of_two();
    let known: HashSet<&str> = names.iter().copied().collect();
    names.extend(of(update).into_iter().filter(|name| !known.contains(name)));
    by_bucket(&mut names, room);
    names
}

fn of<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut known = HashSet::new();
    let mut names: Vec<&str> = names.filter(|name| known.insert(*name)).collect();
    by_bucket(&mut names, SMALLEST_TABLE);
    names
}

/// Sorts names by their bucket in a table of this size or, with more names, a larger one.
fn by_bucket(names: &mut [&str], mut table: usize) {
    while names.len() > table / 4 * 3 {
        table *= 2;
    }
    // Within a bucket insertion order counts, so the sort must be stable.
    names.sort_by_cached_key(|name| spread(name) as usize & (table - 1));
}

/// `String.hashCode`, its halves mixed as `HashMap` does.
fn spread(name: &str) -> u32 {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    hash ^ (hash >> 16)
}
