//! A small family of Avro schemas whose compatibility with each other is known from a table.

use regis::model::Level;

/// One of the family, by its number.
pub type Content = usize;

/// The types of the family, and for each the types whose data it reads (Avro specification, schema resolution).
const TYPES: [(&str, &[&str]); 6] = [
    ("string", &["string", "bytes"]),
    ("bytes", &["bytes", "string"]),
    ("int", &["int"]),
    ("long", &["long", "int"]),
    ("float", &["float", "long", "int"]),
    ("double", &["double", "float", "long", "int"]),
];

/// Each type comes in so many variants, which differ in a property that compatibility does not look at.
const VARIANTS: usize = 3;

/// How many there are.
pub const COUNT: usize = TYPES.len() * VARIANTS;

/// The canonical text.
pub fn text(content: Content) -> String {
    format!(r#"{{"type":"{}","variant":"{}"}}"#, TYPES[content / VARIANTS].0, content % VARIANTS)
}

/// The one with a canonical text.
pub fn with_text(wanted: &str) -> Option<Content> {
    (0..COUNT).find(|content| text(*content) == wanted)
}

fn reads(reader: Content, writer: Content) -> bool {
    TYPES[reader / VARIANTS].1.contains(&TYPES[writer / VARIANTS].0)
}

/// Whether `new` may follow `history`, oldest first, under a level.
pub fn is_compatible(level: Level, new: Content, history: &[Content]) -> bool {
    let (backward, forward, all) = match level {
        Level::None => return true,
        Level::Backward => (true, false, false),
        Level::BackwardTransitive => (true, false, true),
        Level::Forward => (false, true, false),
        Level::ForwardTransitive => (false, true, true),
        Level::Full => (true, true, false),
        Level::FullTransitive => (true, true, true),
    };
    let looked_at = if all { history.len() } else { 1 };
    history.iter().rev().take(looked_at).all(|old| (!backward || reads(new, *old)) && (!forward || reads(*old, new)))
}
