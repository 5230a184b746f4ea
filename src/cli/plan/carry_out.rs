//! Carries out a plan: as one transaction where the registry has such, else step by step.

use serde_json::Value;

use super::{Action, Plan, Seen, Step, compute::posted, survey};
use crate::{
    cli::{exit::Exit, remote::Failure},
    client::{Client, Error, Normalize, Registered, Registration, Write},
    model::Mode,
    wire::{ConfigUpdateRequest, read},
};

/// Whether what the plan rests on must still be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Guard {
    /// It must: else nothing is done.
    Seen,
    /// It need not: schemas are registered, whoever registers besides.
    Free,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Done {
    /// The step's place in the plan.
    pub(in crate::cli) at: usize,
    /// The answer of a registration.
    pub(in crate::cli) registered: Option<Registered>,
}

/// Carries it out, all or nothing if the registry can, and answers what came of each step.
pub(in crate::cli) async fn carry_out(client: &Client, plan: &Plan, guard: Guard) -> Result<Vec<Done>, Failure> {
    if plan.steps.is_empty() {
        return Ok(Vec::new());
    }
    if plan.transaction { as_one(client, plan, guard).await } else { one_by_one(client, plan, guard).await }
}

async fn as_one(client: &Client, plan: &Plan, guard: Guard) -> Result<Vec<Done>, Failure> {
    let operations: Vec<Value> = plan.steps.iter().map(|step| step.operation.clone()).collect();
    let expect = if guard == Guard::Seen { plan.seen.expectations() } else { Value::Null };
    let outcomes = client.transact(&operations, &expect, Write::Commit).await.map_err(|error| match error {
        Error::Unreachable { .. } | Error::TimedOut { .. } => {
            let mut failure = Failure::from(error);
            failure
                .sentences
                .push("it is not known whether it was carried out, all of it or nothing; plan again".to_owned());
            failure
        }
        error if error.status() == Some(TOO_LARGE) => too_large(error),
        error if error.is_moved() => moved(&error.to_string()),
        error => error.into(),
    })?;
    let done = |(at, outcome): (usize, crate::client::Outcome)| Done { at, registered: outcome.schema };
    Ok(outcomes.into_iter().enumerate().map(done).collect())
}

/// What a Regis answers to more operations, or bytes, than it takes at once.
pub(super) const TOO_LARGE: u16 = 413;

/// What to do about a repository that is too large for one transaction.
pub(super) fn too_large(error: Error) -> Failure {
    let mut failure = Failure::from(error);
    failure.sentences.push(
        "name some of the folders at a time, or start the registry with a larger --transaction-operations or --body-limit"
            .to_owned(),
    );
    failure
}

fn moved(what: &str) -> Failure {
    Failure::new(Exit::Moved, format!("the registry moved since the plan was made, so nothing was written: {what}"))
}

/// Without transactions: everything is looked at once more just before, and whoever writes in between is not noticed.
async fn one_by_one(client: &Client, plan: &Plan, guard: Guard) -> Result<Vec<Done>, Failure> {
    if guard == Guard::Seen {
        look_again(client, &plan.seen).await?;
    }
    let mut done = Vec::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let registered = carry(client, step).await.map_err(|mut failure| {
            failure.sentences.push(left_off(&step.subject, at));
            failure
        })?;
        done.push(Done { at, registered });
    }
    Ok(done)
}

/// How far it came.
fn left_off(subject: &str, steps: usize) -> String {
    let done = match steps {
        0 => "no step was carried out".to_owned(),
        1 => "1 step was carried out".to_owned(),
        count => format!("{count} steps were carried out"),
    };
    format!("{done} before that of {subject}, and none after it: this registry has no transactions")
}

async fn look_again(client: &Client, seen: &Seen) -> Result<(), Failure> {
    let mut now = Seen::default();
    for subject in seen.subjects.keys() {
        now.subjects.insert(subject.clone(), survey::latest(client, subject).await?);
    }
    survey::settings(client, seen.config.keys().map(String::as_str), &mut now).await?;
    if let Some((subject, _)) = seen.subjects.iter().find(|(subject, found)| now.subjects.get(*subject) != Some(found))
    {
        return Err(moved(subject));
    }
    if now.config != seen.config || now.mode != seen.mode {
        return Err(moved("its settings"));
    }
    Ok(())
}

async fn carry(client: &Client, step: &Step) -> Result<Option<Registered>, Failure> {
    let broken = || Failure::usage(format!("the plan's operation for {} cannot be read", step.subject));
    let subject = Some(step.subject.as_str());
    match step.action {
        Action::Create | Action::NewVersion => {
            let request = posted(&step.operation).ok_or_else(broken)?;
            let always = step.operation["normalize"] == true;
            let normalize = if always { Normalize::Always } else { Normalize::AsConfigured };
            let registration = Registration { normalize, ..Registration::default() };
            let registered = client.register(&step.subject, &request, &registration).await;
            Ok(Some(registered.map_err(|error| uncertain(error, &step.subject))?.value))
        }
        Action::SetLevel => {
            let change = read::<ConfigUpdateRequest>(step.operation.to_string().as_bytes());
            let change = change.ok().flatten().ok_or_else(broken)?;
            client.set_config(subject, &change).await.map_err(|error| uncertain(error, &step.subject))?;
            Ok(None)
        }
        Action::SetMode => {
            let mode = step.operation["mode"].as_str().and_then(Mode::parse).ok_or_else(broken)?;
            client.set_mode(subject, mode).await.map_err(|error| uncertain(error, &step.subject))?;
            Ok(None)
        }
    }
}

/// Why a write failed; whoever heard no answer does not know whether it was done.
fn uncertain(error: Error, subject: &str) -> Failure {
    let unknown = matches!(error, Error::Unreachable { .. } | Error::TimedOut { .. });
    let mut failure = Failure::from(error);
    if unknown {
        failure.sentences.push(format!("it is not known whether the step of {subject} was carried out; plan again"));
    }
    failure
}
