//! The syntax of `java.util.regex.Pattern`: refuses what Java refuses, and translates to the `regex` crate's syntax.

/// Translates an expression, or says what Java would not accept.
///
/// What only a back-tracking engine can do (look-around, back-references, atomic groups) is accepted and left as it
/// is, so that the `regex` crate refuses it when the expression is to be run.
pub(super) fn translate(text: &str) -> Result<String, String> {
    let mut scanner = Scanner { text, at: 0, out: String::with_capacity(text.len()), groups: Vec::new(), names: Vec::new() };
    scanner.expression()?;
    Ok(scanner.out)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    out: String,
    /// The open groups: whether white space is ignored after they close.
    groups: Vec<Spacing>,
    names: Vec<&'a str>,
}

/// Whether white space and `#` comments count as part of the expression (flag `x`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spacing {
    Literal,
    Ignored,
}

/// Where an escape stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Sequence,
    Class,
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
                    self.escape(Within::Sequence)?;
                    repeatable = true;
                }
                '*' | '+' | '?' if !repeatable => return Err(self.error(&format!("Dangling meta character '{char}'"))),
                '*' | '+' | '?' | '{' => {
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
            if self.names.contains(&name) {
                return Err(self.error(&format!("Named capturing group <{name}> is already defined")));
            }
            self.names.push(name);
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
            (_, true) => Spacing::Ignored.off(),
            (true, false) => Spacing::Ignored,
            (false, false) => spacing,
        };
        // Of Java's flags the other engine knows i, m and s by the same letters.
        let keep = |flags: &str| flags.chars().filter(|flag| "ims".contains(*flag)).collect::<String>();
        let (on, off) = (keep(on), keep(off));
        let translated = if off.is_empty() { on } else { format!("{on}-{off}") };
        self.at += 2 + length + 1;
        if kind[length..].starts_with(':') {
            self.out.push_str(&format!("(?{translated}:"));
            self.groups.push(spacing);
        } else if !translated.is_empty() {
            self.out.push_str(&format!("(?{translated})"));
        }
        Ok(inside)
    }

    /// The name that `named` begins with, up to `>`.
    fn group_name(&self, named: &'a str) -> Result<&'a str, String> {
        let (name, _) = named.split_once('>').ok_or_else(|| self.error("named capturing group is missing trailing '>'"))?;
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

    /// Reads an escape.
    fn escape(&mut self, within: Within) -> Result<(), String> {
        let Some(char) = self.text[self.at + 1..].chars().next() else {
            return Err(self.error("Unexpected end after a backslash"));
        };
        let in_class = within == Within::Class;
        let after = self.at + 2;
        match char {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => self.replace(2, ascii_class(char)),
            'h' => self.replace(2, "[ \\t\\xA0\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}]"),
            'v' => self.replace(2, "[\\n\\x0B\\f\\r\\x85\\u{2028}\\u{2029}]"),
            'e' => self.replace(2, "\\x1B"),
            'a' | 'f' | 'n' | 'r' | 't' => self.copy(2),
            'A' | 'b' | 'B' | 'z' if !in_class => self.copy(2),
            'Z' if !in_class => self.replace(2, "\\n?\\z"),
            'G' | 'R' | 'X' | '1'..='9' if !in_class => self.copy(2),
            'H' | 'V' => self.copy(2),
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
        if !self.names.contains(&name) {
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
        self.out.push_str(&format!("\\x{{{code:X}}}"));
        Ok(())
    }

    fn octal(&mut self, after: usize) -> Result<(), String> {
        let digits: String = self.text[after..].chars().take(3).take_while(|digit| ('0'..='7').contains(digit)).collect();
        // Three digits only up to \0377.
        let digits = if digits.len() == 3 && !digits.starts_with(['0', '1', '2', '3']) { &digits[..2] } else { &digits };
        let code = u32::from_str_radix(digits, 8).map_err(|_| self.error("Illegal octal escape sequence"))?;
        self.at = after + digits.len();
        self.out.push_str(&format!("\\x{{{code:X}}}"));
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
        self.out.push_str(&format!("\\x{{{code:X}}}"));
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
        self.out.push_str(&format!("\\x{{{code:X}}}"));
        Ok(())
    }

    fn property(&mut self, after: usize) -> Result<(), String> {
        if !self.text[after..].starts_with('{') {
            let letter = self.text[after..].starts_with(|first: char| first.is_ascii_alphabetic());
            return if letter { Ok(self.copy(3)) } else { Err(self.error("Unknown character property name")) };
        }
        self.braced(after, "Unclosed character family")
    }

    /// Reads `\p{...}` or `\N{...}`.
    fn braced(&mut self, after: usize, message: &str) -> Result<(), String> {
        let name = self.text[after..].strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(name, _)| name);
        let name = name.filter(|name| !name.is_empty()).ok_or_else(|| self.error(message))?;
        // Java's POSIX names are ASCII; `Is` and `In` announce Unicode's.
        let translated = match name.strip_prefix("Is") {
            Some(unicode) => format!("{}{{{unicode}}}", &self.text[self.at..after]),
            None => format!("{}{{{name}}}", &self.text[self.at..after]),
        };
        let posix = ["Lower", "Upper", "Alpha", "Digit", "Alnum", "Punct", "Graph", "Print", "Blank", "Cntrl", "XDigit", "Space", "ASCII"];
        let negation = if self.text[self.at..].starts_with("\\P") { "^" } else { "" };
        let length = 2 + name.len() + 2;
        if posix.contains(&name) {
            let class = format!("[[:{negation}{}:]]", name.to_ascii_lowercase());
            self.replace(length, &class);
        } else {
            self.replace(length, &translated);
        }
        Ok(())
    }

    /// Reads `\Q...\E`; without `\E` it reaches to the end.
    fn quoted(&mut self, after: usize, within: Within) {
        let rest = &self.text[after..];
        let (quoted, length) = rest.split_once("\\E").map_or((rest, rest.len()), |(quoted, _)| (quoted, quoted.len() + 2));
        self.at = after + length;
        let escaped = regex::escape(quoted);
        // A quantifier after the quotation repeats its last character only, as it does in Java.
        self.out.push_str(&if within == Within::Class { escaped.replace('&', "\\&").replace('~', "\\~") } else { escaped });
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

impl Spacing {
    fn off(self) -> Self {
        Self::Literal
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
