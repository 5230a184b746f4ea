//! What a client demands of a subject's head before it writes: compare and set. Regis' own, beyond the contract.

use super::Error;
use crate::{
    model::{Head, Subject},
    store::Tx,
};

/// Demands on a subject's head; the empty one is met by every subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Precondition {
    /// What the head must be (`If-Match`).
    pub matches: Option<Heads>,
    /// What the head must not be (`If-None-Match`).
    pub differs: Option<Heads>,
}

/// Heads that a client names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heads {
    /// That of a subject that exists: one that has a version which is not soft-deleted.
    OfExisting,
    /// One of these.
    OneOf(Vec<Head>),
}

/// Whether a subject has a version that is not soft-deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Absent,
    Present,
}

impl Presence {
    pub(super) fn of(any_live_version: bool) -> Self {
        if any_live_version { Self::Present } else { Self::Absent }
    }
}

impl Heads {
    fn include(&self, head: Head, presence: Presence) -> bool {
        match self {
            Self::OfExisting => presence == Presence::Present,
            Self::OneOf(heads) => heads.contains(&head),
        }
    }
}

impl Precondition {
    /// Refuses unless a subject with this revision meets the demands.
    pub(super) fn require(&self, subject: &Subject, revision: i64, presence: Presence) -> Result<(), Error> {
        let head = Head::new(subject, revision);
        if self.matches.as_ref().is_some_and(|heads| !heads.include(head, presence)) {
            return Err(match presence {
                Presence::Present => Error::SubjectMoved { subject: subject.clone(), head },
                Presence::Absent => Error::SubjectAbsent { subject: subject.clone() },
            });
        }
        if self.differs.as_ref().is_some_and(|heads| heads.include(head, presence)) {
            return Err(Error::SubjectPresent { subject: subject.clone(), head });
        }
        Ok(())
    }

    /// The same, for the subject as a transaction that writes it sees it; its revision is answered.
    pub(super) async fn require_in(&self, tx: &mut Tx, subject: &Subject) -> Result<i64, Error> {
        let revision = tx.head(subject).await?;
        if *self != Self::default() {
            let live = tx.subject(subject).await?.is_some_and(|listed| listed.live);
            self.require(subject, revision, Presence::of(live))?;
        }
        Ok(revision)
    }
}
