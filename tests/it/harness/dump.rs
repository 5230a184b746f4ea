//! Everything that a registry shows, to be compared before and after.

use super::{App, segment};

/// What one address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    path: String,
    status: u16,
    tag: Option<String>,
    text: String,
}

impl App {
    /// The whole content of the registry as its interface shows it, soft-deleted versions and heads included.
    pub async fn dump(&self) -> Vec<Shown> {
        let everything =
            ["/contexts", "/config", "/mode", "/subjects?deleted=true", "/schemas?subjectPrefix=:*:&deleted=true"];
        let mut shown = Vec::new();
        for path in everything {
            shown.push(self.show(path).await);
        }
        let subjects = self.get("/subjects?deleted=true").await.json();
        for subject in subjects.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
            let subject = segment(subject);
            for path in [
                format!("/subjects/{subject}/versions?deleted=true"),
                format!("/subjects/{subject}/versions?deletedOnly=true"),
                format!("/config/{subject}"),
                format!("/mode/{subject}"),
                format!("/subjects/{subject}/versions/latest/referencedby?deleted=true"),
            ] {
                shown.push(self.show(&path).await);
            }
        }
        for id in 1..=8 {
            shown.push(self.show(&format!("/schemas/ids/{id}/versions?deleted=true")).await);
        }
        shown
    }

    async fn show(&self, path: &str) -> Shown {
        let answer = self.get(path).await;
        let tag = answer.header("etag").map(str::to_owned);
        Shown { path: path.to_owned(), status: answer.status, tag, text: answer.text().to_owned() }
    }
}
