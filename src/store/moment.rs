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

impl Registered {
    /// Whether it shows that writes are possible.
    pub(super) fn is_written(self) -> bool {
        matches!(self, Self::As(_))
    }
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

/// The subjects whose moments are asked for together, each read once however many ask for it.
pub(super) struct Wanted {
    /// In the order of their places, which begin with 1.
    pub(super) subjects: Vec<Subject>,
    /// Which of them each asker wants.
    asked: Vec<usize>,
}

impl Wanted {
    pub(super) fn of(asked: Vec<Subject>) -> Self {
        let (mut subjects, mut places) = (Vec::new(), HashMap::new());
        let mut place = |subject: Subject| {
            *places.entry(subject).or_insert_with_key(|subject| {
                subjects.push(subject.clone());
                subjects.len() - 1
            })
        };
        let asked = asked.into_iter().map(&mut place).collect();
        Self { subjects, asked }
    }

    /// What each asker is told; what cannot be read of one subject is nobody else's trouble.
    pub(super) fn told(self, rows: Vec<Row>) -> Vec<Result<Moment, Error>> {
        let missing = || Err(Error::Corrupt("an answer without the subject that was asked for".to_owned()));
        let mut moments: Vec<_> = self.subjects.iter().map(|_| missing()).collect();
        for row in rows {
            let place = usize::try_from(row.0 - 1).ok();
            if let Some(moment) = place.and_then(|place| moments.get_mut(place)) {
                add(moment, row);
            }
        }
        self.asked.into_iter().map(|place| moments[place].clone()).collect()
    }
}

/// Rows come in the order of the subjects, the one with the settings before the versions.
fn add(moment: &mut Result<Moment, Error>, row: Row) {
    let (_place, settings, guid, version, id, since, answering, deleted, ts, revision) = row;
    if let Some(text) = settings {
        *moment =
            scoped(&text).map(|settings| Moment { settings, settings_text: text, head: revision, ..Moment::default() });
        return;
    }
    let Ok(known) = moment else { return };
    match versions::stored((version, id, guid.unwrap_or_default(), since, deleted, ts, revision)) {
        Ok(stored) => {
            if answering {
                known.answering.insert(stored.guid, stored.id);
            }
            known.versions.push(stored);
        }
        Err(error) => *moment = Err(error),
    }
}

fn scoped(text: &str) -> Result<Scoped, Error> {
    let unreadable = || Error::Corrupt("settings in a form that cannot be read".to_owned());
    let (configs, modes) = text.split_once('\n').ok_or_else(unreadable)?;
    let records = |text: &str| serde_json::from_str::<Vec<Option<Record>>>(text).map_err(|_wrong| unreadable());
    let (configs, modes) = (records(configs)?, records(modes)?);
    Scoped::of(configs.into_iter().flatten().collect(), modes.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row with the settings of the subject at a place.
    fn settings(place: i64, text: &str) -> Row {
        (place, Some(text.to_owned()), None, 0, 0, 0, false, false, 0, place * 10)
    }

    #[test]
    fn each_asker_is_told_of_its_subject_and_of_no_other() {
        let subject = Subject::parse;
        let wanted = Wanted::of(vec![subject("a"), subject("bad"), subject("a"), subject("worse"), subject("b")]);
        let names: Vec<_> = wanted.subjects.iter().map(|subject| subject.stored_name()).collect();
        assert_eq!(names, ["a", "bad", "worse", "b"]);
        let (none, unreadable) = ("[]\n[]", "[[\".\",\"bad\",\"{\"]]\n[]");
        let guid = Some("00000000-0000-0000-0000-000000000001".to_owned());
        let version = |place, guid| (place, None, guid, 1, 1, 0, true, false, 0, 1);
        let told = wanted.told(vec![
            settings(1, none),
            version(1, guid.clone()),
            settings(2, unreadable),
            version(2, guid),
            settings(3, none),
            version(3, Some("no guid".to_owned())),
            settings(4, none),
        ]);
        let heads: Vec<_> = told.iter().map(|moment| moment.as_ref().ok().map(|moment| moment.head)).collect();
        assert_eq!(heads, [Some(10), None, Some(10), None, Some(40)]);
        let versions: Vec<_> = told.iter().flatten().map(|moment| moment.versions.len()).collect();
        assert_eq!(versions, [1, 1, 0]);
        let corrupt = told.iter().filter(|moment| matches!(moment, Err(Error::Corrupt(_)))).count();
        assert_eq!(corrupt, 2);
    }
}
