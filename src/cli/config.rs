//! The server's configuration: flags over variables over a TOML file over defaults; every mistake is told at once.

use std::{env, ffi::OsString, fs};

use clap::{Arg, ArgAction, ArgMatches, Args, FromArgMatches};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    WIDTH,
    settings::{Flag, SETTINGS, ServerConfig, Setting, Shape, contradictions},
};

const FILE_FLAG: &str = "config";
const FILE_VARIABLE: &str = "REGIS_CONFIG";
const EVERYTHING_FLAG: &str = "help-all";

/// What most people set first; the other settings are left to `--help-all`.
const FIRST: &[&str] = &[
    "listen",
    "database-url",
    "compatibility-level",
    "mode-mutability",
    "body-limit",
    "cors-origins",
    "log-format",
    "log-level",
    "drain-timeout",
];

const EXAMPLES: &str = "\
A setting --log-level is also the variable REGIS_LOG_LEVEL and the key log-level of the TOML file;
flags win over variables, and variables over the file.

Examples:
  regis serve
  regis serve --listen 0.0.0.0:8081 --database-url postgres://regis@db.example.com/regis
  REGIS_LOG_FORMAT=json regis serve --config /etc/regis.toml
  regis serve --help-all

Exit codes: 0 stopped as it was told to, 1 cannot start, 2 a setting is wrong.";

/// Settings from the command line, as they were written.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    file: Option<String>,
    values: Vec<(&'static str, String)>,
    everything: bool,
}

impl Args for Given {
    fn augment_args(command: clap::Command) -> clap::Command {
        let everything = Arg::new(EVERYTHING_FLAG).long(EVERYTHING_FLAG).action(ArgAction::SetTrue);
        let everything = everything.help("Show all settings with their variables, and what Confluent calls them");
        command.arg(file_argument()).args(flags().map(short)).arg(everything).after_help(EXAMPLES)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

fn flags() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.flag == Flag::Offered)
}

fn file_argument() -> Arg {
    let help = format!("TOML file with settings [variable: {FILE_VARIABLE}]");
    Arg::new(FILE_FLAG).long(FILE_FLAG).value_name("FILE").help(help)
}

fn argument(setting: &Setting) -> Arg {
    // `--body-limit -1` is a wrong number, not a flag that nobody knows.
    Arg::new(setting.name).long(setting.name).value_name(setting.value).allow_negative_numbers(true)
}

/// A flag as `--help` shows it.
fn short(setting: &Setting) -> Arg {
    let default = default(setting);
    argument(setting).help(format!("{}{default}", setting.help)).hide(!FIRST.contains(&setting.name))
}

/// A flag as `--help-all` shows it.
fn complete(setting: &Setting) -> Arg {
    argument(setting).help(described(setting))
}

fn described(setting: &Setting) -> String {
    let confluent = setting.confluent.map_or(String::new(), |name| format!(" [Confluent: {name}]"));
    let (default, variable) = (default(setting), setting.variable());
    let Setting { name, help, .. } = setting;
    format!("{help}{default}\n[variable: {variable}] [TOML key: {name}]{confluent}")
}

fn default(setting: &Setting) -> String {
    if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let text = |name| matches.get_one::<String>(name).cloned();
        let values = flags().filter_map(|setting| text(setting.name).map(|value| (setting.name, value)));
        Ok(Self { file: text(FILE_FLAG), values: values.collect(), everything: matches.get_flag(EVERYTHING_FLAG) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Given {
    /// The help with every setting, if it is asked for.
    pub(super) fn complete_help(&self) -> Option<clap::Command> {
        let withheld = SETTINGS.iter().filter(|setting| setting.flag == Flag::Withheld);
        let withheld: Vec<String> = withheld
            .map(|setting| {
                format!("      {}\n          {}", setting.name, described(setting).replace('\n', "\n          "))
            })
            .collect();
        let reason = "Everybody on the machine can read command lines, so these have no flag:";
        let command = clap::Command::new("regis serve").about("Serve the registry: every setting");
        let command = command.next_line_help(true).max_term_width(WIDTH);
        let command = command.after_help(format!("{reason}\n{}", withheld.join("\n")));
        self.everything.then(|| command.arg(file_argument()).args(flags().map(complete)))
    }
}

/// Settings given without a command: taken, but listed in the help of `serve` only.
#[derive(Debug, Clone, Default)]
pub(super) struct Unlisted(pub(super) Given);

impl Args for Unlisted {
    fn augment_args(command: clap::Command) -> clap::Command {
        let hidden = Given::augment_args(clap::Command::new(""))
            .get_arguments()
            .map(|argument| argument.clone().hide(true))
            .collect::<Vec<_>>();
        command.args(hidden)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Unlisted {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Given::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// Reads the configuration from the command line, this process' variables and the file that they name.
pub(super) fn load(given: &Given) -> Result<ServerConfig, Vec<String>> {
    read(given, env::vars_os())
}

fn read(given: &Given, variables: impl Iterator<Item = (OsString, OsString)>) -> Result<ServerConfig, Vec<String>> {
    let mut reading = Reading { config: ServerConfig::default(), mistakes: Vec::new() };
    let variables = reading.variables(variables);
    let named = variables.iter().find(|(name, _)| name == FILE_VARIABLE);
    if let Some(file) = given.file.as_ref().or(named.map(|(_, file)| file)) {
        reading.file(file);
    }
    for (name, text) in variables.iter().filter(|(name, _)| name != FILE_VARIABLE) {
        match SETTINGS.iter().find(|setting| setting.variable() == *name) {
            Some(setting) => reading.apply(setting, name, text),
            None => reading.mistakes.push(format!("{name}: there is no such setting")),
        }
    }
    for setting in SETTINGS {
        if let Some((name, text)) = given.values.iter().find(|(name, _)| *name == setting.name) {
            reading.apply(setting, &format!("--{name}"), text);
        }
    }
    if reading.mistakes.is_empty() {
        reading.mistakes = contradictions(&reading.config);
    }
    if reading.mistakes.is_empty() { Ok(reading.config) } else { Err(reading.mistakes) }
}

/// What was read so far.
struct Reading {
    config: ServerConfig,
    mistakes: Vec<String>,
}

impl Reading {
    fn apply(&mut self, setting: &Setting, source: &str, text: &str) {
        if let Err(wrong) = (setting.apply)(&mut self.config, text) {
            self.mistakes.push(format!("{source}: {wrong}"));
        }
    }

    /// Regis' variables, sorted by name.
    fn variables(&mut self, all: impl Iterator<Item = (OsString, OsString)>) -> Vec<(String, String)> {
        let mut own = Vec::new();
        for (name, text) in all {
            let Some(name) = name.to_str().filter(|name| is_own(name)) else {
                continue;
            };
            match text.into_string() {
                Ok(text) => own.push((name.to_owned(), text)),
                Err(_) => self.mistakes.push(format!("{name}: the value is not UTF-8")),
            }
        }
        own.sort();
        own
    }

    fn file(&mut self, path: &str) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.mistakes.push(format!("{path}: {error}")),
        };
        // Only messages and lines are told: the text of a line may hold a password.
        let line = |at: usize| text[..text.floor_char_boundary(at)].matches('\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(&text);
        // The second error of a line is mostly the first one's echo.
        let mut told = 0;
        for error in &errors {
            let at = error.span().map_or(1, |span| line(span.start));
            if at != told {
                self.mistakes.push(format!("{path}:{at}: {}", error.message()));
            }
            told = at;
        }
        // What was recovered around an error is a guess: complaining of it would mislead.
        if !errors.is_empty() {
            return;
        }
        for (key, value) in table.get_ref() {
            let source = format!("{path}:{}: {}", line(key.span().start), key.get_ref());
            let Some(setting) = SETTINGS.iter().find(|setting| setting.name == key.get_ref()) else {
                self.mistakes.push(format!("{source}: there is no such setting"));
                continue;
            };
            match text_of(value, setting.shape) {
                Ok(text) => self.apply(setting, &source, &text),
                Err(wrong) => self.mistakes.push(format!("{source}: {wrong}")),
            }
        }
    }
}

/// Whether a variable is meant for the server: `REGIS_REGISTRY_…` is for the commands that ask one.
fn is_own(name: &str) -> bool {
    name.starts_with("REGIS_") && !name.starts_with("REGIS_REGISTRY_") && !is_service_link(name)
}

/// Whether Kubernetes sets the variable in every pod beside a service that is called `regis`.
fn is_service_link(name: &str) -> bool {
    name == "REGIS_PORT" || name.starts_with("REGIS_PORT_") || name.starts_with("REGIS_SERVICE_")
}

/// A TOML value of the setting's shape as text.
fn text_of(value: &Spanned<DeValue<'_>>, shape: Shape) -> Result<String, String> {
    match (value.get_ref(), shape) {
        (DeValue::String(text), Shape::Text) => Ok(text.to_string()),
        (DeValue::Integer(number), Shape::Number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        (DeValue::Boolean(flag), Shape::Switch) => Ok(flag.to_string()),
        (found, _) => {
            let expected = match shape {
                Shape::Text => "a string",
                Shape::Number => "a whole number",
                Shape::Switch => "true or false",
            };
            Err(format!("expected {expected}, found {}", found.type_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Level;

    fn variables(list: &[(&str, &str)]) -> std::vec::IntoIter<(OsString, OsString)> {
        list.iter().map(|(name, text)| (name.into(), text.into())).collect::<Vec<_>>().into_iter()
    }

    fn given(file: Option<&std::path::Path>, values: &[(&'static str, &str)]) -> Given {
        let values = values.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        Given { file: file.map(|path| path.display().to_string()), values, everything: false }
    }

    #[test]
    fn flags_win_over_variables_and_variables_over_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("regis.toml");
        fs::write(&file, "listen = \"a:1\"\ncompatibility-level = \"full\"\nbody-limit = 5_000\n").expect("a file");
        let variables = variables(&[("REGIS_LISTEN", "b:2"), ("REGIS_DATABASE_URL", "sqlite:b"), ("PATH", "/bin")]);
        let config = read(&given(Some(&file), &[("listen", "c:3")]), variables).expect("a configuration");
        assert_eq!((config.listen.as_str(), config.database_url.as_str()), ("c:3", "sqlite:b"));
        assert_eq!((config.options.compatibility_level, config.door.body_limit), (Level::Full, 5000));
    }

    #[test]
    fn every_mistake_is_told_with_its_source() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("regis.toml");
        let text = "liste = 1\nbody-limit = \"5\"\nvalidate-fields = 1\nlisten = \"x\"\ndatabase-url = \"q:secret\"\n";
        fs::write(&file, text).expect("a file");
        let file_name = file.display().to_string();
        let variables =
            variables(&[("REGIS_CONFIG", &file_name), ("REGIS_NOPE", "1"), ("REGIS_SERVICE_HOST", "10.0.0.1")]);
        let mistakes = read(&given(None, &[("log-level", "loud")]), variables).expect_err("mistakes");
        let expected = [
            format!("{file_name}:1: liste: there is no such setting"),
            format!("{file_name}:2: body-limit: expected a whole number, found string"),
            format!("{file_name}:3: validate-fields: expected true or false, found integer"),
            format!("{file_name}:4: listen: \"x\" is not an address"),
            format!("{file_name}:5: database-url: the value is not a database"),
            "REGIS_NOPE: there is no such setting".to_owned(),
            "--log-level: \"loud\" is not a level".to_owned(),
        ];
        assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
        for start in expected {
            assert!(mistakes.iter().any(|mistake| mistake.starts_with(&start)), "{start}\n{mistakes:#?}");
        }
        assert!(mistakes.iter().all(|mistake| !mistake.contains("secret")));
    }

    #[test]
    fn a_file_that_is_no_toml_is_one_mistake_for_each_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("regis.toml");
        fs::write(&file, "listen = \"127.0.0.1:1\"\nbody-limit = = 5\n").expect("a file");
        let mistakes = read(&given(Some(&file), &[]), variables(&[])).expect_err("a mistake");
        assert!(mistakes.iter().all(|mistake| mistake.starts_with(&format!("{}:2: ", file.display()))), "{mistakes:?}");
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    }

    #[test]
    fn negative_numbers_are_values() {
        let command = Given::augment_args(clap::Command::new("serve"));
        let matches = command.try_get_matches_from(["serve", "--body-limit", "-1"]).expect("arguments");
        let given = Given::from_arg_matches(&matches).expect("settings");
        let mistakes = read(&given, variables(&[])).expect_err("a mistake");
        assert_eq!(mistakes, ["--body-limit: \"-1\" is not a whole number from 1, or too large"]);
    }

    #[test]
    fn a_file_that_is_not_there_and_limits_that_contradict_are_mistakes() {
        let missing = read(&given(Some("/nowhere/regis.toml".as_ref()), &[]), variables(&[]));
        assert!(missing.expect_err("no file")[0].starts_with("/nowhere/regis.toml: "));
        let wrong = read(&given(None, &[("schema-search-max-limit", "10")]), variables(&[]));
        assert_eq!(
            wrong.expect_err("limits"),
            ["schema-search-default-limit is 1000, but schema-search-max-limit is only 10"]
        );
    }
}
