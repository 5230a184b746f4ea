//! Contexts: list and delete.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{Asked, Segments},
    page::{Page, Reply},
};
use crate::model::Subject;

/// Which contexts are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ContextFilter {
    /// What the names begin with, such as `.team`.
    #[param(required = false)]
    context_prefix: String,
}

/// A path with a context.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ContextPath {
    /// The context, such as `.team`.
    #[param(example = ".team")]
    context: String,
}

/// List contexts.
///
/// The default context `.` comes first.
#[utoipa::path(
    get, path = "/contexts", operation_id = "listContexts", tag = "Contexts",
    params(ContextFilter, Page),
    responses((status = 200, description = "The names", body = Vec<String>), Refusals)
)]
pub(super) async fn list(
    door: State<Door>,
    Asked(filter): Asked<ContextFilter>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<String>>, ApiError> {
    let contexts = door.registry.contexts(&filter.context_prefix).await;
    let contexts = contexts.map_err(ApiError::during("Failed to get contexts"))?;
    Ok(Reply(page.of(contexts, door.settings.context_limits).map(|context| context.to_string()).collect()))
}

/// Delete a context.
///
/// Deleting one that does not exist changes nothing. Code 42211: it has subjects, be they soft-deleted.
#[utoipa::path(
    delete, path = "/contexts/{context}", operation_id = "deleteContext", tag = "Contexts",
    params(ContextPath),
    responses((status = 204, description = "The context does not exist any more"), Refusals)
)]
pub(super) async fn delete(door: State<Door>, Segments(path): Segments<ContextPath>) -> Result<StatusCode, ApiError> {
    // The path was rewritten to the qualified form; the default context was led to the root.
    let context = Subject::parse(&path.context).context;
    if context.is_default() {
        return Err(ApiError::not_found());
    }
    let deleted = door.registry.delete_context(&context).await;
    deleted.map_err(ApiError::during("Error while deleting context"))?;
    Ok(StatusCode::NO_CONTENT)
}
