//! What may be done under a subject.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Mode of a subject, a context or the whole registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Mode {
    /// Everything; the default.
    ReadWrite,
    /// No writes.
    ReadOnly,
    /// No writes; behaves like [`Mode::ReadOnly`].
    #[serde(rename = "READONLY_OVERRIDE")]
    ReadOnlyOverride,
    /// Registration with ids and versions given by the client.
    Import,
    /// As [`Mode::Import`]; for the whole registry only.
    Forward,
}

impl Mode {
    const TABLE: [(Self, &'static str); 5] = [
        (Self::ReadWrite, "READWRITE"),
        (Self::ReadOnly, "READONLY"),
        (Self::ReadOnlyOverride, "READONLY_OVERRIDE"),
        (Self::Import, "IMPORT"),
        (Self::Forward, "FORWARD"),
    ];

    /// Reads a wire name in any letter case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)).map(|(mode, _)| *mode)
    }

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        Self::TABLE.iter().find(|(mode, _)| *mode == self).expect("the table has every mode").1
    }

    /// Whether writes are refused.
    pub fn is_read_only(self) -> bool {
        matches!(self, Self::ReadOnly | Self::ReadOnlyOverride)
    }

    /// Whether ids come from the client: no validation, no compatibility check.
    pub fn takes_given_ids(self) -> bool {
        matches!(self, Self::Import | Self::Forward)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
