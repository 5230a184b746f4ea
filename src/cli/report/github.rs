//! For GitHub Actions: workflow commands that become annotations.

use std::fmt::Write as _;

use crate::cli::{finding::Report, rules::Severity};

/// One line per finding that counts.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if let Some(file) = &finding.file {
            properties.push(format!("file={}", property(file)));
        }
        if let Some(mark) = &finding.mark {
            properties.push(format!("line={},col={}", mark.line, mark.column));
        }
        let subject = finding.subject.as_ref().map_or(String::new(), |subject| format!(" ({subject})"));
        properties.push(format!("title={}", property(&format!("{}{subject}", finding.rule))));
        let affects = finding.affects.as_ref().map_or(String::new(), |affects| format!("\n{affects}"));
        let because: String = finding.because.iter().map(|cause| "\nbecause of ".to_owned() + &cause.told()).collect();
        let message = format!("{}{because}{affects}\n{}", finding.message, finding.advice());
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), data(message.trim_end()));
    }
    out
}

/// What a message may not hold is written by its code.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Properties end at commas and colons too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
