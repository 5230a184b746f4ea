//! A Regis that looks like any other registry: what is its own is hidden.

use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{App, scripted::read};

/// A door in front of a registry; closed when it is dropped.
#[derive(Debug)]
pub struct Veil {
    address: String,
    task: JoinHandle<()>,
}

impl Drop for Veil {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Veil {
    /// Hides transactions, dry runs, heads and the description of the interface.
    pub async fn before(app: &App) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        let target = app.address().to_owned();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, target.clone()));
            }
        });
        Self { address, task }
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn pass(mut stream: TcpStream, target: String) {
    let request = read(&mut stream).await;
    let path = request.split(' ').nth(1).unwrap_or_default();
    if path == "/openapi.json" || path == "/transactions" {
        let body = r#"{"error_code":404,"message":"HTTP 404 Not Found"}"#;
        let head = format!("HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let _gone = stream.write_all(format!("{head}{body}").as_bytes()).await;
        return;
    }
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let _gone = server.write_all(request.as_bytes()).await;
    let mut response = Vec::new();
    let _gone = tokio::io::AsyncReadExt::read_to_end(&mut server, &mut response).await;
    // The head is text; nobody compresses unless asked, and the tag is taken away.
    let at = response.windows(7).position(|name| name.eq_ignore_ascii_case(b"\r\netag:"));
    if let Some(at) = at {
        response[at + 2..at + 6].copy_from_slice(b"x-no");
    }
    let _gone = stream.write_all(&response).await;
}
