//! `regis help`: the help of a command, by its name.

use std::{ffi::OsString, process::ExitCode};

use clap::Args;

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regis help check\n\nIt shows what `regis check --help` shows.")]
pub(super) struct Arguments {
    /// The command; the list of all if none is named
    command: Option<OsString>,
}

/// Calls the command with `--help`.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let words = ["regis".into()].into_iter().chain(arguments.command.clone()).chain(["--help".into()]);
    super::run(words)
}
