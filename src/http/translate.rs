//! From bodies to what the registry is asked, and from its answers to bodies.

use crate::{
    model::{Association, EntityKind, EntityTags, SchemaId},
    registry::{
        AssociationSet, Conformity, Direction, Explaining, Explanation, Found, ListedSchema, Resource, Retagging,
        Submission, SubmittedReference, TagChanges, TextPlace, Verbosity, Verdict, VersionRecord, WantedAssociation,
    },
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
            tags: TagChanges {
                add: entities(request.schema_tags_to_add),
                remove: entities(request.schema_tags_to_remove),
                propagate: request.propagate_schema_tags.unwrap_or(false),
            },
        }
    }
}

impl From<wire::TagSchemaRequest> for Retagging {
    fn from(request: wire::TagSchemaRequest) -> Self {
        let changes = TagChanges {
            add: entities(request.tags_to_add),
            remove: entities(request.tags_to_remove),
            propagate: false,
        };
        Self {
            new_version: request.new_version,
            changes,
            metadata: request.metadata.map(Into::into),
            rule_set: request.rule_set.map(Into::into),
            rules_to_merge: request.rules_to_merge.map(Into::into),
            rules_to_remove: request.rules_to_remove,
        }
    }
}

fn entities(tags: Vec<wire::SchemaTags>) -> Vec<EntityTags> {
    let entity = |tags: wire::SchemaTags| {
        let wire::SchemaEntity { entity_path, entity_type } = tags.schema_entity.unwrap_or_default();
        let kind = entity_type.map_or(EntityKind::Record, Into::into);
        EntityTags { kind, path: entity_path.unwrap_or_default(), tags: tags.tags }
    };
    tags.into_iter().map(entity).collect()
}

impl From<EntityTags> for wire::SchemaTags {
    fn from(EntityTags { kind, path, tags }: EntityTags) -> Self {
        let entity = wire::SchemaEntity { entity_path: Some(path), entity_type: Some(kind.into()) };
        Self { schema_entity: Some(entity), tags }
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
            schema_tags: found.tags.into_iter().map(Into::into).collect(),
            schema: definition.text,
            ts: found.record.map(|record| record.ts),
            deleted: found.record.map(|record| record.deleted),
            rule_set: definition.rule_set.map(Into::into),
        }
    }
}

impl From<ListedSchema> for wire::ExtendedSchema {
    fn from(listed: ListedSchema) -> Self {
        Self {
            schema: listed.found.into(),
            aliases: listed.aliases.iter().map(ToString::to_string).collect(),
            associations: listed.associations.into_iter().map(Into::into).collect(),
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
            schema_tags: found.tags.into_iter().map(Into::into).collect(),
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

impl From<VersionRecord> for wire::VersionRecord {
    fn from(VersionRecord { version, kind, created_at, created_by }: VersionRecord) -> Self {
        Self {
            version: version.version.0,
            id: version.id.0,
            guid: version.guid.to_string(),
            schema_type: kind,
            deleted: version.deleted,
            ts: version.ts,
            created_at,
            created_by,
        }
    }
}

/// The answer to a check; messages and reasons are written only if asked for.
pub(super) fn verdict(
    verdict: Verdict,
    (verbosity, explaining): (Verbosity, Explaining),
) -> wire::CompatibilityCheckResponse {
    wire::CompatibilityCheckResponse {
        is_compatible: verdict.is_compatible(),
        messages: (verbosity == Verbosity::Verbose).then_some(verdict.messages),
        differences: (explaining == Explaining::Done)
            .then(|| verdict.explanations.into_iter().map(Into::into).collect()),
    }
}

impl From<Explanation> for wire::SchemaDifference {
    fn from(explanation: Explanation) -> Self {
        Self {
            explanation: explanation.sentence(),
            kind: explanation.kind.to_owned(),
            version: explanation.version.map(|version| version.0),
            direction: explanation.direction.map(|direction| match direction {
                Direction::Backward => wire::CheckDirection::Backward,
                Direction::Forward => wire::CheckDirection::Forward,
            }),
            new: explanation.new.map(Into::into),
            old: explanation.old.map(Into::into),
            message: explanation.message,
        }
    }
}

impl From<TextPlace> for wire::SchemaPlace {
    fn from(place: TextPlace) -> Self {
        Self {
            pointer: place.pointer,
            reference: place.reference,
            line: place.position.map(|position| position.line),
            column: place.position.map(|position| position.column),
        }
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

impl From<wire::AssociationCreateOrUpdateInfo> for WantedAssociation {
    fn from(wanted: wire::AssociationCreateOrUpdateInfo) -> Self {
        Self {
            subject: wanted.subject,
            association_type: wanted.association_type,
            lifecycle: wanted.lifecycle,
            frozen: wanted.frozen,
            schema: wanted.schema.map(Into::into),
            normalize: wanted.normalize,
        }
    }
}

/// What a request wants, and for which resource.
pub(super) fn wanted(request: wire::AssociationCreateOrUpdateRequest) -> (Resource, Vec<WantedAssociation>) {
    let resource = Resource {
        name: request.resource_name,
        namespace: request.resource_namespace,
        id: request.resource_id,
        resource_type: request.resource_type,
    };
    (resource, request.associations.into_iter().map(Into::into).collect())
}

impl From<Association> for wire::Association {
    fn from(association: Association) -> Self {
        Self {
            subject: association.subject.to_string(),
            guid: association.guid.to_string(),
            frozen: association.shown_frozen(),
            resource_name: association.resource.name,
            resource_namespace: association.resource.namespace,
            resource_id: association.resource_id,
            resource_type: association.resource_type,
            association_type: association.association_type,
            lifecycle: association.lifecycle,
            create_ts: association.created_at,
            update_ts: association.updated_at,
        }
    }
}

impl From<AssociationSet> for wire::AssociationResponse {
    fn from(set: AssociationSet) -> Self {
        let associations = set.associations.into_iter().map(|(association, schema)| wire::AssociationInfo {
            subject: association.subject.to_string(),
            association_type: association.association_type,
            lifecycle: association.lifecycle,
            frozen: association.shown_frozen(),
            schema: schema.map(Into::into),
        });
        Self {
            resource_name: set.resource.name,
            resource_namespace: set.resource.namespace,
            resource_id: set.resource.id,
            resource_type: set.resource.resource_type,
            associations: associations.collect(),
        }
    }
}
