//! How findings are told: to people, and to the programs around them.

mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod sarif;

use std::{
    fs,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;

pub(super) use json::finding as as_json;

use super::{
    answer,
    exit::Exit,
    finding::{Examined, Finding, Report},
    remote::Failure,
    rules::Severity,
};

/// What the command line says of outputs.
#[derive(Debug, Clone, Args)]
pub(super) struct OutputOptions {
    /// human, json, github, gitlab, junit, sarif or markdown; several with -o FORMAT=FILE
    #[arg(long = "output", short = 'o', value_name = "FORMAT[=FILE]")]
    outputs: Vec<Output>,
    /// Exit with 1 from this severity on: note, warning or error
    #[arg(long, value_name = "SEVERITY", default_value = "error", value_parser = severity)]
    fail_on: Severity,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// Tell people nothing but findings
    #[arg(long, short)]
    quiet: bool,
}

/// One output.
#[derive(Debug, Clone)]
struct Output {
    format: Format,
    file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Human,
    Json,
    Github,
    Gitlab,
    Junit,
    Sarif,
    Markdown,
}

impl Format {
    const TABLE: [(Self, &'static str); 7] = [
        (Self::Human, "human"),
        (Self::Json, "json"),
        (Self::Github, "github"),
        (Self::Gitlab, "gitlab"),
        (Self::Junit, "junit"),
        (Self::Sarif, "sarif"),
        (Self::Markdown, "markdown"),
    ];
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(PathBuf::from(file))));
        let format = Format::TABLE.iter().find(|(_, known)| *known == name);
        let Some((format, _)) = format else {
            let known: Vec<&str> = Format::TABLE.iter().map(|(_, name)| *name).collect();
            return Err(format!("there is no output {name:?}; there are {}", known.join(", ")));
        };
        if file.as_ref().is_some_and(|file| file.as_os_str().is_empty()) {
            return Err(format!("a file is missing behind {text}"));
        }
        Ok(Self { format: *format, file })
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| format!("{text:?} is not a severity: write note, warning or error"))
}

/// How much people are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Everything,
    FindingsOnly,
}

/// Whether texts may carry colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Plain,
    Styled,
}

impl OutputOptions {
    /// Refuses outputs that would mix.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let direct = self.outputs.iter().filter(|output| output.file.is_none()).count();
        if direct > 1 {
            return Err(Failure::usage(
                "only one output can go to the standard output; write -o FORMAT=FILE for the others",
            ));
        }
        let mut taken: Vec<PathBuf> = Vec::new();
        for file in self.outputs.iter().filter_map(|output| output.file.as_deref()) {
            let meant = meant(file);
            if taken.contains(&meant) {
                return Err(Failure::usage(format!(
                    "two outputs go to {}; each needs a file of its own",
                    file.display()
                )));
            }
            taken.push(meant);
        }
        Ok(())
    }

    /// Whether people are told nothing but findings.
    pub(super) const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether progress may be shown to people.
    pub(super) fn shows_progress(&self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Writes every output, and says how the command ends.
    pub(super) fn write(&self, report: &Report) -> Result<Exit, Failure> {
        let human = Output { format: Format::Human, file: None };
        let outputs = if self.outputs.is_empty() { std::slice::from_ref(&human) } else { &self.outputs };
        let for_programs = report.for_programs();
        for output in outputs {
            let text = self.render(output, report, &for_programs);
            match &output.file {
                None => answer(&text),
                Some(file) => fs::write(file, text).map_err(|error| unwritten(file, &error))?,
            }
        }
        let fails = report.worst().is_some_and(|worst| worst >= self.fail_on);
        Ok(if fails && !self.exit_zero { Exit::Findings } else { Exit::Fine })
    }

    fn render(&self, output: &Output, report: &Report, for_programs: &Report) -> String {
        let detail = if self.quiet { Detail::FindingsOnly } else { Detail::Everything };
        let colour = colour(output.file.is_none() && io::stdout().is_terminal());
        match output.format {
            Format::Human => human::render(report, detail, colour),
            Format::Json => json::render(for_programs),
            Format::Github => github::render(for_programs),
            Format::Gitlab => gitlab::render(for_programs),
            Format::Junit => junit::render(for_programs, self.fail_on),
            Format::Sarif => sarif::render(for_programs),
            Format::Markdown => markdown::render(for_programs),
        }
    }
}

/// The findings for people, each with its line of the source; for the standard output.
pub(super) fn excerpts(report: &Report) -> String {
    human::render(report, Detail::FindingsOnly, colour(io::stdout().is_terminal()))
}

/// Tells the findings on the standard error.
pub(super) fn complain(report: &Report) {
    let text = human::render(report, Detail::FindingsOnly, colour(io::stderr().is_terminal()));
    let _unread = io::stderr().lock().write_all(text.as_bytes());
}

/// Colours are for terminals whose user has nothing against them.
fn colour(is_terminal: bool) -> Colour {
    if is_terminal && std::env::var_os("NO_COLOR").is_none() { Colour::Styled } else { Colour::Plain }
}

/// What is wrong, why, and what breaks for whom, as sentences on one line.
fn sentences(finding: &Finding) -> String {
    let because = finding.because.iter().map(|cause| format!("Because of {}", cause.told()));
    let sentences = std::iter::once(finding.message.clone()).chain(because).chain(finding.affects.clone());
    let ended = sentences.map(|text| if text.ends_with(['.', '!', '?']) { text } else { text + "." });
    ended.collect::<Vec<_>>().join(" ")
}

/// A number of things in words: `1 error`, `2 errors`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}

/// Why a file was not written: its name is wrong, or the disk is.
fn unwritten(file: &Path, error: &io::Error) -> Failure {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem};
    let is_wrong_name =
        matches!(error.kind(), NotFound | PermissionDenied | IsADirectory | NotADirectory | ReadOnlyFilesystem);
    let exit = if is_wrong_name { Exit::Usage } else { Exit::Internal };
    Failure::new(exit, format!("{}: {error}", file.display()))
}

/// A path that is the same for every spelling of a file, whether it is there or not.
fn meant(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    file.canonicalize().ok().unwrap_or_else(|| {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        folder.join(file.file_name().unwrap_or_default())
    })
}

/// What an examined schema is called.
fn subject(examined: &Examined) -> &str {
    examined.subject.as_deref().unwrap_or("(no subject)")
}

/// What was found, on one line.
fn summary(report: &Report) -> String {
    let counts = [
        (report.count(Severity::Error), "error"),
        (report.count(Severity::Warning), "warning"),
        (report.count(Severity::Note), "note"),
        (report.findings.iter().filter(|finding| !finding.counts()).count(), "accepted finding"),
    ];
    let mut parts = vec![counted(report.examined.len(), "subject")];
    parts.extend(counts.iter().filter(|(count, _)| *count > 0).map(|(count, thing)| counted(*count, thing)));
    if counts.iter().all(|(count, _)| *count == 0) {
        parts.push("nothing found".to_owned());
    }
    parts.join(", ")
}
