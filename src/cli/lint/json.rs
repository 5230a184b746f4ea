//! What `regis lint` says of JSON Schema.

use super::Linter;
use crate::{
    cli::rules,
    schema::document::{Dialect, Node, Object},
};

/// Looks at every object and property.
pub(super) fn lint(linter: &mut Linter<'_>) {
    let Ok(document) = Node::parse(&linter.schema.text, Dialect::JsonSchema) else { return };
    if let Some(root) = document.as_object()
        && root.get("description").is_none()
    {
        linter.note(&rules::DOC_REQUIRED, document.at, "the schema has no description".to_owned(), None);
    }
    let mut open = vec![&document];
    while let Some(node) = open.pop() {
        open.extend(node.as_array().unwrap_or_default().iter().rev());
        let Some(object) = node.as_object() else { continue };
        visit(linter, node, object);
        let data = ["enum", "const", "default", "examples"];
        let schemas = object.iter().rev().filter(|member| !data.contains(&member.key.as_str()));
        open.extend(schemas.map(|member| &member.node));
    }
}

fn visit(linter: &mut Linter<'_>, node: &Node, object: &Object) {
    let Some(properties) = object.get("properties").and_then(Node::as_object) else { return };
    let is_object = object.get("type").and_then(Node::as_str) == Some("object");
    if is_object && ["additionalProperties", "unevaluatedProperties"].iter().all(|rest| object.get(rest).is_none()) {
        linter.note(&rules::CLOSED_OBJECT, node.at, "the object is open".to_owned(), None);
    }
    for property in properties.iter() {
        linter.field_name(&property.key, property.key_at);
        let described = property.node.as_object().is_none_or(|schema| {
            schema.get("description").is_some() || schema.get("$ref").is_some() || schema.get("title").is_some()
        });
        if !described {
            let message = format!("the property {:?} has no description", property.key);
            linter.note(&rules::DOC_REQUIRED, property.key_at, message, None);
        }
    }
}
