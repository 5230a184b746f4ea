//! Which pages of other origins may call: none, unless a setting names them.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

/// How long a browser may remember what it was allowed.
const REMEMBERED: Duration = Duration::from_mins(30);

/// What pages of other origins may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cors {
    /// Who may call.
    pub origins: Origins,
    /// With which methods.
    pub methods: Vec<Method>,
    /// With which headers; none means those that the page asks for.
    pub headers: Vec<HeaderName>,
}

/// Origins whose pages may call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origins {
    /// None.
    #[default]
    None,
    /// Any.
    Any,
    /// These.
    These(Vec<HeaderValue>),
}

impl Default for Cors {
    fn default() -> Self {
        let methods = vec![Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD];
        Self { origins: Origins::None, methods, headers: Vec::new() }
    }
}

impl Origins {
    /// Reads `*`, or origins such as `https://console.example.com` with commas between them; nothing means none.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Ok(Self::None),
            "*" => Ok(Self::Any),
            list => list.split(',').map(|origin| read_origin(origin.trim())).collect::<Result<_, _>>().map(Self::These),
        }
    }
}

fn read_origin(text: &str) -> Result<HeaderValue, String> {
    let wrong = || format!("{text:?} is no origin: write scheme://host or scheme://host:port, or * alone for any");
    let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '/' | '?' | '#' | '*' | '@'))
    };
    if !plain(scheme) || !plain(host) {
        return Err(wrong());
    }
    HeaderValue::try_from(text).map_err(|_invalid| wrong())
}

/// Reads methods with commas between them.
pub fn read_methods(text: &str) -> Result<Vec<Method>, String> {
    listed(text).map(|name| Method::try_from(name).map_err(|_invalid| format!("{name:?} is no method"))).collect()
}

/// Reads names of headers with commas between them.
pub fn read_headers(text: &str) -> Result<Vec<HeaderName>, String> {
    listed(text).map(|name| HeaderName::try_from(name).map_err(|_invalid| format!("{name:?} is no header"))).collect()
}

fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty())
}

impl Cors {
    /// The layer that answers browsers, if any origin may call.
    pub(super) fn layer(&self) -> Option<CorsLayer> {
        let origins = match &self.origins {
            Origins::None => return None,
            Origins::Any => AllowOrigin::any(),
            Origins::These(origins) => AllowOrigin::list(origins.clone()),
        };
        let headers = if self.headers.is_empty() {
            AllowHeaders::mirror_request()
        } else {
            AllowHeaders::list(self.headers.clone())
        };
        let layer = CorsLayer::new()
            .allow_origin(origins)
            .allow_methods(AllowMethods::list(self.methods.clone()))
            .allow_headers(headers)
            .expose_headers([header::ETAG, HeaderName::from_static("x-request-id")])
            .max_age(REMEMBERED);
        Some(layer)
    }
}
