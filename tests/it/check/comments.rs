//! The comment at a pull request or merge request: written once, rewritten by later runs, and never in the way.

use std::{collections::HashMap, fs, path::Path, process::Command};

use serde_json::{Value, json};

use super::{Repository, templates::broken};
use crate::harness::{Line, Run, Script, run};

/// Stands for `gh`: notes how it was called, answers from a file, keeps what is written.
const GH: &str = r#"#!/usr/bin/env bash
echo "$*" >>gh.log
last=${!#}
case "$1 $2" in
"pr view") [ ! -e gh.refuses ] && jq --raw-output "$last" gh.comments.json ;;
"pr comment") cp "$last" gh.written.md ;;
"api --silent") cp "${last#body=@}" gh.written.md ;;
*) exit 9 ;;
esac
"#;

/// Whether the scripts' tools are there; a machine without them is told of on one line.
fn tools_are_missing() -> bool {
    let missing: Vec<_> = ["bash", "jq", "curl"]
        .into_iter()
        .filter(|tool| Command::new(tool).arg("--version").output().is_err())
        .collect();
    assert!(missing.is_empty() || std::env::var("CI").as_deref() != Ok("true"), "{missing:?} are not installed");
    if !missing.is_empty() {
        println!("comments: not run; {missing:?} are not installed: apt-get install {}", missing.join(" "));
    }
    !missing.is_empty()
}

/// Runs the action's script on a pull request; its exit code and its output.
fn action(repository: &Repository, with: &[(&str, &str)]) -> (Option<i32>, String) {
    let tools = repository.file("tools");
    fs::create_dir_all(&tools).expect("a folder");
    fs::write(tools.join("gh"), GH).expect("the stand-in");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(tools.join("gh"), fs::Permissions::from_mode(0o755)).expect("rights");
    }
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").expect("a PATH"));
    let mut script = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/github.sh"));
    script.current_dir(repository.path()).env_remove("REGIS_REGISTRY_URL").env("PATH", path);
    let usual = HashMap::from([
        ("REGIS_BIN", env!("CARGO_BIN_EXE_regis")),
        ("INPUT_COMMAND", "check"),
        ("INPUT_AGAINST", "git:main"),
        ("INPUT_COMMENT", "true"),
        ("INPUT_PULL_REQUEST", "12"),
        ("GITHUB_REPOSITORY", "shop/schemas"),
        ("GITHUB_WORKFLOW", "Schemas --> all"),
        ("GITHUB_JOB", "check"),
    ]);
    let done = script.envs(usual).envs(with.iter().copied()).output().expect("bash runs");
    let told = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.code(), told)
}

const MARKER: &str = "<!-- regis check Schemas-all-check -->";

fn comments(repository: &Repository, comments: &Value) {
    repository.write("gh.comments.json", json!({"comments": comments}).to_string());
}

#[test]
fn the_action_writes_one_comment_and_rewrites_it() {
    if tools_are_missing() {
        return;
    }
    let repository = broken();
    comments(&repository, &json!([]));
    let (code, told) = action(&repository, &[]);
    assert_eq!(code, Some(1), "{told}");
    let written = repository.read("gh.written.md");
    assert!(written.starts_with(&format!("{MARKER}\n### regis check against `git:main`\n")), "{written}");
    assert!(written.contains("AVRO-001"), "{written}");
    assert!(repository.read("gh.log").contains("\npr comment 12 --repo shop/schemas --body-file "));

    let url = |id: u32| format!("https://github.com/shop/schemas/pull/12#issuecomment-{id}");
    let body = format!("{MARKER}\nold");
    comments(
        &repository,
        &json!([
            {"viewerDidAuthor": false, "body": body, "url": url(1)},
            {"viewerDidAuthor": true, "body": "<!-- regis check another -->", "url": url(2)},
            {"viewerDidAuthor": true, "body": body, "url": url(3)},
        ]),
    );
    repository.git(&["checkout", "--quiet", "."]);
    repository.write("gh.log", "");
    assert_eq!(action(&repository, &[]).0, Some(0));
    assert!(repository.read("gh.written.md").contains("nothing found"), "it does not keep an old verdict");
    let log = repository.read("gh.log");
    assert!(log.contains("api --silent --method PATCH repos/shop/schemas/issues/comments/3 --field body=@"), "{log}");

    let (code, told) = action(&repository, &[("INPUT_AGAINST", "git:nowhere")]);
    assert_eq!(code, Some(2), "{told}");
    assert!(repository.read("gh.written.md").contains("No verdict: it ended with exit code 2"));
}

#[test]
fn the_action_does_without_a_comment() {
    if tools_are_missing() {
        return;
    }
    let repository = Repository::demonstration();
    comments(&repository, &json!([]));
    assert_eq!(action(&repository, &[]).0, Some(0));
    assert!(!repository.file("gh.written.md").exists(), "nothing changed, so nothing is said");

    for (with, calls) in [(("INPUT_COMMENT", "false"), false), (("INPUT_PULL_REQUEST", ""), false)] {
        repository.write("gh.log", "");
        assert_eq!(action(&repository, &[with]).0, Some(0));
        assert_eq!(repository.read("gh.log").contains("pr"), calls, "{with:?}");
    }

    let repository = broken();
    repository.write("gh.refuses", "");
    let summary = repository.file("summary.md");
    repository.write("summary.md", "before\n");
    let (code, told) = action(&repository, &[("GITHUB_STEP_SUMMARY", &summary.display().to_string())]);
    assert_eq!(code, Some(1), "the verdict counts, not the comment: {told}");
    assert!(told.contains("::warning title=regis::The comment was not written"), "{told}");
    assert!(told.starts_with("::error file=schemas/orders/value.avsc,line=9,col=5"), "{told}");
    assert!(repository.read("summary.md").starts_with("before\n### regis check"), "a summary is continued");
}

#[test]
fn a_long_report_is_shortened_to_what_github_takes() {
    if tools_are_missing() {
        return;
    }
    let repository = broken();
    for number in 0..400 {
        repository.write(&format!("schemas/{number}-päckchen/value.avsc"), "{\"type\": \"nothing of this name\"}");
    }
    comments(&repository, &json!([]));
    let (code, told) = action(&repository, &[]);
    assert_eq!(code, Some(1), "{told}");
    let written = repository.read("gh.written.md");
    assert!(written.len() > 60_000 && written.chars().count() < 65_536, "{}", written.len());
    assert!(written.ends_with("… and more: the annotations and the SARIF report have the rest.\n"));
}

/// The script behind `after_script` of the GitLab template.
fn note_script() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/gitlab/regis.gitlab-ci.yml");
    let text = fs::read_to_string(file).expect("the template");
    let script = text.split("  after_script:\n    - |\n").nth(1).expect("a script");
    let lines = script.lines().map_while(|line| line.strip_prefix("      "));
    lines.fold(String::new(), |script, line| script + line + "\n")
}

async fn note(repository: &Repository, script: &Script) -> Run {
    let mut shell = Command::new("sh");
    shell.current_dir(repository.path()).args(["-c", &note_script()]);
    for (name, value) in [
        ("REGIS_NOTE_TOKEN", "s3cret"),
        ("CI_API_V4_URL", &script.url()),
        ("CI_PROJECT_ID", "4"),
        ("CI_MERGE_REQUEST_IID", "12"),
        ("CI_JOB_NAME_SLUG", "schemas"),
        ("NO_PROXY", "127.0.0.1"),
    ] {
        shell.env(name, value);
    }
    run(shell).await
}

#[tokio::test]
async fn the_job_of_gitlab_writes_one_note_and_rewrites_it() {
    if tools_are_missing() {
        return;
    }
    let repository = Repository::empty();
    repository.write("regis.md", "### regis check\n\n| subject |\n|---|\n| a&b |\n");
    let answer = |headers, body: Value| Line::Answer(200, headers, body.to_string());
    let someone = json!({"id": 1, "author": {"id": 8}, "body": "<!-- regis check schemas -->\nnot mine"});
    let script = Script::play(vec![
        answer("", json!({"id": 7})),
        answer("X-Next-Page: 2\r\n", json!([someone])),
        answer("X-Next-Page: \r\n", json!([])),
        answer("", json!({})),
    ])
    .await;
    let done = note(&repository, &script).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    let heard = script.heard();
    assert_eq!(heard.len(), 4, "{heard:?}");
    assert!(heard[2].starts_with("GET /projects/4/merge_requests/12/notes?per_page=100&sort=asc&page=2 "), "{heard:?}");
    assert!(heard[3].starts_with("POST /projects/4/merge_requests/12/notes "), "{heard:?}");
    let body = heard[3].rsplit("\r\n\r\n").next().expect("a body").replace('+', " ");
    let body = percent_encoding::percent_decode_str(&body).decode_utf8_lossy();
    let expected = "body=<!-- regis check schemas -->\n### regis check\n\n| subject |\n|---|\n| a&b |\n";
    assert!(body.starts_with(expected), "{body}");
    assert!(heard.iter().all(|request| request.contains("PRIVATE-TOKEN: s3cret")), "{heard:?}");

    let mine = json!({"id": 55, "author": {"id": 7}, "body": "<!-- regis check schemas -->\nold"});
    let script =
        Script::play(vec![answer("", json!({"id": 7})), answer("", json!([someone, mine])), answer("", json!({}))])
            .await;
    repository.write("regis.md", "### regis check\n\n1 subject, nothing found\n");
    let done = note(&repository, &script).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(script.heard()[2].starts_with("PUT /projects/4/merge_requests/12/notes/55 "), "{:?}", script.heard());
}
