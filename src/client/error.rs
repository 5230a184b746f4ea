//! Why a registry gave no answer that can be used.

use std::{error, time::Duration};

use thiserror::Error;

/// A question that was not answered as hoped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The registry refused, or it failed and said so.
    #[error("{message}{}", number(*.code))]
    Refused {
        /// What was asked, without the address.
        request: String,
        /// The HTTP status.
        status: u16,
        /// The registry's number; the status where the answer names none.
        code: u32,
        /// The registry's sentence.
        message: String,
    },
    /// No connection, or it broke.
    #[error("{address} cannot be reached: {why}")]
    Unreachable {
        /// Where it was tried last.
        address: String,
        /// What the system says.
        why: String,
    },
    /// A proxy in between refused.
    #[error("the proxy on the way to {address} refused (HTTPS_PROXY, HTTP_PROXY, NO_PROXY): {why}")]
    Proxy {
        /// Where the request was to go.
        address: String,
        /// What the proxy says.
        why: String,
    },
    /// There was no answer in time.
    #[error("{address} did not answer within {} s ({request})", .after.as_secs_f64())]
    TimedOut {
        /// Where it was tried last.
        address: String,
        /// What was asked.
        request: String,
        /// How long it may take.
        after: Duration,
    },
    /// The answer is not one of a registry.
    #[error("{address} does not answer like a schema registry ({request}): {why}")]
    Unexpected {
        /// Who answered.
        address: String,
        /// What was asked.
        request: String,
        /// What is wrong with the answer.
        why: String,
    },
    /// A certificate or a key cannot be used.
    #[error("{what}: {why}")]
    Setup {
        /// The file, or what it is about.
        what: String,
        /// What is wrong.
        why: String,
    },
    /// No URL can carry the name.
    #[error("no request can name {0:?}: a URL has no such path segment")]
    Unnameable(String),
}

fn number(code: u32) -> String {
    if code == 0 { String::new() } else { format!(" (error {code})") }
}

impl Error {
    pub(super) fn setup(what: &str, error: &dyn error::Error) -> Self {
        Self::Setup { what: what.to_owned(), why: chain(error) }
    }

    /// The HTTP status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The registry's number of a refusal.
    pub fn code(&self) -> Option<u32> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// Whether the registry knows what was asked for, and there is none: a bare 404 would be an address without a registry.
    pub fn is_absent(&self) -> bool {
        self.status() == Some(404) && self.code().is_some_and(|code| (40400..=40499).contains(&code))
    }

    /// Whether the registry has no such endpoint.
    pub fn is_unknown(&self) -> bool {
        matches!(self.status(), Some(404 | 405 | 501))
    }

    /// Whether a precondition did not hold: somebody was faster.
    pub fn is_moved(&self) -> bool {
        self.status() == Some(412)
    }

    /// Whether the registry is there, but the caller may not.
    pub fn is_forbidden(&self) -> bool {
        matches!(self.status(), Some(401 | 403))
    }
}

/// An error and its causes on one line, each sentence once.
pub(super) fn chain(error: &dyn error::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let sentence = error.to_string();
        if !parts.iter().any(|part| part.contains(&sentence)) {
            parts.push(sentence);
        }
        next = error.source();
    }
    parts.join(": ")
}

/// What an absence means where it is an answer too.
pub(super) fn unless_absent<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What an endpoint says that not every registry has.
pub(super) fn unless_unknown<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_unknown() => Ok(None),
        Err(error) => Err(error),
    }
}
