//! The commands: one verb per file; the server's configuration lives here too.

mod against;
mod check;
mod completion;
mod config;
mod decode;
mod diff;
mod doctor;
mod exit;
mod explain;
mod fetched;
mod finding;
mod fixes;
mod get;
mod gone;
mod help;
mod judge;
mod lint;
mod locator;
mod logs;
mod ls;
mod mark;
mod messages;
mod naming;
mod paths;
mod plan;
mod planning;
mod problems;
mod pull;
mod register;
mod remote;
mod report;
mod rules;
mod selection;
mod serve;
mod settings;
mod values;
mod wanted;
mod workspace;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
    sync::OnceLock,
};

use clap::{Parser, Subcommand};

use self::{
    config::{Given, Unlisted},
    exit::Exit,
};

/// Help is never wider, in characters.
const WIDTH: usize = 100;
/// What a server answers when it could not do its work.
const FAILURE: u8 = 1;
/// What a process answers when it was called wrongly.
const WRONG_USE: u8 = 2;

/// A schema registry for Kafka, and the commands of those who use one.
#[derive(Debug, Parser)]
#[command(
    name = "regis",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    max_term_width = WIDTH,
    override_usage = "regis [COMMAND] [OPTIONS]",
    after_help = "Example:\n  regis check --against git:main\n\n\
                  Without a command regis serves; `regis help serve` shows its settings.\n\
                  Exit codes: 0 fine, 1 findings, 2 usage or configuration, 3 unreachable or not allowed,\n\
                  4 the registry moved since the plan, 5 internal."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    given: Unlisted,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the registry; this is what `regis` does without a command
    Serve(Given),
    /// Print a schema of a registry
    Get(get::Arguments),
    /// List the subjects of a registry
    Ls(ls::Arguments),
    /// Bring schemas of a registry into files
    Pull(pull::Arguments),
    /// Bring the schemas of files into a registry
    Register(register::Arguments),
    /// Compare the schemas and settings of a repository with a registry
    Plan(planning::PlanArguments),
    /// Carry out a plan
    Apply(planning::ApplyArguments),
    /// Turn messages in Kafka's wire format into JSON
    Decode(decode::Arguments),
    /// Tell what stands between this machine and a registry
    Doctor(doctor::Arguments),
    /// Tell what breaks for whom if these files become the next versions
    Check(check::Arguments),
    /// Tell what two schemas from anywhere differ in
    Diff(diff::Arguments),
    /// Look at style and safety of each schema by itself
    Lint(lint::Arguments),
    /// Explain a rule, or list all of them
    Explain(explain::Arguments),
    /// Write a completion script for a shell
    Completion(completion::Arguments),
    /// Show the help of a command
    Help(help::Arguments),
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
    let exit = match cli.command {
        Some(Command::Serve(given)) => return serve::serve(&given),
        None => return serve::serve(&cli.given.0),
        Some(Command::Help(arguments)) => return help::run(&arguments),
        Some(Command::Get(arguments)) => get::run(&arguments),
        Some(Command::Ls(arguments)) => ls::run(&arguments),
        Some(Command::Pull(arguments)) => pull::run(&arguments),
        Some(Command::Register(arguments)) => register::run(&arguments),
        Some(Command::Plan(arguments)) => planning::plan(&arguments),
        Some(Command::Apply(arguments)) => planning::apply(&arguments),
        Some(Command::Decode(arguments)) => decode::run(&arguments),
        Some(Command::Doctor(arguments)) => doctor::run(&arguments),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Diff(arguments)) => diff::run(&arguments),
        Some(Command::Lint(arguments)) => lint::run(&arguments),
        Some(Command::Explain(arguments)) => explain::run(&arguments),
        Some(Command::Completion(arguments)) => completion::run(&arguments),
    };
    ended(exit)
}

/// Tells people on the standard error; nothing more can be done if it is closed.
fn complain(sentence: &str) {
    let _unread = writeln!(io::stderr(), "regis: {sentence}");
}

/// Tells people, beside a result that programs read.
fn murmur(text: &str) {
    let _unread = io::stderr().lock().write_all(text.as_bytes());
}

/// Why a result was lost, if one was.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Writes a result to the standard output. Whoever closed it does not want it; other failures are told at the end, since
/// what a command did is done.
fn answer(text: &str) {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        let _first_counts = LOST.set(error);
    }
}

/// How the process ends.
fn ended(exit: Exit) -> ExitCode {
    let Some(error) = LOST.get() else { return exit.into() };
    complain(&format!("the standard output cannot be written: {error}"));
    Exit::Internal.into()
}
