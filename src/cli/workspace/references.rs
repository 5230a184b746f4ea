//! Finds out which file, or which subject of the registry, a mention means.

use std::collections::HashMap;

use super::{Configuration, LocalReference, LocalSchema, Target, Workspace};
use crate::{model::SchemaKind, schema::Mention};

/// Gives every schema its references.
pub(super) fn resolve(workspace: &mut Workspace, configuration: &Configuration) {
    let index = Index::of(&workspace.schemas);
    let resolved: Vec<Vec<LocalReference>> = workspace
        .schemas
        .iter()
        .enumerate()
        .map(|(at, schema)| references(&workspace.schemas, at, schema, &index, configuration))
        .collect();
    for (schema, references) in workspace.schemas.iter_mut().zip(resolved) {
        schema.references = references;
    }
}

/// Where declared names and files are, by language.
struct Index {
    names: HashMap<(SchemaKind, String), usize>,
    files: HashMap<String, usize>,
}

impl Index {
    fn of(schemas: &[LocalSchema]) -> Self {
        let mut names = HashMap::new();
        // The names of roots come first: a nested type may be declared in several files.
        for (at, schema) in schemas.iter().enumerate() {
            if let Some(name) = schema.mentions.declared.first() {
                names.entry((schema.kind, name.clone())).or_insert(at);
            }
        }
        for (at, schema) in schemas.iter().enumerate() {
            for name in &schema.mentions.declared {
                names.entry((schema.kind, name.clone())).or_insert(at);
            }
        }
        Self { names, files: schemas.iter().enumerate().map(|(at, schema)| (schema.file.clone(), at)).collect() }
    }

    fn find(&self, schemas: &[LocalSchema], schema: &LocalSchema, mention: &Mention) -> Option<usize> {
        let named = |name: &String| self.names.get(&(schema.kind, name.clone())).copied();
        let by_name = named(&mention.name).or_else(|| mention.otherwise.as_ref().and_then(named));
        match schema.kind {
            SchemaKind::Avro => by_name,
            SchemaKind::Json => by_name.or_else(|| self.files.get(&beside(&schema.file, &mention.name)).copied()),
            SchemaKind::Protobuf => {
                let exact = [&mention.name, &beside(&schema.file, &mention.name)];
                let exact = exact.into_iter().find_map(|file| self.files.get(file)).copied();
                exact.or_else(|| nearest(schemas, schema, &mention.name))
            }
        }
    }
}

/// A path that is relative to the folder of `file`.
fn beside(file: &str, path: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The file whose path ends with an import, as below any import root; of several the one that shares most folders.
fn nearest(schemas: &[LocalSchema], schema: &LocalSchema, import: &str) -> Option<usize> {
    let ending = format!("/{import}");
    let shared = |file: &str| file.split('/').zip(schema.file.split('/')).take_while(|(one, two)| one == two).count();
    let candidates = schemas.iter().enumerate().filter(|(_, candidate)| candidate.file.ends_with(&ending));
    // The first of several that are equally near: the order of the files is fixed.
    candidates.rev().max_by_key(|(_, candidate)| shared(&candidate.file)).map(|(at, _)| at)
}

fn references(
    schemas: &[LocalSchema],
    own: usize,
    schema: &LocalSchema,
    index: &Index,
    configuration: &Configuration,
) -> Vec<LocalReference> {
    let declared = configuration.subjects.get(&schema.subject).map(|declared| &declared.references);
    let mut found: Vec<LocalReference> = Vec::new();
    for mention in &schema.mentions.used {
        let registered = declared.and_then(|references| references.get(&mention.name));
        let target = match (registered, index.find(schemas, schema, mention)) {
            (Some((subject, version)), _) => Target::Registered { subject: subject.clone(), version: *version },
            (None, Some(at)) if at == own => continue,
            (None, Some(at)) => Target::Local(at),
            (None, None) => Target::Unknown,
        };
        let name = match &target {
            // One text must come once only, so it goes by one name: that of its root.
            Target::Local(at) if schema.kind == SchemaKind::Avro => schemas[*at].mentions.declared.first(),
            _ => None,
        };
        let name = name.unwrap_or(&mention.name).clone();
        if found.iter().all(|reference| reference.name != name) {
            found.push(LocalReference { name, at: mention.at, target });
        }
    }
    found
}
