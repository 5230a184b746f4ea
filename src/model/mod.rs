//! The vocabulary: values that name things; no I/O, no async.

mod association;
mod config;
mod context;
mod definition;
mod entity;
mod guid;
mod head;
mod kind;
mod level;
mod metadata;
mod mode;
mod rules;
mod schema_id;
mod subject;
mod utf16;
mod version;

pub use association::{Association, AssociationType, Lifecycle, ResourceName, TOPIC};
pub use config::{CompatibilityPolicy, Config, ConfigChange, Setting};
pub use context::Context;
pub use definition::{Definition, Reference};
pub use entity::{EntityKind, EntityTags};
pub use guid::Guid;
pub use head::Head;
pub use kind::{SchemaKind, UnknownKind};
pub use level::{Level, Scope};
pub use metadata::{CONFLUENT_VERSION, Metadata};
pub use mode::Mode;
pub use rules::{EnableAt, InvalidRule, Rule, RuleKind, RuleMode, RuleSet};
pub use schema_id::SchemaId;
pub use subject::{NameUse, Subject};
pub use utf16::compare as compare_utf16;
pub use version::{InvalidVersion, Version, VersionSelector};
