//! `regis ls`: lists the subjects of a registry with their versions.

use std::{collections::BTreeMap, fmt::Write as _};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    answer,
    exit::Exit,
    remote::{self, Failure, RegistryOption},
    workspace,
};
use crate::{
    client::{Client, Error, Listing, Seen, Stored, each},
    model::{SchemaKind, VersionSelector},
};

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regis ls\n  regis ls orders- --deleted\n  regis ls :.team: -o json")]
pub(super) struct Arguments {
    /// What subjects begin with; :.context: lists a context [default: every subject of every context]
    prefix: Option<String>,
    #[command(flatten)]
    registry: RegistryOption,
    /// Soft-deleted versions too
    #[arg(long)]
    deleted: bool,
    /// How to write the list
    #[arg(long, short = 'o', value_enum, default_value_t = Output::Human)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Human,
    Json,
}

/// A subject of the list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    subject: String,
    schema_type: SchemaKind,
    versions: Vec<ListedVersion>,
}

#[derive(Debug, Serialize)]
struct ListedVersion {
    version: i32,
    id: i32,
    deleted: bool,
}

/// Prints the list.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(print(arguments))
}

async fn print(arguments: &Arguments) -> Result<Exit, Failure> {
    let (_, configuration) = workspace::configured(".".as_ref(), None)?;
    let client = arguments.registry.open(&configuration)?;
    let seen = if arguments.deleted { Seen::All } else { Seen::Live };
    let subjects = grouped(list(&client, arguments.prefix.as_deref(), seen).await?);
    match arguments.output {
        Output::Human => answer(&table(&subjects)),
        Output::Json => {
            let text = serde_json::to_string_pretty(&subjects).expect("a list is JSON");
            answer(&format!("{text}\n"));
        }
    }
    Ok(Exit::Fine)
}

/// Every version: in one list where the registry has such lists, else one by one.
async fn list(client: &Client, prefix: Option<&str>, seen: Seen) -> Result<Vec<Stored>, Error> {
    match client.schemas(Listing { prefix: prefix.unwrap_or(":*:"), seen, latest_only: false }).await {
        Err(error) if error.is_unknown() => {}
        outcome => return outcome,
    }
    let subjects = client.subjects(prefix, seen).await?;
    let numbers = each(subjects, client.parallel(), |subject| async move {
        let versions = client.versions(&subject, seen).await?.unwrap_or_default();
        Ok::<_, Error>(versions.into_iter().map(|version| (subject.clone(), version)).collect::<Vec<_>>())
    })
    .await?;
    let found = each(numbers.into_iter().flatten(), client.parallel(), |(subject, version)| async move {
        client.version(&subject, VersionSelector::Exactly(crate::model::Version(version)), None, seen).await
    })
    .await?;
    Ok(found.into_iter().flatten().collect())
}

fn grouped(versions: Vec<Stored>) -> Vec<Listed> {
    let mut subjects: BTreeMap<String, Listed> = BTreeMap::new();
    for stored in versions {
        let version = ListedVersion { version: stored.version, id: stored.id, deleted: stored.is_deleted() };
        let kind = stored.kind();
        let listed = subjects.entry(stored.subject.clone()).or_insert_with(|| Listed {
            subject: stored.subject,
            schema_type: kind,
            versions: Vec::new(),
        });
        listed.schema_type = kind;
        listed.versions.push(version);
    }
    subjects.into_values().collect()
}

fn table(subjects: &[Listed]) -> String {
    let width = subjects.iter().map(|listed| listed.subject.chars().count()).max().unwrap_or(0).max(7);
    let mut text = format!("{:width$}  {:8}  {:>10}  VERSIONS\n", "SUBJECT", "TYPE", "LATEST ID");
    for listed in subjects {
        let latest = listed.versions.iter().rev().find(|version| !version.deleted);
        let id = latest.map_or_else(|| "-".to_owned(), |version| version.id.to_string());
        let (subject, kind, versions) = (&listed.subject, listed.schema_type, ranges(&listed.versions));
        let _never_fails = writeln!(text, "{subject:width$}  {kind:8}  {id:>10}  {versions}", kind = kind.as_str());
    }
    text
}

/// Numbers in order, neighbours drawn together: `1-3, 5 (deleted)`.
fn ranges(versions: &[ListedVersion]) -> String {
    let mut runs: Vec<(i32, i32, bool)> = Vec::new();
    for version in versions {
        match runs.last_mut() {
            Some((_, last, deleted)) if *last + 1 == version.version && *deleted == version.deleted => {
                *last = version.version;
            }
            _ => runs.push((version.version, version.version, version.deleted)),
        }
    }
    let run = |&(first, last, deleted): &(i32, i32, bool)| {
        let numbers = if first == last { first.to_string() } else { format!("{first}-{last}") };
        if deleted { format!("{numbers} (deleted)") } else { numbers }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}
