//! The real binary, started in a folder of its own and stopped by its process id.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use super::{Answer, Exchange};

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
    let status = ended(&mut child).await;
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

async fn ended(child: &mut Child) -> Option<ExitStatus> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            return Some(status);
        }
        tokio::time::sleep(GLANCE).await;
    }
    None
}

/// A running server.
#[derive(Debug)]
pub struct Process {
    child: Child,
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
        let mut process = Self { child, address: address.to_owned(), log };
        let deadline = Instant::now() + PATIENCE;
        loop {
            if process.answers().await {
                return process;
            }
            let ended = process.child.try_wait().expect("a child can be asked");
            assert!(ended.is_none(), "the server ended with {ended:?}: {}", process.log());
            assert!(Instant::now() < deadline, "the server did not become ready: {}", process.log());
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn answers(&self) -> bool {
        match tokio::net::TcpStream::connect(&self.address).await {
            Ok(_connected) => self.get("/readyz").await.status == 200,
            Err(_refused) => false,
        }
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

    /// Registers a body under a subject.
    pub async fn register(&self, subject: &str, body: &serde_json::Value) -> Answer {
        let body = body.to_string();
        let length = body.len().to_string();
        let headers = [("Content-Type", b"application/json".as_slice()), ("Content-Length", length.as_bytes())];
        let target = format!("/subjects/{subject}/versions");
        let exchange = Exchange { method: "POST", target: &target, headers: &headers, body: body.as_bytes() };
        exchange.send(&self.address).await
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) {
        self.child.kill().expect("a running process can be killed");
        self.child.wait().expect("a killed process ends");
    }

    /// Asks it to end, as a service manager or a terminal would, and does not wait.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal is sent");
    }

    /// Waits for its end and answers the exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        let status = ended(&mut self.child).await;
        status.unwrap_or_else(|| panic!("the server did not end: {}", self.log())).code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
