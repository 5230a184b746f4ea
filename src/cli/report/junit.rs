//! For everything that reads `JUnit`: a test case per subject.

use std::{fmt::Write as _, time::Duration};

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use super::subject;
use crate::cli::{
    finding::{Finding, Report},
    rules::Severity,
};

/// One suite; a case fails if a finding of its subject does what the command's exit code tells: it is of this severity,
/// or worse. `JUnit` has no warnings, so what is less severe is output of a case that passes.
pub(super) fn render(report: &Report, fail_on: Severity) -> String {
    let mut document = Document::new(format!("regis {}", report.command));
    let mut suite = TestSuite::new(format!("regis {}", report.command));
    suite.set_time(Duration::try_from_secs_f64(report.seconds).unwrap_or_default());
    let mut about: Vec<Vec<&Finding>> = vec![Vec::new(); report.examined.len()];
    let mut others = Vec::new();
    for (owner, finding) in report.owners().into_iter().zip(&report.findings) {
        owner.map_or(&mut others, |at| &mut about[at]).push(finding);
    }
    for (examined, findings) in report.examined.iter().zip(&about) {
        suite.add_test_case(case(subject(examined), &examined.file, findings, fail_on));
    }
    if !others.is_empty() {
        suite.add_test_case(case("files and configuration", "regis", &others, fail_on));
    }
    document.add_test_suite(suite);
    // Writing to memory does not fail; characters that XML cannot hold are left out.
    let text = document.to_string().unwrap_or_default();
    // The published schema knows `skipped` of a suite, not of all suites; the root's comes first.
    text.replacen(" skipped=\"0\"", "", 1)
}

fn case(name: &str, class: &str, findings: &[&Finding], fail_on: Severity) -> TestCase {
    let (failing, passing): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.counts() && finding.severity >= fail_on);
    let mut status = TestCaseStatus::success();
    if let Some(first) = failing.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(first.rule.id()).set_message(first.message.as_str());
        status.set_description(failing.into_iter().map(described).collect::<String>());
    }
    let mut case = TestCase::new(name, status);
    case.set_classname(class).set_time(Duration::ZERO);
    if !passing.is_empty() {
        case.set_system_out(passing.into_iter().map(described).collect::<String>());
    }
    case
}

fn described(finding: &Finding) -> String {
    let mut text = String::new();
    let place = match (&finding.file, &finding.mark) {
        (Some(file), Some(mark)) => format!("{file}:{}:{}: ", mark.line, mark.column),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    let severity = if finding.counts() { finding.severity.as_str() } else { "accepted" };
    let _ = writeln!(text, "{place}{severity} {}: {}", finding.rule, finding.message);
    let because = finding.because.iter().map(|cause| format!("because of {}", cause.told()));
    let lines = because.chain(finding.affects.clone()).chain(finding.accepted.clone());
    for line in lines.chain([finding.advice().to_owned()]).filter(|line| !line.is_empty()) {
        let _ = writeln!(text, "    {line}");
    }
    text
}
