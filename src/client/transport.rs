//! Sends questions: to one address after the other, again where that is safe, and never longer than the timeout.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use reqwest::{Url, header};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    Connection, Credentials, Error, backoff,
    error::chain,
    question::{Question, Repeat},
};
use crate::wire::{self, ErrorMessage};

/// What bodies are, there and back.
const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";
/// What a proxy answers to those whom it does not know; no registry does.
const PROXY_AUTHENTICATION: u16 = 407;
/// What is shown of a body that was not understood.
const EXCERPT: usize = 200;

/// A registry that is asked over the network; cheap to share by reference.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    connection: Connection,
    /// Which address answered last.
    current: AtomicUsize,
    /// How many requests were sent, repetitions included.
    sent: AtomicUsize,
}

/// A response that was read to its end.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) address: Url,
    pub(super) status: u16,
    pub(super) headers: header::HeaderMap,
    pub(super) body: Bytes,
    /// From the request to the end of the body, repetitions not included.
    pub(super) took: Duration,
}

/// An attempt that gave no answer to hand out.
struct Failed {
    error: Error,
    repeatable: bool,
    /// How long the server asks to be left alone.
    wait: Option<Duration>,
}

impl Client {
    pub(super) fn new(http: reqwest::Client, connection: Connection) -> Self {
        Self { http, connection, current: AtomicUsize::new(0), sent: AtomicUsize::new(0) }
    }

    /// How many requests it has sent, repetitions included.
    pub fn requests(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// How it reaches the registry.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How many requests it should have in flight where it needs many.
    pub fn parallel(&self) -> usize {
        self.connection.parallel
    }

    /// The address that answered last, or the preferred one.
    pub fn address(&self) -> &Url {
        &self.connection.addresses[self.current.load(Ordering::Relaxed)]
    }

    /// Asks, and reads the answer as a value of JSON.
    pub(super) async fn ask<T: DeserializeOwned>(&self, question: Question) -> Result<T, Error> {
        let answer = self.send(&question).await?;
        answer.json(&question)
    }

    /// Asks, and demands success.
    pub(super) async fn send(&self, question: &Question) -> Result<Answer, Error> {
        let addresses = &self.connection.addresses;
        let deadline = Instant::now() + self.connection.timeout;
        let first = self.current.load(Ordering::Relaxed);
        let mut attempt: u32 = 0;
        loop {
            let at = (first + attempt as usize) % addresses.len();
            let failed = match timeout_at(deadline, self.attempt(question, &addresses[at])).await {
                Ok(Ok(answer)) => {
                    self.current.store(at, Ordering::Relaxed);
                    return Ok(answer);
                }
                Ok(Err(failed)) => failed,
                Err(_elapsed) => {
                    let (address, request) = (printed(&addresses[at]), question.summary());
                    return Err(Error::TimedOut { address, request, after: self.connection.timeout });
                }
            };
            attempt += 1;
            let pause = self.connection.retries.pause(attempt, u32::try_from(addresses.len()).unwrap_or(u32::MAX));
            let Some(pause) = pause.filter(|_| failed.repeatable) else { return Err(failed.error) };
            let pause = failed.wait.map_or(pause, |wait| wait.max(pause));
            if Instant::now() + pause >= deadline {
                return Err(failed.error);
            }
            sleep(pause).await;
        }
    }

    async fn attempt(&self, question: &Question, address: &Url) -> Result<Answer, Failed> {
        let answer = self.exchange(question, address).await.map_err(|error| broken(question, address, &error))??;
        match answer.status {
            200..=299 => Ok(answer),
            status => {
                let repeatable =
                    backoff::is_passing(status) && (question.repeat == Repeat::Safe || backoff::was_not_begun(status));
                let asked = answer.header("retry-after");
                let wait = asked.and_then(|value| backoff::retry_after(value, SystemTime::now()));
                Err(Failed { error: answer.refusal(question), repeatable, wait })
            }
        }
    }

    async fn exchange(&self, question: &Question, address: &Url) -> Result<Result<Answer, Failed>, reqwest::Error> {
        let url = match question.at(address) {
            Ok(url) => url,
            Err(error) => return Ok(Err(Failed { error, repeatable: false, wait: None })),
        };
        let started = Instant::now();
        let mut request = self.http.request(question.method.clone(), url).header(header::ACCEPT, MEDIA_TYPE);
        for (name, value) in &question.headers {
            request = request.header(*name, value);
        }
        request = match &self.connection.credentials {
            Some(Credentials::Basic { user, password }) => request.basic_auth(user, Some(password)),
            Some(Credentials::Bearer(token)) => request.bearer_auth(token),
            None => request,
        };
        if let Some(body) = &question.body {
            request = request.header(header::CONTENT_TYPE, MEDIA_TYPE).body(body.clone());
        }
        self.sent.fetch_add(1, Ordering::Relaxed);
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?;
        Ok(Ok(Answer { address: address.clone(), status, headers, body, took: started.elapsed() }))
    }
}

fn broken(question: &Question, address: &Url, error: &reqwest::Error) -> Failed {
    // Without the URL, which every message names already.
    let why = error.source_chain();
    let address = printed(address);
    // A tunnel is what proxies dig for https.
    let by_proxy = why.contains("tunnel") || why.contains("proxy");
    let error_value = if by_proxy { Error::Proxy { address, why } } else { Error::Unreachable { address, why } };
    // A header that is no header, such as a token with a line break, will not become one.
    let repeatable = !error.is_builder() && (question.repeat == Repeat::Safe || error.is_connect());
    Failed { error: error_value, repeatable, wait: None }
}

/// What the causes say: the outermost sentence of the library names no more than the URL.
trait SourceChain {
    fn source_chain(&self) -> String;
}

impl SourceChain for reqwest::Error {
    fn source_chain(&self) -> String {
        std::error::Error::source(self).map_or_else(|| self.to_string(), chain)
    }
}

/// An address as people wrote it: without the slash that stands for no path.
pub(super) fn printed(address: &Url) -> String {
    address.as_str().trim_end_matches('/').to_owned()
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn json<T: DeserializeOwned>(&self, question: &Question) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| self.unexpected(question, &error.to_string()))
    }

    pub(super) fn unexpected(&self, question: &Question, why: &str) -> Error {
        let why = format!("{why}, in {}", excerpt(&self.body));
        Error::Unexpected { address: printed(&self.address), request: question.summary(), why }
    }

    fn refusal(&self, question: &Question) -> Error {
        if (300..400).contains(&self.status) {
            let target = self.header("location").unwrap_or("nowhere");
            let why = format!("status {}: it redirects to {target}; name that address", self.status);
            return Error::Unexpected { address: printed(&self.address), request: question.summary(), why };
        }
        let status = self.status;
        if status == PROXY_AUTHENTICATION {
            return Error::Proxy { address: printed(&self.address), why: self.worded() };
        }
        let read = wire::read::<ErrorMessage>(&self.body).ok().flatten().filter(|body| !body.message.is_empty());
        let body = read.unwrap_or_else(|| ErrorMessage { error_code: 0, message: self.worded(), operation: None });
        let code = if body.error_code == 0 { u32::from(status) } else { body.error_code };
        Error::Refused { request: question.summary(), status, code, message: body.message }
    }

    /// A sentence for an error whose body is none of a registry, such as a proxy's page.
    fn worded(&self) -> String {
        let reason = reqwest::StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let reason = reason.unwrap_or("no success");
        if self.body.is_empty() { reason.to_owned() } else { format!("{reason}: {}", excerpt(&self.body)) }
    }
}

fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let short: String = text.chars().take(EXCERPT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.is_empty() { "an empty body".to_owned() } else { format!("{short:?}") }
}
