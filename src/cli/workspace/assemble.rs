//! Makes schemas of files: language, subject, references, order. Pure: the files may be of any commit.

use std::collections::HashMap;

use super::{
    Configuration, LocalSchema, PassedOver, Problem, SourceFile, Trouble, Workspace,
    files::{ByName, kind_by_name},
    lock::{Locked, Locks},
    order, references,
    template::Words,
};
use crate::{
    model::SchemaKind,
    schema::{
        Mentions, ParseError,
        document::{Dialect, Node},
    },
};

/// The words before a subject in a comment at the head of a file.
const FRONT_RULE: &str = "regis: subject=";

/// What a file turns out to be.
enum Read {
    Schema(Box<LocalSchema>),
    PassedOver(PassedOver),
}

/// Makes schemas of files; what is not understood becomes a problem, and the rest goes on.
pub(in crate::cli) fn assemble(configuration: &Configuration, mut files: Vec<SourceFile>) -> Workspace {
    let mut workspace = Workspace::default();
    let locks = Locks::take(&mut files, &mut workspace.problems);
    let mut taken: HashMap<String, String> = HashMap::new();
    for file in files {
        let Some(by_name) = kind_by_name(&file.name, configuration) else { continue };
        let locked = locks.get(&file.name).cloned();
        match read(configuration, file, by_name, locked) {
            Ok(Read::PassedOver(file)) => workspace.passed_over.push(file),
            Ok(Read::Schema(schema)) if schema.pinned().is_some() => workspace.schemas.push(*schema),
            Ok(Read::Schema(schema)) => match taken.get(&schema.subject) {
                None => {
                    taken.insert(schema.subject.clone(), schema.file.clone());
                    workspace.schemas.push(*schema);
                }
                Some(by) => workspace.problems.push(Problem {
                    file: schema.file,
                    subject: Some(schema.subject.clone()),
                    kind: Some(schema.kind),
                    text: schema.text,
                    at: Some(0),
                    what: Trouble::SubjectTaken { subject: schema.subject, by: by.clone() },
                }),
            },
            Err(problem) => workspace.problems.push(*problem),
        }
    }
    references::resolve(&mut workspace, configuration);
    order::sort(&mut workspace);
    workspace
}

fn read(
    configuration: &Configuration,
    file: SourceFile,
    by_name: ByName,
    locked: Option<Locked>,
) -> Result<Read, Box<Problem>> {
    let name = file.name;
    let (text, broken_at) = match String::from_utf8(file.bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(at))
        }
    };
    let text = without_mark(text);
    let kind = match (&locked, by_name) {
        (Some(locked), _) => locked.schema_type,
        (None, ByName::Schema(kind)) => kind,
        (None, ByName::PerhapsJson) if broken_at.is_none() && is_json_schema(&text) => SchemaKind::Json,
        (None, ByName::PerhapsJson) => return Ok(Read::PassedOver(PassedOver { file: name, text })),
    };
    let mentions = Mentions::of(kind, &text);
    let declared = mentions.as_ref().ok().and_then(|mentions| mentions.declared.first());
    let words = Words { file: &name, name: declared.map(String::as_str) };
    let subject = subject(configuration, words, (kind, &text), locked.as_ref());
    let problem = |at, what| {
        let (file, subject, text) = (name.clone(), subject.clone(), text.clone());
        Box::new(Problem { file, subject, kind: Some(kind), text, at, what })
    };
    if broken_at.is_some() {
        return Err(problem(broken_at, Trouble::NotText));
    }
    // A registry may hold an empty text.
    if text.trim().is_empty() && locked.as_ref().is_none_or(|locked| !locked.is(&text)) {
        return Err(problem(Some(0), Trouble::Empty));
    }
    let mentions = mentions.map_err(|error: ParseError| problem(error.at, Trouble::Syntax(error)))?;
    let Some(subject) = subject.clone() else { return Err(problem(Some(0), Trouble::NoSubject)) };
    let schema =
        LocalSchema { file: name.clone(), text: text.clone(), subject, kind, references: Vec::new(), mentions, locked };
    match schema.pinned().filter(|_| schema.untouched().is_none()) {
        Some(version) => Err(problem(Some(0), Trouble::PinnedChanged { subject: schema.subject.clone(), version })),
        None => Ok(Read::Schema(Box::new(schema))),
    }
}

/// A text without the mark that some programs put before it; no language has it, and no registry takes it.
pub(in crate::cli) fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// Whether a `.json` file says that it is a JSON Schema; settings and data also end in `.json`.
fn is_json_schema(text: &str) -> bool {
    if !text.contains("$schema") {
        return false;
    }
    let named = |document: Node| {
        let named = document.as_object()?.get("$schema")?.as_str()?;
        Some(named.contains("json-schema.org/"))
    };
    match Node::parse(text, Dialect::JsonSchema) {
        Ok(document) => named(document) == Some(true),
        // What names a draft and is not JSON is a schema that somebody broke.
        Err(_) => text.contains("json-schema.org/"),
    }
}

/// The configuration's word, the lock's, the file's own, the source's template, or the file's name.
fn subject(
    configuration: &Configuration,
    words: Words<'_>,
    (kind, text): (SchemaKind, &str),
    locked: Option<&Locked>,
) -> Option<String> {
    let declared = configuration.subjects.iter().find(|(_, declared)| declared.file.as_deref() == Some(words.file));
    if let Some((subject, _)) = declared {
        return Some(subject.clone());
    }
    if let Some(locked) = locked {
        return Some(locked.subject.clone());
    }
    if let Some(subject) = front_rule(kind, text) {
        return Some(subject.to_owned());
    }
    let source = configuration.sources.iter().find(|source| source.glob.is_match(words.file));
    match source.and_then(|source| source.subject.as_ref()) {
        Some(template) => template.fill(words),
        None => Some(by_default(words)),
    }
}

/// `orders-value.avsc` is `orders-value`; `orders/value.avsc` is `orders-value` too.
fn by_default(words: Words<'_>) -> String {
    match (words.stem(), words.dir()) {
        (stem @ ("key" | "value"), Some(dir)) => format!("{dir}-{stem}"),
        (stem, _) => stem.to_owned(),
    }
}

/// The subject that a comment at the head of the file names; JSON Schema has `$comment` for comments.
fn front_rule(kind: SchemaKind, text: &str) -> Option<&str> {
    let head = match kind {
        SchemaKind::Json => {
            text.split_once("\"$comment\"").map(|(_, rest)| rest.trim_start_matches([' ', ':', '"']))?
        }
        SchemaKind::Avro | SchemaKind::Protobuf => {
            let mut comments = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("//"));
            comments
                .find_map(|line| line.strip_prefix("//").filter(|line| line.trim_start().starts_with(FRONT_RULE)))?
        }
    };
    let subject = head.trim_start().strip_prefix(FRONT_RULE)?;
    subject.split(['"', '\n']).next().map(str::trim).filter(|subject| !subject.is_empty())
}
