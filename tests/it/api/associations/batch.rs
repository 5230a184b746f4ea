//! Changing the associations of several resources at once (contract, section 9.5).

use serde_json::{Value, json};

use super::{OWN_KEY, OWN_VALUE, bonds, named, of_resource, own, success, tie, topic, wrong};
use crate::harness::{Answer, App, INT, STRING, avro, record, refusal};

async fn mutate(app: &App, requests: impl Into<Value>) -> Answer {
    app.post("/associations:batchMutate", json!({"requests": requests.into()})).await
}

/// Demands one result, which is a refusal.
async fn refuses(app: &App, request: Value, code: u32, message: &str) {
    mutate(app, json!([request])).await.is(207, json!({"results": [{"error": refusal(code, message)}]}));
}

/// Demands one result, which is a success.
async fn succeeds(app: &App, request: Value) -> Value {
    let answer = mutate(app, json!([request])).await;
    assert_eq!(answer.status, 207, "{}", answer.text());
    let result = answer.json()["results"][0]["result"].clone();
    assert!(result.is_object(), "{}", answer.text());
    result
}

/// Contract: 2.4/6, 9.5/1.
#[tokio::test]
async fn a_batch_has_items() {
    let app = App::start().await;
    for body in [json!({}), json!({"requests": null}), json!({"requests": []})] {
        for path in ["/associations:batchMutate", "/associations:batchGet"] {
            let empty = wrong("requests", "cannot be null or empty");
            app.post(path, body.clone()).await.refused(42212, &empty);
        }
    }
    for op in
        [json!({}), json!({"opType": "create"}), json!({"opType": null}), json!({"opType": "MERGE"}), json!("CREATE")]
    {
        mutate(&app, json!([topic("r", json!([op]))])).await.refused_with(400, &["associations[0]"]);
    }
    mutate(&app, json!([topic("r", json!([{"opType": "CREATE", "lifecycle": "NONE"}]))]))
        .await
        .refused_with(400, &["lifecycle"]);
}

/// Contract: 2.4/5, 9.1/8, 9.5/6.
#[tokio::test]
async fn an_item_answers_all_that_the_resource_has_then() {
    let app = App::start().await;
    tie(&app, "r", "key", "s").await;
    let request = named("topic-r", "r", json!([{"opType": "CREATE", "subject": "s"}]));
    mutate(&app, json!([request])).await.says(
        207,
        concat!(
            r#"{"results":[{"result":{"resourceName":"topic-r","resourceNamespace":"ns","resourceId":"r","#,
            r#""resourceType":"topic","associations":[{"subject":"s","associationType":"key","lifecycle":"WEAK"},"#,
            r#"{"subject":"s","associationType":"value","lifecycle":"WEAK"}]}}]}"#
        ),
    );
    let result = succeeds(&app, named("topic-r", "r", json!([{"opType": "DELETE", "associationType": "key"}]))).await;
    assert_eq!(bonds(&result["associations"]), [("s", "value", "WEAK")]);
    let result = succeeds(&app, named("topic-r", "r", json!([{"opType": "DELETE"}]))).await;
    assert_eq!(result.get("associations"), None, "{result}");
}

/// Contract: 9.5/6.
#[tokio::test]
async fn schemas_registered_in_an_item_are_shown_with_it() {
    let app = App::start().await;
    let value = json!({"opType": "CREATE", "schema": avro(STRING)});
    let key = json!({"opType": "CREATE", "associationType": "key", "schema": avro(INT)});
    let result = succeeds(&app, topic("r", json!([value, key]))).await;
    assert_eq!(bonds(&result["associations"]), [(OWN_KEY, "key", "STRONG"), (OWN_VALUE, "value", "STRONG")]);
    let schema = |result: &Value, at: usize| result["associations"][at]["schema"]["schema"].clone();
    assert_eq!([schema(&result, 0), schema(&result, 1)], [json!(INT), json!(STRING)]);
    // A schema that comes with an association that is there already is shown as well.
    let result = succeeds(&app, topic("r", json!([{"opType": "UPSERT", "schema": avro("\"bytes\"")}]))).await;
    assert_eq!([schema(&result, 0), schema(&result, 1)], [Value::Null, json!("\"bytes\"")]);
    assert_eq!(result["associations"][1]["schema"]["version"], json!(2));
}

/// Contract: 2.4/8, 9.5/5, 9.5/8.
#[tokio::test]
async fn items_do_not_depend_on_each_other() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let create = |name: &str, subject: &str| named(name, name, json!([{"opType": "CREATE", "subject": subject}]));
    let failed = json!({"resourceName": "x", "error": {"error_code": 42299, "message": "told before"}});
    let answer = mutate(&app, json!([create("a", "s"), create("b", "none"), failed, create("c", "s"), null])).await;
    let results = answer.json()["results"].clone();
    assert_eq!(bonds(&results[0]["result"]["associations"]), [("s", "value", "WEAK")]);
    assert_eq!(
        results[1],
        json!({"error": refusal(40907, "No active (non-deleted) version exists for subject 'none'")})
    );
    assert_eq!(results[2], json!({"error": refusal(42299, "told before")}));
    assert_eq!(bonds(&results[3]["result"]["associations"]), [("s", "value", "WEAK")]);
    assert_eq!(results[4], json!({"error": refusal(42212, &wrong("resourceName", "cannot be null or empty"))}));
    assert_eq!(results.as_array().map(Vec::len), Some(5));
}

/// Contract: 9.5/4.
#[tokio::test]
async fn neighbours_of_one_type_are_done_together() {
    let app = App::start().await;
    tie(&app, "r", "key", "s").await;
    tie(&app, "r", "value", "s").await;
    let delete = |part: &str| json!({"opType": "DELETE", "associationType": part});
    succeeds(&app, named("topic-r", "r", json!([delete("key"), delete("value")]))).await;
    // All of a run or nothing: the first association is not written either.
    app.accept("u", STRING).await;
    let run = json!([{"opType": "CREATE", "subject": "u"},
        {"opType": "CREATE", "associationType": "key", "subject": "none"}]);
    refuses(&app, topic("r", run), 40907, "No active (non-deleted) version exists for subject 'none'").await;
    app.get("/associations/resources/r").await.ok(json!([]));
    // Runs of their own: what was done before the refusal stays.
    let runs = json!([{"opType": "CREATE", "subject": "u"},
        {"opType": "UPSERT", "associationType": "key", "subject": "none"}]);
    refuses(&app, topic("r", runs), 40907, "No active (non-deleted) version exists for subject 'none'").await;
    assert_eq!(bonds(&of_resource(&app, "r").await), [("u", "value", "WEAK")]);
}

/// Contract: 9.5/4.
#[tokio::test]
async fn both_types_may_change_together() {
    let app = App::start().await;
    let request = |op: &str| {
        json!([{"opType": op, "associationType": "key", "schema": avro(INT)},
        {"opType": op, "schema": avro(STRING)}])
    };
    succeeds(&app, topic("r", request("CREATE"))).await;
    let delete = |part: &str| json!({"opType": "DELETE", "associationType": part, "cascadeLifecycle": true});
    let result = succeeds(&app, topic("r", json!([delete("key"), delete("value")]))).await;
    assert_eq!(result.get("associations"), None, "{result}");
    app.get("/subjects?deleted=true").await.ok(json!([]));
}

/// Contract: 9.2/7.
#[tokio::test]
async fn what_is_wrong_with_an_item_is_told_before_anything_is_done() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let good = json!({"opType": "CREATE", "subject": "s"});
    let step = |step: Value| topic("r", json!([good, step]));
    let late = "cannot be WEAK when schema is provided";
    for (request, property, detail) in [
        (json!({"resourceId": "r", "associations": [good]}), "resourceName", "cannot be null or empty"),
        (
            json!({"resourceName": "t", "resourceNamespace": "a.b", "associations": [good]}),
            "resourceNamespace",
            "illegal character '.'",
        ),
        (
            json!({"resourceName": "t", "resourceNamespace": "ns", "associations": [good]}),
            "resourceId",
            "cannot be null or empty",
        ),
        (
            json!({"resourceName": "t", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "x"}),
            "resourceType",
            "must be 'topic'",
        ),
        (topic("r", json!([])), "associations", "cannot be null or empty"),
        (
            step(json!({"opType": "DELETE", "associationType": "x"})),
            "associationType",
            "must be either 'key' or 'value'",
        ),
        // Defaults come first here: the schema is told before the subject.
        (
            step(json!({"opType": "CREATE", "subject": "", "lifecycle": "WEAK", "schema": avro(STRING)})),
            "lifecycle",
            late,
        ),
        (
            step(json!({"opType": "UPSERT", "subject": "", "lifecycle": "WEAK", "schema": avro(STRING)})),
            "subject",
            "must not be empty",
        ),
        (step(json!({"opType": "UPSERT", "lifecycle": "WEAK", "schema": avro(STRING)})), "lifecycle", late),
        (
            step(json!({"opType": "CREATE", "associationType": "key"})),
            "subject",
            "must be provided for WEAK associations",
        ),
        (
            step(json!({"opType": "DELETE"})),
            "associationType",
            "may only appear once per request, but 'value' appears more than once",
        ),
        (
            step(json!({"opType": "UPSERT", "subject": "s"})),
            "associationType",
            "may only appear once per request, but 'value' appears more than once",
        ),
    ] {
        refuses(&app, request, 42212, &wrong(property, detail)).await;
    }
    app.get("/associations/resources/r").await.ok(json!([]));
}

/// Contract: 9.5/7.
#[tokio::test]
async fn refusals_of_an_item_keep_their_codes() {
    let app = App::start().await;
    success(own(&app, "r", INT).await);
    let op = |kind: &str, mut wanted: Value| {
        wanted["opType"] = json!(kind);
        topic("r", json!([wanted]))
    };
    let taken = "An association of type 'value' already exists for resource 't'";
    refuses(&app, op("CREATE", json!({"schema": avro(STRING)})), 40903, taken).await;
    let frozen = format!("The association of type  'value' is frozen for subject '{OWN_VALUE}'");
    refuses(&app, op("DELETE", json!({})), 40908, &frozen).await;
    let missing = "Association for 'r' not found.";
    refuses(&app, op("DELETE", json!({"associationType": "key"})), 40410, missing).await;
    for (text, code, begin) in
        [("{", 42212, "Invalid schema of type AVRO"), (STRING, 40901, "[{errorType:'TYPE_MISMATCH'")]
    {
        let answer = mutate(&app, json!([op("UPSERT", json!({"schema": avro(text)}))])).await;
        let error = answer.json()["results"][0]["error"].clone();
        let message = error["message"].as_str().unwrap_or_default();
        assert!(error["error_code"] == json!(code) && message.starts_with(begin), "{}", answer.text());
    }
    app.set_mode(OWN_VALUE, "READONLY").await;
    let refused = "Subject t-value in context .ns is in read-only mode";
    refuses(&app, op("UPSERT", json!({"subject": OWN_VALUE})), 42205, refused).await;
}

#[tokio::test]
async fn a_batch_may_be_rehearsed() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    let nameless = |steps: Value| json!({"resourceName": "t", "resourceNamespace": "ns", "associations": steps});
    let requests = json!([
        named(
            "topic-r",
            "r",
            json!([{"opType": "DELETE"}, {"opType": "CREATE", "associationType": "key", "subject": "s"}])
        ),
        nameless(json!([{"opType": "CREATE", "schema": {"schema": record("R", &[])}}])),
        nameless(json!([{"opType": "UPSERT", "subject": "s"}])),
        nameless(json!([{"opType": "DELETE"}])),
    ]);
    let head = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceType": "topic"});
    app.post("/associations:batchMutate?dryRun=true", json!({"requests": requests})).await.is(
        207,
        json!({"results": [
            {"result": {"resourceName": "topic-r", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic"}},
            {"result": head},
            {"result": head},
            {"error": refusal(40410, "Association for 'null' not found.")},
        ]}),
    );
    assert_eq!(bonds(&of_resource(&app, "r").await), [("s", "value", "WEAK")]);
    app.get("/subjects").await.ok(json!(["s"]));
}

/// Contract: 3.7/6.
#[tokio::test]
async fn the_context_of_a_batch_is_that_of_its_subjects() {
    let app = App::start().await;
    app.accept(":.ctx:s", STRING).await;
    for (path, id) in
        [("/associations:batchMutate?context=:.ctx:", "a"), ("/contexts/.ctx/associations:batchMutate", "b")]
    {
        let requests = json!({"requests": [named("t", id, json!([{"opType": "UPSERT", "subject": "s"}]))]});
        let answer = app.post(path, requests).await;
        let result = answer.json()["results"][0]["result"]["associations"].clone();
        assert_eq!(bonds(&result), [(":.ctx:s", "value", "WEAK")], "{}", answer.text());
    }
}
