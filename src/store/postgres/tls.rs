//! How connections to PostgreSQL are protected: the parameters of its address, and failures in words that name them.

use std::{env, fs, io::ErrorKind, str::FromStr as _};

use percent_encoding::percent_decode_str;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Names of parameters that mean the same; the first one is shown. The last is the variable that stands in for them.
const MODE: [&str; 3] = ["sslmode", "ssl-mode", "PGSSLMODE"];
const ROOT: [&str; 4] = ["sslrootcert", "ssl-root-cert", "ssl-ca", "PGSSLROOTCERT"];
const CERTIFICATE: [&str; 3] = ["sslcert", "ssl-cert", "PGSSLCERT"];
const KEY: [&str; 3] = ["sslkey", "ssl-key", "PGSSLKEY"];
/// The other parameters of an address.
const OTHERS: [&str; 9] = [
    "options",
    "application_name",
    "user",
    "password",
    "dbname",
    "host",
    "hostaddr",
    "port",
    "statement-cache-capacity",
];

/// What an address says about TLS.
#[derive(Debug, Clone)]
pub(super) struct Protection {
    mode: String,
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl Protection {
    /// Reads the parameters of an address and looks into the files that they name; all mistakes are told at once.
    pub(super) fn of(url: &str) -> Result<Self, String> {
        let given = parameters(url);
        let mut mistakes: Vec<String> = given.iter().filter_map(|(name, _)| unknown(name)).collect();
        let value = |names: &[&str]| {
            let found = given.iter().rev().find(|(name, _)| names.contains(&name.as_str()));
            let variable = || names.last().and_then(|name| env::var(name).ok());
            found.map(|(_, value)| value.clone()).or_else(variable).filter(|value| !value.is_empty())
        };
        let protection = Self {
            mode: value(&MODE).unwrap_or_else(|| "prefer".to_owned()),
            root: value(&ROOT),
            certificate: value(&CERTIFICATE),
            key: value(&KEY),
        };
        mistakes.extend(protection.mistakes());
        if mistakes.is_empty() { Ok(protection) } else { Err(mistakes.join("; ")) }
    }

    fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mode = PgSslMode::from_str(&self.mode);
        // It would be the same as `disable`.
        if mode.is_err() || matches!(mode, Ok(PgSslMode::Allow)) {
            let mode = &self.mode;
            mistakes.push(format!(
                "sslmode={mode} is not offered: write disable, prefer, require, verify-ca or verify-full"
            ));
        }
        let files = [
            (&ROOT[0], &self.root, "CERTIFICATE-----", "certificate"),
            (&CERTIFICATE[0], &self.certificate, "CERTIFICATE-----", "certificate"),
            (&KEY[0], &self.key, "PRIVATE KEY-----", "private key"),
        ];
        for (name, path, mark, what) in files {
            let Some(path) = path else { continue };
            match text_of(path) {
                Err(error) => mistakes.push(format!("{name}: cannot read {path}: {error}")),
                Ok(text) if !text.contains(mark) => {
                    mistakes.push(format!("{name}: there is no {what} in {}", shown(path)));
                }
                Ok(_) => {}
            }
        }
        if self.certificate.is_some() != self.key.is_some() {
            mistakes.push("sslcert and sslkey belong together, and one of them is not given".to_owned());
        }
        mistakes
    }

    /// Applies what the driver would understand in another way.
    pub(super) fn applied(&self, options: PgConnectOptions) -> PgConnectOptions {
        // Who names an authority wants it to be asked; `libpq` takes it so, too.
        match options.get_ssl_mode() {
            PgSslMode::Require if self.root.is_some() => options.ssl_mode(PgSslMode::VerifyCa),
            _ => options,
        }
    }

    /// Why a connection could not be made, with the settings that have to do with it.
    pub(super) fn explained(&self, error: &sqlx::Error) -> String {
        match error {
            sqlx::Error::Configuration(why) => why.to_string(),
            sqlx::Error::Tls(why) => self.refused(&why.to_string()),
            // So the driver tells what TLS did not like.
            sqlx::Error::Io(why) if why.kind() == ErrorKind::InvalidData => self.refused(&why.to_string()),
            sqlx::Error::Database(told) => {
                let told = told.message();
                let concerned = ["no encryption", "SSL encryption", "SSL off", "SSL on", "certificate"];
                if concerned.iter().any(|word| told.contains(word)) { self.refused(told) } else { error.to_string() }
            }
            _ => error.to_string(),
        }
    }

    fn refused(&self, why: &str) -> String {
        let files = [(ROOT[0], &self.root), (CERTIFICATE[0], &self.certificate), (KEY[0], &self.key)];
        let mut settings = vec![format!("sslmode={}", self.mode)];
        for (name, value) in files {
            settings.extend(value.as_ref().map(|value| format!("{name}={}", shown(value))));
        }
        let settings = settings.join(", ");
        let advice = match &self.root {
            _ if why.contains("no encryption") => " (the server wants TLS: sslmode=require or stronger)",
            None if why.contains("UnknownIssuer") => " (sslrootcert names the file of the authority to be trusted)",
            Some(_) if why.contains("UnknownIssuer") => " (no authority in sslrootcert has issued the certificate)",
            _ if self.certificate.is_none() && why.contains("client certificate") => " (sslcert and sslkey name it)",
            _ => "",
        };
        format!("{settings}: {why}{advice}")
    }
}

/// Names and values after the question mark of an address.
fn parameters(url: &str) -> Vec<(String, String)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// The driver would pass over what it does not know, also where that is meant to protect.
fn unknown(name: &str) -> Option<String> {
    let known = [&MODE[..2], &ROOT[..3], &CERTIFICATE[..2], &KEY[..2], &OTHERS[..]].concat();
    let known = known.contains(&name) || name.starts_with("options[") || name == "target_session_attrs";
    (!known).then(|| format!("the parameter {name} of the address is not offered"))
}

/// A file, or a text that stands in its place.
fn text_of(path: &str) -> std::io::Result<String> {
    if is_inline(path) {
        return Ok(path.to_owned());
    }
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn is_inline(value: &str) -> bool {
    value.trim().starts_with("-----BEGIN")
}

fn shown(value: &str) -> &str {
    if is_inline(value) { "(a text)" } else { value }
}
