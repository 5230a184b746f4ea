//! The documents that a schema is made of, and what a `$ref` in one of them means.

use std::{collections::HashMap, rc::Rc};

use super::{
    dialect::{Dialect, is_schema},
    metaschemas, uri,
};
use crate::schema::document::{Node, Value};

/// A JSON value inside of a document, and what its references are relative to.
#[derive(Debug, Clone)]
pub(super) struct Place<'d> {
    /// The value.
    pub(super) node: &'d Node,
    /// Which document it is in.
    pub(super) document: usize,
    /// The innermost schema around it that has a URI of its own, or the document.
    resource: &'d Node,
    /// The URI of the resource; empty if it has none.
    base: Rc<str>,
}

/// Why a `$ref` leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unresolved {
    /// Only a network fetch of this URI could tell.
    Remote(String),
    /// It can never be resolved, for this reason.
    Broken(String),
}

/// All documents of one schema: the schema itself first, then its references and the metaschemas in use.
#[derive(Debug)]
pub(super) struct Documents<'d> {
    dialect: Dialect,
    roots: Vec<Place<'d>>,
    names: HashMap<String, usize>,
    /// Schemas with an id or an anchor, by their URI.
    identified: HashMap<String, Place<'d>>,
}

impl<'d> Documents<'d> {
    /// Collects the root and its references (name, document).
    pub(super) fn new(root: &'d Node, references: impl Iterator<Item = (&'d str, &'d Node)>) -> Self {
        let dialect = Dialect::of(root);
        let mut documents = Self { dialect, roots: Vec::new(), names: HashMap::new(), identified: HashMap::new() };
        documents.add("", root);
        let base = documents.roots[0].base.clone();
        for (name, node) in references {
            let name = name.trim_end_matches('#');
            let absolute = uri::resolve(&base, name);
            let document = documents.add(&absolute, node);
            documents.names.entry(absolute).or_insert(document);
            documents.names.insert(name.to_owned(), document);
        }
        documents
    }

    /// The dialect of the root, in which everything is read.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The root of the schema.
    pub(super) fn root(&self) -> Place<'d> {
        self.roots[0].clone()
    }

    /// The root of the document with this number.
    pub(super) fn document(&self, number: usize) -> &'d Node {
        self.roots[number].node
    }

    fn add(&mut self, name: &str, node: &'d Node) -> usize {
        let document = self.roots.len();
        let place = Place { node, document, resource: node, base: Rc::from(name) };
        let place = place.rebased(self.dialect);
        self.roots.push(place.clone());
        self.identify(place);
        document
    }

    /// Finds the schemas of a document that have an id or an anchor.
    fn identify(&mut self, document: Place<'d>) {
        let id_keyword = self.dialect.id_keyword();
        let mut open = vec![document];
        while let Some(place) = open.pop() {
            if let Some(object) = place.node.as_object() {
                if object.get(id_keyword).is_some_and(|id| id.as_str().is_some()) {
                    self.identified.entry(place.base.trim_end_matches('#').to_owned()).or_insert_with(|| place.clone());
                }
                for keyword in ["$anchor", "$dynamicAnchor"].into_iter().filter(|_| self.dialect.is_modern()) {
                    if let Some(anchor) = object.get(keyword).and_then(Node::as_str) {
                        let uri = format!("{}#{anchor}", uri::split(&place.base).0);
                        self.identified.entry(uri).or_insert_with(|| place.clone());
                    }
                }
                // Reversed, so that the first of two equal ids wins.
                let schemas =
                    object.iter().rev().filter(|member| !matches!(&*member.key, "enum" | "const" | "default"));
                open.extend(schemas.map(|member| place.child(&member.node, self.dialect)));
            } else if let Some(items) = place.node.as_array() {
                open.extend(items.iter().rev().map(|item| place.child(item, self.dialect)));
            }
        }
    }

    /// What `reference` means at `place`.
    pub(super) fn resolve(&mut self, place: &Place<'d>, reference: &str) -> Result<Place<'d>, Unresolved> {
        let found =
            if self.dialect.is_modern() { self.find_modern(place, reference) } else { self.find_old(place, reference) };
        let found = found?;
        if is_schema(found.node) {
            return Ok(found);
        }
        Err(Unresolved::Broken(format!("$ref '{reference}' does not lead to a schema")))
    }

    /// Drafts 4 to 7: `#...` is always the document, ids count as a whole, documents by name.
    fn find_old(&mut self, place: &Place<'d>, reference: &str) -> Result<Place<'d>, Unresolved> {
        let (uri, fragment) = uri::split(reference);
        let absolute = uri::resolve(&place.base, reference);
        let document = self.roots[place.document].clone();
        let is_pointer = fragment.is_none_or(|fragment| fragment.is_empty() || fragment.starts_with('/'));
        if uri.is_empty() && is_pointer {
            return self.descend(document, fragment, reference);
        }
        if let Some(place) = self.identified.get(absolute.trim_end_matches('#')) {
            return Ok(place.clone());
        }
        let document = self.find_document(uri::split(&absolute).0, uri)?;
        if is_pointer {
            return self.descend(document, fragment, reference);
        }
        let anchored = format!("{}#{}", uri::split(&document.base).0, fragment.unwrap_or_default());
        self.identified.get(&anchored).cloned().ok_or_else(|| unresolvable(reference))
    }

    /// 2019-09 and later: `#...` is the innermost schema with an id.
    fn find_modern(&mut self, place: &Place<'d>, reference: &str) -> Result<Place<'d>, Unresolved> {
        let (uri, fragment) = uri::split(reference);
        let absolute = uri::resolve(&place.base, reference);
        let target = uri::split(&absolute).0;
        let resource = if uri.is_empty() || target == uri::split(&place.base).0 {
            Place { node: place.resource, ..place.clone() }
        } else if let Some(resource) = self.identified.get(target) {
            resource.clone()
        } else {
            self.find_document(target, &uri::without_dots(uri))?
        };
        match fragment {
            Some(anchor) if !anchor.is_empty() && !anchor.starts_with('/') => {
                let uri = format!("{}#{}", uri::split(&resource.base).0, uri::decode(anchor));
                self.identified.get(&uri).cloned().ok_or_else(|| unresolvable(reference))
            }
            fragment => self.descend(resource, fragment, reference),
        }
    }

    /// A document by its URI, or by the name under which it is registered.
    fn find_document(&mut self, uri: &str, name: &str) -> Result<Place<'d>, Unresolved> {
        if let Some(&document) = self.names.get(uri).or_else(|| self.names.get(name)) {
            return Ok(self.roots[document].clone());
        }
        if let Some(node) = metaschemas::find(uri) {
            let document = self.add(uri, node);
            self.names.insert(uri.to_owned(), document);
            return Ok(self.roots[document].clone());
        }
        if matches!(uri::scheme(uri), Some("http" | "https")) {
            return Err(Unresolved::Remote(uri.to_owned()));
        }
        Err(unresolvable(uri))
    }

    /// Follows a JSON pointer.
    fn descend(&self, from: Place<'d>, pointer: Option<&str>, reference: &str) -> Result<Place<'d>, Unresolved> {
        let pointer = uri::decode(pointer.unwrap_or_default());
        let tokens: Vec<String> =
            pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
        let mut place = from;
        let mut tokens = tokens.as_slice();
        if let Some((definitions, rest)) = self.bridge(&place, tokens) {
            (place, tokens) = (definitions, rest);
        }
        for token in tokens {
            let child = match &place.node.value {
                Value::Object(object) => object.get(token),
                Value::Array(items) => token.parse().ok().and_then(|index: usize| items.get(index)),
                _ => None,
            };
            place = child.map(|child| place.child(child, self.dialect)).ok_or_else(|| unresolvable(reference))?;
        }
        Ok(place)
    }

    /// In modern dialects what a document has only under `definitions` is also found under `$defs`.
    fn bridge<'t>(&self, from: &Place<'d>, tokens: &'t [String]) -> Option<(Place<'d>, &'t [String])> {
        let [keyword, name, ..] = tokens else { return None };
        let is_document = std::ptr::eq(from.node, self.roots[from.document].node);
        if keyword != "$defs" || !is_document || !self.dialect.is_modern() {
            return None;
        }
        let root = from.node.as_object()?;
        let has =
            |keyword: &str| root.get(keyword).and_then(Node::as_object).is_some_and(|all| all.get(name).is_some());
        if has("$defs") || !has("definitions") {
            return None;
        }
        Some((from.child(root.get("definitions")?, self.dialect), &tokens[1..]))
    }
}

impl<'d> Place<'d> {
    /// A value directly below this one.
    pub(super) fn child(&self, node: &'d Node, dialect: Dialect) -> Self {
        let place = Self { node, document: self.document, resource: self.resource, base: self.base.clone() };
        place.rebased(dialect)
    }

    /// Takes the schema's own id into account.
    fn rebased(mut self, dialect: Dialect) -> Self {
        let id = self.node.as_object().and_then(|object| object.get(dialect.id_keyword())).and_then(Node::as_str);
        if let Some(id) = id.filter(|id| !(dialect.is_modern() && id.starts_with('#'))) {
            self.base = Rc::from(uri::resolve(&self.base, id));
            self.resource = self.node;
        }
        self
    }
}

fn unresolvable(reference: &str) -> Unresolved {
    Unresolved::Broken(format!("$ref '{reference}' cannot be resolved"))
}
