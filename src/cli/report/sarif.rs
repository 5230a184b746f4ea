//! For code scanning: SARIF 2.1.0 (OASIS standard).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::sentences;
use crate::cli::{
    finding::{Finding, Mark, Report},
    rules::{Rule, Severity},
};

/// What stands for the root of the sources, as other tools call it.
const ROOT: &str = "%SRCROOT%";

/// One run.
pub(super) fn render(report: &Report) -> String {
    let used: BTreeMap<String, &'static Rule> =
        report.findings.iter().map(|finding| (finding.rule.id(), finding.rule)).collect();
    let ids: Vec<&String> = used.keys().collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, ids.iter().position(|id| **id == finding.rule.id()).unwrap_or_default()))
        .collect();
    let mut root = json!({"description": {"text": "The root of the repository that was checked."}});
    if let Some(repository) = &report.repository {
        // A folder's URI ends with a slash.
        root["uri"] = json!(format!("file://{}/", uri(&repository.root.to_string_lossy()).trim_end_matches('/')));
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "regis",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": used.values().map(|rule| described(rule)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {ROOT: root},
            "automationDetails": {"id": format!("regis/{}/", report.command)},
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn described(rule: &Rule) -> Value {
    let mut described = json!({
        "id": rule.id(),
        "name": rule.name(),
        "shortDescription": {"text": rule.meaning},
        "defaultConfiguration": {"level": level(rule.severity)},
    });
    if !rule.advice.is_empty() {
        described["help"] = json!({"text": format!("{} {}", rule.meaning, rule.advice)});
    }
    described
}

fn result(finding: &Finding, rule: usize) -> Value {
    let mut result = json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": {"text": sentences(finding)},
        "partialFingerprints": {"regis/v1": finding.fingerprint()},
    });
    if let Some(file) = &finding.file {
        result["locations"] = json!([location(file, finding.mark.as_ref())]);
        if let Some(fix) = &finding.fix {
            let region = json!({
                "startLine": fix.line, "startColumn": fix.column, "endLine": fix.line, "endColumn": fix.column,
            });
            let replacement = json!({"deletedRegion": region, "insertedContent": {"text": fix.insert}});
            result["fixes"] = json!([{
                "description": {"text": fix.description},
                "artifactChanges": [{"artifactLocation": artifact(file), "replacements": [replacement]}],
            }]);
        }
    }
    if !finding.because.is_empty() {
        let related = finding.because.iter().enumerate().map(|(number, cause)| {
            let mut related = location(&cause.file, Some(&cause.mark));
            related["id"] = json!(number);
            related["message"] = json!({"text": format!("{}: {}", cause.rule, cause.message)});
            related
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(reason) = &finding.accepted {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result["properties"] = json!({
        "subject": finding.subject,
        "comparedWith": finding.old.as_ref().map(|old| &old.name),
        "oldPointer": finding.old.as_ref().and_then(|old| old.pointer.as_ref()),
    });
    result
}

/// A place in a file.
fn location(file: &str, mark: Option<&Mark>) -> Value {
    let mut place = json!({"artifactLocation": artifact(file)});
    if let Some(mark) = mark {
        place["region"] = json!({"startLine": mark.line, "startColumn": mark.column});
    }
    let mut location = json!({"physicalLocation": place});
    if let Some(pointer) = mark.and_then(|mark| mark.pointer.as_ref()) {
        location["logicalLocations"] = json!([{"fullyQualifiedName": pointer}]);
    }
    location
}

/// A file, relative to the root of the sources.
fn artifact(file: &str) -> Value {
    json!({"uri": uri(file), "uriBaseId": ROOT})
}

/// A path as a relative URI.
fn uri(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(path, KEPT).to_string()
}
