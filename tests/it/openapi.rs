//! The description of the interface: the committed file is what the server serves, and clients can be made from it.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::Value;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");

fn rendered() -> String {
    let document = regis::http::document().to_pretty_json().expect("a description has a JSON form");
    format!("{document}\n")
}

/// Every operation, by its method and path.
fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten().filter(|(_, operation)| operation.is_object());
        methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

#[test]
fn the_committed_description_is_the_one_that_is_served() {
    let rendered = rendered();
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(Path::new(COMMITTED).parent().expect("a folder")).expect("the folder can be made");
        fs::write(COMMITTED, &rendered).expect("the file can be written");
    }
    let committed = fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == rendered, "openapi/openapi.json is out of date: run UPDATE=1 cargo test openapi");
}

#[test]
fn every_operation_has_a_name_of_its_own_a_summary_and_a_tag() {
    let document: Value = serde_json::from_str(&rendered()).expect("JSON");
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap_or_else(|| panic!("{place} has no operation id"));
        assert!(names.insert(name.to_owned()), "{place}: the operation id {name} is taken");
        assert!(operation["summary"].is_string(), "{place} has no summary");
        assert!(operation["tags"][0].is_string(), "{place} has no tag");
    }
}
