//! Schemas of many subjects, and the version of a subject that has certain metadata.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{self, Asked, Repeated, Segments},
    page::{Page, Reply},
    parameters::{Formatted, Seen, SubjectPath},
    validators::Headed,
};
use crate::{
    model::Lifecycle,
    registry::{Aliases, AssociationFilter, Depth, SchemaList},
    wire::{ExtendedSchema, Schema},
};

/// Which schemas are listed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct SchemaFilter {
    /// What the subjects begin with; `:.context:` for a context, `:*:` for all, empty (default) for the default context.
    #[param(required = false)]
    subject_prefix: String,
    /// Whether subjects that others are aliases of are listed too, with their aliases.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    aliases: bool,
    /// Whether only the highest version of each subject is listed.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    latest_only: bool,
    /// Only schemas that have a rule of this type.
    rule_type: Option<String>,
    /// Only schemas whose subjects are associated with a resource of this type.
    resource_type: Option<String>,
}

/// Which associations the listed schemas' subjects have.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct AssociatedBy {
    /// `key` or `value`, or repeated for both.
    #[param(required = false)]
    association_type: Vec<String>,
    /// `STRONG`, `WEAK`, or `NONE` for subjects without associations; may be repeated.
    #[param(required = false)]
    lifecycle: Vec<String>,
}

impl SchemaFilter {
    fn list(self, associated: AssociatedBy, seen: &Seen, page: (usize, usize)) -> Result<SchemaList, ApiError> {
        let lifecycle = |name: &String| match name.as_str() {
            "NONE" => Ok(None),
            name => Lifecycle::parse(name).map(Some).ok_or_else(ApiError::not_found),
        };
        let filter = AssociationFilter {
            resource_type: self.resource_type,
            association_types: associated.association_type,
            lifecycles: associated.lifecycle.iter().map(lifecycle).collect::<Result<_, _>>()?,
        };
        Ok(SchemaList {
            prefix: self.subject_prefix,
            deletion: seen.deletion(),
            depth: if self.latest_only { Depth::Latest } else { Depth::All },
            rule_type: self.rule_type,
            aliases: if self.aliases { Aliases::Followed } else { Aliases::Ignored },
            associations: (filter != AssociationFilter::default()).then_some(filter),
            offset: page.0,
            limit: page.1,
        })
    }
}

/// List schemas.
///
/// Sorted by subject, then by version; by default those of the default context.
#[utoipa::path(
    get, path = "/schemas", operation_id = "getSchemas", tag = "Schemas",
    params(SchemaFilter, AssociatedBy, Seen, Page),
    responses((status = 200, description = "The schemas", body = Vec<ExtendedSchema>), Refusals)
)]
pub(super) async fn schemas(
    door: State<Door>,
    Asked(filter): Asked<SchemaFilter>,
    Repeated(associated): Repeated<AssociatedBy>,
    Asked(seen): Asked<Seen>,
    Asked(page): Asked<Page>,
) -> Result<Reply<Vec<ExtendedSchema>>, ApiError> {
    let list = filter.list(associated, &seen, page.bounds(door.settings.schema_limits))?;
    let listed = door.registry.schemas(&list).await.map_err(ApiError::during("Error while retrieving schemas"))?;
    Ok(Reply(listed.into_iter().map(Into::into).collect()))
}

const METADATA_FAILED: &str = "Error while retrieving schema";

/// Properties of metadata, in pairs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Properties {
    /// Name of a property; may be repeated.
    #[param(required = false)]
    key: Vec<String>,
    /// Value of the property whose name stands at the same place.
    #[param(required = false)]
    value: Vec<String>,
}

/// Get the newest version that has certain metadata.
///
/// The newest version that has all of the properties; without any, the newest that has metadata at all. Codes: 40401 the
/// subject does not exist, 40403 no version has them.
#[utoipa::path(
    get, path = "/subjects/{subject}/metadata", operation_id = "getLatestWithMetadata", tag = "Subjects",
    params(SubjectPath, Properties, Formatted, Seen),
    responses((status = 200, description = "The version", body = Schema), Refusals)
)]
pub(super) async fn with_metadata(
    door: State<Door>,
    Segments(path): Segments<SubjectPath>,
    Repeated(properties): Repeated<Properties>,
    Asked(formatted): Asked<Formatted>,
    Asked(seen): Asked<Seen>,
) -> Result<Headed<Reply<Schema>>, ApiError> {
    let pairs: Vec<(String, String)> = properties.key.into_iter().zip(properties.value).collect();
    let found = door.registry.version_with_metadata(&path.subject(), &pairs, seen.deletion(), formatted.view()).await;
    Ok(Headed::found(found.map_err(ApiError::during(METADATA_FAILED))?, |found| Reply(found.into())))
}
