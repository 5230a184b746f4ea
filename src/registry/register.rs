//! Registers a schema (contract, sections 7.3 and 7.4).
//!
//! The verdict is computed with no lock held, from one moment of the database; the write transaction then compares
//! the subject's head and the settings with that moment and starts over if either has moved. So of two schemas that
//! contradict each other only one is accepted, and nothing is parsed or compared under a lock.

use super::{
    Deletion, Error, Found, Judgement, Registration, Registry, RuleSets, Submission, View,
    alias::alias_among,
    associations::refuse_strongly_associated,
    cache::Known,
    canonicalize::{Parsed, Reading, is_blank},
    check::judge,
    find::{Match, answer, holding},
    logical::refuse_logical_text,
    plan::Plan,
    populate,
    precondition::Presence,
    settings::{InScope, record},
};
use crate::{
    model::{Config, Guid, Mode, NameUse, SchemaId, Subject, Version},
    schema::Strictness,
    store::{self, StoredVersion, Tx},
};

/// How often a registration starts over because somebody else wrote under the subject meanwhile.
pub(super) const ATTEMPTS: usize = 100;

/// How often a content that is missing is taken for one that was deleted since the moment that named it.
const LOOKS: usize = 10;

/// What was computed from a moment; none if a content of it is gone, so that the next moment has to be asked.
pub(super) fn unless_outdated<T>(outcome: Result<T, Error>, attempt: usize) -> Result<Option<T>, Error> {
    match outcome {
        Err(Error::Store(store::Error::Vanished(_))) if attempt < LOOKS => Ok(None),
        outcome => outcome.map(Some),
    }
}

/// What a registration comes to before anything is written.
pub(super) enum Prepared {
    /// The schema is there already.
    There(Box<Found>),
    /// It is to be written.
    Planned(Box<Plan>),
}

/// Whether a schema that is there already is answered at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// It is, in any mode.
    Fast,
    /// It is not: a new version is wanted.
    Straight,
}

/// Whether another subject may stand for the one that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Naming {
    /// It may: an alias is followed, one step.
    AsWritten,
    /// It may not.
    Exact,
}

/// One moment of the subject: what a verdict is computed from.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) in_scope: InScope,
    pub(super) read: store::Moment,
}

impl Moment {
    /// The configuration of a key itself.
    pub(super) fn own_config(&self, key: &Subject) -> Option<&Config> {
        record(&self.in_scope.records.configs, key)
    }

    /// The mode of a key itself.
    pub(super) fn own_mode(&self, key: &Subject) -> Option<Mode> {
        record(&self.in_scope.records.modes, key).copied()
    }

    /// The id that answers for a content, if any of the versions has it.
    async fn answering(
        &self,
        registry: &Registry,
        tx: &mut Tx,
        subject: &Subject,
        guid: &Guid,
    ) -> Result<Option<SchemaId>, Error> {
        match self.read.answering(guid) {
            Some(id) => Ok(Some(id)),
            None => registry.answering(tx, subject, guid, &self.read.versions).await,
        }
    }

    pub(super) fn latest(&self) -> Option<StoredVersion> {
        self.read.versions.iter().rev().find(|version| !version.deleted).copied()
    }

    fn live_newest_first(&self) -> Vec<StoredVersion> {
        self.read.versions.iter().rev().filter(|version| !version.deleted).copied().collect()
    }

    fn next_version(&self, subject: &Subject) -> Result<Version, Error> {
        let highest = self.read.versions.last().map_or(0, |version| version.version.0);
        highest.checked_add(1).map(Version).ok_or_else(|| Error::NoVersionLeft(subject.clone()))
    }
}

impl Registry {
    /// Registers a schema under a subject (given by its raw name), or finds it there; a rehearsal answers the same.
    pub async fn register(&self, subject: &str, wanted: Registration, view: View) -> Result<Found, Error> {
        self.register_by(Route::Fast, Naming::AsWritten, subject, wanted, view).await
    }

    pub(super) async fn register_by(
        &self,
        route: Route,
        mut naming: Naming,
        subject: &str,
        wanted: Registration,
        view: View,
    ) -> Result<Found, Error> {
        let (mut name, submission) = self.admitted(subject, wanted.submission)?;
        refuse_logical_text(&submission, &view)?;
        let wanted = Registration { submission, ..wanted };
        let mut turn = None;
        for attempt in 0..ATTEMPTS {
            let (moment, tx) = self.moment(&name, &wanted.submission).await?;
            if naming == Naming::AsWritten {
                naming = Naming::Exact;
                if let Some(target) = alias_among(&moment.in_scope.records, &name) {
                    name = self.admitted_name(&target.to_string())?;
                    continue;
                }
            }
            match unless_outdated(self.prepare_from(moment, tx, route, &name, &wanted).await, attempt)? {
                None => {}
                Some(Prepared::There(found)) => return self.shown(*found, &view).await,
                Some(Prepared::Planned(plan)) => {
                    let schema = plan.parsed.schema.clone();
                    if let Some(found) = self.write(*plan, wanted.rehearsal).await? {
                        return self.shown_as_parsed(found, schema, &view).await;
                    }
                }
            }
            if turn.is_none() {
                turn = Some(self.turns.of(&name).await);
            }
        }
        Err(Error::Contended(name))
    }

    /// What can be said about a registration by its name and its rules alone.
    pub(super) fn admitted(&self, subject: &str, mut submission: Submission) -> Result<(Subject, Submission), Error> {
        if self.options.rule_sets == RuleSets::Dropped {
            submission.rule_set = None;
        }
        if let Some(rules) = &submission.rule_set {
            rules.validate()?;
        }
        Ok((self.admitted_name(subject)?, submission))
    }

    fn admitted_name(&self, subject: &str) -> Result<Subject, Error> {
        let name = Subject::parse(subject);
        let refused = self.options.reject_empty_subject && matches!(name.name(), "" | "*");
        if refused || !name.is_valid(subject, NameUse::Registration) {
            return Err(Error::InvalidSubject(subject.to_owned()));
        }
        Ok(name)
    }

    /// One moment of a subject, and a transaction for what else a registration may need to read.
    async fn moment(&self, subject: &Subject, submission: &Submission) -> Result<(Moment, Tx), Error> {
        // What the latest version of another subject is must be of the same moment; all else that a registration reads
        // cannot change, or is looked at again when it is written.
        let latest = submission.references.iter().any(|reference| reference.version == Some(-1));
        let (read, tx) = if latest {
            let mut tx = self.read();
            (tx.moment(subject).await?, tx)
        } else {
            (self.store.moment(subject).await?, self.glance())
        };
        Ok((Moment { in_scope: self.in_scope_of(read.settings.clone(), subject), read }, tx))
    }

    /// Finds an admitted schema, or computes all that it takes to write it; nothing is written yet.
    pub(super) async fn prepare(
        &self,
        route: Route,
        subject: &Subject,
        wanted: &Registration,
    ) -> Result<Prepared, Error> {
        let (moment, tx) = self.moment(subject, &wanted.submission).await?;
        self.prepare_from(moment, tx, route, subject, wanted).await
    }

    /// The same from a moment that was read before.
    pub(super) async fn prepare_from(
        &self,
        moment: Moment,
        mut tx: Tx,
        route: Route,
        subject: &Subject,
        wanted: &Registration,
    ) -> Result<Prepared, Error> {
        let Registration { submission, normalize, judgement, .. } = wanted;
        // What is written, is written only if the head is still the one that is looked at here.
        wanted.precondition.require(subject, moment.read.head, Presence::of(moment.latest().is_some()))?;
        if route == Route::Fast
            && let Some(found) = self.already_registered(&mut tx, subject, submission, *normalize, &moment).await?
        {
            return Ok(Prepared::There(Box::new(found)));
        }
        let given_ids = moment.in_scope.mode.takes_given_ids();
        // What comes with its own id is taken as it is.
        let previous = match moment.latest().filter(|_| !given_ids) {
            Some(version) => Some(self.content_of(&mut tx, &subject.context, version).await?),
            None => None,
        };
        let submission = self.with_changed_tags(&mut tx, subject, submission, previous.as_deref()).await?;
        require_mode(subject, &submission, &moment.in_scope)?;
        let submission = if given_ids {
            submission
        } else {
            self.populated(&mut tx, subject, submission, previous.as_deref(), &moment).await?
        };
        let new = submission.id.is_none_or(|id| id < 0) && self.validates_new_schemas(&moment.in_scope);
        let strictness = if new { Strictness::New } else { Strictness::Stored };
        let reading = Reading::by(&moment.in_scope, strictness, *normalize, self.options.validate_fields);
        let parsed = self.canonicalize(&mut tx, subject, &submission, reading).await?;
        let Some(parsed) = parsed else { return Err(Error::InvalidSchema("Empty schema".to_owned())) };
        refuse_strongly_associated(&mut tx, &parsed.targets).await?;
        if let Some(found) = self.equal_version(&mut tx, subject, &submission, &parsed, &moment).await? {
            return Ok(Prepared::There(Box::new(found)));
        }
        if !given_ids && *judgement == Judgement::ByLevel {
            self.require_compatible(tx, subject, &parsed, &moment).await?;
        } else {
            drop(tx);
        }
        let version = chosen_version(&submission, subject, &moment)?;
        let plan = Plan {
            subject: subject.clone(),
            given_id: submission.id.filter(|id| *id >= 0).map(SchemaId),
            version,
            head: moment.read.head,
            settings: moment.in_scope.records,
            settings_text: moment.read.settings_text,
            targets: if new { Deletion::Live } else { Deletion::Any },
            parsed,
        };
        Ok(Prepared::Planned(Box::new(plan)))
    }

    /// The fast path: what is there already is answered in any mode, without validation or verdict.
    async fn already_registered(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        submission: &Submission,
        normalize: super::Normalize,
        moment: &Moment,
    ) -> Result<Option<Found>, Error> {
        let config = &moment.in_scope.config;
        let contract = config.default_metadata.is_some()
            || config.override_metadata.is_some()
            || config.default_rule_set.is_some()
            || config.override_rule_set.is_some();
        if contract || is_blank(submission.text.as_deref()) || !submission.tags.is_empty() {
            return Ok(None);
        }
        let reading = Reading::by(&moment.in_scope, Strictness::Stored, normalize, self.options.validate_fields);
        let Some(parsed) = self.canonicalize(tx, subject, submission, reading).await? else { return Ok(None) };
        let version = submission.version.unwrap_or(0);
        let found = if version == -1 {
            self.find_equivalent(tx, subject, &parsed, moment.latest().into_iter().collect()).await?
        } else {
            let answering = moment.answering(self, tx, subject, &parsed.guid).await?;
            self.find(tx, subject, &parsed, &moment.read.versions, answering, Deletion::Live).await?
        };
        let Some(found) = found else { return Ok(None) };
        let given = submission.id.filter(|id| *id >= 0).map(SchemaId);
        let at = found.version();
        match version {
            0 | -1 if given.is_none_or(|id| id == at.id) => {
                Ok(Some(answer(subject, &parsed, &found, moment.read.head)))
            }
            0 | -1 => Ok(None),
            _ if given != Some(at.id) => Ok(None),
            version if at.version.0 == version => Ok(Some(answer(subject, &parsed, &found, moment.read.head))),
            version => {
                let twin = moment.read.versions.iter().find(|twin| twin.version.0 == version && !twin.deleted);
                let twin = twin.filter(|twin| twin.id == at.id && twin.guid == at.guid);
                Ok(twin.map(|twin| answer(subject, &parsed, &Match::Content(*twin), moment.read.head)))
            }
        }
    }

    /// Step 3: what a new version takes over from the previous one and from the settings.
    async fn populated(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        mut submission: Submission,
        previous: Option<&Known>,
        moment: &Moment,
    ) -> Result<Submission, Error> {
        let definition = previous.map(|known| &known.stored.definition);
        if let (true, Some(definition)) = (is_blank(submission.text.as_deref()), definition) {
            submission = populate::with_text_of(submission, definition);
        }
        let submission = self.with_carried_tags(tx, subject, submission, previous).await?;
        let submission = populate::with_contract(submission, definition, &moment.in_scope.config);
        Ok(populate::with_version_stamp(submission, moment.next_version(subject)?))
    }

    /// Steps 6 and 7: after metadata were inherited, the schema may turn out to be there already.
    async fn equal_version(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        submission: &Submission,
        parsed: &Parsed,
        moment: &Moment,
    ) -> Result<Option<Found>, Error> {
        if submission.version.unwrap_or(0) != 0 {
            return Ok(None);
        }
        let given = submission.id.filter(|id| *id >= 0).map(SchemaId);
        let wanted = |id: SchemaId| given.is_none_or(|given| given == id);
        let id = moment.answering(self, tx, subject, &parsed.guid).await?.filter(|id| wanted(*id));
        if let Some(version) = id.and_then(|id| holding(&moment.read.versions, id)).filter(|version| !version.deleted)
            && self.holds(tx, subject, version, parsed).await?
        {
            return Ok(Some(answer(subject, parsed, &Match::Content(version), moment.read.head)));
        }
        let candidates = moment.live_newest_first().into_iter().filter(|version| wanted(version.id)).collect();
        let found = self.find_equivalent(tx, subject, parsed, candidates).await?;
        Ok(found.map(|found| answer(subject, parsed, &found, moment.read.head)))
    }

    async fn require_compatible(
        &self,
        mut tx: Tx,
        subject: &Subject,
        parsed: &Parsed,
        moment: &Moment,
    ) -> Result<(), Error> {
        let rules = self.rules(&moment.in_scope);
        let live: Vec<StoredVersion> =
            moment.read.versions.iter().filter(|version| !version.deleted).copied().collect();
        let history = self.history(&mut tx, subject, &live, &rules).await?;
        drop(tx);
        let messages = judge(parsed, history, rules).await?;
        if messages.is_empty() { Ok(()) } else { Err(Error::Incompatible { subject: subject.clone(), messages }) }
    }
}

fn require_mode(subject: &Subject, submission: &Submission, in_scope: &InScope) -> Result<(), Error> {
    in_scope.refuse_read_only(subject)?;
    let given_id = submission.id.is_some_and(|id| id >= 0);
    match (given_id, in_scope.mode.takes_given_ids()) {
        (true, false) => Err(Error::NotImport { subject: subject.clone() }),
        (false, true) => Err(Error::NotReadWrite { subject: subject.clone() }),
        (true, true) | (false, false) => Ok(()),
    }
}

/// An explicit version must be the next one; an import may give any.
fn chosen_version(submission: &Submission, subject: &Subject, moment: &Moment) -> Result<Version, Error> {
    let version = submission.version.unwrap_or(0);
    match [Some(version), submission.id].into_iter().flatten().find(|number| *number == i32::MAX) {
        Some(last) => Err(Error::LastNumber(last)),
        None if version <= 0 => moment.next_version(subject),
        None if moment.in_scope.mode.takes_given_ids() => Ok(Version(version)),
        None if version == moment.next_version(subject)?.0 => Ok(Version(version)),
        None => Err(Error::InvalidSchema("Version is not one more than previous version".to_owned())),
    }
}
