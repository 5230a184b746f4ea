//! The folder that schemas are pulled into: what is there, what may be written, what is removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path},
};

use crate::cli::{
    exit::Exit,
    remote::Failure,
    workspace::{LOCK, Lock, Locked, digest},
};

/// What earlier pulls wrote; nothing if there were none.
pub(super) fn earlier(folder: &Path) -> Result<Option<Lock>, Failure> {
    let path = folder.join(LOCK);
    let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    match fs::read(&path) {
        Ok(bytes) => Lock::read(&bytes).map(Some).map_err(wrong),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// Refuses to overwrite what somebody else has written: no earlier pull, or somebody after it.
pub(super) fn spare(folder: &Path, before: &[Locked], pulled: &[Locked]) -> Result<(), Failure> {
    let known: BTreeMap<&str, &str> =
        before.iter().map(|locked| (locked.file.as_str(), locked.sha256.as_str())).collect();
    let mut sentences = Vec::new();
    for Locked { file, sha256, .. } in pulled {
        let path = folder.join(file);
        let found = match fs::read(&path) {
            Ok(bytes) => digest(&bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::usage(format!("{}: {error}", path.display()))),
        };
        match known.get(file.as_str()) {
            _ if found == *sha256 => {}
            Some(had) if *had == found => {}
            Some(_) => sentences.push(format!("{}: it was changed since it was pulled", path.display())),
            None => sentences.push(format!("{}: no pull wrote this file", path.display())),
        }
    }
    if sentences.is_empty() {
        return Ok(());
    }
    sentences.push("so nothing was written; --force overwrites".to_owned());
    Err(Failure { exit: Exit::Usage, sentences })
}

/// Writes a file whole or not at all; one that is as it should be stays untouched.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    if fs::read(path).is_ok_and(|found| found == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut draft = path.as_os_str().to_owned();
    draft.push(".part");
    fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, path)).map_err(wrong)
}

/// Removes files that an earlier pull wrote, this one did not, and nobody has changed; answers their names.
pub(super) fn remove<'l>(
    folder: &Path,
    gone: impl Iterator<Item = &'l Locked>,
    pulled: &[Locked],
) -> Result<Vec<String>, Failure> {
    let kept: BTreeSet<&str> = pulled.iter().map(|locked| locked.file.as_str()).collect();
    let mut removed = Vec::new();
    for locked in gone.filter(|locked| !kept.contains(locked.file.as_str())) {
        let path = folder.join(&locked.file);
        if is_as_pulled(folder, locked) {
            fs::remove_file(&path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            removed.push(locked.file.clone());
        }
    }
    Ok(removed)
}

/// Whether a file is what a pull wrote; a name that leads out of the folder is none of a pull.
pub(super) fn is_as_pulled(folder: &Path, locked: &Locked) -> bool {
    let inside = Path::new(&locked.file).components().all(|part| matches!(part, Component::Normal(_)));
    inside && fs::read(folder.join(&locked.file)).is_ok_and(|bytes| digest(&bytes) == locked.sha256)
}
