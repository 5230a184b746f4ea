//! What a decision about associations rests on, read from one moment of the database; equal facts give equal decisions.

use super::{
    Action, Rehearsal,
    claims::{CheckedResource, Claim, invalid, refuse_repeated_types},
};
use crate::{
    model::{Association, Context, Lifecycle, Subject, Version},
    registry::{Error, Registry, settings::InScope},
    store::{Target, Tx},
};

/// A request whose claims make sense by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) action: Action,
    pub(super) rehearsal: Rehearsal,
    /// Where subjects lie that name no context.
    pub(super) context: Context,
    pub(super) resource: CheckedResource,
    pub(super) claims: Vec<Claim>,
}

/// What the database says about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// Every association that the resource has, in the order of lists.
    pub(super) stored: Vec<Association>,
    /// One for each claim.
    pub(super) places: Vec<Place>,
}

/// The subject of a claim and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) subject: Subject,
    /// What was named, if another subject stands for it.
    pub(super) alias: Option<Subject>,
    pub(super) in_scope: InScope,
    /// Moves with every write under the subject.
    pub(super) head: i64,
    /// The highest live version.
    pub(super) latest: Option<Version>,
    /// Every association of the subject.
    pub(super) neighbours: Vec<Association>,
    /// Whether a schema refers to it, be it soft-deleted.
    pub(super) referenced: bool,
}

impl Place {
    pub(super) fn takes_given_ids(&self) -> bool {
        self.in_scope.mode.takes_given_ids()
    }
}

impl Facts {
    /// The association that the resource has of a claim's type.
    pub(super) fn existing(&self, claim: &Claim) -> Option<&Association> {
        self.stored.iter().find(|stored| stored.association_type == claim.association_type)
    }
}

/// The context that a query names: `:.ctx:`, `.ctx` and `ctx` are the same; the empty text is the default context.
pub(super) fn context_named(text: &str) -> Result<Context, Error> {
    if text.chars().any(char::is_control) {
        return Err(invalid("context", "must not have control characters"));
    }
    let name = text.strip_prefix(':').unwrap_or(text);
    let dot = if name.starts_with('.') { "" } else { "." };
    Ok(Subject::parse(&format!(":{dot}{name}")).context)
}

/// A subject that names no context lies in `context`, as below `/contexts/{context}`.
fn qualified(subject: &str, context: &Context) -> Subject {
    let named = Subject::parse(subject);
    if subject.starts_with(":.") || subject.starts_with(":*:") { named } else { Subject::new(context.clone(), subject) }
}

impl Registry {
    /// Reads the facts; names that make no sense together are refused on the way (steps 1 to 3).
    pub(super) async fn facts(&self, tx: &mut Tx, request: &Request) -> Result<Facts, Error> {
        let mut named = Vec::new();
        for claim in &request.claims {
            let Some(subject) = &claim.subject else {
                named.push(None);
                continue;
            };
            let given = qualified(subject, &request.context);
            let subject = self.aliased_in(tx, &given).await?;
            let in_scope = self.in_scope(tx, &subject).await?;
            refuse_read_only(&subject, &in_scope)?;
            named.push(Some((subject, given)));
        }
        refuse_repeated_types(request.claims.iter().map(|claim| claim.association_type))?;
        let stored = self.stored(tx, request).await?;
        let mut facts = Facts { stored, places: Vec::new() };
        for (claim, named) in request.claims.iter().zip(named) {
            let place = match (named, facts.existing(claim)) {
                (Some((subject, given)), _) => {
                    let alias = (given != subject).then_some(given);
                    self.place(tx, subject, alias).await?
                }
                (None, Some(existing)) => self.place(tx, existing.subject.clone(), None).await?,
                (None, None) => {
                    let default = request.resource.resource.default_subject(claim.association_type);
                    self.place(tx, default, None).await?
                }
            };
            facts.places.push(place);
        }
        Ok(facts)
    }

    /// What the resource has already; a rehearsal without an id means the resource that had the name last.
    async fn stored(&self, tx: &mut Tx, request: &Request) -> Result<Vec<Association>, Error> {
        let CheckedResource { resource, id, resource_type } = &request.resource;
        let mut stored = match (id, request.action) {
            (Some(id), _) => tx.associations_of_resource(id).await?,
            (None, Action::Create) => tx.associations_of_name(Some(&resource.namespace), Some(&resource.name)).await?,
            (None, Action::Upsert) => Vec::new(),
        };
        stored.retain(|stored| stored.resource_type == *resource_type);
        let latest = stored.iter().max_by_key(|stored| stored.updated_at).map(|stored| stored.resource_id.clone());
        stored.retain(|stored| Some(&stored.resource_id) == latest.as_ref());
        Ok(stored)
    }

    async fn place(&self, tx: &mut Tx, subject: Subject, alias: Option<Subject>) -> Result<Place, Error> {
        Ok(Place {
            in_scope: self.in_scope(tx, &subject).await?,
            head: tx.head(&subject).await?,
            latest: tx.latest(&subject).await?.map(|latest| latest.version),
            neighbours: tx.associations_of_subject(&subject).await?,
            referenced: tx.is_referenced(&subject).await?,
            alias,
            subject,
        })
    }
}

/// As [`InScope::refuse_read_only`], in the words of this section: the bare name, and the context as such.
pub(super) fn refuse_read_only(subject: &Subject, in_scope: &InScope) -> Result<(), Error> {
    if in_scope.mode.is_read_only() { Err(Error::AssociatedReadOnly { subject: subject.clone() }) } else { Ok(()) }
}

/// Refuses references to subjects that belong to a resource alone.
pub(in crate::registry) async fn refuse_strongly_associated(tx: &mut Tx, targets: &[Target]) -> Result<(), Error> {
    match strongly_associated(tx, targets).await? {
        Some(target) => Err(Error::NotReferable(target.clone())),
        None => Ok(()),
    }
}

/// Whether a schema may refer to these subjects: none of them belongs to a resource alone.
pub(in crate::registry) async fn is_free_to_refer_to(tx: &mut Tx, targets: &[Target]) -> Result<bool, Error> {
    Ok(strongly_associated(tx, targets).await?.is_none())
}

async fn strongly_associated<'t>(tx: &mut Tx, targets: &'t [Target]) -> Result<Option<&'t Subject>, Error> {
    for Target { subject, .. } in targets {
        let associations = tx.associations_of_subject(subject).await?;
        if associations.iter().any(|association| association.lifecycle == Lifecycle::Strong) {
            return Ok(Some(subject));
        }
    }
    Ok(None)
}
