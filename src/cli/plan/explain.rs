//! Tells why schemas are blocked as `regis check` would: the same engine, with rules and places in files.

use super::{Action, Plan};
use crate::{
    cli::{
        against,
        finding::Report,
        judge::{self, Case},
        remote::Failure,
        report,
        selection::Selection,
        workspace::LocalSchema,
    },
    client::Client,
    model::Level,
};

/// Adds findings to what is blocked, and answers them; what they cannot explain keeps the registry's words alone.
pub(in crate::cli) async fn explain(
    client: &Client,
    selection: &Selection,
    plan: &mut Plan,
) -> Result<Report, Failure> {
    let mut report = Report { command: "plan", ..Report::default() };
    let schemas = blocked(selection, plan);
    if schemas.is_empty() {
        return Ok(report);
    }
    let baseline = against::of_registry(client, &selection.workspace, &schemas).await?;
    let (workspace, configuration) = (&selection.workspace, &selection.configuration);
    for schema in schemas {
        // A level that the same plan sets is the one by which the registry judges.
        let case = Case { workspace, configuration, baseline: &baseline, level: level(plan, &schema.subject) };
        let judged = judge::judge(case, &[schema], &|| ());
        report.findings.extend(judged.into_iter().flat_map(|(_, findings)| findings));
    }
    selection.locate(&mut report);
    let for_programs = report.for_programs();
    for blocked in &mut plan.blocked {
        let own = for_programs.findings.iter().filter(|finding| finding.subject.as_ref() == Some(&blocked.subject));
        blocked.findings = own.map(report::as_json).collect();
    }
    Ok(report)
}

/// The schemas that are blocked for what they are.
fn blocked<'s>(selection: &'s Selection, plan: &Plan) -> Vec<&'s LocalSchema> {
    let own = plan.blocked.iter().filter(|blocked| blocked.waits_for.is_none());
    let find = |file: &String| selection.workspace.schemas.iter().find(|schema| schema.file == *file);
    own.filter_map(|blocked| find(blocked.file.as_ref()?)).collect()
}

/// The level that a plan sets for a subject.
fn level(plan: &Plan, subject: &str) -> Option<Level> {
    let step = plan.steps.iter().find(|step| step.action == Action::SetLevel && step.subject == subject)?;
    step.after.as_deref().and_then(Level::parse)
}
