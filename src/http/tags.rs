//! Tags of a version: changed by registering it anew.

use axum::extract::State;

use super::{
    Door,
    conditions::{Conditions, Demanded},
    error::{ApiError, Refusals},
    extract::{Posted, Segments},
    page::Reply,
    parameters::VersionPath,
    validators::Headed,
};
use crate::wire::{RegisterSchemaResponse, TagSchemaRequest};

/// Change the tags of a version.
///
/// Registers the version's schema anew, with tags added and removed, with other metadata or rules. Codes: 42208 the
/// subject's name is invalid, 42202 the version is no number, 40401 the subject does not exist, 40402 it does not have
/// the version, 42210 a rule is invalid, 42201 a path does not exist in the schema or the new version is not the next,
/// 42205 the mode forbids it, 41201 the head is not the one demanded, 40901 the schema is incompatible with an earlier version.
#[utoipa::path(
    post, path = "/subjects/{subject}/versions/{version}/tags", operation_id = "modifyTags", tag = "Subjects",
    params(VersionPath, Conditions),
    request_body = TagSchemaRequest,
    responses((status = 200, description = "The new version", body = RegisterSchemaResponse), Refusals)
)]
pub(super) async fn change(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Demanded(precondition): Demanded,
    body: Posted<TagSchemaRequest>,
) -> Result<Headed<Reply<RegisterSchemaResponse>>, ApiError> {
    let request = body.required("modifyTags.tagSchemaRequest")?;
    let failed = "Register schema operation failed while writing to the Kafka store";
    let subject = door.name(path.raw_subject(), failed).await?;
    let registered = door.registry.retag(&subject, path.raw_version(), request.into(), precondition).await;
    Ok(Headed::found(registered.map_err(ApiError::during(failed))?, |found| Reply(found.into())))
}
