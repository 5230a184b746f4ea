//! Escapes of Java's regular expressions.

use std::fmt::Write as _;

use super::{Scanner, property};

/// What `\h` stands for.
const HORIZONTAL_SPACE: &str = " \\t\\xA0\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}";

/// What `\v` stands for.
const VERTICAL_SPACE: &str = "\\n\\x0B\\f\\r\\x85\\u{2028}\\u{2029}";

/// Where an escape stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Sequence,
    Class,
}

impl Scanner<'_> {
    /// Reads an escape.
    pub(super) fn escape(&mut self, within: Within) -> Result<(), String> {
        let Some(char) = self.text[self.at + 1..].chars().next() else {
            return Err(self.error("Unexpected end after a backslash"));
        };
        let in_class = within == Within::Class;
        let after = self.at + 2;
        match char {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => self.replace(2, ascii_class(char)),
            'h' => self.replace(2, &format!("[{HORIZONTAL_SPACE}]")),
            'H' => self.replace(2, &format!("[^{HORIZONTAL_SPACE}]")),
            'v' => self.replace(2, &format!("[{VERTICAL_SPACE}]")),
            'V' => self.replace(2, &format!("[^{VERTICAL_SPACE}]")),
            'e' => self.replace(2, "\\x1B"),
            'a' | 'f' | 'n' | 'r' | 't' => self.copy(2),
            'Z' if !in_class => self.replace(2, "\\n?\\z"),
            'A' | 'b' | 'B' | 'z' | 'G' | 'R' | 'X' | '1'..='9' if !in_class => self.copy(2),
            'k' if !in_class => self.back_reference(after)?,
            'c' => self.control(after)?,
            '0' => self.octal(after)?,
            'x' => self.hexadecimal(after)?,
            'u' => self.unicode(after)?,
            'p' | 'P' => self.property(after)?,
            'N' => self.braced(after, "Illegal character name escape sequence")?,
            'Q' => self.quoted(after, within),
            letter if letter.is_ascii_alphanumeric() => {
                return Err(self.error(&format!("Illegal/unsupported escape sequence \\{letter}")));
            }
            other => {
                self.at += 1 + other.len_utf8();
                self.out.push_str(&regex::escape(other.encode_utf8(&mut [0; 4])));
            }
        }
        Ok(())
    }

    fn back_reference(&mut self, after: usize) -> Result<(), String> {
        let named = self.text[after..].strip_prefix('<').ok_or_else(|| self.error("\\k is not followed by '<'"))?;
        let name = self.group_name(named)?;
        if !self.names.contains(name) {
            return Err(self.error(&format!("named capturing group <{name}> does not exist")));
        }
        self.copy(4 + name.len());
        Ok(())
    }

    fn control(&mut self, after: usize) -> Result<(), String> {
        let Some(char) = self.text[after..].chars().next() else {
            return Err(self.error("Illegal control escape sequence"));
        };
        let code = u32::from(char) ^ 64;
        self.at = after + char.len_utf8();
        self.push_code(code);
        Ok(())
    }

    fn octal(&mut self, after: usize) -> Result<(), String> {
        let digits: String =
            self.text[after..].chars().take(3).take_while(|digit| ('0'..='7').contains(digit)).collect();
        // Three digits only up to \0377.
        let digits =
            if digits.len() == 3 && !digits.starts_with(['0', '1', '2', '3']) { &digits[..2] } else { &digits };
        let code = u32::from_str_radix(digits, 8).map_err(|_| self.error("Illegal octal escape sequence"))?;
        self.at = after + digits.len();
        self.push_code(code);
        Ok(())
    }

    fn hexadecimal(&mut self, after: usize) -> Result<(), String> {
        let rest = &self.text[after..];
        let (digits, length) = match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((digits, _)) => (digits, digits.len() + 2),
            None => (rest.get(..2).unwrap_or_default(), 2),
        };
        let code = hexadecimal(digits).filter(|code| *code <= 0x0010_FFFF);
        let code = code.ok_or_else(|| self.error("Illegal hexadecimal escape sequence"))?;
        self.at = after + length;
        self.push_code(code);
        Ok(())
    }

    fn unicode(&mut self, after: usize) -> Result<(), String> {
        let unit = |at: usize| self.text.get(at..at + 4).and_then(hexadecimal);
        let high = unit(after).ok_or_else(|| self.error("Illegal Unicode escape sequence"))?;
        let low = self.text[after + 4..].starts_with("\\u").then(|| unit(after + 6)).flatten();
        let (code, length) = match low {
            Some(low @ 0xDC00..=0xDFFF) if (0xD800..=0xDBFF).contains(&high) => {
                (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), 10)
            }
            _ => (high, 4),
        };
        self.at = after + length;
        self.push_code(code);
        Ok(())
    }

    fn property(&mut self, after: usize) -> Result<(), String> {
        if self.text[after..].starts_with('{') {
            return self.braced(after, "Unclosed character family");
        }
        if self.text[after..].starts_with(['L', 'M', 'N', 'Z', 'C', 'P', 'S']) {
            self.copy(3);
            return Ok(());
        }
        Err(self.error("Unknown character property name"))
    }

    /// Reads `\p{...}` or `\N{...}`.
    fn braced(&mut self, after: usize, message: &str) -> Result<(), String> {
        let name = self.text[after..].strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        let name = name.filter(|name| !name.is_empty()).ok_or_else(|| self.error(message))?;
        let escape = &self.text[self.at..after];
        if escape != "\\N" && !property::is_known(name) {
            return Err(self.error(&format!("Unknown character property name {{{name}}}")));
        }
        let translated = match property::posix_class(name) {
            Some(class) => format!("[[:{}{class}:]]", if escape == "\\P" { "^" } else { "" }),
            None => format!("{escape}{{{}}}", name.strip_prefix("Is").unwrap_or(name)),
        };
        self.replace(2 + name.len() + 2, &translated);
        Ok(())
    }

    fn push_code(&mut self, code: u32) {
        write!(self.out, "\\x{{{code:X}}}").expect("writing to a string does not fail");
    }

    /// Reads `\Q...\E`; without `\E` it reaches to the end.
    fn quoted(&mut self, after: usize, within: Within) {
        let rest = &self.text[after..];
        let (quoted, length) =
            rest.split_once("\\E").map_or((rest, rest.len()), |(quoted, _)| (quoted, quoted.len() + 2));
        self.at = after + length;
        let escaped = regex::escape(quoted);
        // A quantifier after the quotation repeats its last character only, as it does in Java.
        self.out.push_str(&if within == Within::Class {
            escaped.replace('&', "\\&").replace('~', "\\~")
        } else {
            escaped
        });
    }
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let valid = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    valid.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Java's predefined classes are ASCII unless a flag says otherwise.
fn ascii_class(letter: char) -> &'static str {
    match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[a-zA-Z0-9_]",
        'W' => "[^a-zA-Z0-9_]",
        's' => "[ \\t\\n\\x0B\\f\\r]",
        _ => "[^ \\t\\n\\x0B\\f\\r]",
    }
}
