//! Finds schemas by id and by guid (contract, sections 6.15 to 6.19).

use std::{future::Future, sync::Arc};

use super::{
    Deletion, Error, Found, HighestId, Registry, StoreError, View,
    cache::{Asked, Known},
    read::stored,
};
use crate::{
    model::{Context, Guid, SchemaId, Subject, Version},
    store::{Holder, Tx},
};

/// Who answers for an id, and its content.
type Identified = (Arc<Holder>, Arc<Known>);

impl Registry {
    /// The schema that an id names; `subject` is the raw query value that says where to look.
    pub async fn schema(&self, id: SchemaId, subject: &str, view: View, highest: HighestId) -> Result<Found, Error> {
        let asked = Asked::Id(subject.to_owned(), id);
        let (holder, known) = self.at_least_from_memory(asked, self.identified(id, subject)).await?;
        let highest_id = match highest {
            HighestId::Included => self.glance().highest_id(&holder.subject.context).await?,
            HighestId::Omitted => None,
        };
        let found = Found { highest_id, ..stored(holder.subject.clone(), holder.version, &known) };
        self.shown_as_stored(found, &known, &view).await
    }

    /// Asks the database, or, if it cannot be asked, repeats the answer that it gave before.
    async fn at_least_from_memory(
        &self,
        asked: Asked,
        ask: impl Future<Output = Result<Identified, Error>>,
    ) -> Result<Identified, Error> {
        let near = self.cache.answered(&asked);
        let outcome = match &near {
            None => ask.await,
            Some(near) if self.store.is_away() => return Ok(near.clone()),
            Some(near) => match tokio::time::timeout(self.options.known_id_patience, ask).await {
                Ok(outcome) => outcome,
                Err(_elapsed) => return Ok(near.clone()),
            },
        };
        match (&outcome, near) {
            (Ok((holder, _)), near) if near.as_ref().is_none_or(|(before, _)| before != holder) => {
                self.cache.answer(asked, holder);
            }
            (Err(Error::Store(StoreError::Unavailable(_))), Some(near)) => return Ok(near),
            (Err(Error::NamedSchemaNotFound(_)), Some(_)) => self.cache.forget(&asked),
            _ => {}
        }
        outcome
    }

    async fn identified(&self, id: SchemaId, subject: &str) -> Result<Identified, Error> {
        // One context is asked by one statement.
        if Subject::parse(subject).is_context() {
            match self.identified_in(&mut self.glance(), id, subject).await {
                // It was deleted between the statements.
                Err(Error::Store(StoreError::Vanished(_))) => {}
                outcome => return outcome,
            }
        }
        self.identified_in(&mut self.read(), id, subject).await
    }

    async fn identified_in(&self, tx: &mut Tx, id: SchemaId, subject: &str) -> Result<Identified, Error> {
        let unknown = || Error::NamedSchemaNotFound(id.to_string());
        let holder = self.holders_of(tx, id, subject).await?.into_iter().next().ok_or_else(unknown)?;
        let known = self.content_of(tx, &holder.subject.context, holder.version).await?;
        Ok((Arc::new(holder), known))
    }

    /// The subjects that hold an id.
    pub async fn subjects_of(&self, id: SchemaId, subject: &str, deletion: Deletion) -> Result<Vec<Subject>, Error> {
        let mut tx = self.read();
        let holders = self.visible_holders(&mut tx, id, subject, deletion).await?;
        Ok(holders.into_iter().map(|holder| holder.subject).collect())
    }

    /// The subjects that hold an id, each with its last written version of it.
    pub async fn versions_of(
        &self,
        id: SchemaId,
        subject: &str,
        deletion: Deletion,
    ) -> Result<Vec<(Subject, Version)>, Error> {
        let mut tx = self.read();
        let holders = self.visible_holders(&mut tx, id, subject, deletion).await?;
        Ok(holders.into_iter().map(|holder| (holder.subject, holder.version.version)).collect())
    }

    /// The schema with a content: in the default context, else in the first context that has it.
    pub async fn schema_by_guid(&self, guid: &str, view: View) -> Result<Found, Error> {
        let ask = async {
            let mut tx = self.read();
            let unknown = || Error::NamedSchemaNotFound(guid.to_owned());
            let (context, id) = places(&mut tx, guid).await?.into_iter().next().ok_or_else(unknown)?;
            let holder = tx.holders(&context, id).await?.into_iter().next().ok_or_else(unknown)?;
            let known = self.content_of(&mut tx, &context, holder.version).await?;
            Ok((Arc::new(holder), known))
        };
        let (holder, known) = self.at_least_from_memory(Asked::Guid(guid.to_owned()), ask).await?;
        let found = Found { subject: None, version: None, ..stored(holder.subject.clone(), holder.version, &known) };
        self.shown_as_stored(found, &known, &view).await
    }

    /// The ids of a content, sorted by context and id.
    pub async fn ids_of_guid(&self, guid: &str) -> Result<Vec<(Context, SchemaId)>, Error> {
        places(&mut self.read(), guid).await
    }

    async fn visible_holders(
        &self,
        tx: &mut Tx,
        id: SchemaId,
        subject: &str,
        deletion: Deletion,
    ) -> Result<Vec<Holder>, Error> {
        let mut holders = self.holders_of(tx, id, subject).await?;
        if holders.is_empty() {
            return Err(Error::SchemaNotFound);
        }
        holders.retain(|holder| deletion == Deletion::Any || holder.live);
        Ok(holders)
    }

    /// Who holds an id, first registered first. The raw `subject` narrows the search: a context to that context, a
    /// qualified name to that subject; an unqualified one is only preferred, in the default context and then in others.
    pub(super) async fn holders_of(&self, tx: &mut Tx, id: SchemaId, subject: &str) -> Result<Vec<Holder>, Error> {
        let wanted = Subject::parse(subject);
        let holders = tx.holders(&wanted.context, id).await?;
        if wanted.is_context() {
            return Ok(holders);
        }
        let (named, others): (Vec<_>, Vec<_>) = holders.into_iter().partition(|holder| holder.subject == wanted);
        if !named.is_empty() || !wanted.context.is_default() {
            return Ok(named);
        }
        for context in self.known_contexts(tx).await? {
            let elsewhere = Subject::new(context, wanted.name());
            let mut holders = tx.holders(&elsewhere.context, id).await?;
            holders.retain(|holder| holder.subject == elsewhere);
            if !holders.is_empty() {
                return Ok(holders);
            }
        }
        Ok(others)
    }
}

/// Where a content is stored: the default context first, the others in UTF-16 order.
async fn places(tx: &mut Tx, guid: &str) -> Result<Vec<(Context, SchemaId)>, Error> {
    let Some(guid) = Guid::parse(guid) else { return Ok(Vec::new()) };
    let mut places = tx.places_of(&guid).await?;
    places.sort();
    Ok(places)
}
