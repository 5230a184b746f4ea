//! A server that says what a test tells it to, one response per connection, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What happens to a request.
#[derive(Debug, Clone)]
pub enum Line {
    /// Status, header lines, body.
    Answer(u16, &'static str, String),
    /// The connection is closed without a word.
    HangUp,
    /// Nothing is ever said.
    Silence,
}

/// A running script; the last line is repeated for ever.
#[derive(Debug)]
pub struct Script {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Script {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Script {
    /// Listens on a free port of its own.
    pub async fn play(lines: Vec<Line>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ears = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            let mut at = 0;
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                ears.lock().expect("no listener panics").push(request);
                match &lines[at.min(lines.len() - 1)] {
                    Line::Answer(status, headers, body) => say(&mut stream, *status, headers, body).await,
                    Line::HangUp => {}
                    Line::Silence => silent.push(stream),
                }
                at += 1;
            }
        });
        Self { address, heard, task }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, each as it came.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("no listener panics").clone()
    }
}

/// A request up to its end; the body's length must be announced.
pub(super) async fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned));
            if body.len() >= length.and_then(|length| length.trim().parse().ok()).unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut chunk).await {
            Ok(read) if read > 0 => request.extend_from_slice(&chunk[..read]),
            _ => return text,
        }
    }
}

async fn say(stream: &mut TcpStream, status: u16, headers: &str, body: &str) {
    let response = format!(
        "HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
        body.len()
    );
    let _gone = stream.write_all(response.as_bytes()).await;
    let _gone = stream.shutdown().await;
}
