//! Asks whether a schema may be registered.

use reqwest::Method;

use super::{Client, Error, Normalize, Verdict, error::unless_absent, question::Question};
use crate::{model::VersionSelector, wire::RegisterSchemaRequest};

/// What a schema is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opponents {
    /// Every version that the subject's level looks at.
    All,
    /// One version.
    One(VersionSelector),
}

impl Client {
    /// The verdict at the subject's level, with its reasons; nothing if there is no such version.
    pub async fn check(
        &self,
        subject: &str,
        opponents: Opponents,
        schema: &RegisterSchemaRequest,
        normalize: Normalize,
    ) -> Result<Option<Verdict>, Error> {
        let version = match opponents {
            Opponents::All => None,
            Opponents::One(VersionSelector::Latest) => Some("latest".to_owned()),
            Opponents::One(VersionSelector::Exactly(version)) => Some(version.to_string()),
        };
        let mut segments = vec!["compatibility", "subjects", subject, "versions"];
        segments.extend(version.as_deref());
        let question = Question::new(Method::POST, &segments)?.json(schema);
        let question = question.switch("verbose", true).switch("normalize", normalize.always());
        unless_absent(self.ask(question).await)
    }
}
