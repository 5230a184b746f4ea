//! The demonstration of `examples/ci`: what passes, what fails and where, offline and against a running Regis.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{Repository, outcomes, places};
use crate::harness::App;

const ORDER: &str = "schemas/orders/value.avsc";
const CUSTOMER: &str = "schemas/customers/value.json";
const ADDRESS: &str = "schemas/common/address.json";
const MONEY: &str = "schemas/common/money.avsc";

fn break_everything(repository: &Repository) {
    repository.edit(ORDER, "\"name\": \"id\", \"type\": \"string\"", "\"name\": \"id\", \"type\": \"long\"");
    repository.edit(
        ORDER,
        "\"type\": \"Money\" },",
        "\"type\": \"Money\" },\n    { \"name\": \"nöte\", \"type\": \"int\" },",
    );
    repository.edit(ORDER, "nöte", "note");
    repository.edit(CUSTOMER, "\"required\": [\"name\"]", "\"required\": [\"name\", \"address\"]");
    repository.edit(ADDRESS, "\"maxLength\": 100", "\"maxLength\": 50");
}

/// Rule, subject, file, line and column of what breaks under the levels of the demonstration.
fn broken() -> Vec<(&'static str, &'static str, &'static str, u64, u64)> {
    vec![
        ("JSON-031", "common-address", ADDRESS, 7, 48),
        ("AVRO-002", "orders-value", ORDER, 7, 29),
        ("AVRO-002", "orders-value", ORDER, 7, 29),
        ("AVRO-001", "orders-value", ORDER, 9, 5),
        ("JSON-031", "customers-value", ADDRESS, 7, 48),
        ("JSON-010", "customers-value", CUSTOMER, 10, 24),
    ]
}

fn sorted(mut places: Vec<(String, String, String, u64, u64)>) -> Vec<(String, String, String, u64, u64)> {
    places.sort();
    places
}

fn expected() -> Vec<(String, String, String, u64, u64)> {
    let owned = |(rule, subject, file, line, column): (&str, &str, &str, u64, u64)| {
        (rule.to_owned(), subject.to_owned(), file.to_owned(), line, column)
    };
    sorted(broken().into_iter().map(owned).collect())
}

/// Registers every file of a folder as a pipeline would, with the levels of the demonstration.
async fn fill(app: &App, repository: &Repository) {
    let reference = |name: &str, subject: &str| json!([{"name": name, "subject": subject, "version": 1}]);
    let body = |file: &str, kind: &str, references: Value| json!({"schemaType": kind, "schema": repository.read(file), "references": references});
    app.put("/config/orders-value", json!({"compatibility": "FULL"})).await;
    app.register("common-money", body(MONEY, "AVRO", json!([]))).await.id();
    app.register("common-address", body(ADDRESS, "JSON", json!([]))).await.id();
    app.register("orders-value", body(ORDER, "AVRO", reference("shop.Money", "common-money"))).await.id();
    let references = reference("address.json", "common-address");
    app.register("customers-value", body(CUSTOMER, "JSON", references)).await.id();
}

#[tokio::test]
async fn nothing_changed_passes() {
    let repository = Repository::demonstration();
    let (code, report) = repository.check(&[]).await;
    assert_eq!(code, Some(0), "{report:#}");
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "unchanged"), "{report:#}");
    assert_eq!(outcomes(&report).len(), 4);
}

#[tokio::test]
async fn a_compatible_change_passes() {
    let repository = Repository::demonstration();
    let field =
        "\"type\": \"Money\" },\n    { \"name\": \"note\", \"type\": [\"null\", \"string\"], \"default\": null },";
    repository.edit(ORDER, "\"type\": \"Money\" },", field);
    repository.edit(ADDRESS, "\"maxLength\": 100", "\"maxLength\": 150");
    let (code, report) = repository.check(&[]).await;
    assert_eq!((code, places(&report)), (Some(0), Vec::new()), "{report:#}");
    let compatible: Vec<_> = outcomes(&report).into_iter().filter(|(_, outcome)| outcome == "compatible").collect();
    let names: Vec<&str> = compatible.iter().map(|(subject, _)| subject.as_str()).collect();
    assert_eq!(names, ["common-address", "customers-value", "orders-value"]);
}

#[tokio::test]
async fn a_breaking_change_fails_at_its_line_and_column() {
    let repository = Repository::demonstration();
    break_everything(&repository);
    let (code, report) = repository.check(&[]).await;
    assert_eq!((code, sorted(places(&report))), (Some(1), expected()), "{report:#}");
    let id = report["findings"].as_array().into_iter().flatten().find(|finding| finding["rule"] == "AVRO-001");
    let id = id.expect("the field without default");
    assert_eq!(id["old"]["pointer"], "/fields", "{id:#}");
    assert_eq!((id["old"]["line"].as_u64(), id["old"]["column"].as_u64()), (Some(6), Some(13)), "{id:#}");
}

#[tokio::test]
async fn a_running_registry_gives_the_same_verdicts() {
    let app = App::start().await;
    let repository = Repository::demonstration();
    let url = format!("http://{}", app.address());
    let (code, report) = repository.check(&["--against", &url]).await;
    assert_eq!(code, Some(0), "a fresh registry: {report:#}");
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "new"), "{report:#}");

    fill(&app, &repository).await;
    let (code, report) = repository.check(&["--against", &url]).await;
    assert_eq!((code, places(&report)), (Some(0), Vec::new()), "one that holds main: {report:#}");

    break_everything(&repository);
    let (code, report) = repository.check(&["--against", &url]).await;
    assert_eq!((code, sorted(places(&report))), (Some(1), expected()), "{report:#}");
    // One for the rules and one for the latest version of each of four subjects, and two for their references.
    assert_eq!(report["summary"]["requests"], 10, "{report:#}");
    let findings = report["findings"].as_array().expect("a list");
    assert!(findings.iter().all(|finding| finding["old"]["version"] == 1), "{report:#}");
}

#[tokio::test]
async fn a_folder_a_file_and_a_version_are_compared_too() {
    let app = App::start().await;
    let repository = Repository::demonstration();
    fill(&app, &repository).await;
    let before = tempfile::tempdir().expect("a folder");
    super::copy(&repository.file("schemas"), &before.path().join("schemas"));
    break_everything(&repository);
    let folder = before.path().display().to_string();
    let (code, report) = repository.check(&["--against", &folder]).await;
    assert_eq!((code, sorted(places(&report))), (Some(1), expected()), "{report:#}");

    let file = before.path().join(ORDER).display().to_string();
    let (code, report) = repository.check(&[ORDER, "--against", &file]).await;
    assert_eq!((code, places(&report).len()), (Some(1), 3), "{report:#}");

    let mut regis = crate::harness::command(repository.path(), &["check", ORDER, "--against", "orders-value@1"]);
    regis.env("REGIS_REGISTRY_URL", format!("http://{}", app.address()));
    let run = crate::harness::run(regis).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("data written with orders-value@1"), "{run:?}");
}

#[tokio::test]
async fn an_unparsable_file_fails_clearly() {
    let repository = Repository::demonstration();
    repository.edit(ORDER, "\"namespace\": \"shop\",", "\"namespace\": \"shop\"");
    repository.write("schemas/orders/key.avsc", "\n {\"type\": \"fixed\", \"name\": \"Key\"}");
    let (code, report) = repository.check(&[]).await;
    let found: Vec<_> =
        sorted(places(&report)).into_iter().map(|(rule, _, file, line, column)| (rule, file, line, column)).collect();
    let expected = [("SCHEMA-001", ORDER, 5, 3), ("SCHEMA-002", "schemas/orders/key.avsc", 2, 2)];
    let expected = expected.map(|(rule, file, line, column)| (rule.to_owned(), file.to_owned(), line, column));
    assert_eq!((code, found.as_slice()), (Some(1), &expected[..]), "{report:#}");
    let human = repository.regis(&["check"]).await;
    assert!(human.stdout.contains("expected ',' or '}'") && human.stdout.contains("\"doc\": \"An order"), "{human:?}");
}

#[tokio::test]
async fn an_exception_accepts_until_its_day() {
    let repository = Repository::demonstration();
    repository.edit(ADDRESS, "\"maxLength\": 100", "\"maxLength\": 50");
    let configuration = repository.read("regis.yaml");
    let exception = |until: &str| {
        format!(
            "{configuration}exceptions:\n  - rule: max-length-decreased\n    subject: \"*\"\n    until: {until}\n    \
             reason: nobody has longer streets\n"
        )
    };
    repository.write("regis.yaml", exception("2999-12-31"));
    let (code, report) = repository.check(&[]).await;
    assert_eq!((code, &report["summary"]["accepted"]), (Some(0), &json!(2)), "{report:#}");
    let reason = report["findings"][0]["accepted"].as_str().expect("a reason");
    assert_eq!(reason, "until 2999-12-31: nobody has longer streets");

    repository.write("regis.yaml", exception("2020-02-29"));
    let (code, report) = repository.check(&[]).await;
    let rules: Vec<String> = places(&report).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(
        (code, rules),
        (Some(1), ["CONF-003", "JSON-031", "JSON-031"].map(str::to_owned).to_vec()),
        "{report:#}"
    );
    let expired = &report["findings"][0];
    let line = configuration.lines().count() + 2;
    assert_eq!(
        (&expired["file"], &expired["line"], &expired["column"]),
        (&json!("regis.yaml"), &json!(line), &json!(5))
    );
}

#[tokio::test]
async fn references_that_lead_nowhere_or_in_a_circle_are_told() {
    let repository = Repository::demonstration();
    fs::remove_file(repository.file(MONEY)).expect("the file is removed");
    let (code, report) = repository.check(&[]).await;
    assert_eq!(code, Some(1));
    let expected = ("REF-001", "orders-value", ORDER, 8, 32);
    let found = &places(&report)[0];
    assert_eq!((found.0.as_str(), found.1.as_str(), found.2.as_str(), found.3, found.4), expected, "{report:#}");

    repository.write(MONEY, r#"{"type": "record", "name": "shop.Money", "fields": [{"name": "o", "type": "Order"}]}"#);
    let (code, report) = repository.check(&[]).await;
    assert_eq!(code, Some(1));
    let rules: Vec<String> = places(&report).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["REF-002", "REF-002"], "{report:#}");
    let message = report["findings"][0]["message"].as_str().expect("a message");
    assert!(message.contains(&format!("{MONEY} → {ORDER} → {MONEY}")), "{message}");
}

#[test]
fn the_demonstration_is_formatted_as_the_tests_expect() {
    let order = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(ORDER));
    assert!(order.expect("a file").lines().nth(6).is_some_and(|line| line.contains("\"id\"")));
}
