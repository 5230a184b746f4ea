//! The caller: a typed client of any registry that speaks Confluent's API.

mod address;
mod answer;
mod backoff;
mod bulk;
mod compatibility;
mod connection;
mod error;
mod question;
mod schemas;
mod server;
mod settings;
mod subjects;
mod transactions;
mod transport;
mod variables;

pub use address::{Addresses, InvalidAddress};
pub use answer::{Headed, Registered, Stored, Verdict};
pub use backoff::Retries;
pub use bulk::each;
pub use compatibility::Opponents;
pub use connection::{Connection, Credentials, Identity};
pub use error::Error;
pub use reqwest::Url;
pub use schemas::Listing;
pub use server::{Features, Probe};
pub use settings::Lookup;
pub use subjects::{Normalize, Permanence, Precondition, Registration, Seen, Write};
pub use transactions::Outcome;
pub use transport::Client;
pub use variables::VARIABLES;
