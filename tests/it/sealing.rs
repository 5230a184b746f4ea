//! Sensitive metadata on the disk: sealed with the secret of a setting, plain for clients, and resealed at a start.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Exchange, Process, command, free_address, run};

const FIRST: &str = "first-secret-0123456789";
const SECOND: &str = "second-secret-0123456789";
/// Values that must not be found on the disk; what makes the second one sensitive stands in a configuration.
const HIDDEN: [&str; 2] = ["hunter2-of-the-schema", "hunter3-by-default"];

/// The variables that hold the current and the old secret.
fn secrets(current: &str, old: &str) -> [(&'static str, String); 2] {
    [("REGIS_METADATA_SECRET", current.to_owned()), ("REGIS_METADATA_OLD_SECRET", old.to_owned())]
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("regis.db").display())
}

async fn start(folder: &Path, current: &str, old: &str) -> Process {
    let address = free_address();
    let mut command = command(folder, &["serve", "--listen", &address, "--database-url", &url(folder)]);
    command.envs(secrets(current, old));
    Process::start_as(command, &address, folder).await
}

async fn stop(server: Process) -> String {
    server.signal("TERM");
    assert_eq!(server.ended().await, Some(0));
    server.log()
}

fn body() -> Value {
    let metadata = json!({"properties": {"owner": "team-a", "password": HIDDEN[0]}, "sensitive": ["password"]});
    json!({"schema": "\"string\"", "metadata": metadata})
}

async fn send(server: &Process, method: &str, target: &str, body: &Value) -> Value {
    let body = body.to_string();
    let length = body.len().to_string();
    let headers: [(&str, &[u8]); 2] = [("Content-Type", b"application/json"), ("Content-Length", length.as_bytes())];
    let exchange = Exchange { method, target, headers: &headers, body: body.as_bytes() };
    exchange.send(server.address()).await.json()
}

/// Whether any file of the database holds a text.
fn is_on_the_disk(folder: &Path, text: &str) -> bool {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files: Vec<_> = files.filter(|path| path.to_string_lossy().contains("regis.db")).collect();
    assert!(!files.is_empty(), "there is a database");
    files.iter().any(|path| fs::read(path).expect("a file").windows(text.len()).any(|window| window == text.as_bytes()))
}

async fn shows_everything(server: &Process) {
    let shown = server.get("/subjects/s/versions/1").await.json();
    assert_eq!(shown["metadata"], body()["metadata"], "{shown}");
    let found = server.get("/subjects/s/metadata?key=password&value=hunter2-of-the-schema").await.json();
    assert_eq!(found["version"], json!(1), "{found}");
    // The same content elsewhere has the same id and guid, and is found by what was posted.
    let again = server.register("u", &body()).await.json();
    assert_eq!((&again["id"], &again["guid"]), (&shown_id(server).await["id"], &shown_id(server).await["guid"]));
    let looked_up = send(server, "POST", "/subjects/s", &body()).await;
    assert_eq!((&looked_up["version"], &looked_up["metadata"]), (&json!(1), &body()["metadata"]), "{looked_up}");
    let merged = server.get("/subjects/t/versions/1").await.json();
    assert_eq!(merged["metadata"], json!({"properties": {"token": HIDDEN[1]}, "sensitive": ["token"]}), "{merged}");
}

async fn shown_id(server: &Process) -> Value {
    server.get("/subjects/s/versions/1").await.json()
}

async fn fill(server: &Process) {
    server.register("s", &body()).await.holds(1, 1);
    let config = json!({"defaultMetadata": {"sensitive": ["token"]}});
    assert_eq!(send(server, "PUT", "/config/t", &config).await, config);
    let metadata = json!({"properties": {"token": HIDDEN[1]}});
    server.register("t", &json!({"schema": "\"int\"", "metadata": metadata})).await.holds(2, 1);
}

/// Contract: 4.4/5, 10/13.
#[tokio::test]
async fn no_file_holds_a_sensitive_value_and_no_client_notices() {
    let folder = TempDir::new().expect("a folder");
    let server = start(folder.path(), FIRST, "").await;
    fill(&server).await;
    shows_everything(&server).await;
    // Before and after the end: in the write-ahead log, and in the file.
    assert!(HIDDEN.iter().all(|value| !is_on_the_disk(folder.path(), value)));
    assert!(is_on_the_disk(folder.path(), "team-a"), "other values are plain");
    let log = stop(server).await;
    assert!(HIDDEN.iter().all(|value| !is_on_the_disk(folder.path(), value)));
    assert!([FIRST, HIDDEN[0], HIDDEN[1]].iter().all(|word| !log.contains(word)), "{log}");
    shows_everything(&start(folder.path(), FIRST, "").await).await;
}

/// Contract: 10/13.
#[tokio::test]
async fn a_new_secret_takes_over_what_the_old_one_sealed() {
    let folder = TempDir::new().expect("a folder");
    let server = start(folder.path(), FIRST, "").await;
    fill(&server).await;
    stop(server).await;
    let server = start(folder.path(), SECOND, FIRST).await;
    shows_everything(&server).await;
    let log = stop(server).await;
    assert!(log.contains("sealed 2 records of sensitive metadata"), "{log}");
    // The old secret is not needed any more.
    let server = start(folder.path(), SECOND, "").await;
    shows_everything(&server).await;
    let log = stop(server).await;
    assert!(!log.contains("records of sensitive metadata"), "{log}");
}

#[tokio::test]
async fn values_that_lay_open_are_sealed_at_the_start() {
    let folder = TempDir::new().expect("a folder");
    let server = start(folder.path(), "", "").await;
    fill(&server).await;
    shows_everything(&server).await;
    stop(server).await;
    assert!(HIDDEN.iter().all(|value| is_on_the_disk(folder.path(), value)), "without a secret they lie open");
    let server = start(folder.path(), FIRST, "").await;
    shows_everything(&server).await;
    stop(server).await;
    assert!(HIDDEN.iter().all(|value| !is_on_the_disk(folder.path(), value)));
}

#[tokio::test]
async fn without_the_secret_the_server_does_not_start() {
    let folder = TempDir::new().expect("a folder");
    let server = start(folder.path(), FIRST, "").await;
    fill(&server).await;
    stop(server).await;
    for (current, old) in [("", ""), (SECOND, "")] {
        let mut command = command(
            folder.path(),
            &["serve", "--listen", &free_address(), "--database-url", &url(folder.path()), "--log-level", "off"],
        );
        command.envs(secrets(current, old));
        let refused = run(command).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("sealed with a secret that this server does not have"), "{refused:?}");
    }
}

#[tokio::test]
async fn secrets_are_no_flags_and_weak_ones_are_mistakes() {
    let folder = TempDir::new().expect("a folder");
    let help = run(command(folder.path(), &["serve", "--help"])).await;
    assert!(!help.stdout.contains("secret"), "a flag would be seen by everybody on the machine: {}", help.stdout);
    for (current, old, why) in [
        ("short", "", "REGIS_METADATA_SECRET: the secret is shorter than 16 bytes"),
        ("", FIRST, "metadata-old-secret is given, but no metadata-secret"),
    ] {
        let mut command = command(folder.path(), &["serve", "--listen", &free_address()]);
        command.envs(secrets(current, old));
        let refused = run(command).await;
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.stderr.contains(why) && !refused.stderr.contains("0123456789"), "{refused:?}");
    }
}
