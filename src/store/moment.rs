//! What a registration starts from, and what it is written by.

use std::collections::HashMap;

use super::{Error, Locks, Scoped, StoredVersion, Tx};
use crate::model::{Definition, Guid, SchemaId, Subject, Version};

/// One moment of a subject.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// The records of settings that reach it.
    pub settings: Scoped,
    /// The same as the database tells them; equal texts mean that nothing changed. Empty on SQLite.
    pub settings_text: String,
    /// Its revision; 0 before the first write.
    pub head: i64,
    /// All of its versions, ascending.
    pub versions: Vec<StoredVersion>,
    /// Which of its ids answers for a content, if that is known.
    pub(super) answering: HashMap<Guid, SchemaId>,
}

impl Moment {
    /// The id that answers for a content that the subject holds; none if the database has to be asked.
    pub fn answering(&self, guid: &Guid) -> Option<SchemaId> {
        self.answering.get(guid).copied()
    }
}

/// A registration of new content whose verdict has been computed, to be written if nothing has moved since.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Where.
    pub subject: Subject,
    /// Its number.
    pub version: Version,
    /// The content.
    pub definition: Definition,
    /// The content's guid.
    pub guid: Guid,
    /// The subject of each reference.
    pub targets: Vec<Subject>,
    /// Whether references may name live versions only.
    pub only_live_targets: bool,
    /// The subject's head when the verdict was computed.
    pub head: i64,
    /// The settings in scope at that time; see [`Moment::settings_text`].
    pub settings_text: String,
    /// What it must not share with others.
    pub locks: Locks,
    /// When, in milliseconds since 1970.
    pub ts: i64,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// It is written.
    As(SchemaId),
    /// Something moved; the verdict has to be computed anew.
    Moved,
    /// It has to be written by a transaction of its own.
    Apart,
    /// The context has no id left.
    NoIdLeft,
}

impl Tx {
    /// One moment of a subject.
    pub async fn moment(&mut self, subject: &Subject) -> Result<Moment, Error> {
        Ok(Moment {
            settings: self.settings(subject).await?,
            head: self.head(subject).await?,
            versions: self.versions(subject).await?,
            ..Moment::default()
        })
    }
}
