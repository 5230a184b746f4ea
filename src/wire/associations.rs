//! Associations of resources with subjects as JSON (contract, section 2.4).

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    ErrorMessage, RegisterSchemaRequest, Schema, is_blank,
    lenient::{Entity, Members, Misfit, constant, entity, flag, list, text, texts},
};
use crate::model::{AssociationType, Lifecycle};

/// The wire names of lifecycles, in the order of their numbers.
pub const LIFECYCLES: &[(&str, Lifecycle)] =
    &[(Lifecycle::Strong.as_str(), Lifecycle::Strong), (Lifecycle::Weak.as_str(), Lifecycle::Weak)];

/// An association of a resource with a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Association {
    /// The subject, with its context unless that is the default one.
    #[schema(example = ":.lkc-1:payments-value")]
    pub subject: String,
    /// The association's own name.
    #[schema(example = "6f0d3c0a-2b1e-4f7a-9c57-0f3f2f1d9a10")]
    pub guid: String,
    /// The resource's name.
    #[schema(example = "payments")]
    pub resource_name: String,
    /// The space of resource names.
    #[schema(example = "lkc-1")]
    pub resource_namespace: String,
    /// The resource's id.
    #[schema(example = "YbPz5f8tT7i2nCqvUHUSYQ")]
    pub resource_id: String,
    /// What the resource is: `topic`.
    #[schema(example = "topic")]
    pub resource_type: String,
    /// Which part of its messages the subject describes: `key` or `value`.
    #[schema(value_type = String, example = "value")]
    pub association_type: AssociationType,
    /// `STRONG`: the subject belongs to the resource alone; `WEAK`: it lives on its own.
    #[schema(value_type = String, example = "STRONG")]
    pub lifecycle: Lifecycle,
    /// Whether the association may not be changed; absent where the lifecycle says so (`STRONG`: yes, `WEAK`: no).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// When it was first written, in milliseconds since 1970.
    pub create_ts: i64,
    /// When it was last written, in milliseconds since 1970.
    pub update_ts: i64,
}

/// Associations that a resource shall have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"resourceName": "payments", "resourceNamespace": "lkc-1", "resourceId": "YbPz5f8tT7i2nCqvUHUSYQ",
    "associations": [{"subject": "payments-value", "associationType": "value", "lifecycle": "WEAK"}]}))]
pub struct AssociationCreateOrUpdateRequest {
    /// The resource's name: letters, digits, `_` and `-`.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_name: Option<String>,
    /// The space of resource names, such as a Kafka cluster.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_namespace: Option<String>,
    /// The resource's id; only a dry run may do without it.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_id: Option<String>,
    /// What the resource is: `topic` (default).
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_type: Option<String>,
    /// The associations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<AssociationCreateOrUpdateInfo>,
}

impl Entity for AssociationCreateOrUpdateRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let associations =
            members.get("associations", list(entity, || Some(AssociationCreateOrUpdateInfo::default())))?;
        Ok(Self {
            resource_name: members.get("resourceName", text)?,
            resource_namespace: members.get("resourceNamespace", text)?,
            resource_id: members.get("resourceId", text)?,
            resource_type: members.get("resourceType", text)?,
            associations: associations.unwrap_or_default(),
        })
    }
}

/// One association that a resource shall have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationCreateOrUpdateInfo {
    /// The subject; strong associations have the resource's own, `:.«namespace»:«name»-«type»`.
    #[serde(skip_serializing_if = "is_blank")]
    pub subject: Option<String>,
    /// `key` or `value` (default).
    #[serde(skip_serializing_if = "is_blank")]
    pub association_type: Option<String>,
    /// `STRONG` (default with a schema) or `WEAK` (default without).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub lifecycle: Option<Lifecycle>,
    /// Whether it may not be changed any more; strong associations are frozen, weak ones are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// A schema to be registered under the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<RegisterSchemaRequest>,
    /// Whether that schema is brought to its normal form first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
}

impl Entity for AssociationCreateOrUpdateInfo {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            subject: members.get("subject", text)?,
            association_type: members.get("associationType", text)?,
            lifecycle: members.get("lifecycle", constant(LIFECYCLES))?,
            frozen: members.get("frozen", flag)?,
            schema: members.get("schema", entity)?,
            normalize: members.get("normalize", flag)?,
        })
    }
}

/// A resource with associations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationResponse {
    /// The resource's name.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(example = "payments")]
    pub resource_name: Option<String>,
    /// The space of resource names.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(example = "lkc-1")]
    pub resource_namespace: Option<String>,
    /// The resource's id.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(example = "YbPz5f8tT7i2nCqvUHUSYQ")]
    pub resource_id: Option<String>,
    /// What the resource is: `topic`.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(example = "topic")]
    pub resource_type: Option<String>,
    /// The associations that were written or found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub associations: Vec<AssociationInfo>,
}

/// An association within an answer about its resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationInfo {
    /// The subject, with its context unless that is the default one.
    #[schema(example = ":.lkc-1:payments-value")]
    pub subject: String,
    /// `key` or `value`.
    #[schema(value_type = String, example = "value")]
    pub association_type: AssociationType,
    /// `STRONG` or `WEAK`.
    #[schema(value_type = String, example = "STRONG")]
    pub lifecycle: Lifecycle,
    /// Whether it may not be changed; absent where the lifecycle says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// The schema that was registered, or that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
}

/// What shall be done with the associations of several resources.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct AssociationBatchRequest {
    /// One item for each resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<AssociationOpRequest>,
}

impl Entity for AssociationBatchRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let requests = members.get("requests", list(entity, || Some(AssociationOpRequest::default())))?;
        Ok(Self { requests: requests.unwrap_or_default() })
    }
}

/// What shall be done with the associations of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationOpRequest {
    /// The resource's name: letters, digits, `_` and `-`.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_name: Option<String>,
    /// The space of resource names, such as a Kafka cluster.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_namespace: Option<String>,
    /// The resource's id; only a dry run may do without it.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_id: Option<String>,
    /// What the resource is: `topic` (default).
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_type: Option<String>,
    /// The steps, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<AssociationOp>,
    /// An error that the client met already; it becomes the item's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorMessage>,
}

impl Entity for AssociationOpRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            resource_name: members.get("resourceName", text)?,
            resource_namespace: members.get("resourceNamespace", text)?,
            resource_id: members.get("resourceId", text)?,
            resource_type: members.get("resourceType", text)?,
            associations: members.get("associations", list(entity, || None))?.unwrap_or_default(),
            error: members.get("error", entity)?,
        })
    }
}

/// One step; which members count depends on its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssociationOp {
    /// What the resource shall have; a deletion looks only at its type.
    #[serde(flatten)]
    pub wanted: AssociationCreateOrUpdateInfo,
    /// Whether a deletion takes the subject of a strong association along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cascade_lifecycle: Option<bool>,
    /// What the step does.
    pub op_type: OpType,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum OpType {
    /// It adds an association that the resource does not have yet.
    Create,
    /// It adds an association or changes it.
    Upsert,
    /// It removes an association.
    Delete,
}

const OP_TYPES: &[(&str, OpType)] =
    &[("CREATE", OpType::Create), ("UPSERT", OpType::Upsert), ("DELETE", OpType::Delete)];

impl Entity for AssociationOp {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            op_type: members.required("opType", constant(OP_TYPES))?,
            wanted: AssociationCreateOrUpdateInfo::read(members)?,
            cascade_lifecycle: members.get("cascadeLifecycle", flag)?,
        })
    }
}

/// Questions about the associations of several resources.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct AssociationBatchGetRequest {
    /// One question for each resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<AssociationGetRequest>,
}

impl Entity for AssociationBatchGetRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let requests = members.get("requests", list(entity, || Some(AssociationGetRequest::default())))?;
        Ok(Self { requests: requests.unwrap_or_default() })
    }
}

/// A question about the associations of a resource: by its id, or by its name and namespace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"resourceName": "payments", "resourceNamespace": "lkc-1", "associationTypes": ["value"]}))]
pub struct AssociationGetRequest {
    /// The resource's name.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_name: Option<String>,
    /// The space of resource names.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_namespace: Option<String>,
    /// The resource's id; it counts for more than its name.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_id: Option<String>,
    /// What the resource is.
    #[serde(skip_serializing_if = "is_blank")]
    pub resource_type: Option<String>,
    /// Which types of associations are wanted: `key`, `value`, or (if there is none) all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub association_types: Vec<String>,
    /// Which lifecycle is wanted: `STRONG`, `WEAK`, or (if absent) any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub lifecycle: Option<Lifecycle>,
}

impl Entity for AssociationGetRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {
            resource_name: members.get("resourceName", text)?,
            resource_namespace: members.get("resourceNamespace", text)?,
            resource_id: members.get("resourceId", text)?,
            resource_type: members.get("resourceType", text)?,
            association_types: members.get("associationTypes", texts)?.unwrap_or_default(),
            lifecycle: members.get("lifecycle", constant(LIFECYCLES))?,
        })
    }
}

/// The outcomes of a batch, in the order of its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssociationBatchResponse {
    /// One outcome for each item.
    pub results: Vec<AssociationResult>,
}

/// The outcome of one item: an error or a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssociationResult {
    /// Why the item was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorMessage>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<AssociationResponse>,
}
