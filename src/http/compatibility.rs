//! Checks whether a schema could be registered.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted, Segments},
    page::Reply,
    parameters::{Normalized, SubjectPath, VersionPath},
    translate,
};
use crate::{
    registry::{Against, Explaining, Verbosity},
    wire::{CompatibilityCheckResponse, RegisterSchemaRequest},
};

/// Whether messages and reasons are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Wordy {
    /// Whether the answer says what is wrong; a schema that does not parse is then incompatible instead of an error.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    verbose: bool,
    /// Regis' own: whether the answer lists the reasons with their places, at most 1000.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    differences: bool,
}

impl Wordy {
    fn wanted(&self) -> (Verbosity, Explaining) {
        let verbosity = if self.verbose { Verbosity::Verbose } else { Verbosity::Brief };
        (verbosity, if self.differences { Explaining::Done } else { Explaining::Skipped })
    }
}

/// Check a schema against one version.
///
/// By the level in scope, but against this version only. Codes: 42202 the version is no number, 40402 the subject does
/// not have it, 42201 the schema is invalid.
#[utoipa::path(
    post, path = "/compatibility/subjects/{subject}/versions/{version}",
    operation_id = "testCompatibilityBySubjectName", tag = "Compatibility",
    params(VersionPath, Normalized, Wordy),
    request_body = RegisterSchemaRequest,
    responses((status = 200, description = "The verdict", body = CompatibilityCheckResponse), Refusals)
)]
pub(super) async fn check_version(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Asked(normalized): Asked<Normalized>,
    Asked(wordy): Asked<Wordy>,
    body: Posted<RegisterSchemaRequest>,
) -> Result<Reply<CompatibilityCheckResponse>, ApiError> {
    let submission = body.required("testCompatibilityBySubjectName.request")?.into();
    let (against, wanted) = (Against::One(path.version()?), wordy.wanted());
    let checked = door
        .registry
        .check(&door.subject(path.subject(), CHECK_FAILED).await?, against, submission, normalized.normalize(), wanted)
        .await;
    Ok(Reply(translate::verdict(checked.map_err(ApiError::during(CHECK_FAILED))?, wanted)))
}

/// Check a schema against the versions that the level looks at.
///
/// Code 42201: the schema is invalid. A subject that does not exist has nothing to be incompatible with.
#[utoipa::path(
    post, path = "/compatibility/subjects/{subject}/versions",
    operation_id = "testCompatibilityForSubject", tag = "Compatibility",
    params(SubjectPath, Normalized, Wordy),
    request_body = RegisterSchemaRequest,
    responses((status = 200, description = "The verdict", body = CompatibilityCheckResponse), Refusals)
)]
pub(super) async fn check_history(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(normalized): Asked<Normalized>,
    Asked(wordy): Asked<Wordy>,
    body: Posted<RegisterSchemaRequest>,
) -> Result<Reply<CompatibilityCheckResponse>, ApiError> {
    let submission = body.required("testCompatibilityForSubject.request")?.into();
    let (against, wanted) = (Against::History, wordy.wanted());
    let checked = door
        .registry
        .check(&door.subject(path.subject(), CHECK_FAILED).await?, against, submission, normalized.normalize(), wanted)
        .await;
    Ok(Reply(translate::verdict(checked.map_err(ApiError::during(CHECK_FAILED))?, wanted)))
}

const CHECK_FAILED: &str = "Error while getting schema for subject";
