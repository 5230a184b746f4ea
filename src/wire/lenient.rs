//! Reads request bodies as the reference's parser does: unknown members are ignored, scalars are converted where they
//! can be, the last of two equal keys wins, and what follows the value is ignored.

use std::fmt::Write as _;

use thiserror::Error;

use crate::schema::document::{Dialect, Member, Node, Number, Object, SyntaxError, Value, position};

/// Deepest nesting of a value that a request brings for others to look at.
const MAX_VALUE_DEPTH: usize = 128;

/// A body that was not understood: what is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} (line {line}, column {column})")]
pub struct Unreadable {
    message: String,
    line: usize,
    column: usize,
}

/// A body that is a JSON object.
pub trait Entity: Sized {
    /// Takes the members that it knows.
    fn read(members: &Members<'_>) -> Result<Self, Misfit>;
}

/// A value of the wrong shape.
#[derive(Debug)]
pub struct Misfit {
    /// Member names and indexes down to the value.
    path: String,
    message: String,
    at: usize,
}

/// What a member's reader answers: nothing for `null`.
type Reading<T> = Result<Option<T>, Misfit>;

/// The members of an object that is being read.
pub struct Members<'a> {
    object: &'a Object,
    at: usize,
}

/// Reads a body; an empty one and `null` are nothing.
pub fn read<T: Entity>(body: &[u8]) -> Result<Option<T>, Unreadable> {
    let text = std::str::from_utf8(body).map_err(|error| not_utf8(body, error.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Ok(None);
    }
    let root = Node::parse(text, Dialect::JsonSchema)?;
    entity(&root).map_err(|misfit| {
        let (line, column) = position(text, misfit.at);
        Unreadable { message: misfit.to_string(), line, column }
    })
}

fn not_utf8(body: &[u8], at: usize) -> Unreadable {
    let (line, column) = position(&String::from_utf8_lossy(&body[..at]), at);
    Unreadable { message: "Invalid UTF-8 in the body".to_owned(), line, column }
}

impl From<SyntaxError> for Unreadable {
    fn from(error: SyntaxError) -> Self {
        Self { message: error.message, line: error.line, column: error.column }
    }
}

impl<'a> Members<'a> {
    /// The member `key` as `reader` understands it; absent and `null` are nothing.
    pub(super) fn get<T>(&self, key: &str, reader: impl Fn(&'a Node) -> Reading<T>) -> Reading<T> {
        self.object.get(key).map_or(Ok(None), |node| reader(node).map_err(|misfit| misfit.below(key)))
    }

    /// The member `key`, which must be there.
    pub(super) fn required<T>(&self, key: &str, reader: impl Fn(&'a Node) -> Reading<T>) -> Result<T, Misfit> {
        let missing =
            || Misfit { path: key.to_owned(), message: "expected a value, found none".to_owned(), at: self.at };
        self.get(key, reader)?.ok_or_else(missing)
    }

    /// Refuses members of other names, for bodies in which a misspelt member would do harm.
    pub(super) fn only(&self, known: &[&[&str]]) -> Result<(), Misfit> {
        let other = |member: &&Member| !known.iter().any(|names| names.contains(&member.key.as_str()));
        match self.object.iter().find(other) {
            Some(member) => Err(Misfit {
                path: shortened(&member.key),
                message: "there is no such member".to_owned(),
                at: member.node.at,
            }),
            None => Ok(()),
        }
    }

    /// The member `key`, where absent and `null` mean different things.
    #[expect(clippy::option_option, reason = "a member is absent, null or set")]
    pub(super) fn given<T>(
        &self,
        key: &str,
        reader: impl Fn(&'a Node) -> Reading<T>,
    ) -> Result<Option<Option<T>>, Misfit> {
        if self.object.get(key).is_none() { Ok(None) } else { self.get(key, reader).map(Some) }
    }
}

/// An object of a known shape.
pub(super) fn entity<T: Entity>(node: &Node) -> Reading<T> {
    match &node.value {
        Value::Null => Ok(None),
        Value::Object(object) => T::read(&Members { object, at: node.at }).map(Some),
        _ => Err(Misfit::new(node, "an object")),
    }
}

/// Any value; nested deeper than [`MAX_VALUE_DEPTH`] it is refused, since those who look at it recurse.
pub(super) fn json(node: &Node) -> Reading<serde_json::Value> {
    any(node, MAX_VALUE_DEPTH).map(Some)
}

fn any(node: &Node, levels: usize) -> Result<serde_json::Value, Misfit> {
    use serde_json::Value as Json;
    let below = levels.checked_sub(1).ok_or_else(|| Misfit {
        path: String::new(),
        message: format!("it nests deeper than {MAX_VALUE_DEPTH} levels"),
        at: node.at,
    });
    Ok(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::String(text) => Json::String(text.clone()),
        // What is no number of JSON, such as NaN, is known by its name, as in Avro's JSON encoding.
        Value::Number(number) => match number.spelling().parse::<serde_json::Number>() {
            Ok(number) => Json::Number(number),
            Err(_unknown) => Json::String(number.spelling().to_owned()),
        },
        Value::Array(items) => {
            let below = below?;
            Json::Array(items.iter().map(|item| any(item, below)).collect::<Result<_, _>>()?)
        }
        Value::Object(object) => {
            let below = below?;
            let members = object.iter().map(|member| Ok((member.key.clone(), any(&member.node, below)?)));
            Json::Object(members.collect::<Result<_, Misfit>>()?)
        }
    })
}

/// A text; numbers keep their spelling.
pub(super) fn text(node: &Node) -> Reading<String> {
    match &node.value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Number(number) => Ok(Some(number.spelling().to_owned())),
        Value::Bool(flag) => Ok(Some(flag.to_string())),
        Value::Array(_) | Value::Object(_) => Err(Misfit::new(node, "a string")),
    }
}

/// A text that is written as one, where anything else would be a slip of the pen.
pub(super) fn string(node: &Node) -> Reading<String> {
    match &node.value {
        Value::Null | Value::String(_) => text(node),
        _ => Err(Misfit::new(node, "a string")),
    }
}

/// A schema: a text, with a word for those who post the schema itself.
pub(super) fn schema_text(node: &Node) -> Reading<String> {
    text(node).map_err(|misfit| Misfit {
        message: format!("{}; write the schema as a JSON string, its quotes escaped", misfit.message),
        ..misfit
    })
}

/// A 32-bit number; fractions are cut off, texts are parsed, and the empty text is nothing.
pub(super) fn int(node: &Node) -> Reading<i32> {
    let wrong = || Misfit::new(node, "a whole number of 32 bits");
    match &node.value {
        Value::Null => Ok(None),
        Value::Number(number) => truncated(number).map(Some).ok_or_else(wrong),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) => text.trim().parse().map(Some).map_err(|_not_a_number| wrong()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => Err(wrong()),
    }
}

fn truncated(number: &Number) -> Option<i32> {
    if number.is_integral() {
        return number.spelling().parse().ok();
    }
    let value = number.spelling().parse::<f64>().ok()?.trunc();
    let fits = value >= f64::from(i32::MIN) && value <= f64::from(i32::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked, and the fraction is to be cut off")]
    fits.then_some(value as i32)
}

/// A truth value; a number is true unless it is 0, and the empty text is nothing.
pub(super) fn flag(node: &Node) -> Reading<bool> {
    let wrong = || Misfit::new(node, "true or false");
    match &node.value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        Value::Number(number) if number.is_integral() => Ok(Some(number.spelling().trim_start_matches('-') != "0")),
        Value::String(text) => match text.trim() {
            "" => Ok(None),
            "true" | "True" | "TRUE" => Ok(Some(true)),
            "false" | "False" | "FALSE" => Ok(Some(false)),
            _ => Err(wrong()),
        },
        Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(wrong()),
    }
}

/// One of a closed set of names, or its position in the set.
pub(super) fn constant<T: Copy>(names: &'static [(&'static str, T)]) -> impl Fn(&Node) -> Reading<T> {
    move |node| {
        let found = match &node.value {
            Value::Null => return Ok(None),
            Value::String(text) => names.iter().find(|(name, _)| name == text).or_else(|| nth(names, text)),
            Value::Number(number) => nth(names, number.spelling()),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        let Some((_, constant)) = found else {
            let list: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            return Err(Misfit::new(node, &format!("one of {}", list.join(", "))));
        };
        Ok(Some(*constant))
    }
}

fn nth<'n, T>(names: &'n [(&'static str, T)], digits: &str) -> Option<&'n (&'static str, T)> {
    digits.parse::<usize>().ok().and_then(|at| names.get(at))
}

/// An array; elements that are `null` become what `absent` makes.
pub(super) fn list<T>(
    reader: impl Fn(&Node) -> Reading<T>,
    absent: impl Fn() -> Option<T>,
) -> impl Fn(&Node) -> Reading<Vec<T>> {
    move |node| {
        let items = match &node.value {
            Value::Null => return Ok(None),
            Value::Array(items) => items,
            _ => return Err(Misfit::new(node, "an array")),
        };
        let mut read = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            read.extend(reader(item).map_err(|misfit| misfit.below(&format!("[{at}]")))?.or_else(&absent));
        }
        Ok(Some(read))
    }
}

/// An array of texts.
pub(super) fn texts(node: &Node) -> Reading<Vec<String>> {
    list(text, || None)(node)
}

/// An object whose members all have one shape; members that are `null` are left out.
pub(super) fn map<T>(reader: impl Fn(&Node) -> Reading<T>) -> impl Fn(&Node) -> Reading<Vec<(String, T)>> {
    let read = nullable_map(reader);
    move |node| {
        let members = read(node)?;
        let set = |members: Vec<(String, Option<T>)>| {
            members.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
        };
        Ok(members.map(set))
    }
}

/// An object whose members all have one shape, or are `null`.
pub(super) fn nullable_map<T>(
    reader: impl Fn(&Node) -> Reading<T>,
) -> impl Fn(&Node) -> Reading<Vec<(String, Option<T>)>> {
    move |node| {
        let object = match &node.value {
            Value::Null => return Ok(None),
            Value::Object(object) => object,
            _ => return Err(Misfit::new(node, "an object")),
        };
        let mut read = Vec::with_capacity(object.len());
        for member in object.iter() {
            let value = reader(&member.node).map_err(|misfit| misfit.below(&member.key))?;
            read.push((member.key.clone(), value));
        }
        Ok(Some(read))
    }
}

impl Misfit {
    fn new(node: &Node, expected: &str) -> Self {
        let found = match &node.value {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(number) => &format!("the number {}", shortened(number.spelling())),
            Value::String(text) => &format!("the string \"{}\"", shortened(text)),
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        Self { path: String::new(), message: format!("expected {expected}, found {found}"), at: node.at }
    }

    fn below(mut self, key: &str) -> Self {
        let separator = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{}{separator}{}", shortened(key), self.path);
        self
    }
}

impl std::fmt::Display for Misfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = if self.path.is_empty() { "the body" } else { &format!("\"{}\"", self.path) };
        write!(f, "Cannot read {place}: {}", self.message)
    }
}

/// A client's text as it may stand in a message.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        let _never_fails = write!(short, "...");
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sample {
        text: Option<String>,
        int: Option<i32>,
        flag: Option<bool>,
    }

    impl Entity for Sample {
        fn read(members: &Members<'_>) -> Result<Self, Misfit> {
            Ok(Self {
                text: members.get("text", text)?,
                int: members.get("int", int)?,
                flag: members.get("flag", flag)?,
            })
        }
    }

    fn sample(body: &str) -> Result<Option<Sample>, String> {
        read(body.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn scalars_are_converted_where_the_reference_converts_them() {
        for (body, text, int, flag) in [
            (r#"{"text":1.10,"int":"5","flag":"True"}"#, Some("1.10"), Some(5), Some(true)),
            (r#"{"text":true,"int":2.9,"flag":0}"#, Some("true"), Some(2), Some(false)),
            (r#"{"text":"","int":"","flag":""}"#, Some(""), None, None),
            (r#"{"text":null,"int":null,"flag":null} trailing"#, None, None, None),
            (r#"{"int":1,"int":2,"unknown":[{"a":{}}]}"#, None, Some(2), None),
        ] {
            let expected = Sample { text: text.map(str::to_owned), int, flag };
            assert_eq!(sample(body), Ok(Some(expected)), "{body}");
        }
    }

    #[test]
    fn nothing_is_read_from_nothing() {
        for body in ["", "  \n", "null", "\u{feff}null"] {
            assert_eq!(sample(body), Ok(None), "{body:?}");
        }
    }

    #[test]
    fn a_wrong_shape_is_told_with_its_place() {
        for (body, message) in [
            ("[]", "Cannot read the body: expected an object, found an array (line 1, column 1)"),
            ("{\"text\":\n {}}", "Cannot read \"text\": expected a string, found an object (line 2, column 2)"),
            (
                r#"{"int":"x"}"#,
                "Cannot read \"int\": expected a whole number of 32 bits, found the string \"x\" (line 1, column 8)",
            ),
            (
                r#"{"int":3000000000}"#,
                "Cannot read \"int\": expected a whole number of 32 bits, found the number 3000000000 (line 1, column 8)",
            ),
            (r#"{"text":"a"#, "unexpected end of text in a string (line 1, column 11)"),
        ] {
            assert_eq!(sample(body), Err(message.to_owned()), "{body}");
        }
        let deep = "[".repeat(5000);
        assert!(sample(&deep).is_err_and(|message| message.contains("nesting deeper than 1000 levels")));
        let invalid = read::<Sample>(b"{\"text\":\"\xff\"}").map_err(|error| error.to_string());
        assert_eq!(invalid, Err("Invalid UTF-8 in the body (line 1, column 10)".to_owned()));
    }
}
