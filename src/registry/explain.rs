//! Says where in the texts the reasons of a verdict are.

use std::sync::Arc;

use super::{Error, Explanation, TextPlace, cache::Known, canonicalize::Parsed, check::earlier_of, compute};
use crate::{
    model::{Definition, Version},
    schema::{
        Locator, Place, Schema, Spot,
        compatibility::{self, Candidate, Reason, Rules, Spots},
    },
    store::StoredVersion,
};

/// A schema and the text in which its places are told.
struct Located<'s> {
    schema: &'s Schema,
    locator: Locator<'s>,
    /// The names of the references, by number.
    references: Vec<&'s str>,
}

impl Located<'_> {
    fn place(&self, spot: &Spot) -> Option<TextPlace> {
        let Place { reference, pointer } = self.schema.place(spot)?;
        let reference = match reference {
            None => None,
            Some(number) => Some((*self.references.get(number)?).to_owned()),
        };
        // Of a reference's text the client may have another copy, so lines mean nothing there.
        let position = if reference.is_none() { self.locator.position(&pointer) } else { None };
        Some(TextPlace { reference, pointer, position })
    }
}

/// Compares a schema, posted as `text`, with a history and explains the verdict, away from the threads that serve
/// connections.
pub(super) async fn explain(
    parsed: &Parsed,
    text: String,
    history: Vec<(StoredVersion, Arc<Known>)>,
    rules: Rules,
) -> Result<(Vec<String>, Vec<Explanation>), Error> {
    let parsed = parsed.clone();
    let explained = compute(move || {
        let earlier: Vec<_> = history.iter().map(earlier_of).collect();
        let Parsed { schema, definition, dependencies, .. } = &parsed;
        let candidate = Candidate { schema, metadata: definition.metadata.as_ref() };
        let explained = compatibility::explain(candidate, &earlier, &rules)?;
        let references = dependencies.iter().map(String::as_str).collect();
        let new = Located { schema, locator: Locator::new(definition.kind, &text), references };
        Ok(with_places(explained.messages, explained.reasons, &new, &history))
    });
    explained.await.map_err(|error: crate::schema::TooComplex| Error::InvalidSchema(error.to_string()))
}

fn with_places(
    messages: Vec<String>,
    reasons: Vec<Reason>,
    new: &Located<'_>,
    history: &[(StoredVersion, Arc<Known>)],
) -> (Vec<String>, Vec<Explanation>) {
    // All reasons of a verdict are about one version, or about none.
    let compared = reasons.iter().find_map(|reason| reason.earlier).and_then(|at| history.get(at));
    let old = compared.and_then(|(_, known)| {
        let Definition { kind, text, .. } = &known.stored.definition;
        let references = known.schema.references().iter().map(|reference| reference.name.as_str()).collect();
        Some(Located { schema: known.schema.schema().ok()?, locator: Locator::new(*kind, text), references })
    });
    let version = compared.map(|(version, _)| version.version);
    let explanations = reasons.into_iter().map(|reason| {
        let (direction, spots) = reason.difference.unzip();
        let (new_place, old_place) = match &spots {
            Some(Spots { new: new_spot, old: old_spot }) => {
                (new.place(new_spot), old.as_ref().and_then(|old| old.place(old_spot)))
            }
            None => (None, None),
        };
        Explanation {
            kind: reason.kind,
            version: version.filter(|_| reason.earlier.is_some()),
            direction,
            new: new_place,
            old: old_place,
            description: reason.description,
            message: reason.message,
        }
    });
    (messages, explanations.collect())
}

impl Explanation {
    /// Of a schema that cannot be compared at all.
    pub(super) fn unparsable(why: &str) -> Self {
        Self {
            kind: "INVALID_SCHEMA",
            version: None,
            direction: None,
            new: None,
            old: None,
            description: why.to_owned(),
            message: why.to_owned(),
        }
    }

    /// What is wrong and for whom, as a sentence.
    pub fn sentence(&self) -> String {
        let what = self.description.trim_end_matches('.');
        let Some((direction, Version(version))) = self.direction.zip(self.version) else { return format!("{what}.") };
        let who = match direction {
            crate::schema::Direction::Backward => {
                format!("The new schema cannot read data written with version {version}")
            }
            crate::schema::Direction::Forward => {
                format!("Version {version} cannot read data written with the new schema")
            }
        };
        if what.is_empty() { format!("{who}.") } else { format!("{who}: {what}.") }
    }
}
