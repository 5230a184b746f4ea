//! For people: the line of the source with the place marked, what breaks for whom, and what helps.

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, renderer::DecorStyle};

use super::{Colour, Detail, counted, subject, summary};
use crate::cli::{
    finding::{Finding, Outcome, Report},
    rules::Severity,
};

/// The whole report.
pub(super) fn render(report: &Report, detail: Detail, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Styled => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Unicode);
    let mut out = String::new();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        out.push_str(&renderer.render(&[group(finding, report)]));
        out.push_str("\n\n");
    }
    if detail == Detail::FindingsOnly {
        return out;
    }
    for finding in report.findings.iter().filter(|finding| !finding.counts()) {
        let subject = finding.subject.as_deref().unwrap_or_default();
        let reason = finding.accepted.as_deref().unwrap_or_default();
        let _ = writeln!(out, "accepted {} {subject}: {} ({reason})", finding.rule, finding.message);
    }
    let width = report.examined.iter().map(|examined| subject(examined).chars().count()).max().unwrap_or_default();
    for examined in report.examined.iter().filter(|examined| examined.outcome != Outcome::Examined) {
        let level = examined.level.map_or("", |level| level.as_str());
        let against = match (examined.compared.as_slice(), examined.outcome) {
            (_, Outcome::New | Outcome::Invalid | Outcome::Unchanged | Outcome::Removed) | ([], _) => String::new(),
            ([one], _) => format!("  {level} against {one}"),
            ([first, .., last], _) => format!("  {level} against {first} to {last}"),
        };
        let outcome = examined.outcome.as_str();
        let _ = writeln!(out, "{:width$}  {outcome:12}  {}{against}", subject(examined), examined.file);
    }
    let against = report.against.as_ref().map_or(String::new(), |against| format!(" against {against}"));
    let requests = match report.requests {
        0 => String::new(),
        count => format!(", {}", counted(count, "request")),
    };
    let _ = writeln!(out, "{}{against} in {:.2} s{requests}", summary(report), report.seconds);
    out
}

fn group<'a>(finding: &'a Finding, report: &'a Report) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(finding.message.as_str()).id(finding.rule.id());
    let mut group = match (&finding.file, &finding.mark) {
        (Some(file), Some(mark)) => {
            let text = report.texts.get(file).map_or("", String::as_str);
            let annotation = AnnotationKind::Primary.span(mark.span.0..mark.span.1).label(finding.rule.name());
            title.element(Snippet::source(text).path(file.as_str()).annotation(annotation))
        }
        (Some(file), None) => title.element(Level::NOTE.message(format!("in {file}"))),
        _ => title.element(Level::NOTE.message(finding.rule.meaning)),
    };
    if let Some(subject) = &finding.subject {
        group = group.element(Level::NOTE.message(format!("subject {subject}")));
    }
    for cause in &finding.because {
        group = group.element(Level::NOTE.message(format!("because of {}", cause.told())));
    }
    if let Some(affects) = &finding.affects {
        group = group.element(Level::NOTE.message(affects.as_str()));
    }
    match &finding.fix {
        Some(fix) => {
            let (line, column) = (fix.line, fix.column);
            let help = format!("{}: at {line}:{column} insert {}", fix.description, fix.shown());
            group.element(Level::HELP.message(help))
        }
        None if finding.advice().is_empty() => group,
        None => group.element(Level::HELP.message(finding.advice())),
    }
}
