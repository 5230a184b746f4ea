//! `regis lint`: style and safety of each schema by itself.

mod avro;
mod json;
mod mend;
mod protobuf;

use clap::Args;

use super::{
    answer, complain,
    exit::Exit,
    finding::{Examined, Finding, Fix, Outcome, Report},
    mark::Marker,
    naming::Style,
    remote::{self, Failure},
    report::{OutputOptions, counted},
    rules::{self, Rule, Severity},
    selection::{FileOptions, Selection},
    workspace::{Configuration, LocalSchema},
};
use crate::model::SchemaKind;

/// What the command line says.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regis lint schemas --fail-on warning\n  regis lint --fix --dry-run | git apply\n\n\
    Severities and styles are set in regis.yaml: lint: rules: {doc-required: error, field-name: [warn, camelCase]}"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: FileOptions,
    /// Put the fixes that are certain into the files, and tell what is left
    #[arg(long)]
    fix: bool,
    /// With --fix: show what would change as a unified diff, write nothing, and exit with 1 if that is anything
    #[arg(long, requires = "fix", conflicts_with = "outputs")]
    dry_run: bool,
    #[command(flatten)]
    outputs: OutputOptions,
}

/// Looks at every schema, and tells what was found.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(async { lint(arguments) })
}

fn lint(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.outputs.check()?;
    let selection = arguments.files.select()?;
    let report = report(&selection);
    if !arguments.fix {
        let mendable = report.findings.iter().filter(|finding| finding.counts() && finding.fix.is_some()).count();
        let exit = arguments.outputs.write(&report)?;
        if mendable > 0 && !arguments.outputs.is_quiet() {
            complain(&format!("--fix mends {}; --fix --dry-run shows how", counted(mendable, "finding")));
        }
        return Ok(exit);
    }
    let mended = mend::mend(&selection, &report)?;
    if arguments.dry_run {
        answer(&mend::unified(&mended));
        return Ok(if mended.is_empty() { Exit::Fine } else { Exit::Findings });
    }
    mend::write(&mended)?;
    for file in mended.iter().filter(|_| !arguments.outputs.is_quiet()) {
        complain(&format!("{}: mended {}", file.shown, counted(file.fixes, "finding")));
    }
    arguments.outputs.write(&self::report(&arguments.files.select()?))
}

fn report(selection: &Selection) -> Report {
    let mut report = selection.report("lint");
    for schema in selection.chosen() {
        report.findings.extend(examine(&selection.configuration, schema));
        report.examined.push(Examined {
            subject: Some(schema.subject.clone()),
            file: schema.file.clone(),
            kind: schema.kind,
            level: None,
            compared: Vec::new(),
            outcome: Outcome::Examined,
        });
    }
    selection.finish(&mut report);
    report
}

/// Everything that the rules say of a schema.
fn examine(configuration: &Configuration, schema: &LocalSchema) -> Vec<Finding> {
    let marker = Marker::new(schema.kind, &schema.text);
    let mut linter = Linter { configuration, schema, marker, findings: Vec::new() };
    match schema.kind {
        SchemaKind::Avro => avro::lint(&mut linter),
        SchemaKind::Json => json::lint(&mut linter),
        SchemaKind::Protobuf => protobuf::lint(&mut linter),
    }
    linter.findings
}

/// One schema while it is looked at.
struct Linter<'a> {
    configuration: &'a Configuration,
    schema: &'a LocalSchema,
    marker: Marker<'a>,
    findings: Vec<Finding>,
}

impl Linter<'_> {
    /// The severity of a rule here; none if it is off.
    fn severity(&self, rule: &Rule) -> Option<Severity> {
        let setting = self.configuration.lint.iter().find(|(name, _)| rule.is_called(name));
        setting.map_or(Some(rule.severity), |(_, setting)| setting.severity)
    }

    /// The style that a rule demands.
    fn style(&self, rule: &Rule, default: Style) -> Style {
        let setting = self.configuration.lint.iter().find(|(name, _)| rule.is_called(name));
        let style = setting.and_then(|(_, setting)| setting.option.as_deref()).and_then(Style::parse);
        style.unwrap_or(default)
    }

    /// Notes a finding at a byte offset, unless the rule is off.
    fn note(&mut self, rule: &'static Rule, at: usize, message: String, fix: Option<Fix>) {
        let Some(severity) = self.severity(rule) else { return };
        let finding = Finding::new(rule, message)
            .of_subject(&self.schema.subject)
            .in_file(&self.schema.file, Some(self.marker.at(at)));
        self.findings.push(Finding { severity, fix, ..finding });
    }

    fn type_name(&mut self, name: &str, at: usize) {
        self.name(&rules::TYPE_NAME, "type", name, at, Style::Pascal);
    }

    fn field_name(&mut self, name: &str, at: usize) {
        self.name(&rules::FIELD_NAME, "field", name, at, Style::Snake);
    }

    fn name(&mut self, rule: &'static Rule, what: &str, name: &str, at: usize, default: Style) {
        let style = self.style(rule, default);
        if !style.fits(name) {
            self.note(rule, at, format!("the {what} {name:?} is not in {}", style.as_str()), None);
        }
    }
}
