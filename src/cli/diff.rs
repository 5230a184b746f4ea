//! `regis diff`: what two schemas from anywhere differ in, also what breaks nothing.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;

use super::{
    against::git_files,
    exit::Exit,
    fetched::Fetched,
    finding::{Examined, Finding, Old, Outcome, Report},
    locator::Locator,
    mark::Marker,
    remote::{self, Failure, RegistryOption},
    report::OutputOptions,
    rules::{self, Severity},
    workspace::{self, Configuration, LocalSchema, Workspace},
};
use crate::{
    model::SchemaKind,
    schema::{Difference, Direction, Place, Policy, Referenced, Schema, Strictness, avro},
};

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    regis diff git:main:schemas/order.avsc schemas/order.avsc\n  \
    regis diff orders-value@3 orders-value -r https://registry.example -o markdown\n\n\
    What breaks in either direction is an error, everything else a note.")]
pub(super) struct Arguments {
    /// The old schema: a file, git:REF:PATH, SUBJECT[@VERSION], id:N or guid:G
    old: String,
    /// The new schema
    new: String,
    #[command(flatten)]
    registry: RegistryOption,
    #[command(flatten)]
    outputs: OutputOptions,
}

/// One of the two.
struct Side {
    name: String,
    kind: SchemaKind,
    text: String,
    references: Vec<Referenced>,
    schema: Schema,
}

/// Compares, and tells every difference.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(diff(arguments))
}

async fn diff(arguments: &Arguments) -> Result<Exit, Failure> {
    arguments.outputs.check()?;
    let started = Instant::now();
    let old = side(&arguments.old, &arguments.registry).await.map_err(Failure::before_findings)?;
    let new = side(&arguments.new, &arguments.registry).await.map_err(Failure::before_findings)?;
    if old.kind != new.kind {
        return Err(Failure::usage(format!("{} is {}, but {} is {}", old.name, old.kind, new.name, new.kind)));
    }
    let comparing = Comparing {
        old: &old,
        new: &new,
        old_marker: Marker::new(old.kind, &old.text),
        new_marker: Marker::new(new.kind, &new.text),
    };
    let findings = comparing.findings()?;
    let breaks = findings.iter().any(|finding| finding.severity == Severity::Error);
    let outcome = match (findings.is_empty(), breaks) {
        (true, _) => Outcome::Unchanged,
        (false, false) => Outcome::Compatible,
        (false, true) => Outcome::Incompatible,
    };
    let mut report = Report { command: "diff", against: Some(old.name.clone()), findings, ..Report::default() };
    report.examined.push(Examined {
        subject: Some(new.name.clone()),
        file: new.name.clone(),
        kind: new.kind,
        level: None,
        compared: vec![old.name.clone()],
        outcome,
    });
    report.texts.insert(new.name.clone(), new.text.clone());
    report.seconds = started.elapsed().as_secs_f64();
    arguments.outputs.write(&report)
}

/// Reads one of the two from where it is.
async fn side(text: &str, registry: &RegistryOption) -> Result<Side, Failure> {
    if let Some(rest) = text.strip_prefix("git:") {
        let written = rest.split_once(':').filter(|(reference, path)| !reference.is_empty() && !path.is_empty());
        let (reference, path) = written.ok_or_else(|| {
            Failure::usage(format!("{text}: a schema of a commit is written git:REF:PATH, such as git:main:order.avsc"))
        })?;
        let (root, configuration) = workspace::configured(Path::new("."), None)?;
        let files = git_files(&root.folder, reference, &configuration)?;
        let name = root.inside(&env::current_dir().unwrap_or_default().join(path));
        let workspace = workspace::assemble(&configuration, files);
        let schema = name.and_then(|name| workspace.schemas.iter().find(|schema| schema.file == name));
        let schema = schema.ok_or_else(|| Failure::usage(format!("{text}: there is no such schema file")))?;
        return local(text, &workspace, schema);
    }
    let path = PathBuf::from(text);
    if path.is_file() {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (root, _, workspace) = workspace::load(folder, None)?;
        let name = root.relative(&path)?;
        if let Some(schema) = workspace.schemas.iter().find(|schema| schema.file == name) {
            return local(text, &workspace, schema);
        }
        let content = fs::read_to_string(&path).map_err(|error| Failure::usage(format!("{text}: {error}")))?;
        let kind = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => SchemaKind::Json,
            Some("proto") => SchemaKind::Protobuf,
            _ => SchemaKind::Avro,
        };
        return parsed(text, kind, content, Vec::new());
    }
    let locator: Locator = text.parse().map_err(|wrong| Failure::usage(format!("{text}: {wrong}")))?;
    let configuration =
        workspace::configured(Path::new("."), None).map_or_else(|_| Configuration::default(), |found| found.1);
    if is_path(text) && registry.is_unnamed(&configuration) {
        return Err(Failure::usage(format!("{text}: there is no such file")));
    }
    let client = registry.open(&configuration)?;
    let stored = locator.find(&client, None).await.map_err(|mut failure| {
        if is_path(text) {
            failure.sentences.insert(0, format!("{text}: there is no such file, so it was looked for in the registry"));
        }
        failure
    })?;
    let references = Fetched::from(&client).dependencies(&stored.subject, stored.references()).await?;
    parsed(text, stored.kind(), stored.schema.clone(), references)
}

/// Whether a word reads like the name of a file.
fn is_path(text: &str) -> bool {
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str());
    text.contains(['/', '\\']) || matches!(extension, Some("avsc" | "json" | "proto"))
}

fn local(name: &str, workspace: &Workspace, schema: &LocalSchema) -> Result<Side, Failure> {
    let references = workspace.dependencies(schema, &|_| Vec::new());
    parsed(name, schema.kind, schema.text.clone(), references)
}

fn parsed(name: &str, kind: SchemaKind, text: String, references: Vec<Referenced>) -> Result<Side, Failure> {
    let schema = Schema::parse(kind, &text, &references, Strictness::Stored)
        .map_err(|error| Failure::new(Exit::Findings, format!("{name}: {error}")))?;
    Ok(Side { name: name.to_owned(), kind, text, references, schema })
}

struct Comparing<'a> {
    old: &'a Side,
    new: &'a Side,
    old_marker: Marker<'a>,
    new_marker: Marker<'a>,
}

impl Comparing<'_> {
    fn findings(&self) -> Result<Vec<Finding>, Failure> {
        if self.old.text == self.new.text && self.old.references == self.new.references {
            return Ok(Vec::new());
        }
        let mut findings = Vec::new();
        for direction in [Direction::Backward, Direction::Forward] {
            let (reader, writer) = match direction {
                Direction::Backward => (&self.new.schema, &self.old.schema),
                Direction::Forward => (&self.old.schema, &self.new.schema),
            };
            let found = Schema::differences(reader, writer, direction, Policy::Strict).transpose();
            let found = found.map_err(|error| Failure::new(Exit::Findings, error.to_string()))?.unwrap_or_default();
            // What breaks nothing is told once, from old to new.
            let told = found.into_iter().filter(|difference| difference.breaks || direction == Direction::Backward);
            findings.extend(told.map(|difference| self.difference(difference, direction)));
        }
        if self.new.kind == SchemaKind::Avro {
            findings.extend(self.avro()?);
        }
        Ok(findings)
    }

    fn difference(&self, difference: Difference, direction: Direction) -> Finding {
        let (new, old) = direction.new_and_old(difference.reader, difference.writer);
        let own = |place: Option<Place>| place.filter(|place| place.reference.is_none()).map(|place| place.pointer);
        let (new, old) = (own(self.new.schema.place(&new)), own(self.old.schema.place(&old)));
        let rule = rules::of_difference(self.new.kind, difference.kind);
        let message = if difference.description.is_empty() { rule.meaning } else { &difference.description };
        let mut finding = self.finding(rule, message, new, old);
        finding.severity = if difference.breaks { Severity::Error } else { Severity::Note };
        if difference.breaks {
            finding.direction = Some(direction);
            let (new, old) = (&self.new.name, &self.old.name);
            finding.affects = Some(match direction {
                Direction::Backward => format!("A reader with {new} cannot read data written with {old}."),
                Direction::Forward => format!("A reader with {old} cannot read data written with {new}."),
            });
        }
        finding
    }

    /// Avro's comparison tells only what breaks.
    fn avro(&self) -> Result<Vec<Finding>, Failure> {
        let changes = avro::changes(&self.old.text, &self.new.text);
        let changes = changes.map_err(|error| Failure::new(Exit::Findings, error.to_string()))?;
        let told = changes.into_iter().map(|change| {
            let rule = rules::of_difference(SchemaKind::Avro, change.kind);
            self.finding(rule, &change.description, Some(change.new), Some(change.old))
        });
        Ok(told.collect())
    }

    fn finding(&self, rule: &'static rules::Rule, message: &str, new: Option<String>, old: Option<String>) -> Finding {
        let mark = new.and_then(|pointer| self.new_marker.pointer(&pointer)).unwrap_or_else(|| self.new_marker.at(0));
        let mut finding = Finding::new(rule, message).in_file(&self.new.name, Some(mark));
        finding.subject = Some(self.new.name.clone());
        let place = old.as_ref().and_then(|pointer| self.old_marker.pointer(pointer));
        let place = place.map(|mark| (mark.line, mark.column));
        finding.old = Some(Old { name: self.old.name.clone(), version: None, pointer: old, place });
        finding
    }
}
