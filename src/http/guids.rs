//! Schemas by their guids.

use axum::extract::State;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{Asked, Segments},
    page::Reply,
    parameters::{Formatted, GuidPath},
    validators::Lasting,
};
use crate::wire::{ContextId, SchemaString};

/// Get the schema that a guid names.
///
/// Code 40403: no schema has the guid.
#[utoipa::path(
    get, path = "/schemas/guids/{guid}", operation_id = "getSchemaByGuid", tag = "Schemas",
    params(GuidPath, Formatted),
    responses((status = 200, description = "The schema, without subject and version", body = SchemaString), Refusals)
)]
pub(super) async fn get(
    door: State<Door>,
    Segments(path): Segments<GuidPath>,
    Asked(formatted): Asked<Formatted>,
) -> Result<Lasting<Reply<SchemaString>>, ApiError> {
    let found = door.registry.schema_by_guid(&path.guid, formatted.view()).await;
    let failed = format!("Error while retrieving schema with guid {}", path.guid);
    let found = found.map_err(ApiError::during(&failed))?;
    Ok(Lasting::found(door.settings.id_max_age, found, |found| Reply(found.into())))
}

/// List the ids of the schema that a guid names.
///
/// Sorted by context and id; empty if no schema has the guid.
#[utoipa::path(
    get, path = "/schemas/guids/{guid}/ids", operation_id = "getIdsByGuid", tag = "Schemas",
    params(GuidPath),
    responses((status = 200, description = "The ids with their contexts", body = Vec<ContextId>), Refusals)
)]
pub(super) async fn ids(
    door: State<Door>,
    Segments(path): Segments<GuidPath>,
) -> Result<Reply<Vec<ContextId>>, ApiError> {
    let ids = door.registry.ids_of_guid(&path.guid).await;
    let failed = format!("Error while retrieving the ids of the schema with guid {}", path.guid);
    let ids = ids.map_err(ApiError::during(&failed))?.into_iter();
    Ok(Reply(ids.map(|(context, id)| ContextId { context: context.to_string(), id: id.0 }).collect()))
}
