//! From a posted schema to the definition that would be stored (contract, section 7.1).

use std::sync::Arc;

use super::{
    Deletion, Error, Registry, Submission, compute,
    resolve::{Resolved, Unresolved},
    settings::InScope,
};
use crate::{
    model::{Definition, Guid, Reference, SchemaKind, Subject},
    schema::{self, FieldCheck, ParseError, Schema, Strictness},
    store::{Target, Tx},
};

/// Avro texts of so many bytes are read where the request is: that takes linear time, and waking a thread costs two switches.
const SHORT: usize = 8 << 10;

/// A posted schema, understood.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    pub(super) definition: Definition,
    pub(super) guid: Guid,
    pub(super) schema: Arc<Schema>,
    /// What each reference means.
    pub(super) targets: Vec<Target>,
    /// The names of all schemas that it depends on, dependencies first.
    pub(super) dependencies: Vec<String>,
}

/// How a posted schema is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// New schemas are checked more strictly, and refer to live versions only.
    pub(super) strictness: Strictness,
    /// Whether it is brought to its normal form.
    pub(super) normal_form: NormalForm,
    /// Whether it is validated: not where ids are given, for what comes from another registry is taken as it is.
    pub(super) validation: Validation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NormalForm {
    Kept,
    Made,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validation {
    Skipped,
    Done(FieldCheck),
}

impl Reading {
    /// How schemas are read under a subject, by the settings in scope.
    pub(super) fn by(in_scope: &InScope, strictness: Strictness, normalize: super::Normalize, fields: bool) -> Self {
        let given_ids = in_scope.mode.takes_given_ids();
        let wanted = normalize == super::Normalize::Always || in_scope.normalizes();
        let fields =
            if in_scope.config.validate_fields.unwrap_or(fields) { FieldCheck::Strict } else { FieldCheck::Skip };
        Self {
            strictness,
            normal_form: if wanted && !given_ids { NormalForm::Made } else { NormalForm::Kept },
            validation: if given_ids { Validation::Skipped } else { Validation::Done(fields) },
        }
    }
}

/// Whether a text says anything.
pub(super) fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

impl Registry {
    /// Reads a posted schema; none if it has no text.
    pub(super) async fn canonicalize(
        &self,
        tx: &mut Tx,
        subject: &Subject,
        submission: &Submission,
        reading: Reading,
    ) -> Result<Option<Parsed>, Error> {
        let Some(text) = submission.text.clone().filter(|text| !is_blank(Some(text))) else { return Ok(None) };
        let kind = kind_of(submission)?;
        let (length, limit) = (text.len(), self.options.schema_bytes);
        if length > limit {
            let why = format!("the text has {length} bytes; the limit is {limit}");
            return Err(Error::InvalidSchema(format!("Invalid schema of type {kind}, details: {why}")));
        }
        let deletion = match reading.strictness {
            Strictness::New => Deletion::Live,
            Strictness::Stored => Deletion::Any,
        };
        let resolved = match self.resolve(tx, &subject.context, &submission.references, deletion).await {
            Ok(resolved) => resolved,
            Err(Unresolved::Failed(error)) => return Err(error),
            Err(Unresolved::Wrong(why)) => {
                return Err(Error::InvalidSchema(format!("Invalid schema of type {kind}, details: {why}")));
            }
        };
        let entity = Entity {
            subject: subject.clone(),
            submission: submission.clone(),
            references: resolved.references.clone(),
        };
        if kind == SchemaKind::Avro && text.len() <= SHORT && submission.references.is_empty() {
            return parse(kind, &text, resolved, reading, &entity).map(Some);
        }
        compute(move || parse(kind, &text, resolved, reading, &entity)).await.map(Some)
    }
}

pub(super) fn kind_of(submission: &Submission) -> Result<SchemaKind, Error> {
    match submission.kind.as_deref() {
        None => Ok(SchemaKind::Avro),
        Some(name) => {
            name.parse().map_err(|unknown: crate::model::UnknownKind| Error::InvalidSchema(unknown.to_string()))
        }
    }
}

fn parse(kind: SchemaKind, text: &str, resolved: Resolved, reading: Reading, entity: &Entity) -> Result<Parsed, Error> {
    let referenced = resolved.referenced();
    let dependencies = referenced.iter().map(|referenced| referenced.name.clone()).collect();
    let unparsable = |error: ParseError| Error::InvalidSchema(entity.unparsable(kind, &error));
    let unusable = |error: ParseError| Error::InvalidSchema(format!("Invalid schema {entity}, details: {error}"));
    let mut schema = Schema::parse(kind, text, &referenced, reading.strictness).map_err(unparsable)?;
    match reading.validation {
        Validation::Done(fields) => schema.validate(fields).map_err(unusable)?,
        Validation::Skipped => {
            if let Some(remote) = schema.needs_remote() {
                let why = format!("Remote schema reference fetching over HTTP(S) is disabled: {remote}");
                return Err(unusable(ParseError::new(why)));
            }
        }
    }
    let mut references: Vec<(Reference, Target)> = resolved.references.into_iter().zip(resolved.targets).collect();
    if reading.normal_form == NormalForm::Made {
        schema = schema.normalized().map_err(unusable)?;
        references.sort_by(|(one, _), (two, _)| (&one.subject, one.version).cmp(&(&two.subject, two.version)));
        references.dedup_by(|(one, _), (two, _)| one == two);
    }
    let (references, targets): (Vec<_>, Vec<_>) = references.into_iter().unzip();
    let definition = Definition {
        kind,
        text: schema.canonical(),
        references,
        metadata: entity.submission.metadata.clone(),
        rule_set: entity.submission.rule_set.clone(),
    };
    Ok(Parsed { guid: schema::guid(&definition), definition, schema: Arc::new(schema), targets, dependencies })
}

/// A posted schema as refusals print it.
struct Entity {
    subject: Subject,
    submission: Submission,
    references: Vec<Reference>,
}

impl Entity {
    fn unparsable(&self, kind: SchemaKind, error: &ParseError) -> String {
        match kind {
            SchemaKind::Avro => format!(
                "Invalid schema of type AVRO, details: Invalid schema {self} with refs {} of type AVRO, details: {error}",
                self.printed_references()
            ),
            SchemaKind::Json | SchemaKind::Protobuf => {
                format!("Invalid schema of type {kind}, details: Invalid schema of type {kind}, details: {error}")
            }
        }
    }

    fn printed_references(&self) -> String {
        let printed: Vec<String> = self
            .references
            .iter()
            .map(|Reference { name, subject, version }| {
                format!("{{name='{name}', subject='{subject}', version={version}}}")
            })
            .collect();
        format!("[{}]", printed.join(", "))
    }

    /// The guid that the text would have as it was posted.
    fn guid(&self) -> Guid {
        schema::guid(&Definition {
            kind: SchemaKind::Avro,
            text: self.submission.text.clone().unwrap_or_default(),
            references: self.references.clone(),
            metadata: self.submission.metadata.clone(),
            rule_set: self.submission.rule_set.clone(),
        })
    }
}

impl std::fmt::Display for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = |number: Option<i32>| number.map_or_else(|| "null".to_owned(), |number| number.to_string());
        let json = |value: Option<serde_json::Result<String>>| match value {
            Some(Ok(text)) => text,
            Some(Err(_)) | None => "null".to_owned(),
        };
        write!(
            f,
            "{{subject={},version={},id={},guid={},schemaType={},references={},metadata={},ruleSet={},schema={},schemaTags=null,ts=null,deleted=null}}",
            self.subject,
            number(self.submission.version.filter(|version| *version != 0)),
            number(self.submission.id.filter(|id| *id >= 0)),
            self.guid(),
            self.submission.kind.as_deref().unwrap_or("AVRO"),
            self.printed_references(),
            json(self.submission.metadata.as_ref().map(serde_json::to_string)),
            json(self.submission.rule_set.as_ref().map(serde_json::to_string)),
            self.submission.text.as_deref().unwrap_or("null"),
        )
    }
}
