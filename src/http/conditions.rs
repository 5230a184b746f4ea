//! Conditions of requests: `If-Match` and `If-None-Match`, as lists of entity tags (RFC 9110, section 13.1).

use axum::{
    extract::FromRequestParts,
    http::{
        HeaderMap,
        header::{HeaderName, IF_MATCH, IF_NONE_MATCH},
        request::Parts,
    },
};
use utoipa::IntoParams;

use super::error::ApiError;
use crate::{
    model::Head,
    registry::{Heads, Precondition},
};

/// The tags that a condition names, without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`: whatever there is.
    Any,
    /// These.
    Named(Vec<String>),
}

impl Tags {
    /// Reads a list of entity tags. A tag that a proxy made weak counts like the strong one, since a head names a state
    /// and not bytes; a tag may also come without its quotes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        let mut named = Vec::new();
        let mut rest = text.trim_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let tag = rest.strip_prefix("W/").unwrap_or(rest);
            let (tag, after) = match tag.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"')?,
                None => tag.split_at(tag.find([' ', '\t', ',']).unwrap_or(tag.len())),
            };
            // An asterisk stands alone: taken for a tag, it would be a condition that never fails.
            if tag.contains(['"', '*']) {
                return None;
            }
            named.push(tag.to_owned());
            let next = after.trim_start_matches([' ', '\t']);
            if !next.is_empty() && !next.starts_with(',') {
                return None;
            }
            rest = next.trim_start_matches([' ', '\t', ',']);
        }
        Some(Self::Named(named))
    }

    /// Whether one of them is `tag`.
    pub(super) fn include(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Named(named) => named.iter().any(|named| named == tag),
        }
    }

    /// The heads of subjects among them; what is no head is the tag of something else and matches none.
    pub(super) fn heads(&self) -> Heads {
        match self {
            Self::Any => Heads::OfExisting,
            Self::Named(named) => Heads::OneOf(named.iter().filter_map(|tag| Head::parse(tag)).collect()),
        }
    }
}

/// What must be so for a write to be done.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it documents what `Demanded` reads")]
pub(super) struct Conditions {
    /// Write only if the subject's head is one of these entity tags; `*`: only if the subject has a version that is not
    /// soft-deleted.
    #[param(rename = "If-Match", required = false, example = "\"5f1c3a90d2b84e6f-2\"")]
    if_match: String,
    /// Write only if the subject's head is none of these entity tags; `*`: only if the subject has no version that is not
    /// soft-deleted.
    #[param(rename = "If-None-Match", required = false, example = "*")]
    if_none_match: String,
}

/// The conditions of a write.
pub(super) struct Demanded(pub(super) Precondition);

impl<S: Send + Sync> FromRequestParts<S> for Demanded {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let heads = |name| tags(&parts.headers, name).map(|tags| tags.map(|tags| tags.heads()));
        Ok(Self(Precondition { matches: heads(&IF_MATCH)?, differs: heads(&IF_NONE_MATCH)? }))
    }
}

/// The tags of a condition; the lines of a header that is repeated are one list.
pub(super) fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, ApiError> {
    let lines: Vec<String> =
        headers.get_all(name).iter().map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let list = lines.join(",");
    // A write whose condition was ignored would be done unguarded.
    let wrong = || ApiError::bad_request(format!("{name} is no list of entity tags: {list}"));
    Tags::parse(&list).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_tags_are_read() {
        let named = |tags: &[&str]| Some(Tags::Named(tags.iter().map(ToString::to_string).collect()));
        for (text, tags) in [
            ("*", Some(Tags::Any)),
            (" * ", Some(Tags::Any)),
            (r#""a""#, named(&["a"])),
            (r#"W/"a" , "b,c""#, named(&["a", "b,c"])),
            (r#"a, "b",,"#, named(&["a", "b"])),
            (r#""""#, named(&[""])),
            ("", None),
            (" , ", None),
            (r#""a"#, None),
            (r#""a""b""#, None),
            (r#"a"b"#, None),
            ("a b", None),
        ] {
            assert_eq!(Tags::parse(text), tags, "{text}");
        }
    }
}
