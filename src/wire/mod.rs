//! The bodies: JSON as it crosses the network, one type per entity of the contract (section 2).

mod associations;
mod compatibility;
mod config;
mod error;
mod history;
mod lenient;
mod metadata;
mod mode;
mod register;
mod rules;
mod schema;
mod server;
mod tags;
mod transactions;
mod validation;

pub use associations::{
    Association, AssociationBatchGetRequest, AssociationBatchRequest, AssociationBatchResponse,
    AssociationCreateOrUpdateInfo, AssociationCreateOrUpdateRequest, AssociationGetRequest, AssociationInfo,
    AssociationOp, AssociationOpRequest, AssociationResponse, AssociationResult, LIFECYCLES, OpType,
};
pub use compatibility::{CheckDirection, CompatibilityCheckResponse, SchemaDifference, SchemaPlace};
pub use config::{Config, ConfigUpdateRequest, UnknownLevel};
pub use error::ErrorMessage;
pub use history::VersionRecord;
pub use lenient::{Entity, Unreadable, read};
pub use metadata::Metadata;
pub use mode::{Mode, ModeUpdateRequest};
pub use register::{RegisterSchemaRequest, RegisterSchemaResponse};
pub use rules::{Rule, RuleSet};
pub use schema::{ContextId, ExtendedSchema, Schema, SchemaReference, SchemaString, SubjectVersion};
pub use server::{Deployment, Root, ServerClusterId, ServerScope, ServerVersion, Status};
pub use tags::{EntityType, SchemaEntity, SchemaTags, TagSchemaRequest};
pub use transactions::{
    ConfigOperation, ConfigResult, Expectations, ModeOperation, ModeResult, Operation, OperationConditions,
    OperationResult, RegisterOperation, RegisterResult, TransactionRequest, TransactionResponse,
};
pub use validation::{KafkaMessage, ValidateRequest, Validation, ValidationError};

/// Whether a text says nothing: entities leave such members out.
#[expect(clippy::ref_option, reason = "serde hands over a reference to the member")]
fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(str::is_empty)
}
