//! Names and parameters that several endpoints share, as they are documented.

use serde::Deserialize;
use utoipa::IntoParams;

use super::extract;
use crate::{
    model::{Subject, VersionSelector},
    registry::{Deletion, Error, Lookup, Normalize, Permanence, ReferenceFormat, View},
};

/// A path with a subject.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SubjectPath {
    /// The subject, percent-encoded; `:.context:name` names one in another context.
    #[param(example = "payments-value")]
    subject: String,
}

impl SubjectPath {
    /// The text as it was sent, decoded.
    pub(super) fn raw(&self) -> &str {
        &self.subject
    }

    /// The subject that it names.
    pub(super) fn subject(&self) -> Subject {
        Subject::parse(&self.subject)
    }

    /// The text, unless it names the default context: that is addressed like the whole registry.
    pub(super) fn below_global(&self) -> Option<&str> {
        (!self.subject().is_none()).then_some(&self.subject)
    }
}

/// A path with a version of a subject.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct VersionPath {
    /// The subject, percent-encoded; `:.context:name` names one in another context.
    #[param(example = "payments-value")]
    subject: String,
    /// The version's number, or `latest` (also `-1`) for the highest one that is not soft-deleted.
    #[param(example = "latest")]
    version: String,
}

impl VersionPath {
    /// The subject that it names.
    pub(super) fn subject(&self) -> Subject {
        Subject::parse(&self.subject)
    }

    /// The subject as it was sent, decoded.
    pub(super) fn raw_subject(&self) -> &str {
        &self.subject
    }

    /// The version as it was sent, decoded.
    pub(super) fn raw_version(&self) -> &str {
        &self.version
    }

    /// The version that it names.
    pub(super) fn version(&self) -> Result<VersionSelector, Error> {
        Ok(VersionSelector::parse(&self.version)?)
    }
}

/// A path with a schema's id.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct IdPath {
    /// The schema's id.
    #[param(example = 1)]
    pub(super) id: i32,
}

/// A path with a schema's guid.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct GuidPath {
    /// The schema's guid: a UUID, or 32 hexadecimal digits.
    #[param(example = "095d71cf-1255-6b9d-5e33-0ad575b3df5d")]
    pub(super) guid: String,
}

/// Whether the posted text is brought to its normal form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Normalized {
    /// Whether the text is brought to its normal form first; the configuration in scope may ask for it too.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    normalize: bool,
}

impl Normalized {
    pub(super) fn normalize(&self) -> Normalize {
        if self.normalize { Normalize::Always } else { Normalize::AsConfigured }
    }
}

/// Whether soft-deleted things are seen.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Seen {
    /// Whether soft-deleted schemas are seen too.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    deleted: bool,
}

impl Seen {
    pub(super) fn deletion(&self) -> Deletion {
        if self.deleted { Deletion::Any } else { Deletion::Live }
    }
}

/// How far a deletion goes.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Deleting {
    /// Whether what was soft-deleted before is removed for good.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    permanent: bool,
}

impl Deleting {
    pub(super) fn permanence(&self) -> Permanence {
        if self.permanent { Permanence::Permanent } else { Permanence::Soft }
    }
}

/// In which format a text is shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Formatted {
    /// Format of the text: `resolved` for Avro, `ignore_extensions` or `serialized` for Protobuf; others change nothing.
    format: Option<String>,
}

impl Formatted {
    pub(super) fn view(self) -> View {
        View { format: self.format, ..View::default() }
    }
}

/// In which format a text and its references are shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Shown {
    /// Format of the text: `resolved` for Avro, `ignore_extensions` or `serialized` for Protobuf; others change nothing.
    format: Option<String>,
    /// `qualified` shows the subjects of references with their context.
    reference_format: Option<String>,
}

impl Shown {
    pub(super) fn view(self, tagged: Tagged) -> View {
        let qualified = self.reference_format.as_deref() == Some("qualified");
        let references = if qualified { ReferenceFormat::Qualified } else { ReferenceFormat::AsGiven };
        View { format: self.format, references, find_tags: tagged.find_tags }
    }
}

/// Which inline tags are shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Tagged {
    /// A tag whose places are shown, or `*` for all; may be repeated.
    #[param(required = false)]
    find_tags: Vec<String>,
}

/// Where an id is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Within {
    /// The subject or the context (`:.context:`) in which the id is looked for; the default context if absent.
    #[param(required = false)]
    pub(super) subject: String,
}

/// Where a setting is looked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct Inherited {
    /// Whether the setting in scope is shown, inherited ones and the server's default included.
    #[serde(deserialize_with = "extract::flag")]
    #[param(required = false)]
    default_to_global: bool,
}

impl Inherited {
    pub(super) fn lookup(&self) -> Lookup {
        if self.default_to_global { Lookup::InScope } else { Lookup::Exact }
    }
}
