//! What `regis lint` says of Avro.

use super::Linter;
use crate::{
    cli::{fixes, rules},
    schema::document::{Dialect, Node, Object, Value},
};

/// Looks at every type and field.
pub(super) fn lint(linter: &mut Linter<'_>) {
    let Ok(document) = Node::parse(&linter.schema.text, Dialect::Avro) else { return };
    if let Some(root) = document.as_object()
        && let Some(name) = root.get("name").and_then(Node::as_str)
        && root.get("namespace").is_none()
        && !name.contains('.')
    {
        linter.note(&rules::NAMESPACE_REQUIRED, document.at, format!("the type {name:?} has no namespace"), None);
    }
    let mut open = vec![&document];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::Array(branches) => open.extend(branches.iter().rev()),
            Value::Object(object) => visit(linter, node, object, &mut open),
            _ => {}
        }
    }
}

fn visit<'n>(linter: &mut Linter<'_>, node: &'n Node, object: &'n Object, open: &mut Vec<&'n Node>) {
    let Some(kind) = object.get("type") else { return };
    match kind.as_str() {
        Some("record" | "error") => {
            declaration(linter, node, object);
            let fields = object.get("fields").and_then(Node::as_array).unwrap_or_default();
            for at in fields {
                field(linter, at);
            }
            open.extend(fields.iter().rev().filter_map(|field| field.as_object()?.get("type")));
        }
        Some("enum") => {
            declaration(linter, node, object);
            if object.get("default").is_none() {
                let name = object.get("name").and_then(Node::as_str).unwrap_or_default();
                linter.note(&rules::ENUM_DEFAULT, node.at, format!("the enum {name:?} has no default"), None);
            }
        }
        Some("fixed") => declaration(linter, node, object),
        Some("array") => open.extend(object.get("items")),
        Some("map") => open.extend(object.get("values")),
        Some(_) => {}
        None => open.push(kind),
    }
}

fn declaration(linter: &mut Linter<'_>, node: &Node, object: &Object) {
    let Some(name_node) = object.get("name") else { return };
    let Some(name) = name_node.as_str() else { return };
    linter.type_name(name.rsplit('.').next().unwrap_or(name), name_node.at);
    if object.get("doc").is_none() {
        linter.note(&rules::DOC_REQUIRED, node.at, format!("the type {name:?} has no doc"), None);
    }
}

fn field(linter: &mut Linter<'_>, node: &Node) {
    let Some(object) = node.as_object() else { return };
    let Some((name_node, name)) = object.get("name").and_then(|node| Some((node, node.as_str()?))) else { return };
    linter.field_name(name, name_node.at);
    if object.get("doc").is_none() {
        linter.note(&rules::DOC_REQUIRED, node.at, format!("the field {name:?} has no doc"), None);
    }
    let branches = object.get("type").and_then(Node::as_array).unwrap_or_default();
    let nullable = branches.iter().any(|branch| branch.as_str() == Some("null"));
    if nullable && object.get("default").is_none() {
        let fix = fixes::default_null(object, &linter.schema.text, &linter.marker);
        linter.note(&rules::NULLABLE_DEFAULT, node.at, format!("the nullable field {name:?} has no default"), fix);
    }
}
