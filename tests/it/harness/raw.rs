//! HTTP/1.1 by hand, for requests that a proper client would not send.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::Answer;

/// How long a test waits for a response.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request as it goes onto the wire, but for `Host` and `Connection`, which are added.
#[derive(Debug, Default)]
pub struct Exchange<'a> {
    /// `GET` and the like.
    pub method: &'a str,
    /// Path and query, sent byte for byte.
    pub target: &'a str,
    /// Names and values, sent as given; `Content-Length` is not added.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// Sent after the headers.
    pub body: &'a [u8],
}

impl Exchange<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes =
            format!("{} {} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n", self.method, self.target).into_bytes();
        for (name, value) in self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body);
        bytes
    }

    /// Sends the request on a connection of its own and reads until the server closes it.
    pub async fn send(&self, address: &str) -> Answer {
        let question = format!("{} {}", self.method, self.target);
        exchange(address, &self.bytes(), &question).await
    }
}

/// Sends bytes and reads one response; the request must be one after which the server closes the connection.
pub async fn exchange(address: &str, request: &[u8], question: &str) -> Answer {
    try_exchange(address, request, question).await.unwrap_or_else(|| panic!("{question}: no response"))
}

/// As [`exchange`], if a whole response comes.
pub async fn try_exchange(address: &str, request: &[u8], question: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    // A server that refuses early may close its side while the request is still being written.
    let _refused_early = stream.write_all(request).await;
    read_response(stream, question).await
}

/// Sends bytes and hangs up in the middle of the request; there may be a response, or none.
pub async fn cut_off(address: &str, request: &[u8], question: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let _refused_early = stream.write_all(request).await;
    let _closed = stream.shutdown().await;
    read_response(stream, question).await
}

/// Reads what comes until the server closes the connection.
pub async fn read_response(mut stream: TcpStream, question: &str) -> Option<Answer> {
    let mut response = Vec::new();
    // What was read before a reset counts.
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut response)).await;
    assert!(
        ended.is_ok(),
        "{question}: the server does not close the connection after {}",
        String::from_utf8_lossy(&response)
    );
    parse(&response, question)
}

fn parse(response: &[u8], question: &str) -> Option<Answer> {
    let end = response.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&response[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let header = |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let mut body = response[end + 4..].to_vec();
    if header("transfer-encoding") == Some("chunked") {
        body = unchunked(&body);
    }
    let announced = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    (question.starts_with("HEAD ") || body.len() >= announced).then(|| Answer {
        question: question.to_owned(),
        status,
        headers,
        body,
    })
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let size = size.expect("a chunk begins with its size");
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}
