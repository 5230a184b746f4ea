//! Which schemas of a repository a command is about.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::Args;

use super::{
    finding::{Examined, Finding, Outcome, Report, Repository},
    paths::Paths,
    problems,
    remote::Failure,
    workspace::{self, Configuration, LocalSchema, Problem, Root, Workspace, is_below},
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
    /// The text of the configuration.
    configured: String,
    started: Instant,
}

impl FileOptions {
    /// These files and folders, and this configuration.
    pub(super) fn of(paths: Vec<PathBuf>, config: Option<PathBuf>) -> Self {
        Self { paths, config }
    }

    /// Whether the whole repository is meant.
    pub(super) fn is_everything(&self) -> bool {
        self.paths.is_empty()
    }

    /// Where the repository begins, and what it says.
    pub(super) fn repository(&self) -> Result<(Root, Configuration), Failure> {
        let here = PathBuf::from(".");
        let first = self.paths.first().unwrap_or(&here);
        if !first.exists() {
            return Err(Failure::usage(format!("{}: there is no such file or folder", first.display())));
        }
        let from = if first.is_dir() {
            first
        } else {
            first.parent().filter(|path| !path.as_os_str().is_empty()).unwrap_or(&here)
        };
        Ok(workspace::configured(from, self.config.as_deref())?)
    }

    /// Reads the repository; there must be schemas.
    pub(super) fn select(&self) -> Result<Selection, Failure> {
        let selection = self.read()?;
        selection.expect_schemas()?;
        Ok(selection)
    }

    /// Reads the repository.
    pub(super) fn read(&self) -> Result<Selection, Failure> {
        self.read_without(self.repository()?, None)
    }

    /// Reads the repository without the schemas that its own are compared with.
    pub(super) fn read_without(
        &self,
        (root, configuration): (Root, Configuration),
        baseline: Option<&Path>,
    ) -> Result<Selection, Failure> {
        let started = Instant::now();
        let paths: Vec<String> = self.paths.iter().map(|path| root.relative(path)).collect::<Result<_, _>>()?;
        let left_out = baseline.and_then(|path| root.relative(path).ok());
        // Whoever names the baseline itself wants it to be looked at.
        let left_out = left_out.filter(|folder| {
            !folder.is_empty() && !paths.iter().any(|path| !path.is_empty() && is_below(path, folder))
        });
        let workspace = workspace::schemas(&root, &configuration, left_out.as_deref())?;
        let configured = match &root.configuration {
            Some(path) => {
                fs::read_to_string(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?
            }
            None => String::new(),
        };
        let selection = Selection { root, configuration, workspace, paths, configured, started };
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

    /// Refuses a selection in which there is nothing to look at.
    pub(super) fn expect_schemas(&self) -> Result<(), Failure> {
        if !self.chosen().is_empty() || self.problems().next().is_some() {
            return Ok(());
        }
        let place = self.root.folder.display();
        Err(Failure::usage(format!("no schema files below {place}: .avsc, .proto, or .json with a $schema")))
    }

    /// Whether a file is among the chosen ones.
    pub(super) fn includes(&self, file: &str) -> bool {
        self.paths.is_empty() || self.paths.iter().any(|path| is_below(file, path))
    }

    /// Whether a schema is looked at.
    pub(super) fn is_chosen(&self, schema: &LocalSchema) -> bool {
        schema.pinned().is_none() && self.includes(&schema.file)
    }

    /// The schemas that are looked at.
    pub(super) fn chosen(&self) -> Vec<&LocalSchema> {
        self.workspace.schemas.iter().filter(|schema| self.is_chosen(schema)).collect()
    }

    fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.workspace.problems.iter().filter(|problem| self.includes(&problem.file))
    }

    /// A report that holds what is wrong with the files themselves.
    pub(super) fn report(&self, command: &'static str) -> Report {
        let examined = self.problems().filter_map(|problem| {
            Some(Examined {
                subject: problem.subject.clone(),
                file: problem.file.clone(),
                kind: problem.kind?,
                level: None,
                compared: Vec::new(),
                outcome: Outcome::Invalid,
            })
        });
        let findings = self.problems().map(problems::finding);
        Report { command, examined: examined.collect(), findings: findings.collect(), ..Report::default() }
    }

    /// Warnings about what the configuration says of subjects that neither a file nor the report has.
    pub(super) fn unknown_subjects(&self, report: &Report) -> Vec<Finding> {
        let schemas = self.workspace.schemas.iter().map(|schema| schema.subject.as_str());
        let problems = self.workspace.problems.iter().filter_map(|problem| problem.subject.as_deref());
        let examined = report.examined.iter().filter_map(|examined| examined.subject.as_deref());
        let known = schemas.chain(problems).chain(examined).collect();
        problems::unknown_subjects(&self.configuration, &self.configured, &known)
    }

    /// Lets exceptions accept findings, and brings everything into the form in which it is told.
    pub(super) fn finish(&self, report: &mut Report) {
        let today = chrono::Utc::now().date_naive();
        problems::apply_exceptions(&self.configuration, &self.configured, today, &mut report.findings);
        self.locate(report);
    }

    /// Brings everything into the form in which it is told; no exception holds for a registry's refusal.
    pub(super) fn locate(&self, report: &mut Report) {
        let mut findings: Vec<_> = report.owners().into_iter().zip(std::mem::take(&mut report.findings)).collect();
        findings.sort_by_key(|(owner, _)| *owner);
        report.findings = findings.into_iter().map(|(_, finding)| finding).collect();
        self.name_files(report);
        report.seconds = self.started.elapsed().as_secs_f64();
    }

    /// Gives every file the name by which people find it, and notes the other ones.
    fn name_files(&self, report: &mut Report) {
        let texts = self.texts();
        let paths = Paths::below(&self.root.folder);
        let configuration = self.root.configuration.as_ref().and_then(|path| path.file_name());
        let configuration = configuration.map(|name| name.to_string_lossy().into_owned());
        let mut repository =
            paths.repository().map(|root| Repository { root: root.to_owned(), ..Repository::default() });
        let mut name = |file: &str| {
            let shown = paths.shown(file);
            if let Some(repository) = &mut repository {
                repository.paths.insert(shown.clone(), paths.published(file));
            }
            shown
        };
        for finding in &mut report.findings {
            finding.message = printable(&finding.message);
            let Some(file) = &finding.file else { continue };
            let is_configuration = Some(file.as_str()) == self.configuration.file.as_deref();
            let (shown, text) = match &configuration {
                Some(configuration) if is_configuration => (name(configuration), self.configured.as_str()),
                _ => (name(file), texts.get(file.as_str()).copied().unwrap_or_default()),
            };
            report.texts.entry(shown.clone()).or_insert_with(|| text.to_owned());
            finding.file = Some(shown);
            for cause in &mut finding.because {
                cause.file = name(&cause.file);
                cause.message = printable(&cause.message);
            }
        }
        for examined in &mut report.examined {
            examined.file = name(&examined.file);
        }
        report.repository = repository;
    }

    /// The texts of all files, by their paths from the root.
    fn texts(&self) -> BTreeMap<&str, &str> {
        let Workspace { schemas, problems, passed_over } = &self.workspace;
        let schemas = schemas.iter().map(|schema| (schema.file.as_str(), schema.text.as_str()));
        let problems = problems.iter().map(|problem| (problem.file.as_str(), problem.text.as_str()));
        let passed_over = passed_over.iter().map(|file| (file.file.as_str(), file.text.as_str()));
        schemas.chain(problems).chain(passed_over).collect()
    }
}

/// Control characters of a schema are no business of a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter }).collect()
}
