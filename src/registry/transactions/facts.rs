//! What a transaction rests on, read from one moment of the database.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::Transaction;
use crate::{
    model::Subject,
    registry::{Error, Registry, alias::target_of, register::Moment},
    store::{Locks, Tx},
};

/// The subjects and keys that a transaction names, directly or by an alias, each as it was at one moment.
#[derive(Debug)]
pub(super) struct Facts {
    moments: BTreeMap<Subject, Moment>,
}

impl Facts {
    /// What was there under a subject that the transaction names.
    pub(super) fn moment(&self, subject: &Subject) -> &Moment {
        self.moments.get(subject).expect("every subject that is named was read")
    }

    /// Whether a version of a subject was there, be it soft-deleted.
    pub(super) fn has(&self, subject: &Subject, version: i32) -> bool {
        let moment = self.moments.get(subject);
        moment.is_some_and(|moment| moment.read.versions.iter().any(|found| found.version.0 == version))
    }

    /// The subject that a name stood for.
    pub(super) fn meant_by(&self, name: &Subject) -> Subject {
        let own = self.moments.get(name).and_then(|moment| moment.own_config(name));
        target_of(name, own)
    }

    /// Nobody else writes under these subjects or changes what reaches them.
    pub(super) fn locks(&self, locks: Locks) -> Locks {
        self.moments.keys().fold(locks, |locks, subject| locks.subject(subject).settings_of(subject))
    }

    pub(super) fn subjects(&self) -> Vec<Subject> {
        self.moments.keys().cloned().collect()
    }
}

impl Registry {
    pub(super) async fn facts_of(&self, tx: &mut Tx, transaction: &Transaction) -> Result<Facts, Error> {
        let expected = &transaction.expectations;
        let named = transaction.operations.iter().map(super::Operation::name);
        let named = named.chain(expected.subjects.iter().map(|(name, _)| name.as_str()));
        let named = named.chain(expected.configs.iter().map(|(name, _)| name.as_str()));
        let named = named.chain(expected.modes.iter().map(|(name, _)| name.as_str()));
        let mut facts = Facts { moments: BTreeMap::new() };
        let names: BTreeSet<Subject> = named.map(Subject::parse).collect();
        self.read_moments(tx, names.clone(), &mut facts).await?;
        let mut meant: BTreeSet<Subject> = names.iter().map(|name| facts.meant_by(name)).collect();
        // An alias may be about to be given.
        meant.extend(transaction.operations.iter().filter_map(super::Operation::new_alias));
        // What is latest now must be so when the transaction is written.
        meant.extend(transaction.operations.iter().flat_map(super::Operation::latest_targets));
        self.read_moments(tx, meant, &mut facts).await?;
        Ok(facts)
    }

    async fn read_moments(&self, tx: &mut Tx, subjects: BTreeSet<Subject>, facts: &mut Facts) -> Result<(), Error> {
        for subject in subjects {
            if let Entry::Vacant(place) = facts.moments.entry(subject) {
                let read = tx.moment(place.key()).await?;
                let in_scope = self.in_scope_of(read.settings.clone(), place.key());
                place.insert(Moment { in_scope, read });
            }
        }
        Ok(())
    }

    /// Whether everything is still as it was.
    pub(super) async fn are_still_so(&self, tx: &mut Tx, facts: &Facts) -> Result<bool, Error> {
        for (subject, moment) in &facts.moments {
            if tx.head(subject).await? != moment.read.head || tx.settings(subject).await? != moment.in_scope.records {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
