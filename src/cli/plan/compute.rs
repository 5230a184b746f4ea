//! Computes a plan: what is lacking, in which order, and what of it the registry would refuse.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Action, Blocked, FORMAT, MODE_FORBIDS, Plan, Seen, Step, Unchanged,
    carry_out::{TOO_LARGE, too_large},
    survey::{self, Finding, Refusal, Survey},
};
use crate::{
    cli::{
        remote::Failure,
        wanted::{Aim, Wanted},
        workspace::Declared,
    },
    client::{Client, Error, Normalize, Opponents, Write, each},
    model::{Level, Mode, Subject},
    wire::RegisterSchemaRequest,
};

/// What registries answer where a schema breaks a level.
const INCOMPATIBLE: u32 = 409;

/// What is said of settings whose subject has no schema.
const NOBODY_HAS_IT: &str = "no file and no version in the registry has this subject";

/// Subjects with what is declared of them.
pub(in crate::cli) type Settings<'a> = Vec<(&'a String, &'a Declared)>;

/// What is to be done so that the registry has the wanted schemas and settings; no settings if only schemas are of interest.
pub(in crate::cli) async fn compute(
    client: &Client,
    wanted: &[Wanted],
    settings: Option<&Settings<'_>>,
    normalize: Normalize,
) -> Result<Plan, Failure> {
    let transaction = client.features().await?.transactions;
    let (findings, seen) = Survey::of(client, normalize).findings(wanted).await?;
    let mut plan = Plan {
        format: FORMAT,
        registry: client.address().as_str().trim_end_matches('/').to_owned(),
        transaction,
        steps: Vec::new(),
        blocked: Vec::new(),
        unchanged: Vec::new(),
        seen,
    };
    let places = places(wanted, &findings, settings);
    survey::settings(client, places.iter().map(String::as_str), &mut plan.seen).await?;
    for (subject, declared) in settings.into_iter().flatten() {
        let changes = changes(subject, declared, &plan.seen);
        plan.steps.extend(changes);
    }
    if let Some(settings) = settings {
        plan.doubt(client, wanted, settings).await?;
    }
    for (schema, finding) in wanted.iter().zip(findings) {
        plan.add(schema, finding, normalize);
    }
    if transaction {
        plan.rehearse(client, wanted).await?;
    } else {
        plan.judge(client, wanted, normalize).await?;
    }
    Ok(plan)
}

/// Whose settings the plan rests on: the registry's, those that are declared, and those of subjects that get a schema,
/// of their contexts too.
fn places(wanted: &[Wanted], findings: &[Finding], settings: Option<&Settings<'_>>) -> BTreeSet<String> {
    let mut places = BTreeSet::from([String::new()]);
    let Some(settings) = settings else { return places };
    let declared = settings.iter().filter(|(_, declared)| declared.compatibility.is_some() || declared.mode.is_some());
    let lacking = wanted.iter().zip(findings).filter(|(_, finding)| matches!(finding, Finding::Lacking { .. }));
    let lacking = lacking.map(|(schema, _)| schema.subject.as_str());
    for subject in declared.map(|(subject, _)| subject.as_str()).chain(lacking) {
        places.insert(subject.to_owned());
        let context = Subject::parse(subject).context;
        if !context.is_default() {
            places.insert(Subject::of_context(context).to_string());
        }
    }
    places
}

/// Changes of a subject's settings.
fn changes(subject: &str, declared: &Declared, seen: &Seen) -> Vec<Step> {
    let step = |action, before: Option<String>, after: String, operation| Step {
        action,
        subject: subject.to_owned(),
        file: None,
        before,
        after: Some(after),
        note: None,
        operation,
    };
    let mut steps = Vec::new();
    let level: Option<Level> =
        seen.config.get(subject).cloned().flatten().and_then(|config| config.compatibility_level);
    if let Some(wanted) = declared.compatibility.filter(|wanted| level != Some(*wanted)) {
        let operation = json!({"type": "config", "subject": subject, "compatibility": wanted.to_string()});
        steps.push(step(Action::SetLevel, level.map(|level| level.to_string()), wanted.to_string(), operation));
    }
    let mode = seen.mode.get(subject).copied().flatten();
    if let Some(wanted) = declared.mode.filter(|wanted| mode != Some(*wanted)) {
        let operation = json!({"type": "mode", "subject": subject, "mode": wanted.to_string()});
        steps.push(step(Action::SetMode, mode.map(|mode| mode.to_string()), wanted.to_string(), operation));
    }
    steps
}

impl Plan {
    /// Says so where settings are for a subject that neither a file nor the registry has: its name may be mistyped.
    async fn doubt(&mut self, client: &Client, wanted: &[Wanted], settings: &Settings<'_>) -> Result<(), Failure> {
        let unfiled = |subject: &&String| {
            let parsed = Subject::parse(subject);
            !parsed.is_context() && wanted.iter().all(|schema| schema.subject != **subject)
        };
        let subjects: Vec<&String> = settings.iter().map(|(subject, _)| *subject).filter(unfiled).collect();
        let found = each(subjects, client.parallel(), |subject| async move {
            Ok::<_, Failure>((subject, survey::latest(client, subject).await?))
        })
        .await?;
        for (subject, latest) in found {
            if latest.is_none() {
                let steps = self.steps.iter_mut().filter(|step| step.subject == *subject);
                steps.for_each(|step| step.note = Some(NOBODY_HAS_IT.to_owned()));
            }
            self.seen.subjects.insert(subject.clone(), latest);
        }
        Ok(())
    }

    fn add(&mut self, schema: &Wanted, finding: Finding, normalize: Normalize) {
        let (subject, file) = (schema.subject.clone(), schema.file.clone());
        match finding {
            Finding::Present { version, id } => self.unchanged.push(Unchanged { subject, file, version, id }),
            Finding::Hopeless(Refusal { reason, code, waits_for }) => {
                let (file, reasons, findings) = (Some(file), vec![reason], Vec::new());
                self.blocked.push(Blocked { subject, file, reasons, code, waits_for, findings });
            }
            Finding::Lacking { request, fresh } => {
                let latest = self.seen.subjects.get(&subject).and_then(Option::as_ref);
                let action = if latest.is_some() { Action::NewVersion } else { Action::Create };
                let before = latest.map(|latest| latest.version.to_string());
                let note = fresh.map(|target| format!("not judged: it refers to a new version of {target}"));
                let operation = operation(&subject, &request, normalize);
                self.steps.push(Step { action, subject, file: Some(file), before, after: None, note, operation });
            }
        }
    }

    /// Lets the registry carry it out without writing, again and again until nothing is refused.
    async fn rehearse(&mut self, client: &Client, wanted: &[Wanted]) -> Result<(), Failure> {
        while !self.steps.is_empty() {
            let operations: Vec<Value> = self.steps.iter().map(|step| step.operation.clone()).collect();
            let Err(error) = client.transact(&operations, &Value::Null, Write::Rehearse).await else { break };
            let refused = match (error.status(), failing(&error.to_string())) {
                (Some(404 | 409 | 422), Some(at)) if at < self.steps.len() => at,
                (Some(TOO_LARGE), _) => return Err(too_large(error)),
                _ => return Err(error.into()),
            };
            let step = self.steps.remove(refused);
            self.block(step, Reasons::of(&error), wanted);
        }
        // The whole was judged, so nothing is left open.
        self.steps.iter_mut().filter(|step| step.file.is_some()).for_each(|step| step.note = None);
        Ok(())
    }

    /// Asks for a verdict on each schema by itself, at the level that is set now.
    async fn judge(&mut self, client: &Client, wanted: &[Wanted], normalize: Normalize) -> Result<(), Failure> {
        let steps = std::mem::take(&mut self.steps);
        let modes = steps.iter().filter(|step| step.action == Action::SetMode);
        let changed: BTreeMap<String, Option<Mode>> =
            modes.map(|step| (step.subject.clone(), step.after.as_deref().and_then(Mode::parse))).collect();
        let mut refused = Vec::new();
        for step in steps {
            if let Some(mode) = self.forbidding(&step, &changed) {
                let reason = format!("its mode is {mode}, which allows no registration");
                refused.push((step, Reasons { reasons: vec![reason], code: Some(MODE_FORBIDS) }));
                continue;
            }
            let request = step.note.is_none().then(|| posted(&step.operation)).flatten();
            let Some(request) = request else {
                self.steps.push(step);
                continue;
            };
            let verdict = client.check(&step.subject, Opponents::All, &request, normalize).await;
            match verdict {
                Ok(Some(verdict)) if !verdict.compatible => {
                    let reasons = verdict.messages.unwrap_or_default();
                    refused.push((step, Reasons { reasons, code: Some(INCOMPATIBLE) }));
                }
                Ok(_) => self.steps.push(step),
                Err(error) if error.status() == Some(422) => refused.push((step, Reasons::of(&error))),
                // Some registries know no verdict without a version, and none on a subject that does not exist.
                Err(error) if error.is_unknown() => self.steps.push(step),
                Err(error) => return Err(error.into()),
            }
        }
        for (step, reasons) in refused {
            self.block(step, reasons, wanted);
        }
        Ok(())
    }

    /// The mode that keeps a schema from being registered, as far as modes were seen or are `changed` by the plan.
    fn forbidding(&self, step: &Step, changed: &BTreeMap<String, Option<Mode>>) -> Option<Mode> {
        let at = |place: &str| changed.get(place).or_else(|| self.seen.mode.get(place)).copied().flatten();
        let context = Subject::of_context(Subject::parse(&step.subject).context).to_string();
        let mode = at(&step.subject).or_else(|| at(&context)).or_else(|| at(""))?;
        (step.file.is_some() && mode != Mode::ReadWrite).then_some(mode)
    }

    /// Takes a step out, and all that depend on it.
    fn block(&mut self, step: Step, reasons: Reasons, wanted: &[Wanted]) {
        let Reasons { reasons, code } = reasons;
        let mut open = vec![(step, reasons, code, None)];
        while let Some((step, reasons, code, waits_for)) = open.pop() {
            if let Some(at) = wanted.iter().position(|schema| step.file.is_some() && schema.subject == step.subject) {
                let depends = |step: &Step| {
                    let schema = wanted.iter().find(|schema| step.file.is_some() && schema.subject == step.subject);
                    schema.is_some_and(|schema| refers_to(schema, at))
                };
                let dependents: Vec<Step> = self.steps.extract_if(.., |step| depends(step)).collect();
                let blocked = &step.subject;
                let waiting = |step| (step, vec![waits(blocked)], None, Some(blocked.clone()));
                open.extend(dependents.into_iter().map(waiting));
            }
            let (subject, file) = (step.subject, step.file);
            self.blocked.push(Blocked { subject, file, reasons, code, waits_for, findings: Vec::new() });
        }
    }
}

/// Why a registry refuses.
struct Reasons {
    reasons: Vec<String>,
    code: Option<u32>,
}

impl Reasons {
    fn of(error: &Error) -> Self {
        let sentence = error.to_string();
        // Which operation of the rehearsal it was says nothing to people.
        let known = failing(&sentence).and_then(|_| sentence.split_once(": "));
        let reason = known.map_or(sentence.clone(), |(_, sentence)| sentence.to_owned());
        Self { reasons: vec![reason], code: error.code() }
    }
}

/// Why something is blocked that refers to something that is.
pub(super) fn waits(blocked: &str) -> String {
    format!("it refers to {blocked}, which is blocked")
}

fn refers_to(schema: &Wanted, at: usize) -> bool {
    schema.references.iter().any(|reference| matches!(reference.aim, Aim::Wanted(target) if target == at))
}

/// The number of the operation that a registry's refusal begins with.
fn failing(message: &str) -> Option<usize> {
    message.strip_prefix("Operation ")?.split(':').next()?.trim().parse().ok()
}

fn operation(subject: &str, request: &RegisterSchemaRequest, normalize: Normalize) -> Value {
    let mut operation = json!({"type": "register", "subject": subject});
    if normalize == Normalize::Always {
        operation["normalize"] = Value::Bool(true);
    }
    let Ok(Value::Object(members)) = serde_json::to_value(request) else { return operation };
    for (name, value) in members {
        operation[name.as_str()] = value;
    }
    operation
}

/// What an operation posts, if it registers something.
pub(super) fn posted(operation: &Value) -> Option<RegisterSchemaRequest> {
    if operation["type"] != "register" {
        return None;
    }
    crate::wire::read(operation.to_string().as_bytes()).ok().flatten()
}
