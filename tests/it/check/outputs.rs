//! Every output says the same: the rule, the file, the line and the column.

use serde_json::Value;

use super::Repository;

const ORDER: &str = "schemas/orders/value.avsc";

/// One breaking change: a field without default on line 9, column 5.
fn broken() -> Repository {
    let repository = Repository::demonstration();
    repository.edit(
        ORDER,
        "\"type\": \"Money\" },",
        "\"type\": \"Money\" },\n    { \"name\": \"note\", \"type\": \"int\" },",
    );
    repository
}

#[tokio::test]
async fn all_outputs_are_written_at_once() {
    let repository = broken();
    let formats = ["json", "github", "gitlab", "junit", "sarif", "markdown"];
    let files: Vec<String> = formats.iter().map(|format| format!("{format}=out.{format}")).collect();
    let mut arguments = vec!["check", "-o", "human"];
    arguments.extend(files.iter().flat_map(|file| ["-o", file.as_str()]));
    let run = repository.regis(&arguments).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("error[AVRO-001]") && run.stdout.contains(&format!("{ORDER}:9:5")), "{}", run.stdout);
    assert!(run.stdout.contains("{ \"name\": \"note\", \"type\": \"int\" }"), "{}", run.stdout);
    assert!(!run.stdout.contains('\u{1b}'), "no colour into a file");

    let json = |name: &str| serde_json::from_str::<Value>(&repository.read(name)).expect("JSON");
    let report = json("out.json");
    assert_eq!(super::places(&report)[0].3, 9);

    let github = repository.read("out.github");
    assert!(github.starts_with(&format!("::error file={ORDER},line=9,col=5,title=AVRO-001")), "{github}");

    let gitlab = json("out.gitlab");
    assert_eq!(gitlab[0]["location"]["path"], ORDER);
    assert_eq!(gitlab[0]["location"]["lines"]["begin"], 9);
    assert_eq!(gitlab[0]["severity"], "critical");

    let junit = repository.read("out.junit");
    assert!(junit.contains("failures=\"1\"") && junit.contains(&format!("{ORDER}:9:5: error AVRO-001")), "{junit}");

    let sarif = json("out.sarif");
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!((&result["ruleId"], &place["artifactLocation"]["uri"]), (&"AVRO-001".into(), &ORDER.into()));
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&9.into(), &5.into()));
    assert_eq!(result["partialFingerprints"]["regis/v1"], gitlab[0]["fingerprint"]);

    let markdown = repository.read("out.markdown");
    assert!(markdown.contains(&format!("**error AVRO-001 reader-field-missing-default-value** `{ORDER}:9:5`")));
}

#[tokio::test]
async fn warnings_fail_a_junit_report_only_where_they_fail_the_command() {
    let repository = Repository::empty();
    repository.write("order.avsc", "{\"type\": \"record\", \"name\": \"order\", \"fields\": []}");
    repository.write("broken.avsc", "{");
    let lint = repository.regis(&["lint", "order.avsc", "-o", "junit"]).await;
    assert_eq!((lint.code, lint.stdout.contains("failures=\"0\"")), (Some(0), true), "{lint:?}");
    assert!(
        lint.stdout.contains("\norder.avsc:1:28: warning LINT-002 type-name") && lint.stdout.contains("<system-out>"),
        "{lint:?}"
    );
    let strict = repository.regis(&["lint", "order.avsc", "-o", "junit", "--fail-on", "warning"]).await;
    assert_eq!((strict.code, strict.stdout.contains("failures=\"1\"")), (Some(1), true), "{strict:?}");

    // A file that cannot be read is a subject like any other.
    let broken = repository.regis(&["lint", "-o", "junit"]).await;
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(broken.stdout.contains("testcase name=\"broken\" classname=\"broken.avsc\""), "{broken:?}");
    assert!(broken.stdout.contains("broken.avsc:1:2: error SCHEMA-001 syntax-error"), "{broken:?}");
    let human = repository.regis(&["lint"]).await;
    assert!(human.stdout.contains("broken  invalid") && human.stdout.contains("2 subjects"), "{human:?}");
}

#[tokio::test]
async fn sentences_do_not_run_together() {
    let repository = broken();
    let gitlab = repository.regis(&["check", "-o", "gitlab"]).await;
    let gitlab: Value = serde_json::from_str(&gitlab.stdout).expect("JSON");
    let told = "is missing in the old schema. A reader with this schema cannot read data written with git:main.";
    assert!(gitlab[0]["description"].as_str().is_some_and(|text| text.ends_with(told)), "{gitlab:#}");
    let sarif = repository.regis(&["check", "-o", "sarif"]).await;
    let sarif: Value = serde_json::from_str(&sarif.stdout).expect("JSON");
    let text = &sarif["runs"][0]["results"][0]["message"]["text"];
    assert!(text.as_str().is_some_and(|text| text.ends_with(told)), "{text}");
}

#[tokio::test]
async fn a_fingerprint_stays_when_lines_move() {
    let repository = broken();
    let (_, before) = repository.check(&[]).await;
    let text = repository.read(ORDER);
    repository.write(ORDER, format!("\n\n{text}"));
    let (_, after) = repository.check(&[]).await;
    assert_eq!(super::places(&after)[0].3, 11);
    assert_eq!(before["findings"][0]["fingerprint"], after["findings"][0]["fingerprint"]);
}

#[tokio::test]
async fn a_certain_fix_mends_the_file() {
    let repository = Repository::demonstration();
    let field = "\"type\": \"Money\" },\n    { \"name\": \"note\", \"type\": [\"null\", \"string\"] },";
    repository.edit(ORDER, "\"type\": \"Money\" },", field);
    let (code, report) = repository.check(&[]).await;
    let fix = &report["findings"][0]["fix"];
    assert_eq!((code, &fix["insert"]), (Some(1), &", \"default\": null".into()), "{report:#}");
    let at = |key: &str| usize::try_from(fix[key].as_u64().expect("a number")).expect("a small number");
    let mut lines: Vec<String> = repository.read(ORDER).lines().map(str::to_owned).collect();
    lines[at("line") - 1].insert_str(at("column") - 1, fix["insert"].as_str().expect("a text"));
    repository.write(ORDER, lines.join("\n"));
    assert_eq!(repository.check(&[]).await.0, Some(0));
}
