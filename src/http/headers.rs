//! Headers that a setting adds to every answer.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

/// Headers that are part of an answer's transport or meaning, in lower case.
const OWN: [&str; 8] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "transfer-encoding",
    "x-request-id",
];

/// Headers for every answer, in the order of the setting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExtraHeaders(Vec<(Manner, HeaderName, HeaderValue)>);

/// What becomes of a header of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Set,
    Add,
}

impl ExtraHeaders {
    /// Reads `set Name: value, "add Name: value, with a comma"`; `set`, which replaces, may be left out.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entries = split(text)?;
        entries.iter().filter(|entry| !entry.is_empty()).map(|entry| read(entry)).collect::<Result<_, _>>().map(Self)
    }

    fn apply(&self, headers: &mut HeaderMap) {
        for (manner, name, value) in &self.0 {
            match manner {
                Manner::Set => drop(headers.insert(name, value.clone())),
                Manner::Add => drop(headers.append(name, value.clone())),
            }
        }
    }
}

/// Adds the headers to an answer.
pub(super) async fn add(State(extra): State<ExtraHeaders>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    extra.apply(response.headers_mut());
    response
}

/// The entries between commas that are in no quotes.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut entries = vec![String::new()];
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => entries.push(String::new()),
            other => entries.last_mut().expect("there is always an entry").push(other),
        }
    }
    if quoted {
        return Err("a quotation mark is not closed".to_owned());
    }
    Ok(entries.into_iter().map(|entry| entry.trim().to_owned()).collect())
}

fn read(entry: &str) -> Result<(Manner, HeaderName, HeaderValue), String> {
    let (head, value) = entry
        .split_once(':')
        .ok_or_else(|| format!("{entry:?} is no header: write Name: value, in quotes if it has a comma"))?;
    let (manner, name) = match head.trim().split_once(char::is_whitespace) {
        None => (Manner::Set, head.trim()),
        Some((action, name)) if action.eq_ignore_ascii_case("set") => (Manner::Set, name.trim()),
        Some((action, name)) if action.eq_ignore_ascii_case("add") => (Manner::Add, name.trim()),
        Some((action, _)) => return Err(format!("{action:?} is neither set nor add")),
    };
    if OWN.contains(&name.to_ascii_lowercase().as_str()) {
        return Err(format!("{name} belongs to the answer itself"));
    }
    let wrong = |what: &str| format!("{what} of {entry:?} is not valid in HTTP");
    let name = HeaderName::try_from(name).map_err(|_invalid| wrong("the name"))?;
    let value = HeaderValue::try_from(value.trim()).map_err(|_invalid| wrong("the value"))?;
    Ok((manner, name, value))
}
