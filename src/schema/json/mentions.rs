//! The names that a JSON Schema has, and the other documents that its `$ref`s lead to.

use std::{collections::HashSet, rc::Rc};

use super::{dialect, uri};
use crate::schema::{
    Mention, Mentions, ParseError,
    document::{Dialect, Node},
};

/// Reads the names out of a text.
pub fn mentions(text: &str) -> Result<Mentions, ParseError> {
    let document = Node::parse(text, Dialect::JsonSchema)?;
    let id_keyword = dialect::Dialect::of(&document).id_keyword();
    let mut declared = Vec::new();
    let mut uses = Vec::new();
    let mut open: Vec<(&Node, Rc<str>)> = vec![(&document, Rc::from(""))];
    while let Some((node, base)) = open.pop() {
        if let Some(items) = node.as_array() {
            open.extend(items.iter().rev().map(|item| (item, base.clone())));
        }
        let Some(object) = node.as_object() else { continue };
        let id = object.get(id_keyword).and_then(Node::as_str).filter(|id| !id.starts_with('#'));
        let base = id.map_or(base.clone(), |id| Rc::from(without_fragment(&uri::resolve(&base, id))));
        if id.is_some() {
            declared.push(base.to_string());
        }
        for keyword in ["$ref", "$dynamicRef"] {
            if let Some(reference) = object.get(keyword)
                && let Some(name) = reference.as_str()
            {
                uses.extend(outside(name, &base, reference.at));
            }
        }
        let schemas =
            object.iter().rev().filter(|member| !matches!(&*member.key, "enum" | "const" | "default" | "examples"));
        open.extend(schemas.map(|member| (&member.node, base.clone())));
    }
    let own: HashSet<&String> = declared.iter().collect();
    let mut mentions = Mentions::default();
    for mention in uses {
        let is_own = own.contains(&mention.name) || mention.otherwise.as_ref().is_some_and(|name| own.contains(name));
        if !is_own {
            mentions.add(mention);
        }
    }
    mentions.declared = declared;
    Ok(mentions)
}

/// The document that a `$ref` leads to, unless it is the same one or a draft's own.
fn outside(reference: &str, base: &str, at: usize) -> Option<Mention> {
    let name = without_fragment(reference);
    let metaschema = ["http://json-schema.org/", "https://json-schema.org/"].iter().any(|own| name.starts_with(own));
    if name.is_empty() || metaschema {
        return None;
    }
    let resolved = uri::resolve(base, &name);
    let otherwise = (resolved != name).then_some(resolved);
    Some(Mention { name, otherwise, at })
}

fn without_fragment(reference: &str) -> String {
    uri::split(reference).0.to_owned()
}
