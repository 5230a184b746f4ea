//! The languages: pure functions from text to meaning; no I/O, no async.

pub mod avro;
pub mod compatibility;
mod difference;
pub mod document;
mod error;
mod fingerprint;
mod instance;
mod java_hash;
pub mod json;
mod language;
mod lazy;
mod locate;
mod mentions;
pub mod protobuf;
mod source;

pub use crate::model::{EntityKind, EntityTags};
pub use difference::{Change, Difference, Direction, Place, Policy, Spot};
pub use error::{ParseError, TooComplex};
pub use fingerprint::guid;
pub use instance::{Instance, Violation};
pub use language::{FieldCheck, Schema};
pub use lazy::LazySchema;
pub use locate::{Locator, Position};
pub use mentions::{Mention, Mentions};
pub use source::{Referenced, Strictness};
