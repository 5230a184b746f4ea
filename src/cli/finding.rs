//! What a command found: one shape for all commands and all outputs.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
};

use sha2::{Digest as _, Sha256};

use super::rules::{Rule, Severity};
use crate::{
    model::{Level, SchemaKind},
    schema::Direction,
};

/// Something that was found.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    /// The rule.
    pub(super) rule: &'static Rule,
    /// How much it matters here.
    pub(super) severity: Severity,
    /// The subject that it is about.
    pub(super) subject: Option<String>,
    /// The file to look into.
    pub(super) file: Option<String>,
    /// Where in the file.
    pub(super) mark: Option<Mark>,
    /// What it was compared with.
    pub(super) old: Option<Old>,
    /// Who reads whose data, if it was found by comparing.
    pub(super) direction: Option<Direction>,
    /// What is wrong, as a sentence.
    pub(super) message: String,
    /// What is behind it, further inside of the schemas.
    pub(super) because: Vec<Cause>,
    /// What breaks for whom, if something does.
    pub(super) affects: Option<String>,
    /// A mending, if one is certain.
    pub(super) fix: Option<Fix>,
    /// The reason for which it is accepted, and until when.
    pub(super) accepted: Option<String>,
}

/// A difference that another one is made of.
#[derive(Debug, Clone)]
pub(super) struct Cause {
    /// The rule that it would be of by itself.
    pub(super) rule: &'static Rule,
    /// What is wrong, as a sentence.
    pub(super) message: String,
    /// The file to look into.
    pub(super) file: String,
    /// Where in the file.
    pub(super) mark: Mark,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Line, from 1.
    pub(super) line: usize,
    /// Column in characters, from 1.
    pub(super) column: usize,
    /// Byte offsets: where it begins and ends.
    pub(super) span: (usize, usize),
    /// A JSON pointer; in Protobuf, names of messages and numbers of fields.
    pub(super) pointer: Option<String>,
}

/// The other side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Old {
    /// What it is called: `version 3`, `git:main`, a path.
    pub(super) name: String,
    /// Its version, if it has one.
    pub(super) version: Option<i32>,
    /// Where the difference is in it.
    pub(super) pointer: Option<String>,
    /// Line and column of that place.
    pub(super) place: Option<(usize, usize)>,
}

/// A text to be put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fix {
    /// What it does.
    pub(super) description: String,
    /// Byte offset.
    pub(super) at: usize,
    /// Line, from 1.
    pub(super) line: usize,
    /// Column in characters, from 1.
    pub(super) column: usize,
    /// The text.
    pub(super) insert: String,
}

/// What became of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The same as before.
    Unchanged,
    /// There was nothing before.
    New,
    /// Different, and nothing breaks.
    Compatible,
    /// Something breaks.
    Incompatible,
    /// The schema cannot be read.
    Invalid,
    /// It has no file any more.
    Removed,
    /// Looked at by itself.
    Examined,
}

impl Fix {
    /// The text on one line, as people are told of it.
    pub(super) fn shown(&self) -> String {
        self.insert.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Outcome {
    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::New => "new",
            Self::Compatible => "compatible",
            Self::Incompatible => "incompatible",
            Self::Invalid => "invalid",
            Self::Removed => "removed",
            Self::Examined => "examined",
        }
    }
}

/// What was found for one subject.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    /// The subject; none if nothing gives the file one.
    pub(super) subject: Option<String>,
    /// Its file.
    pub(super) file: String,
    /// Its language.
    pub(super) kind: SchemaKind,
    /// The level by which it was judged.
    pub(super) level: Option<Level>,
    /// What it was compared with.
    pub(super) compared: Vec<String>,
    /// What became of it.
    pub(super) outcome: Outcome,
}

/// Where programs look for the files.
#[derive(Debug, Clone, Default)]
pub(super) struct Repository {
    /// Its root, an absolute path.
    pub(super) root: PathBuf,
    /// By the paths that people are shown: those from the root.
    pub(super) paths: BTreeMap<String, String>,
}

/// Everything that a command found.
#[derive(Debug, Clone, Default)]
pub(super) struct Report {
    /// The command.
    pub(super) command: &'static str,
    /// Against what was compared.
    pub(super) against: Option<String>,
    /// The subjects, in the order of their files.
    pub(super) examined: Vec<Examined>,
    /// The findings, those of a subject together.
    pub(super) findings: Vec<Finding>,
    /// The texts of the files that findings are in.
    pub(super) texts: BTreeMap<String, String>,
    /// The repository that the files are in, if they are in one.
    pub(super) repository: Option<Repository>,
    /// How many requests went to a registry.
    pub(super) requests: usize,
    /// How long it took, in seconds.
    pub(super) seconds: f64,
}

impl Finding {
    /// A finding of a rule, with nothing known yet but what is wrong.
    pub(super) fn new(rule: &'static Rule, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            subject: None,
            file: None,
            mark: None,
            old: None,
            direction: None,
            message: message.into(),
            because: Vec::new(),
            affects: None,
            fix: None,
            accepted: None,
        }
    }

    /// The same, about a subject.
    #[must_use]
    pub(super) fn of_subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same, in a file.
    #[must_use]
    pub(super) fn in_file(mut self, file: impl Into<String>, mark: Option<Mark>) -> Self {
        self.file = Some(file.into());
        self.mark = mark;
        self
    }

    /// Every file that it names.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut String> {
        self.file.iter_mut().chain(self.because.iter_mut().map(|cause| &mut cause.file))
    }

    /// What helps: against what is behind it, if that is known.
    pub(super) fn advice(&self) -> &'static str {
        self.because.first().map_or(self.rule, |cause| cause.rule).advice
    }

    /// Whether it counts.
    pub(super) fn counts(&self) -> bool {
        self.accepted.is_none()
    }

    /// A name that stays the same while lines move: of the rule, the subject and the place in the schema.
    pub(super) fn fingerprint(&self) -> String {
        let pointer = self.mark.as_ref().and_then(|mark| mark.pointer.as_deref()).unwrap_or_default();
        let old = self.old.as_ref().map_or("", |old| old.name.as_str());
        let direction = self.direction.map_or("", |direction| direction.words().0);
        let mut hash = Sha256::new();
        let file = self.file.as_deref().unwrap_or_default();
        let subject = self.subject.as_deref().unwrap_or(file);
        for part in [&self.rule.id(), subject, pointer, old, direction, &self.message] {
            hash.update(part);
            hash.update([0]);
        }
        let digest = hash.finalize();
        uuid::Uuid::from_slice(&digest[..16]).expect("a digest has more than 16 bytes").simple().to_string()
    }
}

impl Cause {
    /// It and its place, on one line.
    pub(super) fn told(&self) -> String {
        let Mark { line, column, .. } = &self.mark;
        format!("{}: {} ({}:{line}:{column})", self.rule, self.message, self.file)
    }
}

impl Report {
    /// How many findings of a severity count.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.counts() && finding.severity == severity).count()
    }

    /// The same with every path as it is from the root of the repository, wherever the command was started.
    pub(super) fn for_programs(&self) -> Self {
        let mut report = Self { texts: BTreeMap::new(), ..self.clone() };
        let Some(repository) = &self.repository else { return report };
        let rename = |file: &mut String| {
            if let Some(path) = repository.paths.get(file.as_str()) {
                file.clone_from(path);
            }
        };
        report.examined.iter_mut().for_each(|examined| rename(&mut examined.file));
        report.findings.iter_mut().flat_map(Finding::files).for_each(rename);
        report
    }

    /// For each finding, which of the examined schemas it is about.
    pub(super) fn owners(&self) -> Vec<Option<usize>> {
        let mut by_subject: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut by_file: HashMap<&str, usize> = HashMap::new();
        for (at, examined) in self.examined.iter().enumerate() {
            match &examined.subject {
                Some(subject) => by_subject.entry(subject).or_default().push(at),
                None => drop(by_file.insert(&examined.file, at)),
            }
        }
        let owner = |finding: &Finding| {
            let Some(subject) = &finding.subject else {
                return finding.file.as_ref().and_then(|file| by_file.get(file.as_str())).copied();
            };
            let candidates = by_subject.get(subject.as_str())?;
            // Two files may have claimed one subject.
            let own = candidates.iter().find(|at| Some(&self.examined[**at].file) == finding.file.as_ref());
            own.or_else(|| candidates.first()).copied()
        };
        self.findings.iter().map(owner).collect()
    }

    /// The worst severity that counts.
    pub(super) fn worst(&self) -> Option<Severity> {
        self.findings.iter().filter(|finding| finding.counts()).map(|finding| finding.severity).max()
    }
}
