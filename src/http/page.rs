//! Answers: JSON, bare texts, and the part of a list that was asked for.

use axum::{
    body::Body,
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{error::ApiError, extract, media};

/// An answer as JSON; its media type is settled when the response passes the door.
#[derive(Debug)]
pub(super) struct Reply<T>(pub(super) T);

/// A schema's text, neither quoted nor escaped.
#[derive(Debug)]
pub(super) struct Text(pub(super) String);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(json) => ([(CONTENT_TYPE, media::NEGOTIATED)], Body::from(json)).into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer has no JSON form");
                ApiError::new(500, "Internal Server Error").into_response()
            }
        }
    }
}

impl IntoResponse for Text {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, HeaderValue::from_static(media::NEGOTIATED))], self.0).into_response()
    }
}

/// How long a list may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimits {
    /// Its length if none, or none that is allowed, is asked for.
    pub default: i32,
    /// Most that may be asked for.
    pub max: i32,
}

impl PageLimits {
    /// As long as a list can be.
    pub const UNLIMITED: Self = Self { default: i32::MAX, max: i32::MAX };
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// How many elements are skipped.
    #[serde(deserialize_with = "extract::int")]
    #[param(required = false)]
    offset: i32,
    /// How many elements are wanted; 0, less, and too many mean the server's default.
    #[serde(deserialize_with = "extract::limit")]
    #[param(required = false)]
    limit: i32,
}

impl Default for Page {
    fn default() -> Self {
        Self { offset: 0, limit: -1 }
    }
}

impl Page {
    /// How many elements are skipped, and how many wanted.
    pub(super) fn bounds(self, limits: PageLimits) -> (usize, usize) {
        let limit = if self.limit > 0 && self.limit <= limits.max { self.limit } else { limits.default };
        // A negative offset counts as 0 (contract, section 1.2).
        (usize::try_from(self.offset).unwrap_or(0), usize::try_from(limit).unwrap_or(0))
    }

    /// The part of `list` that is wanted.
    pub(super) fn of<T>(self, list: Vec<T>, limits: PageLimits) -> impl Iterator<Item = T> {
        let (skipped, wanted) = self.bounds(limits);
        list.into_iter().skip(skipped).take(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_as_the_contract_says() {
        let limits = PageLimits { default: 3, max: 4 };
        for (offset, limit, expected) in [
            (0, -1, vec![1, 2, 3]),
            (0, 0, vec![1, 2, 3]),
            (0, 4, vec![1, 2, 3, 4]),
            (0, 5, vec![1, 2, 3]),
            (4, 4, vec![5, 6]),
            (-1, 1, vec![1]),
            (9, 1, vec![]),
        ] {
            let page: Vec<i32> = Page { offset, limit }.of((1..=6).collect(), limits).collect();
            assert_eq!(page, expected, "offset {offset}, limit {limit}");
        }
    }
}
