//! The log: for people on a terminal, as JSON elsewhere.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::filter::LevelFilter;

/// How the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LogFormat {
    /// For people on a terminal, as JSON elsewhere.
    Auto,
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}

/// What the log tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogLevel(LevelFilter);

impl LogFormat {
    /// Reads a name.
    pub(super) fn read(slot: &mut Self, text: &str) -> Result<(), String> {
        *slot = match text {
            "auto" => Self::Auto,
            "human" => Self::Human,
            "json" => Self::Json,
            _ => return Err(format!("{text:?} is not a format: write auto, human or json")),
        };
        Ok(())
    }
}

impl LogLevel {
    /// Requests and what is worth knowing.
    pub(super) const INFO: Self = Self(LevelFilter::INFO);

    /// Reads a name.
    pub(super) fn read(slot: &mut Self, text: &str) -> Result<(), String> {
        let level = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let wrong = || format!("{text:?} is not a level: write off, error, warn, info, debug or trace");
        *slot = Self(level.ok_or_else(wrong)?);
        Ok(())
    }
}

/// Starts the log on the standard output.
pub(super) fn start(format: LogFormat, LogLevel(level): LogLevel) {
    let terminal = io::stdout().is_terminal();
    let log = tracing_subscriber::fmt().with_max_level(level).with_ansi(terminal);
    // A log that was started before, by a test, stays.
    let _already = match (format, terminal) {
        (LogFormat::Json, _) | (LogFormat::Auto, false) => log.json().flatten_event(true).try_init(),
        (LogFormat::Human, _) | (LogFormat::Auto, true) => log.with_target(false).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
}
