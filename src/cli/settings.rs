//! Every setting of the server: its name, default, meaning, and how its text is read.
//!
//! A setting `some-name` is the flag `--some-name`, the variable `REGIS_SOME_NAME` and the TOML key `some-name`.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use Shape::{Number, Switch, Text};

use super::logs::{LogFormat, LogLevel};
use crate::{
    http::{self, DoorSettings, ExtraHeaders, Origins, PageLimits},
    model::Level,
    registry::{Options, RuleSets},
};

/// Everything that a server can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerConfig {
    /// Where it listens: host and port.
    pub(super) listen: String,
    /// Where it keeps its data.
    pub(super) database_url: String,
    /// How its log looks.
    pub(super) log_format: LogFormat,
    /// What its log tells.
    pub(super) log_level: LogLevel,
    /// How long it waits for requests in flight when it is told to stop.
    pub(super) drain_timeout: Duration,
    /// What its door needs to know.
    pub(super) door: DoorSettings,
    /// What changes its answers.
    pub(super) options: Options,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8081".to_owned(),
            database_url: "sqlite:data/regis.db".to_owned(),
            log_format: LogFormat::Auto,
            log_level: LogLevel::INFO,
            drain_timeout: Duration::from_secs(20),
            door: DoorSettings::default(),
            options: Options::default(),
        }
    }
}

/// What a setting is in TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
}

/// One setting.
pub(super) struct Setting {
    /// Its name, as a flag and as a TOML key.
    pub(super) name: &'static str,
    /// What its value is called in the help.
    pub(super) value: &'static str,
    /// Its default.
    pub(super) default: &'static str,
    /// What it does.
    pub(super) help: &'static str,
    /// The setting of Confluent's server that it stands for.
    pub(super) confluent: Option<&'static str>,
    /// What it is in TOML.
    pub(super) shape: Shape,
    /// Reads its text.
    pub(super) apply: fn(&mut ServerConfig, &str) -> Result<(), String>,
}

impl Setting {
    /// The environment variable.
    pub(super) fn variable(&self) -> String {
        format!("REGIS_{}", self.name.to_ascii_uppercase().replace('-', "_"))
    }
}

const fn setting(
    name: &'static str,
    value: &'static str,
    default: &'static str,
    shape: Shape,
    apply: fn(&mut ServerConfig, &str) -> Result<(), String>,
) -> Setting {
    Setting { name, value, default, help: "", confluent: None, shape, apply }
}

impl Setting {
    const fn means(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    const fn stands_for(mut self, confluent: &'static str) -> Self {
        self.confluent = Some(confluent);
        self
    }
}

/// Every setting, in the order of the help.
pub(super) const SETTINGS: &[Setting] = &[
    setting("listen", "HOST:PORT", "127.0.0.1:8081", Text, |config, text| listen(&mut config.listen, text))
        .means("Where to listen")
        .stands_for("listeners"),
    setting("database-url", "URL", "sqlite:data/regis.db", Text, |config, text| {
        database_url(&mut config.database_url, text)
    })
    .means("Where to keep the data: sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME"),
    setting("log-format", "FORMAT", "auto", Text, |config, text| LogFormat::read(&mut config.log_format, text))
        .means("How the log looks: human, json, or auto for human on a terminal and json elsewhere"),
    setting("log-level", "LEVEL", "info", Text, |config, text| LogLevel::read(&mut config.log_level, text))
        .means("What the log tells: off, error, warn, info, debug or trace"),
    setting("drain-timeout", "SECONDS", "20", Number, |config, text| seconds(&mut config.drain_timeout, text))
        .means("How long to wait for requests in flight when told to stop"),
    setting("body-limit", "BYTES", "10000000", Number, |config, text| positive(&mut config.door.body_limit, text))
        .means("Longest request body")
        .stands_for("size.limit.filter.max.request.body.size"),
    setting("request-timeout", "SECONDS", "600", Number, |config, text| {
        patience(&mut config.door.request_timeout, text)
    })
    .means("How long the answer to a request may take")
    .stands_for("request.timeout.ms"),
    setting("max-schema-bytes", "BYTES", "5242880", Number, |config, text| {
        positive(&mut config.options.schema_bytes, text)
    })
    .means("Longest schema text that is read"),
    setting("cache-bytes", "BYTES", "67108864", Number, |config, text| number(&mut config.options.cache_bytes, text))
        .means("Memory for schemas kept near, approximately"),
    setting("transaction-operations", "COUNT", "500", Number, |config, text| {
        positive(&mut config.door.transaction_operations, text)
    })
    .means("Most operations of one POST /transactions"),
    setting("id-max-age", "SECONDS", "3600", Number, |config, text| seconds(&mut config.door.id_max_age, text))
        .means("How long caches may keep what an id or a guid means; 0 for not at all"),
    setting("cluster-id", "NAME", "schema-registry", Text, |config, text| {
        text.clone_into(&mut config.door.cluster_id);
        Ok(())
    })
    .means("Name of this registry, as GET /v1/metadata/id tells it")
    .stands_for("schema.registry.group.id"),
    setting("compatibility-level", "LEVEL", "BACKWARD", Text, |config, text| {
        level(&mut config.options.compatibility_level, text)
    })
    .means("Compatibility level where none is configured")
    .stands_for("schema.compatibility.level"),
    setting("validate-fields", "BOOL", "false", Switch, |config, text| {
        switch(&mut config.options.validate_fields, text)
    })
    .means("Whether reserved fields are checked where nothing is configured")
    .stands_for("schema.validate.fields"),
    setting("validate-new-schemas", "BOOL", "true", Switch, |config, text| {
        switch(&mut config.options.validate_new_schemas, text)
    })
    .means("Whether new schemas are checked more strictly than stored ones where nothing is configured")
    .stands_for("schema.validate.new.schemas"),
    setting("reject-empty-subject", "BOOL", "false", Switch, |config, text| {
        switch(&mut config.options.reject_empty_subject, text)
    })
    .means("Whether registrations under an empty subject and under * are refused")
    .stands_for("schema.reject.empty.subject"),
    setting("strict-reference-versions", "BOOL", "false", Switch, |config, text| {
        switch(&mut config.options.strict_reference_versions, text)
    })
    .means("Whether one reference name may stand for one version only")
    .stands_for("schema.providers.reference.versions.strict"),
    setting("mode-mutability", "BOOL", "true", Switch, |config, text| {
        switch(&mut config.options.mode_mutability, text)
    })
    .means("Whether modes may be changed")
    .stands_for("mode.mutability"),
    setting("associations", "BOOL", "true", Switch, |config, text| switch(&mut config.options.associations, text))
        .means("Whether resources, such as topics, can be associated with subjects")
        .stands_for("associations.enable"),
    setting("rule-sets", "WHAT", "kept", Text, |config, text| rule_sets(&mut config.options.rule_sets, text))
        .means("What becomes of rule sets in requests: kept, or dropped as by Confluent's community server"),
    setting("compression", "BOOL", "true", Switch, |config, text| switch(&mut config.door.compression, text))
        .means("Whether long answers are compressed for clients that ask for it")
        .stands_for("compression.enable"),
    setting("response-headers", "HEADERS", "", Text, |config, text| {
        config.door.extra_headers = ExtraHeaders::parse(text)?;
        Ok(())
    })
    .means("Headers of every answer: set NAME: VALUE, add NAME: VALUE; entries with a comma in quotes")
    .stands_for("response.http.headers.config"),
    setting("cors-origins", "ORIGINS", "", Text, |config, text| {
        config.door.cors.origins = Origins::parse(text)?;
        Ok(())
    })
    .means("Origins whose pages may call, with commas between them, or *; none if empty")
    .stands_for("access.control.allow.origin"),
    setting("cors-methods", "METHODS", "GET,POST,PUT,DELETE,HEAD", Text, |config, text| {
        config.door.cors.methods = http::read_methods(text)?;
        Ok(())
    })
    .means("Methods that pages of those origins may use")
    .stands_for("access.control.allow.methods"),
    setting("cors-headers", "HEADERS", "", Text, |config, text| {
        config.door.cors.headers = http::read_headers(text)?;
        Ok(())
    })
    .means("Headers that pages of those origins may send; any if empty")
    .stands_for("access.control.allow.headers"),
    setting("schema-search-default-limit", "COUNT", "1000", Number, |config, text| {
        positive(&mut config.door.schema_limits.default, text)
    })
    .means("Length of a list of schemas if none is asked for")
    .stands_for("schema.search.default.limit"),
    setting("schema-search-max-limit", "COUNT", "1000", Number, |config, text| {
        positive(&mut config.door.schema_limits.max, text)
    })
    .means("Longest list of schemas that may be asked for")
    .stands_for("schema.search.max.limit"),
    setting("subject-search-default-limit", "COUNT", "2147483647", Number, |config, text| {
        positive(&mut config.door.subject_limits.default, text)
    })
    .means("Length of a list of subjects if none is asked for")
    .stands_for("subject.search.default.limit"),
    setting("subject-search-max-limit", "COUNT", "2147483647", Number, |config, text| {
        positive(&mut config.door.subject_limits.max, text)
    })
    .means("Longest list of subjects that may be asked for")
    .stands_for("subject.search.max.limit"),
    setting("subject-version-search-default-limit", "COUNT", "2147483647", Number, |config, text| {
        positive(&mut config.door.version_limits.default, text)
    })
    .means("Length of a list of versions if none is asked for")
    .stands_for("subject.version.search.default.limit"),
    setting("subject-version-search-max-limit", "COUNT", "2147483647", Number, |config, text| {
        positive(&mut config.door.version_limits.max, text)
    })
    .means("Longest list of versions that may be asked for")
    .stands_for("subject.version.search.max.limit"),
    setting("context-search-default-limit", "COUNT", "2147483647", Number, |config, text| {
        positive(&mut config.door.context_limits.default, text)
    })
    .means("Length of a list of contexts if none is asked for")
    .stands_for("context.search.default.limit"),
    setting("context-search-max-limit", "COUNT", "2147483647", Number, |config, text| {
        positive(&mut config.door.context_limits.max, text)
    })
    .means("Longest list of contexts that may be asked for")
    .stands_for("context.search.max.limit"),
];

fn listen(slot: &mut String, text: &str) -> Result<(), String> {
    let named = text
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && !host.contains([':', '/', ' ']) && port.parse::<u16>().is_ok());
    if named || text.parse::<SocketAddr>().is_ok() {
        text.clone_into(slot);
        return Ok(());
    }
    Err(format!("{text:?} is not an address: write HOST:PORT, such as 127.0.0.1:8081"))
}

/// The text is never quoted: it may hold a password.
fn database_url(slot: &mut String, text: &str) -> Result<(), String> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default();
        if matches!(path, "" | ":memory:") {
            return Err(
                "the value names no file: write sqlite:PATH; a database in memory would forget its ids".to_owned()
            );
        }
        text.clone_into(slot);
        return Ok(());
    }
    if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
        text.clone_into(slot);
        return Ok(());
    }
    Err("the value is not a database: write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
}

fn number<T: FromStr>(slot: &mut T, text: &str) -> Result<(), String> {
    *slot = text.parse().map_err(|_wrong| format!("{text:?} is not a whole number, or too large"))?;
    Ok(())
}

fn positive<T: FromStr + PartialOrd + From<u8>>(slot: &mut T, text: &str) -> Result<(), String> {
    match text.parse::<T>() {
        Ok(value) if value >= T::from(1) => {
            *slot = value;
            Ok(())
        }
        _ => Err(format!("{text:?} is not a whole number from 1, or too large")),
    }
}

fn seconds(slot: &mut Duration, text: &str) -> Result<(), String> {
    let mut count = 0;
    number::<u32>(&mut count, text)?;
    *slot = Duration::from_secs(count.into());
    Ok(())
}

/// Seconds of waiting for somebody else: none at all would refuse everything.
fn patience(slot: &mut Duration, text: &str) -> Result<(), String> {
    let mut count = 0;
    positive::<u32>(&mut count, text)?;
    *slot = Duration::from_secs(count.into());
    Ok(())
}

fn switch(slot: &mut bool, text: &str) -> Result<(), String> {
    *slot = text.parse().map_err(|_wrong| format!("{text:?} is neither true nor false"))?;
    Ok(())
}

fn level(slot: &mut Level, text: &str) -> Result<(), String> {
    *slot = Level::parse(text).ok_or_else(|| {
        format!(
            "{text:?} is not a compatibility level: write NONE, BACKWARD, BACKWARD_TRANSITIVE, FORWARD, \
             FORWARD_TRANSITIVE, FULL or FULL_TRANSITIVE"
        )
    })?;
    Ok(())
}

fn rule_sets(slot: &mut RuleSets, text: &str) -> Result<(), String> {
    *slot = match text {
        "kept" => RuleSets::Kept,
        "dropped" => RuleSets::Dropped,
        _ => return Err(format!("{text:?} is neither kept nor dropped")),
    };
    Ok(())
}

/// Mistakes that no single setting makes.
pub(super) fn contradictions(config: &ServerConfig) -> Vec<String> {
    let limits = [
        ("schema", config.door.schema_limits),
        ("subject", config.door.subject_limits),
        ("subject-version", config.door.version_limits),
        ("context", config.door.context_limits),
    ];
    let wrong = limits.into_iter().filter(|(_, PageLimits { default, max })| default > max);
    wrong
        .map(|(list, PageLimits { default, max })| {
            format!("{list}-search-default-limit is {default}, but {list}-search-max-limit is only {max}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_the_help_are_those_of_the_server() {
        let mut config = ServerConfig::default();
        for setting in SETTINGS {
            (setting.apply)(&mut config, setting.default).unwrap_or_else(|wrong| panic!("{}: {wrong}", setting.name));
            assert_eq!(config, ServerConfig::default(), "{}", setting.name);
        }
    }

    #[test]
    fn addresses_are_hosts_with_ports() {
        for (text, good) in [
            ("127.0.0.1:0", true),
            ("[::1]:8081", true),
            ("localhost:8081", true),
            ("8081", false),
            (":8081", false),
            ("localhost", false),
            ("localhost:70000", false),
            ("http://localhost:8081", false),
        ] {
            assert_eq!(listen(&mut String::new(), text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_sqlite_address_names_a_file() {
        for (text, good) in [
            ("sqlite:a", true),
            ("sqlite:///a/b.db", true),
            ("sqlite:", false),
            ("sqlite://", false),
            ("sqlite:?mode=ro", false),
            ("sqlite::memory:", false),
            ("sqlite://:memory:", false),
        ] {
            assert_eq!(database_url(&mut String::new(), text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_wrong_database_address_is_not_quoted() {
        let wrong = database_url(&mut String::new(), "mysql://me:secret@host/db").expect_err("no such database");
        assert!(!wrong.contains("secret"), "{wrong}");
    }
}
