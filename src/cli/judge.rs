//! Judges schemas by their histories: the same engine as the server's, with places in files. Pure.

use std::{collections::HashMap, thread};

use super::{
    against::{Baseline, History, OldSchema},
    finding::{Examined, Finding, Old, Outcome},
    fixes,
    mark::Marker,
    rules,
    workspace::{Configuration, Dependency, LocalSchema, Target, Workspace},
};
use crate::{
    model::{Level, Version},
    schema::{
        Direction, FieldCheck, ParseError, Place, Referenced, Schema, Strictness,
        compatibility::{self, Candidate, Earlier, Explained, Reason, Rules},
    },
};

/// What is judged, and by what.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    /// The schemas of the repository.
    pub(super) workspace: &'a Workspace,
    /// What the repository says.
    pub(super) configuration: &'a Configuration,
    /// The earlier schemas.
    pub(super) baseline: &'a Baseline,
    /// The level that the command line names.
    pub(super) level: Option<Level>,
}

/// What was found for one schema.
pub(super) type Judged = (Examined, Vec<Finding>);

/// Judges schemas, on as many threads as there are processors; the results come in their order.
pub(super) fn judge(case: Case<'_>, chosen: &[&LocalSchema], done: &(dyn Fn() + Sync)) -> Vec<Judged> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(chosen.len().max(1));
    let share = chosen.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let shares = chosen.chunks(share).map(|share| {
            scope.spawn(move || {
                let judged = share.iter().map(|schema| {
                    let judged = case.one(schema);
                    done();
                    judged
                });
                judged.collect::<Vec<_>>()
            })
        });
        let running: Vec<_> = shares.collect();
        running.into_iter().flat_map(|share| share.join().expect("judging does not panic")).collect()
    })
}

impl Case<'_> {
    fn one(self, schema: &LocalSchema) -> Judged {
        let history = self.baseline.histories.get(&schema.subject);
        let rules = self.rules(schema, history);
        let versions = history.map_or(&[][..], |history| &history.versions);
        let mut examined = Examined {
            subject: schema.subject.clone(),
            file: schema.file.clone(),
            kind: schema.kind,
            level: Some(rules.level),
            compared: Vec::new(),
            outcome: Outcome::New,
        };
        let marker = Marker::new(schema.kind, &schema.text);
        let fetched = |reference: &super::workspace::LocalReference| {
            let key = (reference.name.clone(), reference.target.clone());
            self.baseline.fetched.get(&key).cloned().unwrap_or_default()
        };
        let dependencies = self.workspace.located_dependencies(schema, &fetched);
        let missing = self.missing(schema, &marker);
        if !missing.is_empty() {
            examined.outcome = Outcome::Invalid;
            return (examined, missing);
        }
        let references: Vec<Referenced> = dependencies.iter().map(|dependency| dependency.referenced.clone()).collect();
        let parsed = parse(schema, &references, rules.validate_fields);
        let new = match parsed {
            Ok(new) => new,
            Err(error) => {
                examined.outcome = Outcome::Invalid;
                let finding = Finding::new(&rules::INVALID_SCHEMA, error.message).of_subject(&schema.subject);
                let mark = marker.at(error.at.unwrap_or_default());
                return (examined, vec![finding.in_file(&schema.file, Some(mark))]);
            }
        };
        let Some(latest) = versions.last() else { return (examined, Vec::new()) };
        if is_unchanged(&new, &schema.text, &references, latest) {
            examined.outcome = Outcome::Unchanged;
            return (examined, Vec::new());
        }
        let judging = Judging { case: self, schema, new: &new, marker: &marker, dependencies: &dependencies };
        let findings = judging.compare(versions, &rules, &mut examined);
        (examined, findings)
    }

    /// The command line's level, the registry's rules, the repository's, or the default.
    fn rules(self, schema: &LocalSchema, history: Option<&History>) -> Rules {
        let declared = self.configuration.subjects.get(&schema.subject);
        let defaults = &self.configuration.defaults;
        let mut rules = history.and_then(|history| history.rules.clone()).unwrap_or_else(|| Rules {
            level: declared
                .and_then(|declared| declared.compatibility)
                .or(defaults.compatibility)
                .unwrap_or(Level::Backward),
            policy: None,
            validate_fields: defaults.validate_fields.unwrap_or_default(),
            group: None,
        });
        rules.level = self.level.unwrap_or(rules.level);
        rules
    }

    /// References that lead nowhere, of the schema itself.
    fn missing(self, schema: &LocalSchema, marker: &Marker<'_>) -> Vec<Finding> {
        let unresolved = schema.references.iter().filter(|reference| {
            let known = self.baseline.fetched.contains_key(&(reference.name.clone(), reference.target.clone()));
            !matches!(reference.target, Target::Local(_)) && !known
        });
        let findings = unresolved.map(|reference| {
            let message = match &reference.target {
                Target::Registered { subject, version } => {
                    let version = version.map_or("latest".to_owned(), |version| version.to_string());
                    format!("{:?} is {subject}@{version} of the registry, which was not found there", reference.name)
                }
                _ => format!("no file declares {:?}", reference.name),
            };
            Finding::new(&rules::UNRESOLVED_REFERENCE, message)
                .of_subject(&schema.subject)
                .in_file(&schema.file, Some(marker.at(reference.at)))
        });
        findings.collect()
    }
}

/// Parses a schema as a registry does before it registers it.
fn parse(schema: &LocalSchema, references: &[Referenced], validate_fields: bool) -> Result<Schema, ParseError> {
    let fields = if validate_fields { FieldCheck::Strict } else { FieldCheck::Skip };
    let parsed = Schema::parse(schema.kind, &schema.text, references, Strictness::New)?;
    parsed.validate(fields)?;
    Ok(parsed)
}

/// Whether registering the schema would find the latest version again.
fn is_unchanged(new: &Schema, text: &str, references: &[Referenced], latest: &OldSchema) -> bool {
    let old = &latest.schema;
    if old.kind() != new.kind() || old.references().len() != references.len() {
        return false;
    }
    let same_references = old.references() == references;
    if same_references && old.text() == text {
        return true;
    }
    let Ok(parsed) = old.schema() else { return false };
    // Texts of references may be written differently; then the comparison says what is to be said.
    same_references && parsed.canonical() == new.canonical()
}

/// One schema while it is compared.
struct Judging<'a> {
    case: Case<'a>,
    schema: &'a LocalSchema,
    new: &'a Schema,
    marker: &'a Marker<'a>,
    dependencies: &'a [Dependency],
}

impl Judging<'_> {
    fn compare(&self, versions: &[OldSchema], rules: &Rules, examined: &mut Examined) -> Vec<Finding> {
        let declared = self.case.configuration.subjects.get(&self.schema.subject);
        let metadata = declared.and_then(|declared| declared.metadata.as_ref());
        let history: Vec<Earlier<'_>> = versions
            .iter()
            .map(|old| Earlier { version: old.version, schema: &old.schema, metadata: old.metadata.as_ref() })
            .collect();
        let compared = match rules.level.scope() {
            crate::model::Scope::Nothing => &[][..],
            crate::model::Scope::Latest => &versions[versions.len() - 1..],
            crate::model::Scope::All => versions,
        };
        examined.compared = compared.iter().map(|old| old.name.clone()).collect();
        let explained = compatibility::explain(Candidate { schema: self.new, metadata }, &history, rules);
        let findings = match explained {
            Ok(explained) => self.findings(&explained, versions),
            Err(error) => {
                let finding = Finding::new(&rules::TOO_COMPLEX, error.to_string());
                vec![finding.of_subject(&self.schema.subject).in_file(&self.schema.file, Some(self.marker.at(0)))]
            }
        };
        examined.outcome = if findings.is_empty() { Outcome::Compatible } else { Outcome::Incompatible };
        findings
    }

    fn findings(&self, explained: &Explained, versions: &[OldSchema]) -> Vec<Finding> {
        let mut markers: HashMap<usize, Option<Marker<'_>>> = HashMap::new();
        let mut findings = Vec::with_capacity(explained.reasons.len());
        for reason in &explained.reasons {
            if let Some(at) = reason.earlier {
                markers.entry(at).or_insert_with(|| {
                    let old = &versions[at].schema;
                    Some(Marker::new(old.kind(), old.text()))
                });
            }
            let old = reason.earlier.map(|at| (&versions[at], markers[&at].as_ref()));
            findings.push(self.finding(reason, old));
        }
        findings
    }

    fn finding(&self, reason: &Reason, old: Option<(&OldSchema, Option<&Marker<'_>>)>) -> Finding {
        let rule = rules::of_difference(self.schema.kind, reason.kind);
        let message = if reason.description.is_empty() { rule.meaning } else { &reason.description };
        let mut finding = Finding::new(rule, message).of_subject(&self.schema.subject);
        finding.file = Some(self.schema.file.clone());
        finding.mark = Some(self.marker.at(0));
        let Some((version, old_marker)) = old else { return finding };
        let mut side = Old {
            name: version.name.clone(),
            version: version.version.map(|Version(number)| number),
            pointer: None,
            place: None,
        };
        if let Some((direction, spots)) = &reason.difference {
            finding.direction = Some(*direction);
            finding.affects = Some(affects(*direction, &version.name));
            if let Some(place) = self.new.place(&spots.new) {
                self.mark(&mut finding, &place);
                finding.fix = fixes::of(reason, self.schema, &place, self.marker, version);
            }
            if let Some(Place { reference: None, pointer }) =
                version.schema.schema().ok().and_then(|schema| schema.place(&spots.old))
            {
                let mark = old_marker.and_then(|marker| marker.pointer(&pointer));
                side.place = mark.map(|mark| (mark.line, mark.column));
                side.pointer = Some(pointer);
            }
        }
        finding.old = Some(side);
        finding
    }

    /// Points at the place, which may be in a file that is referred to.
    fn mark(&self, finding: &mut Finding, place: &Place) {
        let Some(number) = place.reference else {
            finding.mark = self.marker.pointer(&place.pointer).or_else(|| finding.mark.take());
            return;
        };
        let local = self.dependencies.get(number).and_then(|dependency| dependency.local);
        if let Some(other) = local.map(|at| &self.case.workspace.schemas[at]) {
            finding.mark = Marker::new(other.kind, &other.text).pointer(&place.pointer);
            finding.file = Some(other.file.clone());
        }
    }
}

fn affects(direction: Direction, old: &str) -> String {
    match direction {
        Direction::Backward => format!("A reader with this schema cannot read data written with {old}."),
        Direction::Forward => format!("A reader with {old} cannot read data written with this schema."),
    }
}
