//! What is wrong with files, and what `regis.yaml` accepts, as findings.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::{Captures, Regex};

use super::{
    finding::{Finding, Mark},
    mark::{Marker, offset_of},
    rules,
    workspace::{Configuration, Problem, Trouble},
};
use crate::{model::SchemaKind, schema::ParseError};

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
        let (line, column) = exception.place;
        let start = offset_of(text, line, column);
        let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
        let mark = Mark { line, column, span: (start, end), pointer: None };
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
