//! Contexts: which are known, and forgetting one.

use super::{Deletion, Error, Registry};
use crate::{
    model::{Context, Subject},
    store::{ListedSubject, Locks, Tx},
};

impl Registry {
    /// The default context, then the known ones in UTF-16 order, of those that start with `prefix`.
    pub async fn contexts(&self, prefix: &str) -> Result<Vec<Context>, Error> {
        let mut tx = self.read();
        let mut contexts = vec![Context::default_context()];
        contexts.extend(self.known_contexts(&mut tx).await?);
        contexts.retain(|context| context.as_str().starts_with(prefix));
        Ok(contexts)
    }

    /// Forgets a context that has no subject, not even a soft-deleted one; an unknown one is fine.
    pub async fn delete_context(&self, context: &Context) -> Result<(), Error> {
        let context = context.clone();
        // Who registers relies on the settings of the context.
        let locks = Locks::new().change_settings(&Subject::of_context(context.clone()));
        self.store
            .write(locks, move |tx| {
                Box::pin(async move {
                    if !tx.subjects(Some(&context)).await?.is_empty() {
                        return Err(Error::ContextNotEmpty(context));
                    }
                    Ok(tx.forget_context(&context).await?)
                })
            })
            .await
    }

    /// The known contexts besides the default one, in UTF-16 order.
    pub(super) async fn known_contexts(&self, tx: &mut Tx) -> Result<Vec<Context>, Error> {
        let mut contexts = tx.known_contexts().await?;
        contexts.sort();
        Ok(contexts)
    }

    /// The stored subjects that a settings key reaches (contract, section 3.5), ascending.
    pub(super) async fn reached_by(&self, tx: &mut Tx, key: &Subject) -> Result<Vec<ListedSubject>, Error> {
        let mut subjects = match key {
            key if key.is_none() || (key.is_context() && key.context.is_global()) => tx.subjects(None).await?,
            key if key.is_context() => tx.subjects(Some(&key.context)).await?,
            key => tx.subject(key).await?.into_iter().collect(),
        };
        subjects.sort_by(|one, two| one.subject.cmp(&two.subject));
        Ok(subjects)
    }

    /// Whether a name matches a subject that has versions; the name of a context matches everything in it.
    pub(super) async fn exists(&self, tx: &mut Tx, name: &Subject, deletion: Deletion) -> Result<bool, Error> {
        let subjects = if name.is_context() && !name.context.is_global() {
            tx.subjects(Some(&name.context)).await?
        } else if name.is_context() {
            tx.subjects(None).await?
        } else {
            tx.subject(name).await?.into_iter().collect()
        };
        Ok(subjects.iter().any(|listed| deletion != Deletion::Live || listed.live))
    }

    pub(super) async fn not_found(&self, tx: &mut Tx, name: &Subject, deletion: Deletion, otherwise: Error) -> Error {
        match self.exists(tx, name, deletion).await {
            Ok(true) => otherwise,
            Ok(false) => Error::SubjectNotFound(name.clone()),
            Err(error) => error,
        }
    }
}
