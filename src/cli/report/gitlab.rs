//! For GitLab: a code quality report.

use serde_json::{Value, json};

use super::sentences;
use crate::cli::{finding::Report, rules::Severity};

/// A list of issues; a finding without file is shown at the configuration.
pub(super) fn render(report: &Report) -> String {
    let issues: Vec<Value> = report
        .findings
        .iter()
        .filter(|finding| finding.counts())
        .map(|finding| {
            let severity = match finding.severity {
                Severity::Error => "critical",
                Severity::Warning => "minor",
                Severity::Note => "info",
            };
            let subject = finding.subject.as_ref().map_or(String::new(), |subject| format!("{subject}: "));
            let line = finding.mark.as_ref().map_or(1, |mark| mark.line);
            json!({
                "description": format!("{subject}{}", sentences(finding)),
                "check_name": finding.rule.to_string(),
                "fingerprint": finding.fingerprint(),
                "severity": severity,
                "location": {
                    "path": finding.file.as_deref().unwrap_or("regis.yaml"),
                    "lines": {"begin": line},
                },
            })
        })
        .collect();
    format!("{:#}\n", Value::Array(issues))
}
