//! `regis lint`: what it says of single schemas, and what `--fix` makes of them.

use std::{fs, io::Write as _, path::Path, process::Stdio};

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
    for number in 9..=16 {
        let id = format!("LINT-{number:03}");
        assert!(all.iter().any(|(rule, ..)| *rule == id), "{id} has no case");
    }
    let lawful = repository.regis(&["lint", "lawful.proto", "--fail-on", "note"]).await;
    assert_eq!(lawful.code, Some(0), "{lawful:?}");
}

/// Fields with and without what is mended: on one line, on lines of their own, with comments, with Windows' line ends.
const MENDABLE: &str = "// regis: subject=orders\r\n{\"type\": \"record\", \"name\": \"Order\", \"fields\": [\r\n\
    \t{\"name\": \"a\", \"type\": [ \"null\", \"string\" ] },\r\n\
    \t{ // a comment with { and \"\r\n\t\t\"name\": \"b\",\r\n\t\t\"type\": [\"null\", /* ] */ \"int\"] // }\r\n\t},\r\n\
    \t{\"name\": \"c\", \"type\": [\"string\", \"null\"]},\r\n\
    \t{\"name\": \"d\", \"type\": \"null\", \"order\": \"ignore\"  },\r\n\
    \t{\"name\": \"\u{e9}\u{1f4a7}\", \"type\": [\"null\", \"int\"], \"default\": null}]}";

fn mended() -> String {
    let text = MENDABLE.replacen("\"string\" ] }", "\"string\" ], \"default\": null }", 1);
    let text = text.replacen("\"int\"] // }", "\"int\"],\r\n\t\t\"default\": null // }", 1);
    assert_ne!(text, MENDABLE);
    text
}

#[tokio::test]
async fn fix_puts_in_what_is_certain_and_touches_nothing_else() {
    let repository = Repository::empty();
    repository.write("regis.yaml", "lint: {rules: {doc-required: off, field-name: off, namespace-required: off}}\n");
    repository.write("orders.avsc", MENDABLE);
    repository.write("broken.avsc", "{\"type\": \"record\", \"fields\": [{\"type\": [\"null\"]}");
    repository.write("other.proto", "syntax = \"proto3\";\nmessage Other {}\n");
    let before = fs::metadata(repository.file("other.proto")).and_then(|known| known.modified()).expect("a time");

    let plain = repository.regis(&["lint", "-o", "json"]).await;
    assert!(plain.stderr.contains("--fix mends 2 findings"), "{plain:?}");
    let shown = repository.regis(&["lint", "--fix", "--dry-run"]).await;
    assert_eq!((shown.code, repository.read("orders.avsc").as_str()), (Some(1), MENDABLE), "{shown:?}");
    assert!(shown.stdout.starts_with("--- a/orders.avsc\n+++ b/orders.avsc\n@@ "), "{}", shown.stdout);
    let diff = shown.stdout.clone();

    let run = repository.regis(&["lint", "--fix", "-o", "json"]).await;
    assert_eq!(repository.read("orders.avsc"), mended());
    assert_eq!(run.code, Some(1), "the broken file is still broken: {run:?}");
    assert!(run.stderr.contains("orders.avsc: mended 2 findings"), "{run:?}");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let rules: Vec<String> = super::places(&report).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["SCHEMA-001", "LINT-005"], "the field \"c\" could be mended in two ways: {report:#}");
    let after = fs::metadata(repository.file("other.proto")).and_then(|known| known.modified()).expect("a time");
    assert_eq!(before, after, "a file without findings is not written");

    let again = repository.regis(&["lint", "--fix", "--dry-run", "orders.avsc"]).await;
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""), "{again:?}");

    // The difference that was shown is one that git understands, and the same.
    repository.write("orders.avsc", MENDABLE);
    let mut git = std::process::Command::new("git");
    git.current_dir(repository.path()).args(["apply", "-"]).stdin(Stdio::piped());
    let mut child = git.spawn().expect("git runs");
    child.stdin.take().expect("a pipe").write_all(diff.as_bytes()).expect("git reads");
    assert!(child.wait().expect("git ends").success());
    assert_eq!(repository.read("orders.avsc"), mended());
}

#[tokio::test]
async fn fix_leaves_what_is_accepted_or_off() {
    let repository = Repository::empty();
    repository.write("orders.avsc", MENDABLE);
    for (configuration, code) in [
        ("lint: {rules: {nullable-default: off}}\n", 0),
        ("exceptions: [{rule: LINT-005, subject: orders, until: 2999-01-01, reason: x}]\n", 0),
        ("lint: {rules: {nullable-default: error}}\n", 1),
    ] {
        repository.write("regis.yaml", configuration);
        let run = repository.regis(&["lint", "--fix", "--dry-run"]).await;
        assert_eq!(run.code, Some(code), "{configuration}: {run:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn fix_keeps_rights_and_refuses_what_is_read_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::empty();
    repository.write("orders.avsc", MENDABLE);
    repository.write("users.avsc", MENDABLE.replace("subject=orders", "subject=users"));
    let rights = |name: &str, mode: u32| {
        fs::set_permissions(repository.file(name), fs::Permissions::from_mode(mode)).expect("the rights are set");
    };
    rights("users.avsc", 0o444);
    rights("orders.avsc", 0o640);
    let run = repository.regis(&["lint", "--fix"]).await;
    assert_eq!((run.code, run.stderr.contains("users.avsc: it is read-only")), (Some(2), true), "{run:?}");
    assert_eq!(repository.read("orders.avsc"), MENDABLE, "all or nothing");
    rights("users.avsc", 0o644);
    let run = repository.regis(&["lint", "--fix", "--quiet"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert_eq!(repository.read("orders.avsc"), mended());
    let mode = fs::metadata(repository.file("orders.avsc")).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let left = fs::read_dir(repository.path()).expect("a folder").filter_map(Result::ok).map(|entry| entry.file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, [".git", "orders.avsc", "users.avsc"]);
}
