//! The documents that the `jsonschema` crate may ask for: the references and the metaschemas, nothing else.

use std::{collections::HashMap, error::Error};

use jsonschema::{Retrieve, Uri};
use serde_json::Value;

use super::document;
use crate::schema::{
    ParseError,
    document::Node,
    json::{dialect::Dialect, metaschemas, uri},
};

/// The base of a document without an id, in the crate.
const DEFAULT_BASE: &str = "json-schema:///";

/// Documents by every URI under which a `$ref` can ask for them.
pub(super) struct Documents {
    references: Vec<Value>,
    places: HashMap<String, usize>,
}

impl Documents {
    /// Collects the references of a root.
    pub(super) fn new(references: &[(String, Node)], root: &Value, dialect: Dialect) -> Result<Self, ParseError> {
        let id = |document: &Value| document.get(dialect.id_keyword()).and_then(Value::as_str).map(str::to_owned);
        let base = id(root).map_or_else(|| DEFAULT_BASE.to_owned(), |id| uri::resolve(DEFAULT_BASE, &id));
        let mut folders = vec![uri::resolve(&base, ".")];
        let mut documents = Self { references: Vec::new(), places: HashMap::new() };
        for (name, node) in references {
            let reference = document(node, dialect)?;
            let own = uri::resolve(&base, name);
            let own = id(&reference).map_or(own.clone(), |id| uri::resolve(&own, &id));
            let folder = uri::resolve(&own, ".");
            if !folders.contains(&folder) {
                folders.push(folder);
            }
            documents.references.push(reference);
        }
        // A relative name is what it is in whichever document it is used.
        for (place, (name, _)) in references.iter().enumerate() {
            for folder in &folders {
                let uri = uri::resolve(folder, name);
                documents.places.entry(uri::split(&uri).0.to_owned()).or_insert(place);
            }
        }
        Ok(documents)
    }
}

impl Retrieve for Documents {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let uri = uri::split(uri.as_str()).0;
        if let Some(&place) = self.places.get(uri) {
            return Ok(self.references[place].clone());
        }
        match metaschemas::find(uri) {
            Some(node) => Ok(document(node, Dialect::of(node))?),
            None => Err(format!("no schema is registered as '{uri}'").into()),
        }
    }
}
