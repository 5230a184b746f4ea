//! `regis get`: prints one schema of a registry, byte for byte.

use std::io::{self, IsTerminal as _};

use clap::{Args, ValueEnum};

use super::{
    answer,
    exit::Exit,
    locator::Locator,
    remote::{self, Failure, RegistryOption},
    workspace,
};
use crate::model::SchemaKind;

/// What the command line says.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  regis get orders-value\n  regis get orders-value@3 -o json\n  regis get id:42 --resolved"
)]
pub(super) struct Arguments {
    /// What to print: SUBJECT, SUBJECT@VERSION, id:N (`id::.context:N`) or guid:G
    schema: Locator,
    #[command(flatten)]
    registry: RegistryOption,
    /// Form of the text: resolved (Avro), serialized or `ignore_extensions` (Protobuf)
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true)]
    format: Option<Format>,
    /// Every referenced type inside the text (Avro); the same as --format resolved
    #[arg(long, conflicts_with = "format")]
    resolved: bool,
    /// text: the schema alone, byte for byte; json: everything that is known of it
    #[arg(long, short = 'o', value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Format {
    Resolved,
    Serialized,
    IgnoreExtensions,
}

impl Format {
    /// The registry's word for it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Serialized => "serialized",
            Self::IgnoreExtensions => "ignore_extensions",
        }
    }

    /// The language that has it.
    fn kind(self) -> SchemaKind {
        match self {
            Self::Resolved => SchemaKind::Avro,
            Self::Serialized | Self::IgnoreExtensions => SchemaKind::Protobuf,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    Text,
    Json,
}

/// Prints the schema.
pub(super) fn run(arguments: &Arguments) -> Exit {
    remote::run(print(arguments))
}

async fn print(arguments: &Arguments) -> Result<Exit, Failure> {
    let (_, configuration) = workspace::configured(".".as_ref(), None)?;
    let client = arguments.registry.open(&configuration)?;
    let format = if arguments.resolved { Some(Format::Resolved) } else { arguments.format };
    let found = arguments.schema.find(&client, format.map(Format::as_str)).await?;
    // A registry ignores a format that the language does not have.
    if let Some(format) = format.filter(|format| format.kind() != found.kind()) {
        let (format, kind, found) = (format.as_str(), format.kind(), found.kind());
        let schema = &arguments.schema;
        return Err(Failure::usage(format!("the format {format} is one of {kind}, and {schema} is {found}")));
    }
    match arguments.output {
        Output::Text => {
            answer(&found.schema);
            // A prompt right behind the text helps nobody; a file gets the bytes and nothing else.
            if io::stdout().is_terminal() {
                answer("\n");
            }
        }
        Output::Json => {
            let text = serde_json::to_string_pretty(&found).expect("a schema is JSON");
            answer(&format!("{text}\n"));
        }
    }
    Ok(Exit::Fine)
}
