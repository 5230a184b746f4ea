//! URI references: splitting, resolving (RFC 3986, section 5.2) and the syntax that Java demands of an `$id`.

/// A URI reference without its fragment, and the fragment (`None` when there is no `#`).
pub(super) fn split(reference: &str) -> (&str, Option<&str>) {
    match reference.split_once('#') {
        Some((uri, fragment)) => (uri, Some(fragment)),
        None => (reference, None),
    }
}

/// The scheme, if the reference has one.
pub(super) fn scheme(reference: &str) -> Option<&str> {
    let (scheme, _) = reference.split_once(':')?;
    let mut bytes = scheme.bytes();
    let valid = bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    valid.then_some(scheme)
}

/// Resolves `reference` against `base`; a base without scheme is resolved by its path alone.
pub(super) fn resolve(base: &str, reference: &str) -> String {
    let (base, _) = split(base);
    if base.is_empty() || scheme(reference).is_some() {
        return reference.to_owned();
    }
    let (uri, fragment) = split(reference);
    let resolved = if uri.is_empty() {
        base.to_owned()
    } else {
        // The base is its prefix (scheme and authority) and its path; queries of the base never survive.
        let authority = path_start(base);
        let (prefix, path) = base.split_at(authority);
        let path = path.split('?').next().unwrap_or_default();
        if uri.starts_with("//") {
            let scheme = scheme(base).map_or(0, |scheme| scheme.len() + 1);
            format!("{}{uri}", &base[..scheme])
        } else if uri.starts_with('/') {
            format!("{prefix}{}", without_dots(uri))
        } else if uri.starts_with('?') {
            format!("{prefix}{path}{uri}")
        } else {
            let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
            let folder = if folder.is_empty() && !prefix.is_empty() { "/" } else { folder };
            format!("{prefix}{}", without_dots(&format!("{folder}{uri}")))
        }
    };
    match fragment {
        Some(fragment) => format!("{resolved}#{fragment}"),
        None => resolved,
    }
}

/// Where the path begins: after the scheme and, if there is one, the authority.
fn path_start(uri: &str) -> usize {
    let start = scheme(uri).map_or(0, |scheme| scheme.len() + 1);
    match uri[start..].strip_prefix("//") {
        Some(rest) => start + 2 + rest.find(['/', '?']).unwrap_or(rest.len()),
        None => start,
    }
}

/// A path (and query) without `.` and `..` segments.
pub(super) fn without_dots(path: &str) -> String {
    let (path, query) = path.find('?').map_or((path, ""), |at| path.split_at(at));
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/').peekable();
    while let Some(segment) = segments.next() {
        let dots = matches!(segment, "." | "..");
        if segment == ".." {
            kept.pop();
        }
        if !dots {
            kept.push(segment);
        } else if segments.peek().is_none() {
            kept.push("");
        }
    }
    format!("{}{}{query}", if absolute { "/" } else { "" }, kept.join("/"))
}

/// Whether `java.net.URI` reads the text, as far as its characters and its scheme go.
pub(super) fn is_valid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let legal = |(at, char): (usize, char)| match char {
        '%' => bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
        '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
        other => !other.is_control() && !other.is_whitespace(),
    };
    let (uri, fragment) = split(text);
    let has_scheme_part = scheme(uri).is_none_or(|scheme| uri.len() > scheme.len() + 1);
    text.char_indices().all(legal)
        && !uri.starts_with(':')
        && has_scheme_part
        && !fragment.is_some_and(|fragment| fragment.contains('#'))
}

/// Percent-decodes a fragment; malformed escapes stay as they are.
pub(super) fn decode(fragment: &str) -> String {
    if !fragment.contains('%') {
        return fragment.to_owned();
    }
    let bytes = fragment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = fragment.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}
