//! What happens to every request: a request id, the path, the media type, and one line in the log.

use std::time::{Duration, Instant};

use axum::{
    body::HttpBody as Body,
    extract::{MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tower_http::compression::Predicate;
use uuid::Uuid;

use super::{
    error::{ApiError, Failure},
    media::{self, Negotiated},
    path,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The template of the route that answered.
#[derive(Debug, Clone)]
struct RouteName(MatchedPath);

/// Bytes that are not worth compressing.
const SHORT: u64 = 32;

/// Marks answers to methods whose answers may be compressed.
#[derive(Debug, Clone, Copy)]
struct MayCompress;

/// Leads a request in and its response out.
pub(super) async fn pass(State(patience): State<Duration>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let request_id = request_id(request.headers());
    let negotiated = media::negotiate(request.headers());
    request.extensions_mut().insert(negotiated);
    let mut response = match path::rewrite(&method, request.uri()) {
        Ok(rewritten) => {
            if let Some(uri) = rewritten {
                *request.uri_mut() = uri;
            }
            // What is being written goes on: the answer is unknown, and repeating the request is safe.
            timeout(patience, next.run(request)).await.unwrap_or_else(|_late| ApiError::timed_out().into_response())
        }
        Err(refusal) => ApiError::bad_request(refusal.to_string()).into_response(),
    };
    if matches!(method, Method::GET | Method::HEAD | Method::POST) {
        response.extensions_mut().insert(MayCompress);
    }
    settle_media_type(&mut response, negotiated);
    log(&method, &response, started.elapsed(), &request_id);
    response.headers_mut().insert(REQUEST_ID, request_id);
    response
}

/// Keeps the route's template for the log; it is known only inside the router.
pub(super) async fn name_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(RouteName(route));
    }
    response
}

/// Which answers are compressed for a client that asks for it: those to GET and POST, unless that makes them longer.
#[derive(Debug, Clone, Copy)]
pub(super) struct WorthCompressing;

impl Predicate for WorthCompressing {
    fn should_compress<B: Body>(&self, response: &axum::http::Response<B>) -> bool {
        // An answer to HEAD has the headers of the one to GET, and its length, but no body.
        let told = response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let length: Option<u64> = told.or_else(|| response.body().size_hint().exact());
        let long = length.is_none_or(|length| length > SHORT);
        long && response.extensions().get::<MayCompress>().is_some()
    }
}

/// The client's own id if it sent just one, else a new one.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let mut given = headers.get_all(REQUEST_ID).iter();
    match (given.next(), given.next()) {
        (Some(only), None) if !only.as_bytes().trim_ascii().is_empty() => only.clone(),
        _ => HeaderValue::try_from(Uuid::new_v4().to_string()).expect("a UUID is ASCII"),
    }
}

fn settle_media_type(response: &mut Response, negotiated: Negotiated) {
    if let Some(media_type) = response.headers_mut().get_mut(CONTENT_TYPE)
        && media_type == media::NEGOTIATED
    {
        *media_type = HeaderValue::from_static(negotiated.media_type);
    }
}

fn log(method: &Method, response: &Response, took: Duration, request_id: &HeaderValue) {
    let route = response.extensions().get::<RouteName>().map_or("unknown", |name| name.0.as_str());
    let status = response.status().as_u16();
    // Microseconds are as fine as a clock under load can tell.
    let milliseconds = (took.as_secs_f64() * 1_000_000.0).round() / 1000.0;
    let request_id = String::from_utf8_lossy(request_id.as_bytes());
    if let Some(Failure(cause)) = response.extensions().get::<Failure>() {
        tracing::error!(%method, route, status, %request_id, "{cause}");
    }
    tracing::info!(target: "regis::request", %method, route, status, milliseconds, %request_id, "request");
}
