//! Finds the files that are schemas, on the disk.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use ignore::WalkBuilder;

use super::{
    LoadError,
    configuration::{Configuration, FILE_NAMES},
    lock::is_lock,
};
use crate::model::SchemaKind;

/// Longest file that is looked at: more than any registry takes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Where a repository begins.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Root {
    /// The folder, without links.
    pub(in crate::cli) folder: PathBuf,
    /// Its configuration file, if it has one.
    pub(in crate::cli) configuration: Option<PathBuf>,
}

/// A file that may be a schema.
#[derive(Debug, Clone)]
pub(in crate::cli) struct SourceFile {
    /// Its path, relative to the root, with `/` between its parts.
    pub(in crate::cli) name: String,
    /// What is in it.
    pub(in crate::cli) bytes: Vec<u8>,
}

impl Root {
    /// The folder of the nearest configuration above `from`, or else of the repository, or else `from` itself.
    pub(super) fn of(from: &Path, named: Option<&Path>) -> Result<Self, LoadError> {
        let from = canonical(from)?;
        if let Some(file) = named {
            let file = canonical(file)?;
            let folder = file.parent().unwrap_or(&file).to_owned();
            return Ok(Self { folder, configuration: Some(file) });
        }
        for folder in from.ancestors() {
            let file = FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file());
            if file.is_some() {
                return Ok(Self { folder: folder.to_owned(), configuration: file });
            }
            if folder.join(".git").exists() {
                return Ok(Self { folder: folder.to_owned(), configuration: None });
            }
        }
        Ok(Self { folder: from, configuration: None })
    }

    /// A path that need not be there, relative to the root.
    pub(in crate::cli) fn inside(&self, path: &Path) -> Option<String> {
        let folder = path.parent()?.canonicalize().unwrap_or_else(|_| path.parent().unwrap_or(path).to_owned());
        let inside = folder.join(path.file_name()?);
        inside.strip_prefix(&self.folder).ok().map(slashed)
    }

    /// A path of the command line, relative to the root.
    pub(in crate::cli) fn relative(&self, path: &Path) -> Result<String, LoadError> {
        let canonical = canonical(path)?;
        let inside = canonical.strip_prefix(&self.folder);
        let inside = inside.map_err(|_| LoadError::Outside { path: path.to_owned(), root: self.folder.clone() })?;
        Ok(slashed(inside))
    }
}

fn canonical(path: &Path) -> Result<PathBuf, LoadError> {
    path.canonicalize().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LoadError::Missing(path.to_owned()),
        _ => LoadError::Unreadable { path: path.to_owned(), error },
    })
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Whether a file, named from the root, is a path or below it; the root itself is the empty path.
pub(in crate::cli) fn is_below(file: &str, path: &str) -> bool {
    path.is_empty() || file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Reads every file below the root that may be a schema, and the locks; what `.gitignore` names is passed over.
pub(in crate::cli) fn read_files(root: &Root, configuration: &Configuration) -> Result<Vec<SourceFile>, LoadError> {
    let mut files = Vec::new();
    let walk = WalkBuilder::new(&root.folder).require_git(false).sort_by_file_name(Ord::cmp).build();
    for entry in walk {
        let entry = entry
            .map_err(|error| LoadError::Unreadable { path: root.folder.clone(), error: io::Error::other(error) })?;
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        let Ok(inside) = entry.path().strip_prefix(&root.folder) else { continue };
        let name = slashed(inside);
        if !is_candidate(&name, configuration) {
            continue;
        }
        let unreadable = |error| LoadError::Unreadable { path: entry.path().to_owned(), error };
        if is_lock(&name) || fs::metadata(entry.path()).map_err(unreadable)?.len() <= LONGEST {
            let bytes = fs::read(entry.path()).map_err(unreadable)?;
            files.push(SourceFile { name, bytes });
        }
    }
    Ok(files)
}

/// What the name of a file says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum ByName {
    /// It is a schema in this language.
    Schema(SchemaKind),
    /// Its content decides whether it is a JSON Schema.
    PerhapsJson,
}

/// What a file's name and the configuration say; none if it is no schema.
pub(in crate::cli) fn kind_by_name(name: &str, configuration: &Configuration) -> Option<ByName> {
    let declared = configuration.subjects.values().any(|declared| declared.file.as_deref() == Some(name));
    let source = configuration.sources.iter().find(|source| source.glob.is_match(name));
    if let Some(kind) = source.and_then(|source| source.kind) {
        return Some(ByName::Schema(kind));
    }
    let wanted = declared || source.is_some();
    if !wanted && !configuration.sources.is_empty() {
        return None;
    }
    let extension = Path::new(name).extension()?.to_str()?;
    match extension {
        "avsc" => Some(ByName::Schema(SchemaKind::Avro)),
        "proto" => Some(ByName::Schema(SchemaKind::Protobuf)),
        "json" if wanted || name.ends_with(".schema.json") => Some(ByName::Schema(SchemaKind::Json)),
        "json" => Some(ByName::PerhapsJson),
        _ => None,
    }
}

/// Whether a file of this name may be a schema, or says what others are.
pub(in crate::cli) fn is_candidate(name: &str, configuration: &Configuration) -> bool {
    is_lock(name) || kind_by_name(name, configuration).is_some()
}
