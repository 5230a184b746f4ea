//! From a definition to its guid.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use crate::model::{Definition, Guid, Metadata, RuleSet, compare_utf16};

/// The content hash of a definition (contract, section 4.4): MD5 over its parts, without separators.
pub fn guid(definition: &Definition) -> Guid {
    let mut hash = Md5::new();
    hash.update(&definition.text);
    for reference in &definition.references {
        hash.update(&reference.name);
        hash.update(&reference.subject);
        hash.update(reference.version.0.to_be_bytes());
    }
    if let Some(metadata) = &definition.metadata {
        add_metadata(&mut hash, metadata);
    }
    if let Some(rules) = &definition.rule_set {
        add_rules(&mut hash, rules);
    }
    Guid::from_bytes(hash.finalize().into())
}

fn add_metadata(hash: &mut Md5, metadata: &Metadata) {
    hash.update([1]);
    for (path, tags) in in_java_order(&metadata.tags, |(path, _)| path.as_str()) {
        hash.update(path);
        add_all(hash, in_java_order(tags, |tag| tag.as_str()));
    }
    add_pairs(hash, &metadata.properties);
    add_all(hash, in_java_order(&metadata.sensitive, |name| name.as_str()));
}

fn add_rules(hash: &mut Md5, rule_set: &RuleSet) {
    hash.update([1]);
    for rule in rule_set.rules() {
        add_all(hash, [&rule.name, &rule.doc].into_iter().flatten());
        add_all(hash, [rule.kind.as_str(), rule.mode.as_str()]);
        add_all(hash, &rule.rule_type);
        add_all(hash, in_java_order(&rule.tags, |tag| tag.as_str()));
        add_pairs(hash, &rule.params);
        add_all(hash, [&rule.expr, &rule.on_success, &rule.on_failure].into_iter().flatten());
        if rule.disabled {
            hash.update([1]);
        }
    }
    if let Some(place) = rule_set.enable_at {
        hash.update(place.as_str());
    }
}

fn add_all(hash: &mut Md5, texts: impl IntoIterator<Item = impl AsRef<str>>) {
    for text in texts {
        hash.update(text.as_ref());
    }
}

fn add_pairs(hash: &mut Md5, pairs: &BTreeMap<String, String>) {
    for (key, value) in in_java_order(pairs, |(key, _)| key.as_str()) {
        hash.update(key);
        hash.update(value);
    }
}

/// Sorted by UTF-16 units: beyond the first plane that is another order than that of code points.
fn in_java_order<'t, T: Copy>(items: impl IntoIterator<Item = T>, name: impl Fn(T) -> &'t str) -> Vec<T> {
    let mut sorted: Vec<T> = items.into_iter().collect();
    sorted.sort_by(|left, right| compare_utf16(name(*left), name(*right)));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SchemaKind;

    #[test]
    fn names_are_hashed_in_the_order_of_java() {
        let definition = |metadata: Metadata| Definition {
            kind: SchemaKind::Avro,
            text: "\"int\"".to_owned(),
            references: Vec::new(),
            metadata: Some(metadata),
            rule_set: None,
        };
        // U+10000 is written with surrogates from U+D800, which come before U+FF5E.
        let properties = [("\u{ff5e}", "1"), ("\u{10000}", "2")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        let metadata = Metadata { properties: properties.into(), ..Metadata::default() };
        let expected = Md5::digest("\"int\"\u{1}\u{10000}2\u{ff5e}1");
        assert_eq!(guid(&definition(metadata)), Guid::from_bytes(expected.into()));
    }

    #[test]
    fn the_golden_values_of_the_contract() {
        for (kind, text, expected) in [
            (SchemaKind::Avro, "\"string\"", "095d71cf-1255-6b9d-5e33-0ad575b3df5d"),
            (SchemaKind::Json, "{\"type\":\"object\"}", "01fc056e-ed58-c88f-e1c5-07fcd84dd4b7"),
        ] {
            let definition =
                Definition { kind, text: text.to_owned(), references: Vec::new(), metadata: None, rule_set: None };
            assert_eq!(guid(&definition).to_string(), expected);
        }
    }
}
