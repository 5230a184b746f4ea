//! The metaschemas of the drafts as local documents, so that a `$ref` to one needs no network.

use std::{collections::HashMap, sync::LazyLock};

use crate::schema::document::{Dialect, Node};

/// Below `json-schema.org`, without fragment.
const PATHS: [&str; 19] = [
    "draft-04/schema",
    "draft-06/schema",
    "draft-07/schema",
    "draft/2019-09/schema",
    "draft/2019-09/meta/applicator",
    "draft/2019-09/meta/content",
    "draft/2019-09/meta/core",
    "draft/2019-09/meta/format",
    "draft/2019-09/meta/meta-data",
    "draft/2019-09/meta/validation",
    "draft/2020-12/schema",
    "draft/2020-12/meta/applicator",
    "draft/2020-12/meta/content",
    "draft/2020-12/meta/core",
    "draft/2020-12/meta/format-annotation",
    "draft/2020-12/meta/format-assertion",
    "draft/2020-12/meta/meta-data",
    "draft/2020-12/meta/unevaluated",
    "draft/2020-12/meta/validation",
];

/// Constants that are read from the `jsonschema` crate when the first one is asked for.
static DOCUMENTS: LazyLock<HashMap<&'static str, Node>> = LazyLock::new(|| {
    PATHS.iter().filter_map(|path| Some((*path, Node::parse(&text(path)?, Dialect::JsonSchema).ok()?))).collect()
});

fn text(path: &str) -> Option<String> {
    let scheme = if path.starts_with("draft-") { "http" } else { "https" };
    let uri = format!("{scheme}://json-schema.org/{path}");
    // The crate gives its copy only as a part of a document that refers to it.
    let reader = serde_json::json!({ "$schema": uri, "$ref": uri });
    let bundle = jsonschema::options().offline().bundle(&reader).ok()?;
    let embedded = ["definitions", "$defs"].iter().find_map(|keyword| bundle.get(keyword)?.get(&uri))?;
    serde_json::to_string(embedded).ok()
}

/// The metaschema that a URI without fragment names, under `http` or `https`.
pub(super) fn find(uri: &str) -> Option<&'static Node> {
    let path = uri.strip_prefix("http").map(|rest| rest.strip_prefix('s').unwrap_or(rest))?;
    DOCUMENTS.get(path.strip_prefix("://json-schema.org/")?)
}
