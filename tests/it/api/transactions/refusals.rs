//! Transactions that make no sense, and what each operation may be refused for.

use regis::{http::DoorSettings, registry::Options};
use serde_json::{Value, json};

use super::{level, mode, register, rehearsed_and_done, transact};
use crate::harness::{App, STRING, is_postgres};

#[tokio::test]
async fn a_body_that_is_no_transaction_is_refused() {
    let app = App::start().await;
    app.post("/transactions", Value::Null).await.refused(422, "transact.request must not be null (was null)");
    for body in [json!({}), json!({"operations": []}), json!({"operations": null})] {
        app.post("/transactions", body).await.refused(422, "operations must not be empty");
    }
    for (operation, message) in [
        (json!({"subject": "s", "schema": STRING}), "\"operations[0].type\": expected a value, found none"),
        (
            json!({"type": "drop"}),
            "\"operations[0].type\": expected one of register, config, mode, found the string \"drop\"",
        ),
        (json!({"type": "register", "schema": STRING}), "\"operations[0].subject\": expected a value, found none"),
        (json!({"type": "register", "subject": "s", "schema": {}}), "write the schema as a JSON string"),
        (json!("register"), "\"operations[0]\": expected an object"),
    ] {
        transact(&app, json!([operation])).await.refused_with(400, &[message]);
    }
    for expect in
        [json!({"subjects": []}), json!({"config": {"s": 1}}), json!({"config": {"s": {"compatibilityLevel": "x"}}})]
    {
        let body = json!({"operations": [register("s", STRING)], "expect": expect});
        app.post("/transactions", body).await.refused_with(400, &["Cannot read \"expect."]);
    }
    for path in ["/transactions", "/transactions/"] {
        app.get(path).await.refused(405, "HTTP 405 Method Not Allowed");
    }
    app.get("/subjects").await.ok(json!([]));
}

#[tokio::test]
async fn each_refusal_names_its_operation_and_keeps_its_code() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let fine = register("fine", STRING);
    for (operation, code, part) in [
        (register("s", "\"int\""), 40901, "incompatible with an earlier schema for subject \"s\""),
        (register("t", "nonsense"), 42201, "Invalid schema"),
        (register("__GLOBAL", STRING), 42208, "'__GLOBAL' is not a valid"),
        (level("s", "WRONG"), 42203, "Invalid compatibility level"),
        (level("__EMPTY", "NONE"), 42208, "'__EMPTY' is not a valid"),
        (mode("s", "WRONG"), 42204, "Invalid mode"),
        (mode("s", "FORWARD"), 42204, "Forward mode only supported on global level"),
        (mode("s", "IMPORT"), 42205, "Cannot import since found existing subjects"),
        (json!({"type": "register", "subject": "t", "schema": STRING, "id": 9}), 42205, "not in import mode"),
        (json!({"type": "register", "subject": "t", "schema": STRING, "version": 9}), 42201, "not one more"),
        (json!({"type": "register", "subject": "t", "schema": STRING, "schemaType": "XML"}), 42201, "XML"),
        (json!({"type": "config", "subject": "t", "defaultRuleSet": {"domainRules": [{"name": ""}]}}), 42210, ""),
        (
            json!({"type": "register", "subject": "t", "schema": STRING, "ifMatch": "\"x"}),
            400,
            "ifMatch is no list of entity tags",
        ),
    ] {
        let refused = rehearsed_and_done(&app, json!({"operations": [fine, operation]})).await;
        refused.refused_in(1, code, &[part]);
    }
    app.get("/subjects").await.ok(json!(["s"]));
}

#[tokio::test]
async fn modes_stay_where_they_cannot_be_changed() {
    let app = App::start_with(Options { mode_mutability: false, ..Options::default() }).await;
    transact(&app, json!([register("s", STRING), mode("s", "READONLY")])).await.refused_in(
        1,
        42205,
        &["Mode changes are not allowed"],
    );
    app.get("/subjects").await.ok(json!([]));
}

#[tokio::test]
async fn the_number_of_operations_is_limited() {
    let door = DoorSettings { transaction_operations: 3, ..DoorSettings::default() };
    let app = App::start_behind(&door, Options::default()).await;
    let operations = |count: usize| (0..count).map(|at| register(&format!("s{at}"), STRING)).collect::<Vec<_>>();
    transact(&app, json!(operations(4))).await.refused(413, "4 operations are too many; a transaction may have 3");
    app.get("/subjects").await.ok(json!([]));
    assert_eq!(transact(&app, json!(operations(3))).await.status, 200);
}

#[tokio::test]
async fn a_large_transaction_is_done() {
    // On PostgreSQL the suite's databases share their locks, and it holds the global settings for as long as it lasts.
    let count = if is_postgres() { 50 } else { 500 };
    let app = App::start().await;
    let text = |at: usize| format!(r#"{{"type":"fixed","name":"F","size":{at}}}"#);
    let mut operations: Vec<Value> = (0..count).map(|at| register(&format!("s{at}"), &text(at))).collect();
    operations[count - 1]["schema"] = json!("nonsense");
    transact(&app, json!(operations)).await.refused_in(count - 1, 42201, &["Invalid schema"]);
    app.get("/subjects").await.ok(json!([]));
    operations[count - 1]["schema"] = json!(text(count));
    let done = transact(&app, json!(operations)).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let last = app.get(&format!("/subjects/s{}/versions/1", count - 1)).await;
    last.holds(i64::try_from(count).expect("a small number"), 1);
}

#[tokio::test]
async fn a_dry_run_is_asked_for_in_the_query_or_in_the_body() {
    let app = App::start().await;
    for (path, dry_run) in [
        ("/transactions?dryRun=true", json!(null)),
        ("/transactions", json!(true)),
        ("/transactions?dryRun=true", json!(false)),
    ] {
        let body = json!({"operations": [register("s", STRING)], "dryRun": dry_run});
        assert_eq!(app.post(path, body).await.json()["dryRun"], true);
    }
    app.get("/subjects").await.ok(json!([]));
}
