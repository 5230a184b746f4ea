//! The registry in miniature: one context, a few subjects, one operation at a time.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use regis::model::Level;

use super::{
    contents::{Content, is_compatible},
    request::{Fate, Operation, Reply, Request, Seen, Subject, Which},
    search::Model,
};

/// Which id a new content gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Numbering {
    /// The one after the highest that was ever given: one node hands them out in order.
    Successive,
    /// Any that was never given: several nodes hand them out.
    Distinct,
}

/// The id of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Id {
    Known(i64),
    /// It was given in an answer that nobody got; the first answer that shows it tells.
    Open,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Held {
    content: Content,
    deleted: bool,
}

/// A context.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Registry {
    numbering: Numbering,
    /// Shared until one of them changes: the search copies a context at every step.
    subjects: Vec<Rc<BTreeMap<i64, Held>>>,
    levels: BTreeMap<Option<Subject>, Level>,
    /// The contents that some version holds.
    ids: BTreeMap<Content, Id>,
    /// Ids of contents that are gone, and of those that are there.
    given: Given,
}

/// A set of ids, one bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Given(Vec<u64>);

impl Given {
    fn place(id: i64) -> (usize, u64) {
        let id = usize::try_from(id).expect("ids are positive");
        (id / 64, 1 << (id % 64))
    }

    fn contains(&self, id: i64) -> bool {
        let (word, bit) = Self::place(id);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Adds an id, and says whether it was not there.
    fn insert(&mut self, id: i64) -> bool {
        let (word, bit) = Self::place(id);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }

    fn highest(&self) -> i64 {
        let last = self.0.last().map_or(0, |bits| self.0.len() * 64 - 1 - bits.leading_zeros() as usize);
        i64::try_from(last).expect("ids are small")
    }
}

impl Registry {
    /// A context in which nothing has happened.
    pub fn new(subjects: usize, numbering: Numbering) -> Self {
        Self {
            numbering,
            subjects: vec![Rc::default(); subjects],
            levels: BTreeMap::new(),
            ids: BTreeMap::new(),
            given: Given::default(),
        }
    }

    fn live(&self, subject: Subject) -> impl DoubleEndedIterator<Item = (i64, Content)> + '_ {
        self.subjects[subject].iter().filter(|(_, held)| !held.deleted).map(|(number, held)| (*number, held.content))
    }

    fn level(&self, subject: Subject) -> Level {
        let scope = [Some(subject), None];
        scope.iter().find_map(|key| self.levels.get(key)).copied().unwrap_or(Level::Backward)
    }

    /// Whether a subject is there for those who see so much of it.
    fn is_there(&self, subject: Subject, seen: Seen) -> bool {
        match seen {
            Seen::All => !self.subjects[subject].is_empty(),
            Seen::Live => self.live(subject).next().is_some(),
        }
    }

    fn holder(&self, subject: Subject, content: Content, seen: Seen) -> Option<i64> {
        let visible = |held: &Held| held.content == content && (seen == Seen::All || !held.deleted);
        self.subjects[subject].iter().find(|(_, held)| visible(held)).map(|(number, _)| *number)
    }

    fn compatible(&self, subject: Subject, content: Content) -> bool {
        let history: Vec<Content> = self.live(subject).map(|(_, content)| content).collect();
        is_compatible(self.level(subject), content, &history)
    }

    /// Takes it that `content`, which is held, has an id: what was open is settled.
    fn agrees(&mut self, content: Content, id: i64) -> bool {
        match self.ids.get(&content) {
            Some(Id::Known(known)) => *known == id,
            Some(Id::Open) => {
                self.ids.insert(content, Id::Known(id));
                self.given.insert(id)
            }
            None => false,
        }
    }

    /// Whether a version is what the reply shows.
    fn shows(&mut self, version: i64, content: Content, reply: &Reply) -> bool {
        match reply {
            Reply::Found { id, version: shown, content: text } => {
                *shown == version && *text == content && self.agrees(content, *id)
            }
            Reply::Unknown => true,
            _ => false,
        }
    }

    fn register(&mut self, subject: Subject, content: Content, reply: &Reply) -> bool {
        if let Some(version) = self.holder(subject, content, Seen::Live) {
            return self.shows(version, content, reply);
        }
        if !self.compatible(subject, content) {
            return is(reply, &Reply::Refused(409));
        }
        let version = self.subjects[subject].keys().last().map_or(1, |highest| highest + 1);
        if !self.ids.contains_key(&content) {
            match self.numbering {
                Numbering::Distinct => drop(self.ids.insert(content, Id::Open)),
                Numbering::Successive => {
                    let next = self.given.highest() + 1;
                    self.given.insert(next);
                    self.ids.insert(content, Id::Known(next));
                }
            }
        }
        // A soft-deleted version of the same content makes way.
        let versions = Rc::make_mut(&mut self.subjects[subject]);
        versions.retain(|_, held| held.content != content);
        versions.insert(version, Held { content, deleted: false });
        self.shows(version, content, reply)
    }

    fn look_up(&mut self, subject: Subject, content: Content, seen: Seen, reply: &Reply) -> bool {
        match self.holder(subject, content, seen) {
            Some(version) => self.shows(version, content, reply),
            None if self.is_there(subject, seen) => is(reply, &Reply::Refused(40403)),
            None => is(reply, &Reply::Refused(40401)),
        }
    }

    fn latest(&mut self, subject: Subject, reply: &Reply) -> bool {
        let latest = self.live(subject).next_back();
        match latest {
            Some((version, content)) => self.shows(version, content, reply),
            None => is(reply, &Reply::Refused(40401)),
        }
    }

    fn versions(&self, subject: Subject, seen: Seen) -> Reply {
        if !self.is_there(subject, seen) {
            return Reply::Refused(40401);
        }
        match seen {
            Seen::All => Reply::Numbers(self.subjects[subject].keys().copied().collect()),
            Seen::Live => Reply::Numbers(self.live(subject).map(|(number, _)| number).collect()),
        }
    }

    fn with_id(&self, id: i64) -> Option<Content> {
        self.ids.iter().find(|(_, known)| **known == Id::Known(id)).map(|(content, _)| *content)
    }

    fn schema(&mut self, id: i64, reply: &Reply) -> bool {
        match reply {
            Reply::Content(content) => self.agrees(*content, id),
            Reply::Refused(40403) => self.with_id(id).is_none(),
            reply => *reply == Reply::Unknown,
        }
    }

    fn holders(&mut self, id: i64, seen: Seen, reply: &Reply) -> bool {
        let shown = match reply {
            Reply::Subjects(shown) => shown,
            Reply::Refused(40403) => return self.with_id(id).is_none(),
            reply => return *reply == Reply::Unknown,
        };
        let fits = |content: Content| {
            let holds = |subject: &Subject| self.holder(*subject, content, seen).is_some();
            (0..self.subjects.len()).filter(holds).eq(shown.iter().copied())
        };
        if let Some(content) = self.with_id(id) {
            return fits(content);
        }
        // An id that nobody was told: any content whose id is open may have it.
        let open = self.ids.iter().filter(|(_, known)| **known == Id::Open).map(|(content, _)| *content);
        !self.given.contains(id) && open.into_iter().any(fits)
    }

    fn delete_version(&mut self, subject: Subject, which: Which, fate: Fate) -> Reply {
        let wanted = match which {
            Which::Number(number) => Some(number),
            Which::Latest => self.live(subject).next_back().map(|(number, _)| number),
        };
        let versions = &self.subjects[subject];
        if versions.is_empty() {
            return Reply::Refused(40401);
        }
        let Some((number, deleted)) = wanted.and_then(|number| Some((number, versions.get(&number)?.deleted))) else {
            return Reply::Refused(40402);
        };
        match (fate, deleted) {
            (Fate::Soft, true) => return Reply::Refused(40406),
            (Fate::Permanent, false) => return Reply::Refused(40407),
            (Fate::Soft, false) => {
                Rc::make_mut(&mut self.subjects[subject]).entry(number).and_modify(|held| held.deleted = true);
            }
            (Fate::Permanent, true) => {
                Rc::make_mut(&mut self.subjects[subject]).remove(&number);
                self.forget(subject);
            }
        }
        Reply::Numbers(vec![number])
    }

    fn delete_subject(&mut self, subject: Subject, fate: Fate) -> Reply {
        if self.subjects[subject].is_empty() {
            return Reply::Refused(40401);
        }
        let live: Vec<i64> = self.live(subject).map(|(number, _)| number).collect();
        match (fate, live.is_empty()) {
            (Fate::Soft, true) => Reply::Refused(40404),
            (Fate::Soft, false) => {
                for held in Rc::make_mut(&mut self.subjects[subject]).values_mut() {
                    held.deleted = true;
                }
                Reply::Numbers(live)
            }
            (Fate::Permanent, false) => Reply::Refused(40405),
            (Fate::Permanent, true) => {
                let all = std::mem::take(&mut self.subjects[subject]).keys().copied().collect();
                self.forget(subject);
                Reply::Numbers(all)
            }
        }
    }

    /// After a permanent deletion: contents that nobody holds are gone, and the level of a subject without versions.
    fn forget(&mut self, subject: Subject) {
        if self.subjects[subject].is_empty() {
            self.levels.remove(&Some(subject));
        }
        let held: BTreeSet<Content> =
            self.subjects.iter().flat_map(|versions| versions.values()).map(|held| held.content).collect();
        self.ids.retain(|content, _| held.contains(content));
    }
}

/// Whether a client was told this, or nothing.
fn is(reply: &Reply, expected: &Reply) -> bool {
    *reply == Reply::Unknown || reply == expected
}

impl Model for Registry {
    type Operation = Operation;

    fn step(&self, operation: &Operation) -> Option<Self> {
        let mut next = self.clone();
        let reply = &operation.reply;
        let fits = match operation.request {
            Request::Register(subject, content) => next.register(subject, content, reply),
            Request::LookUp(subject, content, seen) => next.look_up(subject, content, seen, reply),
            Request::Latest(subject) => next.latest(subject, reply),
            Request::Versions(subject, seen) => is(reply, &next.versions(subject, seen)),
            Request::Schema(id) => next.schema(id, reply),
            Request::Holders(id, seen) => next.holders(id, seen, reply),
            Request::Check(subject, content) => is(reply, &Reply::Compatible(next.compatible(subject, content))),
            Request::DeleteVersion(subject, which, fate) => is(reply, &next.delete_version(subject, which, fate)),
            Request::DeleteSubject(subject, fate) => is(reply, &next.delete_subject(subject, fate)),
            Request::Level(key) => {
                is(reply, &next.levels.get(&key).map_or(Reply::Refused(40408), |level| Reply::Level(*level)))
            }
            Request::SetLevel(key, level) => {
                next.levels.insert(key, level);
                is(reply, &Reply::Level(level))
            }
            Request::UnsetLevel(key) => {
                let expected = next.levels.remove(&key).map_or(Reply::Refused(40401), Reply::Level);
                is(reply, &expected)
            }
        };
        fits.then_some(next)
    }

    fn is_mere_question(operation: &Operation) -> bool {
        !operation.request.may_change() || matches!(operation.reply, Reply::Refused(_))
    }
}
