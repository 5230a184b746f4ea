//! What a registry says about itself.

use std::time::{Duration, SystemTime};

use reqwest::Url;
use serde::Deserialize;

use super::{Client, Error, error::unless_unknown, question::Question};

/// An answer to a small question, measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// Who answered.
    pub address: Url,
    /// From the request to the end of the answer.
    pub took: Duration,
    /// The server's clock, in whole seconds.
    pub date: Option<SystemTime>,
    /// What `Server` says.
    pub server: Option<String>,
}

#[derive(Debug, Deserialize)]
struct VersionAnswer {
    #[serde(default)]
    version: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ClusterAnswer {
    scope: Scope,
}

#[derive(Debug, Deserialize)]
struct Scope {
    #[serde(default)]
    clusters: std::collections::BTreeMap<String, String>,
}

/// What a registry can do beyond Confluent's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Features {
    /// `POST /transactions`, with it heads as entity tags and dry runs.
    pub transactions: bool,
}

#[derive(Debug, Deserialize)]
struct Description {
    info: Info,
    #[serde(default)]
    paths: serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Info {
    title: String,
}

impl Client {
    /// Asks for the languages, which every registry tells, and measures the answer.
    pub async fn probe(&self) -> Result<Probe, Error> {
        let question = Question::get(&["schemas", "types"])?;
        let answer = self.send(&question).await?;
        let _languages: Vec<String> = answer.json(&question)?;
        let date = answer.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        let server = answer.header("server").map(str::to_owned);
        Ok(Probe { took: answer.took, date, server, address: answer.address })
    }

    /// The languages that the registry knows.
    pub async fn languages(&self) -> Result<Vec<String>, Error> {
        self.ask(Question::get(&["schemas", "types"])?).await
    }

    /// The server's version, if it tells one.
    pub async fn server_version(&self) -> Result<Option<String>, Error> {
        let found: Option<VersionAnswer> =
            unless_unknown(self.ask(Question::get(&["v1", "metadata", "version"])?).await)?;
        Ok(found.and_then(|found| found.version))
    }

    /// How the registry's cluster is called, if it tells it.
    pub async fn cluster(&self) -> Result<Option<String>, Error> {
        let found: Option<ClusterAnswer> = unless_unknown(self.ask(Question::get(&["v1", "metadata", "id"])?).await)?;
        Ok(found.and_then(|found| found.scope.clusters.get("schema-registry-cluster").cloned()))
    }

    /// Names of the contexts.
    pub async fn contexts(&self) -> Result<Vec<String>, Error> {
        self.ask(Question::get(&["contexts"])?).await
    }

    /// What the server can do that others cannot: it says so in the description of its API.
    pub async fn features(&self) -> Result<Features, Error> {
        let description = self.description().await?;
        let has = |path: &str| description.as_ref().is_some_and(|found| found.paths.contains_key(path));
        Ok(Features { transactions: has("/transactions") })
    }

    /// The make of the server, as far as it can be told.
    pub async fn kind(&self) -> &'static str {
        match self.description().await {
            Ok(Some(_)) => "Regis",
            Ok(None) | Err(_) => "a registry of Confluent's API",
        }
    }

    /// The description of a Regis; nothing from others, whatever they say.
    async fn description(&self) -> Result<Option<Description>, Error> {
        match self.ask::<Description>(Question::get(&["openapi.json"])?).await {
            Ok(description) if description.info.title.contains("Regis") => Ok(Some(description)),
            // Servers refuse unknown paths in many ways; what is wrong with the connection shows elsewhere.
            Ok(_) | Err(Error::Unexpected { .. } | Error::Refused { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
