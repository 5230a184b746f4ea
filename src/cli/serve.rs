//! `regis serve`: opens the database, listens, and stops in order when it is told to.

use std::{future::Future, io, process::ExitCode};

use thiserror::Error;
use tokio::net::TcpListener;

use super::{
    FAILURE, WRONG_USE, complain,
    config::{self, Given},
    logs,
    settings::ServerConfig,
};
use crate::{
    http::{self, Drained},
    registry::{self, Registry},
    store::{OpenError, Store},
};

/// Why the server did not start.
#[derive(Debug, Error)]
enum StartError {
    #[error("cannot listen on {0}: the address is in use; stop the other program, or choose another one with --listen")]
    InUse(String),
    #[error("cannot listen on {0}: {1}")]
    Listen(String, io::Error),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error(
        "cannot read the metadata of the database: {0}; give the secret that it was written with as REGIS_METADATA_SECRET, \
         or as REGIS_METADATA_OLD_SECRET beside a new one"
    )]
    Metadata(#[source] registry::Error),
    #[error("cannot start: {0}")]
    System(#[from] io::Error),
}

/// Serves until a signal tells it to stop.
pub(super) fn serve(given: &Given) -> ExitCode {
    if let Some(mut command) = given.complete_help() {
        // Nobody can be told if the standard output is closed.
        let _unread = command.print_help();
        return ExitCode::SUCCESS;
    }
    let config = match config::load(given) {
        Ok(config) => config,
        Err(mistakes) => {
            for mistake in mistakes {
                complain(&mistake);
            }
            return ExitCode::from(WRONG_USE);
        }
    };
    logs::start(config.log_format, config.log_level);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(StartError::from).and_then(|runtime| runtime.block_on(run(config))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(FAILURE)
        }
    }
}

async fn run(config: ServerConfig) -> Result<(), StartError> {
    let stopped = stop_signal()?;
    let shutdown = async move {
        stopped.await;
        config.drain_timeout
    };
    let listener = listen(&config.listen).await?;
    let address = listener.local_addr()?;
    let store = Store::open_with(&config.database_url, &config.store).await?;
    let registry = Registry::new(store.clone(), config.options);
    let sealed = registry.reseal().await.map_err(StartError::Metadata)?;
    if sealed > 0 {
        tracing::info!("Regis sealed {sealed} records of sensitive metadata with the secret of this start");
    }
    let router = http::router(registry, &config.door);
    tracing::info!(
        "Regis {} listens on http://{address}, keeps its data in {}, and describes its API at http://{address}/docs",
        env!("CARGO_PKG_VERSION"),
        store.address()
    );
    match http::serve(listener, router, shutdown).await {
        Drained::Completely => tracing::info!("Regis stopped; every request was answered"),
        Drained::InPart => tracing::warn!("Regis stopped while requests were in flight; --drain-timeout was too short"),
    }
    store.close().await;
    Ok(())
}

async fn listen(address: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::InUse(address.to_owned()),
        _ => StartError::Listen(address.to_owned(), error),
    })
}

/// Ready when the process is told to stop; from now on, so that no early signal is lost.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: finishing requests in flight"),
            _ = interrupt.recv() => tracing::info!("SIGINT: finishing requests in flight"),
        }
    })
}

/// Ready when the process is told to stop.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the other form can fail")]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
