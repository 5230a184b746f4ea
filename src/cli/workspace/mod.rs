//! The schemas of a repository: its files, their subjects, and what refers to what.
//!
//! Finding and reading files is apart from making sense of them, so that files of a commit are understood exactly as
//! those of the disk.

mod assemble;
mod configuration;
mod files;
mod lock;
mod order;
mod references;
mod template;
#[cfg(test)]
mod tests;
mod yaml;

use std::path::{Path, PathBuf};

use crate::{
    model::{SchemaKind, Version},
    schema::{Mentions, ParseError, Referenced},
};

pub(super) use self::{
    assemble::{assemble, without_mark},
    configuration::{Configuration, Declared, Exception},
    files::{Root, SourceFile, is_below, is_candidate, read_files},
    lock::{LOCK, Lock, Locked, digest},
    yaml::Mistake,
};

/// The schemas of a folder or a commit.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// Every schema; what is referred to comes before what refers to it.
    pub(super) schemas: Vec<LocalSchema>,
    /// Why some files are not understood, or not completely.
    pub(super) problems: Vec<Problem>,
    /// Files that might be schemas by their names, and are none by what is in them.
    pub(super) passed_over: Vec<PassedOver>,
}

/// A schema in a file.
#[derive(Debug, Clone)]
pub(super) struct LocalSchema {
    /// The path of the file, relative to the root, with `/` between its parts.
    pub(super) file: String,
    /// The text as it is in the file.
    pub(super) text: String,
    /// The subject under which it is, or would be, registered.
    pub(super) subject: String,
    /// Its language.
    pub(super) kind: SchemaKind,
    /// What it refers to directly, each name once.
    pub(super) references: Vec<LocalReference>,
    /// The names that it declares and uses.
    pub(super) mentions: Mentions,
    /// What it was in a registry when it was pulled.
    pub(super) locked: Option<Locked>,
}

/// A file that is no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PassedOver {
    /// The file.
    pub(super) file: String,
    /// The text, as far as it is one.
    pub(super) text: String,
}

/// Something that a schema refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalReference {
    /// The reference's name.
    pub(super) name: String,
    /// The subject as the registry's schema spells it, if a lock tells it.
    pub(super) subject: Option<String>,
    /// Byte offset of its first use.
    pub(super) at: usize,
    /// What it is.
    pub(super) target: Target,
}

/// What a schema needs to be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    /// What the parser is given.
    pub(super) referenced: Referenced,
    /// The file that it is in, if it is in one: its place among the schemas.
    pub(super) local: Option<usize>,
}

/// Where a reference leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// To another file: its place among the schemas.
    Local(usize),
    /// To the registry, as the configuration says; without a version, to the latest one.
    Registered {
        /// The subject.
        subject: String,
        /// The version.
        version: Option<Version>,
    },
    /// No file declares it. A registry may know a subject of this name.
    Unknown,
}

/// A file that is not understood, or not completely.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// The file.
    pub(super) file: String,
    /// The subject, where it is known.
    pub(super) subject: Option<String>,
    /// The language; none if the file is no schema.
    pub(super) kind: Option<SchemaKind>,
    /// The text, as far as it is one.
    pub(super) text: String,
    /// Byte offset, where it is known.
    pub(super) at: Option<usize>,
    /// What is wrong.
    pub(super) what: Trouble,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is not UTF-8.
    NotText,
    /// There is nothing in it.
    Empty,
    /// It is not JSON, or not a `.proto` text.
    Syntax(ParseError),
    /// Its name and the configuration give no subject.
    NoSubject,
    /// Another file has the same subject.
    SubjectTaken {
        /// The subject.
        subject: String,
        /// The file that has it.
        by: String,
    },
    /// It refers, through others, to itself.
    Cycle(Vec<String>),
    /// It is no lock that can be read.
    Lock(String),
    /// It was pulled as a version that others refer to, and was changed.
    PinnedChanged {
        /// The subject.
        subject: String,
        /// The version that it was.
        version: Version,
    },
}

impl Workspace {
    /// What a schema needs to be parsed, dependencies before dependents; `fetched` gives what is not among the files.
    pub(super) fn dependencies(
        &self,
        schema: &LocalSchema,
        fetched: &dyn Fn(&LocalReference) -> Vec<Referenced>,
    ) -> Vec<Referenced> {
        let located = self.located_dependencies(schema, fetched).into_iter();
        located.map(|dependency| dependency.referenced).collect()
    }

    /// What a schema needs to be parsed, dependencies before dependents, each name once; `fetched` gives the texts, with
    /// their own dependencies first, of what is not among the files.
    pub(super) fn located_dependencies(
        &self,
        schema: &LocalSchema,
        fetched: &dyn Fn(&LocalReference) -> Vec<Referenced>,
    ) -> Vec<Dependency> {
        let mut found: Vec<Dependency> = Vec::new();
        let mut add = |referenced: Referenced, local: Option<usize>| {
            if found.iter().all(|known| known.referenced.name != referenced.name) {
                found.push(Dependency { referenced, local });
            }
        };
        // Cycles have been taken out, so the depth is that of the longest chain of files; still, no recursion.
        let mut open: Vec<(&LocalReference, Visit)> =
            schema.references.iter().rev().map(|reference| (reference, Visit::Enter)).collect();
        while let Some((reference, visit)) = open.pop() {
            match (&reference.target, visit) {
                (Target::Local(at), Visit::Enter) => {
                    open.push((reference, Visit::Leave));
                    open.extend(self.schemas[*at].references.iter().rev().map(|inner| (inner, Visit::Enter)));
                }
                (Target::Local(at), Visit::Leave) => {
                    let text = self.schemas[*at].text.clone();
                    add(Referenced { name: reference.name.clone(), text }, Some(*at));
                }
                _ => fetched(reference).into_iter().for_each(|referenced| add(referenced, None)),
            }
        }
        found
    }

    /// The schema of a subject.
    #[cfg(test)]
    fn of_subject(&self, subject: &str) -> Option<&LocalSchema> {
        self.schemas.iter().find(|schema| schema.subject == subject)
    }
}

#[derive(Clone, Copy)]
enum Visit {
    Enter,
    Leave,
}

/// Reads the configuration and the schemas of the repository that `from` lies in.
pub(super) fn load(from: &Path, named: Option<&Path>) -> Result<(Root, Configuration, Workspace), LoadError> {
    let (root, configuration) = configured(from, named)?;
    let workspace = schemas(&root, &configuration, None)?;
    Ok((root, configuration, workspace))
}

/// Reads the schemas of a repository, without a file, or those below a folder, that is left out.
pub(super) fn schemas(
    root: &Root,
    configuration: &Configuration,
    left_out: Option<&str>,
) -> Result<Workspace, LoadError> {
    let mut files = read_files(root, configuration)?;
    files.retain(|file| left_out.is_none_or(|path| !is_below(&file.name, path)));
    Ok(assemble(configuration, files))
}

/// Finds and reads the configuration alone.
pub(super) fn configured(from: &Path, named: Option<&Path>) -> Result<(Root, Configuration), LoadError> {
    let root = Root::of(from, named)?;
    let configuration = match &root.configuration {
        None => Configuration::default(),
        Some(path) => {
            let text =
                std::fs::read_to_string(path).map_err(|error| LoadError::Unreadable { path: path.clone(), error })?;
            configuration::read(&path.display().to_string(), &text).map_err(LoadError::Wrong)?
        }
    };
    Ok((root, configuration))
}

/// Why the schemas of a repository cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// A file or folder cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable {
        /// It.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The configuration is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Wrong(Vec<Mistake>),
    /// A path is not there.
    #[error("{}: there is no such file or folder", .0.display())]
    Missing(PathBuf),
    /// A path lies elsewhere.
    #[error("{} lies outside of {}", path.display(), root.display())]
    Outside {
        /// The path.
        path: PathBuf,
        /// The root.
        root: PathBuf,
    },
}
