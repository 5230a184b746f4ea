//! What writes on PostgreSQL keep others from.

use super::settings;
use crate::model::{Context, Guid, Subject};

/// What a write must not share with others; SQLite, having one writer, needs none of it.
///
/// A name stands for a subject, a content, a resource or a record of settings; see [`Locks::subject`] and its neighbours.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    pub(super) exclusive: Vec<String>,
    pub(super) shared: Vec<String>,
}

impl Locks {
    /// No lock yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nobody else writes under this subject.
    #[must_use]
    pub fn subject(mut self, subject: &Subject) -> Self {
        self.exclusive.push(format!("subject {subject}"));
        self
    }

    /// Nobody deletes under this subject.
    #[must_use]
    pub fn referenced(mut self, subject: &Subject) -> Self {
        self.shared.push(format!("subject {subject}"));
        self
    }

    /// Nobody else stores this content.
    #[must_use]
    pub fn content(mut self, context: &Context, guid: &Guid) -> Self {
        self.exclusive.push(format!("content {context} {guid}"));
        self
    }

    /// Nobody else associates this resource with subjects.
    #[must_use]
    pub fn resource(mut self, resource_type: &str, resource_id: &str) -> Self {
        self.exclusive.push(format!("resource {resource_type} {resource_id}"));
        self
    }

    /// Nobody changes the settings that reach this subject.
    #[must_use]
    pub fn settings_of(mut self, subject: &Subject) -> Self {
        self.shared.extend(settings::scope(subject).iter().map(|key| format!("settings {key}")));
        self
    }

    /// Nobody relies on, or changes, this record of settings.
    #[must_use]
    pub fn change_settings(mut self, key: &Subject) -> Self {
        self.exclusive.push(format!("settings {key}"));
        self
    }
}
