//! Finds schemas by id and by guid (contract, sections 6.15 to 6.19).

use super::{Deletion, Error, Found, HighestId, Registry, View, read::stored};
use crate::{
    model::{Context, Guid, SchemaId, Subject, Version},
    store::{Holder, Tx},
};

impl Registry {
    /// The schema that an id names; `subject` is the raw query value that says where to look.
    pub async fn schema(&self, id: SchemaId, subject: &str, view: View, highest: HighestId) -> Result<Found, Error> {
        let mut tx = self.read().await?;
        let unknown = || Error::NamedSchemaNotFound(id.to_string());
        let holder = self.holders_of(&mut tx, id, subject).await?.into_iter().next().ok_or_else(unknown)?;
        let context = holder.subject.context.clone();
        let known = self.content_of(&mut tx, &context, holder.version).await?;
        let highest_id = match highest {
            HighestId::Included => tx.highest_id(&context).await?,
            HighestId::Omitted => None,
        };
        drop(tx);
        let found = Found { highest_id, ..stored(holder.subject, holder.version, &known) };
        self.shown_as_stored(found, &known, &view).await
    }

    /// The subjects that hold an id.
    pub async fn subjects_of(&self, id: SchemaId, subject: &str, deletion: Deletion) -> Result<Vec<Subject>, Error> {
        let mut tx = self.read().await?;
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
        let mut tx = self.read().await?;
        let holders = self.visible_holders(&mut tx, id, subject, deletion).await?;
        Ok(holders.into_iter().map(|holder| (holder.subject, holder.version.version)).collect())
    }

    /// The schema with a content: in the default context, else in the first context that has it.
    pub async fn schema_by_guid(&self, guid: &str, view: View) -> Result<Found, Error> {
        let mut tx = self.read().await?;
        let unknown = || Error::NamedSchemaNotFound(guid.to_owned());
        let (context, id) = places(&mut tx, guid).await?.into_iter().next().ok_or_else(unknown)?;
        let holder = tx.holders(&context, id).await?.into_iter().next().ok_or_else(unknown)?;
        let known = self.content_of(&mut tx, &context, holder.version).await?;
        drop(tx);
        let found = Found { subject: None, version: None, ..stored(holder.subject, holder.version, &known) };
        self.shown_as_stored(found, &known, &view).await
    }

    /// The ids of a content, sorted by context and id.
    pub async fn ids_of_guid(&self, guid: &str) -> Result<Vec<(Context, SchemaId)>, Error> {
        places(&mut self.read().await?, guid).await
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
