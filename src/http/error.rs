//! Refusals on their way out: the only place that knows the contract's numbers.

use std::{any::Any, sync::Arc};

use axum::{
    http::{HeaderValue, Method, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};

use super::page::Reply;
use crate::{
    registry::{Error, StoreError},
    wire::{ErrorMessage, Unreadable},
};

/// A refusal or a failure with its number.
#[derive(Debug)]
pub(super) struct ApiError {
    code: u32,
    message: String,
    /// The position of the operation of a transaction that was refused.
    operation: Option<usize>,
    cause: Option<Error>,
}

/// What a client is told of a failure of the database; the cause may quote the database, and is for the log.
fn told(failure: &StoreError) -> &'static str {
    match failure {
        StoreError::Unavailable(_) => {
            "The registry's database does not answer at the moment; nothing was written, and repeating the request is safe"
        }
        StoreError::Late(_) => {
            "The registry's database took too long; nothing was written, and repeating the request is safe"
        }
        StoreError::ReadOnly(_) => "The registry's database takes no writes at the moment; nothing was written",
        StoreError::Full(_) => "The registry's database has no space left; nothing was written, and reads go on",
        StoreError::Conflict(_) => {
            "Other writes were in the way; nothing was written, and repeating the request is safe"
        }
        StoreError::Interrupted(_) => {
            "The outcome of the write is unknown: it may have happened or not; repeating the request is safe"
        }
        StoreError::Unflushed(_) => {
            "The disk failed to keep a write, and the registry writes nothing more until it is started again; reads go on"
        }
        StoreError::Failed(_) | StoreError::Vanished(_) | StoreError::Corrupt(_) => {
            "The registry's database did not answer; repeating the request is safe"
        }
    }
}

/// Seconds after which repeating a request may help.
fn retry_after(code: u32) -> Option<HeaderValue> {
    match code {
        50301 | 50303 | 50305 => Some(HeaderValue::from_static("1")),
        50302 => Some(HeaderValue::from_static("5")),
        503 | 50304 | 50701 => Some(HeaderValue::from_static("30")),
        _ => None,
    }
}

/// What went wrong inside, kept with the response until it is logged.
#[derive(Debug, Clone)]
pub(super) struct Failure(pub(super) Arc<Error>);

/// What every operation may answer besides success.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "it documents what `ApiError` sends")]
pub(super) enum Refusals {
    /// The request was refused; the code says why.
    #[response(status = "4XX")]
    Client(ErrorMessage),
    /// The request failed; repeating it is safe.
    #[response(status = "5XX")]
    Server(ErrorMessage),
}

impl ApiError {
    pub(super) fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), operation: None, cause: None }
    }

    /// The refusal of one operation of a transaction.
    pub(super) fn in_operation(self, index: usize) -> Self {
        Self { message: format!("Operation {index}: {}", self.message), operation: Some(index), ..self }
    }

    /// No route, or a number in a path or a query that is none.
    pub(super) fn not_found() -> Self {
        Self::new(404, "HTTP 404 Not Found")
    }

    pub(super) fn not_acceptable() -> Self {
        Self::new(406, "HTTP 406 Not Acceptable")
    }

    pub(super) fn unsupported_media_type() -> Self {
        Self::new(415, "HTTP 415 Unsupported Media Type")
    }

    pub(super) fn timed_out() -> Self {
        Self::new(504, "Request timed out")
    }

    /// The database does not answer, so the server cannot do its work.
    pub(super) fn unavailable(error: Error) -> Self {
        let refusal = Self::from(error);
        Self { code: 503, ..refusal }
    }

    /// What is told.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// Translates an error of an operation whose failures the contract words.
    pub(super) fn during(operation: &str) -> impl FnOnce(Error) -> Self {
        move |error| {
            // What has a code of its own is told in its own words: whether something was written matters more.
            let failed = code(&error) == 50001;
            let mut refusal = Self::from(error);
            if failed {
                operation.clone_into(&mut refusal.message);
            }
            refusal
        }
    }

    /// What is said about an item of a batch that was not done while others go on (contract, section 9.5): a refusal
    /// keeps its code, but an invalid schema counts as an invalid property.
    pub(super) fn of_step(operation: &str, error: Error) -> ErrorMessage {
        match error {
            Error::InvalidSchema(message) => ErrorMessage { error_code: 42212, message, operation: None },
            error if code(&error) < 50000 => {
                ErrorMessage { error_code: code(&error), message: error.to_string(), operation: None }
            }
            error => Self::of_question(operation, error),
        }
    }

    /// What is said about an item of a batch that could not be answered: whatever the reason, it counts as a failure.
    pub(super) fn of_question(operation: &str, error: Error) -> ErrorMessage {
        let Self { message, cause, .. } = Self::from(error);
        if let Some(cause) = cause {
            tracing::error!(error = %cause, "an item of a batch failed");
        }
        ErrorMessage { error_code: 500, message: format!("{operation}: {message}"), operation: None }
    }

    /// The status is the first three digits of the code.
    fn status(&self) -> StatusCode {
        let status = if self.code < 1000 { self.code } else { self.code / 100 };
        u16::try_from(status)
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok())
            .expect("every code starts with a status")
    }
}

/// The number of each refusal (contract, section 5).
fn code(error: &Error) -> u32 {
    match error {
        Error::SubjectNotFound(_) => 40401,
        Error::VersionNotFound(_) => 40402,
        Error::SchemaNotFound | Error::NamedSchemaNotFound(_) => 40403,
        Error::SubjectSoftDeleted(_) => 40404,
        Error::SubjectNotSoftDeleted(_) => 40405,
        Error::VersionSoftDeleted(..) => 40406,
        Error::VersionNotSoftDeleted(..) => 40407,
        Error::SubjectHasNoConfig(_) => 40408,
        Error::SubjectHasNoMode(_) => 40409,
        Error::AssociationNotFound(_) => 40410,
        Error::InOperation { cause, .. } => code(cause),
        Error::ConfigMoved(_) | Error::ModeMoved(_) => 41202,
        Error::SubjectMoved { .. } | Error::SubjectAbsent { .. } | Error::SubjectPresent { .. } => 41201,
        Error::Incompatible { .. } | Error::AssociationIncompatible { .. } => 40901,
        Error::AssociationExists { .. } => 40903,
        Error::SubjectAssociated(_) => 40904,
        Error::StronglyAssociated(_) => 40905,
        Error::NoLiveVersion(_) => 40907,
        Error::AssociationFrozen { .. } => 40908,
        Error::InvalidSchema(_) | Error::CircularReferences(_) => 42201,
        Error::InvalidVersion(_) => 42202,
        Error::InvalidLevel => 42203,
        Error::InvalidMode | Error::ForwardIsGlobal => 42204,
        Error::ReadOnly { .. }
        | Error::NotImport { .. }
        | Error::NotReadWrite { .. }
        | Error::IdTaken { .. }
        | Error::ImportNeedsNoSubjects
        | Error::LastNumber(_)
        | Error::NoIdLeft(_)
        | Error::NoVersionLeft(_)
        | Error::ModeIsFixed
        | Error::AssociatedReadOnly { .. }
        | Error::NotReferable(_) => 42205,
        Error::Referenced(..) | Error::SubjectReferenced(_) => 42206,
        Error::InvalidSubject(_) => 42208,
        Error::InvalidRule(_) => 42210,
        Error::ContextNotEmpty(_) => 42211,
        Error::InvalidAssociation { .. } | Error::UnclearResource(_) => 42212,
        Error::LastVersionAssociated => 500,
        Error::Store(StoreError::Failed(_) | StoreError::Vanished(_) | StoreError::Corrupt(_)) => 50001,
        Error::Store(StoreError::Unavailable(_) | StoreError::Late(_)) => 50301,
        Error::Store(StoreError::ReadOnly(_)) => 50302,
        Error::Store(StoreError::Interrupted(_)) => 50303,
        Error::Store(StoreError::Unflushed(_)) => 50304,
        Error::Store(StoreError::Conflict(_)) => 50305,
        Error::Store(StoreError::Full(_)) => 50701,
        Error::Contended(_) => 50002,
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let code = code(&error);
        if let Error::Store(failure) = &error {
            let message = told(failure);
            return Self { cause: Some(error), ..Self::new(code, message) };
        }
        let operation = if let Error::InOperation { index, .. } = error { Some(index) } else { None };
        Self { operation, ..Self::new(code, error.to_string()) }
    }
}

impl From<Unreadable> for ApiError {
    fn from(error: Unreadable) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = ErrorMessage { error_code: self.code, message: self.message, operation: self.operation };
        let mut response = (status, Reply(body)).into_response();
        if let Some(seconds) = retry_after(self.code) {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(Failure(Arc::new(cause)));
        }
        response
    }
}

/// Answers every path that has no route.
pub(super) async fn no_such_path() -> ApiError {
    ApiError::not_found()
}

/// Answers the methods that a known path does not have; the router adds `Allow`.
pub(super) async fn no_such_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::OK.into_response();
    }
    ApiError::new(405, "HTTP 405 Method Not Allowed").into_response()
}

/// Answers for a handler that panicked; the panic hook has logged it.
pub(super) fn panicked(_panic: Box<dyn Any + Send>) -> Response {
    ApiError::new(500, "Internal Server Error").into_response()
}
