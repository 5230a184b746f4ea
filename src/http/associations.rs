//! Associations of resources, such as topics, with the subjects that hold their schemas.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Deserializer, de::Error};
use utoipa::IntoParams;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted, Repeated, Segments},
    page::{Page, Reply},
    parameters::SubjectPath,
    translate::wanted,
};
use crate::{
    model::{self, Lifecycle, TOPIC},
    registry::{AssociationFilter, Cascade, Rehearsal},
    wire::{Association, AssociationCreateOrUpdateRequest, AssociationResponse},
};

const READ_FAILED: &str = "Error while getting associations";
const CREATE_FAILED: &str = "Error while creating association";
const DELETE_FAILED: &str = "Error while deleting association";

/// A path with a resource's id.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(super) struct ResourcePath {
    /// The resource's id, percent-encoded.
    #[param(example = "YbPz5f8tT7i2nCqvUHUSYQ")]
    resource_id: String,
}

/// A path with a resource's name.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(super) struct ResourceNamePath {
    /// The space of resource names; `-` means any.
    #[param(example = "lkc-1")]
    resource_namespace: String,
    /// The resource's name; `-` means every resource of the namespace.
    #[param(example = "payments")]
    resource_name: String,
}

/// What the resource is.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ResourceType {
    /// What the resource is; `topic` if absent.
    #[param(required = false)]
    resource_type: String,
}

/// Which types of associations are meant.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct AssociationTypes {
    /// `key` or `value`, or repeated for both; all if absent.
    #[param(required = false)]
    association_type: Vec<String>,
}

/// Which lifecycle is meant.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct OfLifecycle {
    /// `STRONG` or `WEAK`; any if absent.
    #[serde(deserialize_with = "lifecycle")]
    #[param(value_type = Option<String>)]
    lifecycle: Option<Lifecycle>,
}

fn lifecycle<'de, D: Deserializer<'de>>(parameter: D) -> Result<Option<Lifecycle>, D::Error> {
    let text = String::deserialize(parameter)?;
    Lifecycle::parse(&text).map(Some).ok_or_else(|| D::Error::custom("no lifecycle"))
}

/// Where subjects lie, and whether anything is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Bonding {
    /// The context (`:.context:`) of subjects that name none; below `/contexts/{context}` it is that context.
    #[param(required = false)]
    context: String,
    /// Whether only the checks are made and nothing is written.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    dry_run: bool,
}

impl Bonding {
    pub(super) fn context(&self) -> &str {
        &self.context
    }

    pub(super) fn rehearsal(&self) -> Rehearsal {
        if self.dry_run { Rehearsal::On } else { Rehearsal::Off }
    }
}

/// How far a deletion goes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Unbonding {
    /// Whether frozen associations are deleted too, and with strong ones their subjects.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    cascade_lifecycle: bool,
    /// Whether only the checks are made and nothing is written.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    dry_run: bool,
}

impl Unbonding {
    fn cascade(&self) -> Cascade {
        if self.cascade_lifecycle { Cascade::Subject } else { Cascade::None }
    }

    fn rehearsal(&self) -> Rehearsal {
        if self.dry_run { Rehearsal::On } else { Rehearsal::Off }
    }
}

fn filter(of: ResourceType, types: AssociationTypes, lifecycle: OfLifecycle) -> AssociationFilter {
    let resource_type = Some(of.resource_type).filter(|given| !given.is_empty()).unwrap_or_else(|| TOPIC.to_owned());
    AssociationFilter {
        resource_type: Some(resource_type),
        association_types: types.association_type,
        lifecycles: lifecycle.lifecycle.into_iter().map(Some).collect(),
    }
}

impl Door {
    fn page_of(&self, page: Page, associations: Vec<model::Association>) -> Reply<Vec<Association>> {
        Reply(page.of(associations, self.settings.schema_limits).map(Into::into).collect())
    }
}

/// List the associations of a subject.
///
/// Sorted by resource; none is an empty list.
#[utoipa::path(
    get, path = "/associations/subjects/{subject}", operation_id = "getAssociationsBySubject", tag = "Associations",
    params(SubjectPath, ResourceType, AssociationTypes, OfLifecycle, Page),
    responses((status = 200, description = "The associations", body = Vec<Association>), Refusals)
)]
pub(super) async fn of_subject(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(of): Asked<ResourceType>,
    Repeated(types): Repeated<AssociationTypes>,
    Asked(lifecycle): Asked<OfLifecycle>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<Association>>, ApiError> {
    let found = door
        .registry
        .associations_of_subject(&door.name(path.raw(), READ_FAILED).await?, &filter(of, types, lifecycle))
        .await;
    Ok(door.page_of(page, found.map_err(ApiError::during(READ_FAILED))?))
}

/// List the associations of a resource by its id.
///
/// Sorted by type; none is an empty list.
#[utoipa::path(
    get, path = "/associations/resources/{resourceId}", operation_id = "getAssociationsByResourceId",
    tag = "Associations", params(ResourcePath, ResourceType, AssociationTypes, OfLifecycle, Page),
    responses((status = 200, description = "The associations", body = Vec<Association>), Refusals)
)]
pub(super) async fn of_resource(
    door: State<Door>,
    Segments(path): Segments<ResourcePath>,
    Asked(of): Asked<ResourceType>,
    Repeated(types): Repeated<AssociationTypes>,
    Asked(lifecycle): Asked<OfLifecycle>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<Association>>, ApiError> {
    let found = door.registry.associations_of_resource(&path.resource_id, &filter(of, types, lifecycle)).await;
    Ok(door.page_of(page, found.map_err(ApiError::during(READ_FAILED))?))
}

/// List the associations of resources by their name.
///
/// Sorted by resource; none is an empty list. Serializers ask this to find the subject of a topic.
#[utoipa::path(
    get, path = "/associations/resources/{resourceNamespace}/{resourceName}", tag = "Associations",
    operation_id = "getAssociationsByResourceName",
    params(ResourceNamePath, ResourceType, AssociationTypes, OfLifecycle, Page),
    responses((status = 200, description = "The associations", body = Vec<Association>), Refusals)
)]
pub(super) async fn of_name(
    door: State<Door>,
    Segments(path): Segments<ResourceNamePath>,
    Asked(of): Asked<ResourceType>,
    Repeated(types): Repeated<AssociationTypes>,
    Asked(lifecycle): Asked<OfLifecycle>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<Association>>, ApiError> {
    let (namespace, name) = (&path.resource_namespace, &path.resource_name);
    let found = door.registry.associations_of_name(namespace, name, &filter(of, types, lifecycle)).await;
    Ok(door.page_of(page, found.map_err(ApiError::during(READ_FAILED))?))
}

/// Create associations of a resource.
///
/// Schemas that come along are registered. Answers the associations that were written; repeating a request writes
/// nothing. Codes: 42212 a property is wrong, 40901 a schema is incompatible, 40903 the resource has another association
/// of the type, 40904 the subject has an association, 40905 it has a strong one, 40907 it has no version, 42201 a schema
/// is invalid, 42205 the mode forbids it, 42206 a schema refers to the subject.
#[utoipa::path(
    post, path = "/associations", operation_id = "createAssociation", tag = "Associations", params(Bonding),
    request_body = AssociationCreateOrUpdateRequest,
    responses((status = 200, description = "What was written", body = AssociationResponse), Refusals)
)]
pub(super) async fn create(
    door: State<Door>,
    Asked(bonding): Asked<Bonding>,
    body: Posted<AssociationCreateOrUpdateRequest>,
) -> Result<Reply<AssociationResponse>, ApiError> {
    let (resource, wanted) = wanted(body.required("createAssociation.request")?);
    let (context, rehearsal) = (bonding.context(), bonding.rehearsal());
    let created = door.registry.create_associations(resource, wanted, context, rehearsal).await;
    Ok(Reply(created.map_err(ApiError::during(CREATE_FAILED))?.into()))
}

/// Create or update associations of a resource.
///
/// Answers the associations that were written. Codes as for creating associations, and 40908 the association is frozen.
#[utoipa::path(
    put, path = "/associations/resources/{resourceId}", operation_id = "createOrUpdateAssociation",
    tag = "Associations", params(ResourcePath, Bonding), request_body = AssociationCreateOrUpdateRequest,
    responses((status = 200, description = "What was written", body = AssociationResponse), Refusals)
)]
pub(super) async fn upsert(
    door: State<Door>,
    Segments(path): Segments<ResourcePath>,
    Asked(bonding): Asked<Bonding>,
    body: Posted<AssociationCreateOrUpdateRequest>,
) -> Result<Reply<AssociationResponse>, ApiError> {
    let (resource, wanted) = wanted(body.required("createOrUpdateAssociation.request")?);
    let (context, rehearsal) = (bonding.context(), bonding.rehearsal());
    let written = door.registry.upsert_associations(&path.resource_id, resource, wanted, context, rehearsal).await;
    Ok(Reply(written.map_err(ApiError::during(CREATE_FAILED))?.into()))
}

/// Delete associations of a resource.
///
/// Codes: 40410 there is none, 40908 one is frozen, 42205 the mode forbids it, 42206 a schema refers to a subject that
/// would be deleted.
#[utoipa::path(
    delete, path = "/associations/resources/{resourceId}", operation_id = "deleteAssociations", tag = "Associations",
    params(ResourcePath, ResourceType, AssociationTypes, Unbonding),
    responses((status = 204, description = "The associations do not exist any more"), Refusals)
)]
pub(super) async fn delete(
    door: State<Door>,
    Segments(path): Segments<ResourcePath>,
    Asked(of): Asked<ResourceType>,
    Repeated(types): Repeated<AssociationTypes>,
    Asked(unbonding): Asked<Unbonding>,
) -> Result<StatusCode, ApiError> {
    let filter = filter(of, types, OfLifecycle::default());
    let (cascade, rehearsal) = (unbonding.cascade(), unbonding.rehearsal());
    let deleted = door.registry.delete_associations(&path.resource_id, &filter, cascade, rehearsal).await;
    deleted.map_err(ApiError::during(DELETE_FAILED))?;
    Ok(StatusCode::NO_CONTENT)
}
