//! Aliases: a subject whose own configuration names another one stands for it (contract, section 3.8).

use super::{Error, Registry, list::Prefix};
use crate::{
    model::{Context, Subject},
    store::Tx,
};

impl Registry {
    /// The subject that `subject` stands for: itself, or what its own configuration names. One step only, and nothing is
    /// inherited.
    pub async fn aliased(&self, subject: Subject) -> Result<Subject, Error> {
        if subject.is_context() {
            return Ok(subject);
        }
        self.aliased_in(&mut self.read().await?, &subject).await
    }

    /// As [`Registry::aliased`], at the moment that a transaction sees.
    pub(super) async fn aliased_in(&self, tx: &mut Tx, subject: &Subject) -> Result<Subject, Error> {
        if subject.is_context() {
            return Ok(subject.clone());
        }
        let alias = tx.config(subject).await?.and_then(|config| config.alias).filter(|alias| !alias.is_empty());
        Ok(alias.map_or_else(|| subject.clone(), |alias| target(&alias, &subject.context)))
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

/// An alias without a context means the context of the subject that has it.
fn target(alias: &str, context: &Context) -> Subject {
    Subject::resolved_in(alias, context)
}
