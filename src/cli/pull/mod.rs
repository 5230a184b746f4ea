//! `regis pull`: brings schemas of a registry into files, byte for byte, with what they refer to.

mod disk;
mod names;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{
    answer,
    exit::Exit,
    remote::{self, Failure, RegistryOption},
    workspace::{self, LOCK, Lock, Locked, digest},
};
use crate::{
    client::{Client, Normalize, Seen, Stored, each},
    model::{Subject, Version, VersionSelector},
    wire::RegisterSchemaRequest,
};

/// What the command line says.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regis pull orders-value users-value --to schemas\n  regis pull --to schemas --prune\n\n\
                  The latest version of each subject becomes a file, and so does every version that it refers to\n\
                  (SUBJECT@VERSION, not to be edited). regis.lock says what each file is: keep it beside them."
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

/// Versions by subject and number.
type Versions = BTreeMap<(String, i32), Stored>;

/// Pulls everything.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(pull(arguments))
}

async fn pull(arguments: &Arguments) -> Result<Exit, Failure> {
    let (_, configuration) = workspace::configured(".".as_ref(), None)?;
    let client = arguments.registry.open(&configuration)?;
    let folder = &arguments.to;
    let registry = client.address().as_str().trim_end_matches('/').to_owned();
    // What was pulled from another registry says nothing of this one.
    let before = disk::earlier(folder)?.filter(|lock| lock.registry == registry);
    let mut before = before.map(|lock| lock.schemas).unwrap_or_default();
    before.retain(|locked| folder.join(&locked.file).exists());
    let wanted = subjects(&client, &arguments.subjects).await?;
    let open = wanted.into_iter().map(|subject| (subject, VersionSelector::Latest)).collect();
    let mut found = Versions::new();
    let latest = fetch(&client, open, &mut found).await?;
    let (kept, superseded) = split(&before, &found, &latest, arguments);
    fetch(&client, lacking(&kept, &found), &mut found).await?;
    let mut pulled: Vec<Locked> = found
        .iter()
        .map(|((subject, version), stored)| locked(subject, *version, stored, latest.get(subject) != Some(version)))
        .collect();
    let mut spelled = BTreeSet::new();
    if !arguments.force {
        spelled = own_spelling(&client, folder, &mut pulled, &found).await?;
        disk::spare(folder, &before, &pulled)?;
    }
    for (locked, stored) in pulled.iter().zip(found.values()).filter(|(locked, _)| !spelled.contains(&locked.file)) {
        disk::write(&folder.join(&locked.file), stored.schema.as_bytes())?;
    }
    let removed = disk::remove(folder, superseded.into_iter(), &pulled)?;
    let kept = kept.into_iter().filter(|had| pulled.iter().all(|locked| locked.file != had.file));
    let lock = Lock::of(registry, kept.cloned().chain(pulled.iter().cloned()).collect());
    let text = serde_json::to_string_pretty(&lock).expect("a lock is JSON");
    disk::write(&folder.join(LOCK), format!("{text}\n").as_bytes())?;
    answer(&told(&before, &pulled, &removed));
    Ok(Exit::Fine)
}

/// The subjects that the command line means; one that is spelled out must be there.
async fn subjects(client: &Client, named: &[String]) -> Result<BTreeSet<String>, Failure> {
    if named.is_empty() {
        return Ok(client.subjects(None, Seen::Live).await?.into_iter().collect());
    }
    let mut found = BTreeSet::new();
    for name in named {
        match name.strip_suffix('*') {
            Some(prefix) => {
                let below = client.subjects(Some(prefix), Seen::Live).await?;
                if below.is_empty() {
                    return Err(Failure::new(Exit::Findings, format!("no subject begins with {prefix}")));
                }
                found.extend(below);
            }
            None => drop(found.insert(name.clone())),
        }
    }
    Ok(found)
}

/// Adds versions and, through any number of references, all that they need; answers the numbers of the latest ones.
async fn fetch(
    client: &Client,
    mut open: Vec<(String, VersionSelector)>,
    found: &mut Versions,
) -> Result<BTreeMap<String, i32>, Failure> {
    let mut latest = BTreeMap::new();
    while !open.is_empty() {
        let read = each(std::mem::take(&mut open), client.parallel(), |(subject, version)| async move {
            let seen = if version == VersionSelector::Latest { Seen::Live } else { Seen::All };
            let stored = client.version(&subject, version, None, seen).await?;
            let stored = stored.ok_or_else(|| Failure::new(Exit::Findings, absence(&subject, version)))?;
            Ok::<_, Failure>((stored, subject, version))
        })
        .await?;
        for (stored, subject, version) in read {
            if version == VersionSelector::Latest {
                latest.insert(subject.clone(), stored.version);
            }
            let parent = Subject::parse(&subject).context;
            open.extend(stored.references().iter().map(|reference| {
                let target = Subject::resolved_in(&reference.subject, &parent).to_string();
                (target, VersionSelector::Exactly(reference.version))
            }));
            found.insert((subject, stored.version), stored);
        }
        open.sort_by(|one, two| (&one.0, number(one.1)).cmp(&(&two.0, number(two.1))));
        open.dedup();
        open.retain(|(subject, version)| !found.contains_key(&(subject.clone(), number(*version))));
    }
    Ok(latest)
}

fn absence(subject: &str, version: VersionSelector) -> String {
    match version {
        VersionSelector::Latest => format!("there is no subject {subject} in the registry"),
        VersionSelector::Exactly(version) => {
            format!("version {version} of {subject}, which is referred to, is not in the registry")
        }
    }
}

fn number(version: VersionSelector) -> i32 {
    match version {
        VersionSelector::Latest => -1,
        VersionSelector::Exactly(Version(number)) => number,
    }
}

/// What stays of earlier pulls, and what goes: what has come under another name, and with --prune everything.
fn split<'l>(
    before: &'l [Locked],
    found: &Versions,
    latest: &BTreeMap<String, i32>,
    arguments: &Arguments,
) -> (Vec<&'l Locked>, Vec<&'l Locked>) {
    let came = |had: &Locked| {
        if had.pinned {
            found.contains_key(&(had.subject.clone(), had.version))
        } else {
            latest.contains_key(&had.subject)
        }
    };
    before.iter().partition(|had| !arguments.prune && !came(had))
}

/// Versions that files of earlier pulls refer to and that would be there no more.
fn lacking(kept: &[&Locked], found: &Versions) -> Vec<(String, VersionSelector)> {
    let there: BTreeSet<(String, i32)> = kept.iter().map(|had| (had.subject.clone(), had.version)).collect();
    let targets = kept.iter().flat_map(|had| had.references.iter().map(|reference| had.aim(reference)));
    let lacking = targets.filter(|target| !there.contains(target) && !found.contains_key(target));
    let lacking: BTreeSet<(String, i32)> = lacking.collect();
    lacking.into_iter().map(|(subject, version)| (subject, VersionSelector::Exactly(Version(version)))).collect()
}

fn locked(subject: &str, version: i32, stored: &Stored, pinned: bool) -> Locked {
    Locked {
        file: names::file_name(subject, pinned.then_some(version), stored.kind()),
        subject: subject.to_owned(),
        version,
        id: stored.id,
        schema_type: stored.kind(),
        sha256: digest(stored.schema.as_bytes()),
        pinned,
        references: stored.references().to_vec(),
    }
}

/// Lets files be that are written otherwise than in the registry, but that it knows as the very version; answers them.
async fn own_spelling(
    client: &Client,
    folder: &Path,
    pulled: &mut [Locked],
    found: &Versions,
) -> Result<BTreeSet<String>, Failure> {
    let differing = pulled.iter_mut().filter(|locked| !locked.pinned).filter_map(|locked| {
        let text = fs::read_to_string(folder.join(&locked.file)).ok()?;
        (digest(text.as_bytes()) != locked.sha256).then_some((locked, text))
    });
    let same = each(differing, client.parallel(), |(locked, text)| async move {
        let stored = &found[&(locked.subject.clone(), locked.version)];
        let request = RegisterSchemaRequest {
            schema_type: Some(stored.kind().to_string()),
            schema: Some(text.clone()),
            references: stored.references().iter().cloned().map(Into::into).collect(),
            ..RegisterSchemaRequest::default()
        };
        match client.look_up(&locked.subject, &request, Normalize::AsConfigured, Seen::Live).await {
            Ok(Some(known)) if known.version == locked.version => {
                locked.sha256 = digest(text.as_bytes());
                Ok(Some(locked.file.clone()))
            }
            Ok(_) => Ok(None),
            // What the registry refuses is not what it has.
            Err(error) if error.status().is_some_and(|status| (400..500).contains(&status)) => Ok(None),
            Err(error) => Err(Failure::from(error)),
        }
    })
    .await?;
    Ok(same.into_iter().flatten().collect())
}

fn told(before: &[Locked], pulled: &[Locked], removed: &[String]) -> String {
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
    pulled.iter().map(line).chain(gone).collect()
}
