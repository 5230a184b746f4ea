//! A disk that turns read-only or fails while a server runs on it.
//!
//! Linux lets nobody make a file system read-only while a file on it is open for writing; it happens when the kernel
//! finds an error. So the server runs with a library in front of the C library (`faults.c`) that fails as such a disk does.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use futures_util::future::join_all;
use serde_json::json;
use tempfile::TempDir;

use super::{still_reads, writes_again};
use crate::harness::{Answer, Database, Process, STRING, avro, command, free_address, is_postgres, record};

/// What a disk does; see `faults.c`.
const READ_ONLY: &str = "read-only";
const WRITE_ERROR: &str = "write-error";
const FLUSH_ERROR: &str = "flush-error";
const STUCK: &str = "stuck";
const SOUND: &str = "sound";

/// A database on a disk that fails when it is told to.
struct Disk {
    database: Database,
    /// Where the log is, and what the disk is told.
    folder: TempDir,
    library: PathBuf,
}

impl Disk {
    fn new(test: &str) -> Option<Self> {
        if is_postgres() {
            println!("{test}: not run; it is about a SQLite file");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let library = folder.path().join("faults.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/disk/faults.c");
        let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
        if !made.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("CI").is_none(), "{test}: a C compiler is missing");
            println!("{test}: not run; it needs a C compiler, cc");
            return None;
        }
        Some(Self { database: Database::file(), folder, library })
    }

    fn becomes(&self, fault: &str) {
        // At once: nobody sees half a word.
        let (next, told) = (self.folder.path().join("next"), self.folder.path().join("fault"));
        fs::write(&next, fault).and_then(|()| fs::rename(&next, &told)).expect("the folder can be written");
    }

    async fn serve(&self) -> Process {
        self.serve_with(&[]).await
    }

    async fn serve_with(&self, settings: &[&str]) -> Process {
        let url = self.database.url();
        let address = free_address();
        let file = url.strip_prefix("sqlite:").expect("a file");
        let mut server = command(self.folder.path(), &["serve", "--listen", &address, "--database-url", &url]);
        server.args(settings);
        server.env("LD_PRELOAD", &self.library);
        server.env("DISK_FOLDER", Path::new(file).parent().expect("a folder"));
        server.env("DISK_FAULT", self.folder.path().join("fault"));
        Process::start_as(server, &address, self.folder.path()).await
    }
}

/// Demands that a write was refused with this code, and with a time after which to come again.
#[track_caller]
fn refused(answer: Answer, code: u32, words: &str) {
    assert!(answer.header("Retry-After").is_some(), "{:?}", answer.headers);
    answer.refused_with(code, &[words]);
}

/// Lets the disk fail under a server with one schema, and recover.
async fn fails_and_recovers(disk: &Disk, fault: &str) {
    let server = disk.serve().await;
    let id = server.register("kept", &avro(STRING)).await.id();
    let unread = server.register("unread", &avro(&record("Unread", &[]))).await.id();
    disk.becomes(fault);
    for number in 0..3 {
        let text = record(&format!("New{number}"), &[]);
        refused(server.register(&format!("new{number}"), &avro(&text)).await, 50302, "takes no writes");
    }
    refused(server.delete("/subjects/kept").await, 50302, "nothing was written");
    still_reads(&server, id).await;
    server.get(&format!("/schemas/ids/{unread}/schema")).await.says(200, &record("Unread", &[]));
    server.register("kept", &avro(STRING)).await.holds(id, 1);
    let ready = server.get("/readyz").await;
    assert_eq!((ready.status, &ready.json()["status"]), (200, &json!("degraded")), "{}", ready.text());
    disk.becomes(SOUND);
    writes_again(&server, "after").await;
    server.get("/subjects/after/versions/latest").await.holds(unread + 1, 1);
    server.get("/subjects").await.ok(json!(["after", "kept", "unread"]));
    assert_eq!(server.get("/readyz").await.json()["status"], json!("ok"));
    assert!(!server.log().contains("panicked"), "{}", server.log());
    server.kill();
    assert_eq!(disk.database.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_system_that_turns_read_only_is_told_and_needs_no_restart() {
    let Some(disk) = Disk::new("a_file_system_that_turns_read_only_is_told_and_needs_no_restart") else { return };
    fails_and_recovers(&disk, READ_ONLY).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_written_is_told_and_needs_no_restart() {
    let Some(disk) = Disk::new("a_disk_that_cannot_be_written_is_told_and_needs_no_restart") else { return };
    fails_and_recovers(&disk, WRITE_ERROR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_flush_nothing_is_written_until_a_restart() {
    let Some(disk) = Disk::new("after_a_failed_flush_nothing_is_written_until_a_restart") else { return };
    let server = disk.serve().await;
    let id = server.register("kept", &avro(STRING)).await.id();
    disk.becomes(FLUSH_ERROR);
    refused(server.register("new", &avro(&record("New", &[]))).await, 50304, "until it is started again");
    // The disk says that all is well again; what it has kept is unknown all the same.
    disk.becomes(SOUND);
    refused(server.register("new", &avro(&record("New", &[]))).await, 50304, "until it is started again");
    still_reads(&server, id).await;
    assert_eq!(server.get("/readyz").await.json()["status"], json!("degraded"));
    server.kill();
    let server = disk.serve().await;
    still_reads(&server, id).await;
    writes_again(&server, "after").await;
    server.kill();
    assert_eq!(disk.database.faults().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_does_not_answer_is_told_and_needs_no_restart() {
    let Some(disk) = Disk::new("a_disk_that_does_not_answer_is_told_and_needs_no_restart") else { return };
    let limits = ["--write-timeout", "1000", "--database-wait-timeout", "500", "--known-id-patience", "100"];
    let server = disk.serve_with(&limits).await;
    let id = server.register("kept", &avro(STRING)).await.id();
    server.get(&format!("/schemas/ids/{id}/schema")).await.says(200, STRING);
    // What was read before may be answered from SQLite's own memory until something is written.
    let unread = server.register("unread", &avro(&record("Unread", &[]))).await.id();
    disk.becomes(STUCK);
    // More than there are readers: none of them may wait for an answer that does not come.
    let texts: Vec<_> = (0..12).map(|number| avro(&record(&format!("New{number}"), &[]))).collect();
    let all = texts.iter().enumerate().map(|(number, text)| {
        let (server, subject) = (&server, format!("new{number}"));
        async move { server.register(&subject, text).await }
    });
    for answer in join_all(all).await {
        refused(answer, 50301, "nothing was written");
    }
    refused(server.get(&format!("/schemas/ids/{unread}/subjects")).await, 50301, "does not answer");
    server.get(&format!("/schemas/ids/{id}/schema")).await.says(200, STRING);
    disk.becomes(SOUND);
    writes_again(&server, "after").await;
    server.get("/subjects").await.ok(json!(["after", "kept", "unread"]));
    assert!(!server.log().contains("panicked"), "{}", server.log());
    server.kill();
    assert_eq!(disk.database.faults().await, Vec::<String>::new());
}
