//! The names of character properties that `java.util.regex.Pattern` knows.

/// POSIX classes: ASCII only, unlike everything of Unicode's.
const POSIX: [&str; 13] = [
    "Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum", "Punct", "Graph", "Print", "Blank", "Cntrl", "XDigit",
    "Space",
];

/// General categories, and Java's own short names.
const CATEGORIES: [&str; 41] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Me", "Mc", "N", "Nd", "Nl", "No", "Z", "Zs", "Zl", "Zp", "C", "Cc",
    "Cf", "Co", "Cs", "Cn", "P", "Pd", "Ps", "Pe", "Pc", "Po", "Pi", "Pf", "S", "Sm", "Sc", "Sk", "So", "LC", "LD",
    "L1", "all",
];

/// Keys of `key=value`.
const KEYS: [&str; 6] = ["script", "sc", "block", "blk", "general_category", "gc"];

/// Whether Java knows the name, as far as that can be told without its tables of scripts and blocks.
pub(super) fn is_known(name: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | ' '))
    };
    match name.split_once('=') {
        Some((key, value)) => KEYS.contains(&key.to_ascii_lowercase().as_str()) && word(value),
        None => {
            POSIX.contains(&name)
                || CATEGORIES.contains(&name)
                || ["Is", "In", "java"].iter().any(|prefix| name.strip_prefix(prefix).is_some_and(word))
        }
    }
}

/// The name of a POSIX class in the `regex` crate.
pub(super) fn posix_class(name: &str) -> Option<String> {
    POSIX.contains(&name).then(|| name.to_ascii_lowercase())
}
