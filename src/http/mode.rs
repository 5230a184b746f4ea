//! Modes: of the whole registry, of contexts, of subjects.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted, Segments},
    page::Reply,
    parameters::{Inherited, SubjectPath},
};
use crate::{
    model::Subject,
    registry::{Care, Reach},
    wire::{Mode, ModeUpdateRequest},
};

const READ_FAILED: &str = "Failed to get mode";
const CHANGE_FAILED: &str = "Failed to update mode";
const DELETE_FAILED: &str = "Failed to delete mode";

/// Whether a change of mode looks at what exists.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Careless {
    /// Whether import mode is entered in spite of existing subjects.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    force: bool,
}

impl Careless {
    fn care(&self) -> Care {
        if self.force { Care::Forced } else { Care::Checked }
    }
}

/// How far a deletion of modes goes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Recursive {
    /// Whether the modes of a context's subjects are deleted too.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    recursive: bool,
}

impl Recursive {
    fn reach(&self) -> Reach {
        if self.recursive { Reach::Recursive } else { Reach::Own }
    }
}

/// Get the global mode.
#[utoipa::path(
    get, path = "/mode", operation_id = "getTopLevelMode", tag = "Modes",
    params(Inherited),
    responses((status = 200, description = "The mode", body = Mode), Refusals)
)]
pub(super) async fn get_global(door: State<Door>, Asked(inherited): Asked<Inherited>) -> Result<Reply<Mode>, ApiError> {
    let mode = door.registry.mode(&Subject::none(), inherited.lookup()).await;
    Ok(Reply(Mode { mode: mode.map_err(ApiError::during(READ_FAILED))? }))
}

/// Change the global mode.
///
/// Codes: 42204 the mode is unknown, 42205 modes are fixed or subjects exist, 42206 a schema is referred to.
#[utoipa::path(
    put, path = "/mode", operation_id = "updateTopLevelMode", tag = "Modes",
    params(Careless),
    request_body = ModeUpdateRequest,
    responses((status = 200, description = "The mode as it was sent", body = ModeUpdateRequest), Refusals)
)]
pub(super) async fn change_global(
    door: State<Door>,
    Asked(careless): Asked<Careless>,
    body: Posted<ModeUpdateRequest>,
) -> Result<Reply<ModeUpdateRequest>, ApiError> {
    let request = body.required("updateTopLevelMode.request")?;
    let changed = door.registry.change_mode(None, request.mode.as_deref(), careless.care()).await;
    changed.map_err(ApiError::during(CHANGE_FAILED))?;
    Ok(Reply(request))
}

/// Delete the global mode.
///
/// Answers with what it was. Code 42205: modes are fixed.
#[utoipa::path(
    delete, path = "/mode", operation_id = "deleteTopLevelMode", tag = "Modes",
    params(Recursive),
    responses((status = 200, description = "The mode until now", body = Mode), Refusals)
)]
pub(super) async fn delete_global(
    door: State<Door>,
    Asked(recursive): Asked<Recursive>,
) -> Result<Reply<Mode>, ApiError> {
    let mode = door.registry.delete_mode(&Subject::none(), recursive.reach()).await;
    Ok(Reply(Mode { mode: mode.map_err(ApiError::during(DELETE_FAILED))? }))
}

/// Get the mode of a subject or a context.
///
/// Code 40409: it has none of its own.
#[utoipa::path(
    get, path = "/mode/{subject}", operation_id = "getMode", tag = "Modes",
    params(SubjectPath, Inherited),
    responses((status = 200, description = "The mode", body = Mode), Refusals)
)]
pub(super) async fn get(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(inherited): Asked<Inherited>,
) -> Result<Reply<Mode>, ApiError> {
    let mode = door.registry.mode(&path.subject(), inherited.lookup()).await;
    Ok(Reply(Mode { mode: mode.map_err(ApiError::during(READ_FAILED))? }))
}

/// Change the mode of a subject or a context.
///
/// Codes: 42204 the mode is unknown, 42205 modes are fixed or subjects exist, 42206 a schema is referred to, 42208 the
/// subject's name is invalid.
#[utoipa::path(
    put, path = "/mode/{subject}", operation_id = "updateMode", tag = "Modes",
    params(SubjectPath, Careless),
    request_body = ModeUpdateRequest,
    responses((status = 200, description = "The mode as it was sent", body = ModeUpdateRequest), Refusals)
)]
pub(super) async fn change(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(careless): Asked<Careless>,
    body: Posted<ModeUpdateRequest>,
) -> Result<Reply<ModeUpdateRequest>, ApiError> {
    let request = body.required("updateMode.request")?;
    let changed = door.registry.change_mode(path.below_global(), request.mode.as_deref(), careless.care()).await;
    changed.map_err(ApiError::during(CHANGE_FAILED))?;
    Ok(Reply(request))
}

/// Delete the mode of a subject or a context.
///
/// Answers with what it was. Codes: 40401 it has none of its own, 42205 modes are fixed.
#[utoipa::path(
    delete, path = "/mode/{subject}", operation_id = "deleteSubjectMode", tag = "Modes",
    params(SubjectPath, Recursive),
    responses((status = 200, description = "The mode until now", body = Mode), Refusals)
)]
pub(super) async fn delete(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(recursive): Asked<Recursive>,
) -> Result<Reply<Mode>, ApiError> {
    let mode = door.registry.delete_mode(&path.subject(), recursive.reach()).await;
    Ok(Reply(Mode { mode: mode.map_err(ApiError::during(DELETE_FAILED))? }))
}
