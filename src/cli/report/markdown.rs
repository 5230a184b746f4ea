//! For summaries and comments: Markdown.

use std::fmt::Write as _;

use super::{subject, summary};
use crate::cli::finding::{Finding, Outcome, Report};

/// A heading, a table of subjects, and the findings.
pub(super) fn render(report: &Report) -> String {
    let against = report.against.as_ref().map_or(String::new(), |against| format!(" against `{against}`"));
    let mut out = format!("### regis {}{against}\n\n{}\n", report.command, summary(report));
    let changed: Vec<_> = report
        .examined
        .iter()
        .filter(|examined| !matches!(examined.outcome, Outcome::Unchanged | Outcome::Examined))
        .collect();
    if !changed.is_empty() {
        out.push_str("\n| subject | outcome | level | file |\n|---|---|---|---|\n");
        for examined in changed {
            let level = examined.level.map_or("", |level| level.as_str());
            let (subject, file) = (cell(subject(examined)), cell(&examined.file));
            let _ = writeln!(out, "| {subject} | {} | {level} | {file} |", examined.outcome.as_str());
        }
    }
    for finding in &report.findings {
        out.push_str(&item(finding));
    }
    out
}

fn item(finding: &Finding) -> String {
    let place = finding.mark.as_ref().map_or(String::new(), |mark| format!(":{}:{}", mark.line, mark.column));
    let file = finding.file.as_ref().map_or(String::new(), |file| format!(" `{file}{place}`"));
    let severity = if finding.counts() { finding.severity.as_str() } else { "accepted" };
    let mut out = format!("\n* **{severity} {}**{file}: {}\n", finding.rule, plain(&finding.message));
    for cause in &finding.because {
        let _ = writeln!(out, "  Because of {}", plain(&cause.told()));
    }
    if let Some(affects) = &finding.affects {
        let _ = writeln!(out, "  {}", plain(affects));
    }
    match (&finding.accepted, &finding.fix) {
        (Some(reason), _) => drop(writeln!(out, "  Accepted: {}", plain(reason))),
        (None, Some(fix)) => drop(writeln!(out, "  Fix: {}: `{}`", fix.description, fix.shown())),
        (None, None) if finding.advice().is_empty() => {}
        (None, None) => drop(writeln!(out, "  Help: {}", finding.advice())),
    }
    out
}

/// A text that means nothing to Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '*' | '_' | '`' | '[' | ']' | '<' | '>' | '\\' | '|' | '#') {
            out.push('\\');
        }
        out.push(letter);
        // A name behind an @ is told of the comment, unless something stands between.
        if letter == '@' {
            out.push('\u{200b}');
        }
    }
    out
}

fn cell(text: &str) -> String {
    plain(text).replace('\n', " ")
}
