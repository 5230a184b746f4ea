//! `regis lint`: what it says of single schemas.

use std::{fs, path::Path};

use serde_json::Value;

use super::Repository;

#[tokio::test]
async fn lint_tells_style_and_safety() {
    let repository = Repository::empty();
    repository.write(
        "orders.avsc",
        "{\"type\": \"record\", \"name\": \"order\", \"fields\": [\n  {\"name\": \"orderId\", \"type\": [\"null\", \"int\"]},\n  \
         {\"name\": \"e\", \"type\": {\"type\": \"enum\", \"name\": \"E\", \"symbols\": [\"A\"]}}]}",
    );
    repository.write("a.proto", "syntax = \"proto3\";\nenum bad {\n  A = 0;\n}\nmessage M { int32 camelCase = 1; }\n");
    repository.write("regis.yaml", "lint: {rules: {doc-required: off, enum-default: error, ENUM-ZERO: note}}\n");
    let run = repository.regis(&["lint", "-o", "json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let found: Vec<_> =
        super::places(&report).into_iter().map(|(rule, _, _, line, column)| (rule, line, column)).collect();
    let expected = [
        ("LINT-002", 2, 6),
        ("LINT-008", 3, 3),
        ("LINT-003", 5, 19),
        ("LINT-007", 1, 1),
        ("LINT-002", 1, 28),
        ("LINT-003", 2, 12),
        ("LINT-005", 2, 3),
        ("LINT-004", 3, 25),
    ];
    assert_eq!(found, expected.map(|(rule, line, column)| (rule.to_owned(), line, column)), "{report:#}");
    assert_eq!(run.code, Some(1), "enum-default is an error here");
    repository.write("regis.yaml", "");
    assert_eq!(repository.regis(&["lint"]).await.code, Some(0));
    assert_eq!(repository.regis(&["lint", "--fail-on", "warning"]).await.code, Some(1));
}

/// Rule, file, line and column of what the comments of a case expect: `// LINT-009:17`.
fn expected(file: &str, text: &str) -> Vec<(String, String, u64, u64)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in line.split_whitespace().filter(|word| word.starts_with("LINT-")) {
            let (rule, column) = word.split_once(':').expect("a rule and a column");
            found.push((rule.to_owned(), file.to_owned(), number as u64 + 1, column.parse().expect("a column")));
        }
    }
    found
}

#[tokio::test]
async fn what_protoc_refuses_is_found_in_protobuf() {
    let repository = Repository::empty();
    repository
        .write("regis.yaml", "lint: {rules: {doc-required: off, type-name: off, field-name: off, enum-zero: off}}\n");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora/lint");
    let mut all = Vec::new();
    for entry in fs::read_dir(cases).expect("the cases") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = fs::read_to_string(&path).expect("a case");
        all.extend(expected(&name, &text));
        repository.write(&name, text);
    }
    let run = repository.regis(&["lint", "-o", "json"]).await;
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    let places = super::places(&report).into_iter();
    let mut found: Vec<_> = places.map(|(rule, _, file, line, column)| (rule, file, line, column)).collect();
    found.sort();
    all.sort();
    assert_eq!(found, all, "{report:#}");
    assert_eq!(run.code, Some(1));
    for number in 9..=15 {
        let id = format!("LINT-{number:03}");
        assert!(all.iter().any(|(rule, ..)| *rule == id), "{id} has no case");
    }
    let lawful = repository.regis(&["lint", "lawful.proto", "--fail-on", "note"]).await;
    assert_eq!(lawful.code, Some(0), "{lawful:?}");
}
