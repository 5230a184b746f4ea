//! What is asked about associations: values without protocol, nothing of them checked.

use crate::{
    model::{Association, Lifecycle},
    registry::Submission,
};

/// A resource as a client names it; every part may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resource {
    /// Its name.
    pub name: Option<String>,
    /// The space of names.
    pub namespace: Option<String>,
    /// Its id.
    pub id: Option<String>,
    /// What it is (`resourceType`).
    pub resource_type: Option<String>,
}

/// An association as a client wants it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedAssociation {
    /// The subject; none means the resource's own.
    pub subject: Option<String>,
    /// `key` or `value`; none means `value`.
    pub association_type: Option<String>,
    /// How closely the subject shall belong to the resource.
    pub lifecycle: Option<Lifecycle>,
    /// Whether it shall be frozen.
    pub frozen: Option<bool>,
    /// A schema to be registered under the subject.
    pub schema: Option<Submission>,
    /// Whether that schema is brought to its normal form.
    pub normalize: Option<bool>,
}

/// What becomes of associations that a resource has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// They must be as wanted.
    Create,
    /// They are changed, as far as they may be.
    Upsert,
}

/// One step of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Adds or changes an association.
    Associate(Action, WantedAssociation),
    /// Removes an association.
    Dissociate {
        /// `key` or `value`; none means `value`.
        association_type: Option<String>,
        /// What else goes.
        cascade: Cascade,
    },
}

/// What a removed association takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cascade {
    /// Nothing; frozen associations stay.
    #[default]
    None,
    /// The subject, if it belongs to the resource alone (`cascadeLifecycle=true`).
    Subject,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rehearsal {
    /// It is.
    #[default]
    Off,
    /// Only the checks are made (`dryRun=true`).
    On,
}

/// Whether each subject's latest schema is wanted too (`includeSchemas`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LatestSchemas {
    /// It is not.
    #[default]
    Omitted,
    /// It is.
    Included,
}

/// Which associations are wanted; what is empty or none does not narrow the search.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AssociationFilter {
    /// What the resource is.
    pub resource_type: Option<String>,
    /// Their types.
    pub association_types: Vec<String>,
    /// Their lifecycles; in a list of schemas, none stands for schemas without associations.
    pub lifecycles: Vec<Option<Lifecycle>>,
}

impl AssociationFilter {
    /// Whether an association is wanted.
    pub(in crate::registry) fn selects(&self, association: &Association) -> bool {
        self.names(association)
            && (self.lifecycles.is_empty() || self.lifecycles.contains(&Some(association.lifecycle)))
    }

    /// The associations that a schema of a list is shown with, given all of its subject's; none if it is not shown.
    pub(in crate::registry) fn of_schema(&self, mut associations: Vec<Association>) -> Option<Vec<Association>> {
        associations.retain(|association| self.names(association));
        if associations.is_empty() {
            return self.lifecycles.contains(&None).then_some(associations);
        }
        associations.retain(|association| self.selects(association));
        (!associations.is_empty()).then_some(associations)
    }

    fn names(&self, association: &Association) -> bool {
        let part = association.association_type.as_str();
        self.resource_type.as_ref().is_none_or(|wanted| *wanted == association.resource_type)
            && (self.association_types.is_empty() || self.association_types.iter().any(|wanted| wanted == part))
    }
}
