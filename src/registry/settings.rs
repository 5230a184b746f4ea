//! Settings in scope, and their changes.

use super::{Error, Lookup, Options, Registry, RuleSets};
use crate::{
    model::{Config, ConfigChange, Context, Mode, NameUse, Subject},
    store::{Locks, Scoped, Tx},
};

/// What applies to a subject, with the records that it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InScope {
    /// The configuration; its level is always set.
    pub(super) config: Config,
    /// The mode.
    pub(super) mode: Mode,
    /// The records as they were read.
    pub(super) records: Scoped,
}

/// The record of one key.
pub(super) fn record<'a, T>(records: &'a [(Subject, T)], key: &Subject) -> Option<&'a T> {
    records.iter().find(|(found, _)| found == key).map(|(_, record)| record)
}

/// The first record of the chain (contract, section 7.8): the subject's own, its context's (for the default context
/// the global one), that of `.__GLOBAL`.
fn first_of_chain<'a, T>(records: &'a [(Subject, T)], subject: &Subject) -> Option<&'a T> {
    [subject.clone(), Subject::of_context(subject.context.clone()), Subject::of_context(Context::global())]
        .iter()
        .find_map(|key| record(records, key))
}

impl InScope {
    /// The keys whose records may reach a subject.
    pub(super) fn keys(subject: &Subject) -> [Subject; 4] {
        let context = Subject::of_context(subject.context.clone());
        [subject.clone(), context, Subject::of_context(Context::global()), Subject::none()]
    }

    fn new(records: Scoped, subject: &Subject, options: &Options) -> Self {
        let own = record(&records.configs, subject);
        let found = own.or_else(|| first_of_chain(&records.configs, subject)).cloned().unwrap_or_default();
        let config = match (own, record(&records.configs, &Subject::none())) {
            (Some(_), Some(global)) => found.with_inherited(global),
            _ => found,
        };
        let mode = first_of_chain(&records.modes, subject).copied().unwrap_or(Mode::ReadWrite);
        Self { config: filled(config, options), mode, records }
    }

    /// Whether the server normalises under this subject.
    pub(super) fn normalizes(&self) -> bool {
        self.config.normalize.unwrap_or(false)
    }

    pub(super) fn refuse_read_only(&self, subject: &Subject) -> Result<(), Error> {
        if self.mode.is_read_only() { Err(Error::ReadOnly { subject: subject.clone() }) } else { Ok(()) }
    }
}

/// A record whose level, if unset, is the server's default: levels are not inherited member by member.
fn filled(mut config: Config, options: &Options) -> Config {
    config.compatibility_level = config.compatibility_level.or(Some(options.compatibility_level));
    config
}

impl Registry {
    pub(super) async fn in_scope(&self, tx: &mut Tx, subject: &Subject) -> Result<InScope, Error> {
        Ok(self.in_scope_of(tx.settings(subject).await?, subject))
    }

    /// What applies to a subject that these records reach.
    pub(super) fn in_scope_of(&self, records: Scoped, subject: &Subject) -> InScope {
        InScope::new(records, subject, &self.options)
    }

    /// The configuration of a subject, a context, or (under [`Subject::none`]) the registry; its level is filled in.
    pub async fn config(&self, subject: &Subject, lookup: Lookup) -> Result<Config, Error> {
        let mut tx = self.read();
        let records = tx.settings(subject).await?;
        if lookup == Lookup::InScope {
            return Ok(self.in_scope_of(records, subject).config);
        }
        let own = record(&records.configs, subject).cloned().or_else(|| Self::config_without_record(subject));
        own.map(|config| self.filled(config)).ok_or_else(|| Error::SubjectHasNoConfig(subject.clone()))
    }

    /// What is read under a key that has no configuration of its own.
    pub(super) fn config_without_record(key: &Subject) -> Option<Config> {
        (key.is_none() || key.context.is_global()).then(Config::default)
    }

    /// A configuration in the form in which it is read.
    pub(super) fn filled(&self, config: Config) -> Config {
        filled(config, &self.options)
    }

    /// Changes a configuration member by member and answers the whole record; `subject` is the raw name, none for the
    /// registry's own.
    pub async fn change_config(&self, subject: Option<&str>, change: ConfigChange) -> Result<Config, Error> {
        let change = self.admitted_change(change)?;
        let key = Self::settings_key(subject)?;
        let registry = self.clone();
        let locks = Locks::new().settings_of(&key).change_settings(&key);
        self.store
            .write(locks, move |tx| Box::pin(async move { registry.change_config_in(tx, &key, change).await }))
            .await
    }

    /// What can be said about a change by its rules alone.
    pub(super) fn admitted_change(&self, change: ConfigChange) -> Result<ConfigChange, Error> {
        let change = self.without_dropped_rules(change);
        for rules in [&change.default_rule_set, &change.override_rule_set] {
            if let crate::model::Setting::Set(rules) = rules {
                rules.validate()?;
            }
        }
        Ok(change)
    }

    /// Changes within a write that holds the key.
    pub(super) async fn change_config_in(
        &self,
        tx: &mut Tx,
        key: &Subject,
        change: ConfigChange,
    ) -> Result<Config, Error> {
        let in_scope = self.in_scope(tx, key).await?;
        in_scope.refuse_read_only(key)?;
        let before = record(&in_scope.records.configs, key).cloned().unwrap_or_default();
        let after = before.changed(change);
        tx.put_config(key, &after).await?;
        Ok(after)
    }

    /// Removes a configuration and answers what it was.
    pub async fn delete_config(&self, subject: &Subject) -> Result<Config, Error> {
        let registry = self.clone();
        let key = subject.clone();
        let locks = Locks::new().settings_of(&key).change_settings(&key);
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    let in_scope = registry.in_scope(tx, &key).await?;
                    in_scope.refuse_read_only(&key)?;
                    let before = record(&in_scope.records.configs, &key).cloned();
                    if before.is_none() && !key.is_none() {
                        return Err(Error::SubjectNotFound(key));
                    }
                    tx.delete_config(&key).await?;
                    Ok(filled(before.unwrap_or_default(), &registry.options))
                })
            })
            .await
    }

    /// The key of a settings record by its raw name.
    pub(super) fn settings_key(raw: Option<&str>) -> Result<Subject, Error> {
        let raw = raw.unwrap_or_default();
        let subject = Subject::parse(raw);
        if subject.is_valid(raw, NameUse::Settings) { Ok(subject) } else { Err(Error::InvalidSubject(raw.to_owned())) }
    }

    fn without_dropped_rules(&self, mut change: ConfigChange) -> ConfigChange {
        if self.options.rule_sets == RuleSets::Dropped {
            change.default_rule_set = crate::model::Setting::Keep;
            change.override_rule_set = crate::model::Setting::Keep;
        }
        change
    }
}
