//! From a definition to its guid.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use crate::model::{Definition, Guid, Metadata, RuleSet};

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
    for (path, tags) in &metadata.tags {
        hash.update(path);
        add_all(hash, tags);
    }
    add_pairs(hash, &metadata.properties);
    add_all(hash, &metadata.sensitive);
}

fn add_rules(hash: &mut Md5, rule_set: &RuleSet) {
    hash.update([1]);
    for rule in rule_set.rules() {
        add_all(hash, [&rule.name, &rule.doc].into_iter().flatten());
        add_all(hash, [rule.kind.as_str(), rule.mode.as_str()]);
        add_all(hash, &rule.rule_type);
        add_all(hash, &rule.tags);
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
    for (key, value) in pairs {
        hash.update(key);
        hash.update(value);
    }
}

#[cfg(test)]
mod tests {
    use super::guid;
    use crate::model::{Definition, SchemaKind};

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
