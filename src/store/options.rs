//! How the database is reached, and how long it may take.

use std::time::Duration;

use super::Durability;

/// Settings of a store; all but the address have defaults that fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Connections to PostgreSQL at most.
    pub connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long the first connection may take: a server that cannot start says so soon.
    pub connect_timeout: Duration,
    /// Whether the database may acknowledge writes before they are safe.
    pub durability: Durability,
    /// How long a write, or a single statement of a read, may take.
    pub write_timeout: Duration,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            connections: 16,
            acquire_timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_millis(1500),
            durability: Durability::Demanded,
            write_timeout: Duration::from_secs(5),
        }
    }
}
