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
}
