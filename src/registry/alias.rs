//! Aliases: a subject whose own configuration names another one stands for it (contract, section 3.8).

use super::{Error, Registry, list::Prefix};
use crate::{
    model::{Config, Context, Subject},
    store::{Scoped, Tx},
};

impl Registry {
    /// The subject that `subject` stands for: itself, or what its own configuration names. One step only, and nothing is
    /// inherited.
    pub async fn aliased(&self, subject: Subject) -> Result<Subject, Error> {
        if subject.is_context() {
            return Ok(subject);
        }
        self.aliased_in(&mut self.glance(), &subject).await
    }

    /// As [`Registry::aliased`], at the moment that a transaction sees.
    pub(super) async fn aliased_in(&self, tx: &mut Tx, subject: &Subject) -> Result<Subject, Error> {
        if subject.is_context() {
            return Ok(subject.clone());
        }
        Ok(target_of(subject, tx.config(subject).await?.as_ref()))
    }

    /// The subjects of a prefix that stand for others: each with what it stands for.
    pub(super) async fn aliases(&self, tx: &mut Tx, prefix: &Prefix) -> Result<Vec<(Subject, Subject)>, Error> {
        let configs = tx.configs().await?.into_iter().filter(|(key, _)| !key.is_context() && prefix.matches(key));
        let named = configs.filter_map(|(key, config)| {
            let alias = config.alias.filter(|alias| !alias.is_empty())?;
            let target = target(&alias, &key.context);
            Some((key, target))
        });
        Ok(named.collect())
    }
}

/// What a subject's own configuration names.
fn named_by(config: &Config, subject: &Subject) -> Option<Subject> {
    let alias = config.alias.as_ref().filter(|alias| !alias.is_empty())?;
    (!subject.is_context()).then(|| target(alias, &subject.context))
}

/// The subject that `subject` stands for, if the records that reach it say so.
pub(super) fn alias_among(records: &Scoped, subject: &Subject) -> Option<Subject> {
    let own = records.configs.iter().find(|(key, _)| key == subject);
    own.and_then(|(_, config)| named_by(config, subject))
}

/// The subject that `subject` stands for by its own configuration: itself, or what that names.
pub(super) fn target_of(subject: &Subject, own: Option<&Config>) -> Subject {
    own.and_then(|config| named_by(config, subject)).unwrap_or_else(|| subject.clone())
}

/// An alias without a context means the context of the subject that has it.
fn target(alias: &str, context: &Context) -> Subject {
    Subject::resolved_in(alias, context)
}
