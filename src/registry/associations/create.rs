//! Associates a resource with subjects, and registers the schemas that come along (contract, section 9.3).
//!
//! As in a registration, everything that takes long is computed from one moment with no lock held; the write
//! transaction reads the facts again and starts over if they differ. Schemas and associations are written by one
//! transaction, so a crash leaves all of them or none, and repeating the request is safe.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Action, Associated, AssociationSet, Rehearsal, Resource, WantedAssociation,
    claims::{claims, invalid},
    facts::{Facts, Request, context_named},
    rules::{Case, Change, Decision, require_one_lifecycle},
};
use crate::{
    model::{Association, AssociationType, Subject, Version},
    registry::{
        Against, Deletion, Error, Explaining, Found, Registration, Registry, Verbosity, now,
        register::{ATTEMPTS, Prepared, Route, unless_outdated},
    },
    store::{Locks, Tx},
};

/// A request that may be written if the facts are still so.
struct Bond {
    request: Arc<Request>,
    facts: Facts,
    /// One for each claim.
    decisions: Vec<Decision>,
    /// One for each claim; none in a rehearsal.
    schemas: Vec<Option<Prepared>>,
}

impl Registry {
    /// Creates associations that a resource does not have yet; `context` is the raw query value.
    pub async fn create_associations(
        &self,
        resource: Resource,
        wanted: Vec<WantedAssociation>,
        context: &str,
        rehearsal: Rehearsal,
    ) -> Result<AssociationSet, Error> {
        self.associate_all(Action::Create, resource, wanted, context, rehearsal).await
    }

    /// Adds associations to the resource with an id or changes them; the body may repeat the id.
    pub async fn upsert_associations(
        &self,
        id: &str,
        mut resource: Resource,
        wanted: Vec<WantedAssociation>,
        context: &str,
        rehearsal: Rehearsal,
    ) -> Result<AssociationSet, Error> {
        if resource.id.as_ref().is_some_and(|given| !given.is_empty() && given != id) {
            let detail = "Resource ID in the path parameter does not match the resource ID in the request body";
            return Err(invalid("resourceId", detail));
        }
        resource.id = Some(id.to_owned());
        self.associate_all(Action::Upsert, resource, wanted, context, rehearsal).await
    }

    async fn associate_all(
        &self,
        action: Action,
        resource: Resource,
        wanted: Vec<WantedAssociation>,
        context: &str,
        rehearsal: Rehearsal,
    ) -> Result<AssociationSet, Error> {
        let resource = resource.checked(rehearsal)?;
        let claims = claims(&resource.resource, action, wanted)?;
        let head = resource.shown();
        let request = Request { action, rehearsal, context: context_named(context)?, resource, claims };
        let Associated { written, schemas } = self.associate(request).await?;
        Ok(AssociationSet::new(head, written, &schemas))
    }

    /// Carries out a request whose claims make sense by themselves: all of them or none.
    pub(super) async fn associate(&self, request: Request) -> Result<Associated, Error> {
        let request = Arc::new(request);
        let mut turn = None;
        let mut subject = Subject::none();
        for attempt in 0..ATTEMPTS {
            let Some(bond) = unless_outdated(self.bond(request.clone()).await, attempt)? else { continue };
            if let Some(place) = bond.facts.places.first() {
                subject.clone_from(&place.subject);
            }
            if let Some(associated) = self.tie(bond).await? {
                return Ok(associated);
            }
            if turn.is_none() {
                turn = Some(self.turns.of(&subject).await);
            }
        }
        Err(Error::Contended(subject))
    }

    /// Decides a request from one moment and prepares its schemas.
    async fn bond(&self, request: Arc<Request>) -> Result<Bond, Error> {
        let facts = self.facts(&mut self.read(), &request).await?;
        let decisions = self.decisions(&request, &facts).await?;
        for (claim, place) in request.claims.iter().zip(&facts.places) {
            let Some(schema) = claim.schema.clone() else { continue };
            let (against, wanted) = (Against::History, (Verbosity::Brief, Explaining::Skipped));
            let verdict = self.check(&place.subject, against, schema, claim.normalize, wanted).await?;
            if !verdict.is_compatible() {
                return Err(Error::AssociationIncompatible { messages: verdict.messages });
            }
        }
        let mut schemas = Vec::new();
        for (claim, place) in request.claims.iter().zip(&facts.places) {
            let Some(schema) = claim.schema.clone().filter(|_| request.rehearsal == Rehearsal::Off) else {
                schemas.push(None);
                continue;
            };
            let (subject, submission) = self.admitted(&place.subject.to_string(), schema)?;
            let wanted = Registration { submission, normalize: claim.normalize, ..Registration::default() };
            let prepared = self.prepare(Route::Fast, &subject, &wanted).await;
            schemas.push(Some(prepared.map_err(without_subject)?));
        }
        Ok(Bond { request, facts, decisions, schemas })
    }

    async fn decisions(&self, request: &Request, facts: &Facts) -> Result<Vec<Decision>, Error> {
        let Request { action, resource, claims, .. } = request;
        let cases: Vec<Case<'_>> = claims
            .iter()
            .zip(&facts.places)
            .map(|(claim, place)| Case { action: *action, resource, claim, place, existing: facts.existing(claim) })
            .collect();
        let mut decisions = Vec::new();
        for case in &cases {
            let settled = case.settled()?;
            decisions.push(case.decided(settled, self.version_of_schema(case).await?)?);
        }
        require_one_lifecycle(facts, claims, &decisions)?;
        let targets = targets_of_schemas(&cases);
        for (case, decision) in cases.iter().zip(&decisions) {
            case.require_fit(*decision, &targets)?;
        }
        Ok(decisions)
    }

    /// The live version that holds the schema of an association to be created.
    async fn version_of_schema(&self, case: &Case<'_>) -> Result<Option<Version>, Error> {
        let (Action::Create, Some(schema), Some(_)) = (case.action, &case.claim.schema, case.place.latest) else {
            return Ok(None);
        };
        let mut tx = self.read();
        let (subject, normalize) = (&case.place.subject, case.claim.normalize);
        let found = self.lookup_in(&mut tx, subject, schema, normalize, Deletion::Live).await?;
        Ok(found.and_then(|found| found.version))
    }

    /// Writes a bond; none if it has to be made anew.
    async fn tie(&self, bond: Bond) -> Result<Option<Associated>, Error> {
        if bond.request.rehearsal == Rehearsal::On {
            return Ok(Some(Associated::default()));
        }
        if let Some(schemas) = bond.schemas_there() {
            return Ok(Some(Associated { written: Vec::new(), schemas }));
        }
        let (registry, locks, bond) = (self.clone(), bond.locks(), Arc::new(bond));
        self.store.write(locks, move |tx| Box::pin(async move { registry.write_bond(tx, &bond).await })).await
    }

    async fn write_bond(&self, tx: &mut Tx, bond: &Bond) -> Result<Option<Associated>, Error> {
        if self.facts(tx, &bond.request).await? != bond.facts {
            return Ok(None);
        }
        // All plans are looked at before the first is carried out: what is written stays written.
        for schema in &bond.schemas {
            if let Some(Prepared::Planned(plan)) = schema
                && !self.stands(tx, plan).await?
            {
                return Ok(None);
            }
        }
        let mut associated = Associated::default();
        for (claim, schema) in bond.request.claims.iter().zip(&bond.schemas) {
            let found = match schema {
                Some(Prepared::There(found)) => Found::clone(found),
                Some(Prepared::Planned(plan)) => plan.found(self.carry_out(tx, plan).await?, Rehearsal::Off),
                None => continue,
            };
            associated.schemas.push((claim.association_type, found));
        }
        associated.written = bond.associations(now());
        for association in &associated.written {
            tx.put_association(association).await?;
        }
        Ok(Some(associated))
    }
}

impl Bond {
    /// The associations that are added or changed.
    fn associations(&self, now: i64) -> Vec<Association> {
        let Request { resource, claims, .. } = &*self.request;
        let decided = claims.iter().zip(&self.facts.places).zip(&self.decisions);
        let written = decided.filter(|(_, decision)| decision.change != Change::Kept);
        written
            .map(|((claim, place), decision)| {
                let existing = self.facts.existing(claim);
                Association {
                    subject: place.subject.clone(),
                    guid: existing.map_or_else(Uuid::new_v4, |existing| existing.guid),
                    resource: resource.resource.clone(),
                    resource_id: resource.id.clone().unwrap_or_default(),
                    resource_type: resource.resource_type.clone(),
                    association_type: claim.association_type,
                    lifecycle: decision.lifecycle,
                    frozen: decision.frozen,
                    created_at: existing.map_or(now, |existing| existing.created_at),
                    updated_at: now,
                }
            })
            .collect()
    }

    /// The schemas of a request that changes nothing.
    fn schemas_there(&self) -> Option<Vec<(AssociationType, Found)>> {
        if self.decisions.iter().any(|decision| decision.change != Change::Kept) {
            return None;
        }
        let schemas = self.request.claims.iter().zip(&self.schemas);
        let there = schemas.filter_map(|(claim, schema)| match schema.as_ref()? {
            Prepared::There(found) => Some(Some((claim.association_type, Found::clone(found)))),
            Prepared::Planned(_) => Some(None),
        });
        there.collect()
    }

    /// Nobody else associates the resource; nobody writes or deletes under the subjects, or refers to them.
    fn locks(&self) -> Locks {
        let resource = &self.request.resource;
        let mut locks = Locks::new().resource(&resource.resource_type, resource.id.as_deref().unwrap_or_default());
        for place in &self.facts.places {
            locks = locks.subject(&place.subject).settings_of(&place.subject);
            if let Some(alias) = &place.alias {
                locks = locks.settings_of(alias);
            }
        }
        for schema in self.schemas.iter().flatten() {
            if let Prepared::Planned(plan) = schema {
                locks = plan.locks(locks);
            }
        }
        locks
    }
}

/// Every subject that a schema of the request refers to.
fn targets_of_schemas(cases: &[Case<'_>]) -> Vec<Subject> {
    let schemas = cases.iter().filter_map(|case| case.claim.schema.as_ref().map(|schema| (schema, case.place)));
    let targets = schemas.flat_map(|(schema, place)| {
        let named = schema.references.iter().filter_map(|reference| reference.subject.as_ref());
        named.map(|name| Subject::resolved_in(name, &place.subject.context))
    });
    targets.collect()
}

/// Here a verdict is told without the subject (contract, section 5).
fn without_subject(error: Error) -> Error {
    match error {
        Error::Incompatible { messages, .. } => Error::AssociationIncompatible { messages },
        error => error,
    }
}
