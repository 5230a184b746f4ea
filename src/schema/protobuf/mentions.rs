//! The imports of a `.proto` text.

use super::{builtin, find::find_import, read};
use crate::schema::{Mention, Mentions, ParseError};

/// Reads the imports out of a text; the built-in files need nobody.
pub fn mentions(text: &str) -> Result<Mentions, ParseError> {
    let file = read(text)?;
    let mut mentions = Mentions::default();
    for import in file.imports.iter().chain(&file.public_imports) {
        if builtin::files().iter().any(|(name, _)| name == import) {
            continue;
        }
        let at = find_import(text, import).unwrap_or_default();
        mentions.add(Mention { name: import.clone(), otherwise: None, at });
    }
    mentions.used.sort_by_key(|mention| mention.at);
    Ok(mentions)
}
