//! Checks values against schemas: an endpoint of Regis' own, beyond the contract.

use axum::{extract::State, http::HeaderMap};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::{Asked, Segments, Whole},
    media,
    page::Reply,
    parameters::{IdPath, Within},
};
use crate::{
    model::SchemaId,
    registry::Datum,
    wire::{self, KafkaMessage, ValidateRequest, Validation},
};

const FAILED: &str = "Error while checking a value";

/// Check a value against a schema.
///
/// Regis' own endpoint. A JSON body holds the value in `value`, or a Kafka message's key or value in `bytes` as base64.
/// A body of type `application/octet-stream` is a Kafka message's key or value itself: a zero byte, the schema's id (4
/// bytes, big endian), the payload; `curl --data-binary @message -H 'Content-Type: application/octet-stream'`. Codes:
/// 40403 no schema has the id, 422 the schema cannot check values.
#[utoipa::path(
    post, path = "/schemas/ids/{id}/validate", operation_id = "validateDatum", tag = "Validation",
    params(IdPath, Within),
    request_body(content(
        (ValidateRequest = "application/json"),
        (KafkaMessage = "application/octet-stream"),
    )),
    responses((status = 200, description = "Whether the value conforms, and where it does not", body = Validation), Refusals)
)]
pub(super) async fn validate(
    door: State<Door>,
    Segments(path): Segments<IdPath>,
    Asked(within): Asked<Within>,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Reply<Validation>, ApiError> {
    let datum = match media::content_type(&headers).as_deref() {
        Some(media::OCTET_STREAM) => Datum::WireFormat(body.to_vec()),
        _ => datum(&body)?,
    };
    let conformity = door.registry.validate(SchemaId(path.id), &door.name(&within.subject, FAILED).await?, datum).await;
    Ok(Reply(conformity.map_err(ApiError::during(FAILED))?.into()))
}

/// Reads the JSON form.
fn datum(body: &[u8]) -> Result<Datum, ApiError> {
    let absent = || ApiError::new(422, "validateDatum.request must not be null (was null)");
    let request: ValidateRequest = wire::read(body)?.ok_or_else(absent)?;
    match (request.value, request.bytes) {
        (Some(value), None) => Ok(Datum::Json(value)),
        (None, Some(text)) => match STANDARD.decode(text) {
            Ok(message) => Ok(Datum::WireFormat(message)),
            Err(error) => Err(ApiError::bad_request(format!("Cannot read \"bytes\": it is not base64: {error}"))),
        },
        _ => Err(ApiError::bad_request("The body must have either \"value\" or \"bytes\"")),
    }
}
