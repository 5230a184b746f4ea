//! From bodies to what the registry is asked, and from its answers to bodies.

use crate::{
    model::SchemaId,
    registry::{Conformity, Found, Submission, SubmittedReference, Verbosity, Verdict},
    wire,
};

impl From<wire::RegisterSchemaRequest> for Submission {
    fn from(request: wire::RegisterSchemaRequest) -> Self {
        let reference =
            |wire::SchemaReference { name, subject, version }| SubmittedReference { name, subject, version };
        Self {
            version: request.version,
            // Clients write -1 for none.
            id: request.id.filter(|id| *id >= 0),
            kind: request.schema_type,
            text: request.schema,
            references: request.references.into_iter().map(reference).collect(),
            metadata: request.metadata.map(Into::into),
            rule_set: request.rule_set.map(Into::into),
        }
    }
}

impl From<Found> for wire::RegisterSchemaResponse {
    fn from(found: Found) -> Self {
        let definition = found.definition;
        Self {
            id: found.id.0,
            version: found.version.map(|version| version.0).filter(|version| *version > 0),
            guid: found.guid.to_string(),
            schema_type: definition.kind,
            references: definition.references.into_iter().map(Into::into).collect(),
            metadata: definition.metadata.map(Into::into),
            rule_set: definition.rule_set.map(Into::into),
            schema: definition.text,
            ts: found.record.map(|record| record.ts),
            deleted: found.record.map(|record| record.deleted),
        }
    }
}

impl From<Found> for wire::Schema {
    fn from(found: Found) -> Self {
        let definition = found.definition;
        Self {
            subject: found.subject.map(|subject| subject.to_string()),
            version: found.version.map(|version| version.0),
            id: found.id.0,
            guid: found.guid.to_string(),
            schema_type: definition.kind,
            references: definition.references.into_iter().map(Into::into).collect(),
            metadata: definition.metadata.map(Into::into),
            schema: definition.text,
            ts: found.record.map(|record| record.ts),
            deleted: found.record.map(|record| record.deleted),
            rule_set: definition.rule_set.map(Into::into),
        }
    }
}

impl From<Found> for wire::SchemaString {
    fn from(found: Found) -> Self {
        let definition = found.definition;
        Self {
            subject: found.subject.map(|subject| subject.to_string()),
            version: found.version.map(|version| version.0),
            guid: found.guid.to_string(),
            schema_type: definition.kind,
            schema: definition.text,
            references: definition.references.into_iter().map(Into::into).collect(),
            metadata: definition.metadata.map(Into::into),
            rule_set: definition.rule_set.map(Into::into),
            max_id: found.highest_id.map(|SchemaId(id)| id),
            ts: found.record.map(|record| record.ts),
            deleted: found.record.map(|record| record.deleted),
        }
    }
}

/// The answer to a check; messages are written only if asked for.
pub(super) fn verdict(verdict: Verdict, verbosity: Verbosity) -> wire::CompatibilityCheckResponse {
    wire::CompatibilityCheckResponse {
        is_compatible: verdict.is_compatible(),
        messages: (verbosity == Verbosity::Verbose).then_some(verdict.messages),
    }
}

impl From<Conformity> for wire::Validation {
    fn from(conformity: Conformity) -> Self {
        let errors = conformity.errors.into_iter().map(|error| wire::ValidationError {
            path: error.path,
            schema_path: error.schema_path,
            message: error.message,
        });
        let errors: Vec<_> = errors.collect();
        Self { conforms: errors.is_empty(), id: conformity.id.0, value: conformity.value, errors }
    }
}
