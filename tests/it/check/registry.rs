//! What a running registry is asked, by whatever name a subject is known there.

use serde_json::{Value, json};

use super::{Repository, outcomes, places};
use crate::harness::{App, command, run};

fn record(of: &str) -> String {
    format!("{{\"type\": \"record\", \"name\": \"R\", \"fields\": [{{\"name\": \"a\", \"type\": \"{of}\"}}]}}")
}

/// A registry whose subject has three versions, of which only the first does not fit `long`.
async fn three_versions(app: &App, subject: &str) {
    app.put(&format!("/config/{subject}"), json!({"compatibility": "NONE"})).await;
    for of in ["string", "int", "float"] {
        app.register(subject, json!({"schema": record(of)})).await.id();
    }
    app.put(&format!("/config/{subject}"), json!({"compatibility": "BACKWARD_TRANSITIVE"})).await;
}

/// What the findings were compared with.
fn opponents(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list");
    findings.iter().map(|finding| finding["old"]["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn transitive_levels_see_the_whole_history_by_every_name() {
    let app = App::start().await;
    three_versions(&app, "foo").await;
    three_versions(&app, ":.x:bar").await;
    app.put("/config/nick", json!({"alias": "foo", "compatibility": "BACKWARD_TRANSITIVE"})).await;
    app.put("/config/far", json!({"alias": ":.x:bar", "compatibility": "BACKWARD_TRANSITIVE"})).await;
    let url = format!("http://{}", app.address());
    let context = format!("{url}/contexts/.x");
    for (subject, url) in
        [("foo", &url), (":.:foo", &url), (":.x:bar", &url), ("nick", &url), ("far", &url), ("bar", &context)]
    {
        let repository = Repository::empty();
        repository.write("a.avsc", record("double"));
        repository.write("regis.yaml", format!("subjects: {{\"{subject}\": {{file: a.avsc}}}}\n"));
        let (code, report) = repository.check(&["--against", url]).await;
        assert_eq!((code, opponents(&report)), (Some(1), vec!["version 1".to_owned()]), "{subject}: {report:#}");
        assert_eq!(report["subjects"][0]["comparedWith"].as_array().map(Vec::len), Some(3), "{subject}: {report:#}");
    }
}

#[tokio::test]
async fn references_of_an_alias_in_another_context_are_found_there() {
    let app = App::start().await;
    app.register(":.x:common", json!({"schema": record("int")})).await.id();
    let order = |of: &str| {
        format!("{{\"type\": \"record\", \"name\": \"O\", \"fields\": [{{\"name\": \"r\", \"type\": \"{of}\"}}]}}")
    };
    let references = json!([{"name": "R", "subject": "common", "version": 1}]);
    app.register(":.x:order", json!({"schema": order("R"), "references": references})).await.id();
    app.put("/config/order", json!({"alias": ":.x:order"})).await;
    let repository = Repository::empty();
    repository.write("common.avsc", record("string"));
    repository.write("order.avsc", order("R"));
    let url = format!("http://{}", app.address());
    let (code, report) = repository.check(&["order.avsc", "--against", &url]).await;
    let found: Vec<_> = places(&report).into_iter().map(|(rule, _, file, ..)| (rule, file)).collect();
    assert_eq!((code, found), (Some(1), vec![("AVRO-002".to_owned(), "common.avsc".to_owned())]), "{report:#}");
}

#[tokio::test]
async fn what_is_registered_again_is_unchanged_here_as_in_a_plan() {
    let app = App::start().await;
    let url = format!("http://{}", app.address());
    let repository = Repository::demonstration();
    repository.write("schemas/b/value.proto", "syntax = \"proto3\";\n\nmessage B { int32 x = 1; }\n");
    repository.write(
        "schemas/a/value.proto",
        "syntax = \"proto3\";\nimport \"b/value.proto\";\n\n\nmessage A { B b = 1; }\n",
    );
    repository.edit("regis.yaml", "sources:\n", "sources:\n  - {glob: \"**/*.proto\", subject: \"{dir}-{stem}\"}\n");
    let registered = run(command(repository.path(), &["register", "-r", &url])).await;
    assert_eq!(registered.code, Some(0), "{registered:?}");
    let (code, report) = repository.check(&["--against", &url]).await;
    let found = outcomes(&report);
    assert_eq!((code, found.len()), (Some(0), 6), "{report:#}");
    assert!(found.iter().all(|(_, outcome)| outcome == "unchanged"), "{report:#}");
    let plan = run(command(repository.path(), &["plan", "-r", &url, "-o", "json"])).await;
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap_or_else(|error| panic!("{error}: {plan:?}"));
    assert_eq!(plan["unchanged"].as_array().map(Vec::len), Some(6), "{plan:#}");

    // What is referred to is a part of what refers to it.
    repository.edit("schemas/common/money.avsc", "An amount", "The amount");
    repository.edit("schemas/common/money.avsc", "\"long\"", "[\"long\"]");
    let (code, report) = repository.check(&["--against", &url]).await;
    let changed: Vec<_> = outcomes(&report).into_iter().filter(|(_, outcome)| outcome != "unchanged").collect();
    let expected = ["common-money", "orders-value"].map(|subject| (subject.to_owned(), "compatible".to_owned()));
    assert_eq!((code, changed.as_slice()), (Some(0), &expected[..]), "{report:#}");
}

#[tokio::test]
async fn a_version_that_is_not_there_is_a_wrong_call() {
    let app = App::start().await;
    three_versions(&app, "foo").await;
    app.register("one", json!({"schema": record("int")})).await.id();
    let repository = Repository::empty();
    repository.write("foo.avsc", record("int"));
    let url = format!("http://{}", app.address());
    for (against, words) in [
        ("foo@9", "--against foo@9: foo has no version 9; the first is 1, the last 3"),
        ("one@2", "one has version 1 only"),
        ("none@1", "the registry has no subject none"),
        ("none@latest", "the registry has no subject none"),
    ] {
        let mut regis = command(repository.path(), &["check", "--against", against]);
        regis.env("REGIS_REGISTRY_URL", &url);
        let done = run(regis).await;
        assert_eq!((done.code, done.stdout.as_str()), (Some(2), ""), "{against}: {done:?}");
        assert!(done.stderr.contains(words), "{against}: {done:?}");
    }
    for (side, words) in [
        ("none@1", "there is no subject none in the registry"),
        ("gone/foo.avsc", "gone/foo.avsc: there is no such file, so it was looked for in the registry"),
    ] {
        let done = run(command(repository.path(), &["diff", side, "foo.avsc", "-r", &url])).await;
        assert_eq!((done.code, done.stderr.contains(words)), (Some(2), true), "{side}: {done:?}");
    }
}
