//! Subjects: list, look up a schema, delete.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    conditions::{Conditions, Demanded},
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted, Segments},
    page::{Page, Reply},
    parameters::{Deleting, Formatted, Normalized, Seen, SubjectPath},
    validators::Headed,
};
use crate::{
    registry::Deletion,
    wire::{RegisterSchemaRequest, Schema},
};

/// Which subjects are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct SubjectFilter {
    /// What the names begin with; `:.context:` for a context, `:*:` (default) for all, empty for the default context.
    subject_prefix: Option<String>,
    /// Whether subjects are listed too of which every version is soft-deleted.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    deleted: bool,
    /// Whether only subjects are listed of which every version is soft-deleted.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    deleted_only: bool,
}

impl SubjectFilter {
    fn prefix(&self) -> &str {
        self.subject_prefix.as_deref().unwrap_or(":*:")
    }

    fn deletion(&self) -> Deletion {
        match (self.deleted_only, self.deleted) {
            (true, _) => Deletion::OnlyDeleted,
            (false, true) => Deletion::Any,
            (false, false) => Deletion::Live,
        }
    }
}

/// List subjects.
///
/// Sorted by name; the names of other contexts than the default one carry their context.
#[utoipa::path(
    get, path = "/subjects", operation_id = "list", tag = "Subjects",
    params(SubjectFilter, Page),
    responses((status = 200, description = "The names", body = Vec<String>), Refusals)
)]
pub(super) async fn list(
    door: State<Door>,
    Asked(filter): Asked<SubjectFilter>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<String>>, ApiError> {
    let listed = door.registry.subjects(filter.prefix(), filter.deletion()).await;
    let subjects = listed.map_err(ApiError::during("Error while listing subjects"))?;
    Ok(Reply(page.of(subjects, door.settings.subject_limits).map(|subject| subject.to_string()).collect()))
}

/// Look up a schema under a subject.
///
/// Tells under which version and id the subject holds the posted schema. Codes: 42201 the schema is invalid,
/// 40401 the subject does not exist, 40403 it does not hold the schema.
#[utoipa::path(
    post, path = "/subjects/{subject}", operation_id = "lookUpSchemaUnderSubject", tag = "Subjects",
    params(SubjectPath, Normalized, Formatted, Seen),
    request_body = RegisterSchemaRequest,
    responses((status = 200, description = "The version that holds it", body = Schema), Refusals)
)]
pub(super) async fn look_up(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(normalized): Asked<Normalized>,
    Asked(formatted): Asked<Formatted>,
    Asked(seen): Asked<Seen>,
    body: Posted<RegisterSchemaRequest>,
) -> Result<Headed<Reply<Schema>>, ApiError> {
    let request = body.required("lookUpSchemaUnderSubject.request")?;
    let failed = format!("Error while looking up schema under subject {}", path.subject());
    let view = formatted.view();
    let found =
        door.registry.lookup(&path.subject(), request.into(), normalized.normalize(), seen.deletion(), view).await;
    Ok(Headed::found(found.map_err(ApiError::during(&failed))?, |found| Reply(found.into())))
}

/// Delete a subject.
///
/// Marks every version as deleted; with `permanent=true` removes a subject for good that was deleted so before. Codes:
/// 40401 it does not exist, 41201 its head is not the one demanded, 40404 it is soft-deleted already, 40405 it was not soft-deleted first, 42205 its mode forbids
/// it, 42206 another subject's schema refers to it.
#[utoipa::path(
    delete, path = "/subjects/{subject}", operation_id = "deleteSubject", tag = "Subjects",
    params(SubjectPath, Deleting, Conditions),
    responses((status = 200, description = "The versions that were deleted", body = Vec<i32>), Refusals)
)]
pub(super) async fn delete(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(deleting): Asked<Deleting>,
    Demanded(precondition): Demanded,
) -> Result<Headed<Reply<Vec<i32>>>, ApiError> {
    let failed = format!("Error while deleting the subject {}", path.subject());
    let subject = door.subject(path.subject(), &failed).await?;
    let deleted = door.registry.delete_subject(&subject, deleting.permanence(), precondition).await;
    let versions = deleted.map_err(ApiError::during(&failed))?;
    Ok(Headed::new(versions, |versions| Reply(versions.into_iter().map(|version| version.0).collect())))
}
