//! A plan for people.

use std::fmt::Write as _;

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
        for reason in &blocked.reasons {
            let _never_fails = writeln!(text, "    {reason}");
        }
    }
    let (steps, blocked, unchanged) = (plan.steps.len(), plan.blocked.len(), plan.unchanged.len());
    let _never_fails = writeln!(text, "{steps} to do, {blocked} blocked, {unchanged} unchanged");
    text
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
