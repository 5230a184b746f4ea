//! `regis plan` and `regis apply`: what the registry lacks as a file, and that file carried out as it stands.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::{
    answer, complain,
    exit::Exit,
    murmur,
    plan::{self, FORMAT, Guard, Plan},
    register::{normalization, told},
    remote::{self, Failure, RegistryOption},
    report,
    selection::FileOptions,
    wanted, workspace,
};
use crate::client::Client;

/// What `regis plan` is told.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regis plan --out plan.json && regis apply plan.json\n\n\
                  Compares schemas, levels, modes and metadata (regis.yaml) with the registry; writes nothing there.\n\
                  Exit code 1: something is blocked.")]
pub(super) struct PlanArguments {
    #[command(flatten)]
    files: FileOptions,
    #[command(flatten)]
    registry: RegistryOption,
    /// File for the plan, to be read by people and by `regis apply`; - for the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to show the plan
    #[arg(long, short = 'o', value_enum, default_value_t = Output::Human)]
    output: Output,
    /// Exit code 1 too if anything is to be done
    #[arg(long)]
    fail_on_drift: bool,
}

/// What `regis apply` is told.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regis apply plan.json\n  regis apply --yes schemas/\n\n\
                  Exit code 4, and nothing written, if the registry moved since the plan was made.")]
pub(super) struct ApplyArguments {
    /// A plan (.json); with --yes, files or folders to plan for first
    paths: Vec<PathBuf>,
    #[command(flatten)]
    registry: RegistryOption,
    /// Plan and carry it out in one go
    #[arg(long)]
    yes: bool,
    /// Configuration [default: the nearest regis.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Human,
    Json,
}

/// Makes a plan.
pub(super) fn plan(arguments: &PlanArguments) -> Exit {
    remote::run(async {
        let Made { plan, told, .. } = make(&arguments.files, &arguments.registry).await?;
        let json = format!("{}\n", serde_json::to_string_pretty(&plan).expect("a plan is JSON"));
        let shown = match arguments.output {
            Output::Human => told,
            Output::Json => json.clone(),
        };
        match arguments.out.as_deref() {
            None => answer(&shown),
            // The plan alone is for whoever reads the standard output.
            Some(path) if path == Path::new("-") => {
                answer(&json);
                if arguments.output == Output::Human {
                    murmur(&shown);
                }
            }
            Some(path) => {
                fs::write(path, json).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                answer(&shown);
            }
        }
        let drift = arguments.fail_on_drift && !plan.steps.is_empty();
        Ok(plan.refusal().unwrap_or(if drift { Exit::Findings } else { Exit::Fine }))
    })
}

/// A plan and where it is for.
struct Made {
    client: Client,
    plan: Plan,
    /// The plan for people, after the places of what is blocked.
    told: String,
}

async fn make(files: &FileOptions, registry: &RegistryOption) -> Result<Made, Failure> {
    let (selection, wanted) = wanted::read(files)?;
    // Settings belong to the whole repository; with paths, only those of the schemas there are meant.
    let meant = |subject: &String| files.is_everything() || wanted.iter().any(|schema| schema.subject == *subject);
    let settings: Vec<_> = selection.configuration.subjects.iter().filter(|(subject, _)| meant(subject)).collect();
    if wanted.is_empty() && settings.is_empty() {
        return Err(Failure::usage("there are no schemas; name files or folders"));
    }
    let client = registry.open(&selection.configuration)?;
    let normalize = normalization(&selection.configuration);
    let mut plan = plan::compute(&client, &wanted, Some(&settings), normalize).await?;
    let report = plan::explain(&client, &selection, &mut plan).await?;
    let told = report::excerpts(&report) + &plan::show(&plan);
    Ok(Made { client, plan, told })
}

/// Carries out a plan.
pub(super) fn apply(arguments: &ApplyArguments) -> Exit {
    remote::run(async {
        let Made { client, plan, told: shown } = if arguments.yes {
            let files = FileOptions::of(arguments.paths.clone(), arguments.config.clone());
            make(&files, &arguments.registry).await?
        } else {
            let [path] = arguments.paths.as_slice() else {
                return Err(Failure::usage(
                    "name one plan, as `regis plan --out` writes it; or plan at once with --yes",
                ));
            };
            let plan = read(path)?;
            let (_, configuration) = workspace::configured(".".as_ref(), arguments.config.as_deref())?;
            let client = arguments.registry.open(&configuration)?;
            is_for(&plan, &client)?;
            let told = plan::show(&plan);
            Made { client, plan, told }
        };
        if let Some(exit) = plan.refusal() {
            answer(&shown);
            complain("the plan has blocked items, so nothing was written");
            return Ok(exit);
        }
        let done = plan::carry_out(&client, &plan, Guard::Seen).await?;
        answer(&told(&plan, &done));
        Ok(Exit::Fine)
    })
}

fn read(path: &Path) -> Result<Plan, Failure> {
    let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let plan: Plan = serde_json::from_str(&text).map_err(|error| wrong(format!("this is no plan: {error}")))?;
    if plan.format != FORMAT {
        return Err(wrong(format!("this Regis reads plans of version {FORMAT}, and it has {}", plan.format)));
    }
    Ok(plan)
}

fn is_for(plan: &Plan, client: &Client) -> Result<(), Failure> {
    let addresses = &client.connection().addresses;
    if addresses.iter().any(|address| address.as_str().trim_end_matches('/') == plan.registry) {
        return Ok(());
    }
    let given: Vec<&str> = addresses.iter().map(|address| address.as_str().trim_end_matches('/')).collect();
    Err(Failure::usage(format!("the plan is for {}, not for {}", plan.registry, given.join(", "))))
}
