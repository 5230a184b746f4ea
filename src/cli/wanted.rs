//! The schemas that a registry is to have: those of the files that the command line names, with what they refer to.

use std::path::{Path, PathBuf};

use super::{
    exit::Exit,
    problems::trouble,
    remote::Failure,
    workspace::{self, Configuration, LoadError, LocalSchema, Root, Target, Workspace},
};
use crate::{
    model::{Metadata, SchemaKind, Version},
    wire::RegisterSchemaRequest,
};

/// A schema that is to be there.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The subject.
    pub(super) subject: String,
    /// The file, relative to the root.
    pub(super) file: String,
    kind: SchemaKind,
    text: String,
    metadata: Option<Metadata>,
    /// What it refers to.
    pub(super) references: Vec<WantedReference>,
}

/// A reference by its name.
#[derive(Debug, Clone)]
pub(super) struct WantedReference {
    /// The name.
    pub(super) name: String,
    /// Where it leads.
    pub(super) aim: Aim,
}

/// Where a reference leads.
#[derive(Debug, Clone)]
pub(super) enum Aim {
    /// To another wanted schema: its place among them, which is before this one.
    Wanted(usize),
    /// To the registry; without a version, to the latest one.
    Registered {
        /// The subject.
        subject: String,
        /// The version.
        version: Option<Version>,
    },
}

impl Wanted {
    /// What is posted, with the references' versions.
    pub(super) fn request(&self, references: Vec<crate::wire::SchemaReference>) -> RegisterSchemaRequest {
        RegisterSchemaRequest {
            // Avro is the default of every registry, and the only word that some know.
            schema_type: (self.kind != SchemaKind::Avro).then(|| self.kind.to_string()),
            schema: Some(self.text.clone()),
            metadata: self.metadata.clone().map(Into::into),
            references,
            ..RegisterSchemaRequest::default()
        }
    }
}

/// Reads the repository around the first path, and keeps what lies below the paths; without paths, everything.
pub(super) fn read(paths: &[PathBuf], named: Option<&Path>) -> Result<(Configuration, Vec<Wanted>), Failure> {
    let from = paths.first().map_or(Path::new("."), |path| if path.is_dir() { path } else { folder_of(path) });
    let (root, configuration, workspace) = workspace::load(from, named)?;
    let chosen = Chosen::of(&root, paths)?;
    let problems: Vec<String> = workspace
        .problems
        .iter()
        .filter(|problem| chosen.has(&problem.file))
        .map(|problem| format!("{}: {}", problem.file, trouble(problem)))
        .collect();
    if !problems.is_empty() {
        return Err(Failure { exit: Exit::Findings, sentences: problems });
    }
    let wanted = wanted(&workspace, &configuration, &chosen);
    Ok((configuration, wanted))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The files that the command line names.
struct Chosen(Option<Vec<String>>);

impl Chosen {
    fn of(root: &Root, paths: &[PathBuf]) -> Result<Self, LoadError> {
        let names: Vec<String> = paths.iter().map(|path| root.relative(path)).collect::<Result<_, _>>()?;
        Ok(Self((!names.is_empty()).then_some(names)))
    }

    fn has(&self, file: &str) -> bool {
        let below = |folder: &String| {
            folder.is_empty() || file == folder || file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        };
        self.0.as_ref().is_none_or(|names| names.iter().any(below))
    }
}

fn wanted(workspace: &Workspace, configuration: &Configuration, chosen: &Chosen) -> Vec<Wanted> {
    let schemas = &workspace.schemas;
    let mut needed: Vec<bool> = schemas.iter().map(|schema| chosen.has(&schema.file)).collect();
    // What is referred to comes before what refers to it, so one way back reaches everything.
    for (at, schema) in schemas.iter().enumerate().rev() {
        if needed[at] {
            locals(schema).for_each(|target| needed[target] = true);
        }
    }
    let mut places = vec![0; schemas.len()];
    let mut wanted = Vec::new();
    for (at, schema) in schemas.iter().enumerate().filter(|(at, _)| needed[*at]) {
        places[at] = wanted.len();
        wanted.push(one(schema, configuration, &places));
    }
    wanted
}

fn locals(schema: &LocalSchema) -> impl Iterator<Item = usize> {
    schema.references.iter().filter_map(|reference| match reference.target {
        Target::Local(at) => Some(at),
        Target::Registered { .. } | Target::Unknown => None,
    })
}

fn one(schema: &LocalSchema, configuration: &Configuration, places: &[usize]) -> Wanted {
    let references = schema.references.iter().map(|reference| {
        let name = reference.name.clone();
        let aim = match &reference.target {
            Target::Local(at) => Aim::Wanted(places[*at]),
            Target::Registered { subject, version } => Aim::Registered { subject: subject.clone(), version: *version },
            // A registry may have a subject that is called as the type is.
            Target::Unknown => Aim::Registered { subject: name.clone(), version: None },
        };
        WantedReference { name, aim }
    });
    Wanted {
        subject: schema.subject.clone(),
        file: schema.file.clone(),
        kind: schema.kind,
        text: schema.text.clone(),
        metadata: configuration.subjects.get(&schema.subject).and_then(|declared| declared.metadata.clone()),
        references: references.collect(),
    }
}
