//! The content's own name: equal content has the same guid in every context and every registry.

use std::fmt;

/// The MD5 of a definition, printed as a UUID in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid([u8; 16]);

impl Guid {
    /// Wraps the sixteen bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads a UUID (up to five groups of hex digits, each shortened or not, as Java does) or 32 hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return u128::from_str_radix(text, 16).ok().map(|bits| Self(bits.to_be_bytes()));
        }
        let groups: Vec<&str> = text.split('-').collect();
        if groups.len() != 5 {
            return None;
        }
        let mut bits: u128 = 0;
        for (group, width) in groups.into_iter().zip([32, 16, 16, 16, 48]) {
            if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            // A longer group keeps its low digits.
            let digits = &group[group.len().saturating_sub(16)..];
            let value = u64::from_str_radix(digits, 16).ok()?;
            bits = (bits << width) | u128::from(value & (u64::MAX >> (64 - width)));
        }
        Some(Self(bits.to_be_bytes()))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = u128::from_be_bytes(self.0);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            bits >> 96,
            (bits >> 80) & 0xffff,
            (bits >> 64) & 0xffff,
            (bits >> 48) & 0xffff,
            bits & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Guid;

    #[test]
    fn both_spellings_name_the_same_guid() {
        let dashed = Guid::parse("095d71cf-1255-6b9d-5e33-0ad575b3df5d").expect("a guid");
        assert_eq!(Some(dashed), Guid::parse("095D71CF12556B9D5E330AD575B3DF5D"));
        assert_eq!(dashed.to_string(), "095d71cf-1255-6b9d-5e33-0ad575b3df5d");
        assert_eq!(
            Guid::parse("1-2-3-4-5").map(|guid| guid.to_string()).as_deref(),
            Some("00000001-0002-0003-0004-000000000005")
        );
        for wrong in ["", "x", "1-2-3-4", "1-2-3-4-5-6", "g-2-3-4-5", "--- -"] {
            assert_eq!(Guid::parse(wrong), None, "{wrong}");
        }
    }
}
