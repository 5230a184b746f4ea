//! Regis, a schema registry for Kafka: the map of its rooms.

pub mod cli;
pub mod client;
pub mod http;
pub mod model;
pub mod registry;
pub mod schema;
pub mod store;
pub mod wire;
