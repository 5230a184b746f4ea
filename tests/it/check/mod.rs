//! `regis check`, `lint`, `diff` and `explain`, run as a user runs them.

mod causes;
mod comments;
mod demonstration;
mod differences;
mod gone;
mod linting;
mod mutations;
mod outputs;
mod places;
mod registry;
mod templates;
mod usage;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Run, command, run};

/// A git repository of its own.
pub struct Repository {
    folder: TempDir,
}

impl Repository {
    /// The demonstration of `examples/ci`, committed on `main`.
    pub fn demonstration() -> Self {
        let repository = Self::empty();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci"), repository.folder.path());
        repository.commit();
        repository
    }

    /// Nothing but a git repository.
    pub fn empty() -> Self {
        let repository = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// Commits everything.
    pub fn commit(&self) {
        self.git(&["add", "--all"]);
        let person = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"];
        let mut arguments = person.to_vec();
        arguments.extend(["commit", "--quiet", "--no-verify", "--message=x"]);
        self.git(&arguments);
    }

    pub fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            git.env_remove(name);
        }
        let done = git.current_dir(self.folder.path()).args(arguments).output().expect("git runs");
        assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("a file")
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let file = self.file(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("the file is written");
    }

    /// Replaces words of a file; they must be there.
    pub fn edit(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} lacks {old:?}");
        self.write(name, text.replacen(old, new, 1));
    }

    /// Runs the binary here.
    pub async fn regis(&self, arguments: &[&str]) -> Run {
        run(command(self.folder.path(), arguments)).await
    }

    /// Runs a check and reads its JSON.
    pub async fn check(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let mut all = vec!["check", "-o", "json"];
        all.extend(arguments);
        let run = self.regis(&all).await;
        let report = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
        (run.code, report)
    }
}

/// What tests compare of a finding: rule, subject, file, line, column.
pub fn places(report: &Value) -> Vec<(String, String, String, u64, u64)> {
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let number = |finding: &Value, key: &str| finding[key].as_u64().unwrap_or_default();
    let findings = report["findings"].as_array().expect("a list");
    let place = |finding| {
        let (line, column) = (number(finding, "line"), number(finding, "column"));
        (text(finding, "rule"), text(finding, "subject"), text(finding, "file"), line, column)
    };
    findings.iter().map(place).collect()
}

/// Subject and outcome of each.
pub fn outcomes(report: &Value) -> Vec<(String, String)> {
    let text = |subject: &Value, key: &str| subject[key].as_str().unwrap_or_default().to_owned();
    let subjects = report["subjects"].as_array().expect("a list");
    subjects.iter().map(|subject| (text(subject, "subject"), text(subject, "outcome"))).collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file is copied");
        }
    }
}
