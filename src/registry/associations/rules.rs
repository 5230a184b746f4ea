//! What may be associated (contract, section 9.3): pure rules over facts that were read from one moment.

use super::{
    Action,
    claims::{CheckedResource, Claim, Terms, invalid, refuse_default, require_default, require_frozen},
    facts::{Facts, Place},
};
use crate::{
    model::{Association, AssociationType, Lifecycle, Subject, Version},
    registry::Error,
};

/// What a claim comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) change: Change,
    pub(super) lifecycle: Lifecycle,
    pub(super) frozen: bool,
}

/// What happens to the association itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// It is added.
    New,
    /// It is as wanted.
    Kept,
    /// It is changed.
    Changed,
}

/// One claim with everything that it is judged by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) action: Action,
    pub(super) resource: &'a CheckedResource,
    pub(super) claim: &'a Claim,
    pub(super) place: &'a Place,
    /// The association of this type that the resource has.
    pub(super) existing: Option<&'a Association>,
}

/// A claim that makes sense together with what is there (step 4, a to f).
#[derive(Debug, Clone, Copy)]
pub(super) struct Settled {
    given: Terms,
    lifecycle: Lifecycle,
    frozen: bool,
}

impl Case<'_> {
    fn default_subject(&self) -> Subject {
        self.resource.resource.default_subject(self.claim.association_type)
    }

    /// Joins what was said with what is there.
    pub(super) fn settled(&self) -> Result<Settled, Error> {
        let Self { action, claim, existing, .. } = *self;
        let given = match (existing, action) {
            (None, Action::Upsert) => claim.terms.completed(action, claim.schema.as_ref())?,
            (Some(_), _) | (None, Action::Create) => claim.terms,
        };
        if claim.subject.is_none() && existing.is_none() && given.lifecycle != Some(Lifecycle::Strong) {
            return Err(invalid("subject", "must be provided for WEAK associations"));
        }
        let lifecycle = given.lifecycle.or(existing.map(|existing| existing.lifecycle));
        let lifecycle = lifecycle.ok_or_else(|| invalid("lifecycle", "lifecycle must be set"))?;
        let default = self.default_subject();
        if lifecycle == Lifecycle::Weak {
            if claim.schema.is_some() {
                return Err(invalid("lifecycle", "cannot be WEAK when schema is provided"));
            }
            refuse_default(&self.place.subject, &default)?;
        }
        let frozen = given.frozen.unwrap_or(existing.is_some_and(|existing| existing.frozen));
        require_frozen(lifecycle, frozen)?;
        if existing.map_or(frozen, |existing| existing.frozen) {
            require_default(&self.place.subject, &default)?;
        }
        Ok(Settled { given, lifecycle, frozen })
    }

    /// Decides a claim (step 4, g to j); `found` is the version that holds the claim's schema.
    pub(super) fn decided(&self, settled: Settled, found: Option<Version>) -> Result<Decision, Error> {
        let Settled { given, lifecycle, frozen } = settled;
        let change = match self.existing {
            None => {
                self.require_room(settled, found)?;
                Change::New
            }
            Some(existing) if is_equivalent(existing, &self.place.subject, given) => {
                if self.action == Action::Create && self.claim.schema.is_some() && found.is_none() {
                    return Err(self.already_exists());
                }
                Change::Kept
            }
            Some(_) if self.action == Action::Create => return Err(self.already_exists()),
            Some(existing) => {
                self.require_changeable(existing, given)?;
                Change::Changed
            }
        };
        Ok(Decision { change, lifecycle, frozen })
    }

    fn already_exists(&self) -> Error {
        let (part, resource) = (self.claim.association_type, self.resource.resource.name.clone());
        Error::AssociationExists { part, resource }
    }

    /// A subject that shall belong to one resource must not have a past; an import brings the past along.
    fn require_room(&self, settled: Settled, found: Option<Version>) -> Result<(), Error> {
        if self.place.takes_given_ids() {
            return Ok(());
        }
        if self.action == Action::Upsert && settled.lifecycle == Lifecycle::Strong {
            let detail =
                "cannot be STRONG when creating an association; STRONG associations must be created with the topic";
            return Err(invalid("lifecycle", detail));
        }
        if !settled.frozen {
            return Ok(());
        }
        if self.claim.schema.is_none() {
            return Err(invalid("schema", "schema must be provided when creating a frozen association"));
        }
        match self.place.latest {
            Some(latest) if !(latest == Version(1) && found == Some(latest)) => {
                let detail = "cannot create a frozen association when schemas already exist in the subject";
                Err(invalid("frozen", detail))
            }
            _ => Ok(()),
        }
    }

    fn require_changeable(&self, existing: &Association, given: Terms) -> Result<(), Error> {
        if given.lifecycle.is_none() && self.claim.schema.is_none() {
            return Err(invalid("lifecycle", "at least lifecycle or schema must be provided for update"));
        }
        let (from, to, default) = (&existing.subject, &self.place.subject, self.default_subject());
        if from != to {
            return Err(invalid(
                "subject",
                format!("subject of association cannot be changed from '{from}' to '{to}'"),
            ));
        }
        if (existing.lifecycle, given.lifecycle) == (Lifecycle::Strong, Some(Lifecycle::Weak)) && *to == default {
            let detail = format!("cannot change to WEAK when subject matches default format '{default}'");
            return Err(invalid("lifecycle", detail));
        }
        if given.frozen.is_some_and(|frozen| frozen != existing.frozen) {
            return Err(invalid("frozen", "frozen attribute of association cannot be changed"));
        }
        refuse_frozen(existing)
    }

    /// Whether the subject can take the association (step 6).
    pub(super) fn require_fit(&self, decision: Decision, posted: &[Subject]) -> Result<(), Error> {
        let Place { subject, latest, neighbours, referenced, .. } = self.place;
        if self.claim.schema.is_some() && self.place.takes_given_ids() {
            let detail = format!("cannot be provided while subject '{subject}' is in IMPORT mode");
            return Err(invalid("schema", detail));
        }
        if self.claim.schema.is_none() && latest.is_none() {
            return Err(Error::NoLiveVersion(subject.clone()));
        }
        let others: Vec<&Association> =
            neighbours.iter().filter(|other| self.existing.is_none_or(|own| own.guid != other.guid)).collect();
        match decision.lifecycle {
            Lifecycle::Strong if !others.is_empty() => Err(Error::SubjectAssociated(subject.clone())),
            Lifecycle::Strong if *referenced || posted.contains(subject) => {
                Err(Error::SubjectReferenced(subject.clone()))
            }
            Lifecycle::Weak if others.iter().any(|other| other.lifecycle == Lifecycle::Strong) => {
                Err(Error::StronglyAssociated(subject.clone()))
            }
            Lifecycle::Strong | Lifecycle::Weak => Ok(()),
        }
    }
}

/// Whether an association is as wanted; what was not said is no difference.
fn is_equivalent(existing: &Association, subject: &Subject, given: Terms) -> bool {
    existing.subject == *subject
        && given.lifecycle.is_none_or(|lifecycle| lifecycle == existing.lifecycle)
        && given.frozen.is_none_or(|frozen| frozen == existing.frozen)
}

/// A frozen association stays as it is.
pub(super) fn refuse_frozen(association: &Association) -> Result<(), Error> {
    if !association.frozen {
        return Ok(());
    }
    Err(Error::AssociationFrozen { part: association.association_type, subject: association.subject.clone() })
}

/// All associations of a resource live and die alike (step 5).
pub(super) fn require_one_lifecycle(facts: &Facts, claims: &[Claim], decisions: &[Decision]) -> Result<(), Error> {
    let mut after: Vec<(AssociationType, Lifecycle)> =
        facts.stored.iter().map(|stored| (stored.association_type, stored.lifecycle)).collect();
    for (claim, decision) in claims.iter().zip(decisions) {
        match after.iter_mut().find(|(part, _)| *part == claim.association_type) {
            Some((_, lifecycle)) => *lifecycle = decision.lifecycle,
            None => after.push((claim.association_type, decision.lifecycle)),
        }
    }
    if after.iter().all(|(_, lifecycle)| Some(*lifecycle) == after.first().map(|(_, first)| *first)) {
        return Ok(());
    }
    let list: Vec<String> = after.iter().map(|(part, lifecycle)| format!("{part}={lifecycle}")).collect();
    let detail = format!("all associations for a resource must have the same lifecycle, but got {}", list.join(", "));
    Err(invalid("lifecycle", detail))
}
