//! What is compared with has schemas that the repository lacks: removed, renamed to another subject, or emptied.

use std::collections::{HashMap, HashSet};

use super::{
    against::{Baseline, OldFile},
    finding::{Examined, Finding, Mark, Old, Outcome, Report},
    rules::{self, Rule},
    selection::Selection,
};

/// The place of what concerns a whole file.
const BEGINNING: Mark = Mark { line: 1, column: 1, span: (0, 0), pointer: None };

/// Adds a finding for every schema of the baseline that has no file any more; another path is as good.
pub(super) fn tell(selection: &Selection, baseline: &Baseline, report: &mut Report) {
    let workspace = &selection.workspace;
    let subjects: HashSet<&str> = workspace
        .schemas
        .iter()
        // An older version that others refer to is no file of the subject.
        .filter(|schema| schema.pinned().is_none())
        .map(|schema| schema.subject.as_str())
        .collect();
    // What is wrong with these is told already.
    let problems = &workspace.problems;
    let wrong: HashSet<&str> = problems
        .iter()
        .filter_map(|problem| problem.subject.as_deref())
        .chain(problems.iter().map(|problem| problem.file.as_str()))
        .collect();
    let here = Here {
        subjects: workspace.schemas.iter().map(|schema| (schema.file.as_str(), schema.subject.as_str())).collect(),
        passed_over: workspace.passed_over.iter().map(|file| (file.file.as_str(), file.text.as_str())).collect(),
    };
    for old in baseline.files.iter().filter(|old| selection.includes(&old.file)) {
        if subjects.contains(old.subject.as_str())
            || wrong.contains(old.subject.as_str())
            || wrong.contains(old.file.as_str())
        {
            continue;
        }
        let (rule, message, mark, outcome) = here.told(old);
        let mut finding = Finding::new(rule, message).of_subject(&old.subject).in_file(&old.file, mark);
        finding.old = Some(Old { name: baseline.name.clone(), version: None, pointer: None, place: None });
        report.findings.push(finding);
        report.examined.push(Examined {
            subject: Some(old.subject.clone()),
            file: old.file.clone(),
            kind: old.kind,
            level: None,
            compared: vec![baseline.name.clone()],
            outcome,
        });
    }
}

/// What the files are now.
struct Here<'w> {
    /// Subjects by file.
    subjects: HashMap<&'w str, &'w str>,
    /// Texts of what is no schema, by file.
    passed_over: HashMap<&'w str, &'w str>,
}

impl Here<'_> {
    fn told(&self, old: &OldFile) -> (&'static Rule, String, Option<Mark>, Outcome) {
        let file = old.file.as_str();
        if let Some(subject) = self.subjects.get(file) {
            let message = format!("the file had the subject {} and has {subject} now", old.subject);
            return (&rules::SCHEMA_REMOVED, message, Some(BEGINNING), Outcome::Removed);
        }
        match self.passed_over.get(file) {
            Some(text) if text.trim().is_empty() => {
                (&rules::EMPTY_FILE, "the file is empty".to_owned(), Some(BEGINNING), Outcome::Invalid)
            }
            Some(_) => {
                let message = "the file was a schema and is none any more: no $schema says that it is".to_owned();
                (&rules::NOT_A_SCHEMA, message, Some(BEGINNING), Outcome::Invalid)
            }
            None => {
                let message = format!("the file is gone, and no other file has the subject {}", old.subject);
                (&rules::SCHEMA_REMOVED, message, None, Outcome::Removed)
            }
        }
    }
}
