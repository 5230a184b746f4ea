//! Associations: which subject holds the schemas of a resource's keys or values (contract, section 9).

mod batch;
mod claims;
mod create;
mod delete;
mod facts;
mod list;
mod request;
mod rules;

pub use request::{Action, AssociationFilter, Cascade, LatestSchemas, Rehearsal, Resource, Step, WantedAssociation};

pub(super) use facts::{is_free_to_refer_to, refuse_strongly_associated};

use super::Found;
use crate::model::{Association, AssociationType};
use claims::CheckedResource;

/// A resource with associations, and the schemas that belong to the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationSet {
    /// The resource, as far as it is known.
    pub resource: Resource,
    /// Its associations, each with the schema that was registered or asked for.
    pub associations: Vec<(Association, Option<Found>)>,
}

/// What a request left behind.
#[derive(Debug, Default)]
struct Associated {
    /// The associations that were added or changed.
    written: Vec<Association>,
    /// The schemas that were registered, or were there already.
    schemas: Vec<(AssociationType, Found)>,
}

impl AssociationSet {
    fn new(resource: Resource, associations: Vec<Association>, schemas: &[(AssociationType, Found)]) -> Self {
        let with_schema = |association: Association| {
            let schema = schemas.iter().rev().find(|(part, _)| *part == association.association_type);
            (association, schema.map(|(_, found)| found.clone()))
        };
        Self { resource, associations: associations.into_iter().map(with_schema).collect() }
    }
}

impl CheckedResource {
    /// As answers name it.
    fn shown(&self) -> Resource {
        Resource {
            name: Some(self.resource.name.clone()),
            namespace: Some(self.resource.namespace.clone()),
            id: self.id.clone(),
            resource_type: Some(self.resource_type.clone()),
        }
    }
}
