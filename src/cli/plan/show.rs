//! A plan for people.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Action, Plan, Step};

/// One line per item, and a sum.
pub(in crate::cli) fn show(plan: &Plan) -> String {
    let subjects = (plan.steps.iter().map(|step| &step.subject))
        .chain(plan.blocked.iter().map(|blocked| &blocked.subject))
        .chain(plan.unchanged.iter().map(|unchanged| &unchanged.subject));
    let width = subjects.map(|subject| subject.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for step in &plan.steps {
        let (sign, word) = match step.action {
            Action::Create => ('+', "create"),
            Action::NewVersion => ('~', "new version"),
            Action::SetLevel => ('~', "set level"),
            Action::SetMode => ('~', "set mode"),
        };
        let _never_fails = writeln!(text, "{sign} {word:11}  {:width$}  {}", step.subject, detail(step));
    }
    for unchanged in &plan.unchanged {
        let (subject, version, id) = (&unchanged.subject, unchanged.version, unchanged.id);
        let _never_fails = writeln!(text, "= unchanged    {subject:width$}  version {version}, id {id}");
    }
    for blocked in &plan.blocked {
        let file = blocked.file.as_deref().unwrap_or_default();
        let _never_fails = writeln!(text, "! blocked      {:width$}  {file}", blocked.subject);
        // What a registry says at length, findings say with places.
        if blocked.findings.is_empty() || blocked.code.is_none() {
            for reason in &blocked.reasons {
                let _never_fails = writeln!(text, "    {reason}");
            }
        }
        for finding in &blocked.findings {
            let _never_fails = writeln!(text, "    {}", place(finding));
        }
    }
    let (steps, blocked, unchanged) = (plan.steps.len(), plan.blocked.len(), plan.unchanged.len());
    let _never_fails = writeln!(text, "{steps} to do, {blocked} blocked, {unchanged} unchanged");
    text
}

/// A finding as a line: its rule and its place.
fn place(finding: &Value) -> String {
    let word = |member: &str| finding[member].as_str().unwrap_or_default();
    let place = match (&finding["line"], &finding["column"]) {
        (Value::Number(line), Value::Number(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    format!("{} {} at {}{place}", word("rule"), word("name"), word("file"))
}

fn detail(step: &Step) -> String {
    let mut detail = match (step.action, &step.before, &step.after) {
        (Action::NewVersion, Some(before), _) => {
            format!("{} (after version {before})", step.file.as_deref().unwrap_or_default())
        }
        (_, before, Some(after)) => format!("{} -> {after}", before.as_deref().unwrap_or("not set")),
        _ => step.file.clone().unwrap_or_default(),
    };
    if let Some(note) = &step.note {
        let _never_fails = write!(detail, " ({note})");
    }
    detail
}
