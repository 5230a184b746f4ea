//! Carries out the steps that a batch wants for one resource (contract, section 9.5).

use super::{
    Action, AssociationFilter, AssociationSet, Cascade, Rehearsal, Resource, Step,
    claims::{CheckedResource, Claim, association_type, claim_of_step, invalid, refuse_repeated_types},
    facts::{Request, context_named},
};
use crate::{
    model::{AssociationType, ResourceName},
    registry::{Error, Registry},
};

/// Neighbouring steps of one kind, which are carried out together.
#[derive(Debug)]
enum Run {
    Associate(Action, Vec<Claim>),
    Dissociate(AssociationType, Cascade),
}

impl Registry {
    /// Carries out the steps in their order and answers every association that the resource has then.
    ///
    /// A step that is refused ends the work; what earlier steps wrote stays written. `context` is the raw query value.
    pub async fn mutate_associations(
        &self,
        resource: Resource,
        steps: Vec<Step>,
        context: &str,
        rehearsal: Rehearsal,
    ) -> Result<AssociationSet, Error> {
        let resource = resource.checked(rehearsal)?;
        let runs = runs(&resource.resource, steps)?;
        let context = context_named(context)?;
        let head = resource.shown();
        let mut schemas = Vec::new();
        for run in runs {
            match run {
                Run::Associate(action, claims) => {
                    let (context, resource) = (context.clone(), resource.clone());
                    let request = Request { action, rehearsal, context, resource, claims };
                    schemas.extend(self.associate(request).await?.schemas);
                }
                Run::Dissociate(part, cascade) => self.dissociate(&resource, part, cascade, rehearsal).await?,
            }
        }
        let associations = match &resource.id {
            Some(id) if rehearsal == Rehearsal::Off => {
                let filter = AssociationFilter { resource_type: Some(resource.resource_type), ..Default::default() };
                self.associations_of_resource(id, &filter).await?
            }
            Some(_) | None => Vec::new(),
        };
        Ok(AssociationSet::new(head, associations, &schemas))
    }

    async fn dissociate(
        &self,
        resource: &CheckedResource,
        part: AssociationType,
        cascade: Cascade,
        rehearsal: Rehearsal,
    ) -> Result<(), Error> {
        // A rehearsal may do without an id; then there is nothing that could be removed.
        let Some(id) = &resource.id else { return Err(Error::AssociationNotFound("null".to_owned())) };
        let filter = AssociationFilter {
            resource_type: Some(resource.resource_type.clone()),
            association_types: vec![part.to_string()],
            lifecycles: Vec::new(),
        };
        self.delete_associations(id, &filter, cascade, rehearsal).await
    }
}

/// Checks the steps and joins neighbours that want the same.
fn runs(resource: &ResourceName, steps: Vec<Step>) -> Result<Vec<Run>, Error> {
    if steps.is_empty() {
        return Err(invalid("associations", "cannot be null or empty"));
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut types = Vec::new();
    for step in steps {
        match step {
            Step::Associate(action, wanted) => {
                let claim = claim_of_step(resource, action, *wanted)?;
                types.push(claim.association_type);
                match runs.last_mut() {
                    Some(Run::Associate(last, claims)) if *last == action => claims.push(claim),
                    _ => runs.push(Run::Associate(action, vec![claim])),
                }
            }
            Step::Dissociate { association_type: part, cascade } => {
                let part = association_type(part.as_deref())?;
                types.push(part);
                runs.push(Run::Dissociate(part, cascade));
            }
        }
    }
    refuse_repeated_types(types)?;
    Ok(runs)
}
