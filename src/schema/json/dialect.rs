//! Which draft of JSON Schema a document is written in.

use crate::schema::document::{Node, Value};

/// A draft, as far as loading tells drafts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dialect {
    /// Draft 4: `id`, boolean exclusive bounds.
    Draft4,
    /// Draft 6.
    Draft6,
    /// Draft 7, also for texts that name no draft or an unknown one.
    Draft7,
    /// 2019-09, read with the keywords of 2020-12 except where the data itself is checked.
    Draft201909,
    /// 2020-12.
    Draft202012,
}

impl Dialect {
    /// The dialect that the root's `$schema` names.
    pub(super) fn of(root: &Node) -> Self {
        let named = root.as_object().and_then(|object| object.get("$schema")).and_then(Node::as_str);
        let named = named.map(|uri| uri.trim_end_matches('#')).and_then(|uri| {
            uri.strip_prefix("http://json-schema.org/").or_else(|| uri.strip_prefix("https://json-schema.org/"))
        });
        match named {
            Some("draft-04/schema" | "schema") => Self::Draft4,
            Some("draft-06/schema") => Self::Draft6,
            Some("draft/2019-09/schema") => Self::Draft201909,
            Some("draft/2020-12/schema") => Self::Draft202012,
            _ => Self::Draft7,
        }
    }

    /// Whether the keywords are those of 2020-12.
    pub(super) fn is_modern(self) -> bool {
        self >= Self::Draft201909
    }

    /// The keyword that names a schema.
    pub(super) fn id_keyword(self) -> &'static str {
        if self == Self::Draft4 { "id" } else { "$id" }
    }
}

/// Whether a value can be a schema at all.
pub(super) fn is_schema(node: &Node) -> bool {
    matches!(node.value, Value::Object(_) | Value::Bool(_))
}
