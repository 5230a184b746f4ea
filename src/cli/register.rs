//! `regis register`: brings the schemas of files into a registry, in the order in which they refer to each other.

use std::fmt::Write as _;

use clap::Args;

use super::{
    answer, complain,
    exit::Exit,
    plan::{self, Done, Guard, Plan},
    remote::{self, Failure, RegistryOption},
    report,
    selection::FileOptions,
    wanted,
};
use crate::client::Normalize;

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regis register schemas/ --dry-run\n\n\
                  What is there already stays as it is. A Regis registers all of it or nothing; with other\n\
                  registries one schema follows the other, and the first refusal ends it.")]
pub(super) struct Arguments {
    #[command(flatten)]
    files: FileOptions,
    #[command(flatten)]
    registry: RegistryOption,
    /// Say what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Registers everything.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(register(arguments))
}

async fn register(arguments: &Arguments) -> Result<Exit, Failure> {
    let (selection, wanted) = wanted::read(&arguments.files)?;
    if wanted.is_empty() {
        return Err(Failure::usage("there are no schemas; name files or folders"));
    }
    let client = arguments.registry.open(&selection.configuration)?;
    let normalize = normalization(&selection.configuration);
    let mut plan = plan::compute(&client, &wanted, None, normalize).await?;
    let report = plan::explain(&client, &selection, &mut plan).await?;
    let refusal = plan.refusal();
    if refusal.is_some() || arguments.dry_run {
        answer(&(report::excerpts(&report) + &plan::show(&plan)));
        if refusal.is_some() && !arguments.dry_run {
            complain("nothing was written");
        }
        return Ok(refusal.unwrap_or(Exit::Fine));
    }
    let done = plan::carry_out(&client, &plan, Guard::Free).await?;
    answer(&told(&plan, &done));
    Ok(Exit::Fine)
}

/// Whether texts are registered in their normal form.
pub(super) fn normalization(configuration: &super::workspace::Configuration) -> Normalize {
    if configuration.defaults.normalize == Some(true) { Normalize::Always } else { Normalize::AsConfigured }
}

/// What was done and what was there, with ids and versions.
pub(super) fn told(plan: &Plan, done: &[Done]) -> String {
    let subjects = (plan.steps.iter().map(|step| &step.subject)).chain(plan.unchanged.iter().map(|had| &had.subject));
    let width = subjects.map(|subject| subject.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Done { at, registered } in done {
        let step = &plan.steps[*at];
        let subject = &step.subject;
        let _never_fails = match registered {
            Some(found) => {
                let version =
                    found.version.map_or_else(|| "new version".to_owned(), |number| format!("version {number}"));
                writeln!(text, "new        {subject:width$}  {version}, id {}", found.id)
            }
            None => writeln!(text, "set        {subject:width$}  {}", step.after.as_deref().unwrap_or_default()),
        };
    }
    for had in &plan.unchanged {
        let _never_fails = writeln!(text, "unchanged  {:width$}  version {}, id {}", had.subject, had.version, had.id);
    }
    text
}
