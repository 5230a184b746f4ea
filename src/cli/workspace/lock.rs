//! `regis.lock`: which version of which subject each file is that `regis pull` wrote, and what it refers to.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{LocalSchema, Problem, SourceFile, Trouble};
use crate::model::{Reference, SchemaKind, Subject, Version};

/// The name of the file.
pub(in crate::cli) const LOCK: &str = "regis.lock";
/// The form of that file.
const FORMAT: u32 = 1;

/// What was pulled into a folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Lock {
    #[serde(rename = "lockVersion")]
    format: u32,
    /// The address of the registry.
    pub(in crate::cli) registry: String,
    /// The files.
    pub(in crate::cli) schemas: Vec<Locked>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli) struct Locked {
    /// Its path, relative to the folder of the lock, with `/` between its parts.
    pub(in crate::cli) file: String,
    /// The subject.
    pub(in crate::cli) subject: String,
    /// The version that it was.
    pub(in crate::cli) version: i32,
    /// Its id.
    pub(in crate::cli) id: i32,
    /// The language.
    pub(in crate::cli) schema_type: SchemaKind,
    /// SHA-256 of the file's bytes, in hexadecimal digits.
    pub(in crate::cli) sha256: String,
    /// Whether it is there only because others refer to this very version; then it is no candidate for a next one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(in crate::cli) pinned: bool,
    /// What it refers to, as the registry has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(in crate::cli) references: Vec<Reference>,
}

impl Lock {
    /// A lock of these files, in the order of their names.
    pub(in crate::cli) fn of(registry: String, mut schemas: Vec<Locked>) -> Self {
        schemas.sort_by(|one, two| one.file.cmp(&two.file));
        Self { format: FORMAT, registry, schemas }
    }

    /// Reads a text.
    pub(in crate::cli) fn read(text: &[u8]) -> Result<Self, String> {
        let lock: Self = serde_json::from_slice(text).map_err(|error| format!("this is no lock: {error}"))?;
        if lock.format == FORMAT {
            Ok(lock)
        } else {
            Err(format!("this Regis reads locks of version {FORMAT}, and it has {}", lock.format))
        }
    }
}

impl Locked {
    /// Whether a text is the one that was pulled.
    pub(super) fn is(&self, text: &str) -> bool {
        self.sha256 == digest(text.as_bytes())
    }

    /// The subject and version that a reference leads to; a subject without a context is in that of who refers to it.
    pub(in crate::cli) fn aim(&self, reference: &Reference) -> (String, i32) {
        let context = Subject::parse(&self.subject).context;
        (Subject::resolved_in(&reference.subject, &context).to_string(), reference.version.0)
    }
}

/// SHA-256 in hexadecimal digits.
pub(in crate::cli) fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        let _never_fails = write!(digits, "{byte:02x}");
        digits
    })
}

/// Whether a path is that of a lock.
pub(super) fn is_lock(name: &str) -> bool {
    name.rsplit('/').next() == Some(LOCK)
}

/// What all locks of a repository say, by the paths of the files.
#[derive(Debug, Default)]
pub(super) struct Locks(HashMap<String, Locked>);

impl Locks {
    /// Takes the locks out of files; one that cannot be read becomes a problem.
    pub(super) fn take(files: &mut Vec<SourceFile>, problems: &mut Vec<Problem>) -> Self {
        let mut all = HashMap::new();
        for file in files.extract_if(.., |file| is_lock(&file.name)) {
            match Lock::read(&file.bytes) {
                Ok(lock) => {
                    let folder = file.name.strip_suffix(LOCK).unwrap_or_default();
                    all.extend(lock.schemas.into_iter().map(|locked| (format!("{folder}{}", locked.file), locked)));
                }
                Err(why) => problems.push(Problem {
                    file: file.name,
                    subject: None,
                    kind: None,
                    text: String::from_utf8_lossy(&file.bytes).into_owned(),
                    at: Some(0),
                    what: Trouble::Lock(why),
                }),
            }
        }
        Self(all)
    }

    pub(super) fn get(&self, file: &str) -> Option<&Locked> {
        self.0.get(file)
    }
}

impl LocalSchema {
    /// The version that the file is, if it only serves those that refer to it: the registry has it, and it cannot change.
    pub(in crate::cli) fn pinned(&self) -> Option<Version> {
        self.locked.as_ref().filter(|locked| locked.pinned).map(|locked| Version(locked.version))
    }

    /// What the registry says of the file, as long as it is what was pulled.
    pub(super) fn untouched(&self) -> Option<&Locked> {
        self.locked.as_ref().filter(|locked| locked.is(&self.text))
    }
}
