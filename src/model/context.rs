//! The space in which ids are unique and names are looked up.

use std::{borrow::Cow, cmp::Ordering, fmt};

use super::utf16;

/// A context: `.` is the default one, others start with a dot (`.team`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Context(String);

impl Context {
    /// The default context, `.`.
    pub fn default_context() -> Self {
        Self(".".to_owned())
    }

    /// The context whose settings reach every other one, `.__GLOBAL`.
    pub fn global() -> Self {
        Self(".__GLOBAL".to_owned())
    }

    /// Wraps the raw form (`.`, `.team`, `*`).
    pub fn from_raw(raw: impl Into<String>) -> Self {
        Self(raw.into())
    }

    /// The raw form, such as `.team`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The raw form as a database can hold it: PostgreSQL refuses NUL, and no stored context has a control character.
    pub fn stored_name(&self) -> Cow<'_, str> {
        without_nul(&self.0)
    }

    /// Whether this is the default context.
    pub fn is_default(&self) -> bool {
        self.0 == "."
    }

    /// Whether this is `.__GLOBAL`.
    pub fn is_global(&self) -> bool {
        self.0 == ".__GLOBAL"
    }

    /// Whether this is the wildcard `*` of a prefix search.
    pub fn is_wildcard(&self) -> bool {
        self.0 == "*"
    }

    /// The form that stands before a subject: nothing for the default context, else `:.team:`.
    pub fn prefix(&self) -> String {
        if self.is_default() { String::new() } else { format!(":{}:", self.0) }
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::default_context()
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for Context {
    fn cmp(&self, other: &Self) -> Ordering {
        utf16::compare(&self.0, &other.0)
    }
}

impl PartialOrd for Context {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A name that finds nothing just as well, but that every database can hold.
pub(super) fn without_nul(name: &str) -> Cow<'_, str> {
    if name.contains('\0') { Cow::Owned(name.replace('\0', "\u{1}")) } else { Cow::Borrowed(name) }
}
