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
