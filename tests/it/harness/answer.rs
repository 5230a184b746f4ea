//! An answer, and what a test says about it.

use std::io::Read as _;

use serde_json::{Value, json};

use super::refusal;

/// A response that was read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked; failures show it.
    pub question: String,
    /// The status code.
    pub status: u16,
    /// Names in lower case, and values, in the order of the wire.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body)
            .unwrap_or_else(|error| panic!("{}: the body is not text: {error}", self.question))
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let text = self.text();
        serde_json::from_str(text)
            .unwrap_or_else(|error| panic!("{}: {} with no JSON: {error}: {text:?}", self.question, self.status))
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body, which must have been sent compressed.
    pub fn unzipped(&self) -> String {
        let mut text = String::new();
        flate2::read::GzDecoder::new(self.body.as_slice()).read_to_string(&mut text).expect("the body is gzip");
        text
    }

    /// Demands a status and, as JSON, exactly this body.
    #[track_caller]
    pub fn is(self, status: u16, body: impl Into<Value>) -> Self {
        let expected = body.into();
        assert!(
            self.status == status && serde_json::from_slice::<Value>(&self.body).is_ok_and(|found| found == expected),
            "{}\nexpected {status} {expected}\nfound    {} {}",
            self.question,
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        self
    }

    /// Demands success and, as JSON, exactly this body.
    #[track_caller]
    pub fn ok(self, body: impl Into<Value>) -> Self {
        self.is(200, body)
    }

    /// Demands exactly this text as the body.
    #[track_caller]
    pub fn says(self, status: u16, text: &str) -> Self {
        assert_eq!((self.status, self.text()), (status, text), "{}", self.question);
        self
    }

    /// Demands this text as the body, key order included; `…` stands for any text.
    #[track_caller]
    pub fn reads(self, status: u16, pattern: &str) -> Self {
        let found = self.text();
        assert!(
            self.status == status && fits(pattern, found),
            "{}\nexpected {status} {pattern}\nfound    {} {found}",
            self.question,
            self.status
        );
        self
    }

    /// Demands a refusal with this code and this message; the status is the code's first three digits.
    #[track_caller]
    pub fn refused(self, code: u32, message: &str) -> Self {
        let status = if code < 1000 { code } else { code / 100 };
        let status = u16::try_from(status).expect("a code begins with a status");
        self.is(status, refusal(code, message))
    }

    /// Demands a refusal with this code whose message has all these parts.
    #[track_caller]
    pub fn refused_with(self, code: u32, parts: &[&str]) -> Self {
        let body = self.json();
        let message =
            body["message"].as_str().unwrap_or_else(|| panic!("{}: no message: {body}", self.question)).to_owned();
        for part in parts {
            assert!(message.contains(part), "{}\nexpected a message with {part:?}\nfound {body}", self.question);
        }
        self.refused(code, &message)
    }

    /// Demands the refusal of one operation of a transaction, with this code and a message that has all these parts.
    #[track_caller]
    pub fn refused_in(self, operation: usize, code: u32, parts: &[&str]) {
        let body = self.json();
        let message = body["message"].as_str().unwrap_or_default();
        let status = if code < 1000 { code } else { code / 100 };
        assert_eq!(
            (u32::from(self.status), &body["error_code"], &body["operation"]),
            (status, &json!(code), &json!(operation)),
            "{}: {body}",
            self.question
        );
        for part in [format!("Operation {operation}: ").as_str()].iter().chain(parts) {
            assert!(message.contains(part), "{}\nexpected a message with {part:?}\nfound {body}", self.question);
        }
    }

    /// Demands success and takes away `ts`, which must be a time in milliseconds not long ago.
    #[track_caller]
    pub fn timed(mut self) -> Self {
        let mut body = self.json();
        let object = body.as_object_mut().unwrap_or_else(|| panic!("{}: no object: {}", self.question, self.text()));
        let ts = object.shift_remove("ts");
        let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis());
        let age = ts.as_ref().and_then(Value::as_u64).map(|ts| now.saturating_sub(u128::from(ts)));
        assert!(age.is_some_and(|age| age < 600_000), "{}: ts is {ts:?} in {}", self.question, self.text());
        self.body = body.to_string().into_bytes();
        self
    }

    /// Demands success and the id of a registered schema.
    #[track_caller]
    pub fn id(self) -> i64 {
        assert_eq!(self.status, 200, "{}: {}", self.question, String::from_utf8_lossy(&self.body));
        self.json()["id"].as_i64().unwrap_or_else(|| panic!("{}: no id: {}", self.question, self.text()))
    }

    /// Demands success and the id and version of a registered schema.
    #[track_caller]
    pub fn holds(self, id: i64, version: i64) -> Self {
        let body = self.json();
        assert_eq!(
            (self.status, &body["id"], &body["version"]),
            (200, &json!(id), &json!(version)),
            "{}: {body}",
            self.question
        );
        self
    }
}

/// Whether a text has the parts of a pattern in their order, the first at its begin and the last at its end.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, others)) = pattern.split_once('…') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let (middle, last) = others.rsplit_once('…').unwrap_or(("", others));
    for part in middle.split('…') {
        let Some((_, after)) = rest.split_once(part).or_else(|| part.is_empty().then_some(("", rest))) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}
