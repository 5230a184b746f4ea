//! The syntax of `java.util.regex.Pattern`: refuses what Java refuses, and translates to the `regex` crate's syntax.

mod escape;
mod property;

use std::collections::HashSet;

use self::escape::Within;

/// Translates an expression, or says what Java would not accept.
///
/// What only a back-tracking engine can do (look-around, back-references, atomic groups) is accepted and left as it
/// is, so that the `regex` crate refuses it when the expression is to be run.
pub(super) fn translate(text: &str) -> Result<String, String> {
    let mut scanner =
        Scanner { text, at: 0, out: String::with_capacity(text.len()), groups: Vec::new(), names: HashSet::new() };
    scanner.expression()?;
    Ok(scanner.out)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    out: String,
    /// The open groups: whether white space is ignored after they close.
    groups: Vec<Spacing>,
    names: HashSet<&'a str>,
}

/// Whether white space and `#` comments count as part of the expression (flag `x`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Literal,
    Ignored,
}

impl<'a> Scanner<'a> {
    fn expression(&mut self) -> Result<(), String> {
        let mut spacing = Spacing::Literal;
        // What a quantifier could repeat: nothing at the start of a branch.
        let mut repeatable = false;
        while let Some(char) = self.peek() {
            if spacing == Spacing::Ignored && self.skip_space(char) {
                continue;
            }
            match char {
                '(' => {
                    spacing = self.open_group(spacing)?;
                    repeatable = false;
                }
                ')' => {
                    spacing = self.groups.pop().ok_or_else(|| self.error("Unmatched closing ')'"))?;
                    self.copy(1);
                    repeatable = true;
                }
                '|' => {
                    self.copy(1);
                    repeatable = false;
                }
                '[' => {
                    self.class()?;
                    repeatable = true;
                }
                '\\' => {
                    let before = self.out.len();
                    self.escape(Within::Sequence)?;
                    repeatable |= self.out.len() > before;
                }
                '*' | '+' | '?' if !repeatable => return Err(self.error(&format!("Dangling meta character '{char}'"))),
                '*' | '+' | '?' | '{' => {
                    if !repeatable {
                        // A count may stand at a start or after a quantifier: it has no effect there.
                        self.out.push_str("(?:)");
                    }
                    self.quantifier(char)?;
                    repeatable = false;
                }
                ']' | '}' => {
                    self.at += 1;
                    self.out.push('\\');
                    self.out.push(char);
                    repeatable = true;
                }
                other => {
                    self.copy(other.len_utf8());
                    repeatable = true;
                }
            }
        }
        if self.groups.is_empty() { Ok(()) } else { Err(self.error("Unclosed group")) }
    }

    /// Skips white space or a comment.
    fn skip_space(&mut self, char: char) -> bool {
        if char == '#' {
            let rest = &self.text[self.at..];
            self.at += rest.find('\n').unwrap_or(rest.len());
            true
        } else if char.is_ascii_whitespace() {
            self.at += 1;
            true
        } else {
            false
        }
    }

    /// Reads `(` and what kind of group it opens; gives the spacing inside of it.
    fn open_group(&mut self, spacing: Spacing) -> Result<Spacing, String> {
        let rest = &self.text[self.at..];
        let Some(kind) = rest.strip_prefix("(?") else {
            self.copy(1);
            self.groups.push(spacing);
            return Ok(spacing);
        };
        for plain in [":", "=", "!", ">", "<=", "<!"] {
            if kind.starts_with(plain) {
                self.copy(2 + plain.len());
                self.groups.push(spacing);
                return Ok(spacing);
            }
        }
        if let Some(named) = kind.strip_prefix('<') {
            let name = self.group_name(named)?;
            if !self.names.insert(name) {
                return Err(self.error(&format!("Named capturing group <{name}> is already defined")));
            }
            self.copy(4 + name.len());
            self.groups.push(spacing);
            return Ok(spacing);
        }
        self.flags(kind, spacing)
    }

    /// Reads the flags of `(?idmsux-idmsux)` or `(?idmsux-idmsux:`.
    fn flags(&mut self, kind: &str, spacing: Spacing) -> Result<Spacing, String> {
        let length = kind.find([')', ':']).ok_or_else(|| self.error("Unknown inline modifier"))?;
        let flags = &kind[..length];
        let (on, off) = flags.split_once('-').unwrap_or((flags, ""));
        if !on.chars().chain(off.chars()).all(|flag| "idmsuxU".contains(flag)) {
            return Err(self.error("Unknown inline modifier"));
        }
        let inside = match (on.contains('x'), off.contains('x')) {
            (_, true) => Spacing::Literal,
            (true, false) => Spacing::Ignored,
            (false, false) => spacing,
        };
        // Of Java's flags the other engine knows i, m and s by the same letters.
        let keep = |flags: &str| flags.chars().filter(|flag| "ims".contains(*flag)).collect::<String>();
        let (on, off) = (keep(on), keep(off));
        let translated = if off.is_empty() { on } else { format!("{on}-{off}") };
        self.at += 2 + length + 1;
        if kind[length..].starts_with(':') {
            self.out.extend(["(?", &translated, ":"]);
            self.groups.push(spacing);
        } else if !translated.is_empty() {
            self.out.extend(["(?", &translated, ")"]);
        }
        Ok(inside)
    }

    /// The name that `named` begins with, up to `>`.
    fn group_name(&self, named: &'a str) -> Result<&'a str, String> {
        let (name, _) =
            named.split_once('>').ok_or_else(|| self.error("named capturing group is missing trailing '>'"))?;
        let valid = name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.chars().all(|char| char.is_ascii_alphanumeric());
        if valid { Ok(name) } else { Err(self.error("Unknown look-behind group")) }
    }

    /// Reads a quantifier with its `?` or `+`, and counts that follow a quantifier.
    fn quantifier(&mut self, char: char) -> Result<(), String> {
        if char == '{' {
            let rest = &self.text[self.at + 1..];
            if !rest.starts_with(|first: char| first.is_ascii_digit()) {
                return Err(self.error("Illegal repetition"));
            }
            let (bounds, _) = rest.split_once('}').ok_or_else(|| self.error("Unclosed counted closure"))?;
            let (least, most) = bounds.split_once(',').unwrap_or((bounds, bounds));
            let count = |digits: &str| match digits {
                "" => Some(i32::MAX),
                digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse::<i32>().ok(),
                _ => None,
            };
            match (count(least), count(most)) {
                (Some(least), Some(most)) if least <= most => self.copy(bounds.len() + 2),
                _ => return Err(self.error("Illegal repetition range")),
            }
        } else {
            self.copy(1);
        }
        if matches!(self.peek(), Some('?' | '+')) {
            // Possessive and greedy differ in what is matched, hardly ever in whether anything is.
            if self.peek() == Some('?') { self.copy(1) } else { self.at += 1 }
        }
        Ok(())
    }

    /// Reads a character class, nested ones included.
    fn class(&mut self) -> Result<(), String> {
        let mut depth = 0_usize;
        // Whether the innermost class has an element: `]` before the first one is literal.
        let mut filled = true;
        while let Some(char) = self.peek() {
            match char {
                '[' => {
                    depth += 1;
                    self.copy(1);
                    if self.peek() == Some('^') {
                        self.copy(1);
                    }
                    filled = false;
                    continue;
                }
                ']' if filled => {
                    depth -= 1;
                    self.copy(1);
                    if depth == 0 {
                        return Ok(());
                    }
                }
                '\\' => self.escape(Within::Class)?,
                '&' if self.text[self.at..].starts_with("&&") => self.copy(2),
                '-' if self.text[self.at..].starts_with("--") => self.literal('-'),
                ']' | '~' | '&' => self.literal(char),
                first => self.range(first)?,
            }
            filled = true;
        }
        Err(self.error("Unclosed character class"))
    }

    /// Reads one plain character of a class, or a range of two.
    fn range(&mut self, first: char) -> Result<(), String> {
        self.copy(first.len_utf8());
        let mut rest = self.text[self.at..].chars();
        match (rest.next(), rest.next()) {
            (Some('-'), Some(last)) if !matches!(last, ']' | '[' | '\\' | '&') => {
                if last < first {
                    return Err(self.error("Illegal character range"));
                }
                self.copy(1 + last.len_utf8());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    /// Takes over `length` bytes as they are.
    fn copy(&mut self, length: usize) {
        self.out.push_str(&self.text[self.at..self.at + length]);
        self.at += length;
    }

    /// Takes over a character without the meaning that only the other engine gives it.
    fn literal(&mut self, char: char) {
        self.out.push('\\');
        self.out.push(char);
        self.at += char.len_utf8();
    }

    fn replace(&mut self, length: usize, replacement: &str) {
        self.out.push_str(replacement);
        self.at += length;
    }

    fn error(&self, message: &str) -> String {
        format!("{message} near index {}", self.text[..self.at].chars().count())
    }
}
