//! Compares what somebody saw who decided on a transaction with what is there.

use super::{Transaction, facts::Facts};
use crate::{
    model::{Config, Subject},
    registry::{Error, Precondition, Registry, precondition::Presence},
};

impl Registry {
    /// Refuses unless everything is as it is expected to be before the first operation.
    pub(super) fn require_expected(&self, transaction: &Transaction, facts: &Facts) -> Result<(), Error> {
        let expected = &transaction.expectations;
        for (name, precondition) in &expected.subjects {
            require_head(name, precondition, facts)?;
        }
        for (name, config) in &expected.configs {
            let key = Subject::parse(name);
            if !self.has_config(&key, config.as_ref(), facts) {
                return Err(Error::ConfigMoved(key));
            }
        }
        for (name, mode) in &expected.modes {
            let key = Subject::parse(name);
            let own = facts.moment(&key).own_mode(&key);
            if own != *mode && own.or(Self::mode_without_record(&key)) != *mode {
                return Err(Error::ModeMoved(key));
            }
        }
        for (index, operation) in transaction.operations.iter().enumerate() {
            require_head(operation.name(), operation.precondition(), facts).map_err(Error::in_operation(index))?;
        }
        Ok(())
    }

    fn has_config(&self, key: &Subject, expected: Option<&Config>, facts: &Facts) -> bool {
        let own = facts.moment(key).own_config(key);
        match expected {
            None => own.is_none(),
            // Compared in the form in which it is read: with the level filled in, and without empty texts.
            Some(expected) => {
                let read = own.cloned().or_else(|| Self::config_without_record(key));
                read.is_some_and(|read| bare(self.filled(read)) == bare(self.filled(expected.clone())))
            }
        }
    }
}

/// The head that is demanded is that of the subject which reads under the name tell.
fn require_head(name: &str, precondition: &Precondition, facts: &Facts) -> Result<(), Error> {
    let subject = facts.meant_by(&Subject::parse(name));
    let moment = facts.moment(&subject);
    precondition.require(&subject, moment.read.head, Presence::of(moment.latest().is_some()))
}

fn bare(mut config: Config) -> Config {
    for text in [&mut config.alias, &mut config.alias_for_deks, &mut config.compatibility_group] {
        if text.as_ref().is_some_and(String::is_empty) {
            *text = None;
        }
    }
    config
}
