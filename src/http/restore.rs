//! Restoring what was soft-deleted: Regis' own, beyond the contract.

use axum::extract::State;

use super::{
    Door,
    conditions::{Conditions, Demanded},
    error::{ApiError, Refusals},
    extract::Segments,
    page::Reply,
    parameters::{SubjectPath, VersionPath},
    validators::Headed,
};

const FAILED: &str = "Error while restoring a subject";

/// Restore every soft-deleted version of a subject (Regis' own).
///
/// The versions keep their numbers and their ids. Codes: 40401 the subject does not exist, 41201 the head is not the
/// one demanded, 42201 something that a version
/// refers to is deleted, 42205 the mode forbids it.
#[utoipa::path(
    post, path = "/subjects/{subject}/restore", operation_id = "restoreSubject", tag = "Subjects",
    params(SubjectPath, Conditions),
    responses((status = 200, description = "The versions that were restored", body = Vec<i32>), Refusals)
)]
pub(super) async fn subject(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Demanded(precondition): Demanded,
) -> Result<Headed<Reply<Vec<i32>>>, ApiError> {
    let subject = door.subject(path.subject(), FAILED).await?;
    let restored = door.registry.restore_subject(&subject, precondition).await.map_err(ApiError::during(FAILED))?;
    Ok(Headed::new(restored, |versions| Reply(versions.into_iter().map(|version| version.0).collect())))
}

/// Restore a soft-deleted version (Regis' own).
///
/// It keeps its number and its id; a version that is not deleted stays as it is. Codes: 41201 the head is not the one
/// demanded, 42202 the version is no number,
/// 40401 the subject does not exist, 40402 it does not have the version, 42201 something that it refers to is deleted,
/// 42205 the mode forbids it.
#[utoipa::path(
    post, path = "/subjects/{subject}/versions/{version}/restore", operation_id = "restoreVersion", tag = "Subjects",
    params(VersionPath, Conditions),
    responses((status = 200, description = "The version that was restored", body = i32), Refusals)
)]
pub(super) async fn version(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Demanded(precondition): Demanded,
) -> Result<Headed<Reply<i32>>, ApiError> {
    let version = path.version()?;
    let subject = door.subject(path.subject(), FAILED).await?;
    let restored = door.registry.restore_version(&subject, version, precondition).await;
    Ok(Headed::new(restored.map_err(ApiError::during(FAILED))?, |version| Reply(version.0)))
}
