//! Paths before routing: one trailing slash is dropped, and what stands below `/contexts/{context}` is moved into the
//! names that the path and the query carry (contract, section 3.7).

use axum::http::{Method, Uri, uri::PathAndQuery};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use thiserror::Error;

use crate::model::Context;

/// What must not stand in a path segment or a query value as it is; colons may.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A path that names nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum PathError {
    #[error("The path has an empty segment")]
    EmptySegment,
    #[error("The path is not UTF-8")]
    NotUtf8,
    #[error("The path has a '%' that is not followed by two hexadecimal digits")]
    BrokenEscape,
    #[error("Context name '{0}' cannot contain a colon")]
    Colon(String),
}

/// The address to route on, if it is not the given one.
pub(super) fn rewrite(method: &Method, uri: &Uri) -> Result<Option<Uri>, PathError> {
    let path = uri.path();
    if path.contains("//") {
        return Err(PathError::EmptySegment);
    }
    if has_broken_escape(path) {
        return Err(PathError::BrokenEscape);
    }
    let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty()).unwrap_or(path);
    let (bare, query) = match bare.strip_prefix("/contexts/") {
        Some(rest) => {
            let (context, rest) = rest.split_once('/').unwrap_or((rest, ""));
            below_context(method, &prefix(context)?, rest, uri.query())
        }
        None if bare.len() == path.len() => return Ok(None),
        None => (bare.to_owned(), uri.query().map(str::to_owned)),
    };
    let path_and_query = query.map_or(bare.clone(), |query| format!("{bare}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).map_err(|_invalid| PathError::NotUtf8)?);
    Uri::from_parts(parts).map(Some).map_err(|_invalid| PathError::NotUtf8)
}

fn has_broken_escape(path: &str) -> bool {
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    path.split('%').skip(1).any(|rest| !(is_hex(rest.as_bytes().first()) && is_hex(rest.as_bytes().get(1))))
}

/// What stands before a name in a context: `:.ctx:`, or nothing for the default context.
fn prefix(segment: &str) -> Result<String, PathError> {
    let name = percent_decode_str(segment).decode_utf8().map_err(|_invalid| PathError::NotUtf8)?;
    let name = name.strip_prefix(':').unwrap_or(&name);
    let name = name.strip_suffix(':').unwrap_or(name);
    if name.contains(':') {
        return Err(PathError::Colon(name.to_owned()));
    }
    let dot = if name.starts_with('.') { "" } else { "." };
    Ok(utf8_percent_encode(&Context::from_raw(format!("{dot}{name}")).prefix(), RESERVED).to_string())
}

/// Path and query of what is asked for in a context.
fn below_context(method: &Method, prefix: &str, rest: &str, query: Option<&str>) -> (String, Option<String>) {
    let mut segments: Vec<String> = rest.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    qualify_names(prefix, &mut segments);
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let query = match names.as_slice() {
        ["schemas", "ids", ..] => Some(qualify_parameter(query, "subject", prefix)),
        ["schemas" | "subjects"] | ["keks", ..] => Some(qualify_parameter(query, "subjectPrefix", prefix)),
        [first, ..] if first.starts_with("associations") && writes(method) => {
            Some(add_parameter(query, "context", prefix))
        }
        ["transactions"] => Some(add_parameter(query, "context", prefix)),
        _ => query.map(str::to_owned),
    };
    let path = match names.as_slice() {
        [] if prefix.is_empty() => "/".to_owned(),
        [] => format!("/contexts/{prefix}"),
        [settings @ ("config" | "mode")] if !prefix.is_empty() => format!("/{settings}/{prefix}"),
        _ => format!("/{}", names.join("/")),
    };
    (path, query)
}

fn writes(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

/// Puts the prefix before every segment that is a subject.
fn qualify_names(prefix: &str, segments: &mut [String]) {
    let mut at = 0;
    while at + 1 < segments.len() {
        let marker = segments[at].as_str();
        if !(matches!(marker, "subjects" | "deks") || (at == 0 && matches!(marker, "config" | "mode"))) {
            at += 1;
            continue;
        }
        let name = &mut segments[at + 1];
        if !is_qualified(name) {
            name.insert_str(0, prefix);
        }
        // A name may be spelled like a marker; it is none.
        at += 2;
    }
}

/// Whether a segment or a query value names its context itself.
fn is_qualified(encoded: &str) -> bool {
    let decoded = percent_decode_str(encoded).decode_utf8_lossy();
    decoded.starts_with(":.") || decoded.starts_with(":*:")
}

/// Puts the prefix before every value of a parameter, or adds the parameter.
fn qualify_parameter(query: Option<&str>, name: &str, prefix: &str) -> String {
    let mut pairs: Vec<String> =
        query.unwrap_or("").split('&').filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
    let mut found = false;
    for pair in &mut pairs {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if percent_decode_str(key).decode_utf8_lossy() != name {
            continue;
        }
        found = true;
        if !is_qualified(value) {
            *pair = format!("{name}={prefix}{value}");
        }
    }
    if !found {
        pairs.push(format!("{name}={prefix}"));
    }
    pairs.join("&")
}

fn add_parameter(query: Option<&str>, name: &str, value: &str) -> String {
    let pair = format!("{name}={value}");
    query.map_or(pair.clone(), |query| format!("{query}&{pair}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(method: &Method, address: &str) -> Result<String, PathError> {
        let uri: Uri = address.parse().expect("an address");
        Ok(rewrite(method, &uri)?.unwrap_or(uri).to_string())
    }

    #[test]
    fn paths_are_rewritten_as_the_contract_lists() {
        let get = Method::GET;
        for (given, expected) in [
            ("/contexts/", "/contexts"),
            ("/contexts/.foo/", "/contexts/:.foo:"),
            ("/contexts/foo", "/contexts/:.foo:"),
            ("/contexts/.", "/"),
            ("/contexts/.test-ctx/subjects/test-subject/versions", "/subjects/:.test-ctx:test-subject/versions"),
            ("/contexts/test-ctx/subjects/test-subject/versions/", "/subjects/:.test-ctx:test-subject/versions"),
            ("/contexts/:.test-ctx:/subjects/s/versions", "/subjects/:.test-ctx:s/versions"),
            ("/contexts/%3A.test-ctx%3A/subjects/s/versions", "/subjects/:.test-ctx:s/versions"),
            ("/contexts/:.:/subjects/test-subject/versions", "/subjects/test-subject/versions"),
            (
                "/contexts/.test-ctx/subjects/:.test-ctx:test-subject/versions",
                "/subjects/:.test-ctx:test-subject/versions",
            ),
            ("/contexts/.c/subjects/%3A.other%3As/versions", "/subjects/%3A.other%3As/versions"),
            ("/contexts/.c/subjects/%3A*%3As/versions", "/subjects/%3A*%3As/versions"),
            ("/contexts/.test-ctx/subjects/slash%2Fin%2Fmiddle/", "/subjects/:.test-ctx:slash%2Fin%2Fmiddle"),
            ("/contexts/.c/subjects/subjects/versions", "/subjects/:.c:subjects/versions"),
            ("/contexts/.test-ctx/schemas/ids/1/", "/schemas/ids/1?subject=:.test-ctx:"),
            ("/contexts/.c/schemas/ids/1?subject=s&deleted=true", "/schemas/ids/1?subject=:.c:s&deleted=true"),
            ("/contexts/.c/schemas/ids/1/versions?subject=:.d:s", "/schemas/ids/1/versions?subject=:.d:s"),
            ("/contexts/:.:/schemas/?subjectPrefix=:*:", "/schemas?subjectPrefix=:*:"),
            ("/contexts/.c/subjects", "/subjects?subjectPrefix=:.c:"),
            ("/contexts/.c/subjects?deleted=true&subjectPrefix=p", "/subjects?deleted=true&subjectPrefix=:.c:p"),
            ("/contexts/:.:/subjects", "/subjects?subjectPrefix="),
            ("/contexts/.test-ctx/config", "/config/:.test-ctx:"),
            ("/contexts/.test-ctx/mode", "/mode/:.test-ctx:"),
            ("/contexts/:.:/mode", "/mode"),
            ("/contexts/.test-ctx/config/test-subject", "/config/:.test-ctx:test-subject"),
            ("/contexts/.c/other/config/test", "/other/config/test"),
            (
                "/contexts/.test-ctx/dek-registry/v1/keks/test-kek/deks/test-subject",
                "/dek-registry/v1/keks/test-kek/deks/:.test-ctx:test-subject",
            ),
            ("/contexts/.c/compatibility/subjects/s/versions/1", "/compatibility/subjects/:.c:s/versions/1"),
            ("/contexts/.c/contexts", "/contexts"),
            ("/contexts/.c/schemas/types", "/schemas/types"),
            ("/contexts/.c/v1/metadata/id", "/v1/metadata/id"),
            ("/contexts/a%20b%2Fc/subjects/s/versions", "/subjects/:.a%20b%2Fc:s/versions"),
            ("/subjects/a%2Fb/versions/", "/subjects/a%2Fb/versions"),
            ("/compatibility/subjects/s/versions/?verbose=true", "/compatibility/subjects/s/versions?verbose=true"),
            ("/", "/"),
            ("/subjects", "/subjects"),
        ] {
            assert_eq!(rewritten(&get, given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn writes_of_associations_learn_their_context() {
        for (method, given, expected) in [
            (Method::POST, "/contexts/.ctx/associations", "/associations?context=:.ctx:"),
            (
                Method::PUT,
                "/contexts/.ctx/associations/resources/myresource?dryRun=true",
                "/associations/resources/myresource?dryRun=true&context=:.ctx:",
            ),
            (Method::GET, "/contexts/.ctx/associations/subjects/s", "/associations/subjects/:.ctx:s"),
            (Method::POST, "/contexts/.ctx/transactions", "/transactions?context=:.ctx:"),
        ] {
            assert_eq!(rewritten(&method, given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn paths_that_name_nothing_are_refused() {
        for (given, expected) in [
            ("/contexts/foo:bar/subjects", PathError::Colon("foo:bar".to_owned())),
            ("/subjects//versions", PathError::EmptySegment),
            ("//subjects", PathError::EmptySegment),
            ("/subjects//", PathError::EmptySegment),
            ("/contexts/%FF/subjects", PathError::NotUtf8),
            ("/subjects/a%2/versions", PathError::BrokenEscape),
            ("/subjects/a%zz/versions", PathError::BrokenEscape),
            ("/subjects/a%", PathError::BrokenEscape),
        ] {
            assert_eq!(rewritten(&Method::GET, given), Err(expected), "{given}");
        }
    }
}
