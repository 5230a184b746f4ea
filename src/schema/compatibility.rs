//! From a level and a history to a verdict: which versions are compared, in which direction, and what is said.

use std::collections::BTreeSet;

use super::{Direction, LazySchema, Policy, Schema, TooComplex};
use crate::model::{CompatibilityPolicy, Level, Metadata, Scope, Version};

/// Texts longer than this many UTF-16 units are cut in messages.
const LONGEST_SHOWN_TEXT: usize = 10_240;

/// The schema that wants in.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// What its request says of it.
    pub metadata: Option<&'a Metadata>,
}

/// A version that is there already.
#[derive(Debug, Clone, Copy)]
pub struct Earlier<'a> {
    /// Its number, when it is known.
    pub version: Option<Version>,
    /// The schema.
    pub schema: &'a LazySchema,
    /// What is said of it.
    pub metadata: Option<&'a Metadata>,
}

/// The settings that decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The level.
    pub level: Level,
    /// How JSON Schema is judged.
    pub policy: Option<CompatibilityPolicy>,
    /// Whether reserved fields are looked after.
    pub validate_fields: bool,
    /// The metadata property that divides a subject into groups.
    pub group: Option<String>,
}

/// Every message, in the order of the wire; none means compatible. `history` is ascending.
pub fn check(candidate: Candidate<'_>, history: &[Earlier<'_>], rules: &Rules) -> Result<Vec<String>, TooComplex> {
    let mut messages = Vec::new();
    if rules.validate_fields {
        reserved_fields(candidate, history.last(), &mut messages);
    }
    let group = |metadata: Option<&Metadata>| {
        rules.group.as_ref().and_then(|name| metadata.and_then(|metadata| metadata.properties.get(name).cloned()))
    };
    let wanted = group(candidate.metadata);
    let in_group = history.iter().rev().filter(|earlier| rules.group.is_none() || group(earlier.metadata) == wanted);
    let compared = match rules.level.scope() {
        Scope::Nothing => 0,
        Scope::Latest => 1,
        Scope::All => usize::MAX,
    };
    for earlier in in_group.take(compared) {
        let found = compare(candidate.schema, earlier, rules)?;
        if !found.is_empty() {
            messages.extend(found);
            break;
        }
    }
    if !messages.is_empty() {
        let (fields, level) = (rules.validate_fields, rules.level);
        messages.push(format!("{{validateFields: '{fields}', compatibility: '{level}'}}"));
    }
    Ok(messages)
}

fn reserved_fields(candidate: Candidate<'_>, latest: Option<&Earlier<'_>>, messages: &mut Vec<String>) {
    let reserved = |metadata: Option<&Metadata>| metadata.map(Metadata::reserved_fields).unwrap_or_default();
    let new = reserved(candidate.metadata);
    for name in reserved(latest.and_then(|earlier| earlier.metadata)).difference(&new) {
        messages.push(format!(
            "The new schema has reserved field {name} removed from its metadata which is present in the old schema's metadata."
        ));
    }
    let fields: BTreeSet<&str> = candidate.schema.top_level_fields().into_iter().collect();
    for name in new.iter().filter(|name| fields.contains(name.as_str())) {
        messages.push(format!("The new schema has field that conflicts with the reserved field {name}."));
    }
}

/// The passes of a level over one version: who reads, and whether the version is named afterwards.
fn passes(level: Level) -> &'static [(Direction, Tail)] {
    match level {
        Level::None => &[],
        Level::Backward | Level::BackwardTransitive => &[(Direction::Backward, Tail::Shown)],
        Level::Forward | Level::ForwardTransitive => &[(Direction::Forward, Tail::Shown)],
        // The reference forgets the tail of the first half.
        Level::Full | Level::FullTransitive => {
            &[(Direction::Forward, Tail::Omitted), (Direction::Backward, Tail::Shown)]
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    Shown,
    Omitted,
}

fn compare(new: &Schema, earlier: &Earlier<'_>, rules: &Rules) -> Result<Vec<String>, TooComplex> {
    if earlier.schema.kind() != new.kind() {
        return Ok(vec!["Incompatible because of different schema type".to_owned()]);
    }
    let old = match earlier.schema.schema() {
        Ok(old) => old,
        Err(error) => return Ok(vec![format!("Unexpected exception during compatibility check: {error}")]),
    };
    let policy = match rules.policy {
        Some(CompatibilityPolicy::Lenient) => Policy::Lenient,
        Some(CompatibilityPolicy::Strict | CompatibilityPolicy::Logical) | None => Policy::Strict,
    };
    let mut messages = Vec::new();
    for (direction, tail) in passes(rules.level) {
        let (reader, writer) = match direction {
            Direction::Backward => (new, old),
            Direction::Forward => (old, new),
        };
        let differences = Schema::differences(reader, writer, *direction, policy).transpose()?.unwrap_or_default();
        let found: Vec<String> = differences
            .into_iter()
            .filter(|difference| difference.breaks)
            .map(|difference| difference.message)
            .collect();
        let tail = if found.is_empty() { Tail::Omitted } else { *tail };
        messages.extend(found);
        if tail == Tail::Shown {
            if let Some(version) = earlier.version {
                messages.push(format!("{{oldSchemaVersion: {version}}}"));
            }
            messages.push(shown(earlier.schema.text()));
        }
    }
    Ok(messages)
}

fn shown(text: &str) -> String {
    // Only a text with more bytes than the limit can have more UTF-16 units.
    if text.len() <= LONGEST_SHOWN_TEXT || text.encode_utf16().count() <= LONGEST_SHOWN_TEXT {
        return format!("{{oldSchema: '{text}'}}");
    }
    let units: Vec<u16> = text.encode_utf16().take(LONGEST_SHOWN_TEXT).collect();
    format!("{{oldSchema: <truncated> '{}...'}}", String::from_utf16_lossy(&units))
}
