//! Mendings that are certain: what can be put into the file so that the finding is gone.

use super::{against::OldSchema, finding::Fix, mark::Marker, workspace::LocalSchema};
use crate::{
    model::SchemaKind,
    schema::{
        Direction, Mentions, Place,
        compatibility::Reason,
        document::{Dialect, Node, Object, Value},
    },
};

/// The mending of a reason, if there is one that needs no decision.
pub(super) fn of(
    reason: &Reason,
    schema: &LocalSchema,
    place: &Place,
    marker: &Marker<'_>,
    old: &OldSchema,
) -> Option<Fix> {
    let backward = matches!(reason.difference, Some((Direction::Backward, _)));
    if schema.kind != SchemaKind::Avro || place.reference.is_some() || !backward {
        return None;
    }
    let document = Node::parse(&schema.text, Dialect::Avro).ok()?;
    match reason.kind {
        "READER_FIELD_MISSING_DEFAULT_VALUE" => {
            let field = document.at_pointer(&place.pointer)?.as_object()?;
            default_null(field, &schema.text, marker)
        }
        "NAME_MISMATCH" if place.pointer == "/name" => {
            let root = document.as_object()?;
            let name = Mentions::of(SchemaKind::Avro, old.schema.text()).ok()?.declared.into_iter().next()?;
            if root.get("aliases").is_some() {
                return None;
            }
            let description = format!("add the old name {name} to the aliases");
            after_last(root, &schema.text, marker, description, &format!("\"aliases\": [\"{name}\"]"))
        }
        _ => None,
    }
}

/// A field whose type begins with null can have no other default.
pub(super) fn default_null(field: &Object, text: &str, marker: &Marker<'_>) -> Option<Fix> {
    let nullable = match &field.get("type")?.value {
        Value::Array(branches) => branches.first()?.as_str() == Some("null"),
        Value::String(name) => name == "null",
        _ => false,
    };
    if !nullable || field.get("default").is_some() {
        return None;
    }
    after_last(field, text, marker, "add the default null".to_owned(), "\"default\": null")
}

/// Puts a member behind the last one of an object, on a line of its own if that has one.
fn after_last(object: &Object, text: &str, marker: &Marker<'_>, description: String, member: &str) -> Option<Fix> {
    let last = object.iter().max_by_key(|member| member.key_at)?;
    let at = last.node.at + value_length(&text[last.node.at..])?;
    let (before, line) = match text[..last.key_at].rsplit_once('\n') {
        Some((before, line)) => (Some(before), line),
        None => (None, ""),
    };
    let insert = match before {
        Some(before) if line.trim().is_empty() => {
            let end = if before.ends_with('\r') { "\r\n" } else { "\n" };
            format!(",{end}{line}{member}")
        }
        _ => format!(", {member}"),
    };
    let mark = marker.at(at);
    Some(Fix { description, at, line: mark.line, column: mark.column, insert })
}

/// How long the JSON value is that a text begins with; comments may be inside.
fn value_length(text: &str) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        let rest = &text[at..];
        at += match rest.chars().next()? {
            '"' => string_length(rest)?,
            '/' => comment_length(rest)?,
            '{' | '[' => {
                depth += 1;
                1
            }
            '}' | ']' => {
                depth = depth.checked_sub(1)?;
                1
            }
            letter if is_bare(letter) => rest.find(|letter| !is_bare(letter)).unwrap_or(rest.len()),
            letter => letter.len_utf8(),
        };
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Whether a letter may be part of a number, `true`, `false` or `null`.
fn is_bare(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.')
}

fn string_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn comment_length(text: &str) -> Option<usize> {
    match text.strip_prefix("/*") {
        Some(inner) => inner.find("*/").map(|end| end + 4),
        None => text.find(['\n', '\r']),
    }
}

#[cfg(test)]
mod tests {
    use super::value_length;

    #[test]
    fn a_value_ends_where_it_ends() {
        for (text, value) in [
            ("null // ,\n}", "null"),
            ("-1.5e+3}", "-1.5e+3"),
            (r#""a\"b}", "c": 1"#, r#""a\"b}""#),
            ("[1, /* ] \" */ {\"a\": \"]\"}] , 2", "[1, /* ] \" */ {\"a\": \"]\"}]"),
            ("{ // }\n }\n}", "{ // }\n }"),
        ] {
            assert_eq!(value_length(text).map(|length| &text[..length]), Some(value));
        }
        assert_eq!(["[1", "\"a", "[/* ", "]"].map(value_length), [None; 4]);
    }
}
