//! `regis pull`: brings schemas of a registry into files, byte for byte, with what they refer to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use clap::Args;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    answer,
    exit::Exit,
    remote::{self, Failure, RegistryOption},
    workspace,
};
use crate::{
    client::{Client, Seen, Stored, each},
    model::{SchemaKind, Subject, Version, VersionSelector},
};

/// The file that says what was pulled.
const LOCK: &str = "regis.lock";
/// The form of that file.
const FORMAT: u32 = 1;
/// What a file's name cannot hold on some system, and `%`, which stands for it.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b'%').add(b'/').add(b'\\').add(b':').add(b'*').add(b'?').add(b'"').add(b'<').add(b'>').add(b'|');

/// What the command line says.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regis pull orders-value users-value --to schemas\n  regis pull --to schemas --prune\n\n\
                  Each latest version becomes a file; referenced versions too. regis.lock says which they are."
)]
pub(super) struct Arguments {
    /// Subjects, or beginnings of them with a * at the end [default: every subject of every context]
    subjects: Vec<String>,
    #[command(flatten)]
    registry: RegistryOption,
    /// Folder for the files
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    to: PathBuf,
    /// Remove files that an earlier pull wrote and this one did not
    #[arg(long)]
    prune: bool,
    /// Overwrite files that no earlier pull wrote, or that were changed since
    #[arg(long)]
    force: bool,
}

/// What was pulled.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lock {
    #[serde(rename = "lockVersion")]
    format: u32,
    registry: String,
    schemas: Vec<Locked>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Locked {
    file: String,
    subject: String,
    version: i32,
    id: i32,
    schema_type: SchemaKind,
    /// SHA-256 of the file's bytes, in hexadecimal digits.
    sha256: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    references: Vec<crate::model::Reference>,
}

/// Pulls everything.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(pull(arguments))
}

async fn pull(arguments: &Arguments) -> Result<Exit, Failure> {
    let (_, configuration) = workspace::configured(".".as_ref(), None)?;
    let client = arguments.registry.open(&configuration)?;
    let folder = &arguments.to;
    let before = earlier(folder)?;
    let wanted = subjects(&client, &arguments.subjects).await?;
    let found = fetch(&client, wanted).await?;
    // One of the versions of a subject has the plain name: its latest.
    let latest: BTreeMap<&String, i32> = found.keys().map(|(subject, version)| (subject, *version)).collect();
    let mut lock = Lock { format: FORMAT, registry: printed(&client), schemas: Vec::new() };
    for ((subject, version), stored) in &found {
        let number = (latest[subject] != *version).then_some(*version);
        let file = file_name(subject, number, stored.kind());
        lock.schemas.push(Locked {
            file,
            subject: subject.clone(),
            version: *version,
            id: stored.id,
            schema_type: stored.kind(),
            sha256: digest(stored.schema.as_bytes()),
            references: stored.references().to_vec(),
        });
    }
    if !arguments.force {
        spare(folder, &before, &lock)?;
    }
    for (locked, stored) in lock.schemas.iter().zip(found.values()) {
        write(&folder.join(&locked.file), stored.schema.as_bytes())?;
    }
    let text = serde_json::to_string_pretty(&lock).expect("a lock is JSON");
    write(&folder.join(LOCK), format!("{text}\n").as_bytes())?;
    let removed = if arguments.prune { prune(folder, &before, &lock)? } else { Vec::new() };
    answer(&told(&before, &lock, &removed));
    Ok(Exit::Fine)
}

fn printed(client: &Client) -> String {
    client.address().as_str().trim_end_matches('/').to_owned()
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        let _never_fails = write!(digits, "{byte:02x}");
        digits
    })
}

/// What an earlier pull wrote.
fn earlier(folder: &Path) -> Result<Vec<Locked>, Failure> {
    let path = folder.join(LOCK);
    let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    match fs::read_to_string(&path) {
        Ok(text) => {
            let lock: Lock = serde_json::from_str(&text).map_err(|error| wrong(format!("this is no lock: {error}")))?;
            if lock.format != FORMAT {
                return Err(wrong(format!("this Regis reads locks of version {FORMAT}, and it has {}", lock.format)));
            }
            Ok(lock.schemas)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(wrong(error.to_string())),
    }
}

/// The subjects that the command line means; one that is spelled out must be there.
async fn subjects(client: &Client, named: &[String]) -> Result<BTreeSet<String>, Failure> {
    if named.is_empty() {
        return Ok(client.subjects(None, Seen::Live).await?.into_iter().collect());
    }
    let mut found = BTreeSet::new();
    for name in named {
        match name.strip_suffix('*') {
            Some(prefix) => found.extend(client.subjects(Some(prefix), Seen::Live).await?),
            None => drop(found.insert(name.clone())),
        }
    }
    Ok(found)
}

/// Latest versions and, through any number of references, all that they need.
async fn fetch(client: &Client, subjects: BTreeSet<String>) -> Result<BTreeMap<(String, i32), Stored>, Failure> {
    let mut found: BTreeMap<(String, i32), Stored> = BTreeMap::new();
    let mut open: Vec<(String, VersionSelector)> =
        subjects.into_iter().map(|subject| (subject, VersionSelector::Latest)).collect();
    while !open.is_empty() {
        let read = each(std::mem::take(&mut open), client.parallel(), |(subject, version)| async move {
            let seen = if version == VersionSelector::Latest { Seen::Live } else { Seen::All };
            let stored = client.version(&subject, version, None, seen).await?;
            stored.map(|stored| (subject.clone(), stored)).ok_or_else(|| {
                Failure::new(Exit::Findings, format!("{subject} (version {version}) is not in the registry"))
            })
        })
        .await?;
        for (subject, stored) in read {
            let parent = Subject::parse(&subject);
            let needed = stored.references().iter().map(|reference| {
                let target = Subject::resolved_in(&reference.subject, &parent.context).to_string();
                (target, reference.version)
            });
            let lacking = |(target, version): &(String, Version)| !found.contains_key(&(target.clone(), version.0));
            open.extend(needed.filter(lacking).map(|(target, version)| (target, VersionSelector::Exactly(version))));
            found.insert((subject, stored.version), stored);
        }
        open.sort_by(|(one, _), (two, _)| one.cmp(two));
        open.dedup();
        open.retain(|(subject, version)| match version {
            VersionSelector::Exactly(version) => !found.contains_key(&(subject.clone(), version.0)),
            VersionSelector::Latest => true,
        });
    }
    Ok(found)
}

/// The name of a subject's file; a context is a folder.
fn file_name(subject: &str, version: Option<i32>, kind: SchemaKind) -> String {
    let parsed = Subject::parse(subject);
    let escaped = |text: &str| {
        let escaped = percent_encode(text.as_bytes(), ESCAPED).to_string();
        // A leading dot hides a file, and `.` and `..` are folders.
        escaped.strip_prefix('.').map_or_else(|| escaped.clone(), |rest| format!("%2E{rest}"))
    };
    let extension = match kind {
        SchemaKind::Avro => "avsc",
        SchemaKind::Json => "schema.json",
        SchemaKind::Protobuf => "proto",
    };
    let number = version.map_or_else(String::new, |version| format!("@{version}"));
    let name = format!("{}{number}.{extension}", escaped(parsed.name()));
    if parsed.context.is_default() {
        return name;
    }
    let context = parsed.context.as_str();
    format!("{}/{name}", escaped(context.strip_prefix('.').unwrap_or(context)))
}

/// Refuses to overwrite what somebody else has written: no earlier pull, or somebody after it.
fn spare(folder: &Path, before: &[Locked], lock: &Lock) -> Result<(), Failure> {
    let known: BTreeMap<&str, &str> =
        before.iter().map(|locked| (locked.file.as_str(), locked.sha256.as_str())).collect();
    let mut sentences = Vec::new();
    for Locked { file, sha256, .. } in &lock.schemas {
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
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
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

/// Removes what an earlier pull wrote, this one did not, and nobody has changed.
fn prune(folder: &Path, before: &[Locked], lock: &Lock) -> Result<Vec<String>, Failure> {
    let kept: BTreeSet<&str> = lock.schemas.iter().map(|locked| locked.file.as_str()).collect();
    let mut removed = Vec::new();
    for locked in before.iter().filter(|locked| !kept.contains(locked.file.as_str())) {
        let path = folder.join(&locked.file);
        let inside = Path::new(&locked.file).components().all(|part| matches!(part, Component::Normal(_)));
        let untouched = inside && fs::read(&path).is_ok_and(|bytes| digest(&bytes) == locked.sha256);
        if untouched {
            fs::remove_file(&path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            removed.push(locked.file.clone());
        }
    }
    Ok(removed)
}

fn told(before: &[Locked], lock: &Lock, removed: &[String]) -> String {
    let known: BTreeMap<&str, &Locked> = before.iter().map(|locked| (locked.file.as_str(), locked)).collect();
    let line = |locked: &Locked| {
        let word = match known.get(locked.file.as_str()) {
            None => "new",
            Some(had) if had.sha256 == locked.sha256 && had.version == locked.version => "unchanged",
            Some(_) => "changed",
        };
        format!("{word:9}  {}  ({} version {}, id {})\n", locked.file, locked.subject, locked.version, locked.id)
    };
    let gone = removed.iter().map(|file| format!("{:9}  {file}\n", "removed"));
    lock.schemas.iter().map(line).chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_has_a_file_of_its_own_and_none_leads_out_of_the_folder() {
        for (subject, version, file) in [
            ("orders-value", None, "orders-value.avsc"),
            ("orders-value", Some(3), "orders-value@3.avsc"),
            (":.team:a/b", None, "team/a%2Fb.avsc"),
            ("..", None, "%2E..avsc"),
            ("../../etc/passwd", None, "%2E.%2F..%2Fetc%2Fpasswd.avsc"),
            ("a%2Fb", None, "a%252Fb.avsc"),
            ("é*", None, "%C3%A9%2A.avsc"),
            (":.../x:y", None, "%2E.%2Fx/y.avsc"),
        ] {
            let name = file_name(subject, version, SchemaKind::Avro);
            assert!(Path::new(&name).components().all(|part| matches!(part, Component::Normal(_))), "{name}");
            assert_eq!(name, file);
        }
    }
}
