//! Media types: which are accepted, which are produced, and which of them a client gets (contract, section 1.1).

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::error::ApiError;

/// The registry's own type; on its way out it stands for whichever type was negotiated.
pub(super) const NEGOTIATED: &str = "application/vnd.schemaregistry.v1+json";

/// Produced types in order of preference, each with the server's weight in tenths.
const PRODUCED: [(&str, u32); 3] =
    [(NEGOTIATED, 10), ("application/vnd.schemaregistry+json", 9), ("application/json", 5)];

/// Bytes of no declared kind; the contract's endpoints read them as JSON.
pub(super) const OCTET_STREAM: &str = "application/octet-stream";

/// The type of a response, and whether the client asked for anything that can be produced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Negotiated {
    /// The type to send; that of an error if nothing else fits.
    pub(super) media_type: &'static str,
    /// Whether the client accepts it.
    pub(super) acceptable: bool,
}

/// Refuses what the contract's endpoints do not speak; on GET and DELETE too, as the reference does.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let negotiated = request.extensions().get::<Negotiated>().copied();
    let content_type = content_type(request.headers());
    if content_type.is_some_and(|given| given != OCTET_STREAM && !is_json(&given)) {
        return ApiError::unsupported_media_type().into_response();
    }
    if negotiated.is_some_and(|negotiated| !negotiated.acceptable) {
        return ApiError::not_acceptable().into_response();
    }
    next.run(request).await
}

/// The type that a request declares for its body, without parameters; none if it says nothing.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(header::CONTENT_TYPE)?;
    let text = given.to_str().unwrap_or("unreadable");
    let essence = text.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}

/// Whether a type is one of the contract's JSON types.
pub(super) fn is_json(media_type: &str) -> bool {
    PRODUCED.iter().any(|(produced, _)| *produced == media_type)
}

/// Chooses among the produced types by the client's weight times the server's.
pub(super) fn negotiate(headers: &HeaderMap) -> Negotiated {
    let lines: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let ranges: Vec<Range<'_>> = lines.iter().flat_map(|line| line.split(',')).filter_map(Range::parse).collect();
    if ranges.is_empty() {
        return Negotiated { media_type: NEGOTIATED, acceptable: true };
    }
    let mut best: Option<(u32, &'static str)> = None;
    for (produced, weight) in PRODUCED {
        let weight = weight * accepted(&ranges, produced);
        if weight > best.map_or(0, |(best, _)| best) {
            best = Some((weight, produced));
        }
    }
    match best {
        Some((_, media_type)) => Negotiated { media_type, acceptable: true },
        None => Negotiated { media_type: least_foreign(&ranges), acceptable: false },
    }
}

/// The client's weight for a type: that of the most specific range that covers it.
fn accepted(ranges: &[Range<'_>], produced: &str) -> u32 {
    ranges
        .iter()
        .filter_map(|range| range.covers(produced).map(|rank| (rank, range.weight)))
        .max()
        .map_or(0, |(_, w)| w)
}

/// The type of an error when nothing is acceptable: the one produced type that the client names, if it is just one.
fn least_foreign(ranges: &[Range<'_>]) -> &'static str {
    let mut named =
        PRODUCED.iter().filter(|(produced, _)| ranges.iter().any(|range| range.covers(produced) == Some(2)));
    match (named.next(), named.next()) {
        (Some((only, _)), None) => only,
        _ => NEGOTIATED,
    }
}

/// One element of `Accept`.
#[derive(Debug)]
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths.
    weight: u32,
}

impl<'a> Range<'a> {
    /// Reads an element; the JDK's `*` without a slash means `*/*`, an empty element means nothing.
    fn parse(element: &'a str) -> Option<Self> {
        let mut parts = element.split(';').map(str::trim);
        let essence = parts.next().filter(|essence| !essence.is_empty())?;
        let (kind, subtype) = essence.split_once('/').unwrap_or((essence, "*"));
        let weight = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(1000, |(_, value)| thousandths(value.trim()));
        Some(Self { kind: kind.trim(), subtype: subtype.trim(), weight })
    }

    /// How specifically the range covers a type: 2 by name, 1 by its main type, 0 as everything.
    fn covers(&self, produced: &str) -> Option<u32> {
        let (kind, subtype) = produced.split_once('/')?;
        match (self.kind, self.subtype) {
            ("*", "*") => Some(0),
            (main, "*") if main.eq_ignore_ascii_case(kind) => Some(1),
            (main, sub) if main.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subtype) => Some(2),
            _ => None,
        }
    }
}

/// A weight between 0 and 1; one that cannot be read counts as 1.
fn thousandths(text: &str) -> u32 {
    let weight = text.parse::<f32>().unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 0 and 1000")]
    (weight.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &[&'static str]) -> (&'static str, bool) {
        let headers = accept.iter().map(|value| (header::ACCEPT, value.parse().expect("a header"))).collect();
        let Negotiated { media_type, acceptable } = negotiate(&headers);
        (media_type, acceptable)
    }

    #[test]
    fn the_client_gets_the_type_that_the_contract_says() {
        let v1 = NEGOTIATED;
        let v0 = "application/vnd.schemaregistry+json";
        let json = "application/json";
        for (accept, expected) in [
            (vec![], (v1, true)),
            (vec![""], (v1, true)),
            (vec!["*/*"], (v1, true)),
            (vec!["application/*"], (v1, true)),
            (vec!["application/json"], (json, true)),
            (vec!["Application/JSON; charset=utf-8"], (json, true)),
            (vec![v0], (v0, true)),
            (vec!["text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"], (v1, true)),
            (vec!["application/json, text/plain, */*"], (v1, true)),
            (vec!["application/vnd.schemaregistry.v1+json; q=0.4", "application/json"], (json, true)),
            (vec!["application/vnd.schemaregistry.v1+json;q=0, */*"], (v0, true)),
            (vec!["text/html"], (v1, false)),
            (vec!["application/json;q=0"], (json, false)),
            (vec!["application/json;q=0, application/vnd.schemaregistry+json;q=0"], (v1, false)),
        ] {
            assert_eq!(negotiated(&accept), expected, "{accept:?}");
        }
    }

    #[test]
    fn parameters_of_a_content_type_do_not_matter() {
        let headers = |value: &str| [(header::CONTENT_TYPE, value.parse().expect("a header"))].into_iter().collect();
        assert_eq!(content_type(&headers("Application/JSON;charset=utf-8")).as_deref(), Some("application/json"));
        assert_eq!(content_type(&headers(" ")), None);
        assert_eq!(content_type(&HeaderMap::new()), None);
        assert!(!is_json("text/plain"));
    }
}
