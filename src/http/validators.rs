//! Validators of answers: every read carries an `ETag` and says how long it may be kept; a client that has it gets a 304.

use std::time::Duration;

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{self, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

use super::{
    conditions::{self, Tags},
    error::ApiError,
    media::Negotiated,
};
use crate::{
    model::Head,
    registry::{AtHead, Found},
};

/// An answer about a subject, with the head that the subject has at that moment.
#[derive(Debug)]
pub(super) struct Headed<T>(pub(super) Option<Head>, pub(super) T);

impl<T> Headed<T> {
    /// Makes the answer to a question about a subject.
    pub(super) fn new<V>(at: AtHead<V>, answer: impl FnOnce(V) -> T) -> Self {
        Self(Some(at.head), answer(at.value))
    }

    /// Makes the answer that shows a schema of a subject.
    pub(super) fn found(found: Found, answer: impl FnOnce(Found) -> T) -> Self {
        Self(found.head, answer(found))
    }
}

impl<T: IntoResponse> IntoResponse for Headed<T> {
    fn into_response(self) -> Response {
        let Self(head, answer) = self;
        let mut response = answer.into_response();
        if let Some(head) = head {
            response.extensions_mut().insert(head);
        }
        response
    }
}

/// An answer that shows what an id or a guid means; caches may keep it for a time, unless the schema is about to go.
#[derive(Debug)]
pub(super) struct Lasting<T>(pub(super) Duration, pub(super) T);

/// How long an answer may be kept.
#[derive(Debug, Clone, Copy)]
struct MaxAge(Duration);

impl<T> Lasting<T> {
    /// Makes the answer; what is soft-deleted may be removed for good at any time.
    pub(super) fn found(max_age: Duration, found: Found, answer: impl FnOnce(Found) -> T) -> Self {
        let deleted = found.record.is_some_and(|record| record.deleted);
        // The highest id of a context moves with every new schema.
        let moving = deleted || found.highest_id.is_some();
        Self(if moving { Duration::ZERO } else { max_age }, answer(found))
    }
}

impl<T: IntoResponse> IntoResponse for Lasting<T> {
    fn into_response(self) -> Response {
        let Self(max_age, answer) = self;
        let mut response = answer.into_response();
        if !max_age.is_zero() {
            response.extensions_mut().insert(MaxAge(max_age));
        }
        response
    }
}

/// Gives reads their validators, and writes under a subject the head that they left behind.
pub(super) async fn attach(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = if reads { conditions::tags(request.headers(), &IF_NONE_MATCH) } else { Ok(None) };
    let negotiated = request.extensions().get::<Negotiated>().copied();
    let known = match known {
        Ok(known) => known,
        Err(refusal) => return refusal.into_response(),
    };
    let mut response = next.run(request).await;
    if reads && response.status() == StatusCode::OK {
        return validated(response, known.as_ref(), negotiated).await;
    }
    if reads {
        // What is not there now may be there after the next write.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else if response.status().is_success()
        && let Some(head) = response.extensions().get::<Head>()
    {
        let tag = quoted(&head.to_string());
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// A read with its headers; nothing but these if the client has it already.
///
/// The tag is a digest of the answer itself, so it changes if and only if the answer does, whatever that was made from.
/// Under a subject the head stands before it, taken from the same moment: the part that `If-Match` looks at.
async fn validated(response: Response, known: Option<&Tags>, negotiated: Option<Negotiated>) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be read");
            return ApiError::new(500, "Internal Server Error").into_response();
        }
    };
    let mut digest = Sha256::new();
    digest.update(negotiated.map_or("", |negotiated| negotiated.media_type).as_bytes());
    digest.update(&body);
    let representation = digest.finalize().iter().take(8).fold(0, |digits, byte| (digits << 8) | u64::from(*byte));
    let tag = match parts.extensions.get::<Head>() {
        Some(head) => format!("{head}.{representation:016x}"),
        None => format!("{representation:016x}"),
    };
    let keeping = match parts.extensions.get::<MaxAge>() {
        Some(MaxAge(age)) => format!("max-age={}, immutable", age.as_secs()),
        None => "no-cache".to_owned(),
    };
    parts.headers.insert(ETAG, quoted(&tag));
    parts.headers.insert(CACHE_CONTROL, HeaderValue::try_from(keeping).expect("digits and words are ASCII"));
    parts.headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    if known.is_some_and(|known| known.include(&tag)) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(CONTENT_TYPE);
        parts.headers.remove(CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}

/// Bytes that were compressed on the way are not those that a strong tag names.
pub(super) async fn weaken(mut response: Response) -> Response {
    if response.headers().contains_key(CONTENT_ENCODING)
        && let Some(weak) = weakened(response.headers())
    {
        response.headers_mut().insert(header::ETAG, weak);
    }
    response
}

fn weakened(headers: &HeaderMap) -> Option<HeaderValue> {
    let tag = headers.get(ETAG)?.to_str().ok()?;
    HeaderValue::try_from(format!("W/{tag}")).ok()
}

fn quoted(tag: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{tag}\"")).expect("hexadecimal digits are ASCII")
}
