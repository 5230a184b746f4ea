//! Characters to words: white space, comments, names, numbers and strings of a `.proto` text.

use crate::schema::ParseError;

/// Reads a text from left to right; white space and comments are skipped before every token.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// Longest word; longer ones would multiply wherever a name is repeated in a message or a text.
const MAX_WORD: usize = 4096;

/// The characters of a word: wider than an identifier, as the reference's are.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

impl<'a> Lexer<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// A syntax error at a byte offset, with line and column from 1.
    pub(super) fn error(&self, at: usize, reason: impl AsRef<str>) -> ParseError {
        let at = at.min(self.text.len());
        ParseError::at(at, format!("Syntax error in {}: {}", self.place(at), reason.as_ref()))
    }

    /// `:line:column` of a byte offset.
    pub(super) fn place(&self, at: usize) -> String {
        let before = &self.text[..at];
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").encode_utf16().count() + 1;
        format!(":{line}:{column}")
    }

    /// The next character that is neither white space nor comment, without taking it; `None` at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ParseError> {
        self.skip_blank()?;
        Ok(self.text.as_bytes().get(self.at).copied())
    }

    /// Where the next token begins.
    pub(super) fn place_of_next(&mut self) -> Result<usize, ParseError> {
        self.skip_blank()?;
        Ok(self.at)
    }

    /// Takes the character if it is the next one.
    pub(super) fn take(&mut self, byte: u8) -> Result<bool, ParseError> {
        let found = self.peek()? == Some(byte);
        if found {
            self.at += 1;
        }
        Ok(found)
    }

    /// Takes the character, which must be the next one.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), ParseError> {
        if self.take(byte)? {
            return Ok(());
        }
        Err(self.unexpected(&format!("expected '{}'", char::from(byte))))
    }

    /// An error at the next token; at the end of the text it says so.
    pub(super) fn unexpected(&self, reason: &str) -> ParseError {
        if self.at >= self.text.len() {
            return self.error(self.at, format!("unexpected end of file, {reason}"));
        }
        self.error(self.at, reason)
    }

    pub(super) fn word(&mut self) -> Result<&'a str, ParseError> {
        self.skip_blank()?;
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|&byte| is_word(byte)).count();
        if length == 0 {
            return Err(self.unexpected("expected a word"));
        }
        if length > MAX_WORD {
            return Err(self.unexpected(&format!("a word of more than {MAX_WORD} characters")));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// A word and where it begins.
    pub(super) fn placed_word(&mut self) -> Result<(usize, &'a str), ParseError> {
        let at = self.place_of_next()?;
        self.word().map(|word| (at, word))
    }

    /// A decimal or hexadecimal number of 32 bits.
    pub(super) fn int(&mut self) -> Result<i32, ParseError> {
        self.placed_int().map(|(_, number)| number)
    }

    /// Such a number and where it begins.
    pub(super) fn placed_int(&mut self) -> Result<(usize, i32), ParseError> {
        let (at, word) = self.placed_word()?;
        self.number(at, word).map(|number| (at, number))
    }

    /// The number that the word at a byte offset spells.
    pub(super) fn number(&self, at: usize, word: &str) -> Result<i32, ParseError> {
        let value = match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
            Some(digits) if !digits.starts_with(['-', '+']) => i32::from_str_radix(digits, 16),
            _ => word.parse(),
        };
        value.map_err(|_| self.error(at, format!("expected an integer but was {word}")))
    }

    /// A quoted string, or else a word.
    pub(super) fn string(&mut self) -> Result<String, ParseError> {
        match self.peek()? {
            Some(b'"' | b'\'') => self.quoted(),
            _ => self.word().map(str::to_owned),
        }
    }

    /// A quoted string; literals that follow each other are one.
    pub(super) fn quoted(&mut self) -> Result<String, ParseError> {
        let mut value = String::new();
        let mut literals = 0;
        while let Some(quote @ (b'"' | b'\'')) = self.peek()? {
            self.literal(quote, &mut value)?;
            literals += 1;
        }
        if literals == 0 { Err(self.unexpected("expected a string")) } else { Ok(value) }
    }

    fn literal(&mut self, quote: u8, value: &mut String) -> Result<(), ParseError> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let Some(length) = rest.iter().position(|&byte| byte == quote || byte == b'\\') else {
                return Err(self.error(start, "unterminated string"));
            };
            value.push_str(&self.text[self.at..self.at + length]);
            self.at += length + 1;
            if rest[length] == quote {
                return Ok(());
            }
            let escaped = self.escape().ok_or_else(|| self.error(start, "unterminated string"))?;
            value.push(escaped);
        }
    }

    /// The character meant by what follows a backslash; `None` at the end of the text.
    fn escape(&mut self) -> Option<char> {
        let escaped = self.text[self.at..].chars().next()?;
        self.at += escaped.len_utf8();
        Some(match escaped {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' | 'X' => self.digits(16, 2).unwrap_or(escaped),
            '0'..='7' => {
                self.at -= 1;
                self.digits(8, 3).unwrap_or(escaped)
            }
            other => other,
        })
    }

    /// The character whose number is spelled by up to `most` digits.
    fn digits(&mut self, radix: u32, most: usize) -> Option<char> {
        let rest = self.text[self.at..].bytes().take(most);
        let digits: Vec<u32> = rest.map_while(|byte| char::from(byte).to_digit(radix)).collect();
        self.at += digits.len();
        if digits.is_empty() {
            None
        } else {
            char::from_u32(digits.into_iter().fold(0, |sum, digit| sum * radix + digit))
        }
    }

    fn skip_blank(&mut self) -> Result<(), ParseError> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' => self.skip_comment()?,
                _ => break,
            }
        }
        Ok(())
    }

    fn skip_comment(&mut self) -> Result<(), ParseError> {
        let rest = &self.text[self.at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(inner) = rest.strip_prefix("/*") {
            inner.find("*/").ok_or_else(|| self.error(self.at, "unterminated comment"))? + 4
        } else {
            return Err(self.error(self.at, "expected '//' or '/*'"));
        };
        self.at += length;
        Ok(())
    }
}
