//! The command: how it starts, what it refuses, and how it stops.

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::harness::{Process, Run, avro, command, free_address, read_response, run};

/// Within this time a server that cannot start says so.
const PROMPTLY: Duration = Duration::from_secs(2);

fn folder() -> TempDir {
    TempDir::new().expect("a temporary folder")
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("regis.db").display())
}

/// Demands an end in time, with a failure and one sentence that says these words.
#[track_caller]
fn refuses_to_start(run: &Run, words: &[&str]) {
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert!(run.took < PROMPTLY, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "expected {word:?} in {run:?}");
    }
    assert!(!run.stderr.contains("panicked") && !run.stderr.contains("secret"), "{run:?}");
}

async fn start_refused(arguments: &[&str]) -> Run {
    let folder = folder();
    run(command(folder.path(), arguments)).await
}

#[tokio::test]
async fn without_a_command_it_serves_from_a_file_below_the_folder_it_stands_in() {
    let folder = folder();
    let address = free_address();
    let mut command = command(folder.path(), &[]);
    command.env("REGIS_LISTEN", &address);
    let server = Process::start_as(command, &address, folder.path()).await;
    server.register("s", &avro("\"string\"")).await.holds(1, 1);
    assert!(folder.path().join("data/regis.db").is_file());
    let log = server.log();
    let first = log.lines().next().unwrap_or_default();
    for word in [address.as_str(), "sqlite:data/regis.db", "/docs"] {
        assert!(first.contains(word), "expected {word:?} in {first}");
    }
}

#[tokio::test]
async fn what_was_registered_is_there_after_a_restart() {
    let folder = folder();
    let first = Process::start(folder.path(), &sqlite(folder.path())).await;
    first.register("s", &avro("\"string\"")).await.holds(1, 1);
    first.signal("TERM");
    assert_eq!(first.ended().await, Some(0));
    let second = Process::start(folder.path(), &sqlite(folder.path())).await;
    second.get("/subjects/s/versions/1/schema").await.says(200, "\"string\"");
    second.register("s", &avro("\"string\"")).await.holds(1, 1);
    second.register("t", &avro("\"int\"")).await.holds(2, 1);
}

#[tokio::test]
async fn flags_win_over_variables_and_variables_over_the_file() {
    let folder = folder();
    let address = free_address();
    let file = folder.path().join("regis.toml");
    let text = format!(
        "listen = \"127.0.0.1:1\"\ndatabase-url = \"{}\"\ncompatibility-level = \"FULL\"\ncluster-id = \"of the file\"\nmode-mutability = false\n",
        sqlite(folder.path())
    );
    fs::write(&file, text).expect("a file");
    let path = file.display().to_string();
    let mut command = command(folder.path(), &["serve", "--config", &path, "--listen", &address]);
    command.env("REGIS_LISTEN", "127.0.0.1:2").env("REGIS_COMPATIBILITY_LEVEL", "FORWARD");
    let server = Process::start_as(command, &address, folder.path()).await;
    server.get("/config").await.ok(json!({"compatibilityLevel": "FORWARD"}));
    let id = server.get("/v1/metadata/id").await.json();
    assert_eq!(id["scope"]["clusters"]["schema-registry-cluster"], json!("of the file"));
    assert!(folder.path().join("regis.db").is_file());
}

#[tokio::test]
async fn the_file_may_be_named_by_a_variable() {
    let folder = folder();
    let address = free_address();
    let file = folder.path().join("regis.toml");
    let text = format!(
        "listen = \"{address}\"\ndatabase-url = \"{}\"\ncompatibility-level = \"NONE\"\n",
        sqlite(folder.path())
    );
    fs::write(&file, text).expect("a file");
    let mut command = command(folder.path(), &["serve"]);
    command.env("REGIS_CONFIG", &file);
    let server = Process::start_as(command, &address, folder.path()).await;
    server.get("/config").await.ok(json!({"compatibilityLevel": "NONE"}));
}

#[tokio::test]
async fn every_mistake_of_a_configuration_is_told_at_once() {
    let folder = folder();
    let file = folder.path().join("regis.toml");
    fs::write(
        &file,
        "liste = \"a\"\nbody-limit = \"many\"\nvalidate-fields = 1\ndatabase-url = \"mysql://me:secret@host/db\"\n",
    )
    .expect("a file");
    let path = file.display().to_string();
    let mut command =
        command(folder.path(), &["serve", "--config", &path, "--listen", "nowhere", "--compatibility-level", "SOME"]);
    command.env("REGIS_LOG_LEVEL", "loud").env("REGIS_LISTENN", "127.0.0.1:1");
    let run = run(command).await;
    assert_eq!(run.code, Some(2), "{run:?}");
    for place in [
        "liste",
        "body-limit",
        "validate-fields",
        "database-url",
        "--listen",
        "--compatibility-level",
        "REGIS_LOG_LEVEL",
        "REGIS_LISTENN",
    ] {
        assert!(run.stderr.lines().any(|line| line.contains(place)), "expected {place} in {run:?}");
    }
    assert_eq!(run.stderr.lines().count(), 8, "one line each: {run:?}");
    assert!(!run.stderr.contains("secret"), "{run:?}");
}

#[tokio::test]
async fn a_wrong_call_is_explained() {
    for arguments in [&["serve", "--nonsense"][..], &["nonsense"], &["--listen"], &["serve", "extra"]] {
        let run = start_refused(arguments).await;
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:?}");
        assert!(!run.stderr.is_empty());
    }
    let run = start_refused(&["serve", "--config", "missing.toml"]).await;
    assert_eq!(run.code, Some(2), "{run:?}");
    refuses_to_start(&run, &["missing.toml"]);
}

#[tokio::test]
async fn the_help_names_every_setting_with_its_default_its_variable_and_its_key() {
    let help = start_refused(&["serve", "--help-all"]).await;
    assert_eq!(help.code, Some(0), "{help:?}");
    for (name, default) in [
        ("listen", "127.0.0.1:8081"),
        ("database-url", "sqlite:data/regis.db"),
        ("log-format", "auto"),
        ("log-level", "info"),
        ("body-limit", "10000000"),
        ("compatibility-level", "BACKWARD"),
        ("validate-fields", "false"),
        ("validate-new-schemas", "true"),
        ("reject-empty-subject", "false"),
        ("strict-reference-versions", "false"),
        ("mode-mutability", "true"),
        ("rule-sets", "kept"),
    ] {
        let entry =
            help.stdout.split(&format!("--{name} ")).nth(1).unwrap_or_else(|| panic!("no --{name}: {}", help.stdout));
        let entry = entry.split("\n      --").next().unwrap_or_default();
        let variable = format!("REGIS_{}", name.to_uppercase().replace('-', "_"));
        for word in [default, variable.as_str(), name] {
            assert!(entry.contains(word), "--{name} lacks {word}: {entry}");
        }
    }
    assert!(help.stdout.contains("--config"));
    for arguments in [&["--help"][..], &["--version"]] {
        assert_eq!(start_refused(arguments).await.code, Some(0));
    }
}

#[tokio::test]
async fn a_port_in_use_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address").to_string();
    refuses_to_start(&start_refused(&["--listen", &address]).await, &[&address, "in use"]);
    refuses_to_start(&start_refused(&["--listen", "192.0.2.1:8081"]).await, &["192.0.2.1:8081"]);
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_told() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "x".repeat(10_000)).expect("a file");
    fs::create_dir(folder.path().join("folder")).expect("a folder");
    let at = |path: &str| format!("sqlite:{}", folder.path().join(path).display());
    for (url, words) in [
        // Below a regular file nobody can create a folder, whoever runs the server.
        (at("file/below/regis.db"), vec!["file/below"]),
        (at("file/regis.db"), vec!["file"]),
        (at("folder"), vec!["folder"]),
        (at("file"), vec!["file"]),
        ("postgres://me:secret@127.0.0.1:1/db".to_owned(), vec!["postgres://me@127.0.0.1:1/db"]),
    ] {
        let run = start_refused(&["--listen", &free_address(), "--database-url", &url]).await;
        assert_eq!(run.code, Some(1), "{url}: {run:?}");
        refuses_to_start(&run, &words);
    }
    for url in ["mysql://me:secret@host/db", "", "sqlite"] {
        let run = start_refused(&["--listen", &free_address(), "--database-url", url]).await;
        refuses_to_start(&run, &["database-url"]);
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let folder = folder();
    let url = sqlite(folder.path());
    let first = Process::start(folder.path(), &url).await;
    let second = start_refused(&["--listen", &free_address(), "--database-url", &url]).await;
    refuses_to_start(&second, &["regis.db", "in use"]);
    first.register("s", &avro("\"string\"")).await.holds(1, 1);
    first.kill();
    let third = Process::start(folder.path(), &url).await;
    third.get("/subjects").await.ok(json!(["s"]));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = folder();
    let url = sqlite(folder.path());
    let server = Process::start(folder.path(), &url).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    let mut connection = SqliteConnection::connect(&url).await.expect("the file is a database");
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, x'00', 0)";
    connection.execute(newer).await.expect("a row");
    connection.close().await.expect("it can be closed");
    let run = start_refused(&["--listen", &free_address(), "--database-url", &url]).await;
    refuses_to_start(&run, &["newer version", "9999"]);
}

/// A request whose body is still missing, and which the server is known to be reading.
async fn begin_a_registration(address: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    let head = format!(
        "POST /subjects/s/versions HTTP/1.1\r\nHost: registry\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("a head");
    let mut interim = vec![0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut interim).await.expect("the server asks for the body");
    assert!(interim.starts_with(b"HTTP/1.1 100"));
    stream
}

async fn stops_in_order(signal: &str) {
    let folder = folder();
    let server = Process::start(folder.path(), &sqlite(folder.path())).await;
    let idle = TcpStream::connect(server.address()).await.expect("the server listens");
    let body = avro("\"string\"").to_string();
    let mut stream = begin_a_registration(server.address(), &body).await;
    server.signal(signal);
    while TcpStream::connect(server.address()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    stream.write_all(body.as_bytes()).await.expect("the server still reads");
    let answer = read_response(stream, "a request in flight").await.expect("a response");
    answer.holds(1, 1);
    assert_eq!(server.ended().await, Some(0), "{}", server.log());
    drop(idle);
    let next = Process::start(folder.path(), &sqlite(folder.path())).await;
    next.get("/subjects").await.ok(json!(["s"]));
}

#[tokio::test]
async fn sigterm_finishes_requests_in_flight_and_refuses_new_ones() {
    stops_in_order("TERM").await;
}

#[tokio::test]
async fn sigint_does_the_same() {
    stops_in_order("INT").await;
}

#[tokio::test]
async fn each_request_is_one_line_of_the_log_and_secrets_are_none() {
    let folder = folder();
    let server = Process::start(folder.path(), &sqlite(folder.path())).await;
    let request = "GET /subjects/of%20mine/versions/1?token=hidden-1 HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nX-Request-ID: mine-77\r\nAuthorization: Basic hidden-2\r\n\r\n";
    crate::harness::exchange(server.address(), request.as_bytes(), "a read").await.refused_with(40401, &[]);
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("mine-77")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    let line: Value = serde_json::from_str(lines[0]).expect("without a terminal the log is JSON");
    for (member, expected) in [
        ("method", json!("GET")),
        ("route", json!("/subjects/{subject}/versions/{version}")),
        ("status", json!(404)),
        ("request_id", json!("mine-77")),
    ] {
        assert_eq!(line[member], expected, "{member} in {line}");
    }
    assert!(line.as_object().is_some_and(|line| line.values().any(Value::is_f64)), "a time: {line}");
    assert!(!log.contains("hidden"), "{log}");
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
}

#[tokio::test]
async fn the_log_may_be_for_people_and_may_be_quiet() {
    let folder = folder();
    for (flags, silent) in [(["--log-format", "human"], false), (["--log-level", "warn"], true)] {
        let address = free_address();
        let url = sqlite(folder.path());
        let mut arguments = vec!["serve", "--listen", &address, "--database-url", &url];
        arguments.extend(flags);
        let server = Process::start_as(command(folder.path(), &arguments), &address, folder.path()).await;
        server.get("/subjects").await.ok(json!([]));
        server.signal("TERM");
        assert_eq!(server.ended().await, Some(0));
        let log = server.log();
        assert_eq!(log.trim().is_empty(), silent, "{log}");
        assert!(!log.contains('{') && !log.contains('\u{1b}'), "{log}");
    }
}

#[tokio::test]
async fn health_and_the_documentation_are_served() {
    let folder = folder();
    let server = Process::start(folder.path(), &sqlite(folder.path())).await;
    for path in ["/livez", "/readyz"] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
    let document = server.get("/openapi.json").await.json();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    assert!(document["paths"]["/subjects/{subject}/versions"]["post"].is_object());
    let mut page = server.get("/docs").await;
    if let Some(place) = page.header("location").map(str::to_owned) {
        page = server.get(&place).await;
    }
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    let text = page.text();
    assert!(!text.contains("https://") && !text.contains("http://"), "it works without a network: {text}");
}
