//! What is wrong with files, and what `regis.yaml` accepts, as findings.

use std::{collections::HashSet, sync::LazyLock};

use chrono::NaiveDate;
use regex::{Captures, Regex};

use super::{
    finding::{Finding, Mark},
    mark::{Marker, offset_of},
    rules,
    workspace::{Configuration, Exception, Problem, Trouble},
};
use crate::{
    model::{SchemaKind, Subject},
    schema::ParseError,
};

/// A file that is not understood, as a finding.
pub(super) fn finding(problem: &Problem) -> Finding {
    // Line and column of a byte offset are the same in every language.
    let marker = Marker::new(SchemaKind::Protobuf, &problem.text);
    let mark = problem.at.map(|at| marker.at(at));
    let rule = match &problem.what {
        Trouble::NotText => &rules::NOT_TEXT,
        Trouble::Empty => &rules::EMPTY_FILE,
        Trouble::Syntax(_) => &rules::SYNTAX_ERROR,
        Trouble::NoSubject => &rules::NO_SUBJECT,
        Trouble::SubjectTaken { .. } => &rules::SUBJECT_TAKEN,
        Trouble::Cycle(_) => &rules::CYCLE,
        Trouble::Lock(_) => &rules::UNREADABLE_LOCK,
        Trouble::PinnedChanged { .. } => &rules::PINNED_CHANGED,
    };
    let finding = Finding::new(rule, trouble(problem));
    let finding = finding.in_file(&problem.file, mark);
    match &problem.subject {
        Some(subject) => finding.of_subject(subject),
        None => finding,
    }
}

/// What is wrong with a file, as a sentence.
pub(super) fn trouble(problem: &Problem) -> String {
    match &problem.what {
        Trouble::NotText => "it is not UTF-8".to_owned(),
        Trouble::Empty => "the file is empty".to_owned(),
        Trouble::Syntax(error) => told(error),
        Trouble::NoSubject => "nothing gives it a subject".to_owned(),
        Trouble::SubjectTaken { subject, by } => format!("its subject {subject} is that of {by}"),
        Trouble::Cycle(files) => format!("references lead in a circle: {}", files.join(" → ")),
        Trouble::Lock(why) => why.clone(),
        Trouble::PinnedChanged { subject, version } => {
            format!("it is version {version} of {subject}, which others refer to, and was changed after it was pulled")
        }
    }
}

/// An error without the places in its words: they are those of a text without a name, and told beside it.
pub(super) fn told(error: &ParseError) -> String {
    static PLACE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"( in| \() ?:\d+:\d+(\)?)| at :(\d+):(\d+)").expect("the pattern is constant"));
    let without = PLACE.replace_all(&error.message, |found: &Captures<'_>| match (found.get(3), found.get(4)) {
        (Some(line), Some(column)) => format!(" at line {}, column {}", line.as_str(), column.as_str()),
        _ => String::new(),
    });
    without.into_owned()
}

/// What the configuration says of subjects that are none.
pub(super) fn unknown_subjects(configuration: &Configuration, text: &str, known: &HashSet<&str>) -> Vec<Finding> {
    let file = configuration.file.as_deref().unwrap_or_default();
    let told = |place, message| Finding::new(&rules::UNKNOWN_SUBJECT, message).in_file(file, Some(mark(text, place)));
    // The settings of a context are under its name alone.
    let is_unknown = |subject: &str| !known.contains(subject) && !Subject::parse(subject).name().is_empty();
    let declared = configuration.subjects.iter().filter(|(subject, _)| is_unknown(subject));
    let declared = declared.map(|(subject, declared)| {
        let message = match &declared.file {
            Some(file) => format!("the subject {subject} has no file: {file} is no schema file"),
            None => format!("no file has the subject {subject}"),
        };
        told(declared.place, message).of_subject(subject)
    });
    let meant = |exception: &&Exception| {
        let declared = configuration.subjects.keys().map(String::as_str);
        known.iter().copied().chain(declared).any(|subject| exception.subject.is_match(subject))
    };
    let exceptions = configuration.exceptions.iter().filter(|exception| !meant(exception));
    let exceptions = exceptions.map(|exception| {
        let (rule, subject) = (&exception.rule, &exception.subject_text);
        told(exception.place, format!("the exception of {rule} is for {subject}, and no file has such a subject"))
    });
    declared.chain(exceptions).collect()
}

/// A place in the configuration, up to the end of its line.
fn mark(text: &str, (line, column): (usize, usize)) -> Mark {
    let start = offset_of(text, line, column);
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    Mark { line, column, span: (start, end), pointer: None }
}

/// Lets the exceptions of the configuration accept findings; an expired one accepts nothing and is a finding itself.
pub(super) fn apply_exceptions(
    configuration: &Configuration,
    text: &str,
    today: NaiveDate,
    findings: &mut Vec<Finding>,
) {
    let file = configuration.file.as_deref().unwrap_or_default();
    let mut told = Vec::new();
    for exception in &configuration.exceptions {
        let mark = mark(text, exception.place);
        let (rule, subject) = (&exception.rule, &exception.subject_text);
        if exception.until < today {
            let message =
                format!("the exception of {rule} for {subject} held until {}: {}", exception.until, exception.reason);
            told.push(Finding::new(&rules::EXPIRED_EXCEPTION, message).in_file(file, Some(mark)));
            continue;
        }
        for finding in findings.iter_mut() {
            let of_subject = exception.subject.is_match(finding.subject.as_deref().unwrap_or_default());
            if of_subject && finding.rule.is_called(rule) {
                finding.accepted = Some(format!("until {}: {}", exception.until, exception.reason));
            }
        }
    }
    findings.extend(told);
}
