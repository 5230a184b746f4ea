//! From a level and a history to a verdict: which versions are compared, in which direction, and what is said.

use std::collections::BTreeSet;

use super::{Difference, Direction, LazySchema, Policy, Schema, Spot, TooComplex};
use crate::model::{CompatibilityPolicy, Level, Metadata, Scope, Version};

/// Texts longer than this many UTF-16 units are cut in messages.
const LONGEST_SHOWN_TEXT: usize = 10_240;

/// How many reasons are kept; in a schema whose parts share each other there are many more messages.
pub const MAX_REASONS: usize = 1_000;

/// How many causes are told of one reason.
const MAX_CAUSES: usize = 20;

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

/// What a check has to say; no message means compatible.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explained {
    /// The messages, in the order of the wire, with those that tell the version and the settings.
    pub messages: Vec<String>,
    /// The first reasons; of more than [`MAX_REASONS`] the messages alone tell.
    pub reasons: Vec<Reason>,
}

/// Why a schema is kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The stable name of its kind.
    pub kind: &'static str,
    /// The place in the history of the version that was compared; none where the schema stands in its own way.
    pub earlier: Option<usize>,
    /// What differs, if it was found by comparing two schemas.
    pub difference: Option<(Direction, Spots)>,
    /// The location that the message shows; empty if nothing was compared.
    pub path: String,
    /// The sentence inside the message, or the message if there is none.
    pub description: String,
    /// The message that speaks of it.
    pub message: String,
}

/// Where a difference is, in both schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spots {
    /// In the new one.
    pub new: Spot,
    /// In the old one.
    pub old: Spot,
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

impl Rules {
    fn policy(&self) -> Policy {
        match self.policy {
            Some(CompatibilityPolicy::Lenient) => Policy::Lenient,
            Some(CompatibilityPolicy::Strict | CompatibilityPolicy::Logical) | None => Policy::Strict,
        }
    }
}

impl Reason {
    fn of(earlier: usize, direction: Direction, difference: Difference) -> Self {
        let Difference { kind, path, description, message, reader, writer, .. } = difference;
        let (new, old) = direction.new_and_old(reader, writer);
        let difference = Some((direction, Spots { new, old }));
        Self { kind, earlier: Some(earlier), difference, path, description, message }
    }

    /// The reasons inside of which this one consists, as far in as is certain; none if it says it all.
    pub fn causes(&self, new: &Schema, old: &Schema, rules: &Rules) -> Vec<Self> {
        let (Some(earlier), Some((direction, spots))) = (self.earlier, &self.difference) else { return Vec::new() };
        let (reader, writer) = direction.new_and_old(new, old);
        let (read, written) = direction.new_and_old(spots.new.clone(), spots.old.clone());
        let whole = Difference {
            kind: self.kind,
            path: self.path.clone(),
            breaks: true,
            description: self.description.clone(),
            message: self.message.clone(),
            reader: read,
            writer: written,
        };
        let inside = |difference: &Difference| Schema::causes(reader, writer, difference, (*direction, rules.policy()));
        let (mut found, mut met) = (Vec::new(), Vec::new());
        let mut open: Vec<Difference> = inside(&whole).into_iter().rev().collect();
        while let Some(difference) = open.pop() {
            // Recursive types lead back to what was met.
            let spots = (difference.kind, difference.reader.clone(), difference.writer.clone());
            if found.len() >= MAX_CAUSES || met.len() >= MAX_REASONS || met.contains(&spots) {
                continue;
            }
            met.push(spots);
            let inner = inside(&difference);
            if inner.is_empty() {
                found.push(Self::of(earlier, *direction, difference));
            }
            open.extend(inner.into_iter().rev());
        }
        found
    }
}

impl Explained {
    /// Adds a reason that is in no particular place.
    fn say(&mut self, kind: &'static str, earlier: Option<usize>, message: String) {
        self.keep(|| Reason {
            kind,
            earlier,
            difference: None,
            path: String::new(),
            description: message.clone(),
            message: message.clone(),
        });
        self.messages.push(message);
    }

    fn add(&mut self, earlier: usize, direction: Direction, difference: Difference) {
        self.messages.push(difference.message.clone());
        self.keep(|| Reason::of(earlier, direction, difference));
    }

    fn keep(&mut self, reason: impl FnOnce() -> Reason) {
        if self.reasons.len() < MAX_REASONS {
            self.reasons.push(reason());
        }
    }
}

/// Every message, in the order of the wire; none means compatible. `history` is ascending.
pub fn check(candidate: Candidate<'_>, history: &[Earlier<'_>], rules: &Rules) -> Result<Vec<String>, TooComplex> {
    Ok(explain(candidate, history, rules)?.messages)
}

/// The messages, and the reasons that they speak of. `history` is ascending.
pub fn explain(candidate: Candidate<'_>, history: &[Earlier<'_>], rules: &Rules) -> Result<Explained, TooComplex> {
    let mut explained = Explained::default();
    if rules.validate_fields {
        reserved_fields(candidate, history.last(), &mut explained);
    }
    let group = |metadata: Option<&Metadata>| {
        rules.group.as_ref().and_then(|name| metadata.and_then(|metadata| metadata.properties.get(name).cloned()))
    };
    let wanted = group(candidate.metadata);
    let in_group = history
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, earlier)| rules.group.is_none() || group(earlier.metadata) == wanted);
    let compared = match rules.level.scope() {
        Scope::Nothing => 0,
        Scope::Latest => 1,
        Scope::All => usize::MAX,
    };
    for (at, earlier) in in_group.take(compared) {
        if compare(candidate.schema, (at, earlier), rules, &mut explained)? {
            break;
        }
    }
    if !explained.messages.is_empty() {
        let (fields, level) = (rules.validate_fields, rules.level);
        explained.messages.push(format!("{{validateFields: '{fields}', compatibility: '{level}'}}"));
    }
    Ok(explained)
}

fn reserved_fields(candidate: Candidate<'_>, latest: Option<&Earlier<'_>>, explained: &mut Explained) {
    let reserved = |metadata: Option<&Metadata>| metadata.map(Metadata::reserved_fields).unwrap_or_default();
    let new = reserved(candidate.metadata);
    for name in reserved(latest.and_then(|earlier| earlier.metadata)).difference(&new) {
        explained.say(
            "RESERVED_FIELD_REMOVED",
            None,
            format!(
                "The new schema has reserved field {name} removed from its metadata which is present in the old schema's metadata."
            ),
        );
    }
    let fields: BTreeSet<&str> = candidate.schema.top_level_fields().into_iter().collect();
    for name in new.iter().filter(|name| fields.contains(name.as_str())) {
        explained.say(
            "RESERVED_FIELD_CONFLICT",
            None,
            format!("The new schema has field that conflicts with the reserved field {name}."),
        );
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

/// Compares with one version; whether anything was said.
fn compare(
    new: &Schema,
    (at, earlier): (usize, &Earlier<'_>),
    rules: &Rules,
    explained: &mut Explained,
) -> Result<bool, TooComplex> {
    if earlier.schema.kind() != new.kind() {
        let message = "Incompatible because of different schema type".to_owned();
        explained.say("SCHEMA_TYPE_CHANGED", Some(at), message);
        return Ok(true);
    }
    let old = match earlier.schema.schema() {
        Ok(old) => old,
        Err(error) => {
            let message = format!("Unexpected exception during compatibility check: {error}");
            explained.say("UNREADABLE_SCHEMA", Some(at), message);
            return Ok(true);
        }
    };
    let policy = rules.policy();
    let mut broken = false;
    for (direction, tail) in passes(rules.level) {
        let (reader, writer) = match direction {
            Direction::Backward => (new, old),
            Direction::Forward => (old, new),
        };
        let before = explained.messages.len();
        let differences = Schema::differences(reader, writer, *direction, policy).transpose()?.unwrap_or_default();
        for difference in differences.into_iter().filter(|difference| difference.breaks) {
            explained.add(at, *direction, difference);
        }
        let found = explained.messages.len() > before;
        broken |= found;
        if found && *tail == Tail::Shown {
            if let Some(version) = earlier.version {
                explained.messages.push(format!("{{oldSchemaVersion: {version}}}"));
            }
            explained.messages.push(shown(earlier.schema.text()));
        }
    }
    Ok(broken)
}

fn shown(text: &str) -> String {
    // Only a text with more bytes than the limit can have more UTF-16 units.
    if text.len() <= LONGEST_SHOWN_TEXT || text.encode_utf16().count() <= LONGEST_SHOWN_TEXT {
        return format!("{{oldSchema: '{text}'}}");
    }
    let units: Vec<u16> = text.encode_utf16().take(LONGEST_SHOWN_TEXT).collect();
    format!("{{oldSchema: <truncated> '{}...'}}", String::from_utf16_lossy(&units))
}
