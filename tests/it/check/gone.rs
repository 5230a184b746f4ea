//! What is compared with has schemas that the repository lacks.

use std::fs;

use serde_json::{Value, json};

use super::{Repository, copy, outcomes, places};
use crate::harness::App;

const ORDER: &str = "schemas/orders/value.avsc";
const CUSTOMER: &str = "schemas/customers/value.json";

const DRAFT: &str = "{\"$schema\": \"http://json-schema.org/draft-07/schema#\"}";

/// Rule, severity, file and line of every finding.
fn told(report: &Value) -> Vec<(String, String, String, Option<u64>)> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("a list").iter();
    let told = findings.map(|finding| {
        (text(finding, "rule"), text(finding, "severity"), text(finding, "file"), finding["line"].as_u64())
    });
    told.collect()
}

fn removed(file: &str) -> (String, String, String, Option<u64>) {
    ("SCHEMA-011".to_owned(), "warning".to_owned(), file.to_owned(), None)
}

#[tokio::test]
async fn a_removed_file_is_told_until_an_exception_accepts_it() {
    let repository = Repository::demonstration();
    let before = tempfile::tempdir().expect("a folder");
    copy(&repository.file("schemas"), &before.path().join("schemas"));
    fs::remove_file(repository.file(CUSTOMER)).expect("the file is removed");
    let folder = before.path().display().to_string();
    for against in ["git:main", &folder] {
        let (code, report) = repository.check(&["--against", against]).await;
        assert_eq!((code, told(&report)), (Some(0), vec![removed(CUSTOMER)]), "{report:#}");
        assert!(outcomes(&report).contains(&("customers-value".to_owned(), "removed".to_owned())), "{report:#}");
        assert_eq!(report["findings"][0]["old"]["name"], against);
    }
    assert_eq!(repository.check(&["--fail-on", "warning"]).await.0, Some(1));
    let human = repository.regis(&["check"]).await;
    assert!(human.stdout.contains("warning[SCHEMA-011]") && human.stdout.contains(CUSTOMER), "{human:?}");
    let elsewhere = repository.check(&["schemas/orders"]).await;
    assert_eq!(told(&elsewhere.1), [], "only the chosen part is looked at: {:#}", elsewhere.1);

    let configuration = repository.read("regis.yaml");
    let exception = "exceptions: [{rule: schema-removed, subject: customers-*, until: 2999-01-01, reason: sold}]\n";
    repository.write("regis.yaml", configuration + exception);
    let (code, report) = repository.check(&["--fail-on", "warning"]).await;
    assert_eq!((code, &report["summary"]["accepted"]), (Some(0), &json!(1)), "{report:#}");
}

#[tokio::test]
async fn a_registry_loses_nothing_by_a_missing_file() {
    let app = App::start().await;
    let repository = Repository::empty();
    for subject in ["kept", "gone"] {
        app.register(subject, json!({"schema": "\"string\""})).await.id();
    }
    repository.write("kept.avsc", "\"string\"");
    let url = format!("http://{}", app.address());
    let (code, report) = repository.check(&["--against", &url]).await;
    assert_eq!((code, told(&report)), (Some(0), Vec::new()), "{report:#}");
}

#[tokio::test]
async fn another_path_is_as_good_and_another_subject_is_not() {
    let repository = Repository::demonstration();
    fs::create_dir_all(repository.file("schemas/shop/orders")).expect("a folder");
    fs::rename(repository.file(ORDER), repository.file("schemas/shop/orders/value.avsc")).expect("the file is moved");
    let (code, report) = repository.check(&[]).await;
    assert_eq!((code, told(&report)), (Some(0), Vec::new()), "{report:#}");
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "unchanged"), "{report:#}");

    let text = repository.read("schemas/shop/orders/value.avsc");
    repository.write(ORDER, format!("// regis: subject=purchases\n{text}"));
    fs::remove_file(repository.file("schemas/shop/orders/value.avsc")).expect("the file is removed");
    let (_, report) = repository.check(&[]).await;
    let message = "the file had the subject orders-value and has purchases now";
    let expected = ("SCHEMA-011", ORDER, 1, 1, message);
    let finding = &report["findings"][0];
    let text = |key: &str| finding[key].as_str().unwrap_or_default();
    let number = |key: &str| finding[key].as_u64().unwrap_or_default();
    assert_eq!((text("rule"), text("file"), number("line"), number("column"), text("message")), expected, "{report:#}");
}

#[tokio::test]
async fn an_emptied_file_is_an_error_at_its_place() {
    let repository = Repository::empty();
    repository.write("a.avsc", "\"string\"");
    repository.write("b.proto", "syntax = \"proto3\"; enum E { E_UNSPECIFIED = 0; }");
    repository.write("c.json", DRAFT);
    repository.write("d.json", DRAFT);
    repository.write("package.json", "{}");
    repository.commit();
    repository.write("a.avsc", "");
    repository.write("b.proto", "\n\n");
    repository.write("c.json", " ");
    repository.write("d.json", "{}");
    let (code, report) = repository.check(&[]).await;
    let mut found = places(&report);
    found.sort();
    let expected = [("12", "a", "a.avsc"), ("12", "b", "b.proto"), ("12", "c", "c.json"), ("13", "d", "d.json")];
    let expected =
        expected.map(|(rule, subject, file)| (format!("SCHEMA-0{rule}"), subject.to_owned(), file.to_owned(), 1, 1));
    assert_eq!((code, found.as_slice()), (Some(1), &expected[..]), "{report:#}");
    assert!(outcomes(&report).iter().all(|(_, outcome)| outcome == "invalid"), "{report:#}");
    let human = repository.regis(&["check"]).await;
    assert!(human.stdout.contains("error[SCHEMA-012]: the file is empty"), "{human:?}");
}

#[tokio::test]
async fn a_repository_without_schemas_tells_all_that_it_had() {
    let repository = Repository::demonstration();
    fs::remove_dir_all(repository.file("schemas")).expect("the folder is removed");
    let (code, report) = repository.check(&["--fail-on", "warning"]).await;
    assert_eq!((code, told(&report).len()), (Some(1), 4), "{report:#}");
}
