//! `regis decode`: turns messages in Kafka's wire format into lines of JSON.

use std::{
    collections::HashMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::Value;

use super::{
    answer, complain,
    exit::Exit,
    fetched::Fetched,
    locator::Locator,
    messages::{self, Framing, Message, Unreadable, Writer},
    problems::trouble,
    remote::{self, Failure, RegistryOption},
    workspace,
};
use crate::{
    client::Client,
    model::SchemaKind,
    schema::{Instance, Schema, Strictness, Violation},
};

/// What the command line says.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regis decode message.bin\n  kcat -C -t orders -e -f '%R%s' | regis decode --input length\n  \
                        regis decode --input base64 --schema orders.avsc < lines.txt"
)]
pub(super) struct Arguments {
    /// File with the messages [default: the standard input]
    file: Option<PathBuf>,
    #[command(flatten)]
    registry: RegistryOption,
    /// How messages follow each other [default: one]
    #[arg(long, value_enum, default_value_t = Framing::One, hide_default_value = true)]
    input: Framing,
    /// Schema of all messages, in a file; no registry is asked
    #[arg(long, value_name = "FILE", conflicts_with_all = ["schema_of", "context"])]
    schema: Option<PathBuf>,
    /// Messages have no head: this is their schema (id:N, guid:G or SUBJECT@VERSION)
    #[arg(long, value_name = "SCHEMA")]
    schema_of: Option<Locator>,
    /// Context in which ids are looked for
    #[arg(long, value_name = "CONTEXT")]
    context: Option<String>,
}

/// Which schema wrote a message.
enum Schemas {
    /// The one that the message names at its head; those that were not found are remembered too.
    Named(HashMap<Writer, Result<Schema, String>>),
    /// This one, whatever the head says.
    Given(Schema),
    /// This one; there is no head.
    Bare(Schema),
}

/// Decodes everything.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(decode(arguments))
}

async fn decode(arguments: &Arguments) -> Result<Exit, Failure> {
    let input = input(arguments.file.as_deref())?;
    let found = messages::split(&input, arguments.input);
    let schemas = schemas(arguments, &found).await?;
    let mut exit = Exit::Fine;
    for (number, found) in (1..).zip(found) {
        let outcome = match found {
            Ok(message) => schemas.decode(&message.bytes).map_err(|why| (message.at, why)),
            Err(unreadable) => Err((unreadable.at, unreadable.why)),
        };
        match outcome {
            Ok(value) => answer(&format!("{value}\n")),
            Err((at, why)) => {
                complain(&format!("message {number}, at byte {at}: {why}"));
                exit = Exit::Findings;
            }
        }
    }
    Ok(exit)
}

fn input(file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = match file {
        Some(path) => fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
        None => io::stdin().lock().read_to_end(&mut bytes),
    };
    let name = file.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    read.map(|_| bytes).map_err(|error| Failure::usage(format!("{name}: {error}")))
}

async fn schemas(arguments: &Arguments, found: &[Result<Message, Unreadable>]) -> Result<Schemas, Failure> {
    if let Some(file) = &arguments.schema {
        return local(file).map(Schemas::Given);
    }
    let (_, configuration) = workspace::configured(".".as_ref(), None)?;
    let client = arguments.registry.open(&configuration)?;
    let fetched = Fetched::from(&client);
    if let Some(locator) = &arguments.schema_of {
        return fetch(&client, &fetched, locator).await.map(Schemas::Bare);
    }
    let mut known = HashMap::new();
    for (writer, _) in found.iter().flatten().filter_map(|message| messages::writer(&message.bytes).ok()) {
        if known.contains_key(&writer) {
            continue;
        }
        let locator = match writer {
            Writer::Id(id) => Locator::Id { id, context: arguments.context.as_deref().map(qualified) },
            Writer::Guid(guid) => Locator::Guid(guid.to_string()),
        };
        let schema = match fetch(&client, &fetched, &locator).await {
            Ok(schema) => Ok(schema),
            // One message of a stranger does not hide the others.
            Err(failure) if failure.exit == Exit::Findings => Err(failure.sentences.join("; ")),
            Err(failure) => return Err(failure),
        };
        known.insert(writer, schema);
    }
    Ok(Schemas::Named(known))
}

/// A context as the registry names it: `:.team:`.
fn qualified(context: &str) -> String {
    format!(":.{}:", context.trim_matches([':', '.']))
}

async fn fetch(client: &Client, fetched: &Fetched<'_>, locator: &Locator) -> Result<Schema, Failure> {
    let stored = locator.find(client, None).await?;
    let dependencies = fetched.dependencies(&stored.subject, stored.references()).await?;
    let schema = Schema::parse(stored.kind(), &stored.schema, &dependencies, Strictness::Stored);
    schema.map_err(|error| Failure::new(Exit::Findings, format!("{locator}: {error}")))
}

/// The schema of a file, with what it refers to in the files around it.
fn local(file: &Path) -> Result<Schema, Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(".".as_ref());
    let (root, _, workspace) = workspace::load(folder, None)?;
    let name = root.relative(file)?;
    let wrong = |why: String| Failure::usage(format!("{}: {why}", file.display()));
    let found = workspace.schemas.iter().find(|schema| schema.file == name);
    let schema = found.ok_or_else(|| {
        let problem = workspace.problems.iter().find(|problem| problem.file == name);
        wrong(problem.map_or_else(|| "it is no schema by its name".to_owned(), trouble))
    })?;
    let dependencies = workspace.dependencies(schema, &|_| Vec::new());
    Schema::parse(schema.kind, &schema.text, &dependencies, Strictness::Stored)
        .map_err(|error| wrong(error.to_string()))
}

impl Schemas {
    fn decode(&self, message: &[u8]) -> Result<Value, String> {
        match self {
            Self::Named(known) => {
                let (writer, payload) = messages::writer(message)?;
                let schema = known.get(&writer).expect("every head was looked at").as_ref().map_err(Clone::clone)?;
                value(schema, payload).map_err(|why| format!("{writer}: {why}"))
            }
            Self::Given(schema) => value(schema, messages::writer(message)?.1),
            // The indexes that name a Protobuf message travel with the head; without one it is the first message.
            Self::Bare(schema) if schema.kind() == SchemaKind::Protobuf => value(schema, &[&[0], message].concat()),
            Self::Bare(schema) => value(schema, message),
        }
    }
}

fn value(schema: &Schema, payload: &[u8]) -> Result<Value, String> {
    let outcome = schema.conforms(&Instance::Binary(payload));
    outcome.map_err(|error| format!("the schema cannot be used: {error}"))?.map_err(|violations| {
        let sentence = |violation: Violation| match violation.path.as_str() {
            "" => violation.message,
            path => format!("{path}: {}", violation.message),
        };
        violations.into_iter().map(sentence).collect::<Vec<_>>().join("; ")
    })
}
