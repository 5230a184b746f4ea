//! How people name a schema of a registry: `SUBJECT`, `SUBJECT@VERSION`, `id:N` or `guid:G`.

use std::str::FromStr;

use super::remote::Failure;
use crate::{
    client::{Client, Error, Seen, Stored},
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
            let id = number.parse().map_err(|_| format!("{number:?} is no id"))?;
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
        found.ok_or_else(|| Failure::from(self.absent()))
    }

    fn absent(&self) -> Error {
        Error::Refused {
            request: self.to_string(),
            status: 404,
            code: 40403,
            message: format!("{self} is not in the registry"),
        }
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
            ("id:x", Err("\"x\" is no id".to_owned())),
            ("guid:x", Err("x is no guid".to_owned())),
            ("", Err("a subject is missing".to_owned())),
        ] {
            assert_eq!(text.parse(), expected, "{text}");
        }
    }
}
