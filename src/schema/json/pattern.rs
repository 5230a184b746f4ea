//! Regular expressions of strangers: Java's syntax is checked, and a linear-time engine runs what it can.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::java_pattern;

/// Largest compiled program in bytes; a longer one is treated as one that never matches.
const PROGRAM_LIMIT: usize = 1 << 20;

/// Deepest nesting of groups that is compiled: the engine's own parser recurses.
const NESTING_LIMIT: u32 = 100;

/// A regular expression in Java's syntax.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    /// The same in the syntax of the `regex` crate.
    translated: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Checks the syntax; the error says what is wrong with it.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let translated = java_pattern::translate(text)?;
        Ok(Self { text: text.to_owned(), translated, compiled: OnceLock::new() })
    }

    /// The expression as written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it has been compiled, which costs more than a search.
    pub(super) fn is_compiled(&self) -> bool {
        self.compiled.get().is_some()
    }

    /// Whether it occurs in `text`; never for an expression that needs back-tracking (look-around, back-references).
    pub(super) fn occurs_in(&self, text: &str) -> bool {
        let compile = || {
            RegexBuilder::new(&self.translated).size_limit(PROGRAM_LIMIT).nest_limit(NESTING_LIMIT).build().ok()
        };
        self.compiled.get_or_init(compile).as_ref().is_some_and(|regex| regex.is_match(text))
    }
}
