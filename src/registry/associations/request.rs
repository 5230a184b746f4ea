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
    Associate(Action, Box<WantedAssociation>),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AssociationType, ResourceName, Subject, TOPIC};

    fn association(association_type: AssociationType, lifecycle: Lifecycle) -> Association {
        Association {
            subject: Subject::parse("s"),
            guid: uuid::Uuid::nil(),
            resource: ResourceName { namespace: "ns".to_owned(), name: "t".to_owned() },
            resource_id: "r".to_owned(),
            resource_type: TOPIC.to_owned(),
            association_type,
            lifecycle,
            frozen: lifecycle.is_frozen(),
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn schemas_are_listed_with_the_associations_that_were_asked_for() {
        use {AssociationType::*, Lifecycle::*};
        let (key, value) = (association(Key, Weak), association(Value, Strong));
        let topic = Some(TOPIC.to_owned());
        for (resource_type, types, lifecycles, associated, unassociated) in [
            (topic.clone(), vec![], vec![], Some(2), None),
            (Some("cluster".to_owned()), vec![], vec![], None, None),
            (Some("cluster".to_owned()), vec![], vec![None], Some(0), Some(0)),
            (None, vec!["key"], vec![], Some(1), None),
            (None, vec!["key", "value"], vec![], Some(2), None),
            (None, vec![], vec![Some(Strong)], Some(1), None),
            (None, vec!["key"], vec![Some(Strong)], None, None),
            (None, vec![], vec![Some(Strong), Some(Weak)], Some(2), None),
            (None, vec![], vec![None], None, Some(0)),
            (topic, vec![], vec![None, Some(Weak)], Some(1), Some(0)),
        ] {
            let association_types = types.into_iter().map(str::to_owned).collect();
            let filter = AssociationFilter { resource_type, association_types, lifecycles };
            let shown = |associations: Vec<Association>| filter.of_schema(associations).map(|shown| shown.len());
            assert_eq!(shown(vec![key.clone(), value.clone()]), associated, "{filter:?}");
            assert_eq!(shown(Vec::new()), unassociated, "{filter:?}");
        }
    }
}
