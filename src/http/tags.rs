//! Tags of a version: changed by registering it anew.

use axum::extract::State;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{Posted, Segments},
    page::Reply,
    parameters::VersionPath,
};
use crate::{
    registry::View,
    wire::{RegisterSchemaResponse, TagSchemaRequest},
};

/// Change the tags of a version.
///
/// Registers the version's schema anew, with tags added and removed, with other metadata or rules. Codes: 42208 the
/// subject's name is invalid, 42202 the version is no number, 40401 the subject does not exist, 40402 it does not have
/// the version, 42210 a rule is invalid, 42201 a path does not exist in the schema or the new version is not the next,
/// 42205 the mode forbids it, 40901 the schema is incompatible with an earlier version.
#[utoipa::path(
    post, path = "/subjects/{subject}/versions/{version}/tags", operation_id = "modifyTags", tag = "Subjects",
    params(VersionPath),
    request_body = TagSchemaRequest,
    responses((status = 200, description = "The new version", body = RegisterSchemaResponse), Refusals)
)]
pub(super) async fn change(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    body: Posted<TagSchemaRequest>,
) -> Result<Reply<RegisterSchemaResponse>, ApiError> {
    let request = body.required("modifyTags.tagSchemaRequest")?;
    let failed = "Register schema operation failed while writing to the Kafka store";
    let subject = door.name(path.raw_subject(), failed).await?;
    let registered = door.registry.retag(&subject, path.raw_version(), request.into(), View::default()).await;
    Ok(Reply(registered.map_err(ApiError::during(failed))?.into()))
}
