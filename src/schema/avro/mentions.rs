//! The named types that an Avro text declares, and those that it only uses.

use std::collections::HashSet;

use super::names::{Name, is_keyword};
use crate::schema::{
    Mention, Mentions, ParseError,
    document::{Dialect, Node, Object, Value},
};

/// Reads the names out of a text; what is no schema is left to the parser.
pub fn mentions(text: &str) -> Result<Mentions, ParseError> {
    let document = Node::parse(text, Dialect::Avro)?;
    let mut found = Found::default();
    // What is open is kept on the heap: nesting costs no stack.
    let mut open: Vec<(&Node, Option<String>)> = vec![(&document, None)];
    while let Some((node, namespace)) = open.pop() {
        match &node.value {
            Value::String(name) => found.used(name, namespace.as_deref(), node.at),
            Value::Array(branches) => open.extend(branches.iter().rev().map(|branch| (branch, namespace.clone()))),
            Value::Object(object) => found.object(object, namespace, &mut open),
            _ => {}
        }
    }
    let known: HashSet<&String> = found.declared.iter().collect();
    let mut mentions = Mentions::default();
    for mention in found.uses {
        let is_own =
            known.contains(&mention.name) || mention.otherwise.as_ref().is_some_and(|name| known.contains(name));
        if !is_own {
            mentions.add(mention);
        }
    }
    mentions.declared = found.declared;
    Ok(mentions)
}

#[derive(Default)]
struct Found {
    declared: Vec<String>,
    uses: Vec<Mention>,
}

impl Found {
    fn used(&mut self, name: &str, namespace: Option<&str>, at: usize) {
        if is_keyword(name) {
            return;
        }
        let (name, otherwise) = match namespace {
            Some(namespace) if !name.contains('.') => (format!("{namespace}.{name}"), Some(name.to_owned())),
            _ => (name.to_owned(), None),
        };
        self.uses.push(Mention { name, otherwise, at });
    }

    fn object<'n>(
        &mut self,
        object: &'n Object,
        namespace: Option<String>,
        open: &mut Vec<(&'n Node, Option<String>)>,
    ) {
        let Some(kind) = object.get("type") else { return };
        match kind.as_str() {
            Some("record" | "error") => {
                let inner = self.declare(object, namespace.as_deref());
                let fields = object.get("fields").and_then(Node::as_array).unwrap_or_default();
                let types = fields.iter().filter_map(|field| field.as_object()?.get("type"));
                let types: Vec<_> = types.map(|of| (of, inner.clone())).collect();
                open.extend(types.into_iter().rev());
            }
            Some("enum" | "fixed") => {
                self.declare(object, namespace.as_deref());
            }
            Some("array") => open.extend(object.get("items").map(|items| (items, namespace))),
            Some("map") => open.extend(object.get("values").map(|values| (values, namespace))),
            _ => open.push((kind, namespace)),
        }
    }

    /// Notes a declaration and answers the namespace inside of it.
    fn declare(&mut self, object: &Object, namespace: Option<&str>) -> Option<String> {
        let name = object.get("name").and_then(Node::as_str)?;
        let own = object.get("namespace").and_then(Node::as_str);
        let name = Name::new(name, own.or(namespace));
        self.declared.push(name.full().to_owned());
        name.namespace().map(str::to_owned)
    }
}
