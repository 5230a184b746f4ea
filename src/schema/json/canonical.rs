//! Texts of a document: the canonical one, which keeps the order of the keys, and the normalised one, which sorts them.

use std::fmt::Write as _;

use super::decimal::Decimal;
use crate::schema::document::{Member, Node, Number, Value};

/// The order of an object's members in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyOrder {
    /// As in the document.
    Kept,
    /// By UTF-16 code units, as Java compares strings.
    Sorted,
}

/// The compact text of a value.
pub(super) fn render(node: &Node, order: KeyOrder) -> String {
    let mut out = String::new();
    write_value(&mut out, node, order);
    out
}

fn write_value(out: &mut String, node: &Node, order: KeyOrder) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                deeper(out, item, order);
            }
            out.push(']');
        }
        Value::Object(object) => {
            let mut members: Vec<&Member> = object.iter().collect();
            if order == KeyOrder::Sorted {
                members.sort_by(|left, right| left.key.encode_utf16().cmp(right.key.encode_utf16()));
            }
            out.push('{');
            for (index, member) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(out, &member.key);
                out.push(':');
                deeper(out, &member.node, order);
            }
            out.push('}');
        }
    }
}

fn deeper(out: &mut String, node: &Node, order: KeyOrder) {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || write_value(out, node, order));
}

fn write_number(out: &mut String, number: &Number) {
    if is_finite(number) {
        match Decimal::read(number) {
            Some(decimal) => _ = write!(out, "{decimal}"),
            None => out.push_str(number.spelling()),
        }
    } else {
        // The reference prints numbers that JSON does not have as strings.
        write_string(out, number.spelling());
    }
}

/// Whether a number is one of JSON's, not `NaN` or an infinity.
pub(super) fn is_finite(number: &Number) -> bool {
    number.spelling().ends_with(|last: char| last.is_ascii_digit())
}

/// Appends a string in quotes; only what JSON demands is escaped.
pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => _ = write!(out, "\\u{:04X}", u32::from(control)),
            other => out.push(other),
        }
    }
    out.push('"');
}
