//! The state of a subject at one moment, by name.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Subject;

/// A subject's head: it moves with every write under the subject and never comes back to an earlier one.
///
/// It carries a fingerprint of the subject's name, so that the head of another subject (behind an alias that was moved,
/// or found in another context) is never taken for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Head {
    subject: u64,
    revision: i64,
}

impl Head {
    /// The head of a subject at a revision.
    pub fn new(subject: &Subject, revision: i64) -> Self {
        let digest = Sha256::digest(subject.to_string().as_bytes());
        let fingerprint = digest.iter().take(8).fold(0, |print, byte| (print << 8) | u64::from(*byte));
        Self { subject: fingerprint, revision }
    }

    /// Reads the printed form; what follows a dot names a representation and says nothing about the head.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, _representation) = text.split_once('.').unwrap_or((text, ""));
        let (subject, revision) = head.split_once('-')?;
        Some(Self { subject: u64::from_str_radix(subject, 16).ok()?, revision: revision.parse().ok()? })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.subject, self.revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_printed() {
        let head = Head::new(&Subject::parse(":.ctx:orders-value"), 7);
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        assert_eq!(Head::parse(&format!("{head}.0123abcd")), Some(head));
        for nothing in ["", "*", "7", "x-7", "0badcafe-", "0badcafe-x", "-1"] {
            assert_eq!(Head::parse(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn heads_of_different_subjects_differ() {
        let (one, other) = (Subject::parse("orders-value"), Subject::parse(":.ctx:orders-value"));
        assert_ne!(Head::new(&one, 1), Head::new(&other, 1));
    }
}
