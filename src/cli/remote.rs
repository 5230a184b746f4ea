//! How commands reach a registry: which one, and what its refusals mean for the exit code.

use std::{env, future::Future};

use clap::Args;

use super::{complain, exit::Exit, workspace::Configuration};
use crate::client::{Addresses, Client, Connection, Error};

/// Which registry a command talks to.
#[derive(Debug, Clone, Args)]
pub(super) struct RegistryOption {
    /// An address, or a name in `regis.yaml`.
    #[arg(
        long,
        short = 'r',
        value_name = "URL|NAME",
        help = "Registry: an address, or a name in regis.yaml [variable: REGIS_REGISTRY_URL]"
    )]
    pub(super) registry: Option<String>,
}

/// Why a command ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// What the exit code says.
    pub(super) exit: Exit,
    /// What people are told.
    pub(super) sentences: Vec<String>,
}

impl Failure {
    /// One sentence.
    pub(super) fn new(exit: Exit, sentence: impl Into<String>) -> Self {
        Self { exit, sentences: vec![sentence.into()] }
    }

    /// A wrong call, or a wrong file.
    pub(super) fn usage(sentence: impl Into<String>) -> Self {
        Self::new(Exit::Usage, sentence)
    }
}

impl Failure {
    /// The same where nothing was looked at yet: what is missing then was named wrongly, and is no finding.
    pub(super) fn before_findings(self) -> Self {
        let exit = if self.exit == Exit::Findings { Exit::Usage } else { self.exit };
        Self { exit, ..self }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut failure = Self::new(exit_of(&error), error.to_string());
        failure.sentences.extend(advice(&error).map(str::to_owned));
        failure
    }
}

impl From<super::workspace::LoadError> for Failure {
    fn from(error: super::workspace::LoadError) -> Self {
        Self { exit: Exit::Usage, sentences: error.to_string().lines().map(str::to_owned).collect() }
    }
}

/// What can be done about a refusal.
fn advice(error: &Error) -> Option<&'static str> {
    match error.status() {
        Some(401) => Some(
            "the registry wants to know who asks: set REGIS_REGISTRY_USER and REGIS_REGISTRY_PASSWORD, or \
             REGIS_REGISTRY_TOKEN",
        ),
        Some(403) => Some("the registry knows who asks, and does not allow it"),
        _ => None,
    }
}

/// What a refusal means for whoever started the command.
fn exit_of(error: &Error) -> Exit {
    match error {
        Error::Unreachable { .. } | Error::Proxy { .. } | Error::TimedOut { .. } | Error::Unexpected { .. } => {
            Exit::Unreachable
        }
        Error::Setup { .. } | Error::Unnameable(_) => Exit::Usage,
        Error::Refused { status, code, .. } => match (status, code) {
            (409, _) => Exit::Findings,
            (412, _) => Exit::Moved,
            // The mode forbids it.
            (_, &super::plan::MODE_FORBIDS) => Exit::Unreachable,
            (404, code) if (40400..=40499).contains(code) => Exit::Findings,
            (400 | 422, _) => Exit::Findings,
            _ => Exit::Unreachable,
        },
    }
}

impl RegistryOption {
    /// Whether neither the command line nor the environment nor the configuration names a registry.
    pub(super) fn is_unnamed(&self, configuration: &Configuration) -> bool {
        let by_variable = env::var_os("REGIS_REGISTRY_URL").is_some_and(|url| !url.is_empty());
        self.registry.is_none() && !by_variable && configuration.registries.is_empty()
    }

    /// A client for the registry that the command line, the environment or the configuration names.
    pub(super) fn open(&self, configuration: &Configuration) -> Result<Client, Failure> {
        let named = match &self.registry {
            Some(text) => Some(given(text, configuration)?),
            None if env::var_os("REGIS_REGISTRY_URL").is_some_and(|url| !url.is_empty()) => None,
            None => only(configuration)?,
        };
        let variable = |name: &str| env::var(name).ok();
        let connection = Connection::from_variables(named, variable)
            .map_err(|sentences| Failure { exit: Exit::Usage, sentences })?;
        Ok(connection.open()?)
    }
}

/// The registry of a word on the command line.
fn given(text: &str, configuration: &Configuration) -> Result<Addresses, Failure> {
    if let Some(url) = configuration.registries.get(text) {
        return Addresses::parse(url).map_err(|wrong| Failure::usage(format!("registry {text} in regis.yaml {wrong}")));
    }
    let addresses = Addresses::parse(text).map_err(|wrong| {
        let names: Vec<&str> = configuration.registries.keys().map(String::as_str).collect();
        let known = if names.is_empty() { String::new() } else { format!(", or name one of {}", names.join(", ")) };
        Failure::usage(format!("--registry {wrong}{known}"))
    })?;
    if addresses.credentials.is_some() {
        return Err(Failure::usage(
            "--registry holds a user or a password, which everybody on this machine can see; \
             set REGIS_REGISTRY_USER and REGIS_REGISTRY_PASSWORD instead",
        ));
    }
    Ok(addresses)
}

/// The registry of a configuration that names just one.
fn only(configuration: &Configuration) -> Result<Option<Addresses>, Failure> {
    let mut registries = configuration.registries.iter();
    match (registries.next(), registries.next()) {
        (Some((name, url)), None) => {
            let addresses = Addresses::parse(url);
            addresses.map(Some).map_err(|wrong| Failure::usage(format!("registry {name} in regis.yaml {wrong}")))
        }
        (Some(_), Some(_)) => {
            let names: Vec<&str> = configuration.registries.keys().map(String::as_str).collect();
            Err(Failure::usage(format!(
                "regis.yaml names several registries; choose with --registry: {}",
                names.join(", ")
            )))
        }
        (None, _) => Ok(None),
    }
}

/// Runs a command that waits for the network, and tells why it failed.
pub(super) fn run(command: impl Future<Output = Result<Exit, Failure>>) -> Exit {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(Failure::new(Exit::Internal, error.to_string())),
    };
    outcome.unwrap_or_else(|failure| {
        for sentence in &failure.sentences {
            complain(sentence);
        }
        failure.exit
    })
}
