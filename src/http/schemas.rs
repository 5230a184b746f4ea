//! Schemas by their ids.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{self, Asked, Repeated, Segments},
    page::{Page, Reply, Text},
    parameters::{Formatted, IdPath, Seen, Shown, Tagged, Within},
    validators::Lasting,
};
use crate::{
    model::SchemaId,
    registry::HighestId,
    wire::{SchemaString, SubjectVersion},
};

/// Whether the highest id is told too.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Highest {
    /// Whether the answer tells the highest id of the schema's context.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    fetch_max_id: bool,
}

impl Highest {
    fn highest_id(&self) -> HighestId {
        if self.fetch_max_id { HighestId::Included } else { HighestId::Omitted }
    }
}

/// List the languages of schemas.
#[utoipa::path(
    get, path = "/schemas/types", operation_id = "getSchemaTypes", tag = "Schemas",
    responses((status = 200, description = "The languages", body = Vec<String>), Refusals)
)]
pub(super) async fn types() -> Reply<[&'static str; 3]> {
    Reply(["JSON", "PROTOBUF", "AVRO"])
}

/// Get the schema that an id names.
///
/// Soft-deleted schemas are found too: messages that carry their id may still be read. Code 40403: no schema has the id.
#[utoipa::path(
    get, path = "/schemas/ids/{id}", operation_id = "getSchema", tag = "Schemas",
    params(IdPath, Within, Shown, Tagged, Highest),
    responses((status = 200, description = "The schema", body = SchemaString), Refusals)
)]
pub(super) async fn get(
    door: State<Door>,
    Segments(path): Segments<IdPath>,
    Asked(within): Asked<Within>,
    Asked(shown): Asked<Shown>,
    Repeated(tagged): Repeated<Tagged>,
    Asked(highest): Asked<Highest>,
) -> Result<Lasting<Reply<SchemaString>>, ApiError> {
    let id = SchemaId(path.id);
    let failed = format!("Error while retrieving schema with id {id}");
    let within = door.name(&within.subject, &failed).await?;
    let found = door.registry.schema(id, &within, shown.view(tagged), highest.highest_id()).await;
    let found = found.map_err(ApiError::during(&failed))?;
    Ok(Lasting::found(door.settings.id_max_age, found, |found| Reply(found.into())))
}

/// Get the text of the schema that an id names.
///
/// The text itself, neither quoted nor escaped. Code 40403: no schema has the id.
#[utoipa::path(
    get, path = "/schemas/ids/{id}/schema", operation_id = "getSchemaOnly", tag = "Schemas",
    params(IdPath, Within, Formatted),
    responses(
        (status = 200, description = "The text; it is JSON unless it is Protobuf", body = serde_json::Value),
        Refusals
    )
)]
pub(super) async fn get_text(
    door: State<Door>,
    Segments(path): Segments<IdPath>,
    Asked(within): Asked<Within>,
    Asked(formatted): Asked<Formatted>,
) -> Result<Lasting<Text>, ApiError> {
    let id = SchemaId(path.id);
    let failed = format!("Error while retrieving schema with id {id}");
    let within = door.name(&within.subject, &failed).await?;
    let found = door.registry.schema(id, &within, formatted.view(), HighestId::Omitted).await;
    let found = found.map_err(ApiError::during(&failed))?;
    Ok(Lasting::found(door.settings.id_max_age, found, |found| Text(found.definition.text)))
}

/// List the subjects that hold a schema.
///
/// Code 40403: no schema has the id.
#[utoipa::path(
    get, path = "/schemas/ids/{id}/subjects", operation_id = "getSubjects", tag = "Schemas",
    params(IdPath, Within, Seen, Page),
    responses((status = 200, description = "The names", body = Vec<String>), Refusals)
)]
pub(super) async fn subjects(
    door: State<Door>,
    Segments(path): Segments<IdPath>,
    Asked(within): Asked<Within>,
    Asked(seen): Asked<Seen>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<String>>, ApiError> {
    let failed = format!("Error while retrieving all subjects associated with schema id {}", path.id);
    let within = door.name(&within.subject, &failed).await?;
    let holders = door.registry.subjects_of(SchemaId(path.id), &within, seen.deletion()).await;
    let subjects = holders.map_err(ApiError::during(&failed))?;
    Ok(Reply(page.of(subjects, door.settings.subject_limits).map(|subject| subject.to_string()).collect()))
}

/// List the versions that hold a schema.
///
/// At most one per subject. Code 40403: no schema has the id.
#[utoipa::path(
    get, path = "/schemas/ids/{id}/versions", operation_id = "getVersions", tag = "Schemas",
    params(IdPath, Within, Seen, Page),
    responses((status = 200, description = "The versions", body = Vec<SubjectVersion>), Refusals)
)]
pub(super) async fn versions(
    door: State<Door>,
    Segments(path): Segments<IdPath>,
    Asked(within): Asked<Within>,
    Asked(seen): Asked<Seen>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<SubjectVersion>>, ApiError> {
    let failed = format!("Error while retrieving all subject versions associated with schema id {}", path.id);
    let within = door.name(&within.subject, &failed).await?;
    let holders = door.registry.versions_of(SchemaId(path.id), &within, seen.deletion()).await;
    let versions = page.of(holders.map_err(ApiError::during(&failed))?, door.settings.version_limits);
    let versions =
        versions.map(|(subject, version)| SubjectVersion { subject: subject.to_string(), version: version.0 });
    Ok(Reply(versions.collect()))
}
