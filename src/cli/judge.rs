//! Judges schemas by their histories: the same engine as the server's, with places in files. Pure.

use std::{collections::HashMap, thread};

use super::{
    against::{Baseline, History, OldSchema},
    finding::{Cause, Examined, Finding, Mark, Old, Outcome},
    fixes,
    mark::Marker,
    problems, rules,
    workspace::{Configuration, Dependency, LocalSchema, Target, Workspace},
};
use crate::{
    model::{Level, SchemaKind, Version},
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
            subject: Some(schema.subject.clone()),
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
                return (examined, vec![self.invalid(schema, &error, &marker, &dependencies)]);
            }
        };
        if versions.is_empty() {
            return (examined, Vec::new());
        }
        // What is registered again is found again, whichever version it is.
        if versions.iter().rev().any(|old| is_unchanged(&new, &schema.text, &references, old)) {
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

    /// What keeps a schema from being one, in the file in which it is.
    fn invalid(
        self,
        schema: &LocalSchema,
        error: &ParseError,
        marker: &Marker<'_>,
        dependencies: &[Dependency],
    ) -> Finding {
        let finding = Finding::new(&rules::INVALID_SCHEMA, problems::told(error)).of_subject(&schema.subject);
        let Some(dependency) = error.reference.and_then(|number| dependencies.get(number)) else {
            return finding.in_file(&schema.file, Some(marker.error(error)));
        };
        if let Some(other) = dependency.local.map(|at| &self.workspace.schemas[at]) {
            let mark = Marker::new(other.kind, &other.text).error(error);
            return finding.in_file(&other.file, Some(mark));
        }
        // The registry's text is no file: the reference to it is.
        let name = &dependency.referenced.name;
        let reference = schema.references.iter().find(|reference| reference.name == *name);
        let mark = marker.at(reference.map_or(0, |reference| reference.at));
        let finding = finding.in_file(&schema.file, Some(mark));
        Finding { message: format!("the reference {name}: {}", finding.message), ..finding }
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

/// Whether registering the schema would find an earlier version again.
fn is_unchanged(new: &Schema, text: &str, references: &[Referenced], old: &OldSchema) -> bool {
    let old = &old.schema;
    if old.kind() != new.kind() || old.references().len() != references.len() {
        return false;
    }
    let same_text = || old.text() == text || old.schema().is_ok_and(|parsed| parsed.canonical() == new.canonical());
    same_text() && same_references(new.kind(), references, old.references())
}

/// Whether references have the same names and mean the same; a registry keeps the canonical text of a file.
fn same_references(kind: SchemaKind, new: &[Referenced], old: &[Referenced]) -> bool {
    let canonical = |of: &[Referenced], at: usize| {
        let parsed = Schema::parse(kind, &of[at].text, &of[..at], Strictness::Stored).ok()?;
        Some(parsed.canonical())
    };
    new.iter().enumerate().all(|(at, reference)| {
        let Some(before) = old.iter().position(|before| before.name == reference.name) else { return false };
        old[before].text == reference.text
            || canonical(new, at).is_some_and(|text| canonical(old, before).is_some_and(|before| before == text))
    })
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
            Ok(explained) => self.findings(&explained, versions, rules),
            Err(error) => {
                let finding = Finding::new(&rules::TOO_COMPLEX, error.to_string());
                vec![finding.of_subject(&self.schema.subject).in_file(&self.schema.file, Some(self.marker.at(0)))]
            }
        };
        examined.outcome = if findings.is_empty() { Outcome::Compatible } else { Outcome::Incompatible };
        findings
    }

    fn findings(&self, explained: &Explained, versions: &[OldSchema], rules: &Rules) -> Vec<Finding> {
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
            let mut finding = self.finding(reason, old);
            if let Some((version, _)) = old {
                self.add_causes(&mut finding, reason, version, rules);
            }
            findings.push(finding);
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
                if let Some((file, mark)) = self.mark(&place) {
                    (finding.file, finding.mark) = (Some(file), Some(mark));
                }
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

    /// Adds what is behind a reason, and points there.
    fn add_causes(&self, finding: &mut Finding, reason: &Reason, version: &OldSchema, rules: &Rules) {
        let Ok(old) = version.schema.schema() else { return };
        let causes = reason.causes(self.new, old, rules);
        for cause in &causes {
            let Some((_, spots)) = &cause.difference else { continue };
            let Some(place) = self.new.place(&spots.new) else { continue };
            let Some((file, mark)) = self.mark(&place) else { continue };
            let rule = rules::of_difference(self.schema.kind, cause.kind);
            finding.because.push(Cause { rule, message: cause.description.clone(), file, mark });
            if let [only] = causes.as_slice() {
                finding.fix = fixes::of(only, self.schema, &place, self.marker, version);
            }
        }
        if let Some(first) = finding.because.first() {
            (finding.file, finding.mark) = (Some(first.file.clone()), Some(first.mark.clone()));
        }
    }

    /// The file and the mark of a place, which may be in a file that is referred to.
    fn mark(&self, place: &Place) -> Option<(String, Mark)> {
        let Some(number) = place.reference else {
            return Some((self.schema.file.clone(), self.marker.pointer(&place.pointer)?));
        };
        let other = &self.case.workspace.schemas[self.dependencies.get(number)?.local?];
        let mark = Marker::new(other.kind, &other.text).pointer(&place.pointer)?;
        Some((other.file.clone(), mark))
    }
}

fn affects(direction: Direction, old: &str) -> String {
    match direction {
        Direction::Backward => format!("A reader with this schema cannot read data written with {old}."),
        Direction::Forward => format!("A reader with {old} cannot read data written with this schema."),
    }
}
