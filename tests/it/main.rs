//! The integration tests: the product is started, asked over its socket, and judged by what it answers.

mod api;
mod architecture;
mod corpora;
mod durability;
mod harness;
mod hostile;
mod laws;
mod openapi;
mod process;
mod races;
