//! A request as it is put together: segments and parameters are encoded here and nowhere else.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqwest::{Method, Url};
use serde::Serialize;

use super::Error;

/// Everything but the characters that a URL never needs to escape.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Before the name of a subject in it.
const DEFAULT_CONTEXT: &str = ":.:";

fn escaped(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, ESCAPED)
}

/// Whether a request may be sent again when its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// A second time changes nothing and answers the same.
    Safe,
    /// Only when the server did not see it, or says that it has not begun.
    IfNotBegun,
}

/// A request to be sent.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) method: Method,
    /// Path and query below the registry's address.
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Option<String>,
    pub(super) repeat: Repeat,
}

impl Question {
    pub(super) fn new(method: Method, segments: &[&str]) -> Result<Self, Error> {
        let mut target = String::new();
        for (at, segment) in segments.iter().enumerate() {
            // A URL's parser takes these three away, however they are escaped. A subject has another spelling.
            let lost = matches!(*segment, "" | "." | "..");
            let of_subject = at == 1 && matches!(segments[0], "subjects" | "config" | "mode");
            if lost && !of_subject {
                return Err(Error::Unnameable((*segment).to_owned()));
            }
            let context = if lost { DEFAULT_CONTEXT } else { "" };
            let _never_fails = write!(target, "/{}{}", escaped(context), escaped(segment));
        }
        Ok(Self { method, target, headers: Vec::new(), body: None, repeat: Repeat::Safe })
    }

    pub(super) fn get(segments: &[&str]) -> Result<Self, Error> {
        Self::new(Method::GET, segments)
    }

    pub(super) fn parameter(mut self, name: &str, value: &str) -> Self {
        let separator = if self.target.contains('?') { '&' } else { '?' };
        let _never_fails = write!(self.target, "{separator}{name}={}", utf8_percent_encode(value, ESCAPED));
        self
    }

    /// The parameter, set to `true`, where it applies: absent means false to every registry.
    pub(super) fn switch(self, name: &str, applies: bool) -> Self {
        if applies { self.parameter(name, "true") } else { self }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_string(body).expect("a body of the contract is JSON"));
        self
    }

    pub(super) fn repeated(mut self, repeat: Repeat) -> Self {
        self.repeat = repeat;
        self
    }

    /// How messages name it.
    pub(super) fn summary(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// Where it goes at an address, whose own path comes first.
    pub(super) fn at(&self, address: &Url) -> Result<Url, Error> {
        let text = format!("{}{}", address.as_str().trim_end_matches('/'), self.target);
        Url::parse(&text).map_err(|_no_url| Error::Unnameable(self.target.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_encoded_and_the_address_keeps_its_path() {
        let question = Question::get(&["subjects", ":.ctx:a/b %?#+é", "versions", "latest"]).expect("a question");
        let question = question.parameter("format", "a&b=c").switch("deleted", true).switch("verbose", false);
        let address = Url::parse("https://host/api/").expect("a URL");
        assert_eq!(
            question.at(&address).expect("a URL").as_str(),
            "https://host/api/subjects/%3A.ctx%3Aa%2Fb%20%25%3F%23%2B%C3%A9/versions/latest?format=a%26b%3Dc&deleted=true"
        );
    }

    #[test]
    fn a_name_that_no_url_can_carry_is_refused() {
        for name in ["", ".", ".."] {
            assert!(Question::get(&["schemas", "guids", name]).is_err(), "{name:?}");
            let question = Question::get(&["subjects", name, "versions"]).expect("a question");
            assert_eq!(question.target, format!("/subjects/%3A.%3A{name}/versions"));
        }
    }
}
