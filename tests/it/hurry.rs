//! Writes that the database does not end in time: what is told, that repeating them is safe, and that none is a failure.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::harness::{Answer, Database, Process, STRING, avro, command, free_address, is_postgres, record};

/// The time that writes have, in milliseconds.
const LIMIT: &str = "400";
const UNKNOWN: &str = "The outcome of the write is unknown: it may have happened or not; repeating the request is safe";

/// Somebody else in the database, for whom writes have to wait.
enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Holder {
    /// Reads go on; nothing can be written.
    async fn of(database: &Database) -> Self {
        if is_postgres() {
            let mut connection = PgConnection::connect(&database.url()).await.expect("the server runs");
            let locked = sqlx::raw_sql("BEGIN; LOCK TABLE schema_references IN EXCLUSIVE MODE");
            locked.execute(&mut connection).await.expect("a table can be locked");
            Self::Postgres(connection)
        } else {
            let mut connection = SqliteConnection::connect(&database.url()).await.expect("the file is a database");
            sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.expect("a transaction begins");
            Self::Sqlite(connection)
        }
    }

    async fn lets_go(self) {
        match self {
            Self::Sqlite(mut connection) => drop(sqlx::raw_sql("ROLLBACK").execute(&mut connection).await),
            Self::Postgres(mut connection) => drop(sqlx::raw_sql("ROLLBACK").execute(&mut connection).await),
        }
    }
}

async fn hurried(database: &Database, folder: &TempDir) -> Process {
    let address = free_address();
    let mut server = command(folder.path(), &["serve", "--listen", &address, "--database-url", &database.url()]);
    server.env("REGIS_WRITE_TIMEOUT", LIMIT).env("REGIS_DATABASE_CONNECT_TIMEOUT", "20000");
    Process::start_as(server, &address, folder.path()).await
}

/// Demands that an answer is a success, or says when to come again.
#[track_caller]
fn may_be_repeated(answer: &Answer) {
    let code = answer.json()["error_code"].as_u64();
    let told = code.is_some_and(|code| code / 100 == 503) && answer.header("Retry-After").is_some();
    assert!(answer.status == 200 || (answer.status == 503 && told), "{}: {}", answer.question, answer.text());
}

/// Repeats a registration until it is accepted, as a client would.
async fn repeated(server: &Process, subject: &str, text: &str) -> i64 {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let answer = server.register(subject, &avro(text)).await;
        may_be_repeated(&answer);
        if answer.status == 200 {
            return answer.id();
        }
        assert!(Instant::now() < deadline, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_takes_too_long_says_that_its_outcome_is_unknown() {
    let (database, folder) = (Database::create().await, TempDir::new().expect("a temporary folder"));
    let server = hurried(&database, &folder).await;
    let first = server.register("first", &avro(STRING)).await.id();
    let holder = Holder::of(&database).await;
    let asked = Instant::now();
    let late = server.register("late", &avro(&record("Late", &[]))).await;
    assert_eq!(late.header("Retry-After"), Some("1"), "{:?}", late.headers);
    late.refused(50303, UNKNOWN);
    assert!(asked.elapsed() >= Duration::from_millis(400), "{:?}", asked.elapsed());
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    // Reads do not wait with it.
    server.get(&format!("/schemas/ids/{first}/schema")).await.says(200, STRING);
    server.get("/subjects/first/versions").await.ok(json!([1]));
    holder.lets_go().await;
    let id = repeated(&server, "late", &record("Late", &[])).await;
    server.register("late", &avro(&record("Late", &[]))).await.holds(id, 1);
    server.get("/subjects/late/versions").await.ok(json!([1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_meets_the_limit_is_told_to_come_again_and_nothing_else() {
    const CROWD: usize = 100;
    let (database, folder) = (Database::create().await, TempDir::new().expect("a temporary folder"));
    let server = hurried(&database, &folder).await;
    let holder = Holder::of(&database).await;
    let crowd = async || {
        let one = |at: usize| {
            let (server, subject) = (&server, format!("s{}", at / 2));
            async move {
                match at % 4 {
                    0 | 2 => server.register(&subject, &avro(STRING)).await,
                    1 => server.delete(&format!("/subjects/{subject}")).await,
                    _ => server.get(&format!("/subjects/{subject}/versions")).await,
                }
            }
        };
        join_all((0..CROWD).map(one)).await
    };
    for answer in crowd().await {
        // A subject that nobody could register is not there.
        if answer.status != 404 {
            may_be_repeated(&answer);
        }
    }
    holder.lets_go().await;
    let mut ids = Vec::new();
    for at in 0..CROWD / 2 {
        ids.push(repeated(&server, &format!("s{at}"), STRING).await);
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "one content has one id: {ids:?}");
    assert!(!server.log().contains("panicked"), "{}", server.log());
}

/// PostgreSQL ends sessions that do nothing within a transaction; one that reads may think for as long as it takes.
#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_takes_longer_to_read_than_a_write_may_take_is_registered() {
    let (database, folder) = (Database::create().await, TempDir::new().expect("a temporary folder"));
    let server = hurried(&database, &folder).await;
    server.register("ref", &avro(&record("Ref", &[]))).await.holds(1, 1);
    let fields: Vec<String> =
        (0..20_000).map(|at| format!(r#"{{"name":"f{at}","type":{{"type":"array","items":"string"}}}}"#)).collect();
    let text = format!(r#"["Ref",{{"type":"record","name":"Wide","fields":[{}]}}]"#, fields.join(","));
    let body = json!({"schema": text, "references": [{"name": "Ref", "subject": "ref", "version": -1}]});
    let asked = Instant::now();
    let checked = server.post("/compatibility/subjects/wide/versions", &body).await;
    println!("a long look: {:?}", asked.elapsed());
    checked.ok(json!({"is_compatible": true}));
    let registered = server.register("wide", &body).await;
    may_be_repeated(&registered);
    assert!(!server.log().contains("50001"), "{}", server.log());
}
