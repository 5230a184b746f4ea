//! The integration tests: the product is started, asked over its socket, and judged by what it answers.

#![expect(unreachable_pub, reason = "nothing leaves a test binary; `pub` means shared between its modules")]
#![expect(
    clippy::print_stdout,
    reason = "a test that cannot run, and a count of cases, is told to who reads the output"
)]

mod api;
mod architecture;
mod check;
mod client;
mod contract;
mod corpora;
mod disk;
mod durability;
mod encryption;
mod faults;
mod harness;
mod hostile;
mod hurry;
mod laws;
mod linear;
mod meanings;
mod openapi;
mod process;
mod races;
mod remote;
mod sealing;
mod siblings;
mod upgrades;
