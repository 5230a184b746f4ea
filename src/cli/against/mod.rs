//! Where the earlier schemas come from: a commit, a folder, a file, or a registry.

mod git;
mod registry;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

pub(super) use git::files as git_files;
pub(super) use registry::read as of_registry;

use super::{
    remote::{Failure, RegistryOption},
    workspace::{self, Configuration, LocalSchema, Root, Target, Workspace},
};
use crate::{
    model::{SchemaKind, Version},
    schema::{LazySchema, Referenced, compatibility::Rules},
};

/// What a check compares with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Against {
    /// The files of a commit.
    Git(String),
    /// The files of a folder.
    Folder(PathBuf),
    /// One file.
    File(PathBuf),
    /// One version of a subject.
    Version(String, Option<Version>),
    /// Every subject's own history in a registry; none means the one that the environment names.
    Registry(Option<String>),
}

/// Earlier schemas, as far as they are needed.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    /// By subject, ascending.
    pub(super) histories: HashMap<String, History>,
    /// What references mean that no file explains, by their names.
    pub(super) fetched: HashMap<(String, Target), Vec<Referenced>>,
    /// How many requests were sent.
    pub(super) requests: usize,
    /// What it is called; empty if every version has a name of its own.
    pub(super) name: String,
    /// The files that it consists of, if it does.
    pub(super) files: Vec<OldFile>,
}

/// A schema file of the baseline.
#[derive(Debug)]
pub(super) struct OldFile {
    /// Its path.
    pub(super) file: String,
    /// The subject that it had.
    pub(super) subject: String,
    /// Its language.
    pub(super) kind: SchemaKind,
}

/// The earlier schemas of a subject.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Ascending.
    pub(super) versions: Vec<OldSchema>,
    /// The rules of the registry, if it has some.
    pub(super) rules: Option<Rules>,
}

/// An earlier schema.
#[derive(Debug)]
pub(super) struct OldSchema {
    /// What it is called in messages.
    pub(super) name: String,
    /// Its version, if it has one.
    pub(super) version: Option<Version>,
    /// The schema.
    pub(super) schema: LazySchema,
    /// What is said of it.
    pub(super) metadata: Option<crate::model::Metadata>,
}

impl Against {
    /// Reads the words of the command line.
    pub(super) fn read(text: &str, configuration: &Configuration) -> Result<Self, Failure> {
        match text.strip_prefix("git:") {
            // An unset variable would compare with the very commit that is checked.
            Some("") => return Err(Failure::usage("--against git: names no commit; write git:main, or git:HEAD")),
            Some(reference) => return Ok(Self::Git(reference.to_owned())),
            None => {}
        }
        if text == "registry" {
            return Ok(Self::Registry(None));
        }
        if text.starts_with("http://") || text.starts_with("https://") || configuration.registries.contains_key(text) {
            return Ok(Self::Registry(Some(text.to_owned())));
        }
        let path = PathBuf::from(text);
        if path.is_dir() {
            return Ok(Self::Folder(path));
        }
        if path.is_file() {
            return Ok(Self::File(path));
        }
        match text.rsplit_once('@') {
            Some((subject, "latest")) => Ok(Self::Version(subject.to_owned(), None)),
            Some((subject, number)) => match number.parse() {
                Ok(number) if number > 0 => Ok(Self::Version(subject.to_owned(), Some(Version(number)))),
                _ => Err(Failure::usage(format!("--against {text}: {number:?} is not a version"))),
            },
            None => Err(Failure::usage(format!(
                "--against {text}: no such file or folder; write git:REF, a path, SUBJECT@VERSION, an address, or a name \
                 of regis.yaml"
            ))),
        }
    }

    /// The file or folder that is compared with.
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::Folder(path) | Self::File(path) => Some(path),
            Self::Git(_) | Self::Version(..) | Self::Registry(_) => None,
        }
    }

    /// Reads the earlier schemas of some subjects.
    pub(super) async fn baseline(
        &self,
        repository: (&Root, &Configuration),
        workspace: &Workspace,
        chosen: &[&LocalSchema],
    ) -> Result<Baseline, Failure> {
        let (root, configuration) = repository;
        match self {
            Self::Git(reference) => {
                let files = git::files(&root.folder, reference, configuration)?;
                Ok(of_workspace(&workspace::assemble(configuration, files), &format!("git:{reference}")))
            }
            Self::Folder(folder) => {
                let other = Root { folder: folder.clone(), configuration: None };
                let files = workspace::read_files(&other, configuration)?;
                Ok(of_workspace(&workspace::assemble(configuration, files), &folder.display().to_string()))
            }
            Self::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                let text = workspace::without_mark(text);
                let one = only(chosen)?;
                let references = workspace.dependencies(one, &|_| Vec::new());
                Ok(one_version(one, path.display().to_string(), None, (one.kind, text, references)))
            }
            Self::Version(subject, version) => {
                let one = only(chosen)?;
                let option = RegistryOption { registry: None };
                registry::one(&option, configuration, (subject, *version), workspace, one).await
            }
            Self::Registry(named) => {
                let option = RegistryOption { registry: named.clone() };
                registry::histories(&option, configuration, workspace, chosen).await
            }
        }
    }
}

/// A file and a version can be compared with one schema only.
fn only<'s>(chosen: &[&'s LocalSchema]) -> Result<&'s LocalSchema, Failure> {
    match chosen {
        [one] => Ok(one),
        _ => Err(Failure::usage(format!(
            "one earlier schema can be compared with one file only, not with {}; name the file",
            chosen.len()
        ))),
    }
}

fn one_version(
    one: &LocalSchema,
    name: String,
    version: Option<Version>,
    (kind, text, references): (SchemaKind, String, Vec<Referenced>),
) -> Baseline {
    let schema = LazySchema::stored(kind, text, references);
    let versions = vec![OldSchema { name, version, schema, metadata: None }];
    let mut baseline = Baseline::default();
    baseline.histories.insert(one.subject.clone(), History { versions, rules: None });
    baseline
}

fn of_workspace(old: &Workspace, name: &str) -> Baseline {
    let mut baseline = Baseline { name: name.to_owned(), ..Baseline::default() };
    for schema in old.schemas.iter().filter(|schema| schema.pinned().is_none()) {
        let (file, subject) = (schema.file.clone(), schema.subject.clone());
        baseline.files.push(OldFile { file, subject, kind: schema.kind });
        let references = old.dependencies(schema, &|_| Vec::new());
        let lazy = LazySchema::stored(schema.kind, schema.text.clone(), references);
        let version = OldSchema { name: name.to_owned(), version: None, schema: lazy, metadata: None };
        baseline.histories.insert(schema.subject.clone(), History { versions: vec![version], rules: None });
    }
    baseline
}
