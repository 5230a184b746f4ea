//! Whether the server lives, and whether it can do its work.

use axum::{Json, extract::State};

use super::{
    Door,
    error::{ApiError, Refusals},
};
use crate::wire::Status;

/// Tell whether the server lives.
///
/// Regis' own; it does not look at the database.
#[utoipa::path(
    get, path = "/livez", operation_id = "live", tag = "Health",
    responses((status = 200, description = "It lives", body = Status))
)]
pub(super) async fn live() -> Json<Status> {
    Json(Status::ok())
}

/// Tell whether the server can do its work.
///
/// Regis' own; 503 as long as the database does not answer. If it can be read, but the last write was not possible, the
/// status is `degraded`, with the reason.
#[utoipa::path(
    get, path = "/readyz", operation_id = "ready", tag = "Health",
    responses((status = 200, description = "It can", body = Status), Refusals)
)]
pub(super) async fn ready(door: State<Door>) -> Result<Json<Status>, ApiError> {
    match door.registry.ready().await {
        Ok(None) => Ok(Json(Status::ok())),
        Ok(Some(unwritable)) => Ok(Json(Status::degraded(ApiError::from(unwritable).message()))),
        Err(error) => Err(ApiError::unavailable(error)),
    }
}
