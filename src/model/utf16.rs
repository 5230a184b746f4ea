//! Java's order of strings.

use std::cmp::Ordering;

/// Compares by UTF-16 code units, the order in which the reference sorts names.
pub fn compare(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}
