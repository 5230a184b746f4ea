//! The number of a schema within its subject.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A version of a subject; the first one is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub i32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Which version a request means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionSelector {
    /// The highest version that is not soft-deleted.
    Latest,
    /// Just this one.
    Exactly(Version),
}

impl VersionSelector {
    /// Reads a path segment: `latest` in any case, `-1`, or a positive 32-bit number.
    pub fn parse(text: &str) -> Result<Self, InvalidVersion> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("latest") {
            return Ok(Self::Latest);
        }
        match text.parse::<i32>() {
            Ok(-1) => Ok(Self::Latest),
            Ok(number) if number > 0 => Ok(Self::Exactly(Version(number))),
            Ok(number) => Err(InvalidVersion(number.to_string())),
            Err(_) => Err(InvalidVersion(text.to_owned())),
        }
    }
}

impl fmt::Display for VersionSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("-1"),
            Self::Exactly(version) => version.fmt(f),
        }
    }
}

/// The text names no version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "The specified version '{0}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
)]
pub struct InvalidVersion(pub String);
