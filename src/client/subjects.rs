//! Subjects and their versions: list, read, look up, register, delete.

use reqwest::Method;
use serde::de::DeserializeOwned;

use super::{
    Client, Error, Headed, Registered, Stored, address,
    error::unless_absent,
    question::{Question, Repeat},
};
use crate::{
    model::{Subject, VersionSelector},
    wire::RegisterSchemaRequest,
};

/// Which versions are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    /// Those that are not deleted.
    #[default]
    Live,
    /// Soft-deleted ones too.
    All,
}

impl Seen {
    pub(super) fn all(self) -> bool {
        self == Self::All
    }
}

/// Whether a text is brought to its normal form first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalize {
    /// If the registry is configured so.
    #[default]
    AsConfigured,
    /// In any case.
    Always,
}

impl Normalize {
    pub(super) fn always(self) -> bool {
        self == Self::Always
    }
}

/// How far a deletion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permanence {
    /// What is deleted can still be read.
    Soft,
    /// What was soft-deleted before is removed for good.
    Permanent,
}

/// Whether a registration is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Write {
    /// It is.
    #[default]
    Commit,
    /// The answer is wanted, and nothing is to be written. Only Regis knows this: another registry would write.
    Rehearse,
}

/// What must hold for a write to be carried out; only a registry that tells heads knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// The subject's head is this entity tag.
    Head(String),
    /// The subject does not exist yet.
    Absent,
}

/// How a schema is registered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registration {
    /// Whether the text is brought to its normal form.
    pub normalize: Normalize,
    /// Whether it is carried out.
    pub write: Write,
    /// What must hold.
    pub precondition: Option<Precondition>,
}

impl Client {
    /// Names of subjects whose printed form begins with `prefix`; all contexts' without one.
    pub async fn subjects(&self, prefix: Option<&str>, seen: Seen) -> Result<Vec<String>, Error> {
        let question = Question::get(&["subjects"])?.switch("deleted", seen.all());
        self.ask(match prefix {
            Some(prefix) => question.parameter("subjectPrefix", prefix),
            None => question,
        })
        .await
    }

    /// Numbers of a subject's versions, ascending; nothing if there is no such subject.
    pub async fn versions(&self, subject: &str, seen: Seen) -> Result<Option<Vec<i32>>, Error> {
        let question = Question::get(&["subjects", subject, "versions"])?.switch("deleted", seen.all());
        unless_absent(self.ask(question).await)
    }

    /// A version, in a format if one is named; nothing if there is no such subject or version.
    ///
    /// A subject of the same name in another context is another subject, though registries answer with it.
    pub async fn version(
        &self,
        subject: &str,
        version: VersionSelector,
        format: Option<&str>,
        seen: Seen,
    ) -> Result<Option<Stored>, Error> {
        let found = self.headed_version(subject, version, format, seen).await?;
        Ok(found.map(|found| found.value))
    }

    /// The latest version and the subject's head; nothing if there is no live version.
    pub async fn latest(&self, subject: &str) -> Result<Option<Headed<Stored>>, Error> {
        self.headed_version(subject, VersionSelector::Latest, None, Seen::Live).await
    }

    async fn headed_version(
        &self,
        subject: &str,
        version: VersionSelector,
        format: Option<&str>,
        seen: Seen,
    ) -> Result<Option<Headed<Stored>>, Error> {
        let version = match version {
            VersionSelector::Latest => "latest".to_owned(),
            VersionSelector::Exactly(version) => version.to_string(),
        };
        let mut question = Question::get(&["subjects", subject, "versions", &version])?.switch("deleted", seen.all());
        if let Some(format) = format {
            question = question.parameter("format", format);
        }
        let found: Option<Headed<Stored>> = unless_absent(self.ask_headed(&question).await)?;
        match found {
            Some(found) if self.is_elsewhere(subject, &found.value, seen).await? => Ok(None),
            found => Ok(found),
        }
    }

    /// Whether an answer is about a namesake in another context: registries look there for what the default one lacks.
    async fn is_elsewhere(&self, subject: &str, found: &Stored, seen: Seen) -> Result<bool, Error> {
        let qualified = !Subject::parse(subject).context.is_default() || address::is_in_context(self.address());
        if qualified || Subject::parse(&found.subject).context.is_default() {
            return Ok(false);
        }
        // An alias may lead to another context too. Lists of versions follow it, and show no namesakes.
        let versions = self.versions(subject, seen).await?.unwrap_or_default();
        if !versions.contains(&found.version) {
            return Ok(true);
        }
        let number = found.version.to_string();
        let question = Question::get(&["subjects", subject, "versions", &number])?.switch("deleted", seen.all());
        let own: Option<Stored> = unless_absent(self.ask(question).await)?;
        Ok(own.is_none_or(|own| own.subject != found.subject))
    }

    /// The version of a subject that has this content; nothing if there is none.
    pub async fn look_up(
        &self,
        subject: &str,
        schema: &RegisterSchemaRequest,
        normalize: Normalize,
        seen: Seen,
    ) -> Result<Option<Stored>, Error> {
        let question = Question::new(Method::POST, &["subjects", subject])?.json(schema);
        let question = question.switch("normalize", normalize.always()).switch("deleted", seen.all());
        let found: Option<Stored> = unless_absent(self.ask(question).await)?;
        match found {
            Some(found) if self.is_elsewhere(subject, &found, seen).await? => Ok(None),
            found => Ok(found),
        }
    }

    /// Registers a schema; a second time it answers the same.
    pub async fn register(
        &self,
        subject: &str,
        schema: &RegisterSchemaRequest,
        registration: &Registration,
    ) -> Result<Headed<Registered>, Error> {
        let question = Question::new(Method::POST, &["subjects", subject, "versions"])?.json(schema);
        let question = question
            .switch("normalize", registration.normalize.always())
            .switch("dryRun", registration.write == Write::Rehearse);
        let question = match &registration.precondition {
            // If the first answer is lost, the head has moved by our own doing.
            Some(Precondition::Head(head)) => question.header("If-Match", head).repeated(Repeat::IfNotBegun),
            Some(Precondition::Absent) => question.header("If-None-Match", "*").repeated(Repeat::IfNotBegun),
            None => question,
        };
        self.ask_headed(&question).await
    }

    /// Deletes a subject and answers the numbers of the versions that it had.
    pub async fn delete_subject(&self, subject: &str, permanence: Permanence) -> Result<Vec<i32>, Error> {
        let question = Question::new(Method::DELETE, &["subjects", subject])?;
        self.ask(deletion(question, permanence)).await
    }

    /// Deletes a version and answers its number.
    pub async fn delete_version(&self, subject: &str, version: i32, permanence: Permanence) -> Result<i32, Error> {
        let number = version.to_string();
        let question = Question::new(Method::DELETE, &["subjects", subject, "versions", &number])?;
        self.ask(deletion(question, permanence)).await
    }

    /// Ids of the schemas that refer to a version.
    pub async fn referenced_by(&self, subject: &str, version: i32) -> Result<Vec<i32>, Error> {
        let number = version.to_string();
        self.ask(Question::get(&["subjects", subject, "versions", &number, "referencedby"])?).await
    }

    pub(super) async fn ask_headed<T: DeserializeOwned>(&self, question: &Question) -> Result<Headed<T>, Error> {
        let answer = self.send(question).await?;
        Ok(Headed { value: answer.json(question)?, head: answer.header("etag").map(str::to_owned) })
    }
}

fn deletion(question: Question, permanence: Permanence) -> Question {
    // A second deletion is refused, so a repetition would hide that the first one was carried out.
    question.switch("permanent", permanence == Permanence::Permanent).repeated(Repeat::IfNotBegun)
}
