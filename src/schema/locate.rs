//! From JSON pointers to lines and columns, many at once for one text.

use super::document::{Dialect, Node};
use crate::model::SchemaKind;

/// Characters between two places whose line and column are remembered.
const STRIDE: usize = 1024;

/// Line and column, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A text in which places are looked up.
#[derive(Debug)]
pub struct Locator<'t> {
    text: &'t str,
    document: Option<Node>,
    /// Positions by byte offset, ascending, not far from each other.
    marks: Vec<(usize, Position)>,
}

impl<'t> Locator<'t> {
    /// Reads a schema's text; the positions of Protobuf texts are not known.
    pub fn new(kind: SchemaKind, text: &'t str) -> Self {
        let dialect = match kind {
            SchemaKind::Avro => Some(Dialect::Avro),
            SchemaKind::Json => Some(Dialect::JsonSchema),
            SchemaKind::Protobuf => None,
        };
        let document = dialect.and_then(|dialect| Node::parse(text, dialect).ok());
        let mut marks = Vec::new();
        let mut position = Position { line: 1, column: 1 };
        for (count, (at, character)) in text.char_indices().enumerate() {
            if count % STRIDE == 0 {
                marks.push((at, position));
            }
            position.pass(character);
        }
        Self { text, document, marks }
    }

    /// Where the value that a JSON pointer leads to begins.
    pub fn position(&self, pointer: &str) -> Option<Position> {
        Some(self.at(self.document.as_ref()?.at_pointer(pointer)?.at))
    }

    /// The line and the column of a byte offset.
    pub fn at(&self, offset: usize) -> Position {
        let next = self.marks.partition_point(|(at, _)| *at <= offset);
        let Some(&(start, mut position)) = self.marks[..next].last() else { return Position { line: 1, column: 1 } };
        self.text[start..self.text.floor_char_boundary(offset)].chars().for_each(|passed| position.pass(passed));
        position
    }
}

impl Position {
    fn pass(&mut self, character: char) {
        if character == '\n' {
            *self = Self { line: self.line + 1, column: 1 };
        } else {
            self.column += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_its_line_and_column() {
        let text = "{\n  \"ä\": [1,\n  {\"b/c\": 2}]\n}";
        let locator = Locator::new(SchemaKind::Json, text);
        assert_eq!(locator.position(""), Some(Position { line: 1, column: 1 }));
        assert_eq!(locator.position("/ä/0"), Some(Position { line: 2, column: 9 }));
        assert_eq!(locator.position("/ä/1/b~1c"), Some(Position { line: 3, column: 11 }));
        assert_eq!(locator.position("/ä/2"), None);
    }

    #[test]
    fn places_far_into_a_long_text_are_exact() {
        let text = format!("\"{}\"", "x\n".repeat(5000));
        let locator = Locator::new(SchemaKind::Avro, &text);
        for at in [0, 1, 2, 1023, 1024, 1025, 4097, text.len() - 1] {
            let (line, column) = super::super::document::position(&text, at);
            assert_eq!(locator.at(at), Position { line, column }, "{at}");
        }
    }
}
