//! Several operations, all or nothing: Regis' own, beyond the contract.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    Door,
    conditions::Tags,
    error::{ApiError, Refusals},
    extract::{self, Asked, Posted},
    page::Reply,
};
use crate::{
    model::{Mode, Subject},
    registry::{
        Care, Effect, Error, Expectations, Heads, Judgement, Normalize, Novelty, Operation, Precondition, Registration,
        Rehearsal, Transaction,
    },
    wire,
};

const FAILED: &str = "Error while carrying out a transaction";

/// Whether anything is written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Rehearsed {
    /// Whether the answer is only the one that the transaction would give, and nothing is written (any value but
    /// `false`); the body may say so too.
    #[serde(deserialize_with = "extract::rehearsal")]
    #[param(required = false)]
    dry_run: bool,
    /// The context (`:.context:`) of subjects that name none, and of settings without subject; below
    /// `/contexts/{context}` it is that context.
    #[param(required = false)]
    context: String,
}

/// Carry out several operations, all or nothing (Regis' own).
///
/// Registers schemas under any subjects, and changes configurations and modes: all of it or nothing. Settings are changed
/// first, in the order given, and count when schemas are judged; then schemas are registered, each after those that it
/// refers to. A refusal is that of the first operation that is refused, with its position as `operation`. Codes: 41201 a
/// subject's head is not the one demanded, 41202 a configuration or a mode is not the expected one, 413 there are too many
/// operations, 422 there is none, and every code of the operations themselves.
#[utoipa::path(
    post, path = "/transactions", operation_id = "transact", tag = "Transactions",
    params(Rehearsed),
    request_body = wire::TransactionRequest,
    responses((status = 200, description = "Everything is done", body = wire::TransactionResponse), Refusals)
)]
pub(super) async fn transact(
    door: State<Door>,
    Asked(rehearsed): Asked<Rehearsed>,
    body: Posted<wire::TransactionRequest>,
) -> Result<Reply<wire::TransactionResponse>, ApiError> {
    let request = body.required("transact.request")?;
    let (count, limit) = (request.operations.len(), door.settings.transaction_operations);
    if count == 0 {
        return Err(ApiError::new(422, "operations must not be empty"));
    }
    if count > limit {
        return Err(ApiError::new(413, format!("{count} operations are too many; a transaction may have {limit}")));
    }
    let dry_run = rehearsed.dry_run || request.dry_run.unwrap_or(false);
    let rehearsal = if dry_run { Rehearsal::On } else { Rehearsal::Off };
    let within = Within(&rehearsed.context);
    let expectations = within.expectations(request.expect.unwrap_or_default())?;
    let operations = request
        .operations
        .into_iter()
        .enumerate()
        .map(|(index, operation)| within.operation(operation).map_err(|refusal| refusal.in_operation(index)));
    let operations = operations.collect::<Result<_, _>>()?;
    let effects = door.registry.transact(Transaction { expectations, operations, rehearsal }).await;
    let effects = effects.map_err(ApiError::during(FAILED))?;
    Ok(Reply(wire::TransactionResponse { dry_run, results: effects.into_iter().map(Into::into).collect() }))
}

/// The context of names that name none.
#[derive(Clone, Copy)]
struct Within<'a>(&'a str);

impl Within<'_> {
    fn qualified(self, name: String) -> String {
        if name.starts_with(":.") || name.starts_with(":*:") { name } else { format!("{}{name}", self.0) }
    }

    /// A name of the default context is addressed like the whole registry.
    fn key(self, subject: Option<String>) -> Option<String> {
        Some(self.qualified(subject.unwrap_or_default())).filter(|subject| !Subject::parse(subject).is_none())
    }

    fn expectations(self, expected: wire::Expectations) -> Result<Expectations, ApiError> {
        let head = |(name, tag): (String, Option<String>)| {
            let precondition = match tag {
                Some(tags) => Precondition { matches: Some(heads("expect.subjects", &tags)?), differs: None },
                None => Precondition { matches: None, differs: Some(Heads::OfExisting) },
            };
            Ok((self.qualified(name), precondition))
        };
        let mode = |(name, text): (String, Option<String>)| match text {
            Some(text) => Ok((self.qualified(name), Some(Mode::parse(&text).ok_or(Error::InvalidMode)?))),
            None => Ok((self.qualified(name), None)),
        };
        Ok(Expectations {
            subjects: expected.subjects.into_iter().map(head).collect::<Result<_, ApiError>>()?,
            configs: expected
                .config
                .into_iter()
                .map(|(name, config)| (self.qualified(name), config.map(Into::into)))
                .collect(),
            modes: expected.mode.into_iter().map(mode).collect::<Result<_, ApiError>>()?,
        })
    }

    fn operation(self, operation: wire::Operation) -> Result<Operation, ApiError> {
        Ok(match operation {
            wire::Operation::Register(register) => {
                let wire::RegisterOperation { subject, normalize, force, conditions, schema } = *register;
                let wanted = Registration {
                    submission: schema.into(),
                    normalize: if normalize == Some(true) { Normalize::Always } else { Normalize::AsConfigured },
                    judgement: if force == Some(true) { Judgement::Skipped } else { Judgement::ByLevel },
                    precondition: precondition(&conditions)?,
                    rehearsal: Rehearsal::Off,
                };
                Operation::Register { subject: self.qualified(subject), wanted: Box::new(wanted) }
            }
            wire::Operation::Config(config) => {
                let wire::ConfigOperation { subject, conditions, change } = *config;
                let change = change.into_change().map_err(|_unknown| Error::InvalidLevel)?;
                let precondition = precondition(&conditions)?;
                Operation::Config { subject: self.key(subject), change: Box::new(change), precondition }
            }
            wire::Operation::Mode(wire::ModeOperation { subject, mode, force, conditions }) => {
                let care = if force == Some(true) { Care::Forced } else { Care::Checked };
                let precondition = precondition(&conditions)?;
                Operation::Mode { subject: self.key(subject), mode, care, precondition }
            }
        })
    }
}

fn heads(member: &str, text: &str) -> Result<Heads, ApiError> {
    let tags =
        Tags::parse(text).ok_or_else(|| ApiError::bad_request(format!("{member} is no list of entity tags: {text}")));
    Ok(tags?.heads())
}

fn precondition(conditions: &wire::OperationConditions) -> Result<Precondition, ApiError> {
    let heads = |member, text: &Option<String>| text.as_deref().map(|text| heads(member, text)).transpose();
    Ok(Precondition {
        matches: heads("ifMatch", &conditions.if_match)?,
        differs: heads("ifNoneMatch", &conditions.if_none_match)?,
    })
}

impl From<Effect> for wire::OperationResult {
    fn from(effect: Effect) -> Self {
        let named = |key: Subject| (!key.is_none()).then(|| key.to_string());
        match effect {
            Effect::Registered { subject, head, novelty, found } => Self::Register(Box::new(wire::RegisterResult {
                subject: subject.to_string(),
                etag: format!("\"{head}\""),
                created: novelty == Novelty::New,
                schema: (*found).into(),
            })),
            Effect::Configured { key, config } => {
                Self::Config(Box::new(wire::ConfigResult { subject: named(key), config: (*config).into() }))
            }
            Effect::ModeSet { key, mode } => {
                let mode = wire::ModeUpdateRequest { mode };
                Self::Mode(wire::ModeResult { subject: named(key), mode })
            }
        }
    }
}
