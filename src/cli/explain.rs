//! `regis explain`: what a rule means and what helps.

use std::fmt::Write as _;

use clap::Args;

use super::{
    answer, complain,
    exit::Exit,
    rules::{self, Family, Rule},
};

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  regis explain AVRO-001\n  regis explain lint")]
pub(super) struct Arguments {
    /// Id or name of a rule, or a part of them, which lists the rules that have it; all if it is missing
    rule: Option<String>,
}

/// Explains a rule, or lists those that are meant.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let text = arguments.rule.as_deref().unwrap_or_default();
    let found = rules::called(text);
    if !found.is_empty() {
        let texts: Vec<String> = found.into_iter().map(explained).collect();
        answer(&texts.join("\n"));
        return Exit::Fine;
    }
    let part = text.to_lowercase().replace('_', "-");
    let mut list = String::new();
    for rule in rules::all().filter(|rule| rule.to_string().to_lowercase().contains(&part)) {
        let _ = writeln!(list, "{:10} {:8} {}", rule.id(), rule.severity.as_str(), rule.name());
    }
    if list.is_empty() {
        complain(&format!("there is no rule {text:?}, and none that contains it; `regis explain` lists them"));
        return Exit::Usage;
    }
    answer(&list);
    Exit::Fine
}

fn explained(rule: &Rule) -> String {
    let mut text = format!("{rule} ({})\n\n  {}\n", rule.severity.as_str(), rule.meaning);
    if !rule.advice.is_empty() {
        let _ = write!(text, "\n  What helps: {}\n", rule.advice);
    }
    let about = match rule.family() {
        Family::Avro | Family::Json | Family::Protobuf => format!(
            "On the wire: errorType {}. Accept it for a while with an exception in regis.yaml (rule, subject, until, reason).",
            rule.kind()
        ),
        Family::Lint => format!("Set its severity in regis.yaml: lint: rules: {{{}: off}}", rule.name()),
        Family::Schema | Family::Reference | Family::Configuration => return text,
    };
    let _ = write!(text, "\n  {about}\n");
    text
}
