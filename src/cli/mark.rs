//! From places in a text to marks that people and programs can follow.

use super::finding::Mark;
use crate::{
    model::SchemaKind,
    schema::{Locator, ParseError, protobuf},
};

/// A text in which places are looked up.
pub(super) struct Marker<'t> {
    kind: SchemaKind,
    text: &'t str,
    locator: Locator<'t>,
}

impl<'t> Marker<'t> {
    /// Reads a schema's text.
    pub(super) fn new(kind: SchemaKind, text: &'t str) -> Self {
        Self { kind, text, locator: Locator::new(kind, text) }
    }

    /// The mark of a byte offset.
    pub(super) fn at(&self, offset: usize) -> Mark {
        let start = self.text.floor_char_boundary(offset);
        let position = self.locator.at(start);
        let span = (start, start + length(&self.text[start..]));
        Mark { line: position.line, column: position.column, span, pointer: None }
    }

    /// The mark of what is wrong with the text.
    pub(super) fn error(&self, error: &ParseError) -> Mark {
        let of_word = || match self.kind {
            SchemaKind::Protobuf => protobuf::find_word(self.text, error.word.as_deref()?),
            SchemaKind::Avro | SchemaKind::Json => None,
        };
        self.at(error.at.or_else(of_word).unwrap_or_default())
    }

    /// The mark of a JSON pointer, or of a path of names and numbers in Protobuf.
    pub(super) fn pointer(&self, pointer: &str) -> Option<Mark> {
        let offset = match self.kind {
            SchemaKind::Protobuf => protobuf::find(self.text, pointer)?,
            SchemaKind::Avro | SchemaKind::Json => {
                let position = self.locator.position(pointer)?;
                offset_of(self.text, position.line, position.column)
            }
        };
        Some(Mark { pointer: Some(pointer.to_owned()), ..self.at(offset) })
    }
}

/// The byte offset of a line and a column.
pub(super) fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    text[start..].char_indices().nth(column - 1).map_or(text.len(), |(at, _)| start + at)
}

/// How long the value is that a text begins with, up to the end of its line.
fn length(text: &str) -> usize {
    let line = text.find('\n').map_or(text, |end| &text[..end]).trim_end();
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (at, letter) in line.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => {
                quoted = !quoted;
                if !quoted && depth == 0 {
                    return at + 1;
                }
            }
            _ if quoted => {}
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 0 => return at.max(1),
            '}' | ']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ',' | ' ' | ';' if depth == 0 && at > 0 => return at,
            _ => {}
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_covers_the_value_on_its_line() {
        let text = "{\n \"ä\": [1, {\"b\": 2}],\n \"c\": {\n }}";
        let marker = Marker::new(SchemaKind::Json, text);
        for (pointer, line, column, covered) in
            [("/ä", 2, 7, "[1, {\"b\": 2}]"), ("/ä/1", 2, 11, "{\"b\": 2}"), ("/ä/1/b", 2, 17, "2"), ("/c", 3, 7, "{")]
        {
            let mark = marker.pointer(pointer).expect("a place");
            assert_eq!((mark.line, mark.column, &text[mark.span.0..mark.span.1]), (line, column, covered), "{pointer}");
        }
    }
}
