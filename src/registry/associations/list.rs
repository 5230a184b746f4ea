//! Lists associations by subject, by resource id and by resource name (contract, sections 9.1 and 9.5).

use super::{AssociationFilter, AssociationSet, LatestSchemas, Resource};
use crate::{
    model::{Association, Subject},
    registry::{Error, Found, Registry, read::stored},
    store::Tx,
};

/// In the place of a namespace or a name: any.
const ANY: &str = "-";

impl Registry {
    /// The associations of a subject, which is matched as it is written: a name that is printed otherwise has none.
    pub async fn associations_of_subject(
        &self,
        subject: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Association>, Error> {
        let mut tx = self.read();
        let named = Subject::parse(subject);
        let target = self.aliased_in(&mut tx, &named).await?;
        if target == named && named.to_string() != subject {
            return Ok(Vec::new());
        }
        Ok(selected(tx.associations_of_subject(&target).await?, filter))
    }

    /// The associations of a resource id.
    pub async fn associations_of_resource(
        &self,
        resource_id: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Association>, Error> {
        let mut tx = self.read();
        Ok(selected(tx.associations_of_resource(resource_id).await?, filter))
    }

    /// The associations of the resources with a name; `-` in the place of a namespace or a name means any.
    pub async fn associations_of_name(
        &self,
        namespace: &str,
        name: &str,
        filter: &AssociationFilter,
    ) -> Result<Vec<Association>, Error> {
        let mut tx = self.read();
        named(&mut tx, namespace, name, filter).await
    }

    /// The associations of a resource that is named by its id, or else by its name and namespace.
    pub async fn association_set(
        &self,
        resource: Resource,
        filter: &AssociationFilter,
        schemas: LatestSchemas,
    ) -> Result<AssociationSet, Error> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut tx = self.read();
        let associations = match (given(&resource.id), given(&resource.name), given(&resource.namespace)) {
            (Some(id), ..) => selected(tx.associations_of_resource(&id).await?, filter),
            (None, Some(name), Some(namespace)) => named(&mut tx, &namespace, &name, filter).await?,
            (None, Some(_), None) => {
                return Err(Error::UnclearResource("resourceNamespace is required when resourceName is specified"));
            }
            (None, None, _) => {
                return Err(Error::UnclearResource("either resourceId or resourceName must be specified"));
            }
        };
        let resource = resource.filled(associations.first());
        let mut shown = Vec::new();
        for association in associations {
            let schema = match schemas {
                LatestSchemas::Included => self.latest_of(&mut tx, &association.subject).await?,
                LatestSchemas::Omitted => None,
            };
            shown.push((association, schema));
        }
        Ok(AssociationSet { resource, associations: shown })
    }

    async fn latest_of(&self, tx: &mut Tx, subject: &Subject) -> Result<Option<Found>, Error> {
        let Some(latest) = tx.latest(subject).await? else { return Ok(None) };
        let known = self.content_of(tx, &subject.context, latest).await?;
        Ok(Some(stored(subject.clone(), latest, &known)))
    }
}

impl Resource {
    /// With what an association of the resource knows besides.
    fn filled(mut self, first: Option<&Association>) -> Self {
        if let Some(first) = first {
            for (own, known) in [
                (&mut self.name, &first.resource.name),
                (&mut self.namespace, &first.resource.namespace),
                (&mut self.id, &first.resource_id),
                (&mut self.resource_type, &first.resource_type),
            ] {
                if own.as_ref().is_none_or(String::is_empty) {
                    *own = Some(known.clone());
                }
            }
        }
        self
    }
}

fn selected(mut associations: Vec<Association>, filter: &AssociationFilter) -> Vec<Association> {
    associations.retain(|association| filter.selects(association));
    associations
}

async fn named(
    tx: &mut Tx,
    namespace: &str,
    name: &str,
    filter: &AssociationFilter,
) -> Result<Vec<Association>, Error> {
    let wanted = |text: &'_ str| (text != ANY).then_some(text.to_owned());
    let (namespace, name) = (wanted(namespace), wanted(name));
    Ok(selected(tx.associations_of_name(namespace.as_deref(), name.as_deref()).await?, filter))
}
