//! Durable registrations per second, from a client's socket to the flushed disk, beside what the machine allows.
//!
//! `cargo bench --bench registrations` measures SQLite with 1 and with 32 writers against the rate at which the same
//! disk flushes writes of the same size, taken in turns within the same run. The file lies in the target folder, or in
//! the folder that `REGIS_BENCH_FOLDER` names. `REGIS_BENCH_FLUSH_MS` makes every flush so much longer, of the server and
//! of the disk alike (Linux, with a C compiler): the disks of many virtual machines confirm a flush without waiting for
//! anything, and then what is measured is the processor.
//!
//! `tests/with-postgres cargo bench --bench registrations` measures PostgreSQL instead: 1 and 16 writers directly, and
//! 200 writers through a proxy that makes every trip 15 ms longer (`REGIS_BENCH_TRIP_MS`) and limits nothing else.
//!
//! Every registration is a new schema under a new subject. `REGIS_BENCH_SECONDS` says how long each measurement takes,
//! `REGIS_BENCH_RUNS` how often each is repeated; medians are printed last. The server is a process of its own, but on
//! the same machine as the writers.

#![expect(unreachable_pub, reason = "nothing leaves a benchmark; `pub` means shared between its modules")]
#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

mod disk;
mod proxy;
#[path = "../server.rs"]
mod server;
mod writers;

use std::{path::PathBuf, time::Duration};

use self::{disk::Disk, server::Server};

/// Whole numbers from the environment.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[tokio::main]
async fn main() {
    let time = Duration::from_secs(number("REGIS_BENCH_SECONDS", 5));
    let runs = number("REGIS_BENCH_RUNS", 5);
    match std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty()) {
        Some(url) => postgres(&url, time, runs).await,
        None => sqlite(time, runs).await,
    }
}

/// Writers of SQLite, between measurements of the disk.
async fn sqlite(time: Duration, runs: u64) {
    let parent =
        std::env::var_os("REGIS_BENCH_FOLDER").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    let folder = tempfile::tempdir_in(parent).expect("a folder");
    let delay = Duration::from_millis(number("REGIS_BENCH_FLUSH_MS", 0));
    let disk = Disk::new(folder.path(), delay);
    let database = format!("sqlite:{}", folder.path().join("regis.db").display());
    let server = Server::start_with(&database, &disk.environment()).await;
    disk.demand_slowness(&server);
    let size = disk::bytes_of_a_commit(&server, folder.path()).await;
    println!("one registration writes {size} bytes of log; the disk is measured with writes of that size");
    let (mut single, mut many) = (Vec::new(), Vec::new());
    for run in 1..=runs {
        let before = disk.flushes_per_second(size, time / 2);
        let one = writers::rate(&server.address, 1, time).await;
        let between = disk.flushes_per_second(size, time / 2);
        let thirty_two = writers::rate(&server.address, 32, time).await;
        let after = disk.flushes_per_second(size, time / 2);
        let ratios = (one / f64::midpoint(before, between), thirty_two / f64::midpoint(between, after));
        println!(
            "run {run}: flushes {before:.0}, {between:.0}, {after:.0}/s; 1 writer {one:.0}/s = {:.2}x; 32 writers {thirty_two:.0}/s = {:.2}x",
            ratios.0, ratios.1
        );
        single.push(ratios.0);
        many.push(ratios.1);
    }
    weighed(&server);
    if !delay.is_zero() {
        println!("every flush took {} ms longer than the disk needs", delay.as_millis());
    }
    println!("sqlite, 1 writer: {:.2}x the flush rate (median; goal 0.8x)", median(single));
    println!("sqlite, 32 writers: {:.2}x the flush rate (median; goal 10x)", median(many));
}

/// What the server holds after all that.
fn weighed(server: &Server) {
    let (now, most) = server.memory();
    println!("the server was ready after {:.0?}; it holds {now} KiB (at most {most})", server.start);
}

/// Writers of PostgreSQL, near and far.
async fn postgres(url: &str, time: Duration, runs: u64) {
    let trip = Duration::from_millis(number("REGIS_BENCH_TRIP_MS", 15));
    let near = Server::start(url).await;
    let far = Server::start(&proxy::in_front_of(url, trip).await).await;
    let cases = [(&near, "near", 1), (&near, "near", 16), (&far, "far", 200)];
    let mut figures = vec![Vec::new(); cases.len()];
    for run in 1..=runs {
        for ((server, place, count), figures) in cases.iter().zip(&mut figures) {
            let rate = writers::rate(&server.address, *count, time).await;
            println!("run {run}: {count} writers, {place}: {rate:.0}/s");
            figures.push(rate);
        }
    }
    for ((_, place, count), figures) in cases.iter().zip(figures) {
        println!("postgresql, {count} writers, {place}: {:.0}/s (median)", median(figures));
    }
    weighed(&far);
    println!("far: every trip to the database takes {} ms longer (goal for 200 writers: 2000/s)", trip.as_millis());
}
