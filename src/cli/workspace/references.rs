//! Finds out which file, or which subject of the registry, a mention means.

use std::collections::HashMap;

use super::{Configuration, LocalReference, LocalSchema, Target, Workspace};
use crate::{
    model::{SchemaKind, Version},
    schema::Mention,
};

/// Gives every schema its references.
pub(super) fn resolve(workspace: &mut Workspace, configuration: &Configuration) {
    let index = Index::of(&workspace.schemas);
    // What locks say comes first: whether a mention is explained by it depends on what the others refer to.
    for at in 0..workspace.schemas.len() {
        workspace.schemas[at].references = index.locked(&workspace.schemas[at]);
    }
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

/// Where declared names, files and locked versions are.
struct Index {
    names: HashMap<(SchemaKind, String), usize>,
    files: HashMap<String, usize>,
    versions: HashMap<(String, i32), usize>,
}

impl Index {
    fn of(schemas: &[LocalSchema]) -> Self {
        let mut names = HashMap::new();
        // An older version is meant only where no other file declares the name; of several, the newest.
        let mut order: Vec<usize> = (0..schemas.len()).collect();
        let age = |at: &usize| schemas[*at].pinned().map_or(i32::MIN, |version| -version.0);
        order.sort_by_key(age);
        // The names of roots come first: a nested type may be declared in several files.
        for &at in &order {
            if let Some(name) = schemas[at].mentions.declared.first() {
                names.entry((schemas[at].kind, name.clone())).or_insert(at);
            }
        }
        for &at in &order {
            for name in &schemas[at].mentions.declared {
                names.entry((schemas[at].kind, name.clone())).or_insert(at);
            }
        }
        let mut versions = HashMap::new();
        for &at in &order {
            // The configuration may have given the file another subject.
            if let Some(locked) = schemas[at].locked.as_ref().filter(|locked| locked.subject == schemas[at].subject) {
                versions.entry((locked.subject.clone(), locked.version)).or_insert(at);
            }
        }
        Self {
            names,
            files: schemas.iter().enumerate().map(|(at, schema)| (schema.file.clone(), at)).collect(),
            versions,
        }
    }

    /// What a file's lock says that it refers to.
    fn locked(&self, schema: &LocalSchema) -> Vec<LocalReference> {
        let Some(locked) = &schema.locked else { return Vec::new() };
        let reference = |reference: &crate::model::Reference| {
            let (subject, version) = locked.aim(reference);
            let target = match self.versions.get(&(subject.clone(), version)) {
                Some(at) => Target::Local(*at),
                None => Target::Registered { subject, version: Some(Version(version)) },
            };
            let mention = schema.mentions.used.iter().find(|mention| is_called(mention, &reference.name));
            let at = mention.map_or(0, |mention| mention.at);
            LocalReference { name: reference.name.clone(), subject: Some(reference.subject.clone()), at, target }
        };
        locked.references.iter().map(reference).collect()
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
    let declared = |name: &String| declared.and_then(|references| references.get(name));
    let untouched = schema.untouched().is_some();
    let mut explained = vec![untouched; schema.mentions.used.len()];
    let mut found: Vec<LocalReference> = Vec::new();
    for reference in &schema.references {
        let means = meanings(schemas, reference, &schema.mentions.used);
        if (untouched || means.contains(&true)) && declared(&reference.name).is_none() {
            found.push(reference.clone());
            explained.iter_mut().zip(means).for_each(|(explained, meant)| *explained |= meant);
        }
    }
    for (mention, explained) in schema.mentions.used.iter().zip(explained) {
        let registered = declared(&mention.name);
        let target = match (registered, index.find(schemas, schema, mention)) {
            (Some((subject, version)), _) => Target::Registered { subject: subject.clone(), version: *version },
            _ if explained => continue,
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
            found.push(LocalReference { name, subject: None, at: mention.at, target });
        }
    }
    found
}

/// Which mentions a reference of a lock explains, itself or by what it leads to.
fn meanings(schemas: &[LocalSchema], reference: &LocalReference, mentions: &[Mention]) -> Vec<bool> {
    let mut explained = vec![false; mentions.len()];
    let mut seen = vec![false; schemas.len()];
    let mut open = vec![reference];
    while let Some(reference) = open.pop() {
        let target = match reference.target {
            Target::Local(at) if !std::mem::replace(&mut seen[at], true) => Some(&schemas[at]),
            _ => None,
        };
        let names = target.into_iter().flat_map(|schema| &schema.mentions.declared).chain([&reference.name]);
        for name in names {
            let explains = mentions.iter().map(|mention| is_called(mention, name));
            explained.iter_mut().zip(explains).for_each(|(explained, explains)| *explained |= explains);
        }
        open.extend(target.into_iter().flat_map(|schema| &schema.references));
    }
    explained
}

fn is_called(mention: &Mention, name: &str) -> bool {
    mention.name == name || mention.otherwise.as_deref() == Some(name)
}
