//! What the disk can do: writes that are flushed one by one, as large as a commit of one registration.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use super::{server::Server, writers::Writer};

/// Registrations over which the size of a commit is taken; few enough that the log is not yet written back.
const SAMPLE: u64 = 30;
/// The file is written again from its begin after so many bytes, as a log is.
const LENGTH: u64 = 4 << 20;

/// How much of SQLite's log one registration writes.
pub async fn bytes_of_a_commit(server: &Server, folder: &Path) -> usize {
    let log = folder.join("regis.db-wal");
    let length = || fs::metadata(&log).map_or(0, |log| log.len());
    let mut writer = Writer::connect(&server.address).await;
    writer.register().await;
    let before = length();
    for _ in 0..SAMPLE {
        writer.register().await;
    }
    usize::try_from(length().saturating_sub(before) / SAMPLE).expect("a commit is small").max(4096)
}

/// A disk, as slow as it is or slower.
pub struct Disk {
    folder: PathBuf,
    delay: Duration,
}

impl Disk {
    /// The disk of a folder, with so much more time for each flush.
    pub fn new(folder: &Path, delay: Duration) -> Self {
        Self { folder: folder.to_owned(), delay }
    }

    /// What makes a process see the disk as it is here.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        if self.delay.is_zero() {
            return Vec::new();
        }
        let library = self.folder.join("slow.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/registrations/slow.c");
        let made = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).arg("-ldl").status();
        assert!(made.is_ok_and(|status| status.success()), "REGIS_BENCH_FLUSH_MS needs Linux and a C compiler, cc");
        vec![("LD_PRELOAD", library.into()), ("DISK_DELAY_US", self.delay.as_micros().to_string().into())]
    }

    /// A loader that cannot load the library only says so.
    pub fn demand_slowness(&self, server: &Server) {
        let loaded = server.told("maps").contains("slow.so");
        assert!(loaded || self.delay.is_zero(), "the library that makes the disk slower was not loaded");
    }

    /// Writes of `size` bytes, each flushed with `fdatasync` before the next, per second.
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are small")]
    pub fn flushes_per_second(&self, size: usize, time: Duration) -> f64 {
        let path = self.folder.join("flushes");
        let mut file = File::create(&path).expect("the folder is writable");
        // The blocks are there before the clock starts: a log that is used again does not grow either.
        file.write_all(&vec![1; usize::try_from(LENGTH).expect("4 MiB fit")]).expect("there is room");
        file.sync_all().expect("the disk flushes");
        file.seek(SeekFrom::Start(0)).expect("a file can be read again");
        let bytes = vec![2; size];
        let (began, mut count, mut at) = (Instant::now(), 0_u64, 0);
        while began.elapsed() < time {
            if at + size as u64 > LENGTH {
                at = file.seek(SeekFrom::Start(0)).expect("a file can be written again");
            }
            file.write_all(&bytes).expect("there is room");
            file.sync_data().expect("the disk flushes");
            if !self.delay.is_zero() {
                thread::sleep(self.delay);
            }
            at += size as u64;
            count += 1;
        }
        let rate = count as f64 / began.elapsed().as_secs_f64();
        drop(fs::remove_file(path));
        rate
    }
}
