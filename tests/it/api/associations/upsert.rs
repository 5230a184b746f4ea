//! Adding and changing associations under a resource's id (contract, section 9.3).

use serde_json::{Value, json};

use super::{OWN_VALUE, bonds, named, of_resource, own, success, tie, topic, upsert, wrong};
use crate::harness::{App, INT, LONG, STRING, avro};

/// Contract: 9.1/5.
#[tokio::test]
async fn a_weak_association_can_be_added_to_a_topic() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let expected = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic",
        "associations": [{"subject": "s", "associationType": "key", "lifecycle": "WEAK"}]});
    upsert(&app, topic("r", json!([{"subject": "s", "associationType": "key"}]))).await.ok(expected);
    assert_eq!(bonds(&of_resource(&app, "r").await), [("s", "key", "WEAK")]);
    let none = "No active (non-deleted) version exists for subject 'u'";
    upsert(&app, topic("r", json!([{"subject": "u"}]))).await.refused(40907, none);
}

/// Contract: 9.2/D, 9.3/4a, 9.3/4b, 9.3/4g.
#[tokio::test]
async fn what_is_new_must_make_sense() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.accept(OWN_VALUE, STRING).await;
    let late = "cannot be provided when adding an association to an existing topic; an association with a schema must be \
                created with the topic";
    let strong = "cannot be STRONG when creating an association; STRONG associations must be created with the topic";
    for (wanted, property, detail) in [
        (json!({"schema": avro(STRING)}), "schema", late),
        (json!({"schema": avro(STRING), "lifecycle": "STRONG", "frozen": false}), "schema", late),
        (json!({}), "subject", "must be provided for WEAK associations"),
        (json!({"lifecycle": "WEAK"}), "subject", "must be provided for WEAK associations"),
        (json!({"subject": "s", "frozen": true}), "frozen", "association with lifecycle of WEAK cannot be frozen=true"),
        (
            json!({"lifecycle": "STRONG", "frozen": false}),
            "frozen",
            "association with lifecycle of STRONG cannot be frozen=false",
        ),
        (json!({"subject": OWN_VALUE}), "subject", &format!("WEAK associations cannot use subject '{OWN_VALUE}'")),
        (
            json!({"subject": "s", "lifecycle": "STRONG"}),
            "subject",
            &format!("frozen associations must use subject '{OWN_VALUE}'"),
        ),
        (json!({"lifecycle": "STRONG"}), "lifecycle", strong),
        (json!({"lifecycle": "STRONG", "frozen": true, "subject": OWN_VALUE}), "lifecycle", strong),
    ] {
        upsert(&app, topic("r", json!([wanted]))).await.refused(42212, &wrong(property, detail));
    }
    app.get("/associations/resources/r").await.ok(json!([]));
}

/// Contract: 9.3/4h.
#[tokio::test]
async fn what_is_there_already_stays() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    let before = app.get("/associations/resources/r").await.json();
    let head =
        json!({"resourceName": "topic-r", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic"});
    for wanted in [
        json!({}),
        json!({"lifecycle": "WEAK"}),
        json!({"frozen": false}),
        json!({"subject": "s", "lifecycle": "WEAK", "frozen": false, "associationType": "value"}),
    ] {
        upsert(&app, named("topic-r", "r", json!([wanted]))).await.ok(head.clone());
    }
    assert_eq!(app.get("/associations/resources/r").await.json(), before);
}

/// Contract: 9.3/4d, 9.3/4e, 9.3/4j.
#[tokio::test]
async fn what_may_not_be_changed_is_told() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    app.accept("u", STRING).await;
    let own = ":.ns:topic-r-value";
    for (wanted, property, detail) in [
        (json!({"subject": "u"}), "lifecycle", "at least lifecycle or schema must be provided for update"),
        (
            json!({"subject": "u", "frozen": false}),
            "lifecycle",
            "at least lifecycle or schema must be provided for update",
        ),
        (
            json!({"subject": "u", "lifecycle": "WEAK"}),
            "subject",
            "subject of association cannot be changed from 's' to 'u'",
        ),
        (json!({"schema": avro(STRING)}), "lifecycle", "cannot be WEAK when schema is provided"),
        (json!({"subject": own}), "subject", &format!("WEAK associations cannot use subject '{own}'")),
        (json!({"lifecycle": "STRONG"}), "frozen", "association with lifecycle of STRONG cannot be frozen=false"),
        (json!({"frozen": true}), "frozen", "association with lifecycle of WEAK cannot be frozen=true"),
        (json!({"lifecycle": "STRONG", "frozen": true}), "frozen", "frozen attribute of association cannot be changed"),
    ] {
        upsert(&app, named("topic-r", "r", json!([wanted]))).await.refused(42212, &wrong(property, detail));
    }
    assert_eq!(bonds(&of_resource(&app, "r").await), [("s", "value", "WEAK")]);
}

/// Contract: 9.3/4d, 9.3/4e, 9.3/4f.
#[tokio::test]
async fn a_strong_association_stays_as_it_is() {
    let app = App::start().await;
    success(own(&app, "r", STRING).await);
    for (wanted, property, detail) in [
        (json!({"subject": "u"}), "subject", format!("frozen associations must use subject '{OWN_VALUE}'")),
        (json!({"lifecycle": "WEAK"}), "subject", format!("WEAK associations cannot use subject '{OWN_VALUE}'")),
        (
            json!({"lifecycle": "WEAK", "subject": "u"}),
            "frozen",
            "association with lifecycle of WEAK cannot be frozen=true".to_owned(),
        ),
        (json!({"frozen": false}), "frozen", "association with lifecycle of STRONG cannot be frozen=false".to_owned()),
    ] {
        upsert(&app, topic("r", json!([wanted]))).await.refused(42212, &wrong(property, &detail));
    }
    let unchanged = |answer: Value| assert_eq!(answer.get("associations"), None, "{answer}");
    for wanted in [json!({}), json!({"frozen": true}), json!({"lifecycle": "STRONG", "subject": OWN_VALUE})] {
        unchanged(success(upsert(&app, topic("r", json!([wanted]))).await));
    }
}

/// Contract: 9.3/4h, 9.3/7.
#[tokio::test]
async fn a_schema_that_comes_along_is_registered() {
    let app = App::start().await;
    success(own(&app, "r", INT).await);
    let answer = success(upsert(&app, topic("r", json!([{"schema": avro(LONG)}]))).await);
    // The association itself was not written, so it is not mentioned.
    assert_eq!(answer.get("associations"), None, "{answer}");
    app.get(&format!("/subjects/{OWN_VALUE}/versions")).await.ok(json!([1, 2]));
    let rehearsed =
        app.put("/associations/resources/r?dryRun=true", topic("r", json!([{"schema": avro("\"double\"")}]))).await;
    success(rehearsed);
    app.get(&format!("/subjects/{OWN_VALUE}/versions")).await.ok(json!([1, 2]));
    let answer = upsert(&app, topic("r", json!([{"schema": avro(STRING)}]))).await;
    let message = answer.json()["message"].as_str().expect("a message").to_owned();
    assert!(message.starts_with("[{errorType:'TYPE_MISMATCH'"), "{message}");
    answer.refused(40901, &message);
    upsert(&app, topic("r", json!([{"schema": avro("{")}]))).await.refused_with(42201, &[]);
    app.set_mode(OWN_VALUE, "READONLY").await;
    upsert(&app, topic("r", json!([{"schema": avro("\"float\"")}])))
        .await
        .refused_with(42205, &["is in read-only mode"]);
}

/// Contract: 9.3/8.
#[tokio::test]
async fn an_upsert_may_be_rehearsed() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let request = topic("r", json!([{"subject": "s"}]));
    let head = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic"});
    app.put("/associations/resources/r?dryRun=true", request.clone()).await.ok(head);
    app.get("/associations/resources/r").await.ok(json!([]));
    success(upsert(&app, request).await);
}
