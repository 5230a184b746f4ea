//! Reads the files of a commit through the `git` command: one process for the names, one for all contents.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::cli::{
    exit::Exit,
    remote::Failure,
    workspace::{Configuration, SourceFile, is_candidate},
};

/// Every file of a commit, below a folder, that may be a schema.
pub(in crate::cli) fn files(
    folder: &Path,
    reference: &str,
    configuration: &Configuration,
) -> Result<Vec<SourceFile>, Failure> {
    let commit = commit(folder, reference)?;
    let listed = git(folder, &["ls-tree", "-r", "-z", &commit])?;
    let mut blobs: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(&listed).split('\0') {
        // MODE blob ID<tab>NAME, the name relative to the folder.
        let Some((entry, name)) = line.split_once('\t') else { continue };
        let mut parts = entry.split(' ');
        if let (Some(mode), Some("blob"), Some(id)) = (parts.next(), parts.next(), parts.next())
            && mode.starts_with("100")
            && is_candidate(name, configuration)
        {
            blobs.push((id.to_owned(), name.to_owned()));
        }
    }
    contents(folder, blobs)
}

/// The commit of a name; a name that looks like an option is none.
fn commit(folder: &Path, reference: &str) -> Result<String, Failure> {
    if reference.starts_with('-') {
        return Err(Failure::usage(format!("git:{reference}: there is no such commit")));
    }
    let wanted = format!("{reference}^{{commit}}");
    let output = run(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
    let commit = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !commit.is_empty() {
        return Ok(commit);
    }
    let inside = run(folder, &["rev-parse", "--is-inside-work-tree"])?;
    Err(Failure::usage(if inside.status.success() {
        format!(
            "git:{reference}: there is no such commit; in CI, fetch it first \
             (GitHub: actions/checkout with fetch-depth: 0, GitLab: GIT_DEPTH: 0)"
        )
    } else {
        format!("git:{reference}: {}", String::from_utf8_lossy(&inside.stderr).trim())
    }))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = run(folder, arguments)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(Failure::usage(format!("git {}: {}", arguments[0], why.trim())))
}

fn run(folder: &Path, arguments: &[&str]) -> Result<Output, Failure> {
    command(folder).args(arguments).output().map_err(|error| not_started(&error))
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).stdin(Stdio::null());
    // Hooks set these for their own repository; the folder says which one is meant.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    command
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::usage(format!("git cannot be started: {error}"))
}

fn contents(folder: &Path, blobs: Vec<(String, String)>) -> Result<Vec<SourceFile>, Failure> {
    let broken = |error: std::io::Error| Failure::new(Exit::Internal, format!("git cat-file: {error}"));
    let mut child = command(folder)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(&error))?;
    let mut input = child.stdin.take().expect("the input is piped");
    let mut output = BufReader::new(child.stdout.take().expect("the output is piped"));
    let ids: String = blobs.iter().flat_map(|(id, _)| [id.as_str(), "\n"]).collect();
    // Written beside the reading: both pipes hold little.
    let writer = std::thread::spawn(move || input.write_all(ids.as_bytes()));
    let mut files = Vec::with_capacity(blobs.len());
    for (_, name) in blobs {
        // ID blob SIZE<newline>CONTENT<newline>
        let mut head = String::new();
        output.read_line(&mut head).map_err(broken)?;
        let size: Option<usize> = head.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
        let Some(size) = size else {
            return Err(Failure::new(Exit::Internal, format!("git cat-file: {}", head.trim_end())));
        };
        let mut bytes = vec![0; size + 1];
        output.read_exact(&mut bytes).map_err(broken)?;
        bytes.pop();
        files.push(SourceFile { name, bytes });
    }
    drop(output);
    let written = writer.join().expect("writing to a pipe does not panic");
    written.and_then(|()| child.wait()).map_err(broken)?;
    Ok(files)
}
