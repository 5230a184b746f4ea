//! Wrong calls, help, and what the exit code says.

use super::Repository;

/// The commands that the list of commands names.
async fn commands(repository: &Repository) -> Vec<String> {
    let top = repository.regis(&["--help"]).await;
    let list = top.stdout.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    list.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_help_fits_a_screen_and_has_an_example() {
    let repository = Repository::empty();
    let names = commands(&repository).await;
    for expected in ["serve", "check", "lint", "help"] {
        assert!(names.iter().any(|name| name == expected), "{expected}: {names:?}");
    }
    let helps = names.iter().map(|name| vec![name.as_str(), "--help"]);
    for arguments in std::iter::once(vec!["--help"]).chain(helps) {
        let run = repository.regis(&arguments).await;
        assert_eq!(run.code, Some(0), "{run:?}");
        let widest = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!(run.stdout.lines().count() <= 40, "{arguments:?} takes {} lines", run.stdout.lines().count());
        assert!(widest <= Some(100), "{arguments:?} takes {widest:?} columns");
        assert!(run.stdout.contains("Example"), "{arguments:?} has no example: {}", run.stdout);
    }
}

#[tokio::test]
async fn the_help_of_a_command_is_also_found_by_its_name() {
    let repository = Repository::empty();
    assert_eq!(repository.regis(&["help"]).await.stdout, repository.regis(&["--help"]).await.stdout);
    for name in commands(&repository).await {
        let by_name = repository.regis(&["help", &name]).await;
        assert_eq!(by_name.stdout, repository.regis(&[&name, "--help"]).await.stdout, "{name}");
    }
    let run = repository.regis(&["help", "nothing"]).await;
    assert_eq!((run.code, run.stderr.contains("nothing")), (Some(2), true), "{run:?}");
}

#[tokio::test]
async fn the_settings_of_the_readme_are_those_of_the_server() {
    let repository = Repository::empty();
    let help = repository.regis(&["serve", "--help-all"]).await;
    assert_eq!(repository.regis(&["--help-all"]).await.stdout, help.stdout);
    // Lines are wrapped; between two settings there is always the start of the next flag.
    let words = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("the README");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .filter(|line| line.starts_with("| `--") && line.contains("`REGIS_") || line.starts_with("| – | `REGIS_"))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect())
        .collect();
    assert!(rows.len() > 30, "{}", rows.len());
    for row in &rows {
        let [flag, variable, default, _, confluent] = row[..] else { panic!("{row:?}") };
        let name = variable.trim_start_matches("REGIS_").to_lowercase().replace('_', "-");
        let from = words.find(&format!("[variable: {variable}]")).unwrap_or_else(|| panic!("{variable} is no setting"));
        assert!(flag == "–" || flag == format!("--{name}"), "{flag}");
        assert!(flag == "–" || words.contains(&format!("{flag} <")), "{flag} is no flag");
        let shown = default == "–" || words[..from].trim_end().ends_with(&format!("[default: {default}]"));
        assert!(shown, "{variable}: {default}");
        let other = format!("[variable: {variable}] [TOML key: {name}] [Confluent: {confluent}]");
        assert!(confluent == "–" || words.contains(&other), "{variable}: {confluent}");
    }
    for variable in words.split("[variable: ").skip(1).filter_map(|rest| rest.split(']').next()) {
        // The file is told above the table, the limits of other lists below it.
        let beside = variable == "REGIS_CONFIG" || variable.contains("_SEARCH_");
        assert!(beside || rows.iter().any(|row| row[1] == variable), "the README lacks {variable}");
    }
}

#[tokio::test]
async fn wrong_calls_are_told_with_exit_code_2() {
    let repository = Repository::demonstration();
    for (arguments, words) in [
        (&["check", "--against", "git:nowhere"][..], "git:nowhere: there is no such commit"),
        (&["check", "--against", "nothing"], "write git:REF, a path, SUBJECT@VERSION"),
        (&["check", "--against", "git:--output=x"], "there is no such commit"),
        (&["check", "--against", "x@y"], "\"y\" is not a version"),
        (&["check", "--level", "BACKWARDS"], "is not a level"),
        (&["check", "nowhere"], "nowhere: there is no such file or folder"),
        (&["check", "regis.yaml"], "this is no schema file"),
        (&["check", "-o", "xml"], "there is no output \"xml\""),
        (&["check", "-o", "json", "-o", "human"], "only one output"),
        (&["check", "-o", "json=nowhere/out.json"], "nowhere/out.json"),
        (&["check", "--against", "schemas/orders/value.avsc"], "name the file"),
        (&["check", "-o", "json=a.json", "-o", "sarif=./a.json"], "two outputs go to ./a.json"),
        (&["check", "-o", "json=schemas/a", "-o", "github=schemas/../schemas/a"], "two outputs go to"),
        (&["check", "-o", "json="], "a file is missing behind json="),
        (&["check", "--against", "git:"], "write git:main, or git:HEAD"),
        (&["diff", "schemas/none.avsc", "schemas/orders/value.avsc"], "schemas/none.avsc: there is no such file"),
        (&["diff", "none.avsc", "schemas/orders/value.avsc"], "none.avsc: there is no such file"),
        (&["diff", "git:main", "schemas/orders/value.avsc"], "git:REF:PATH"),
        (&["diff", "git::a.avsc", "schemas/orders/value.avsc"], "git:REF:PATH"),
        (&["explain", "AVRO-999"], "there is no rule"),
        (&["completion", "tcsh"], "tcsh"),
    ] {
        let run = repository.regis(arguments).await;
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
    }
    let empty = Repository::empty();
    let run = empty.regis(&["check", "--against", "."]).await;
    assert_eq!((run.code, run.stderr.contains("no schema files")), (Some(2), true), "{run:?}");
}

#[tokio::test]
async fn every_mistake_of_the_configuration_is_told() {
    let repository = Repository::demonstration();
    repository.write("regis.yaml", "default: {}\nsubjects:\n  a: {compatibility: SOME}\n");
    let run = repository.regis(&["check"]).await;
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("regis.yaml:1:1: there is no key \"default\"; did you mean \"defaults\"?"), "{run:?}");
    assert!(run.stderr.contains("regis.yaml:3:22: \"SOME\" is not a compatibility level"), "{run:?}");
}

#[tokio::test]
async fn subjects_of_the_configuration_that_nobody_has_are_warned_of() {
    let repository = Repository::demonstration();
    let configuration = repository
        .read("regis.yaml")
        .replace("  orders-value:", "  order-value:\n    file: order.avsc\n  \":.team:\":");
    let exceptions = "exceptions:\n  - {rule: AVRO-001, subject: \"shop-*\", until: 2999-01-01, reason: x}\n  \
                      - {rule: AVRO-001, subject: \"customers-*\", until: 2999-01-01, reason: x}\n";
    repository.write("regis.yaml", configuration.clone() + exceptions);
    let (code, report) = repository.check(&[]).await;
    let line = |words: &str| {
        repository.read("regis.yaml").lines().position(|line| line.contains(words)).expect("a line") as u64 + 1
    };
    let expected = [
        ("CONF-005", "order-value", "regis.yaml", line("order-value:"), 3),
        ("CONF-005", "", "regis.yaml", line("shop-*"), 5),
    ];
    let expected = expected.map(|(rule, subject, file, line, column)| {
        (rule.to_owned(), subject.to_owned(), file.to_owned(), line, column)
    });
    assert_eq!((code, super::places(&report).as_slice()), (Some(0), &expected[..]), "{report:#}");
    let told = report["findings"][0]["message"].as_str().expect("a message");
    assert_eq!(told, "the subject order-value has no file: order.avsc is no schema file");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_result_that_cannot_be_written_is_told() {
    use std::{fs::OpenOptions, process::Stdio};
    let repository = Repository::demonstration();
    for arguments in [&["check", "-o", "json"][..], &["explain"], &["lint", "--exit-zero"]] {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("the device");
        let mut regis = crate::harness::command(repository.path(), arguments);
        let done = regis.stdout(full).stderr(Stdio::piped()).output().expect("the binary runs");
        let told = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(5), "{arguments:?}: {told}");
        assert!(told.contains("the standard output cannot be written: No space left"), "{arguments:?}: {told}");

        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut regis = crate::harness::command(repository.path(), arguments);
        let done = regis.stdout(writer).stderr(Stdio::piped()).output().expect("the binary runs");
        assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    }
    let file = repository.regis(&["check", "-o", "json=/dev/full"]).await;
    assert_eq!((file.code, file.stderr.contains("/dev/full: No space left")), (Some(5), true), "{file:?}");
}

#[tokio::test]
async fn a_registry_that_is_not_there_gives_exit_code_3() {
    let repository = Repository::demonstration();
    let url = format!("http://{}", crate::harness::free_address());
    let mut regis = crate::harness::command(repository.path(), &["check", "--against", &url]);
    regis.env("REGIS_REGISTRY_RETRIES", "0");
    let run = crate::harness::run(regis).await;
    assert_eq!((run.code, run.stderr.contains("cannot be reached")), (Some(3), true), "{run:?}");
}

#[tokio::test]
async fn no_configuration_is_needed() {
    let repository = Repository::empty();
    repository.write("user.avsc", r#"{"type": "record", "name": "User", "fields": []}"#);
    repository.commit();
    repository.write(
        "user.avsc",
        "{\"type\": \"record\", \"name\": \"User\", \"fields\": [\n {\"name\": \"a\", \"type\": \"int\"}]}",
    );
    repository.write("ignored/user.avsc", "{");
    repository.write(".gitignore", "ignored\n");
    let (code, report) = repository.check(&["--against", "git:main"]).await;
    assert_eq!(code, Some(1));
    let expected = ("AVRO-001".to_owned(), "user".to_owned(), "user.avsc".to_owned(), 2, 2);
    assert_eq!(super::places(&report), [expected], "{report:#}");
    let run = repository.regis(&["check", "--exit-zero", "--quiet"]).await;
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
}

#[tokio::test]
async fn every_rule_is_explained() {
    let repository = Repository::empty();
    let list = repository.regis(&["explain"]).await;
    let ids: Vec<&str> = list.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(ids.len() > 150, "{}", ids.len());
    for id in ["AVRO-001", "JSON-031", "PROTO-004", "LINT-001", "CONF-003", "REF-001"] {
        assert!(ids.contains(&id), "{id}");
        let run = repository.regis(&["explain", id]).await;
        assert!(run.code == Some(0) && run.stdout.starts_with(id), "{run:?}");
        assert!(run.stdout.contains("What helps:"), "{run:?}");
    }
    for (part, first, count) in [("lint", "LINT-001", 16), ("DEFAULT_", "AVRO-001", 1), ("enum-", "LINT-004", 4)] {
        let run = repository.regis(&["explain", part]).await;
        let listed: Vec<&str> = run.stdout.lines().collect();
        assert!(run.code == Some(0) && listed.iter().any(|line| line.starts_with(first)), "{part}: {run:?}");
        assert!(listed.len() >= count && listed.len() < ids.len(), "{part}: {listed:?}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = repository.regis(&["completion", shell]).await;
        assert!(script.code == Some(0) && script.stdout.contains("check"), "{shell}");
    }
}
