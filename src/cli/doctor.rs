//! `regis doctor`: tells what stands between this machine and a registry, line by line.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal as _},
    net::ToSocketAddrs as _,
    time::{Duration, SystemTime},
};

use clap::Args;

use super::{
    answer,
    exit::Exit,
    remote::{self, Failure, RegistryOption},
    report::counted,
    workspace,
};
use crate::client::{Client, Credentials, Error, Lookup, Seen, Url};

/// A clock that is off by more makes tokens and certificates fail.
const SKEW: Duration = Duration::from_secs(30);
/// An answer that takes longer makes every build slow.
const SLOW: Duration = Duration::from_millis(500);
/// How often the latency is measured.
const MEASURED: usize = 5;

/// What the command line says.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  regis doctor --registry https://registry.example.com\n\n\
                  It only reads. Exit code 0: usable; 1: with warnings or faults; 3: not reachable or not allowed.")]
pub(super) struct Arguments {
    #[command(flatten)]
    registry: RegistryOption,
}

/// How a line turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Health {
    Ok,
    Warn,
    Fail,
}

/// The lines so far.
#[derive(Debug, Default)]
struct Report {
    lines: Vec<(Health, &'static str, String)>,
}

impl Report {
    fn ok(&mut self, what: &'static str, found: impl Into<String>) {
        self.lines.push((Health::Ok, what, found.into()));
    }

    fn warn(&mut self, what: &'static str, found: impl Into<String>) {
        self.lines.push((Health::Warn, what, found.into()));
    }

    fn fail(&mut self, what: &'static str, found: impl Into<String>) {
        self.lines.push((Health::Fail, what, found.into()));
    }

    fn print(&self) {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let mut text = String::new();
        for (health, what, found) in &self.lines {
            let (word, code) = match health {
                Health::Ok => ("ok", 32),
                Health::Warn => ("warn", 33),
                Health::Fail => ("FAIL", 31),
            };
            let word = format!("{word:4}");
            let word = if colour { format!("\x1b[{code}m{word}\x1b[0m") } else { word };
            let _never_fails = writeln!(text, "{word}  {what:10}  {found}");
        }
        let count = |wanted| self.lines.iter().filter(|(health, ..)| *health == wanted).count();
        let verdict = match (count(Health::Fail), count(Health::Warn)) {
            (0, 0) => "nothing stands in the way".to_owned(),
            (0, warnings) => counted(warnings, "warning"),
            (faults, 0) => counted(faults, "fault"),
            (faults, warnings) => format!("{}, {}", counted(faults, "fault"), counted(warnings, "warning")),
        };
        let _never_fails = writeln!(text, "\n{verdict}");
        answer(&text);
    }
}

/// Examines the registry.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(examine(arguments))
}

async fn examine(arguments: &Arguments) -> Result<Exit, Failure> {
    let (_, configuration) = workspace::configured(".".as_ref(), None)?;
    let client = arguments.registry.open(&configuration)?;
    let mut report = Report::default();
    addresses(&client, &mut report);
    account(&client, &mut report);
    let exit = match reached(&client, &mut report).await {
        Ok(()) => {
            server(&client, &mut report).await;
            features(&client, &mut report).await;
            rights(&client, &mut report).await
        }
        Err(error) => {
            report.fail("answer", advice(&error));
            Exit::Unreachable
        }
    };
    report.print();
    let worst = report.lines.iter().map(|(health, ..)| *health).max();
    Ok(if exit == Exit::Fine && worst > Some(Health::Ok) { Exit::Findings } else { exit })
}

fn addresses(client: &Client, report: &mut Report) {
    for url in &client.connection().addresses {
        report.ok("address", url.as_str().trim_end_matches('/'));
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { continue };
        let host = host.trim_matches(['[', ']']);
        match (host, port).to_socket_addrs() {
            Ok(found) => {
                let mut found: Vec<String> = found.map(|address| address.ip().to_string()).collect();
                found.dedup();
                report.ok("name", format!("{host} is {}", found.join(", ")));
            }
            Err(error) => {
                report.fail("name", format!("{host} is not known here ({error}); behind a proxy that may be right"));
            }
        }
        match url.scheme() {
            "https" => report.ok("tls", "https: encrypted, and the server must show a certificate for this name"),
            _ if is_near(host) => report.ok("tls", "not encrypted, on this machine only"),
            _ => report.warn("tls", "not encrypted: passwords and schemas can be read on the way; use https"),
        }
    }
}

fn is_near(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn account(client: &Client, report: &mut Report) {
    let connection = client.connection();
    let certificate = if connection.identity.is_some() { ", with a client certificate" } else { "" };
    match &connection.credentials {
        Some(Credentials::Basic { user, password }) if password.is_empty() => report.warn(
            "account",
            format!("user {user} without a password{certificate}: set REGIS_REGISTRY_PASSWORD or REGIS_REGISTRY_PASSWORD_FILE"),
        ),
        Some(Credentials::Basic { user, .. }) => report.ok("account", format!("user {user}{certificate}")),
        Some(Credentials::Bearer(_)) => report.ok("account", format!("bearer token{certificate}")),
        None => report.ok("account", format!("none{certificate}")),
    }
}

async fn reached(client: &Client, report: &mut Report) -> Result<(), Error> {
    let first = client.probe().await?;
    report.ok("answer", format!("{} is a schema registry", printed(&first.address)));
    if let Some(date) = first.date {
        let now = SystemTime::now();
        let skew = now.duration_since(date).or_else(|_| date.duration_since(now)).unwrap_or_default();
        if skew > SKEW {
            let seconds = skew.as_secs();
            report.warn(
                "clock",
                format!("this clock and the server's differ by {seconds} s; tokens and certificates may fail"),
            );
        } else {
            report.ok("clock", "this clock and the server's agree");
        }
    }
    let mut times = Vec::new();
    for _ in 0..MEASURED {
        times.push(client.probe().await?.took);
    }
    times.sort();
    let (middle, longest) = (times[MEASURED / 2], times[MEASURED - 1]);
    let found = format!("{:.1} ms in the middle, {:.1} ms at most, of {MEASURED}", millis(middle), millis(longest));
    report.lines.push((if middle > SLOW { Health::Warn } else { Health::Ok }, "latency", found));
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

fn printed(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

async fn server(client: &Client, report: &mut Report) {
    let kind = client.kind().await;
    match (client.server_version().await, kind) {
        (Ok(Some(version)), kind) => report.ok("server", format!("{kind} {version}")),
        (Ok(None), kind) => report.ok("server", format!("{kind}, which does not tell its version")),
        (Err(error), _) => report.warn("server", advice(&error)),
    }
    match client.languages().await {
        Ok(mut languages) => {
            languages.sort();
            report.ok("languages", languages.join(", "));
        }
        Err(error) => report.warn("languages", advice(&error)),
    }
}

async fn features(client: &Client, report: &mut Report) {
    match client.features().await {
        Ok(features) if features.transactions => {
            report.ok("features", "transactions, heads (ETag) and dry runs: plan and apply are exact");
        }
        Ok(_) => report.ok(
            "features",
            "no transactions: register and apply work one schema at a time, and look again just before each",
        ),
        Err(error) => report.warn("features", advice(&error)),
    }
}

/// What may be read; whether one may write shows only when writing.
async fn rights(client: &Client, report: &mut Report) -> Exit {
    let subjects = client.subjects(None, Seen::Live).await.map(|names| counted(names.len(), "subject"));
    let level = client.config(None, Lookup::Exact).await.map(|config| {
        let level = config.and_then(|config| config.compatibility_level);
        level.map_or_else(|| "none is set".to_owned(), |level| level.to_string())
    });
    let mode = client.mode(None, Lookup::Exact).await.map(|mode| match mode {
        Some(mode) if mode.is_read_only() => format!("{mode}: nothing can be registered"),
        Some(mode) => mode.to_string(),
        None => "none is set".to_owned(),
    });
    let mut exit = Exit::Fine;
    for (what, outcome) in [("subjects", subjects), ("level", level), ("mode", mode)] {
        match outcome {
            Ok(found) if found.contains("nothing can be") => report.warn(what, found),
            Ok(found) => report.ok(what, found),
            Err(error) if error.is_unknown() => report.warn(what, "the server has no such endpoint"),
            Err(error) => {
                report.fail(what, advice(&error));
                exit = Exit::Unreachable;
            }
        }
    }
    exit
}

/// An error with what can be done about it.
fn advice(error: &Error) -> String {
    let sentence = error.to_string();
    let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
    let advice = match error {
        Error::Refused { status: 401, .. } => {
            "user, password or token are wrong or missing: REGIS_REGISTRY_USER and REGIS_REGISTRY_PASSWORD, or REGIS_REGISTRY_TOKEN"
        }
        Error::Refused { status: 403, .. } => "the account is known but may not do this; ask who runs the registry",
        Error::Proxy { .. } => "it may want an account: http://USER:PASSWORD@PROXY in HTTPS_PROXY",
        Error::Refused { status: 404, code: 404, request, .. } => {
            return format!("the server does not know {request}; a registry may be below another path of this address");
        }
        Error::Unreachable { .. } if has(&["UnknownIssuer", "unknown issuer"]) => {
            "the server's certificate is from an authority that is not known here: name its PEM file in REGIS_REGISTRY_CA"
        }
        Error::Unreachable { .. } if has(&["NotValidForName", "not valid for name"]) => {
            "the certificate is for another host name than this address"
        }
        Error::Unreachable { .. } if has(&["CertificateRequired", "certificate required"]) => {
            "the server wants a client certificate: REGIS_REGISTRY_CERT and REGIS_REGISTRY_KEY"
        }
        Error::Unreachable { .. } if has(&["corrupt message", "InvalidContentType"]) => {
            "the server does not speak https there; is it http, or is the port another one?"
        }
        Error::Unreachable { .. } if has(&["certificate", "Certificate"]) => {
            "TLS fails; are the certificates still valid?"
        }
        Error::Unreachable { .. } if has(&["refused"]) => {
            "nothing listens there; is the port right, and does the server run?"
        }
        Error::Unreachable { .. } => "check the address, the network, and HTTPS_PROXY or NO_PROXY",
        Error::TimedOut { .. } => "a firewall may drop the packets; REGIS_REGISTRY_TIMEOUT gives it more time",
        _ => return sentence,
    };
    format!("{sentence}; {advice}")
}
