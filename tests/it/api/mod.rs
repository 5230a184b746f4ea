//! The REST interface by the contract, one module per kind of endpoint.

mod body_reading;
mod compatibility;
mod config;
mod config_scope;
mod contexts;
mod deletion;
mod errors;
mod exchanges;
mod lookup;
mod media;
mod metadata;
mod mode;
mod mode_effects;
mod names;
mod references;
mod registration;
mod rules;
mod schemas;
mod subjects;
mod traces;
mod transport;
mod validate;
mod versions;
