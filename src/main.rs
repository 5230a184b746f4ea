//! The program: hands its arguments to the commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    regis::cli::run(std::env::args_os())
}
