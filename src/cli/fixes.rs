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

/// Puts a member behind the last one of an object.
fn after_last(object: &Object, text: &str, marker: &Marker<'_>, description: String, member: &str) -> Option<Fix> {
    let last = object.iter().max_by_key(|member| member.key_at)?;
    let end = last.node.at + value_length(&text[last.node.at..])?;
    let mark = marker.at(end);
    Some(Fix { description, line: mark.line, column: mark.column, insert: format!(", {member}") })
}

/// How long the JSON value is that a text begins with.
fn value_length(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => {
                quoted = !quoted;
                if !quoted && depth == 0 {
                    return Some(at + 1);
                }
            }
            _ if quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' | ',' if depth == 0 => return Some(text[..at].trim_end().len()),
            '}' | ']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
