//! A disk that is full, or that may only be read: what cannot be done is refused in clear words, reads go on, and a
//! server need not be started again when there is room.
//!
//! The disk is a small file system in memory, which only root may mount; without it the tests say so.

use std::{fs, path::Path, process::Command, time::Duration};

use tempfile::TempDir;

use crate::harness::{Process, STRING, avro, is_postgres, record};

mod failing;

/// Room for the database and little more.
const SIZE: &str = "size=4m";

/// A small file system, unmounted when it is dropped.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn mount(test: &str) -> Option<Self> {
        if is_postgres() {
            println!("{test}: not run; it is about a SQLite file");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mounted = mount(&["-t", "tmpfs", "-o", SIZE, "regis-test"], folder.path());
        if !mounted {
            println!("{test}: not run; root may mount the small file system that it needs");
        }
        mounted.then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn remount(&self, mode: &str) {
        assert!(mount(&["-o", &format!("remount,{mode},{SIZE}")], self.path()), "the file system is mounted");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Not the test's fault if it is still busy: a lazy unmount waits.
        drop(Command::new("umount").arg("-l").arg(self.path()).status());
    }
}

fn mount(arguments: &[&str], place: &Path) -> bool {
    let output = Command::new("mount").args(arguments).arg(place).output();
    output.is_ok_and(|output| output.status.success())
}

/// A server with one schema, whose database lies on the disk and whose log does not.
async fn server_on(disk: &Disk, folder: &Path) -> (Process, i64) {
    let server = Process::start(folder, &format!("sqlite:{}", disk.path().join("regis.db").display())).await;
    let id = server.register("kept", &avro(STRING)).await.id();
    (server, id)
}

/// A schema large enough that a small disk is soon full.
fn large(number: usize) -> String {
    format!(r#"{{"type":"record","name":"R{number}","doc":"{}","fields":[]}}"#, "x".repeat(50_000))
}

/// Registers until a write is refused for want of room, and answers how many were accepted.
async fn fill(server: &Process) -> usize {
    for number in 0..1000 {
        let answer = server.register(&format!("large-{number}"), &avro(&large(number))).await;
        if answer.status != 200 {
            assert!(matches!(answer.status, 503 | 507), "{}: {}", answer.status, answer.text());
            assert!(answer.json()["message"].is_string(), "{}", answer.text());
            return number;
        }
    }
    panic!("the disk does not get full");
}

async fn still_reads(server: &Process, id: i64) {
    server.get(&format!("/schemas/ids/{id}/schema")).await.says(200, STRING);
    server.get("/subjects/kept/versions").await.ok(serde_json::json!([1]));
}

/// Waits until a write is accepted again.
async fn writes_again(server: &Process, subject: &str) {
    for _ in 0..100 {
        let answer = server.register(subject, &avro(&record("Again", &[]))).await;
        if answer.status == 200 {
            return;
        }
        assert!(answer.status >= 500, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no write is accepted although the disk has recovered: {}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_until_there_is_room_again() {
    let Some(disk) = Disk::mount("a_full_disk_refuses_writes_until_there_is_room_again") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (server, id) = server_on(&disk, folder.path()).await;
    // Removed later to make room.
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 1 << 20]).expect("there is room");
    let accepted = fill(&server).await;
    assert!(accepted > 0, "something was accepted before");
    still_reads(&server, id).await;
    fs::remove_file(&ballast).expect("a file can be removed from a full disk");
    writes_again(&server, "after").await;
    still_reads(&server, id).await;
    for number in 0..accepted {
        server.get(&format!("/subjects/large-{number}/versions/1/schema")).await.says(200, &large(number));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_starts_on_a_disk_that_may_only_be_read() {
    let Some(disk) = Disk::mount("no_server_starts_on_a_disk_that_may_only_be_read") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (server, id) = server_on(&disk, folder.path()).await;
    // Linux makes no file system read-only while a file on it is open for writing.
    server.kill();
    disk.remount("ro");
    let url = format!("sqlite:{}", disk.path().join("regis.db").display());
    let run = crate::harness::run(crate::harness::command(
        folder.path(),
        &["serve", "--listen", "127.0.0.1:0", "--database-url", &url],
    ))
    .await;
    assert!(run.code.is_some_and(|code| code != 0), "{run:?}");
    assert!(run.stderr.contains("regis.db"), "it names the file: {run:?}");
    disk.remount("rw");
    let server = Process::start(folder.path(), &url).await;
    still_reads(&server, id).await;
    writes_again(&server, "after").await;
}
