//! Protobuf: parsing, canonical and normal texts, descriptors and differences.

mod builtin;
mod change;
mod compare;
pub mod data;
mod declarations;
mod decode;
mod descriptor;
mod encode;
mod fields;
mod find;
mod integrity;
mod lexer;
mod mentions;
mod names;
mod normal;
mod options;
mod pairs;
mod parser;
mod printer;
mod scalar;
mod settings;
mod strict;
mod stripped;
mod tags;
#[cfg(test)]
mod tests;
mod tree;
mod violations;
mod wire;

use base64::Engine as _;
use prost::Message as _;

use self::change::Change;
use self::encode::Style;
use self::names::{MAIN, Names};
use self::pairs::{Sides, Types};
use self::tree::File;
pub use self::{
    declarations::{Declaration, Declared, declarations},
    find::{find, find_word},
    mentions::mentions,
    violations::{Law, Violation, violations},
};
use super::{Difference, Direction, ParseError, Place, Referenced, Spot, Strictness, TooComplex};

/// Longest text that is read, in bytes.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// How far the fields of a schema are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldCheck {
    /// Every type name must mean something.
    Skip,
    /// A complete descriptor must build.
    Strict,
}

/// A Protobuf schema and the schemas it refers to.
#[derive(Debug, Clone)]
pub struct Schema {
    file: File,
    text: String,
    /// The files referred to, by import name.
    references: Vec<(String, File)>,
}

impl Schema {
    /// Parses `.proto` text, or the base64 of a serialized `FileDescriptorProto`.
    ///
    /// References come with their dependencies before them; their names are import paths. The reference parses new and
    /// stored schemas alike, so the strictness does not matter.
    pub fn parse(text: &str, references: &[Referenced], _strictness: Strictness) -> Result<Self, ParseError> {
        let file = read(text)?;
        let mut files = Vec::with_capacity(references.len());
        for (number, reference) in references.iter().enumerate() {
            let file = read(&reference.text).map_err(|error| {
                let message = format!("reference {} is not a Protobuf schema: {error}", reference.name);
                ParseError { message, ..error }.in_reference(number)
            })?;
            files.push((reference.name.clone(), file));
        }
        let text = printer::print(&file)?;
        Ok(Self { file, text, references: files })
    }

    /// Checks that types resolve, and on demand whatever protoc would check.
    pub fn validate(&self, fields: FieldCheck) -> Result<(), ParseError> {
        normal::normalize(&self.file, &self.names())?;
        match fields {
            FieldCheck::Skip => Ok(()),
            FieldCheck::Strict => strict::build(&self.file, &self.references).map(|_| ()),
        }
    }

    /// The canonical text.
    pub fn canonical(&self) -> String {
        self.text.clone()
    }

    /// The same schema in normal form; fails if a type cannot be resolved.
    pub fn normalized(&self) -> Result<Self, ParseError> {
        let file = normal::normalize(&self.file, &self.names())?;
        let text = printer::print(&file)?;
        Ok(Self { file, text, references: self.references.clone() })
    }

    /// Whether both have the same canonical text.
    pub fn equivalent(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// `format=serialized`: base64 of the serialized `FileDescriptorProto`.
    pub fn serialized(&self) -> Result<String, ParseError> {
        let names = self.names();
        integrity::check(&self.file, &self.references, &names)?;
        let importable = encode::importable(&self.references);
        let descriptor = encode::encode("default", &self.file, &names, &importable, Style::Written)?;
        Ok(base64::engine::general_purpose::STANDARD.encode(descriptor.encode_to_vec()))
    }

    /// `format=ignore_extensions`: the canonical text without extensions and custom options, Confluent's excepted.
    pub fn without_extensions(&self) -> String {
        // Less than a text that was not too large cannot be too large.
        printer::print(&stripped::without_extensions(&self.file)).unwrap_or_default()
    }

    /// All differences between a reader and the writer of its data, in the reference's order.
    pub fn differences(reader: &Self, writer: &Self, direction: Direction) -> Result<Vec<Difference>, TooComplex> {
        let (original, update) = (writer.names(), reader.names());
        let sides = Sides { original: &original, update: &update };
        let mut differences = Vec::new();
        if writer.file.package != reader.file.package {
            differences.push(Change::PackageChanged.at("#/".to_owned(), [MAIN; 2], direction));
        }
        let found =
            compare::compare(&sides, Types::of_file(&original, &writer.file), Types::of_file(&update, &reader.file))?;
        differences.extend(found.into_iter().map(|(change, path, files)| change.at(path, files, direction)));
        Ok(differences)
    }

    /// Where a spot of a difference is in the text, or in that of a reference; none for a built-in file.
    pub fn place(&self, spot: &Spot) -> Option<Place> {
        let reference = spot.node.checked_sub(1).map(|number| number as usize);
        let is_given = reference.is_none_or(|number| number < self.references.len());
        is_given.then(|| Place { reference, pointer: spot.tail.clone() })
    }

    /// The fields of all top-level messages, for the check of reserved names.
    pub fn top_level_fields(&self) -> Vec<&str> {
        let messages = self.spoken_for().messages.iter();
        messages.flat_map(|message| message.all_fields().map(|field| field.name.as_str())).collect()
    }

    /// The full name of the first message, or else of the first enum.
    pub fn name(&self) -> Option<String> {
        let file = self.spoken_for();
        let messages = file.messages.first().map(|message| &message.name);
        let name = messages.or_else(|| file.enums.first().map(|declared| &declared.name))?;
        Some(file.package.as_ref().map_or_else(|| name.clone(), |package| format!("{package}.{name}")))
    }

    /// The file itself or, if it is nothing but one public import, the imported file.
    fn spoken_for(&self) -> &File {
        let file = &self.file;
        let empty = file.messages.is_empty() && file.enums.is_empty() && file.imports.is_empty();
        match file.public_imports.as_slice() {
            [import] if empty => {
                let mut files = self.references.iter().chain(builtin::files());
                files.find(|(name, _)| name == import).map_or(file, |(_, imported)| imported)
            }
            _ => file,
        }
    }

    fn names(&self) -> Names<'_> {
        Names::new(&self.file, &self.references)
    }
}

fn read(text: &str) -> Result<File, ParseError> {
    if text.len() > MAX_TEXT {
        return Err(ParseError::new(format!("longer than {MAX_TEXT} bytes")));
    }
    parser::parse(text).or_else(|error| match decode::base64(text) {
        // What was decoded must be writable: its text is what will be stored.
        Some(decoded) => parser::parse(&decoded?),
        None => Err(error),
    })
}
