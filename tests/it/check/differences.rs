//! `regis diff`: every difference, between schemas from anywhere.

use serde_json::Value;

use super::Repository;
use crate::harness::{App, command, run};

const ORDER: &str = "schemas/orders/value.avsc";

fn kinds(report: &Value) -> Vec<(String, String, u64)> {
    let findings = report["findings"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |finding: &Value| finding["line"].as_u64().unwrap_or_default();
    findings.iter().map(|finding| (text(&finding["name"]), text(&finding["severity"]), line(finding))).collect()
}

#[tokio::test]
async fn what_breaks_and_what_does_not_are_both_told() {
    let repository = Repository::demonstration();
    repository.edit(ORDER, "An order as", "An order, as");
    repository.edit(ORDER, "\"name\": \"id\"", "\"name\": \"number\", \"aliases\": [\"id\"]");
    repository.edit(ORDER, "\"SENT\"]", "\"SENT\", \"LOST\"]");
    repository.edit(
        ORDER,
        "\"type\": \"Money\" },",
        "\"type\": \"Money\" },\n    { \"name\": \"note\", \"type\": \"int\" },",
    );
    let run = repository.regis(&["diff", &format!("git:main:{ORDER}"), ORDER, "-o", "json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let expected = [
        ("reader-field-missing-default-value", "error", 9),
        ("reader-field-missing-default-value", "error", 6),
        ("doc-changed", "note", 5),
        ("field-renamed", "note", 7),
        ("aliases-changed", "note", 7),
        ("field-added", "note", 9),
        ("symbol-added", "note", 12),
    ];
    let expected = expected.map(|(kind, severity, line)| (kind.to_owned(), severity.to_owned(), line));
    assert_eq!((run.code, kinds(&report).as_slice()), (Some(1), &expected[..]), "{report:#}");

    let same = repository.regis(&["diff", ORDER, ORDER]).await;
    assert_eq!((same.code, same.stdout.contains("nothing found")), (Some(0), true), "{same:?}");
}

#[tokio::test]
async fn versions_and_ids_of_a_registry_are_compared() {
    let app = App::start().await;
    let schema = |length: u32| serde_json::json!({"schemaType": "JSON", "schema": format!("{{\"type\":\"string\",\"maxLength\":{length}}}")});
    let id = app.register("s", schema(5)).await.id();
    app.register("s", schema(9)).await.id();
    let repository = Repository::empty();
    let url = format!("http://{}", app.address());
    let old = format!("id:{id}");
    let done = run(command(repository.path(), &["diff", &old, "s@2", "-r", &url, "-o", "json"])).await;
    let report: Value = serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    let names: Vec<_> = kinds(&report).into_iter().map(|(name, severity, _)| (name, severity)).collect();
    let expected = [("max-length-increased", "note"), ("max-length-decreased", "error")];
    assert_eq!(names, expected.map(|(name, severity)| (name.to_owned(), severity.to_owned())), "{report:#}");
}

#[tokio::test]
async fn a_side_that_is_not_there_is_told() {
    let repository = Repository::demonstration();
    for arguments in [["diff", "git:main:schemas/none.avsc", ORDER], ["diff", ORDER, "schemas/customers/value.json"]] {
        let run = repository.regis(&arguments).await;
        assert_eq!((run.code, run.stderr.is_empty()), (Some(2), false), "{run:?}");
    }
}
