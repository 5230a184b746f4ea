//! From the keyword that a difference names to the value that is really there.

use crate::schema::document::{Node, pointer_token};

/// What a keyword of a message may be called in a text: newer dialects renamed some.
const OTHER_NAMES: [(&str, &[&str]); 3] = [
    ("items", &["prefixItems"]),
    ("additionalItems", &["items"]),
    ("dependencies", &["dependentRequired", "dependentSchemas"]),
];

/// As much of `tail`, the rest of a JSON pointer, as leads somewhere below `node`, in the words of the text.
pub(super) fn nearest(node: &Node, tail: &str) -> String {
    let mut tokens = tail.split('/').skip(1);
    let Some(keyword) = tokens.next() else { return String::new() };
    let name = tokens.next();
    let others =
        OTHER_NAMES.iter().filter(|(known, _)| *known == keyword).flat_map(|(_, others)| others.iter().copied());
    let mut found = String::new();
    for keyword in std::iter::once(keyword).chain(others) {
        let Some(below) = node.at_token(keyword) else { continue };
        let Some(name) = name else { return format!("/{keyword}") };
        if let Some(token) = token_of(below, name) {
            return format!("/{keyword}/{token}");
        }
        if found.is_empty() {
            found = format!("/{keyword}");
        }
    }
    found
}

/// The token that leads to a name: a key, an index, or the index of an item that is the name.
fn token_of(node: &Node, name: &str) -> Option<String> {
    if node.at_token(name).is_some() {
        return Some(name.to_owned());
    }
    let index =
        node.as_array()?.iter().position(|item| item.as_str().is_some_and(|item| pointer_token(item) == name))?;
    Some(index.to_string())
}
