//! The whole product in this process: its own database, a real socket, a client.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regis::{
    http::{self, DoorSettings},
    model::Level,
    registry::{Options, Registry},
    store::Store,
};
use reqwest::Method;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Answer, Database, Exchange, avro};

const CONTENT_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// A running registry; cheap to clone, stopped with the last clone.
#[derive(Clone)]
pub struct App {
    server: Arc<Server>,
    client: reqwest::Client,
}

struct Server {
    address: String,
    task: JoinHandle<()>,
    store: Store,
    database: Arc<Database>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The defaults, but for the level where none is configured.
pub fn under_a_level(level: Level) -> Options {
    Options { compatibility_level: level, ..Options::default() }
}

/// A text as one segment of a path.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

impl App {
    /// A registry as the product starts it when nothing is configured.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// A registry with other settings.
    pub async fn start_with(options: Options) -> Self {
        Self::start_behind(&DoorSettings::default(), options).await
    }

    /// A registry with other settings behind another door.
    pub async fn start_behind(door: &DoorSettings, options: Options) -> Self {
        Self::serve(Arc::new(Database::create().await), door, options).await
    }

    /// A second server on the same database, where the database allows it.
    pub async fn start_beside(&self, options: Options) -> Self {
        Self::serve(Arc::clone(&self.server.database), &DoorSettings::default(), options).await
    }

    async fn serve(database: Arc<Database>, door: &DoorSettings, options: Options) -> Self {
        let store = Store::open(&database.url()).await.expect("the database opens");
        let router = http::router(Registry::new(store.clone(), options), door);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address").to_string();
        let task = tokio::spawn(async move {
            let _drained = http::serve(listener, router, std::future::pending()).await;
        });
        let client = reqwest::Client::builder().no_proxy().no_gzip().build().expect("a client");
        Self { server: Arc::new(Server { address, task, store, database }), client }
    }

    /// Takes the database away; from now on nothing can be read or written.
    pub async fn lose_the_database(&self) {
        self.server.database.wipe().await;
        self.server.store.close().await;
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.server.address
    }

    /// Sends a request with just these headers (and `Accept: */*` unless given).
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let question = format!("{method} {path}");
        let mut request = self.client.request(method, format!("http://{}{path}", self.address())).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{question}: {error:?}"));
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let body = response.bytes().await.unwrap_or_else(|error| panic!("{question}: {error:?}")).to_vec();
        Answer { question, status, headers, body }
    }

    /// Sends a request as it is written, on a connection of its own.
    pub async fn exchange(&self, exchange: Exchange<'_>) -> Answer {
        exchange.send(self.address()).await
    }

    async fn send_json(&self, method: &str, path: &str, body: Value) -> Answer {
        let mut answer = self.send(method, path, &[("Content-Type", CONTENT_TYPE)], body.to_string()).await;
        answer.question = format!("{} {body}", answer.question);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("Content-Type", CONTENT_TYPE)], "").await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[("Content-Type", CONTENT_TYPE)], "").await
    }

    pub async fn post(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send_json("POST", path, body.into()).await
    }

    pub async fn put(&self, path: &str, body: impl Into<Value>) -> Answer {
        self.send_json("PUT", path, body.into()).await
    }

    /// Registers a body under a subject.
    pub async fn register(&self, subject: &str, body: impl Into<Value>) -> Answer {
        self.post(&format!("/subjects/{}/versions", segment(subject)), body).await
    }

    /// Registers an Avro text under a subject; it must be accepted.
    pub async fn accept(&self, subject: &str, text: &str) -> i64 {
        self.register(subject, avro(text)).await.id()
    }

    /// Registers Avro texts under a subject, level `NONE`; they become versions 1, 2, ...
    pub async fn accept_all(&self, subject: &str, texts: &[&str]) {
        self.put(&format!("/config/{}", segment(subject)), serde_json::json!({"compatibility": "NONE"})).await;
        for text in texts {
            self.accept(subject, text).await;
        }
    }

    /// Sets the mode of a subject, a context, or (under the empty name) the registry.
    pub async fn set_mode(&self, subject: &str, mode: &str) {
        let path = if subject.is_empty() { "/mode".to_owned() } else { format!("/mode/{}", segment(subject)) };
        self.put(&path, serde_json::json!({"mode": mode})).await.ok(serde_json::json!({"mode": mode}));
    }

    /// Demands that the registry still works: it reads and it writes.
    pub async fn is_well(&self) {
        self.get("/readyz").await;
        let subject = format!("well-{}", uuid::Uuid::new_v4().simple());
        self.accept(&subject, super::STRING).await;
    }
}
