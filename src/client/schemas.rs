//! Contents by id or guid, and lists of schemas.

use std::collections::HashSet;

use super::{Client, Error, Seen, Stored, error::unless_absent, question::Question};

/// How many schemas are asked for at a time: what most registries answer at most.
const PAGE: usize = 1000;

/// What a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listing<'a> {
    /// What subjects begin with; `:*:` stands for every context, nothing for the default one.
    pub prefix: &'a str,
    /// Whether soft-deleted versions are listed too.
    pub seen: Seen,
    /// Whether only the latest version of each subject is wanted.
    pub latest_only: bool,
}

impl Client {
    /// The content of an id, looked for where `subject` says: a subject, a context (`:.context:`), or the default one.
    pub async fn schema(&self, id: i32, subject: Option<&str>, format: Option<&str>) -> Result<Option<Stored>, Error> {
        let mut question = Question::get(&["schemas", "ids", &id.to_string()])?;
        if let Some(subject) = subject {
            question = question.parameter("subject", subject);
        }
        if let Some(format) = format {
            question = question.parameter("format", format);
        }
        let found: Option<Stored> = unless_absent(self.ask(question).await)?;
        Ok(found.map(|stored| stored.of_id(id)))
    }

    /// The content of a guid.
    pub async fn schema_by_guid(&self, guid: &str, format: Option<&str>) -> Result<Option<Stored>, Error> {
        let mut question = Question::get(&["schemas", "guids", guid])?;
        if let Some(format) = format {
            question = question.parameter("format", format);
        }
        unless_absent(self.ask(question).await)
    }

    /// Schemas with their texts, page by page, sorted by subject and version.
    ///
    /// One moment of the registry only as long as it fits into one page.
    pub async fn schemas(&self, listing: Listing<'_>) -> Result<Vec<Stored>, Error> {
        let mut all: Vec<Stored> = Vec::new();
        let mut known = HashSet::new();
        loop {
            let question = Question::get(&["schemas"])?
                .parameter("subjectPrefix", listing.prefix)
                .switch("deleted", listing.seen.all())
                .switch("latestOnly", listing.latest_only)
                .parameter("offset", &all.len().to_string())
                .parameter("limit", &PAGE.to_string());
            let page: Vec<Stored> = self.ask(question).await?;
            let (size, before) = (page.len(), all.len());
            // Registries that know no offset answer the same page again.
            all.extend(page.into_iter().filter(|stored| known.insert((stored.subject.clone(), stored.version))));
            if size != PAGE || all.len() == before {
                return Ok(all);
            }
        }
    }
}
