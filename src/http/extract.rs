//! What handlers take from requests: names in the path, parameters of the query, bodies.

use axum::{
    extract::{FromRequest, FromRequestParts, Path, Query, Request, path::ErrorKind, rejection::PathRejection},
    http::{HeaderMap, header::CONTENT_LENGTH, request::Parts},
};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};

use super::{Door, error::ApiError};
use crate::wire::{self, Entity};

/// How much of a body that is too long is still read, so that the client gets to read the refusal.
const DISCARDED: usize = 64 * 1024 * 1024;

/// Names in the path, decoded once; the router matched the raw path, so `%2F` belongs to a name.
pub(super) struct Segments<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Self(names)),
            Err(PathRejection::FailedToDeserializePathParams(failure)) => match failure.kind() {
                ErrorKind::InvalidUtf8InPathParam { .. } => Err(ApiError::bad_request("The path is not UTF-8")),
                _ => Err(ApiError::not_found()),
            },
            Err(_) => Err(ApiError::not_found()),
        }
    }
}

/// Parameters of the query: unknown ones are ignored, the first of several counts, and a number that is none is a 404.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::bad_request(error.body_text()))?;
        let mut parameters = serde_json::Map::new();
        for (name, value) in pairs {
            parameters.entry(name).or_insert(serde_json::Value::String(value));
        }
        serde_json::from_value(parameters.into()).map(Self).map_err(|_not_a_number| ApiError::not_found())
    }
}

/// Parameters of the query that may be repeated: each is a list of all its values.
pub(super) struct Repeated<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Repeated<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::bad_request(error.body_text()))?;
        let mut parameters = serde_json::Map::new();
        for (name, value) in pairs {
            let values = parameters.entry(name).or_insert_with(|| serde_json::Value::Array(Vec::new()));
            values.as_array_mut().into_iter().for_each(|values| values.push(value.clone().into()));
        }
        serde_json::from_value(parameters.into()).map(Self).map_err(|_no_such_value| ApiError::not_found())
    }
}

/// Reads `true` in any letter case; everything else is false.
pub(super) fn flag<'de, D: Deserializer<'de>>(parameter: D) -> Result<bool, D::Error> {
    String::deserialize(parameter).map(|text| text.eq_ignore_ascii_case("true"))
}

/// Reads whether nothing is to be written: whoever says anything but `false` does not want to write.
pub(super) fn rehearsal<'de, D: Deserializer<'de>>(parameter: D) -> Result<bool, D::Error> {
    String::deserialize(parameter).map(|text| !text.eq_ignore_ascii_case("false"))
}

/// Reads a number; an empty text is 0.
pub(super) fn int<'de, D: Deserializer<'de>>(parameter: D) -> Result<i32, D::Error> {
    number(parameter, 0)
}

/// Reads a limit; an empty text means the default.
pub(super) fn limit<'de, D: Deserializer<'de>>(parameter: D) -> Result<i32, D::Error> {
    number(parameter, -1)
}

fn number<'de, D: Deserializer<'de>>(parameter: D, absent: i32) -> Result<i32, D::Error> {
    let text = String::deserialize(parameter)?;
    if text.is_empty() { Ok(absent) } else { text.parse().map_err(D::Error::custom) }
}

/// A body that is a JSON object, or nothing.
pub(super) struct Posted<T>(Option<T>);

impl<T> Posted<T> {
    /// The body; `argument` is what the reference's message calls a missing one.
    pub(super) fn required(self, argument: &str) -> Result<T, ApiError> {
        self.0.ok_or_else(|| ApiError::new(422, format!("{argument} must not be null (was null)")))
    }
}

impl<T: Entity> FromRequest<Door> for Posted<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, door: &Door) -> Result<Self, ApiError> {
        let Whole(body) = Whole::from_request(request, door).await?;
        Ok(Self(wire::read(&body)?))
    }
}

/// The bytes of a body, up to the limit.
pub(super) struct Whole(pub(super) Bytes);

impl FromRequest<Door> for Whole {
    type Rejection = ApiError;

    async fn from_request(request: Request, door: &Door) -> Result<Self, ApiError> {
        let limit = door.settings.body_limit;
        let announced = announced_length(request.headers());
        if announced.is_some_and(|length| length > limit.saturating_add(DISCARDED)) {
            return Err(too_long(limit));
        }
        let mut body = request.into_body();
        let mut read = BytesMut::with_capacity(announced.unwrap_or(0).min(limit));
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_broken| ApiError::bad_request("The body was cut off"))?;
            let Ok(data) = frame.into_data() else { continue };
            length += data.len();
            if length <= limit {
                read.extend_from_slice(&data);
            } else if length - limit > DISCARDED {
                break;
            }
        }
        if length > limit { Err(too_long(limit)) } else { Ok(Self(read.freeze())) }
    }
}

fn announced_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_long(limit: usize) -> ApiError {
    ApiError::new(413, format!("Payload Too Large: a request body may have {limit} bytes"))
}
