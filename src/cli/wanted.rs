//! The schemas that a registry is to have: those of the files that the command line names, with what they refer to.

use super::{
    exit::Exit,
    remote::Failure,
    report,
    selection::{FileOptions, Selection},
    workspace::{LocalSchema, Target},
};
use crate::{
    model::{Metadata, SchemaKind, Subject, Version},
    wire::RegisterSchemaRequest,
};

/// A schema that is to be there.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// The subject.
    pub(super) subject: String,
    /// The file, relative to the root.
    pub(super) file: String,
    kind: SchemaKind,
    text: String,
    metadata: Option<Metadata>,
    /// What it refers to.
    pub(super) references: Vec<WantedReference>,
}

/// A reference by its name.
#[derive(Debug, Clone)]
pub(super) struct WantedReference {
    /// The name.
    pub(super) name: String,
    /// How the registry's schema spells the subject, if that is known and leads to the same.
    pub(super) spelled: Option<String>,
    /// Where it leads.
    pub(super) aim: Aim,
}

/// Where a reference leads.
#[derive(Debug, Clone)]
pub(super) enum Aim {
    /// To another wanted schema: its place among them, which is before this one.
    Wanted(usize),
    /// To the registry; without a version, to the latest one.
    Registered {
        /// The subject.
        subject: String,
        /// The version.
        version: Option<Version>,
    },
}

impl Wanted {
    /// What is posted, with the references' versions.
    pub(super) fn request(&self, references: Vec<crate::wire::SchemaReference>) -> RegisterSchemaRequest {
        RegisterSchemaRequest {
            // Avro is the default of every registry, and the only word that some know.
            schema_type: (self.kind != SchemaKind::Avro).then(|| self.kind.to_string()),
            schema: Some(self.text.clone()),
            metadata: self.metadata.clone().map(Into::into),
            references,
            ..RegisterSchemaRequest::default()
        }
    }
}

/// Reads the repository, and keeps what the command line names; a file that is not understood is told with its place.
pub(super) fn read(files: &FileOptions) -> Result<(Selection, Vec<Wanted>), Failure> {
    let selection = files.read()?;
    let mut report = selection.report("register");
    if !report.findings.is_empty() {
        selection.locate(&mut report);
        report::complain(&report);
        let count = report::counted(report.findings.len(), "mistake");
        return Err(Failure::new(Exit::Findings, format!("{count} in files, so nothing was asked of the registry")));
    }
    let lost: Vec<String> = selection
        .configuration
        .subjects
        .iter()
        .filter_map(|(subject, declared)| Some((subject, declared.file.as_ref()?)))
        .filter(|(_, file)| selection.workspace.schemas.iter().all(|schema| schema.file != **file))
        .map(|(subject, file)| format!("regis.yaml: {subject}: file: there is no schema file {file}"))
        .collect();
    if !lost.is_empty() {
        return Err(Failure { exit: Exit::Usage, sentences: lost });
    }
    let wanted = wanted(&selection);
    Ok((selection, wanted))
}

fn wanted(selection: &Selection) -> Vec<Wanted> {
    let schemas = &selection.workspace.schemas;
    let mut needed: Vec<bool> = schemas.iter().map(|schema| selection.is_chosen(schema)).collect();
    // What is referred to comes before what refers to it, so one way back reaches everything.
    for (at, schema) in schemas.iter().enumerate().rev() {
        if needed[at] {
            locals(schema)
                .filter(|target| schemas[*target].pinned().is_none())
                .for_each(|target| needed[target] = true);
        }
    }
    let mut places = vec![0; schemas.len()];
    let mut wanted = Vec::new();
    for (at, schema) in schemas.iter().enumerate().filter(|(at, _)| needed[*at]) {
        places[at] = wanted.len();
        wanted.push(one(schema, selection, &places));
    }
    wanted
}

fn locals(schema: &LocalSchema) -> impl Iterator<Item = usize> {
    schema.references.iter().filter_map(|reference| match reference.target {
        Target::Local(at) => Some(at),
        Target::Registered { .. } | Target::Unknown => None,
    })
}

fn one(schema: &LocalSchema, selection: &Selection, places: &[usize]) -> Wanted {
    let schemas = &selection.workspace.schemas;
    let context = Subject::parse(&schema.subject).context;
    let references = schema.references.iter().map(|reference| {
        let name = reference.name.clone();
        let aim = match &reference.target {
            Target::Local(at) => local(&schemas[*at], places[*at]),
            Target::Registered { subject, version } => Aim::Registered { subject: subject.clone(), version: *version },
            // A registry may have a subject that is called as the type is.
            Target::Unknown => Aim::Registered { subject: name.clone(), version: None },
        };
        // Contents whose references are spelled otherwise are different contents, though both lead to the same.
        let means = |spelled: &&String| {
            let subject = match &reference.target {
                Target::Local(at) => &schemas[*at].subject,
                Target::Registered { subject, .. } => subject,
                Target::Unknown => return false,
            };
            Subject::resolved_in(spelled, &context).to_string() == *subject
        };
        let spelled = reference.subject.as_ref().filter(means).cloned();
        WantedReference { name, spelled, aim }
    });
    let declared = selection.configuration.subjects.get(&schema.subject);
    Wanted {
        subject: schema.subject.clone(),
        file: schema.file.clone(),
        kind: schema.kind,
        text: schema.text.clone(),
        metadata: declared.and_then(|declared| declared.metadata.clone()),
        references: references.collect(),
    }
}

/// Where a reference to a file leads: an older version is in the registry already.
fn local(target: &LocalSchema, place: usize) -> Aim {
    match target.pinned() {
        Some(version) => Aim::Registered { subject: target.subject.clone(), version: Some(version) },
        None => Aim::Wanted(place),
    }
}
