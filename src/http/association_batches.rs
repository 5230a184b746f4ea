//! Associations of several resources at once; each item has an outcome of its own.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    associations::Bonding,
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted},
    page::Reply,
};
use crate::{
    registry::{Action, AssociationFilter, AssociationSet, Cascade, Error, LatestSchemas, Resource, Step},
    wire::{
        AssociationBatchGetRequest, AssociationBatchRequest, AssociationBatchResponse, AssociationGetRequest,
        AssociationOp, AssociationOpRequest, AssociationResult, ErrorMessage, OpType,
    },
};

const READ_FAILED: &str = "Error while getting associations";
const WRITE_FAILED: &str = "Error while creating association";

/// Whether schemas are shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Including {
    /// Whether each association is shown with the latest schema of its subject.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    include_schemas: bool,
}

impl Including {
    fn schemas(&self) -> LatestSchemas {
        if self.include_schemas { LatestSchemas::Included } else { LatestSchemas::Omitted }
    }
}

type Outcomes = (StatusCode, Reply<AssociationBatchResponse>);

fn outcomes(results: Vec<AssociationResult>) -> Outcomes {
    (StatusCode::MULTI_STATUS, Reply(AssociationBatchResponse { results }))
}

fn outcome(done: Result<AssociationSet, ErrorMessage>) -> AssociationResult {
    match done {
        Ok(set) => AssociationResult { error: None, result: Some(set.into()) },
        Err(error) => AssociationResult { error: Some(error), result: None },
    }
}

/// A batch needs items.
fn required<T>(requests: Vec<T>) -> Result<Vec<T>, ApiError> {
    if !requests.is_empty() {
        return Ok(requests);
    }
    let detail = "cannot be null or empty".to_owned();
    Err(Error::InvalidAssociation { property: "requests", detail }.into())
}

/// Get the associations of several resources.
///
/// Each item names a resource by its id, or by its name and namespace. Code 42212: there is no item.
#[utoipa::path(
    post, path = "/associations:batchGet", operation_id = "batchGetAssociations", tag = "Associations",
    params(Including), request_body = AssociationBatchGetRequest,
    responses((status = 207, description = "An outcome for each item", body = AssociationBatchResponse), Refusals)
)]
pub(super) async fn get(
    door: State<Door>,
    Asked(including): Asked<Including>,
    body: Posted<AssociationBatchGetRequest>,
) -> Result<Outcomes, ApiError> {
    let mut results = Vec::new();
    for request in required(body.required("batchGetAssociations.request")?.requests)? {
        let (resource, filter) = question(request);
        let found = door.registry.association_set(resource, &filter, including.schemas()).await;
        results.push(outcome(found.map_err(|error| ApiError::of_question(READ_FAILED, error))));
    }
    Ok(outcomes(results))
}

/// Change the associations of several resources.
///
/// Items are independent of each other. The steps of an item are done in their order, neighbours of one type together; a
/// refused step ends its item. Code 42212: there is no item.
#[utoipa::path(
    post, path = "/associations:batchMutate", operation_id = "batchMutateAssociations", tag = "Associations",
    params(Bonding), request_body = AssociationBatchRequest,
    responses((status = 207, description = "An outcome for each item", body = AssociationBatchResponse), Refusals)
)]
pub(super) async fn mutate(
    door: State<Door>,
    Asked(bonding): Asked<Bonding>,
    body: Posted<AssociationBatchRequest>,
) -> Result<Outcomes, ApiError> {
    let mut results = Vec::new();
    for mut request in required(body.required("batchMutateAssociations.request")?.requests)? {
        let done = if let Some(error) = request.error.take() {
            Err(error)
        } else {
            let (resource, steps) = work(request);
            let set = door.registry.mutate_associations(resource, steps, bonding.context(), bonding.rehearsal());
            set.await.map_err(|error| ApiError::of_step(WRITE_FAILED, error))
        };
        results.push(outcome(done));
    }
    Ok(outcomes(results))
}

fn question(request: AssociationGetRequest) -> (Resource, AssociationFilter) {
    let filter = AssociationFilter {
        resource_type: request.resource_type.clone().filter(|given| !given.is_empty()),
        association_types: request.association_types,
        lifecycles: request.lifecycle.into_iter().map(Some).collect(),
    };
    let resource = Resource {
        name: request.resource_name,
        namespace: request.resource_namespace,
        id: request.resource_id,
        resource_type: request.resource_type,
    };
    (resource, filter)
}

fn work(request: AssociationOpRequest) -> (Resource, Vec<Step>) {
    let resource = Resource {
        name: request.resource_name,
        namespace: request.resource_namespace,
        id: request.resource_id,
        resource_type: request.resource_type,
    };
    (resource, request.associations.into_iter().map(step).collect())
}

fn step(op: AssociationOp) -> Step {
    let cascade = if op.cascade_lifecycle == Some(true) { Cascade::Subject } else { Cascade::None };
    match op.op_type {
        OpType::Create => Step::Associate(Action::Create, Box::new(op.wanted.into())),
        OpType::Upsert => Step::Associate(Action::Upsert, Box::new(op.wanted.into())),
        OpType::Delete => Step::Dissociate { association_type: op.wanted.association_type, cascade },
    }
}
