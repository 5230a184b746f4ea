//! Accepts connections, and lets those in flight finish when the server is told to stop.

use std::{future::Future, io, time::Duration};

use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tower::ServiceExt;

/// How long a client may take to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// How long to wait when no connection can be accepted, for example because too many are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Whether every request in flight was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// All of them.
    Completely,
    /// Some took longer than was waited for.
    InPart,
}

/// Serves until `shutdown` is ready; then refuses new connections and waits for requests in flight, as long as it says.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = Duration>) -> Drained {
    let connections = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    builder.http2().timer(TokioTimer::new());
    let mut shutdown = std::pin::pin!(shutdown);
    let patience = loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            patience = &mut shutdown => break patience,
        };
        match accepted {
            Ok((stream, _)) => attend(stream, &router, &builder, &connections),
            Err(error) => pause(&error).await,
        }
    };
    drop(listener);
    match timeout(patience, connections.shutdown()).await {
        Ok(()) => Drained::Completely,
        Err(_elapsed) => Drained::InPart,
    }
}

fn attend(stream: TcpStream, router: &Router, builder: &Builder<TokioExecutor>, connections: &GracefulShutdown) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let service = router.clone().map_request(|request: Request<Incoming>| request.map(Body::new));
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error, "a connection ended early");
        }
    });
}

async fn pause(error: &io::Error) {
    tracing::warn!(%error, "a connection could not be accepted");
    sleep(ACCEPT_PAUSE).await;
}
