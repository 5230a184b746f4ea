//! Which schemas of a repository a command is about.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;

use super::{
    finding::Report,
    problems,
    remote::Failure,
    workspace::{self, Configuration, LocalSchema, Root, Workspace},
};

/// What the command line says of files.
#[derive(Debug, Clone, Args)]
pub(super) struct FileOptions {
    /// Files and folders; everything if none is named
    paths: Vec<PathBuf>,
    /// Configuration file instead of the nearest regis.yaml
    #[arg(long, short = 'c', value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A repository and the part of it that is looked at.
pub(super) struct Selection {
    /// Where it begins.
    pub(super) root: Root,
    /// What it says.
    pub(super) configuration: Configuration,
    /// Its schemas.
    pub(super) workspace: Workspace,
    /// The chosen paths, relative to the root; none means everything.
    paths: Vec<String>,
    started: Instant,
}

impl FileOptions {
    /// These files and folders, and this configuration.
    pub(super) fn of(paths: Vec<PathBuf>, config: Option<PathBuf>) -> Self {
        Self { paths, config }
    }

    /// Reads the repository, in which there must be schemas.
    pub(super) fn select(&self) -> Result<Selection, Failure> {
        let selection = self.read()?;
        if selection.chosen().is_empty() && !selection.has_problems() {
            let place = selection.root.folder.display();
            return Err(Failure::usage(format!(
                "no schema files below {place}: .avsc, .proto, or .json with a $schema"
            )));
        }
        Ok(selection)
    }

    /// Whether the whole repository is meant.
    pub(super) fn is_everything(&self) -> bool {
        self.paths.is_empty()
    }

    /// Reads the repository.
    pub(super) fn read(&self) -> Result<Selection, Failure> {
        let started = Instant::now();
        let here = PathBuf::from(".");
        let first = self.paths.first().unwrap_or(&here);
        let from = if first.is_dir() {
            first
        } else {
            first.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(&here)
        };
        if !first.exists() {
            return Err(Failure::usage(format!("{}: there is no such file or folder", first.display())));
        }
        let (root, configuration, workspace) = workspace::load(from, self.config.as_deref())?;
        let paths: Result<Vec<String>, _> = self.paths.iter().map(|path| root.relative(path)).collect();
        let selection = Selection { root, configuration, workspace, paths: paths?, started };
        for (given, path) in self.paths.iter().zip(&selection.paths) {
            if given.is_file() && !selection.knows(path) {
                return Err(Failure::usage(format!(
                    "{}: this is no schema file; .avsc, .proto and .json with a $schema are, and what the sources of \
                     regis.yaml name",
                    given.display()
                )));
            }
            let pinned =
                selection.workspace.schemas.iter().find(|schema| schema.file == *path && schema.pinned().is_some());
            if let Some(schema) = pinned {
                let (file, subject) = (given.display(), &schema.subject);
                return Err(Failure::usage(format!(
                    "{file}: it is one version of {subject} that others refer to, and no candidate for the next one"
                )));
            }
        }
        Ok(selection)
    }
}

impl Selection {
    fn knows(&self, path: &str) -> bool {
        let schemas = self.workspace.schemas.iter().map(|schema| &schema.file);
        schemas.chain(self.workspace.problems.iter().map(|problem| &problem.file)).any(|file| file == path)
    }

    fn has_problems(&self) -> bool {
        self.workspace.problems.iter().any(|problem| self.includes(&problem.file))
    }

    fn includes(&self, file: &str) -> bool {
        let below = |path: &String| {
            path.is_empty()
                || file.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.paths.is_empty() || self.paths.iter().any(below)
    }

    /// Whether a schema is looked at.
    pub(super) fn is_chosen(&self, schema: &LocalSchema) -> bool {
        schema.pinned().is_none() && self.includes(&schema.file)
    }

    /// The schemas that are looked at.
    pub(super) fn chosen(&self) -> Vec<&LocalSchema> {
        self.workspace.schemas.iter().filter(|schema| self.is_chosen(schema)).collect()
    }

    /// A report that holds what is wrong with the files themselves.
    pub(super) fn report(&self, command: &'static str) -> Report {
        let problems = self.workspace.problems.iter().filter(|problem| self.includes(&problem.file));
        Report { command, findings: problems.map(problems::finding).collect(), ..Report::default() }
    }

    /// Lets exceptions accept findings, and brings everything into the form in which it is told.
    pub(super) fn finish(&self, report: &mut Report) -> Result<(), Failure> {
        let today = chrono::Utc::now().date_naive();
        problems::apply_exceptions(&self.configuration, &self.configured()?, today, &mut report.findings);
        self.locate(report)
    }

    /// The text of the configuration.
    fn configured(&self) -> Result<String, Failure> {
        let Some(path) = &self.root.configuration else { return Ok(String::new()) };
        fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
    }

    /// Brings everything into the form in which it is told; no exception holds for a registry's refusal.
    pub(super) fn locate(&self, report: &mut Report) -> Result<(), Failure> {
        let configured = self.configured()?;
        let mut texts: BTreeMap<&str, String> =
            self.workspace.schemas.iter().map(|schema| (schema.file.as_str(), schema.text.clone())).collect();
        texts.extend(self.workspace.problems.iter().map(|problem| (problem.file.as_str(), problem.text.clone())));
        let place = Place::of(&self.root.folder);
        let name =
            self.root.configuration.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
        for finding in &mut report.findings {
            finding.message = printable(&finding.message);
            let Some(file) = &finding.file else { continue };
            let is_configuration = Some(file.as_str()) == self.configuration.file.as_deref();
            let (shown, text) = match &name {
                Some(name) if is_configuration => (place.shown(name), configured.clone()),
                _ => (place.shown(file), texts.get(file.as_str()).cloned().unwrap_or_default()),
            };
            report.texts.insert(shown.clone(), text);
            finding.file = Some(shown);
        }
        for examined in &mut report.examined {
            examined.file = place.shown(&examined.file);
        }
        let order = |subject: &Option<String>| {
            report.examined.iter().position(|examined| Some(&examined.subject) == subject.as_ref())
        };
        let orders: Vec<Option<usize>> = report.findings.iter().map(|finding| order(&finding.subject)).collect();
        let mut findings: Vec<_> = orders.into_iter().zip(std::mem::take(&mut report.findings)).collect();
        findings.sort_by_key(|(order, _)| *order);
        report.findings = findings.into_iter().map(|(_, finding)| finding).collect();
        report.seconds = self.started.elapsed().as_secs_f64();
        Ok(())
    }
}

/// Control characters of a schema are no business of a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter }).collect()
}

/// How files are told: relative to where the command was started.
struct Place {
    up: String,
    down: Option<String>,
}

impl Place {
    fn of(root: &Path) -> Self {
        let here = env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let slashed = |path: &Path| path.to_string_lossy().replace('\\', "/");
        if let Ok(down) = root.strip_prefix(&here) {
            return Self { up: slashed(down), down: None };
        }
        let down = here.strip_prefix(root).ok().map(slashed);
        Self { up: slashed(root), down }
    }

    fn shown(&self, file: &str) -> String {
        match &self.down {
            None if self.up.is_empty() => file.to_owned(),
            None => format!("{}/{file}", self.up),
            Some(down) => match file.strip_prefix(down.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                Some(inside) => inside.to_owned(),
                None => format!("{}{file}", "../".repeat(down.split('/').count())),
            },
        }
    }
}
