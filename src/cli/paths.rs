//! How files are named: from where the command was started for people, from the root of the repository for programs.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The names of the files below a folder.
pub(super) struct Paths {
    /// From where the command was started to the folder.
    up: String,
    /// From the folder to where the command was started, if that is below it.
    down: Option<String>,
    /// The root of the repository.
    repository: Option<PathBuf>,
    /// From that root to the folder.
    within: String,
}

impl Paths {
    /// Those below a folder without links.
    pub(super) fn below(folder: &Path) -> Self {
        let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let (up, down) = match folder.strip_prefix(&here) {
            Ok(inside) => (slashed(inside), None),
            Err(_) => (slashed(folder), here.strip_prefix(folder).ok().map(slashed)),
        };
        let repository = folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
        let within = repository.as_deref().and_then(|root| folder.strip_prefix(root).ok()).map(slashed);
        Self { up, down, repository, within: within.unwrap_or_default() }
    }

    /// A file of the folder for people.
    pub(super) fn shown(&self, file: &str) -> String {
        let Some(down) = &self.down else { return joined(&self.up, file) };
        match file.strip_prefix(down.as_str()).and_then(|rest| rest.strip_prefix('/')) {
            Some(inside) => inside.to_owned(),
            None => format!("{}{file}", "../".repeat(down.split('/').count())),
        }
    }

    /// The root of the repository.
    pub(super) fn repository(&self) -> Option<&Path> {
        self.repository.as_deref()
    }

    /// A file of the folder for programs.
    pub(super) fn published(&self, file: &str) -> String {
        joined(&self.within, file)
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn joined(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}
