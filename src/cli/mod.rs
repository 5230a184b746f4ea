//! The commands: one verb per file; the server's configuration lives here too.

mod config;
mod logs;
mod serve;
mod settings;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use config::Given;

/// What a process answers when it could not do its work.
const FAILURE: u8 = 1;
/// What a process answers when it was called wrongly.
const WRONG_USE: u8 = 2;

/// A schema registry for Kafka: Confluent's REST API, exact compatibility verdicts, one binary.
#[derive(Debug, Parser)]
#[command(name = "regis", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    given: Given,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the registry; this is what `regis` does without a command
    Serve(Given),
}

/// Runs the command that the arguments name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(wrong) => {
            // Help and version go to the standard output, mistakes to the standard error; neither can be helped if closed.
            let _unread = wrong.print();
            return if wrong.use_stderr() { ExitCode::from(WRONG_USE) } else { ExitCode::SUCCESS };
        }
    };
    match cli.command {
        Some(Command::Serve(given)) => serve::serve(&given),
        None => serve::serve(&cli.given),
    }
}

/// Tells people on the standard error; nothing more can be done if it is closed.
fn complain(sentence: &str) {
    let _unread = writeln!(io::stderr(), "regis: {sentence}");
}
