//! Levels, modes and the other settings of subjects, contexts and the whole registry.

use reqwest::Method;
use serde::Deserialize;

use super::{Client, Error, error::unless_absent, question::Question};
use crate::{
    model::{Config, Mode},
    wire::{ConfigUpdateRequest, ModeUpdateRequest},
};

/// Which setting is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// What is set at that very place.
    Exact,
    /// What applies there, inherited values and the registry's default included.
    InScope,
}

#[derive(Debug, Deserialize)]
struct ModeAnswer {
    #[serde(default)]
    mode: Option<Mode>,
}

impl Client {
    /// The settings of a subject, a context (`:.context:`), or without either of the registry; nothing if none are set.
    pub async fn config(&self, subject: Option<&str>, lookup: Lookup) -> Result<Option<Config>, Error> {
        let question = Question::get(&place("config", subject))?.switch("defaultToGlobal", lookup == Lookup::InScope);
        unless_absent(self.ask(question).await)
    }

    /// Changes settings, and answers all that are set there afterwards.
    pub async fn set_config(
        &self,
        subject: Option<&str>,
        change: &ConfigUpdateRequest,
    ) -> Result<serde_json::Value, Error> {
        self.ask(Question::new(Method::PUT, &place("config", subject))?.json(change)).await
    }

    /// The mode of a subject, a context, or without either of the registry; nothing if none is set.
    pub async fn mode(&self, subject: Option<&str>, lookup: Lookup) -> Result<Option<Mode>, Error> {
        let question = Question::get(&place("mode", subject))?.switch("defaultToGlobal", lookup == Lookup::InScope);
        let found: Option<ModeAnswer> = unless_absent(self.ask(question).await)?;
        Ok(found.and_then(|found| found.mode))
    }

    /// Sets a mode.
    pub async fn set_mode(&self, subject: Option<&str>, mode: Mode) -> Result<(), Error> {
        let body = ModeUpdateRequest { mode: Some(mode.to_string()) };
        let _echo: serde_json::Value =
            self.ask(Question::new(Method::PUT, &place("mode", subject))?.json(&body)).await?;
        Ok(())
    }
}

fn place<'a>(setting: &'a str, subject: Option<&'a str>) -> Vec<&'a str> {
    std::iter::once(setting).chain(subject).collect()
}
