//! JSON Schema: loading, canonical text, validity and compatibility, without ever leaving the process.

mod canonical;
mod classic;
pub mod data;
mod decimal;
mod dialect;
mod diff;
mod documents;
mod java_pattern;
mod join;
mod keywords;
mod loader;
mod mentions;
mod metaschemas;
mod modern;
mod occurrences;
mod pattern;
mod places;
mod shape;
mod tags;
mod tree;
mod uri;

use std::sync::{Arc, OnceLock};

pub use self::mentions::mentions;
use self::{
    canonical::KeyOrder,
    documents::Documents,
    keywords::LoadError,
    loader::Loader,
    tree::{NodeId, Tree},
};
use super::{
    Difference, Direction, ParseError, Place, Policy, Referenced, Spot, Strictness, TooComplex,
    document::{self, Dialect, Node, Object, Value},
};

/// A JSON Schema document with the documents that it refers to.
#[derive(Debug, Clone)]
pub struct Schema {
    /// `None` for a text without any value.
    root: Option<Arc<Node>>,
    references: Arc<[(String, Node)]>,
    loaded: OnceLock<Result<Arc<Tree>, LoadFailure>>,
}

/// Whether property names that the field rules reserve are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum FieldCheck {
    /// All names are accepted.
    #[default]
    Skip,
    /// Names of top-level properties must not start with `$$`.
    Strict,
}

/// Why a document does not load as a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LoadFailure {
    Invalid(ParseError),
    /// The URI that would have to be fetched, and what is said then.
    Remote(String, ParseError),
}

fn read(text: &str) -> Result<Node, ParseError> {
    Node::parse(text, Dialect::JsonSchema)
        .map_err(|error| ParseError::at(error.at, format!("Invalid JSON schema: {error}")))
}

impl Schema {
    /// Reads a document; whether it is a schema is for [`Schema::validate`] to say.
    ///
    /// `references` come dependencies first; their names are the URIs that `$ref`s use. JSON Schema is read alike
    /// whether it is new or stored.
    pub fn parse(text: &str, references: &[Referenced], _strictness: Strictness) -> Result<Self, ParseError> {
        let blank = text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        let root = if blank { None } else { Some(Arc::new(read(text)?)) };
        let references = references.iter().enumerate().map(|(number, referenced)| {
            let node = Node::parse(&referenced.text, Dialect::JsonSchema);
            let wrong = |at, why: String| ParseError::at(at, why).in_reference(number);
            let node = node.map_err(|error| wrong(error.at, format!("reference '{}': {error}", referenced.name)))?;
            Ok((referenced.name.clone(), node))
        });
        Ok(Self { root, references: references.collect::<Result<_, ParseError>>()?, loaded: OnceLock::new() })
    }

    /// Checks that the document is a schema: its root, its keywords, its `$ref`s and its regular expressions.
    pub fn validate(&self, fields: FieldCheck) -> Result<(), ParseError> {
        self.load().map_err(LoadFailure::to_error)?;
        let reserved = |name: &&str| name.starts_with("$$");
        if fields == FieldCheck::Strict && self.top_level_properties().iter().any(reserved) {
            return Err(ParseError::new("Field names cannot start with $$ prefix"));
        }
        Ok(())
    }

    /// The compact text with the document's own order of keys.
    pub fn canonical(&self) -> String {
        self.root.as_deref().map(|root| canonical::render(root, KeyOrder::Kept)).unwrap_or_default()
    }

    /// The same schema with all keys sorted.
    pub fn normalized(&self) -> Result<Self, ParseError> {
        let Some(root) = self.root.as_deref() else { return Ok(self.clone()) };
        let text = canonical::render(root, KeyOrder::Sorted);
        let root = Some(Arc::new(Node::parse(&text, Dialect::JsonSchema)?));
        Ok(Self { root, references: self.references.clone(), loaded: OnceLock::new() })
    }

    /// Whether both have the same canonical text.
    pub fn equivalent(&self, other: &Self) -> bool {
        self.canonical() == other.canonical()
    }

    /// All differences that matter when `reader` reads data of `writer`, in the order of the reference.
    pub fn differences(
        reader: &Self,
        writer: &Self,
        direction: Direction,
        policy: Policy,
    ) -> Result<Vec<Difference>, TooComplex> {
        let previous = match direction {
            Direction::Backward => writer,
            Direction::Forward => reader,
        };
        if let Err(failure) = previous.load() {
            return Ok(vec![failure.to_difference("A previous schema version")]);
        }
        match (writer.load(), reader.load()) {
            (Ok(original), Ok(update)) => diff::compare(original, update, direction, policy),
            (Err(failure), _) | (_, Err(failure)) => Ok(vec![failure.to_difference("The schema")]),
        }
    }

    /// The differences inside of which a difference of combined schemas consists, where that is certain.
    pub fn causes(
        reader: &Self,
        writer: &Self,
        difference: &Difference,
        (direction, policy): (Direction, Policy),
    ) -> Vec<Difference> {
        let (Ok(original), Ok(update)) = (writer.load(), reader.load()) else { return Vec::new() };
        let is_branch = matches!(difference.kind, "COMBINED_TYPE_SUBSCHEMAS_CHANGED" | "TYPE_CHANGED");
        let ends = [(original, &difference.writer), (update, &difference.reader)];
        if !is_branch || ends.iter().any(|(tree, spot)| spot.node as usize >= tree.nodes.len()) {
            return Vec::new();
        }
        let nodes = ends.map(|(_, spot)| NodeId(spot.node));
        diff::causes([original, update], nodes, &difference.path, (direction, policy)).unwrap_or_default()
    }

    /// Where a spot of a difference is in the document, or in that of a reference.
    pub fn place(&self, spot: &Spot) -> Option<Place> {
        let Ok(tree) = self.load() else { return Some(Place { reference: None, pointer: String::new() }) };
        let origin = *tree.origins.get(spot.node as usize)?;
        let reference = origin.document.checked_sub(1);
        let root = match reference {
            None => self.root.as_deref()?,
            Some(number) => &self.references.get(number)?.1,
        };
        let (mut pointer, node) = document::pointer_of(root, origin.at);
        pointer.push_str(&places::nearest(node, &spot.tail));
        Some(Place { reference, pointer })
    }

    /// The first `$ref` that only a network fetch could resolve.
    pub fn needs_remote(&self) -> Option<String> {
        match self.load() {
            Err(LoadFailure::Remote(uri, _)) => Some(uri.clone()),
            _ => None,
        }
    }

    /// The names below the root's `properties`.
    pub fn top_level_properties(&self) -> Vec<&str> {
        let properties = self.root_object().and_then(|root| root.get("properties")).and_then(Node::as_object);
        properties.into_iter().flat_map(Object::iter).map(|member| member.key.as_str()).collect()
    }

    /// The root's `title`, which is the schema's name.
    pub fn title(&self) -> Option<&str> {
        self.root_object()?.get("title")?.as_str()
    }

    fn root_object(&self) -> Option<&Object> {
        self.root.as_deref().and_then(Node::as_object)
    }

    fn load(&self) -> Result<&Tree, &LoadFailure> {
        self.loaded.get_or_init(|| self.load_tree().map(Arc::new)).as_deref()
    }

    fn load_tree(&self) -> Result<Tree, LoadFailure> {
        let root = match self.root.as_deref() {
            Some(root) if dialect::is_schema(root) => root,
            other => {
                let found = other.map_or("MISSING", |root| kind_name(&root.value));
                let message = format!("Invalid JSON schema: expected an object or boolean at the root, found {found}");
                return Err(LoadFailure::Invalid(ParseError::new(message)));
            }
        };
        if let Some(named) = root.as_object().and_then(|root| root.get("$schema"))
            && named.as_str().is_none()
        {
            return Err(LoadFailure::Invalid(ParseError::at(named.at, "$schema must be a string")));
        }
        let references = self.references.iter().map(|(name, node)| (name.as_str(), node));
        Loader::tree(Documents::new(root, references))
            .map_err(|failure| describe(failure.error, &failure.documents, self.references.len()))
    }
}

impl LoadFailure {
    fn to_error(&self) -> ParseError {
        match self {
            Self::Invalid(error) | Self::Remote(_, error) => error.clone(),
        }
    }

    /// What a comparison says instead of differences: one of the schemas cannot be looked at.
    fn to_difference(&self, which: &str) -> Difference {
        let (kind, message) = match self {
            Self::Remote(..) => {
                ("UNSUPPORTED_REFERENCE", format!("{which} contains an unsupported external reference"))
            }
            Self::Invalid(error) => ("INVALID_SCHEMA", format!("{which} is invalid: {error}")),
        };
        let (description, root) = (message.clone(), Spot::default());
        Difference {
            kind,
            path: "#/".to_owned(),
            breaks: true,
            description,
            message,
            reader: root.clone(),
            writer: root,
        }
    }
}

/// Words a load error, with the JSON pointer of its place; metaschemas come after the schema and its references.
fn describe(error: LoadError, documents: &Documents<'_>, references: usize) -> LoadFailure {
    let placed = |document: usize, at, message| match document.checked_sub(1) {
        None => ParseError::at(at, message),
        Some(number) if number < references => ParseError::at(at, message).in_reference(number),
        Some(_) => ParseError::new(message),
    };
    match error {
        LoadError::Remote { document, at, uri } => {
            let message = format!("Remote schema reference fetching over HTTP(S) is disabled: {uri}");
            LoadFailure::Remote(uri, placed(document, at, message))
        }
        LoadError::TooLarge(message) => LoadFailure::Invalid(ParseError::new(message)),
        LoadError::Keyword { document, at, message } => {
            let message = format!("#{}: {message}", document::pointer_of(documents.document(document), at).0);
            LoadFailure::Invalid(placed(document, at, message))
        }
    }
}

fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Number(_) => "NUMBER",
        Value::String(_) => "STRING",
        Value::Array(_) => "ARRAY",
        Value::Object(_) => "OBJECT",
    }
}
