//! Writers that register one new schema after another, each on a connection that stays open.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, UNIX_EPOCH},
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// No two registrations of a run have the same number.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// No two runs have the same: what a database already has is only looked up.
static RUN: LazyLock<u128> = LazyLock::new(|| UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis()));

/// A connection to the server.
pub struct Writer(BufReader<TcpStream>);

impl Writer {
    /// Connects.
    pub async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket takes options");
        Self(BufReader::new(stream))
    }

    /// Registers a schema that nobody has, under a subject that nobody has, and waits for the acknowledgement.
    pub async fn register(&mut self) {
        let (run, number) = (*RUN, NEXT.fetch_add(1, Ordering::Relaxed));
        let fields: Vec<String> = (0..8)
            .map(|at| format!(r#"{{\"name\":\"field_{at}\",\"type\":[\"null\",\"string\"],\"default\":null}}"#))
            .collect();
        let schema = format!(
            r#"{{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"com.example.r{run}n{number}\",\"fields\":[{}]}}"#,
            fields.join(",")
        );
        let body = format!(r#"{{"schema":"{schema}"}}"#);
        let request = format!(
            "POST /subjects/bench-{run}-{number}-value/versions HTTP/1.1\r\nHost: registry\r\n\
             Content-Type: application/vnd.schemaregistry.v1+json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).await.expect("the server reads");
        let (status, answer) = self.answer().await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn answer(&mut self) -> (u16, String) {
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).await.expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            } else if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().expect("a status");
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.expect("the whole body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}

/// Acknowledged registrations per second of so many writers, after a second of warming up.
#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are small")]
pub async fn rate(address: &str, count: usize, time: Duration) -> f64 {
    let began = Instant::now() + Duration::from_secs(1);
    let ends = began + time;
    let writers = (0..count).map(|_| {
        let address = address.to_owned();
        tokio::spawn(async move {
            let mut writer = Writer::connect(&address).await;
            let mut acknowledged = 0_u64;
            while Instant::now() < ends {
                writer.register().await;
                let now = Instant::now();
                acknowledged += u64::from(now >= began && now < ends);
            }
            acknowledged
        })
    });
    let counts = join_all(writers).await.into_iter().map(|outcome| outcome.expect("a writer does not fail"));
    counts.sum::<u64>() as f64 / time.as_secs_f64()
}
