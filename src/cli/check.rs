//! `regis check`: what breaks for whom if these files become the next versions.

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    against::Against,
    exit::Exit,
    gone,
    judge::{self, Case},
    remote::{self, Failure},
    report::OutputOptions,
    selection::FileOptions,
    workspace::Configuration,
};
use crate::model::Level;

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regis check --against git:main\n  \
    regis check schemas/orders --against https://registry.example -o human -o sarif=out.sarif\n\n\
    Without --against: what regis.yaml says, else the registry of REGIS_REGISTRY_URL, else git:HEAD.")]
pub(super) struct Arguments {
    #[command(flatten)]
    files: FileOptions,
    /// git:REF, a folder, a file, SUBJECT@VERSION, registry, an address, or a name of regis.yaml
    #[arg(long, short, value_name = "WHERE")]
    against: Option<String>,
    /// Level instead of the registry's or that of regis.yaml
    #[arg(long, short, value_name = "LEVEL", value_parser = level)]
    level: Option<Level>,
    #[command(flatten)]
    outputs: OutputOptions,
}

fn level(text: &str) -> Result<Level, String> {
    Level::parse(text).ok_or_else(|| {
        format!("{text:?} is not a level: write NONE, BACKWARD, FORWARD or FULL, the last three also with _TRANSITIVE")
    })
}

/// Checks, and tells what was found.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(check(arguments))
}

async fn check(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.outputs.check()?;
    let repository = arguments.files.repository()?;
    let (name, against) = against(arguments, &repository.1)?;
    let selection = arguments.files.read_without(repository, against.path())?;
    let chosen = selection.chosen();
    if against.path().is_some() {
        // What is left when the baseline is taken out of the repository.
        selection.expect_schemas()?;
    }
    let repository = (&selection.root, &selection.configuration);
    let baseline =
        against.baseline(repository, &selection.workspace, &chosen).await.map_err(Failure::before_findings)?;
    let case = Case {
        workspace: &selection.workspace,
        configuration: &selection.configuration,
        baseline: &baseline,
        level: arguments.level,
    };
    let progress = progress(chosen.len(), &arguments.outputs);
    let judged = judge::judge(case, &chosen, &|| progress.inc(1));
    progress.finish_and_clear();
    let mut report = selection.report("check");
    report.against = Some(name);
    report.requests = baseline.requests;
    for (examined, findings) in judged {
        report.examined.push(examined);
        report.findings.extend(findings);
    }
    gone::tell(&selection, &baseline, &mut report);
    report.findings.extend(selection.unknown_subjects(&report));
    if report.examined.is_empty() {
        selection.expect_schemas()?;
    }
    selection.finish(&mut report);
    arguments.outputs.write(&report)
}

/// Against what is compared, and how it is called.
fn against(arguments: &Arguments, configuration: &Configuration) -> Result<(String, Against), Failure> {
    let configured = configuration.defaults.against.as_deref();
    let by_default = if std::env::var_os("REGIS_REGISTRY_URL").is_some() { "registry" } else { "git:HEAD" };
    let name = arguments.against.as_deref().or(configured).unwrap_or(by_default);
    Ok((name.to_owned(), Against::read(name, configuration)?))
}

/// A bar on the standard error, for people who wait for many schemas.
fn progress(count: usize, outputs: &OutputOptions) -> ProgressBar {
    const MANY: usize = 200;
    if count < MANY || !outputs.shows_progress() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::new(count as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} schemas").expect("the template is constant"));
    bar
}
