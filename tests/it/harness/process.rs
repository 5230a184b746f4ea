//! The real binary, started in a folder of its own and stopped by its process id.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use super::{Answer, Exchange, raw::try_exchange};

/// How long a start may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a test looks again.
const GLANCE: Duration = Duration::from_millis(5);

/// An address on which nothing listens at the moment.
pub fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket has an address").to_string()
}

/// The binary with arguments, run in `folder` and with no setting inherited from this process.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regis"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REGIS_")) {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// A command that ended by itself.
#[derive(Debug)]
pub struct Run {
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// How long it ran.
    pub took: Duration,
}

/// Runs a command that is expected to end by itself.
pub async fn run(mut command: Command) -> Run {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| folder.path().join(name));
    command.stdout(fs::File::create(&stdout).expect("a file")).stderr(fs::File::create(&stderr).expect("a file"));
    let started = Instant::now();
    let mut child = command.spawn().expect("the binary starts");
    let status = eventually(|| child.try_wait().expect("a child can be asked")).await;
    let took = started.elapsed();
    if status.is_none() {
        drop(child.kill());
        drop(child.wait());
    }
    let read = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
    let run = Run { code: status.and_then(|status| status.code()), stdout: read(&stdout), stderr: read(&stderr), took };
    assert!(status.is_some(), "it did not end by itself: {run:?}");
    run
}

async fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return Some(found);
        }
        tokio::time::sleep(GLANCE).await;
    }
    None
}

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Mutex<Child>,
    address: String,
    log: PathBuf,
}

impl Process {
    /// Starts `regis serve` on a free port and waits until it is ready.
    pub async fn start(folder: &Path, database_url: &str) -> Self {
        let address = free_address();
        let command = command(folder, &["serve", "--listen", &address, "--database-url", database_url]);
        Self::start_as(command, &address, folder).await
    }

    /// Starts a command that serves on `address` and waits until it is ready; its output goes to a file in `folder`.
    pub async fn start_as(mut command: Command, address: &str, folder: &Path) -> Self {
        let log = folder.join(format!("{}.log", address.replace(':', "-")));
        let output = fs::File::create(&log).expect("the folder is writable");
        let errors = output.try_clone().expect("a file can be shared");
        let child = command.stdout(output).stderr(errors).spawn().expect("the binary starts");
        let process = Self { child: Mutex::new(child), address: address.to_owned(), log };
        let deadline = Instant::now() + PATIENCE;
        loop {
            if process.answers().await {
                return process;
            }
            let ended = process.exit_status();
            assert!(ended.is_none(), "the server ended with {ended:?}: {}", process.log());
            assert!(Instant::now() < deadline, "the server did not become ready: {}", process.log());
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn answers(&self) -> bool {
        let request = b"GET /readyz HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n";
        try_exchange(&self.address, request, "GET /readyz").await.is_some_and(|answer| answer.status == 200)
    }

    fn exit_status(&self) -> Option<ExitStatus> {
        self.child.lock().expect("no test fails while it holds the process").try_wait().expect("a child can be asked")
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Everything that it has written so far, to both of its outputs.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Asks for a path.
    pub async fn get(&self, path: &str) -> Answer {
        Exchange { method: "GET", target: path, ..Exchange::default() }.send(&self.address).await
    }

    /// Deletes what a path names.
    pub async fn delete(&self, path: &str) -> Answer {
        Exchange { method: "DELETE", target: path, ..Exchange::default() }.send(&self.address).await
    }

    /// Registers a body under a subject.
    pub async fn register(&self, subject: &str, body: &serde_json::Value) -> Answer {
        self.try_to_register(subject, body).await.expect("the server answers")
    }

    /// Registers a body under a subject, unless the server is gone.
    pub async fn try_to_register(&self, subject: &str, body: &serde_json::Value) -> Option<Answer> {
        self.try_to_post(&format!("/subjects/{subject}/versions"), body).await
    }

    /// Posts a body.
    pub async fn post(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.try_to_post(path, body).await.expect("the server answers")
    }

    async fn try_to_post(&self, path: &str, body: &serde_json::Value) -> Option<Answer> {
        let body = body.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        try_exchange(&self.address, request.as_bytes(), path).await
    }

    /// Ends it at once, as a crash would, and waits until it is gone.
    pub fn kill(&self) {
        let mut child = self.child.lock().expect("no test fails while it holds the process");
        child.kill().expect("a running process can be killed");
        child.wait().expect("a killed process ends");
    }

    /// Asks it to end, as a service manager or a terminal would, and does not wait.
    pub fn signal(&self, name: &str) {
        let id = self.child.lock().expect("no test fails while it holds the process").id();
        let sent = Command::new("kill").args(["-s", name, &id.to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal is sent");
    }

    /// Waits for its end and answers the exit code.
    pub async fn ended(&self) -> Option<i32> {
        let status = eventually(|| self.exit_status()).await;
        status.unwrap_or_else(|| panic!("the server did not end: {}", self.log())).code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(child) = self.child.get_mut() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
