//! The name under which versions of a schema are kept.

use std::{borrow::Cow, cmp::Ordering, fmt};

use super::{Context, context::without_nul, utf16};

/// A name within a context, written `name` in the default context and `:.context:name` elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Where the name lives.
    pub context: Context,
    name: String,
}

/// What a name is to be used for; settings may name the `.__GLOBAL` context, schemas may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameUse {
    /// To register a schema.
    Registration,
    /// To store a configuration or a mode.
    Settings,
}

impl Subject {
    /// Reads the printed form; every text is a subject, if need be a strange one.
    pub fn parse(text: &str) -> Self {
        let qualified = text.strip_prefix(':').filter(|rest| rest.starts_with('.') || rest.starts_with("*:"));
        let Some(rest) = qualified else { return Self::new(Context::default_context(), text) };
        // Only the first colon after the context ends it.
        let (context, name) = rest.split_once(':').unwrap_or((rest, ""));
        Self::new(Context::from_raw(context), name)
    }

    /// A name in a context.
    pub fn new(context: Context, name: impl Into<String>) -> Self {
        Self { context, name: name.into() }
    }

    /// The key under which settings of the default context (the global ones) are kept.
    pub fn none() -> Self {
        Self::new(Context::default_context(), "")
    }

    /// The key under which settings of a whole context are kept.
    pub fn of_context(context: Context) -> Self {
        Self::new(context, "")
    }

    /// The part without the context.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it names a whole context: its own part is empty.
    pub fn is_context(&self) -> bool {
        self.name.is_empty()
    }

    /// Whether it is the key of the global settings: the default context, no name.
    pub fn is_none(&self) -> bool {
        self.context.is_default() && self.name.is_empty()
    }

    /// The name as a database can hold it: PostgreSQL refuses NUL, and no stored subject has a control character.
    pub fn stored_name(&self) -> Cow<'_, str> {
        without_nul(&self.name)
    }

    /// The same name, placed in `parent`'s context unless it names a context of its own.
    #[must_use]
    pub fn resolved_in(text: &str, parent: &Context) -> Self {
        let subject = Self::parse(text);
        if subject.context.is_default() { Self::new(parent.clone(), text) } else { subject }
    }

    /// Whether something may be stored under this name; `raw` is the text it was parsed from.
    pub fn is_valid(&self, raw: &str, name_use: NameUse) -> bool {
        let control = raw.chars().any(char::is_control);
        let reserved = matches!(self.name.as_str(), "__GLOBAL" | "__EMPTY");
        let global = self.context.is_global() && name_use != NameUse::Settings;
        !(control || reserved || global)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.context.is_default() { f.write_str(&self.name) } else { write!(f, ":{}:{}", self.context, self.name) }
    }
}

impl Ord for Subject {
    fn cmp(&self, other: &Self) -> Ordering {
        self.context.cmp(&other.context).then_with(|| utf16::compare(&self.name, &other.name))
    }
}

impl PartialOrd for Subject {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_reads_and_prints_what_the_contract_lists() {
        for (text, context, name, printed) in [
            ("foo", ".", "foo", "foo"),
            (":.ctx:foo", ".ctx", "foo", ":.ctx:foo"),
            (":.ctx:", ".ctx", "", ":.ctx:"),
            (":.ctx", ".ctx", "", ":.ctx:"),
            (":.:foo", ".", "foo", "foo"),
            (":.", ".", "", ""),
            (":.:", ".", "", ""),
            ("", ".", "", ""),
            (":.a:b:c", ".a", "b:c", ":.a:b:c"),
            (":*:foo", "*", "foo", ":*:foo"),
            (":ctx:foo", ".", ":ctx:foo", ":ctx:foo"),
        ] {
            let subject = Subject::parse(text);
            assert_eq!(
                (subject.context.as_str(), subject.name(), subject.to_string().as_str()),
                (context, name, printed),
                "{text}"
            );
        }
    }
}
