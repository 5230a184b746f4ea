//! Names of types: how they are put together, checked and shortened.

use std::sync::LazyLock;

use regex::Regex;

use crate::schema::Strictness;

/// A full name: a simple name and perhaps a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    full: String,
    /// Where the simple name starts.
    simple_at: usize,
}

impl Name {
    /// Reads a name; one with a dot carries its own namespace, any other takes `namespace`.
    ///
    /// An empty namespace, as in `.C`, is no namespace.
    pub(super) fn new(name: &str, namespace: Option<&str>) -> Self {
        let (namespace, simple) = match name.rsplit_once('.') {
            Some((own, simple)) => (Some(own), simple),
            None => (namespace, name),
        };
        match namespace.filter(|namespace| !namespace.is_empty()) {
            Some(namespace) => Self { full: format!("{namespace}.{simple}"), simple_at: namespace.len() + 1 },
            None => Self { full: simple.to_owned(), simple_at: 0 },
        }
    }

    /// The full name.
    pub(super) fn full(&self) -> &str {
        &self.full
    }

    /// The name without its namespace.
    pub(super) fn simple(&self) -> &str {
        &self.full[self.simple_at..]
    }

    /// The namespace, if there is one.
    pub(super) fn namespace(&self) -> Option<&str> {
        self.simple_at.checked_sub(1).map(|end| &self.full[..end])
    }

    /// The name as written inside `enclosing`: short where that is understood, except names like type keywords.
    pub(super) fn relative_to(&self, enclosing: Option<&str>) -> &str {
        let short = self.namespace().is_none() || self.namespace() == enclosing;
        if short && !is_keyword(self.simple()) { self.simple() } else { self.full() }
    }

    /// Checks the parts of the name; the namespace only in new schemas.
    pub(super) fn check(&self, strictness: Strictness) -> Result<(), String> {
        check_identifier(self.simple(), strictness)?;
        if strictness == Strictness::New {
            for part in self.namespace().into_iter().flat_map(|namespace| namespace.split('.')) {
                check_identifier(part, strictness)
                    .map_err(|reason| format!("Namespace part \"{part}\" is invalid: {reason}"))?;
            }
        }
        Ok(())
    }
}

/// Whether `word` is the keyword of a type.
pub(super) fn is_keyword(word: &str) -> bool {
    matches!(word, "record" | "enum" | "array" | "map" | "union" | "fixed")
        || super::model::Primitive::from_keyword(word).is_some()
}

/// Checks a simple name, a field name or an enum symbol.
///
/// Stored schemas may use any letter and digit that Java knows by one UTF-16 unit.
pub(super) fn check_identifier(name: &str, strictness: Strictness) -> Result<(), String> {
    let mut chars = name.chars();
    match chars.next() {
        None => return Err("Empty name".to_owned()),
        Some(first) if !is_start(first, strictness) => return Err(format!("Illegal initial character: {name}")),
        Some(_) => {}
    }
    if chars.all(|char| is_start(char, strictness) || is_digit(char, strictness)) {
        Ok(())
    } else {
        Err(format!("Illegal character in: {name}"))
    }
}

fn is_start(char: char, strictness: Strictness) -> bool {
    static LETTER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{L}$").expect("the pattern is constant"));
    char == '_' || if char.is_ascii() { char.is_ascii_alphabetic() } else { is_unicode(char, strictness, &LETTER) }
}

fn is_digit(char: char, strictness: Strictness) -> bool {
    static DIGIT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").expect("the pattern is constant"));
    if char.is_ascii() { char.is_ascii_digit() } else { is_unicode(char, strictness, &DIGIT) }
}

fn is_unicode(char: char, strictness: Strictness, class: &Regex) -> bool {
    strictness == Strictness::Stored && char.len_utf16() == 1 && class.is_match(char.encode_utf8(&mut [0; 4]))
}
