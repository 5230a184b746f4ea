//! For everything that reads `JUnit`: a test case per subject.

use std::{fmt::Write as _, time::Duration};

use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite};

use crate::cli::{
    finding::{Finding, Report},
    rules::Severity,
};

/// One suite; a case fails if a finding of its subject is an error or a warning.
pub(super) fn render(report: &Report) -> String {
    let mut document = Document::new(format!("regis {}", report.command));
    let mut suite = TestSuite::new(format!("regis {}", report.command));
    suite.set_time(Duration::try_from_secs_f64(report.seconds).unwrap_or_default());
    for examined in &report.examined {
        let of_subject = |finding: &&Finding| finding.subject.as_ref() == Some(&examined.subject);
        let findings: Vec<&Finding> = report.findings.iter().filter(of_subject).collect();
        suite.add_test_case(case(&examined.subject, &examined.file, &findings));
    }
    let known =
        |finding: &Finding| report.examined.iter().any(|examined| Some(&examined.subject) == finding.subject.as_ref());
    let others: Vec<&Finding> = report.findings.iter().filter(|finding| !known(finding)).collect();
    if !others.is_empty() {
        suite.add_test_case(case("files and configuration", "regis", &others));
    }
    document.add_test_suite(suite);
    // Writing to memory does not fail; characters that XML cannot hold are left out.
    let text = document.to_string().unwrap_or_default();
    // The published schema knows `skipped` of a suite, not of all suites; the root's comes first.
    text.replacen(" skipped=\"0\"", "", 1)
}

fn case(name: &str, class: &str, findings: &[&Finding]) -> TestCase {
    let failing: Vec<&&Finding> =
        findings.iter().filter(|finding| finding.counts() && finding.severity > Severity::Note).collect();
    let mut status = TestCaseStatus::success();
    if let Some(first) = failing.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(first.rule.id()).set_message(first.message.as_str());
        status.set_description(failing.iter().fold(String::new(), |text, finding| text + &described(finding)));
    }
    let mut case = TestCase::new(name, status);
    case.set_classname(class).set_time(Duration::ZERO);
    case
}

fn described(finding: &Finding) -> String {
    let mut text = String::new();
    let file = finding.file.as_deref().unwrap_or_default();
    let place = finding.mark.as_ref().map_or(String::new(), |mark| format!(":{}:{}", mark.line, mark.column));
    let _ = writeln!(text, "{file}{place}: {} {}: {}", finding.severity.as_str(), finding.rule, finding.message);
    for line in finding.affects.iter().map(String::as_str).chain([finding.rule.advice]).filter(|line| !line.is_empty())
    {
        let _ = writeln!(text, "    {line}");
    }
    text
}
