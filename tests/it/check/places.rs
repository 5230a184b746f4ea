//! Which file, line and column is named, from wherever a command is started.

use serde_json::Value;

use super::{Repository, outcomes, places};
use crate::harness::{command, run};

const ORDER: &str = "schemas/orders/value.avsc";

const DRAFT: &str = "\"$schema\": \"http://json-schema.org/draft-07/schema#\"";

/// A repository with a commit that has no schemas.
fn begun() -> Repository {
    let repository = Repository::empty();
    repository.write("README", "x");
    repository.commit();
    repository
}

/// Rule, subject, file, line and column.
fn place(rule: &str, subject: &str, file: &str, line: u64, column: u64) -> (String, String, String, u64, u64) {
    (rule.to_owned(), subject.to_owned(), file.to_owned(), line, column)
}

#[tokio::test]
async fn programs_are_told_paths_from_the_root_of_the_repository() {
    let repository = Repository::empty();
    // The configuration is no repository by itself: that begins above.
    super::copy(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ci")), &repository.file("a b"));
    repository.commit();
    let order = format!("a b/{ORDER}");
    repository.edit(&order, "\"Money\" },", "\"Money\" }, {\"name\": \"note\", \"type\": \"int\"},");
    let formats = ["json", "github", "gitlab", "junit", "sarif", "markdown"];
    let files: Vec<String> = formats.iter().map(|format| format!("{format}=out.{format}")).collect();
    let mut arguments = vec!["check", "-o", "human"];
    arguments.extend(files.iter().flat_map(|file| ["-o", file.as_str()]));
    let folder = repository.file("a b/schemas/orders");
    let done = run(command(&folder, &arguments)).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    assert!(done.stdout.contains("▸ value.avsc:8:43"), "people are told from here: {}", done.stdout);

    let read = |format: &str| repository.read(&format!("a b/schemas/orders/out.{format}"));
    let json = |format: &str| serde_json::from_str::<Value>(&read(format)).expect("JSON");
    let report = json("json");
    assert_eq!(places(&report), [place("AVRO-001", "orders-value", &order, 8, 43)]);
    let examined = report["subjects"].as_array().into_iter().flatten().find(|one| one["subject"] == "orders-value");
    assert_eq!(examined.expect("the subject")["file"], order.as_str());
    assert!(read("github").starts_with(&format!("::error file={order},line=8,col=43,")), "{}", read("github"));
    assert_eq!(json("gitlab")[0]["location"]["path"], order.as_str());
    assert!(read("junit").contains(&format!("{order}:8:43: error AVRO-001")), "{}", read("junit"));
    assert!(read("markdown").contains(&format!("`{order}:8:43`")), "{}", read("markdown"));
    let sarif = json("sarif");
    let artifact = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(
        (&artifact["uri"], &artifact["uriBaseId"]),
        (&"a%20b/schemas/orders/value.avsc".into(), &"%SRCROOT%".into())
    );
    let root = repository.path().canonicalize().expect("the folder");
    let base = &sarif["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"];
    assert_eq!(base, &Value::from(format!("file://{}/", root.display())));
}

#[tokio::test]
async fn what_is_compared_with_is_no_candidate() {
    let repository = Repository::empty();
    let schema = |of: &str| {
        format!("{{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n {{\"name\": \"a\", \"type\": \"{of}\"}}]}}")
    };
    repository.write("schemas/r.avsc", schema("string"));
    repository.write("old/schemas/r.avsc", schema("int"));
    let expected = [place("AVRO-002", "r", "schemas/r.avsc", 2, 24)];
    for arguments in
        [&["--against", "old"][..], &["schemas", "--against", "old/"], &["--against", "old/schemas/r.avsc"]]
    {
        let (code, report) = repository.check(arguments).await;
        assert_eq!((code, places(&report).as_slice()), (Some(1), &expected[..]), "{arguments:?}: {report:#}");
        assert_eq!(outcomes(&report).len(), 1, "{arguments:?}: {report:#}");
    }
    let (code, report) = repository.check(&["old", "--against", "old"]).await;
    assert_eq!((code, outcomes(&report)), (Some(0), vec![("r".to_owned(), "unchanged".to_owned())]), "{report:#}");
    std::fs::remove_dir_all(repository.file("old")).expect("the folder is removed");
    let alone = repository.regis(&["check", "--against", "schemas"]).await;
    assert_eq!((alone.code, alone.stderr.contains("no schema files")), (Some(2), true), "{alone:?}");
}

#[tokio::test]
async fn what_a_protobuf_text_cannot_mean_is_found_in_it() {
    let repository = begun();
    repository.write(
        "order.proto",
        "// Line, and import \"gone.proto\";\nsyntax = \"proto3\";\nimport \"money.proto\";\nmessage Order {\n  \
         message Inner { Line Line = 1; }\n  Money total = 2;\n}\n",
    );
    repository.write("money.proto", "syntax = \"proto3\";\nimport public 'gone.proto';\nmessage Money {}\n");
    let (code, report) = repository.check(&[]).await;
    let mut found = places(&report);
    found.sort();
    let expected =
        [place("REF-001", "money", "money.proto", 2, 15), place("SCHEMA-002", "order", "order.proto", 5, 19)];
    assert_eq!((code, found.as_slice()), (Some(1), &expected[..]), "{report:#}");

    repository.write("order.proto", "syntax = \"proto3\";\nmessage Order {\n  int32 a = ;\n}\n");
    let (_, report) = repository.check(&["order.proto"]).await;
    assert_eq!(places(&report), [place("SCHEMA-001", "order", "order.proto", 3, 13)], "{report:#}");
    assert_eq!(report["findings"][0]["message"], "Syntax error: expected a word", "{report:#}");
}

#[tokio::test]
async fn a_protobuf_difference_is_told_in_the_file_that_declares_it() {
    let repository = Repository::empty();
    let order = "syntax = \"proto3\";\nimport \"money.proto\";\nmessage Order {\n  Money total = 1;\n}\n";
    repository.write("order.proto", order);
    repository.write("money.proto", "syntax = \"proto3\";\npackage a;\nmessage Money {\n  int64 amount = 1;\n}\n");
    repository.commit();
    repository.write("order.proto", order.replace("Money", "a.Money"));
    repository.commit();
    repository.edit("money.proto", "int64", "string");
    let (code, report) = repository.check(&[]).await;
    let mut found = places(&report);
    found.sort();
    let expected = [
        place("PROTO-003", "money", "money.proto", 4, 3),
        place("PROTO-003", "order", "money.proto", 4, 3),
        place("PROTO-004", "order", "order.proto", 4, 3),
    ];
    assert_eq!(code, Some(1));
    let bare: Vec<_> = found.iter().map(|(_, subject, file, line, column)| (subject, file, line, column)).collect();
    let wanted: Vec<_> =
        expected.iter().map(|(_, subject, file, line, column)| (subject, file, line, column)).collect();
    assert_eq!(bare, wanted, "{report:#}");

    repository.write("order.proto", order.replace("Money", "a.Money"));
    repository.write(
        "money.proto",
        "// was package a;\nsyntax = \"proto3\";\npackage b.c;\nmessage Money {\n  int64 amount = 1;\n}\n",
    );
    let (_, report) = repository.check(&["money.proto"]).await;
    let found = places(&report);
    assert_eq!((found[0].2.as_str(), found[0].3, found[0].4), ("money.proto", 3, 9), "{report:#}");
}

#[tokio::test]
async fn a_reference_that_leads_nowhere_is_told_in_the_file_that_holds_it() {
    let repository = begun();
    let holder = format!("{{{DRAFT},\n \"properties\": {{\"x\": {{\"$ref\": \"#/definitions/none\"}}}}}}");
    repository.write("inner.schema.json", &holder);
    repository.write("outer.schema.json", format!("{{{DRAFT}, \"$ref\": \"inner.schema.json\"}}"));
    repository.write(
        "m.avsc",
        "{\"type\": \"record\", \"name\": \"M\", \"fields\": [\n {\"name\": \"x\", \"type\": \"None\"}]}",
    );
    repository
        .write("o.avsc", "{\"type\": \"record\", \"name\": \"O\", \"fields\": [{\"name\": \"m\", \"type\": \"M\"}]}");
    let (code, report) = repository.check(&[]).await;
    let mut found = places(&report);
    found.sort();
    let expected = [
        place("REF-001", "m", "m.avsc", 2, 24),
        place("SCHEMA-002", "inner", "inner.schema.json", 2, 31),
        place("SCHEMA-002", "o", "m.avsc", 2, 24),
        place("SCHEMA-002", "outer", "inner.schema.json", 2, 31),
    ];
    assert_eq!((code, found.as_slice()), (Some(1), &expected[..]), "{report:#}");
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_a_schema() {
    let repository = Repository::empty();
    repository.write("a.avsc", "\"string\"");
    repository.commit();
    repository.write("a.avsc", "\u{feff}\"string\"");
    repository.write("b.schema.json", format!("\u{feff}{{\"type\": 1, {DRAFT}}}"));
    repository.write("c.json", format!("\u{feff}{{{DRAFT}}}"));
    repository.write("d.proto", "\u{feff}syntax = \"proto3\";\nmessage M {}\n");
    let (code, report) = repository.check(&[]).await;
    assert_eq!(
        (code, places(&report)),
        (Some(1), vec![place("SCHEMA-002", "b", "b.schema.json", 1, 10)]),
        "{report:#}"
    );
    let expected = [("b", "invalid"), ("a", "unchanged"), ("c", "new"), ("d", "new")];
    let mut found = outcomes(&report);
    found.sort();
    let mut expected = expected.map(|(subject, outcome)| (subject.to_owned(), outcome.to_owned()));
    expected.sort();
    assert_eq!(found, expected, "{report:#}");
}
