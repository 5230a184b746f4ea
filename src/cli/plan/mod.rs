//! What a registry lacks: computed from files and what the registry says, written to a file, carried out as it stands.

mod carry_out;
mod compute;
mod explain;
mod show;
mod survey;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::exit::Exit;
use crate::model::{Config, Mode};

pub(super) use self::{
    carry_out::{Done, Guard, carry_out},
    compute::compute,
    explain::explain,
    show::show,
};

/// The form of the file; a Regis reads its own and no other.
pub(super) const FORMAT: u32 = 1;
/// What registries answer where the mode allows no registration.
pub(super) const MODE_FORBIDS: u32 = 42205;

/// Everything that is to be done, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Plan {
    /// [`FORMAT`].
    #[serde(rename = "planVersion")]
    pub(super) format: u32,
    /// The address of the registry.
    pub(super) registry: String,
    /// Whether the registry carries it out as one transaction, or the steps follow each other.
    pub(super) transaction: bool,
    /// What is to be done, in this order.
    pub(super) steps: Vec<Step>,
    /// What cannot be done, and why; such a plan is not carried out.
    pub(super) blocked: Vec<Blocked>,
    /// What is as it should be.
    pub(super) unchanged: Vec<Unchanged>,
    /// What the registry said: if anything of it is otherwise, nothing is done.
    pub(super) seen: Seen,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Step {
    /// What is done.
    pub(super) action: Action,
    /// The subject.
    pub(super) subject: String,
    /// The file of a schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    /// The latest version, the level or the mode that is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    /// The level or the mode that it becomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
    /// What is not known of its outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
    /// The operation, as `POST /transactions` takes it.
    pub(super) operation: Value,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Action {
    /// The first version of a subject.
    Create,
    /// A further version.
    NewVersion,
    /// A level.
    SetLevel,
    /// A mode.
    SetMode,
}

/// A change that the registry would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Blocked {
    /// The subject.
    pub(super) subject: String,
    /// The file of a schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    /// Why, in the registry's words.
    pub(super) reasons: Vec<String>,
    /// The registry's number for it, if it told one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<u32>,
    /// The subject that it refers to, if only that one's being blocked keeps it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) waits_for: Option<String>,
    /// Why, with places in files: findings as in a report of `regis check -o json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) findings: Vec<Value>,
}

/// A schema that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Unchanged {
    /// The subject.
    pub(super) subject: String,
    /// Its file.
    pub(super) file: String,
    /// The version that it is.
    pub(super) version: i32,
    /// Its id.
    pub(super) id: i32,
}

/// What the registry said about everything that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Seen {
    /// The latest version of subjects; `null` for none.
    pub(super) subjects: BTreeMap<String, Option<SeenVersion>>,
    /// Settings of their own; `null` for none. The empty name stands for the global ones.
    pub(super) config: BTreeMap<String, Option<Config>>,
    /// Modes of their own; `null` for none. The empty name stands for the global one.
    pub(super) mode: BTreeMap<String, Option<Mode>>,
}

/// A latest version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SeenVersion {
    /// Its number.
    pub(super) version: i32,
    /// Its id.
    pub(super) id: i32,
    /// The subject's head, if the registry tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) head: Option<String>,
}

impl Plan {
    /// How a command ends that met blocked items; none if there are none.
    pub(super) fn refusal(&self) -> Option<Exit> {
        let forbidden = self.blocked.iter().any(|blocked| blocked.code == Some(MODE_FORBIDS));
        let exit = if forbidden { Exit::Unreachable } else { Exit::Findings };
        (!self.blocked.is_empty()).then_some(exit)
    }
}

impl Seen {
    /// What a transaction is told to expect.
    fn expectations(&self) -> Value {
        let head = |seen: &Option<SeenVersion>| {
            // A registry with transactions tells heads; should one be missing, the subject must at least be there.
            seen.as_ref().map(|seen| seen.head.clone().unwrap_or_else(|| "*".to_owned()))
        };
        let subjects: BTreeMap<_, _> = self.subjects.iter().map(|(subject, seen)| (subject, head(seen))).collect();
        json!({"subjects": subjects, "config": self.config, "mode": self.mode})
    }
}
