//! Regular expressions of strangers: Java's syntax is checked, and a linear-time engine runs what it can.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use super::java_pattern;

/// Deepest nesting of groups that is compiled: the engine's own parser recurses.
const NESTING_LIMIT: u32 = 100;

/// How large a compiled program may be, and what it costs then in steps of a comparison (about 50 ns each).
#[derive(Debug)]
struct Size {
    bytes: usize,
    compile: usize,
    search_per_byte: usize,
}

/// The sizes that are tried in turn; what exceeds the last is treated as an expression that never matches.
static SIZES: [Size; 3] = [
    Size { bytes: 4 << 10, compile: 1_000, search_per_byte: 2 },
    Size { bytes: 64 << 10, compile: 20_000, search_per_byte: 40 },
    Size { bytes: 256 << 10, compile: 100_000, search_per_byte: 160 },
];

/// A regular expression in Java's syntax.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    /// The same in the syntax of the `regex` crate.
    translated: String,
    compiled: OnceLock<Program>,
}

#[derive(Debug)]
enum Program {
    /// It runs; with its place among the sizes.
    Runs(Regex, &'static Size),
    /// It is larger than all sizes.
    TooLarge,
    /// It needs what a linear-time engine cannot do.
    Unsupported,
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

    /// Whether it occurs in `text`; never for an expression that needs back-tracking (look-around, back-references).
    pub(super) fn occurs_in(&self, text: &str) -> bool {
        matches!(self.program(), Program::Runs(regex, _) if regex.is_match(text))
    }

    /// What compiling it costs.
    pub(super) fn compile_steps(&self) -> usize {
        let [small, .., large] = &SIZES;
        match self.program() {
            Program::Runs(_, size) => size.compile,
            Program::TooLarge => large.compile,
            Program::Unsupported => small.compile,
        }
    }

    /// What searching a text of `length` bytes costs at worst.
    pub(super) fn search_steps(&self, length: usize) -> usize {
        match self.program() {
            Program::Runs(_, size) => 1 + size.search_per_byte.saturating_mul(length),
            Program::TooLarge | Program::Unsupported => 1,
        }
    }

    fn program(&self) -> &Program {
        self.compiled.get_or_init(|| {
            for size in &SIZES {
                let mut builder = RegexBuilder::new(&self.translated);
                match builder.size_limit(size.bytes).nest_limit(NESTING_LIMIT).build() {
                    Ok(regex) => return Program::Runs(regex, size),
                    Err(regex::Error::CompiledTooBig(_)) => {}
                    Err(_) => return Program::Unsupported,
                }
            }
            Program::TooLarge
        })
    }
}
