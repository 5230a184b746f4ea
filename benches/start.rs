//! Starting costs the same with a thousand versions in the database and with a million.
//!
//! `cargo bench --bench start` fills two SQLite files with statements of its own, starts the server on each in turns,
//! and prints the time until it is ready and the memory that it holds; `tests/with-postgres cargo bench --bench start`
//! does so on PostgreSQL. `REGIS_BENCH_RUNS` says how often, `REGIS_BENCH_VERSIONS` how many versions the full one has.

#![expect(unreachable_pub, reason = "nothing leaves a benchmark; `pub` means shared between its modules")]
#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

mod server;

use server::Server;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};

/// Versions of each subject.
const DEPTH: u64 = 10;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

#[tokio::main]
async fn main() {
    let full = number("REGIS_BENCH_VERSIONS", 1_000_000);
    let sizes = [1_000, full];
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut urls = Vec::new();
    for size in sizes {
        let url = match std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            Some(server) => schema_of(&server, size).await,
            None => format!("sqlite:{}", folder.path().join(format!("{size}.db")).display()),
        };
        // The tables are made by the server itself.
        drop(Server::start(&url).await);
        fill(&url, size).await;
        urls.push(url);
    }
    let mut times = [Vec::new(), Vec::new()];
    for run in 1..=number("REGIS_BENCH_RUNS", 15) {
        for ((url, size), times) in urls.iter().zip(sizes).zip(&mut times) {
            let server = Server::start(url).await;
            let took = server.start.as_secs_f64() * 1000.0;
            let (now, most) = server.memory();
            println!("run {run}: {size} versions: ready after {took:.1} ms, holds {now} KiB (at most {most})");
            times.push(took);
        }
    }
    let [few, many] = times.map(median);
    println!(
        "ready after {few:.1} ms with 1000 versions, {many:.1} ms with {full}: {:.3}x (medians; goal 1.1x)",
        many / few
    );
}

/// A schema of its own on a PostgreSQL that a test runner started.
async fn schema_of(server: &str, size: u64) -> String {
    let mut connection = PgConnection::connect(server).await.expect("TEST_DATABASE_URL names a running server");
    let statement = format!("CREATE SCHEMA start_{size}");
    connection.execute(AssertSqlSafe(statement)).await.expect("the role may create schemas");
    format!("{server}?options=-c%20search_path%3Dstart_{size}")
}

async fn fill(url: &str, size: u64) {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.expect("the file is a database");
        for statement in statements(size, "printf('%032x', n)") {
            connection.execute(AssertSqlSafe(statement)).await.expect("the statement is SQL");
        }
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("the log can be emptied");
    } else {
        let mut connection = PgConnection::connect(url).await.expect("the server runs");
        for statement in statements(size, "lpad(to_hex(n), 32, '0')") {
            connection.execute(AssertSqlSafe(statement)).await.expect("the statement is SQL");
        }
        connection.execute("ANALYZE").await.expect("statistics can be taken");
    }
}

/// A hundred thousand subjects of the default context with ten versions each, every one with a content of its own.
fn statements(size: u64, guid: &str) -> Vec<String> {
    let subjects = size / DEPTH;
    let all = format!("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {size})");
    let few =
        format!("WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {subjects})");
    let text = r#"'{"type":"record","name":"R","namespace":"com.example.n' || n || '","fields":[{"name":"id","type":"long"},{"name":"name","type":["null","string"],"default":null},{"name":"amount","type":"double"},{"name":"note","type":["null","string"],"default":null}]}'"#;
    vec![
        format!(
            "INSERT INTO contexts (name, next_id, known) VALUES ('.', {0}, TRUE) ON CONFLICT (name) DO UPDATE SET next_id = {0}",
            size + 1
        ),
        format!("INSERT INTO subjects (context, name, revision) {few} SELECT '.', 'subject-' || n, {DEPTH} FROM numbers"),
        format!(
            "INSERT INTO schemas (context, id, guid, kind, text, refs, metadata, rule_set, created_at)
             {all} SELECT '.', n, {guid}, 'AVRO', {text}, '[]', NULL, NULL, 0 FROM numbers"
        ),
        format!("INSERT INTO fingerprints (context, guid, id) {all} SELECT '.', {guid}, n FROM numbers"),
        format!(
            "INSERT INTO versions (context, subject, version, schema_id, deleted, ts, created_at, revision)
             {all} SELECT '.', 'subject-' || ((n - 1) / {DEPTH} + 1), (n - 1) % {DEPTH} + 1, n, FALSE, 0, 0, (n - 1) % {DEPTH} + 1
             FROM numbers"
        ),
    ]
}
