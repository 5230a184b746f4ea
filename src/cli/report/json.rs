//! For programs: one JSON object; its form carries a version and is described in `docs/report.schema.json`.

use serde_json::{Value, json};

use crate::cli::{
    finding::{Finding, Report},
    rules::Severity,
};

/// Raised when a member changes its meaning or goes; new members may come without.
const VERSION: u32 = 1;

/// The whole report.
pub(super) fn render(report: &Report) -> String {
    let subjects: Vec<Value> = report
        .examined
        .iter()
        .map(|examined| {
            json!({
                "subject": examined.subject,
                "file": examined.file,
                "language": examined.kind.as_str(),
                "level": examined.level.map(crate::model::Level::as_str),
                "comparedWith": examined.compared,
                "outcome": examined.outcome.as_str(),
            })
        })
        .collect();
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let accepted = report.findings.iter().filter(|finding| !finding.counts()).count();
    let report = json!({
        "version": VERSION,
        "command": report.command,
        "against": report.against,
        "summary": {
            "subjects": subjects.len(),
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "notes": report.count(Severity::Note),
            "accepted": accepted,
            "requests": report.requests,
            "seconds": report.seconds,
        },
        "subjects": subjects,
        "findings": findings,
    });
    format!("{report:#}\n")
}

/// One finding.
pub(in crate::cli) fn finding(finding: &Finding) -> Value {
    let mark = finding.mark.as_ref();
    json!({
        "rule": finding.rule.id(),
        "name": finding.rule.name(),
        "severity": finding.severity.as_str(),
        "subject": finding.subject,
        "file": finding.file,
        "line": mark.map(|mark| mark.line),
        "column": mark.map(|mark| mark.column),
        "pointer": mark.and_then(|mark| mark.pointer.as_deref()),
        "old": finding.old.as_ref().map(|old| json!({
            "name": old.name,
            "version": old.version,
            "pointer": old.pointer,
            "line": old.place.map(|(line, _)| line),
            "column": old.place.map(|(_, column)| column),
        })),
        "direction": finding.direction.map(|direction| match direction {
            crate::schema::Direction::Backward => "backward",
            crate::schema::Direction::Forward => "forward",
        }),
        "message": finding.message,
        "because": finding.because.iter().map(|cause| json!({
            "rule": cause.rule.id(),
            "name": cause.rule.name(),
            "message": cause.message,
            "file": cause.file,
            "line": cause.mark.line,
            "column": cause.mark.column,
            "pointer": cause.mark.pointer,
        })).collect::<Vec<_>>(),
        "affects": finding.affects,
        "help": Some(finding.advice()).filter(|advice| !advice.is_empty()),
        "fix": finding.fix.as_ref().map(|fix| json!({
            "description": fix.description,
            "line": fix.line,
            "column": fix.column,
            "insert": fix.insert,
        })),
        "accepted": finding.accepted,
        "fingerprint": finding.fingerprint(),
    })
}
