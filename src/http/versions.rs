//! Versions of a subject: list, register, read, delete.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    conditions::{Conditions, Demanded},
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted, Repeated, Segments},
    page::{Page, Reply, Text},
    parameters::{Deleting, Formatted, Normalized, Seen, Shown, SubjectPath, Tagged, VersionPath},
    validators::Headed,
};
use crate::{
    registry::{Deletion, Judgement, Registration, Rehearsal, VersionList},
    wire::{RegisterSchemaRequest, RegisterSchemaResponse, Schema},
};

const LIST_FAILED: &str = "Error while listing the versions of a subject";
const REGISTER_FAILED: &str = "Register schema operation failed while writing to the Kafka store";
const READ_FAILED: &str = "Error while retrieving schema";
const REFERRERS_FAILED: &str = "Error while retrieving the schemas that refer to a version";
const DELETE_FAILED: &str = "Delete Schema Version operation failed while writing to the Kafka store";

/// Which versions are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct VersionFilter {
    /// Whether soft-deleted versions are listed too.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    deleted: bool,
    /// Whether only soft-deleted versions are listed.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    deleted_only: bool,
    /// Whether all versions are listed, the soft-deleted ones as negative numbers.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    deleted_as_negative: bool,
}

impl VersionFilter {
    fn list(&self) -> VersionList {
        match (self.deleted_as_negative, self.deleted_only, self.deleted) {
            (true, ..) => VersionList::DeletedNegated,
            (_, true, _) => VersionList::OnlyDeleted,
            (.., true) => VersionList::All,
            _ => VersionList::Live,
        }
    }

    /// Which subjects exist for the question; negated numbers alone do not make a deleted one visible.
    fn subjects(&self) -> Deletion {
        if self.deleted || self.deleted_only { Deletion::Any } else { Deletion::Live }
    }
}

/// How a schema is registered.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Registering {
    /// Whether compatibility is not checked.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    force: bool,
    /// Regis' own: whether the answer is only the one that the registration would give, and nothing is written; any
    /// value but `false` means so.
    #[serde(deserialize_with = "extract::rehearsal")]
    #[param(required = false)]
    dry_run: bool,
}

impl Registering {
    fn judgement(&self) -> Judgement {
        if self.force { Judgement::Skipped } else { Judgement::ByLevel }
    }

    fn rehearsal(&self) -> Rehearsal {
        if self.dry_run { Rehearsal::On } else { Rehearsal::Off }
    }
}

/// List the versions of a subject.
///
/// Code 40401: the subject does not exist.
#[utoipa::path(
    get, path = "/subjects/{subject}/versions", operation_id = "listVersions", tag = "Subjects",
    params(SubjectPath, VersionFilter, Page),
    responses((status = 200, description = "The version numbers, ascending", body = Vec<i32>), Refusals)
)]
pub(super) async fn list(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(filter): Asked<VersionFilter>,
    Asked(page): Asked<Page>,
) -> Result<Headed<Reply<Vec<i32>>>, ApiError> {
    let versions = door.registry.versions(&path.subject(), filter.list(), filter.subjects()).await;
    let versions = versions.map_err(ApiError::during(LIST_FAILED))?;
    Ok(Headed::new(versions, |versions| Reply(page.of(versions, door.settings.version_limits).collect())))
}

/// Register a schema under a subject.
///
/// Answers with the id that the schema has, new or not: equal content keeps its id across subjects. Codes: 42201 the
/// schema is invalid, 42205 the mode forbids it, 42208 the subject's name is invalid,
/// 42210 a rule is invalid, 41201 the subject's head is not the one demanded, 40901 the schema is incompatible with an earlier version.
#[utoipa::path(
    post, path = "/subjects/{subject}/versions", operation_id = "register", tag = "Subjects",
    params(SubjectPath, Normalized, Formatted, Registering, Conditions),
    request_body = RegisterSchemaRequest,
    responses((status = 200, description = "The schema is registered", body = RegisterSchemaResponse), Refusals)
)]
pub(super) async fn register(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(normalized): Asked<Normalized>,
    Asked(formatted): Asked<Formatted>,
    Asked(registering): Asked<Registering>,
    Demanded(precondition): Demanded,
    body: Posted<RegisterSchemaRequest>,
) -> Result<Headed<Reply<RegisterSchemaResponse>>, ApiError> {
    let wanted = Registration {
        submission: body.required("register.request")?.into(),
        normalize: normalized.normalize(),
        judgement: registering.judgement(),
        precondition,
        rehearsal: registering.rehearsal(),
    };
    let registered = door.registry.register(path.raw(), wanted, formatted.view()).await;
    Ok(Headed::found(registered.map_err(ApiError::during(REGISTER_FAILED))?, |found| Reply(found.into())))
}

/// Get a version of a subject.
///
/// Codes: 42202 the version is no number, 40401 the subject does not exist, 40402 it does not have the version.
#[utoipa::path(
    get, path = "/subjects/{subject}/versions/{version}", operation_id = "getSchemaByVersion", tag = "Subjects",
    params(VersionPath, Shown, Tagged, Seen),
    responses((status = 200, description = "The version", body = Schema), Refusals)
)]
pub(super) async fn get(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Asked(shown): Asked<Shown>,
    Repeated(tagged): Repeated<Tagged>,
    Asked(seen): Asked<Seen>,
) -> Result<Headed<Reply<Schema>>, ApiError> {
    let version = path.version()?;
    let found = door.registry.version(&path.subject(), version, seen.deletion(), shown.view(tagged)).await;
    Ok(Headed::found(found.map_err(ApiError::during(READ_FAILED))?, |found| Reply(found.into())))
}

/// Get the text of a version.
///
/// The text itself, neither quoted nor escaped. Codes: 42202 the version is no number, 40401 the subject does not exist,
/// 40402 it does not have the version.
#[utoipa::path(
    get, path = "/subjects/{subject}/versions/{version}/schema", operation_id = "getSchemaOnly_1", tag = "Subjects",
    params(VersionPath, Formatted, Seen),
    responses(
        (status = 200, description = "The text; it is JSON unless it is Protobuf", body = serde_json::Value),
        Refusals
    )
)]
pub(super) async fn get_text(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Asked(formatted): Asked<Formatted>,
    Asked(seen): Asked<Seen>,
) -> Result<Headed<Text>, ApiError> {
    let version = path.version()?;
    let found = door.registry.version(&path.subject(), version, seen.deletion(), formatted.view()).await;
    Ok(Headed::found(found.map_err(ApiError::during(READ_FAILED))?, |found| Text(found.definition.text)))
}

/// List the schemas that refer to a version.
///
/// Codes: 42202 the version is no number, 40401 the subject does not exist, 40402 it does not have the version.
#[utoipa::path(
    get, path = "/subjects/{subject}/versions/{version}/referencedby", operation_id = "getReferencedBy", tag = "Subjects",
    params(VersionPath, Seen, Page),
    responses((status = 200, description = "The ids of the schemas", body = Vec<i32>), Refusals)
)]
pub(super) async fn referenced_by(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Asked(seen): Asked<Seen>,
    Asked(page): Asked<Page>,
) -> Result<Headed<Reply<Vec<i32>>>, ApiError> {
    let version = path.version()?;
    let ids = door.registry.referenced_by(&path.subject(), version, seen.deletion()).await;
    let ids = ids.map_err(ApiError::during(REFERRERS_FAILED))?;
    Ok(Headed::new(ids, |ids| Reply(page.of(ids, door.settings.schema_limits).map(|id| id.0).collect())))
}

/// Delete a version.
///
/// Marks it as deleted; with `permanent=true` removes a version for good that was deleted so before. Codes: 42202 the
/// version is no number, 40401 the subject does not exist, 40402 it does not have the version, 41201 the head is not the
/// one demanded, 40406 the version is
/// soft-deleted already, 40407 it was not soft-deleted first, 42205 the mode forbids it, 42206 a schema refers to it.
#[utoipa::path(
    delete, path = "/subjects/{subject}/versions/{version}", operation_id = "deleteSchemaVersion", tag = "Subjects",
    params(VersionPath, Deleting, Conditions),
    responses((status = 200, description = "The version that was deleted", body = i32), Refusals)
)]
pub(super) async fn delete(
    door: State<Door>,
    Segments(path): Segments<VersionPath>,
    Asked(deleting): Asked<Deleting>,
    Demanded(precondition): Demanded,
) -> Result<Headed<Reply<i32>>, ApiError> {
    let version = path.version()?;
    let subject = door.subject(path.subject(), DELETE_FAILED).await?;
    let deleted = door.registry.delete_version(&subject, version, deleting.permanence(), precondition).await;
    Ok(Headed::new(deleted.map_err(ApiError::during(DELETE_FAILED))?, |version| Reply(version.0)))
}
