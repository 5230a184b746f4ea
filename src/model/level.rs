//! How a new version must relate to earlier ones.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Compatibility level of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Level {
    /// Anything goes.
    None,
    /// The new version reads data of the latest one.
    Backward,
    /// The new version reads data of every earlier one.
    BackwardTransitive,
    /// The latest version reads data of the new one.
    Forward,
    /// Every earlier version reads data of the new one.
    ForwardTransitive,
    /// Both directions, latest version.
    Full,
    /// Both directions, every version.
    FullTransitive,
}

/// Which earlier versions a level looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// None of them.
    Nothing,
    /// The newest one.
    Latest,
    /// Newest to oldest, up to the first incompatible one.
    All,
}

impl Level {
    /// Every level, with its wire name and the versions it looks at.
    const TABLE: [(Self, &'static str, Scope); 7] = [
        (Self::None, "NONE", Scope::Nothing),
        (Self::Backward, "BACKWARD", Scope::Latest),
        (Self::BackwardTransitive, "BACKWARD_TRANSITIVE", Scope::All),
        (Self::Forward, "FORWARD", Scope::Latest),
        (Self::ForwardTransitive, "FORWARD_TRANSITIVE", Scope::All),
        (Self::Full, "FULL", Scope::Latest),
        (Self::FullTransitive, "FULL_TRANSITIVE", Scope::All),
    ];

    /// Reads a wire name in any letter case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(text)).map(|(level, ..)| *level)
    }

    fn row(self) -> &'static (Self, &'static str, Scope) {
        Self::TABLE.iter().find(|(level, ..)| *level == self).expect("the table has every level")
    }

    /// The wire name.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// Which earlier versions it looks at.
    pub fn scope(self) -> Scope {
        self.row().2
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
