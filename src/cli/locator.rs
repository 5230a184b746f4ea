//! How people name a schema of a registry: `SUBJECT`, `SUBJECT@VERSION`, `id:N` or `guid:G`.

use std::str::FromStr;

use super::{exit::Exit, remote::Failure};
use crate::{
    client::{Client, Seen, Stored},
    model::{Guid, VersionSelector},
};

/// One schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Locator {
    /// A version of a subject.
    Version {
        /// The subject.
        subject: String,
        /// The version.
        version: VersionSelector,
    },
    /// An id, in a context if one is named.
    Id {
        /// The id.
        id: i32,
        /// `:.context:`, or nothing.
        context: Option<String>,
    },
    /// A guid.
    Guid(String),
}

impl FromStr for Locator {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(guid) = text.strip_prefix("guid:") {
            return Guid::parse(guid)
                .map(|guid| Self::Guid(guid.to_string()))
                .ok_or_else(|| format!("{guid} is no guid"));
        }
        if let Some(number) = text.strip_prefix("id:") {
            let (context, number) = number.rsplit_once(':').map_or((None, number), |(context, number)| {
                (Some(format!("{}:", context.trim_end_matches(':'))), number)
            });
            let id = number.parse().ok().filter(|id| *id > 0);
            let id = id.ok_or_else(|| format!("{number:?} is no id, which is a number from 1"))?;
            return Ok(Self::Id { id, context });
        }
        if text.is_empty() {
            return Err("a subject is missing".to_owned());
        }
        // A subject may have an @ of its own; what follows the last one is a version only if it reads like one.
        let split = text.rsplit_once('@').filter(|(subject, _)| !subject.is_empty());
        let version = split.and_then(|(subject, version)| Some((subject, VersionSelector::parse(version).ok()?)));
        let (subject, version) = version.unwrap_or((text, VersionSelector::Latest));
        Ok(Self::Version { subject: subject.to_owned(), version })
    }
}

impl std::fmt::Display for Locator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version { subject, version: VersionSelector::Latest } => f.write_str(subject),
            Self::Version { subject, version } => write!(f, "{subject}@{version}"),
            Self::Id { id, context } => write!(f, "id:{}{id}", context.as_deref().unwrap_or_default()),
            Self::Guid(guid) => write!(f, "guid:{guid}"),
        }
    }
}

impl Locator {
    /// The schema, in a format if one is named; soft-deleted versions are found by their number.
    pub(super) async fn find(&self, client: &Client, format: Option<&str>) -> Result<Stored, Failure> {
        let found = match self {
            Self::Version { subject, version: VersionSelector::Latest } => {
                client.version(subject, VersionSelector::Latest, format, Seen::Live).await?
            }
            Self::Version { subject, version } => client.version(subject, *version, format, Seen::All).await?,
            Self::Id { id, context } => client.schema(*id, context.as_deref(), format).await?,
            Self::Guid(guid) => client.schema_by_guid(guid, format).await?,
        };
        match found {
            Some(found) => Ok(found),
            None => Err(Failure::new(Exit::Findings, self.absence(client).await?)),
        }
    }

    /// What is not there, and what is.
    async fn absence(&self, client: &Client) -> Result<String, Failure> {
        let Self::Version { subject, version } = self else { return Ok(format!("{self} is not in the registry")) };
        let versions = client.versions(subject, Seen::All).await?.unwrap_or_default();
        let numbers: Vec<String> = versions.iter().map(ToString::to_string).collect();
        Ok(match (version, numbers.as_slice(), subject.rsplit_once('@')) {
            (VersionSelector::Exactly(version), [_, ..], _) => {
                format!("{subject} has no version {version}; it has {}", numbers.join(", "))
            }
            (VersionSelector::Latest, [_, ..], _) => {
                format!(
                    "every version of {subject} is deleted ({}); name one: {subject}@{}",
                    numbers.join(", "),
                    numbers[0]
                )
            }
            (_, [], Some((_, end))) => format!(
                "there is no subject {subject} in the registry ({end:?} is no version, which is a number from 1, or latest)"
            ),
            (_, [], None) => format!("there is no subject {subject} in the registry"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Version;

    #[test]
    fn every_spelling_is_read() {
        let version = |subject: &str, version| Ok(Locator::Version { subject: subject.to_owned(), version });
        for (text, expected) in [
            ("s", version("s", VersionSelector::Latest)),
            ("s@latest", version("s", VersionSelector::Latest)),
            ("s@3", version("s", VersionSelector::Exactly(Version(3)))),
            (":.ctx:a@b@3", version(":.ctx:a@b", VersionSelector::Exactly(Version(3)))),
            ("me@example", version("me@example", VersionSelector::Latest)),
            ("id:7", Ok(Locator::Id { id: 7, context: None })),
            ("id::.ctx:7", Ok(Locator::Id { id: 7, context: Some(":.ctx:".to_owned()) })),
            ("id:x", Err("\"x\" is no id, which is a number from 1".to_owned())),
            ("id:0", Err("\"0\" is no id, which is a number from 1".to_owned())),
            ("guid:x", Err("x is no guid".to_owned())),
            ("", Err("a subject is missing".to_owned())),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
    }
}
