//! What a reference means: the content that a registration was judged with is the one that it refers to, for good.

use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::harness::{
    Answer, App, Database, Process, STRING, avro, command, free_address, is_postgres, record, segment,
};

/// A union with the record `Ref` of another subject, and a record so wide that reading it takes a while.
fn referring(subject: &str) -> Value {
    let fields: Vec<String> = (0..300).map(|at| format!(r#"{{"name":"f{at}","type":"string"}}"#)).collect();
    let wide = format!(r#"{{"type":"record","name":"Wide","fields":[{}]}}"#, fields.join(","));
    json!({
        "schema": format!(r#"["null","Ref",{wide}]"#),
        "references": [{"name": "Ref", "subject": subject, "version": 1}]
    })
}

/// The body of an import of version 1.
fn imported(text: &str, id: usize) -> Value {
    json!({"schema": text, "version": 1, "id": id})
}

async fn import_into(app: &App, subject: &str) {
    let path = format!("/mode/{}?force=true", segment(subject));
    app.put(&path, json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
}

#[tokio::test]
async fn a_version_that_is_referred_to_is_not_given_another_content_by_an_import() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    app.register("base", referring("ref")).await.holds(2, 1);
    app.accept("free", &record("Ref", &[])).await;
    for subject in ["ref", "free"] {
        import_into(&app, subject).await;
    }
    let other = record("Ref", &[("f", STRING)]);
    app.register("ref", imported(&other, 100)).await.refused_with(42206, &["subject=ref,version=1"]);
    app.get("/subjects/ref/versions/1").await.holds(1, 1);
    // Nobody refers to this one; and the same content may have two ids.
    app.register("free", imported(&other, 100)).await.holds(100, 1);
    app.register("ref", imported(&record("Ref", &[]), 200)).await.holds(200, 1);
    app.get("/subjects/base/versions/1?format=resolved").await.holds(2, 1);
}

/// A content that comes again under the id that it had is not taken for what its references meant before.
#[tokio::test]
async fn a_content_that_was_deleted_and_imported_again_has_the_references_of_now() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[("f", STRING)])).await;
    let base = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    app.register("base", base.clone()).await.holds(2, 1);
    let resolved = "/schemas/ids/2?format=resolved";
    assert!(app.get(resolved).await.json()["schema"].as_str().is_some_and(|text| text.contains(r#""name":"f""#)));
    for subject in ["base", "ref"] {
        app.delete(&format!("/subjects/{subject}")).await.ok(json!([1]));
        app.delete(&format!("/subjects/{subject}?permanent=true")).await.ok(json!([1]));
    }
    app.accept("ref", &record("Ref", &[("g", STRING)])).await;
    import_into(&app, "base").await;
    let mut again = base;
    again["id"] = json!(2);
    again["version"] = json!(1);
    app.register("base", again).await.holds(2, 1);
    let schema = app.get(resolved).await.json()["schema"].as_str().unwrap_or_default().to_owned();
    assert!(schema.contains(r#""name":"g""#) && !schema.contains(r#""name":"f""#), "{schema}");
}

fn code(answer: &Answer) -> Option<u64> {
    answer.json()["error_code"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_given_another_content_or_referred_to_but_never_both() {
    let app = App::start().await;
    let rounds = if is_postgres() { 40 } else { 120 };
    let mut referred = 0;
    for round in 0..rounds {
        let (target, base) = (format!("ref{round}"), format!("base{round}"));
        app.accept(&target, &record("Ref", &[])).await;
        import_into(&app, &target).await;
        let import = async {
            // The later it comes, the more of the registration is done already.
            for _ in 0..round % 8 {
                app.get("/subjects/none/versions").await;
            }
            app.register(&target, imported(&record("Other", &[("f", STRING)]), 10_000 + 10 * round)).await
        };
        let register = async {
            let mut body = referring(&target);
            if round % 2 == 0 {
                return app.register(&base, body).await;
            }
            body["type"] = json!("register");
            body["subject"] = json!(base);
            app.post("/transactions", json!({"operations": [body]})).await
        };
        let (imported, registered) = tokio::join!(import, register);
        let codes = [code(&imported), code(&registered)];
        assert!(
            codes == [None, Some(42201)] || codes == [Some(42206), None],
            "round {round}: the import was told {:?}, the registration {:?}",
            codes[0],
            codes[1]
        );
        referred += usize::from(registered.status == 200);
    }
    println!("meanings: {rounds} races of an import and a reference, {referred} won by the reference");
}

/// A connection in a transaction whose lock others wait for.
struct Barrier {
    connection: PgConnection,
}

impl Barrier {
    /// Keeps ids of a context from being taken.
    async fn before_ids(database: &Database, context: &str) -> Self {
        let mut connection = PgConnection::connect(&database.url()).await.expect("the server runs");
        sqlx::raw_sql("BEGIN").execute(&mut connection).await.expect("a transaction begins");
        let lock = sqlx::query("SELECT next_id FROM contexts WHERE name = $1 FOR UPDATE").bind(context);
        let locked = lock.fetch_all(&mut connection).await.expect("a row can be locked");
        assert_eq!(locked.len(), 1, "the context {context} is known");
        Self { connection }
    }

    /// Waits until somebody waits.
    async fn is_met(&mut self) {
        for _ in 0..3000 {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))",
            )
            .fetch_one(&mut self.connection)
            .await
            .expect("a count");
            if waiting > 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("nobody takes an id");
    }

    async fn open(mut self) {
        sqlx::raw_sql("COMMIT").execute(&mut self.connection).await.expect("a transaction ends");
    }
}

/// The function of the database that writes registrations looks at contents, not at numbers.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_deleted_and_came_again_is_noticed_by_the_write() {
    const TEST: &str = "a_version_that_was_deleted_and_came_again_is_noticed_by_the_write";
    if !is_postgres() {
        return println!("{TEST}: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
    }
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let address = free_address();
    let mut server = command(folder.path(), &["serve", "--listen", &address, "--database-url", &database.url()]);
    server.env("REGIS_WRITE_TIMEOUT", "30000").env("REGIS_DATABASE_WAIT_TIMEOUT", "30000");
    let server = Process::start_as(server, &address, folder.path()).await;
    server.register("first", &avro(STRING)).await.holds(1, 1);
    server.register(":.other:ref", &avro(&record("Ref", &[]))).await.holds(1, 1);
    let mut barrier = Barrier::before_ids(&database, ".").await;
    let body = referring(":.other:ref");
    let registered = server.register("base", &body);
    let meanwhile = async {
        barrier.is_met().await;
        server.delete("/subjects/:.other:ref").await.ok(json!([1]));
        server.delete("/subjects/:.other:ref?permanent=true").await.ok(json!([1]));
        server.register(":.other:ref", &avro(&record("Stranger", &[]))).await.holds(2, 1);
        barrier.open().await;
    };
    let (registered, ()) = tokio::join!(registered, meanwhile);
    registered.refused_with(42201, &["Ref"]);
    server.get("/subjects/base/versions").await.refused_with(40401, &[]);
}
