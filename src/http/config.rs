//! Configurations: of the whole registry, of contexts, of subjects.

use axum::extract::State;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{Asked, Posted, Segments},
    page::Reply,
    parameters::{Inherited, SubjectPath},
};
use crate::{
    model::Subject,
    registry::Error,
    wire::{Config, ConfigUpdateRequest},
};

const CHANGE_FAILED: &str = "Failed to update compatibility level";
const DELETE_FAILED: &str = "Failed to delete compatibility level";

/// Get the global configuration.
#[utoipa::path(
    get, path = "/config", operation_id = "getTopLevelConfig", tag = "Config",
    params(Inherited),
    responses((status = 200, description = "The configuration", body = Config), Refusals)
)]
pub(super) async fn get_global(
    door: State<Door>,
    Asked(inherited): Asked<Inherited>,
) -> Result<Reply<Config>, ApiError> {
    let config = door.registry.config(&Subject::none(), inherited.lookup()).await;
    Ok(Reply(config.map_err(ApiError::during("Failed to get compatibility level"))?.into()))
}

/// Change the global configuration.
///
/// Answers with the whole configuration after the change. Codes: 42203 the level is unknown, 42205 the mode forbids it,
/// 42210 a rule is invalid.
#[utoipa::path(
    put, path = "/config", operation_id = "updateTopLevelConfig", tag = "Config",
    request_body = ConfigUpdateRequest,
    responses((status = 200, description = "The configuration after the change", body = ConfigUpdateRequest), Refusals)
)]
pub(super) async fn change_global(
    door: State<Door>,
    body: Posted<ConfigUpdateRequest>,
) -> Result<Reply<ConfigUpdateRequest>, ApiError> {
    let request = body.required("updateTopLevelConfig.request")?;
    change_record(&door, None, request).await
}

/// Delete the global configuration.
///
/// Answers with what it was. Code 42205: the mode forbids it.
#[utoipa::path(
    delete, path = "/config", operation_id = "deleteTopLevelConfig", tag = "Config",
    responses((status = 200, description = "The configuration until now", body = Config), Refusals)
)]
pub(super) async fn delete_global(door: State<Door>) -> Result<Reply<Config>, ApiError> {
    let config = door.registry.delete_config(&Subject::none()).await;
    Ok(Reply(config.map_err(ApiError::during(DELETE_FAILED))?.into()))
}

/// Get the configuration of a subject or a context.
///
/// Code 40408: it has none of its own.
#[utoipa::path(
    get, path = "/config/{subject}", operation_id = "getSubjectLevelConfig", tag = "Config",
    params(SubjectPath, Inherited),
    responses((status = 200, description = "The configuration", body = Config), Refusals)
)]
pub(super) async fn get(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(inherited): Asked<Inherited>,
) -> Result<Reply<Config>, ApiError> {
    let subject = path.subject();
    let config = door.registry.config(&subject, inherited.lookup()).await;
    let failed = format!("Failed to get the configs for subject {subject}");
    Ok(Reply(config.map_err(ApiError::during(&failed))?.into()))
}

/// Change the configuration of a subject or a context.
///
/// Answers with the whole configuration after the change. Codes: 42203 the level is unknown, 42205 the mode forbids it,
/// 42208 the subject's name is invalid, 42210 a rule is invalid.
#[utoipa::path(
    put, path = "/config/{subject}", operation_id = "updateSubjectLevelConfig", tag = "Config",
    params(SubjectPath),
    request_body = ConfigUpdateRequest,
    responses((status = 200, description = "The configuration after the change", body = ConfigUpdateRequest), Refusals)
)]
pub(super) async fn change(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    body: Posted<ConfigUpdateRequest>,
) -> Result<Reply<ConfigUpdateRequest>, ApiError> {
    let request = body.required("updateSubjectLevelConfig.request")?;
    change_record(&door, path.below_global(), request).await
}

/// Delete the configuration of a subject or a context.
///
/// Answers with what it was. Codes: 40401 it has none of its own, 42205 the mode forbids it.
#[utoipa::path(
    delete, path = "/config/{subject}", operation_id = "deleteSubjectConfig", tag = "Config",
    params(SubjectPath),
    responses((status = 200, description = "The configuration until now", body = Config), Refusals)
)]
pub(super) async fn delete(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
) -> Result<Reply<Config>, ApiError> {
    let config = door.registry.delete_config(&path.subject()).await;
    Ok(Reply(config.map_err(ApiError::during(DELETE_FAILED))?.into()))
}

async fn change_record(
    door: &Door,
    subject: Option<&str>,
    request: ConfigUpdateRequest,
) -> Result<Reply<ConfigUpdateRequest>, ApiError> {
    let change = request.into_change().map_err(|_unknown| Error::InvalidLevel)?;
    let config = door.registry.change_config(subject, change).await;
    Ok(Reply(config.map_err(ApiError::during(CHANGE_FAILED))?.into()))
}
