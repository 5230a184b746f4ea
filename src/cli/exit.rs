//! What a command's exit code says; the same for all commands but `serve`.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing is wrong.
    Fine = 0,
    /// The command did its work and found something.
    Findings = 1,
    /// It was called wrongly, or a configuration or a file is wrong.
    Usage = 2,
    /// The registry could not be reached, or did not allow it.
    Unreachable = 3,
    /// The registry moved since the plan was made.
    Moved = 4,
    /// A fault of the command itself.
    Internal = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
