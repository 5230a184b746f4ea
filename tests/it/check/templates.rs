//! The files for GitHub, GitLab, pre-commit and editors: what they run and describe is what the binary does.

use std::{fs, path::Path, process::Command};

use saphyr::{LoadableYamlNode as _, Yaml};
use serde_json::Value;

use super::Repository;
use crate::harness::{command, run};

const ORDER: &str = "schemas/orders/value.avsc";

fn product(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn schema(name: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&product(name)).expect("JSON");
    jsonschema::validator_for(&schema).expect("a JSON Schema")
}

pub fn broken() -> Repository {
    let repository = Repository::demonstration();
    repository.edit(
        ORDER,
        "\"type\": \"Money\" },",
        "\"type\": \"Money\" },\n    { \"name\": \"note\", \"type\": \"int\" },",
    );
    repository
}

#[tokio::test]
async fn the_action_annotates_and_summarizes() {
    let repository = broken();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/github.sh");
    let done = Command::new(script)
        .current_dir(repository.path())
        .env("REGIS_BIN", env!("CARGO_BIN_EXE_regis"))
        .env("INPUT_COMMAND", "check")
        .env("INPUT_PATHS", "schemas/orders schemas/common")
        .env("INPUT_AGAINST", "git:main")
        .env("INPUT_SARIF", "out.sarif")
        .env("GITHUB_STEP_SUMMARY", repository.file("summary.md"))
        .env_remove("REGIS_REGISTRY_URL")
        .output()
        .expect("bash runs");
    let stdout = String::from_utf8_lossy(&done.stdout);
    assert_eq!(done.status.code(), Some(1), "{stdout}{}", String::from_utf8_lossy(&done.stderr));
    assert!(stdout.starts_with(&format!("::error file={ORDER},line=9,col=5,")), "{stdout}");
    assert!(repository.read("summary.md").contains("AVRO-001"));
    assert!(repository.read("out.sarif").contains("\"version\": \"2.1.0\""));
    let action = product("action.yml");
    for input in ["COMMAND", "PATHS", "AGAINST", "LEVEL", "FAIL_ON", "SARIF", "COMMENT"] {
        assert!(action.contains(&format!("INPUT_{input}: ${{{{ inputs.")), "{input}");
    }
}

/// The arguments of the first command of the binary behind a word.
fn arguments<'t>(text: &'t str, before: &str) -> Vec<&'t str> {
    let command = format!("{before}regis ");
    let line = text.lines().find_map(|line| line.trim().strip_prefix(&command)).expect("a command");
    line.split_whitespace().collect()
}

#[tokio::test]
async fn the_commands_of_the_templates_work() {
    let repository = broken();
    let hooks = product(".pre-commit-hooks.yaml");
    let check = repository.regis(&arguments(&hooks, "entry: ")).await;
    assert_eq!(check.code, Some(1), "{check:?}");
    let rest = hooks.split("regis-lint").nth(1).expect("a second hook");
    assert_eq!(repository.regis(&arguments(rest, "entry: ")).await.code, Some(0));

    let gitlab = product("templates/gitlab/regis.gitlab-ci.yml");
    let words = arguments(&gitlab, "- ").into_iter().map(|word| word.replace("\"$REGIS_AGAINST\"", "git:main"));
    let words: Vec<String> = words.collect();
    let done = run(command(repository.path(), &words.iter().map(String::as_str).collect::<Vec<_>>())).await;
    assert_eq!(done.code, Some(1), "{done:?}");
    let quality: Value = serde_json::from_str(&repository.read("gl-code-quality-report.json")).expect("JSON");
    assert_eq!(quality[0]["location"]["path"], ORDER);
    assert!(repository.read("regis.junit.xml").contains("AVRO-001"));
}

#[tokio::test]
async fn the_published_schemas_describe_the_files() {
    let (configuration, report) = (schema("docs/regis.schema.json"), schema("docs/report.schema.json"));
    let repository = broken();
    for arguments in [&["check", "-o", "json"][..], &["lint", "-o", "json"]] {
        let run = repository.regis(arguments).await;
        let value: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let wrong: Vec<String> = report.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:?}");
    }
    for (text, good) in [
        (r#"{"version": 1, "sources": [{"glob": "*.avsc", "subject": "{stem}"}]}"#, true),
        (
            r#"{"defaults": {"compatibility": "FULL", "against": "git:main"}, "registries": {"a": {"url": "http://x"}}}"#,
            true,
        ),
        (
            r#"{"lint": {"rules": {"doc-required": "off", "field-name": ["warn", "camelCase"], "LINT-004": "error"}}}"#,
            true,
        ),
        (r#"{"subjects": {"s": {"file": "a", "mode": "READONLY", "references": {"x": "y@1"}}}}"#, true),
        (r#"{"exceptions": [{"rule": "AVRO-001", "subject": "*", "until": "2999-01-01", "reason": "x"}]}"#, true),
        (r#"{"version": 2}"#, false),
        (r#"{"subject": {}}"#, false),
        (r#"{"defaults": {"compatibility": "SOME"}}"#, false),
        (r#"{"sources": [{"subject": "x"}]}"#, false),
        (r#"{"lint": {"rules": {"doc-required": ["warn", "camelCase"]}}}"#, false),
        (r#"{"lint": {"rules": {"nope": "warn"}}}"#, false),
        (r#"{"exceptions": [{"rule": "AVRO-001", "subject": "*", "until": "soon", "reason": "x"}]}"#, false),
        (r#"{"registries": {"a": {"url": "http://me:pw@x"}}}"#, false),
    ] {
        // JSON is YAML: the binary reads the same text.
        let value: Value = serde_json::from_str(text).expect("JSON");
        repository.write("regis.yaml", text);
        let run = repository.regis(&["lint", "--exit-zero", "schemas"]).await;
        let read = !run.stderr.contains("regis.yaml:");
        assert_eq!((configuration.is_valid(&value), read), (good, good), "{text}: {run:?}");
    }
}

#[test]
fn what_people_copy_is_yaml() {
    let files = [
        "action.yml",
        "templates/gitlab/regis.gitlab-ci.yml",
        ".pre-commit-hooks.yaml",
        "examples/ci/.github/workflows/schemas.yml",
        "examples/ci/.gitlab-ci.yml",
        "examples/ci/regis.yaml",
    ];
    let readme = product("README.md");
    let blocks = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let texts: Vec<String> = files.into_iter().map(product).chain(blocks.map(str::to_owned)).collect();
    assert!(texts.len() > files.len(), "the README has recipes");
    for text in texts {
        match Yaml::load_from_str(&text) {
            Ok(documents) => assert_eq!(documents.len(), 1, "{text}"),
            Err(error) => panic!("{error}\n{text}"),
        }
    }
}
