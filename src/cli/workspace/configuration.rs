//! `regis.yaml`: what a repository says about its schemas. Nothing in it is required.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use globset::{Glob, GlobMatcher};

use super::{
    template::Template,
    yaml::{self, Mistake, Mistakes, Value},
};
use crate::{
    cli::{
        naming::Style,
        rules::{self, Severity},
    },
    model::{Level, Metadata, Mode, SchemaKind, Version},
};

/// The names under which the file is looked for.
pub(in crate::cli) const FILE_NAMES: [&str; 2] = ["regis.yaml", "regis.yml"];

/// Everything that the file says.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Configuration {
    /// Its name; none if there is no file.
    pub(in crate::cli) file: Option<String>,
    /// Addresses by name.
    pub(in crate::cli) registries: BTreeMap<String, String>,
    /// What holds where nothing else is said.
    pub(in crate::cli) defaults: Defaults,
    /// Where schemas lie; empty means everywhere.
    pub(in crate::cli) sources: Vec<Source>,
    /// What is said of single subjects.
    pub(in crate::cli) subjects: BTreeMap<String, Declared>,
    /// Severities of lint rules, by the rule's name or id.
    pub(in crate::cli) lint: BTreeMap<String, LintSetting>,
    /// Findings that are accepted for a while.
    pub(in crate::cli) exceptions: Vec<Exception>,
}

/// What holds where nothing else is said.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Defaults {
    /// Against what `check` compares.
    pub(in crate::cli) against: Option<String>,
    /// The level.
    pub(in crate::cli) compatibility: Option<Level>,
    /// Whether reserved fields are looked after.
    pub(in crate::cli) validate_fields: Option<bool>,
    /// Whether schemas are registered in their normal form.
    pub(in crate::cli) normalize: Option<bool>,
}

/// Files that are schemas.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Source {
    /// Which files.
    pub(in crate::cli) glob: GlobMatcher,
    /// How their subjects are called.
    pub(in crate::cli) subject: Option<Template>,
    /// Their language, where the file's name does not say it.
    pub(in crate::cli) kind: Option<SchemaKind>,
}

/// What is said of a subject.
#[derive(Debug, Clone, Default)]
pub(in crate::cli) struct Declared {
    /// Its file.
    pub(in crate::cli) file: Option<String>,
    /// Its level.
    pub(in crate::cli) compatibility: Option<Level>,
    /// Its mode.
    pub(in crate::cli) mode: Option<Mode>,
    /// Who answers for it.
    pub(in crate::cli) owner: Option<String>,
    /// The metadata of its next version.
    pub(in crate::cli) metadata: Option<Metadata>,
    /// References that lead to the registry: name to subject and version.
    pub(in crate::cli) references: BTreeMap<String, (String, Option<Version>)>,
    /// Line and column in the file.
    pub(in crate::cli) place: (usize, usize),
}

/// What a lint rule is set to.
#[derive(Debug, Clone)]
pub(in crate::cli) struct LintSetting {
    /// How severe it is; none means off.
    pub(in crate::cli) severity: Option<Severity>,
    /// What more the rule is told, such as a naming style.
    pub(in crate::cli) option: Option<String>,
}

/// A finding that is accepted until a day.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Exception {
    /// The rule, by id or name.
    pub(in crate::cli) rule: String,
    /// The subjects.
    pub(in crate::cli) subject: GlobMatcher,
    /// The subjects as they were written.
    pub(in crate::cli) subject_text: String,
    /// The last day on which it holds.
    pub(in crate::cli) until: NaiveDate,
    /// Why.
    pub(in crate::cli) reason: String,
    /// Line and column in the file.
    pub(in crate::cli) place: (usize, usize),
}

/// Reads a text; every mistake is told at once, with its place.
pub(in crate::cli) fn read(file: &str, text: &str) -> Result<Configuration, Vec<Mistake>> {
    let mut configuration = yaml::read(file, text, configuration)?;
    configuration.file = Some(file.to_owned());
    Ok(configuration)
}

fn configuration(root: Value<'_>, mistakes: &mut Mistakes) -> Configuration {
    let mut read = Configuration::default();
    let keys = ["version", "registries", "defaults", "sources", "subjects", "lint", "exceptions"];
    for member in root.fields(&keys, mistakes) {
        let value = member.value;
        match member.key {
            "version" => {
                if value.number(mistakes).is_some_and(|version| version != 1) {
                    mistakes.at(value, "this Regis reads version 1");
                }
            }
            "registries" => read.registries = registries(value, mistakes),
            "defaults" => read.defaults = defaults(value, mistakes),
            "sources" => {
                let items = value.list(mistakes);
                read.sources = items.into_iter().filter_map(|item| source(item, mistakes)).collect();
            }
            "subjects" => {
                for subject in value.members(mistakes) {
                    let place = subject.key_value.place();
                    let declared = Declared { place, ..declared(subject.value, mistakes) };
                    read.subjects.insert(subject.key.to_owned(), declared);
                }
            }
            "lint" => read.lint = lint(value, mistakes),
            _ => {
                let items = value.list(mistakes);
                read.exceptions = items.into_iter().filter_map(|item| exception(item, mistakes)).collect();
            }
        }
    }
    read
}

fn registries(value: Value<'_>, mistakes: &mut Mistakes) -> BTreeMap<String, String> {
    let mut read = BTreeMap::new();
    for registry in value.members(mistakes) {
        for member in registry.value.fields(&["url"], mistakes) {
            let Some(url) = member.value.text(mistakes) else { continue };
            if !url.starts_with("http://") && !url.starts_with("https://") {
                mistakes.at(member.value, "expected an address that begins with http:// or https://");
            } else if url.contains('@') {
                mistakes
                    .at(member.value, "credentials belong into variables (REGIS_REGISTRY_USER, …), not into a file");
            }
            read.insert(registry.key.to_owned(), url.to_owned());
        }
    }
    read
}

fn defaults(value: Value<'_>, mistakes: &mut Mistakes) -> Defaults {
    let mut read = Defaults::default();
    for member in value.fields(&["against", "compatibility", "validateFields", "normalize"], mistakes) {
        match member.key {
            "against" => read.against = member.value.text(mistakes).map(str::to_owned),
            "compatibility" => read.compatibility = level(member.value, mistakes),
            "validateFields" => read.validate_fields = member.value.flag(mistakes),
            _ => read.normalize = member.value.flag(mistakes),
        }
    }
    read
}

fn level(value: Value<'_>, mistakes: &mut Mistakes) -> Option<Level> {
    let text = value.text(mistakes)?;
    let level = Level::parse(text);
    if level.is_none() {
        mistakes.at(value, format!("{text:?} is not a compatibility level: write NONE, BACKWARD, FORWARD or FULL, the last three also with _TRANSITIVE"));
    }
    level
}

fn source(value: Value<'_>, mistakes: &mut Mistakes) -> Option<Source> {
    let (mut glob, mut subject, mut kind) = (None, None, None);
    let members = value.fields(&["glob", "subject", "language"], mistakes);
    for member in &members {
        let Some(text) = member.value.text(mistakes) else { continue };
        match member.key {
            "glob" => glob = matcher(text, member.value, mistakes),
            "subject" => match Template::read(text) {
                Ok(template) => subject = Some(template),
                Err(wrong) => mistakes.at(member.value, wrong),
            },
            _ => match text.to_uppercase().parse() {
                Ok(known) => kind = Some(known),
                Err(_) => {
                    mistakes.at(member.value, format!("{text:?} is not a language: write avro, json or protobuf"));
                }
            },
        }
    }
    if !members.iter().any(|member| member.key == "glob") {
        mistakes.at(value, "a source needs a glob");
    }
    Some(Source { glob: glob?, subject, kind })
}

fn matcher(text: &str, value: Value<'_>, mistakes: &mut Mistakes) -> Option<GlobMatcher> {
    match globset::GlobBuilder::new(text).literal_separator(true).build() {
        Ok(glob) => Some(Glob::compile_matcher(&glob)),
        Err(error) => {
            mistakes.at(value, error.to_string());
            None
        }
    }
}

fn declared(value: Value<'_>, mistakes: &mut Mistakes) -> Declared {
    let mut read = Declared::default();
    let keys = ["file", "compatibility", "mode", "owner", "metadata", "references"];
    for member in value.fields(&keys, mistakes) {
        let value = member.value;
        match member.key {
            "file" => read.file = value.text(mistakes).map(str::to_owned),
            "compatibility" => read.compatibility = level(value, mistakes),
            "owner" => read.owner = value.text(mistakes).map(str::to_owned),
            "mode" => {
                let Some(text) = value.text(mistakes) else { continue };
                read.mode = Mode::parse(text);
                if read.mode.is_none() {
                    mistakes.at(
                        value,
                        format!("{text:?} is not a mode: write READWRITE, READONLY, READONLY_OVERRIDE or IMPORT"),
                    );
                }
            }
            "metadata" => read.metadata = Some(metadata(value, mistakes)),
            _ => {
                for reference in value.members(mistakes) {
                    if let Some(target) = reference.value.text(mistakes) {
                        match registered(target) {
                            Ok(target) => drop(read.references.insert(reference.key.to_owned(), target)),
                            Err(wrong) => mistakes.at(reference.value, wrong),
                        }
                    }
                }
            }
        }
    }
    read
}

/// Reads `SUBJECT` or `SUBJECT@VERSION`.
fn registered(text: &str) -> Result<(String, Option<Version>), String> {
    match text.rsplit_once('@') {
        None | Some((_, "latest")) => Ok((text.trim_end_matches("@latest").to_owned(), None)),
        Some((subject, version)) => match version.parse() {
            Ok(number) if number > 0 => Ok((subject.to_owned(), Some(Version(number)))),
            _ => Err(format!("{version:?} is not a version: write SUBJECT, SUBJECT@latest or SUBJECT@NUMBER")),
        },
    }
}

fn metadata(value: Value<'_>, mistakes: &mut Mistakes) -> Metadata {
    let mut read = Metadata::default();
    for member in value.fields(&["properties", "tags", "sensitive"], mistakes) {
        match member.key {
            "properties" => {
                for property in member.value.members(mistakes) {
                    if let Some(text) = property.value.text(mistakes) {
                        read.properties.insert(property.key.to_owned(), text.to_owned());
                    }
                }
            }
            "tags" => {
                for path in member.value.members(mistakes) {
                    read.tags.insert(path.key.to_owned(), texts(path.value, mistakes));
                }
            }
            _ => read.sensitive = texts(member.value, mistakes),
        }
    }
    read
}

fn texts(value: Value<'_>, mistakes: &mut Mistakes) -> BTreeSet<String> {
    let items = value.list(mistakes);
    items.into_iter().filter_map(|item| item.text(mistakes)).map(str::to_owned).collect()
}

fn lint(value: Value<'_>, mistakes: &mut Mistakes) -> BTreeMap<String, LintSetting> {
    let mut read = BTreeMap::new();
    for member in value.fields(&["rules"], mistakes) {
        for rule in member.value.members(mistakes) {
            let parts = if rule.value.is_list() { rule.value.list(mistakes) } else { vec![rule.value] };
            let mut texts = parts.iter().filter_map(|part| part.text(mistakes)).collect::<Vec<_>>().into_iter();
            let Some(word) = texts.next() else { continue };
            let severity = Severity::parse(word);
            if severity.is_none() && word != "off" {
                mistakes.at(parts[0], format!("{word:?} is not a severity: write off, note, warn or error"));
                continue;
            }
            let option = texts.next().map(str::to_owned);
            if let Err(wrong) = accepted(rule.key, option.as_deref()) {
                mistakes.at(rule.key_value, wrong);
            }
            read.insert(rule.key.to_owned(), LintSetting { severity, option });
        }
    }
    read
}

/// Whether there is a lint rule of this name that takes this option.
fn accepted(name: &str, option: Option<&str>) -> Result<(), String> {
    let Some(rule) = rules::lints().iter().find(|rule| rule.is_called(name)) else {
        let names: Vec<String> = rules::lints().iter().map(rules::Rule::name).collect();
        return Err(format!("there is no lint rule {name:?}; the rules are {}", names.join(", ")));
    };
    match option {
        None => Ok(()),
        Some(style) if *rule == rules::TYPE_NAME || *rule == rules::FIELD_NAME => {
            Style::parse(style).map(|_| ()).ok_or_else(|| {
                format!("{style:?} is not a style: write snake_case, camelCase, PascalCase or UPPER_SNAKE_CASE")
            })
        }
        Some(_) => Err(format!("the rule {name} takes a severity alone")),
    }
}

fn exception(value: Value<'_>, mistakes: &mut Mistakes) -> Option<Exception> {
    let keys = ["rule", "subject", "until", "reason"];
    let members = value.fields(&keys, mistakes);
    for key in keys {
        if !members.iter().any(|member| member.key == key) {
            mistakes.at(value, format!("an exception needs {key:?}"));
        }
    }
    let text = |key: &str, mistakes: &mut Mistakes| {
        let member = members.iter().find(|member| member.key == key)?;
        Some((member.value.text(mistakes)?, member.value))
    };
    let rule = text("rule", mistakes);
    let subject = text("subject", mistakes);
    let until = text("until", mistakes);
    let reason = text("reason", mistakes);
    let (rule, rule_value) = rule?;
    if rules::called(rule).is_empty() {
        mistakes.at(rule_value, format!("there is no rule {rule:?}; `regis explain` lists them"));
    }
    let (subject, subject_value) = subject?;
    let matcher = matcher(subject, subject_value, mistakes)?;
    let (until, until_value) = until?;
    let Ok(until) = until.parse() else {
        mistakes.at(until_value, format!("{until:?} is not a day: write YYYY-MM-DD"));
        return None;
    };
    let place = value.place();
    let reason = reason?.0.to_owned();
    Some(Exception { rule: rule.to_owned(), subject: matcher, subject_text: subject.to_owned(), until, reason, place })
}
