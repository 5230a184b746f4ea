//! Several operations, all or nothing: what only Regis has.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Client, Error, Registered, Write,
    question::{Question, Repeat},
};

/// What came of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outcome {
    /// Whether a registration made a new version.
    #[serde(default)]
    pub created: Option<bool>,
    /// The answer of a registration.
    #[serde(default)]
    pub schema: Option<Registered>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    results: Vec<Outcome>,
}

impl Client {
    /// Carries out operations as `POST /transactions` describes them; the outcomes are in the order of the operations.
    pub async fn transact(&self, operations: &[Value], expect: &Value, write: Write) -> Result<Vec<Outcome>, Error> {
        let rehearsed = write == Write::Rehearse;
        let body = json!({"dryRun": rehearsed, "expect": expect, "operations": operations});
        // A repetition would meet heads that its own first attempt has moved.
        let repeat = if rehearsed { Repeat::Safe } else { Repeat::IfNotBegun };
        let question = Question::new(Method::POST, &["transactions"])?.json(&body).repeated(repeat);
        Ok(self.ask::<Answer>(question).await?.results)
    }
}
