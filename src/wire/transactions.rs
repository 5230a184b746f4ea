//! Transactions as JSON: several operations, all or nothing. Regis' own, beyond the contract.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Config, ConfigUpdateRequest, ModeUpdateRequest, RegisterSchemaRequest, RegisterSchemaResponse,
    lenient::{Entity, Members, Misfit, constant, entity, flag, list, nullable_map, string, text},
};
use crate::schema::document::{Node, Value};

/// Operations that are done together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"dryRun": false, "expect": {"subjects": {"money": null}, "config": {"payments-value": null}},
    "operations": [
        {"type": "config", "subject": "payments-value", "compatibility": "FULL"},
        {"type": "register", "subject": "payments-value", "schema": "{\"type\":\"array\",\"items\":\"Money\"}",
         "references": [{"name": "Money", "subject": "money", "version": -1}]},
        {"type": "register", "subject": "money", "ifNoneMatch": "*",
         "schema": "{\"type\":\"record\",\"name\":\"Money\",\"fields\":[{\"name\":\"amount\",\"type\":\"long\"}]}"}]}))]
pub struct TransactionRequest {
    /// Whether the answer is only the one that the transaction would give, and nothing is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// What must be so before the first operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expectations>,
    /// The operations. Settings are changed first, in the order given; then schemas are registered, what is referred to
    /// before what refers to it.
    pub operations: Vec<Operation>,
}

impl Entity for TransactionRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        members.only(&[&["dryRun", "expect", "operations"]])?;
        Ok(Self {
            dry_run: members.get("dryRun", flag)?,
            expect: members.get("expect", entity)?,
            operations: members.get("operations", list(entity, || None))?.unwrap_or_default(),
        })
    }
}

/// What somebody saw who decided on a transaction: if anything of it is otherwise, nothing is done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Expectations {
    /// The heads of subjects: an `ETag` of an answer about the subject, `*` if it only must exist, `null` if it must not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub subjects: BTreeMap<String, Option<String>>,
    /// Configurations as `GET /config/{subject}` answers them, `null` for none of its own; the empty name means the
    /// global one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false, value_type = BTreeMap<String, Config>)]
    pub config: BTreeMap<String, Option<Config>>,
    /// Modes as `GET /mode/{subject}` answers them or by name alone, `null` for none of its own; the empty name means the global one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    pub mode: BTreeMap<String, Option<String>>,
}

impl Entity for Expectations {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        members.only(&[&["subjects", "config", "mode"]])?;
        let subjects = members.get("subjects", nullable_map(string))?.unwrap_or_default();
        let config = members.get("config", nullable_map(entity))?.unwrap_or_default();
        let mode = members.get("mode", nullable_map(mode))?.unwrap_or_default();
        Ok(Self {
            subjects: subjects.into_iter().collect(),
            config: config.into_iter().collect(),
            mode: mode.into_iter().collect(),
        })
    }
}

/// A mode as it is answered, `{"mode": …}`, or its name alone.
fn mode(node: &Node) -> Result<Option<String>, Misfit> {
    match &node.value {
        Value::Object(_) => Ok(entity::<ModeUpdateRequest>(node)?.and_then(|answer| answer.mode)),
        _ => text(node),
    }
}

/// Members of every operation.
const COMMON: &[&str] = &["type", "subject", "ifMatch", "ifNoneMatch"];
const OF_REGISTRATION: &[&str] = &[
    "normalize",
    "force",
    "version",
    "id",
    "schemaType",
    "references",
    "metadata",
    "ruleSet",
    "schema",
    "schemaTagsToAdd",
    "schemaTagsToRemove",
    "propagateSchemaTags",
];
const OF_CONFIG: &[&str] = &[
    "alias",
    "aliasForDeks",
    "normalize",
    "validateFields",
    "validateNewSchemas",
    "validateRules",
    "compatibility",
    "compatibilityPolicy",
    "compatibilityGroup",
    "defaultMetadata",
    "overrideMetadata",
    "defaultRuleSet",
    "overrideRuleSet",
];
const OF_MODE: &[&str] = &["mode", "force"];

/// One operation of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Operation {
    /// Registers a schema, as `POST /subjects/{subject}/versions` does.
    Register(Box<RegisterOperation>),
    /// Changes a configuration, as `PUT /config/{subject}` does.
    Config(Box<ConfigOperation>),
    /// Changes a mode, as `PUT /mode/{subject}` does.
    Mode(ModeOperation),
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OperationType {
    Register,
    Config,
    Mode,
}

const TYPES: &[(&str, OperationType)] =
    &[("register", OperationType::Register), ("config", OperationType::Config), ("mode", OperationType::Mode)];

impl Entity for Operation {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let operation = members.required("type", constant(TYPES))?;
        // A condition that is spelled wrong must not be taken for none.
        members.only(&[
            COMMON,
            match operation {
                OperationType::Register => OF_REGISTRATION,
                OperationType::Config => OF_CONFIG,
                OperationType::Mode => OF_MODE,
            },
        ])?;
        Ok(match operation {
            OperationType::Register => Self::Register(Box::new(RegisterOperation::read(members)?)),
            OperationType::Config => Self::Config(Box::new(ConfigOperation::read(members)?)),
            OperationType::Mode => Self::Mode(ModeOperation::read(members)?),
        })
    }
}

/// What an operation demands of its subject's head before the first operation of the transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationConditions {
    /// As the header `If-Match`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_match: Option<String>,
    /// As the header `If-None-Match`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_none_match: Option<String>,
}

impl Entity for OperationConditions {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self { if_match: members.get("ifMatch", string)?, if_none_match: members.get("ifNoneMatch", string)? })
    }
}

/// A registration within a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterOperation {
    /// The subject.
    pub subject: String,
    /// Whether the text is brought to its normal form first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether compatibility is not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
    /// What is demanded of the subject's head.
    #[serde(flatten)]
    pub conditions: OperationConditions,
    /// The schema. The version of a reference to a subject of the same transaction is the one that it will get, or -1 for
    /// the one that the transaction gives it.
    #[serde(flatten)]
    pub schema: RegisterSchemaRequest,
}

impl Entity for RegisterOperation {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            subject: members.required("subject", text)?,
            normalize: members.get("normalize", flag)?,
            force: members.get("force", flag)?,
            conditions: OperationConditions::read(members)?,
            schema: RegisterSchemaRequest::read(members)?,
        })
    }
}

/// A change of configuration within a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigOperation {
    /// The subject or the context (`:.context:`); absent or `null` for the global configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What is demanded of the subject's head.
    #[serde(flatten)]
    pub conditions: OperationConditions,
    /// The change.
    #[serde(flatten)]
    pub change: ConfigUpdateRequest,
}

impl Entity for ConfigOperation {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            subject: members.get("subject", text)?,
            conditions: OperationConditions::read(members)?,
            change: ConfigUpdateRequest::read(members)?,
        })
    }
}

/// A change of mode within a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModeOperation {
    /// The subject or the context (`:.context:`); absent or `null` for the global mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The mode, in any letter case; `null` removes the setting.
    pub mode: Option<String>,
    /// Whether import mode is entered in spite of existing subjects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force: Option<bool>,
    /// What is demanded of the subject's head.
    #[serde(flatten)]
    pub conditions: OperationConditions,
}

impl Entity for ModeOperation {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            subject: members.get("subject", text)?,
            mode: members.get("mode", text)?,
            force: members.get("force", flag)?,
            conditions: OperationConditions::read(members)?,
        })
    }
}

/// What a transaction did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionResponse {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// What came of each operation, in the order of the operations.
    pub results: Vec<OperationResult>,
}

/// What came of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum OperationResult {
    /// Of a registration.
    Register(Box<RegisterResult>),
    /// Of a change of configuration.
    Config(Box<ConfigResult>),
    /// Of a change of mode.
    Mode(ModeResult),
}

/// What came of a registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RegisterResult {
    /// The subject, aliases followed.
    pub subject: String,
    /// The subject's head after the transaction.
    #[schema(example = "\"5f1c3a90d2b84e6f-2\"")]
    pub etag: String,
    /// Whether there is a new version; else the schema was there already.
    pub created: bool,
    /// The answer of the registration.
    pub schema: RegisterSchemaResponse,
}

/// What came of a change of configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConfigResult {
    /// The subject or the context; absent for the global configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The whole configuration after the change.
    pub config: ConfigUpdateRequest,
}

/// What came of a change of mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModeResult {
    /// The subject or the context; absent for the global mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The mode as it was sent.
    #[serde(flatten)]
    pub mode: ModeUpdateRequest,
}
