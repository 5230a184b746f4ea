//! Carries out a plan: as one transaction where the registry has such, else step by step.

use serde_json::Value;

use super::{Action, Plan, Seen, SeenVersion, Step, compute::posted, survey};
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
        error if error.is_moved() => moved(&error.to_string()),
        error => error.into(),
    })?;
    let done = |(at, outcome): (usize, crate::client::Outcome)| Done { at, registered: outcome.schema };
    Ok(outcomes.into_iter().enumerate().map(done).collect())
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
            let (subject, left) = (&step.subject, plan.steps.len() - at - 1);
            failure.sentences.push(format!(
                "{at} steps were carried out; {subject} was not, and neither were the {left} after it; \
                 this registry has no transactions"
            ));
            failure
        })?;
        done.push(Done { at, registered });
    }
    Ok(done)
}

async fn look_again(client: &Client, seen: &Seen) -> Result<(), Failure> {
    let mut now = Seen::default();
    for subject in seen.subjects.keys() {
        let found = client.latest(subject).await?.map(|found| SeenVersion {
            version: found.value.version,
            id: found.value.id,
            head: found.head,
        });
        now.subjects.insert(subject.clone(), found);
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
            Ok(Some(client.register(&step.subject, &request, &registration).await?.value))
        }
        Action::SetLevel => {
            let change = read::<ConfigUpdateRequest>(step.operation.to_string().as_bytes());
            client.set_config(subject, &change.ok().flatten().ok_or_else(broken)?).await?;
            Ok(None)
        }
        Action::SetMode => {
            let mode = step.operation["mode"].as_str().and_then(Mode::parse).ok_or_else(broken)?;
            client.set_mode(subject, mode).await?;
            Ok(None)
        }
    }
}
