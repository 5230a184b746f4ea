//! Reads a JSON text, without recursion: containers that are still open are kept on the heap.

use super::{Dialect, MAX_DEPTH, Node, Number, Object, SyntaxError, Value, position};

/// A container that is still open; the reader keeps these on the heap, so nesting costs no stack.
enum Open {
    Array(usize, Vec<Node>),
    Object(usize, Object, Option<(String, usize)>),
}

pub(super) struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    dialect: Dialect,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, dialect: Dialect) -> Self {
        Self { text, bytes: text.as_bytes(), at: 0, dialect }
    }

    pub(super) fn document(mut self) -> Result<Node, SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            // A value is due here; afterwards it is handed to the innermost open container until one stays open.
            let Some(mut done) = self.value(&mut open)? else { continue };
            loop {
                match open.pop() {
                    None => return self.end(done),
                    Some(container) => match self.hand_over(container, done)? {
                        Ok(closed) => done = closed,
                        Err(still_open) => {
                            open.push(still_open);
                            break;
                        }
                    },
                }
            }
        }
    }

    /// Reads a scalar or an empty container, or opens a container (`None`).
    fn value(&mut self, open: &mut Vec<Open>) -> Result<Option<Node>, SyntaxError> {
        self.space()?;
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => {
                self.at += 1;
                self.space()?;
                if self.peek() != Some(b'}') {
                    let key = self.key()?;
                    return self.push(open, Open::Object(at, Object::default(), Some(key)));
                }
                self.at += 1;
                Value::Object(Object::default())
            }
            Some(b'[') => {
                self.at += 1;
                self.space()?;
                if self.peek() != Some(b']') {
                    return self.push(open, Open::Array(at, Vec::new()));
                }
                self.at += 1;
                Value::Array(Vec::new())
            }
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(_) => self.word()?,
            None => return Err(self.error("unexpected end of text")),
        };
        if matches!(value, Value::Object(_) | Value::Array(_)) && open.len() >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        Ok(Some(Node { at, value }))
    }

    fn push(&self, open: &mut Vec<Open>, container: Open) -> Result<Option<Node>, SyntaxError> {
        if open.len() >= MAX_DEPTH {
            return Err(self.too_deep());
        }
        open.push(container);
        Ok(None)
    }

    /// Adds `done` to `container`: the closed container, or (as `Err`) the container that waits for its next value.
    fn hand_over(&mut self, container: Open, done: Node) -> Result<Result<Node, Open>, SyntaxError> {
        self.space()?;
        match container {
            Open::Array(at, mut items) => {
                items.push(done);
                match self.next() {
                    Some(b',') => Ok(Err(Open::Array(at, items))),
                    Some(b']') => Ok(Ok(Node { at, value: Value::Array(items) })),
                    _ => Err(self.error_before("expected ',' or ']'")),
                }
            }
            Open::Object(at, mut object, key) => {
                if let Some((key, key_at)) = key {
                    object.insert(key, key_at, done);
                }
                match self.next() {
                    Some(b',') => {
                        self.space()?;
                        let key = self.key()?;
                        Ok(Err(Open::Object(at, object, Some(key))))
                    }
                    Some(b'}') => Ok(Ok(Node { at, value: Value::Object(object) })),
                    _ => Err(self.error_before("expected ',' or '}'")),
                }
            }
        }
    }

    fn key(&mut self) -> Result<(String, usize), SyntaxError> {
        let at = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.error("expected a key in double quotes"));
        }
        let key = self.string()?;
        self.space()?;
        match self.next() {
            Some(b':') => Ok((key, at)),
            _ => Err(self.error_before("expected ':' after the key")),
        }
    }

    fn end(mut self, root: Node) -> Result<Node, SyntaxError> {
        if self.dialect == Dialect::Avro {
            while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            if self.at < self.bytes.len() {
                let rest: String = self.text[self.at..].chars().take(100).collect();
                return Err(self.error(&format!("dangling content after end of schema: {rest}")));
            }
        }
        Ok(root)
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let mut out = String::new();
        self.at += 1;
        loop {
            let run = self.at;
            while matches!(self.peek(), Some(byte) if byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            out.push_str(&self.text[run..self.at]);
            match self.next() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.error_before("control characters in a string must be escaped")),
                None => return Err(self.error("unexpected end of text in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        match self.next() {
            Some(b'"') => Ok('"'),
            Some(b'\\') => Ok('\\'),
            Some(b'/') => Ok('/'),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => {
                let high = self.hex4()?;
                if !(0xD800..0xDC00).contains(&high) {
                    // A lone low surrogate has no UTF-8 form: Java prints it as '?'.
                    return Ok(char::from_u32(high).unwrap_or('?'));
                }
                if self.bytes[self.at..].starts_with(b"\\u") {
                    let mark = self.at;
                    self.at += 2;
                    let low = self.hex4()?;
                    if (0xDC00..0xE000).contains(&low) {
                        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                        return Ok(char::from_u32(code).unwrap_or('?'));
                    }
                    self.at = mark;
                }
                Ok('?')
            }
            _ => Err(self.error_before("unknown escape in a string")),
        }
    }

    fn hex4(&mut self) -> Result<u32, SyntaxError> {
        let digits = self.bytes.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else { return Err(self.error("expected four hexadecimal digits after \\u")) };
        let code = digits.iter().fold(0, |code, &digit| code * 16 + (digit as char).to_digit(16).unwrap_or(0));
        self.at += 4;
        Ok(code)
    }

    fn number(&mut self) -> Result<Number, SyntaxError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
            if self.dialect == Dialect::JsonSchema && self.bytes[self.at..].starts_with(b"Infinity") {
                self.at += "Infinity".len();
                return Ok(Number::from_spelling("-Infinity"));
            }
        }
        match self.peek() {
            Some(b'0') => {
                self.at += 1;
                if matches!(self.peek(), Some(b'0'..=b'9')) {
                    return Err(self.error("leading zeros are not allowed"));
                }
            }
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        if matches!(self.peek(), Some(byte) if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' || byte >= 0x80)
        {
            return Err(self.error("unexpected character after a number"));
        }
        Ok(Number::from_spelling(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if start == self.at { Err(self.error("expected a digit")) } else { Ok(()) }
    }

    fn word(&mut self) -> Result<Value, SyntaxError> {
        let start = self.at;
        while matches!(self.peek(), Some(byte) if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80)
        {
            self.at += 1;
        }
        match &self.text[start..self.at] {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "null" => Ok(Value::Null),
            word @ ("NaN" | "Infinity") if self.dialect == Dialect::JsonSchema => {
                Ok(Value::Number(Number::from_spelling(word)))
            }
            "" => Err(self.error("unexpected character")),
            word => {
                let message = format!("unrecognized token '{}'", word.chars().take(100).collect::<String>());
                self.at = start;
                Err(self.error(&message))
            }
        }
    }

    /// Skips white space and, in Avro, comments.
    fn space(&mut self) -> Result<(), SyntaxError> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') if self.dialect == Dialect::Avro => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.text[self.at..];
        if rest.starts_with("//") {
            self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            Ok(())
        } else if rest.starts_with("/*") {
            let Some(end) = rest.get(2..).and_then(|body| body.find("*/")) else {
                return Err(self.error("unexpected end of text in a comment"));
            };
            self.at += end + 4;
            Ok(())
        } else {
            Err(self.error("unexpected character '/'"))
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn too_deep(&self) -> SyntaxError {
        self.error(&format!("nesting deeper than {MAX_DEPTH} levels"))
    }

    fn error(&self, message: &str) -> SyntaxError {
        let (line, column) = position(self.text, self.at.min(self.text.len()));
        SyntaxError { message: message.to_owned(), at: self.at, line, column }
    }

    fn error_before(&self, message: &str) -> SyntaxError {
        let at = self.at.saturating_sub(1);
        let (line, column) = position(self.text, at);
        SyntaxError { message: message.to_owned(), at, line, column }
    }
}
