//! When each version of a subject came, and by whom: Regis' own, beyond the contract.

use axum::extract::State;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{Asked, Segments},
    page::{Page, Reply},
    parameters::{Seen, SubjectPath},
    validators::Headed,
};
use crate::wire::VersionRecord;

const FAILED: &str = "Error while listing the history of a subject";

/// List the versions of a subject with the times of their registration (Regis' own).
///
/// The versions of the compatible endpoints show `ts` alone, the time of the last write. Code 40401: the subject does
/// not exist.
#[utoipa::path(
    get, path = "/subjects/{subject}/history", operation_id = "listHistory", tag = "Subjects",
    params(SubjectPath, Seen, Page),
    responses((status = 200, description = "The versions, ascending", body = Vec<VersionRecord>), Refusals)
)]
pub(super) async fn list(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Asked(seen): Asked<Seen>,
    Asked(page): Asked<Page>,
) -> Result<Headed<Reply<Vec<VersionRecord>>>, ApiError> {
    let records = door.registry.version_records(&path.subject(), seen.deletion()).await;
    let records = records.map_err(ApiError::during(FAILED))?;
    Ok(Headed::new(records, |records| Reply(page.of(records, door.settings.version_limits).map(Into::into).collect())))
}
