//! `regis completion`: a script that lets a shell complete the commands and their flags.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, answer, exit::Exit};

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regis completion bash > /etc/bash_completion.d/regis")]
pub(super) struct Arguments {
    /// The shell: bash, elvish, fish, powershell or zsh
    shell: Shell,
}

/// Writes the script to the standard output.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "regis", &mut script);
    answer(&String::from_utf8_lossy(&script));
    Exit::Fine
}
