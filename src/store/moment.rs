//! What a registration starts from, and what it is written by.

use std::collections::HashMap;

use super::{Error, Locks, Scoped, StoredVersion, Target, Tx, settings::Record, versions};
use crate::model::{Definition, Guid, SchemaId, Subject, Version};

/// What the databases tell of moments: the place of the subject, its settings or else one of its versions, whether the
/// version's id answers for its content, and the revision of either.
pub(super) type Row = (i64, Option<String>, Option<String>, i32, i32, i64, bool, bool, i64, i64);

/// One moment of a subject.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// The records of settings that reach it.
    pub settings: Scoped,
    /// The same as the database tells them; equal texts mean that nothing changed. Empty if a transaction read them one by one.
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
    /// What each reference means.
    pub targets: Vec<Target>,
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

/// The moments that rows tell of, in the order of their places, which begin with 1.
pub(super) fn collected(rows: Vec<Row>, count: usize) -> Result<Vec<Moment>, Error> {
    let mut moments = HashMap::new();
    for row in rows {
        add(&mut moments, row)?;
    }
    let missing = || Error::Corrupt("an answer without the subject that was asked for".to_owned());
    (1..=count)
        .map(|place| i64::try_from(place).ok().and_then(|place| moments.remove(&place)).ok_or_else(missing))
        .collect()
}

/// Rows come in the order of the subjects, the one with the settings before the versions.
fn add(moments: &mut HashMap<i64, Moment>, row: Row) -> Result<(), Error> {
    let (place, settings, guid, version, id, since, answering, deleted, ts, revision) = row;
    if let Some(text) = settings {
        let (settings, versions, answering) = (scoped(&text)?, Vec::new(), HashMap::new());
        moments.insert(place, Moment { settings, settings_text: text, head: revision, versions, answering });
        return Ok(());
    }
    let guid = guid.unwrap_or_default();
    let stored: StoredVersion = versions::stored((version, id, guid, since, deleted, ts, revision))?;
    if let Some(moment) = moments.get_mut(&place) {
        if answering {
            moment.answering.insert(stored.guid, stored.id);
        }
        moment.versions.push(stored);
    }
    Ok(())
}

fn scoped(text: &str) -> Result<Scoped, Error> {
    let unreadable = || Error::Corrupt("settings in a form that cannot be read".to_owned());
    let (configs, modes) = text.split_once('\n').ok_or_else(unreadable)?;
    let records = |text: &str| serde_json::from_str::<Vec<Option<Record>>>(text).map_err(|_wrong| unreadable());
    let (configs, modes) = (records(configs)?, records(modes)?);
    Scoped::of(configs.into_iter().flatten().collect(), modes.into_iter().flatten().collect())
}
