//! Finds the place of a path of names and numbers in a `.proto` text, also in one that does not parse.

/// A word, a number, a sign or a quoted string, and its byte offset.
struct Token<'t> {
    text: &'t str,
    at: usize,
}

/// The byte offset of a word outside of comments and strings: of its first use, or else of its declaration.
pub fn find_word(text: &str, word: &str) -> Option<usize> {
    let tokens = tokens(text);
    let is_use = |at: &usize| {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].text);
        let declares = matches!(before, "message" | "enum" | "service" | "oneof" | "rpc");
        !declares && tokens.get(at + 1).is_none_or(|next| next.text != "=")
    };
    let mut found = (0..tokens.len()).filter(|at| tokens[*at].text == word);
    let first = found.clone().next();
    found.find(is_use).or(first).map(|at| tokens[at].at)
}

/// The byte offset of the string that names an import.
pub(super) fn find_import(text: &str, import: &str) -> Option<usize> {
    let tokens = tokens(text);
    let keywords = ["import", "public", "weak"];
    let named = tokens.windows(2).find(|pair| {
        let name = pair[1].text;
        keywords.contains(&pair[0].text) && name.get(1..name.len() - 1).is_some_and(|name| name == import)
    });
    named.map(|pair| pair[1].at)
}

/// The byte offset of what a path such as `/Order/Line/3` names: a field by its number, everything else by its name;
/// where the last steps name nothing, of what is around it. The empty path is the package.
pub fn find(text: &str, path: &str) -> Option<usize> {
    let tokens = tokens(text);
    let mut range = 0..tokens.len();
    let mut found = None;
    for step in path.split('/').filter(|step| !step.is_empty()) {
        // A field of the message itself goes before one of a oneof in it.
        let within = [0, 1].into_iter().find_map(|depth| step_in(&tokens, range.clone(), step, depth));
        let Some(at) = within else { break };
        found = Some(tokens[at].at);
        range = block(&tokens, at, range.end);
    }
    let package = || {
        let keyword =
            tokens.iter().position(|token| token.text == "package").filter(|_| path.trim_matches('/').is_empty());
        keyword.and_then(|keyword| tokens.get(keyword + 1))
    };
    found.or_else(|| package().or(tokens.first()).map(|token| token.at))
}

/// The first token of the declaration that a step names, directly inside a range.
fn step_in(tokens: &[Token<'_>], range: std::ops::Range<usize>, step: &str, deepest: usize) -> Option<usize> {
    let number = step.bytes().all(|byte| byte.is_ascii_digit());
    let (mut depth, mut start) = (0_usize, range.start);
    for at in range {
        match tokens[at].text {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                start = at + 1;
            }
            ";" => start = at + 1,
            word if number => {
                // Members of a oneof carry numbers of the message around it.
                if word == step && at > 0 && tokens[at - 1].text == "=" && depth == deepest {
                    return Some(start_of_field(tokens, start, at));
                }
            }
            word => {
                let keyword = at.checked_sub(1).map(|before| tokens[before].text);
                let declared = matches!(keyword, Some("message" | "enum" | "oneof" | "service" | "group" | "extend"));
                if depth == 0 && word == step && declared {
                    return Some(at - 1);
                }
            }
        }
    }
    None
}

/// Where a field begins: after the brace that opened the block around it.
fn start_of_field(tokens: &[Token<'_>], start: usize, number: usize) -> usize {
    let opened = tokens[start..number].iter().rposition(|token| token.text == "{");
    opened.map_or(start, |opened| start + opened + 1)
}

/// What is between the braces of a declaration.
fn block(tokens: &[Token<'_>], declaration: usize, end: usize) -> std::ops::Range<usize> {
    let Some(open) = (declaration..end).find(|&at| matches!(tokens[at].text, "{" | ";")) else { return end..end };
    if tokens[open].text == ";" {
        return open..open;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().take(end).skip(open) {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + 1..at;
        }
    }
    open + 1..end
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' || first == '\'' {
            let length = quoted(rest, first);
            tokens.push(Token { text: &rest[..length], at });
            length
        } else if first.is_alphanumeric() || matches!(first, '_' | '.') {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | '.'));
            let length = end.unwrap_or(rest.len());
            tokens.push(Token { text: &rest[..length], at });
            length
        } else {
            let length = first.len_utf8();
            if !first.is_whitespace() {
                tokens.push(Token { text: &rest[..length], at });
            }
            length
        };
        at += length;
    }
    tokens
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{find, find_word};

    #[test]
    fn a_path_leads_to_the_declaration() {
        let text = "syntax = \"proto3\"; // message A { int32 x = 1; }\nmessage A {\n  message B { string y = 2; }\n  \
                    oneof o {\n    int32 z = 3;\n  }\n  B b = 4 [deprecated = true];\n  enum E { E_X = 0; }\n}\n";
        for (path, expected) in [
            ("/A", "message A {\n"),
            ("/A/4", "B b = 4"),
            ("/A/B", "message B"),
            ("/A/B/2", "string y"),
            ("/A/3", "int32 z"),
            ("/A/o", "oneof o"),
            ("/A/o/3", "int32 z"),
            ("/A/99", "message A {\n"),
            ("/", "syntax"),
            ("/B", "syntax"),
        ] {
            let at = find(text, path).expect("a place");
            assert!(text[at..].starts_with(expected), "{path}: {}", &text[at..]);
        }
        assert_eq!(find("", "/A"), None);
        assert_eq!(find("// package no;\npackage a.b;", "/"), Some(23));
        assert_eq!(
            find_word("/* L */ message B { message L {} } message A { string s = 1 [x = \"L\"]; L L = 2; }", "L"),
            Some(71)
        );
    }
}
