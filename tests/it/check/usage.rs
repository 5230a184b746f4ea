//! Wrong calls, help, and what the exit code says.

use super::Repository;

#[tokio::test]
async fn every_help_fits_a_screen_and_has_an_example() {
    let repository = Repository::empty();
    let top = repository.regis(&["--help"]).await;
    let commands = top.stdout.split("Commands:").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    let names: Vec<&str> = commands.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.contains(&"check") && names.contains(&"lint"), "{names:?}");
    let helps = names.into_iter().filter(|name| !["serve", "help"].contains(name)).map(|name| vec![name, "--help"]);
    for arguments in std::iter::once(vec!["--help"]).chain(helps) {
        let run = repository.regis(&arguments).await;
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.lines().count() <= 40, "{arguments:?} takes {} lines", run.stdout.lines().count());
        assert!(run.stdout.contains("Example"), "{arguments:?} has no example: {}", run.stdout);
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
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = repository.regis(&["completion", shell]).await;
        assert!(script.code == Some(0) && script.stdout.contains("check"), "{shell}");
    }
}
