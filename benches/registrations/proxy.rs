//! A distance to the database: every byte towards it arrives later, and as many as ever may be under way.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::Instant,
};

/// The address of a database, led through a proxy that makes each trip there and back longer by `trip`.
pub async fn in_front_of(url: &str, trip: Duration) -> String {
    let (scheme, rest) = url.split_once("://").expect("an address has a scheme");
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket has an address");
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            let Ok(far) = TcpStream::connect(&host).await else { continue };
            let _no_delay = (near.set_nodelay(true), far.set_nodelay(true));
            let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
            // The way there takes the whole time and the way back none: a trip is as long either way.
            carry(from_near, to_far, trip);
            carry(from_far, to_near, Duration::ZERO);
        }
    });
    format!("{scheme}://{user}@{address}{path}")
}

/// Passes on what comes, each piece when its time has come; reading never waits for writing.
fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, delay: Duration) {
    let (send, mut receive) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        let mut piece = vec![0; 64 << 10];
        while let Ok(read @ 1..) = from.read(&mut piece).await {
            if send.send((Instant::now() + delay, piece[..read].to_vec())).is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some((due, piece)) = receive.recv().await {
            if !delay.is_zero() {
                tokio::time::sleep_until(due).await;
            }
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    });
}
