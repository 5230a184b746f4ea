//! Every setting of the server: its name, default, meaning, and how its text is read.
//!
//! A setting `some-name` is the flag `--some-name`, the variable `REGIS_SOME_NAME` and the TOML key `some-name`.

use std::time::Duration;

use Shape::{Number, Switch, Text};

use super::{
    logs::{LogFormat, LogLevel},
    values::{
        database_url, durability, level, listen, milliseconds, number, patience, positive, rule_sets, seconds, switch,
    },
};
use crate::{
    http::{self, DoorSettings, ExtraHeaders, Origins, PageLimits},
    registry::{Options, Secret},
    store::StoreSettings,
};

/// Everything that a server can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerConfig {
    /// Where it listens: host and port.
    pub(super) listen: String,
    /// Where it keeps its data.
    pub(super) database_url: String,
    /// How the database is reached.
    pub(super) store: StoreSettings,
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
            store: StoreSettings::default(),
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

/// Whether a setting may stand on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flag {
    /// It may.
    Offered,
    /// It may not: everybody on the machine can read command lines.
    Withheld,
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
    /// Whether it is a flag too.
    pub(super) flag: Flag,
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
    Setting { name, value, default, help: "", confluent: None, shape, flag: Flag::Offered, apply }
}

impl Setting {
    const fn means(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    const fn without_flag(mut self) -> Self {
        self.flag = Flag::Withheld;
        self
    }

    const fn stands_for(mut self, confluent: &'static str) -> Self {
        self.confluent = Some(confluent);
        self
    }
}

/// A limit of a list: its length if none is asked for, or the most that may be asked for.
macro_rules! limit {
    (default, $list:literal, $confluent:literal, $what:literal, $limits:ident, $value:literal) => {
        setting(concat!($list, "-search-default-limit"), "COUNT", $value, Number, |config, text| {
            positive(&mut config.door.$limits.default, text)
        })
        .means(concat!("Length of a list of ", $what, " if none is asked for"))
        .stands_for(concat!($confluent, ".search.default.limit"))
    };
    (max, $list:literal, $confluent:literal, $what:literal, $limits:ident, $value:literal) => {
        setting(concat!($list, "-search-max-limit"), "COUNT", $value, Number, |config, text| {
            positive(&mut config.door.$limits.max, text)
        })
        .means(concat!("Longest list of ", $what, " that may be asked for"))
        .stands_for(concat!($confluent, ".search.max.limit"))
    };
}

/// Every setting, in the order of the help.
pub(super) const SETTINGS: &[Setting] = &[
    setting("listen", "HOST:PORT", "127.0.0.1:8081", Text, |config, text| listen(&mut config.listen, text))
        .means("Where to listen")
        .stands_for("listeners"),
    setting("database-url", "URL", "sqlite:data/regis.db", Text, |config, text| {
        database_url(&mut config.database_url, text)
    })
    .means("Where to keep the data: sqlite:PATH or postgres://USER:PASSWORD@HOST[:PORT][,HOST[:PORT]...]/NAME"),
    setting("database-connections", "COUNT", "16", Number, |config, text| {
        positive(&mut config.store.connections, text)
    })
    .means("Connections to PostgreSQL at most; two more take ids"),
    setting("database-connect-timeout", "MILLISECONDS", "1500", Number, |config, text| {
        milliseconds(&mut config.store.connect_timeout, text)
    })
    .means("How long connecting to PostgreSQL may take at the start"),
    setting("database-wait-timeout", "MILLISECONDS", "2000", Number, |config, text| {
        milliseconds(&mut config.store.acquire_timeout, text)
    })
    .means("How long a request waits for a connection to PostgreSQL, or for a read of one moment"),
    setting("write-timeout", "MILLISECONDS", "5000", Number, |config, text| {
        milliseconds(&mut config.store.write_timeout, text)
    })
    .means("How long a write may take before it is answered with 503; its outcome is unknown then"),
    setting("known-id-patience", "MILLISECONDS", "500", Number, |config, text| {
        milliseconds(&mut config.options.known_id_patience, text)
    })
    .means("How long the database may take before an id or guid that was answered before is answered from memory"),
    setting("accept-weak-durability", "WORDS", "", Text, |config, text| {
        durability(&mut config.store.durability, text)
    })
    .means("Accept a PostgreSQL that acknowledges writes before they are safe, in the words: acknowledged writes may be lost"),
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
    setting("metadata-secret", "SECRET", "", Text, |config, text| {
        config.options.secrets.current = Secret::parse(text)?;
        Ok(())
    })
    .without_flag()
    .means("What encrypts the values of sensitive metadata properties on the disk")
    .stands_for("metadata.encoder.secret"),
    setting("metadata-old-secret", "SECRET", "", Text, |config, text| {
        config.options.secrets.old = Secret::parse(text)?;
        Ok(())
    })
    .without_flag()
    .means("The secret before; what it encrypted is encrypted anew at the start")
    .stands_for("metadata.encoder.old.secret"),
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
    limit!(default, "schema", "schema", "schemas", schema_limits, "1000"),
    limit!(max, "schema", "schema", "schemas", schema_limits, "1000"),
    limit!(default, "subject", "subject", "subjects", subject_limits, "2147483647"),
    limit!(max, "subject", "subject", "subjects", subject_limits, "2147483647"),
    limit!(default, "subject-version", "subject.version", "versions", version_limits, "2147483647"),
    limit!(max, "subject-version", "subject.version", "versions", version_limits, "2147483647"),
    limit!(default, "context", "context", "contexts", context_limits, "2147483647"),
    limit!(max, "context", "context", "contexts", context_limits, "2147483647"),
];

/// Mistakes that no single setting makes.
pub(super) fn contradictions(config: &ServerConfig) -> Vec<String> {
    let limits = [
        ("schema", config.door.schema_limits),
        ("subject", config.door.subject_limits),
        ("subject-version", config.door.version_limits),
        ("context", config.door.context_limits),
    ];
    let secrets = &config.options.secrets;
    let lonely = (secrets.current.is_none() && secrets.old.is_some())
        .then(|| "metadata-old-secret is given, but no metadata-secret".to_owned());
    let wrong = limits.into_iter().filter(|(_, PageLimits { default, max })| default > max);
    wrong
        .map(|(list, PageLimits { default, max })| {
            format!("{list}-search-default-limit is {default}, but {list}-search-max-limit is only {max}")
        })
        .chain(lonely)
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
}
