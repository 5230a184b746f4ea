//! The binary as a process of its own, for benchmarks that ask it over its socket.

use std::{
    ffi::OsString,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server, killed when it is dropped.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
    /// From the start of the process to the first answer that it is ready.
    pub start: Duration,
}

impl Server {
    /// Starts `regis serve` on a free port and waits until it is ready.
    pub async fn start(database_url: &str) -> Self {
        Self::start_with(database_url, &[]).await
    }

    /// The same with more variables in its environment.
    pub async fn start_with(database_url: &str, environment: &[(&str, OsString)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        drop(listener);
        let mut command = Command::new(env!("CARGO_BIN_EXE_regis"));
        command.args(["serve", "--listen", &address, "--database-url", database_url, "--log-level", "error"]);
        // What is set for the benchmark is no setting of the server.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("REGIS_")) {
            command.env_remove(name);
        }
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let began = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the binary starts");
        let mut server = Self { child, address, start: Duration::ZERO };
        while !is_ready(&server.address).await {
            assert!(began.elapsed() < PATIENCE, "the server does not become ready");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.start = began.elapsed();
        server
    }

    /// What Linux says of the process: `status`, `maps`.
    pub fn told(&self, what: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{what}", self.child.id())).unwrap_or_default()
    }

    /// Memory that the process holds, in KiB, now and at most so far (Linux).
    pub fn memory(&self) -> (u64, u64) {
        let status = self.told("status");
        let figure = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
            line.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0)
        };
        (figure("VmRSS:"), figure("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

async fn is_ready(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    let request = "GET /readyz HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n";
    let mut answer = Vec::new();
    stream.write_all(request.as_bytes()).await.is_ok()
        && stream.read_to_end(&mut answer).await.is_ok()
        && answer.starts_with(b"HTTP/1.1 200 ")
}
