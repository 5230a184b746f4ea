//! Modes: read, change, and the purge that makes room for an import.

use super::{Care, Error, Lookup, Reach, Registry, settings::record};
use crate::{
    model::{Mode, Subject},
    store::{Locks, Tx},
};

/// What a change of mode is about to store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Cleared,
    Set(Mode),
}

impl Registry {
    /// The mode of a subject, a context, or (under [`Subject::none`]) the registry.
    pub async fn mode(&self, subject: &Subject, lookup: Lookup) -> Result<Option<Mode>, Error> {
        let mut tx = self.read();
        let in_scope = self.in_scope(&mut tx, subject).await?;
        if lookup == Lookup::InScope {
            return Ok(Some(in_scope.mode));
        }
        let mode = own(&in_scope.records.modes, subject).or(Self::mode_without_record(subject));
        mode.map(Some).ok_or_else(|| Error::SubjectHasNoMode(subject.clone()))
    }

    /// What is read under a key that has no mode of its own.
    pub(super) fn mode_without_record(key: &Subject) -> Option<Mode> {
        (key.is_none() || key.context.is_global()).then_some(Mode::ReadWrite)
    }

    /// Sets a mode by its text, or (without one) clears it; `subject` is the raw name, none for the registry's own.
    pub async fn change_mode(&self, subject: Option<&str>, mode: Option<&str>, care: Care) -> Result<(), Error> {
        let key = Self::settings_key(subject)?;
        let wanted = self.admitted_mode(&key, mode)?;
        let registry = self.clone();
        let locks = Locks::new().settings_of(&key).change_settings(&key);
        self.store
            .write(locks, move |tx| Box::pin(async move { registry.change_mode_in(tx, &key, wanted, care).await }))
            .await
    }

    /// What a text asks for, if modes may be changed at all.
    pub(super) fn admitted_mode(&self, key: &Subject, mode: Option<&str>) -> Result<Wanted, Error> {
        let wanted = match mode {
            None => Wanted::Cleared,
            Some(text) => Wanted::Set(Mode::parse(text).ok_or(Error::InvalidMode)?),
        };
        // Only the upper-case spelling is caught, as in the reference.
        if mode == Some(Mode::Forward.as_str()) && !(key.context.is_global() && key.is_context()) {
            return Err(Error::ForwardIsGlobal);
        }
        self.require_mutable_modes()?;
        Ok(wanted)
    }

    /// Changes within a write that holds the key.
    pub(super) async fn change_mode_in(
        &self,
        tx: &mut Tx,
        key: &Subject,
        wanted: Wanted,
        care: Care,
    ) -> Result<(), Error> {
        let before = self.in_scope(tx, key).await?.mode;
        if wanted == Wanted::Set(Mode::Import) && before != Mode::Import && care == Care::Checked {
            self.make_room_for_import(tx, key).await?;
        }
        match wanted {
            Wanted::Set(mode) => tx.put_mode(key, mode).await?,
            Wanted::Cleared => tx.delete_mode(key).await?,
        }
        Ok(())
    }

    /// Removes a mode and answers what it was.
    pub async fn delete_mode(&self, subject: &Subject, reach: Reach) -> Result<Option<Mode>, Error> {
        self.require_mutable_modes()?;
        let key = subject.clone();
        let registry = self.clone();
        let locks = Locks::new().change_settings(&key);
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    let records = registry.in_scope(tx, &key).await?.records;
                    let before = own(&records.modes, &key);
                    if reach == Reach::Own && before.is_none() {
                        return if key.is_none() {
                            Ok(Some(Mode::ReadWrite))
                        } else {
                            Err(Error::SubjectNotFound(key))
                        };
                    }
                    tx.delete_mode(&key).await?;
                    if reach == Reach::Recursive && key.is_context() {
                        tx.delete_subject_modes(&key.context).await?;
                    }
                    Ok(before)
                })
            })
            .await
    }

    fn require_mutable_modes(&self) -> Result<(), Error> {
        if self.options.mode_mutability { Ok(()) } else { Err(Error::ModeIsFixed) }
    }

    /// An import needs a place without live subjects; what is soft-deleted there is removed for good.
    async fn make_room_for_import(&self, tx: &mut Tx, key: &Subject) -> Result<(), Error> {
        let subjects = self.reached_by(tx, key).await?;
        if subjects.iter().any(|listed| listed.live) {
            return Err(Error::ImportNeedsNoSubjects);
        }
        for listed in subjects {
            tx.hold_contents(&listed.subject).await?;
            for version in tx.versions(&listed.subject).await? {
                if !tx.referrers(&listed.subject, version.version).await?.is_empty() {
                    return Err(Error::Referenced(listed.subject, version.version));
                }
                tx.remove_version(&listed.subject, version).await?;
            }
            tx.advance_head(&listed.subject).await?;
        }
        Ok(())
    }
}

fn own(records: &[(Subject, Mode)], key: &Subject) -> Option<Mode> {
    record(records, key).copied()
}
