//! From a request to claims that make sense by themselves (contract, section 9.2); the database plays no part.

use super::{Action, Rehearsal, Resource, WantedAssociation};
use crate::{
    model::{AssociationType, Lifecycle, ResourceName, Subject, TOPIC},
    registry::{Error, Normalize, Submission},
};

/// Longest name and namespace of a resource, in UTF-16 units.
const LONGEST_NAME: usize = 256;
/// Longest id of a resource, in characters: as long as PostgreSQL can index. The contract knows no limit.
const LONGEST_ID: usize = 512;

/// A resource whose names were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckedResource {
    pub(super) resource: ResourceName,
    /// Only a rehearsal may do without it.
    pub(super) id: Option<String>,
    pub(super) resource_type: String,
}

/// An association that a resource shall have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// The subject's name as it was given, or the default one.
    pub(super) subject: Option<String>,
    pub(super) association_type: AssociationType,
    pub(super) terms: Terms,
    pub(super) schema: Option<Submission>,
    pub(super) normalize: Normalize,
}

/// How an association binds, as far as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) lifecycle: Option<Lifecycle>,
    pub(super) frozen: Option<bool>,
}

/// A request that is wrong, and where.
pub(super) fn invalid(property: &'static str, detail: impl Into<String>) -> Error {
    Error::InvalidAssociation { property, detail: detail.into() }
}

impl Resource {
    /// Checks names, id and type.
    pub(super) fn checked(self, rehearsal: Rehearsal) -> Result<CheckedResource, Error> {
        let name = checked_name("resourceName", self.name)?;
        let namespace = checked_name("resourceNamespace", self.namespace)?;
        let id = checked_id(self.id, rehearsal)?;
        let resource_type = self.resource_type.filter(|text| !text.is_empty()).unwrap_or_else(|| TOPIC.to_owned());
        if resource_type != TOPIC {
            return Err(invalid("resourceType", "must be 'topic'"));
        }
        Ok(CheckedResource { resource: ResourceName { namespace, name }, id, resource_type })
    }
}

fn checked_name(property: &'static str, name: Option<String>) -> Result<String, Error> {
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| invalid(property, "cannot be null or empty"))?;
    if name.encode_utf16().count() > LONGEST_NAME {
        return Err(invalid(property, format!("exceeds max length of {LONGEST_NAME}")));
    }
    match name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-'))) {
        Some(illegal) => Err(invalid(property, format!("illegal character '{illegal}'"))),
        None => Ok(name),
    }
}

fn checked_id(id: Option<String>, rehearsal: Rehearsal) -> Result<Option<String>, Error> {
    let id = id.filter(|id| !id.is_empty());
    if id.is_none() && rehearsal == Rehearsal::Off {
        return Err(invalid("resourceId", "cannot be null or empty"));
    }
    if id.as_ref().is_some_and(|id| id.chars().count() > LONGEST_ID) {
        return Err(invalid("resourceId", format!("exceeds max length of {LONGEST_ID}")));
    }
    if id.as_ref().is_some_and(|id| id.contains('\0')) {
        return Err(invalid("resourceId", "illegal character '\0'"));
    }
    Ok(id)
}

/// The claims of a request that is no batch.
pub(super) fn claims(
    resource: &ResourceName,
    action: Action,
    wanted: Vec<WantedAssociation>,
) -> Result<Vec<Claim>, Error> {
    if wanted.is_empty() {
        return Err(invalid("associations", "cannot be null or empty"));
    }
    wanted
        .into_iter()
        .map(|mut wanted| {
            refuse_empty_subject(&wanted)?;
            if action == Action::Create {
                complete(&mut wanted)?;
            }
            claim(resource, action, wanted)
        })
        .collect()
}

/// The claim of a batch's step: there the defaults come first.
pub(super) fn claim_of_step(
    resource: &ResourceName,
    action: Action,
    mut wanted: WantedAssociation,
) -> Result<Claim, Error> {
    if action == Action::Create {
        complete(&mut wanted)?;
    }
    refuse_empty_subject(&wanted)?;
    claim(resource, action, wanted)
}

fn refuse_empty_subject(wanted: &WantedAssociation) -> Result<(), Error> {
    let empty = |subject: &String| subject.is_empty() || subject.chars().any(char::is_control);
    if wanted.subject.as_ref().is_some_and(empty) { Err(invalid("subject", "must not be empty")) } else { Ok(()) }
}

fn complete(wanted: &mut WantedAssociation) -> Result<(), Error> {
    let given = Terms { lifecycle: wanted.lifecycle, frozen: wanted.frozen };
    let terms = given.completed(Action::Create, wanted.schema.as_ref())?;
    (wanted.lifecycle, wanted.frozen) = (terms.lifecycle, terms.frozen);
    Ok(())
}

impl Terms {
    /// What a new association is when nothing else is said (rule D of the contract).
    pub(super) fn completed(self, action: Action, schema: Option<&Submission>) -> Result<Self, Error> {
        let lifecycle = match (schema, self.lifecycle) {
            (Some(_), _) if action == Action::Upsert => {
                return Err(invalid(
                    "schema",
                    "cannot be provided when adding an association to an existing topic; an association with a schema must \
                     be created with the topic",
                ));
            }
            (Some(_), Some(Lifecycle::Weak)) => {
                return Err(invalid("lifecycle", "cannot be WEAK when schema is provided"));
            }
            (Some(_), _) if self.frozen == Some(false) => {
                return Err(invalid("frozen", "cannot be false when a schema is provided"));
            }
            (Some(_), _) => Lifecycle::Strong,
            (None, lifecycle) => lifecycle.unwrap_or(Lifecycle::Weak),
        };
        require_frozen(lifecycle, self.frozen.unwrap_or(lifecycle.is_frozen()))?;
        Ok(Self { lifecycle: Some(lifecycle), frozen: Some(lifecycle.is_frozen()) })
    }
}

/// Strong associations are frozen, weak ones are not.
pub(super) fn require_frozen(lifecycle: Lifecycle, frozen: bool) -> Result<(), Error> {
    if frozen == lifecycle.is_frozen() {
        return Ok(());
    }
    Err(invalid("frozen", format!("association with lifecycle of {lifecycle} cannot be frozen={frozen}")))
}

/// The type of an association; none means that of values.
pub(super) fn association_type(text: Option<&str>) -> Result<AssociationType, Error> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(AssociationType::Value),
        Some(text) => {
            AssociationType::parse(text).ok_or_else(|| invalid("associationType", "must be either 'key' or 'value'"))
        }
    }
}

fn claim(resource: &ResourceName, action: Action, wanted: WantedAssociation) -> Result<Claim, Error> {
    let association_type = association_type(wanted.association_type.as_deref())?;
    let default = resource.default_subject(association_type);
    let weak = wanted.lifecycle == Some(Lifecycle::Weak);
    if weak && wanted.schema.is_some() {
        return Err(invalid("lifecycle", "cannot be WEAK when schema is provided"));
    }
    if weak && wanted.frozen == Some(true) {
        return Err(invalid("frozen", "association with lifecycle of WEAK cannot be frozen"));
    }
    let mut subject = wanted.subject;
    if action == Action::Create {
        if weak && subject.is_none() {
            return Err(invalid("subject", "must be provided for WEAK associations"));
        }
        let named = Subject::parse(subject.get_or_insert_with(|| default.to_string()));
        if wanted.frozen == Some(true) {
            require_default(&named, &default)?;
        }
        if weak {
            refuse_default(&named, &default)?;
        }
    }
    Ok(Claim {
        subject,
        association_type,
        terms: Terms { lifecycle: wanted.lifecycle, frozen: wanted.frozen },
        schema: wanted.schema,
        normalize: if wanted.normalize == Some(true) { Normalize::Always } else { Normalize::AsConfigured },
    })
}

/// A frozen association is with the resource's own subject.
pub(super) fn require_default(subject: &Subject, default: &Subject) -> Result<(), Error> {
    if subject == default {
        return Ok(());
    }
    Err(invalid("subject", format!("frozen associations must use subject '{default}'")))
}

/// A weak association is with a subject that does not belong to the resource.
pub(super) fn refuse_default(subject: &Subject, default: &Subject) -> Result<(), Error> {
    if subject != default {
        return Ok(());
    }
    Err(invalid("subject", format!("WEAK associations cannot use subject '{default}'")))
}

/// A type may be meant only once per request.
pub(super) fn refuse_repeated_types(types: impl IntoIterator<Item = AssociationType>) -> Result<(), Error> {
    let mut seen = Vec::new();
    for part in types {
        if seen.contains(&part) {
            let detail = format!("may only appear once per request, but '{part}' appears more than once");
            return Err(invalid("associationType", detail));
        }
        seen.push(part);
    }
    Ok(())
}
