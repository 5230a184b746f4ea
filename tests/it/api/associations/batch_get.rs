//! Reading the associations of several resources at once (contract, section 9.5).

use serde_json::{Value, json};

use super::{OWN_VALUE, bonds, create, own, success, tie, topic};
use crate::harness::{App, INT, STRING, avro, refusal};

async fn results(app: &App, query: &str, requests: Value) -> Value {
    let answer = app.post(&format!("/associations:batchGet{query}"), json!({"requests": requests})).await;
    assert_eq!(answer.status, 207, "{}", answer.text());
    answer.json()["results"].clone()
}

/// Contract: 2.4/7, 9.1/7, 9.5/2.
#[tokio::test]
async fn resources_are_named_by_id_or_by_name() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    let expected = json!({"result": {"resourceName": "topic-r", "resourceNamespace": "ns", "resourceId": "r",
        "resourceType": "topic", "associations": [{"subject": "s", "associationType": "value", "lifecycle": "WEAK"}]}});
    for request in [
        json!({"resourceId": "r"}),
        json!({"resourceName": "topic-r", "resourceNamespace": "ns"}),
        json!({"resourceId": "", "resourceName": "topic-r", "resourceNamespace": "ns", "resourceType": "topic"}),
    ] {
        assert_eq!(results(&app, "", json!([request])).await, json!([expected]), "{request}");
    }
    // The id counts for more than the name, and what was asked is repeated.
    let both = json!({"resourceId": "r", "resourceName": "other", "resourceNamespace": "ns"});
    assert_eq!(results(&app, "", json!([both])).await[0]["result"]["resourceName"], json!("other"));
    let nothing = json!([{"resourceId": "q"}, {"resourceName": "q", "resourceNamespace": "ns"}]);
    let heads = json!([{"result": {"resourceId": "q"}}, {"result": {"resourceName": "q", "resourceNamespace": "ns"}}]);
    assert_eq!(results(&app, "", nothing).await, heads);
}

/// Contract: 2.4/8, 9.5/2.
#[tokio::test]
async fn a_resource_must_be_named() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    let failed = |why: &str| json!({"error": refusal(500, &format!("Error while getting associations: {why}"))});
    let requests = json!([{}, {"resourceNamespace": "ns"}, null, {"resourceName": "t"}, {"resourceId": "r"}]);
    let results = results(&app, "", requests).await;
    let unnamed = failed("either resourceId or resourceName must be specified");
    assert_eq!([&results[0], &results[1], &results[2]], [&unnamed; 3]);
    assert_eq!(results[3], failed("resourceNamespace is required when resourceName is specified"));
    assert_eq!(bonds(&results[4]["result"]["associations"]), [("s", "value", "WEAK")]);
}

/// Contract: 2.4/7.
#[tokio::test]
async fn answers_are_narrowed_by_type_and_lifecycle() {
    let app = App::start().await;
    tie(&app, "r", "key", "k").await;
    tie(&app, "r", "value", "v").await;
    for (narrow, subjects) in [
        (json!({}), vec!["k", "v"]),
        (json!({"associationTypes": []}), vec!["k", "v"]),
        (json!({"associationTypes": ["key"]}), vec!["k"]),
        (json!({"associationTypes": ["value", "key"]}), vec!["k", "v"]),
        (json!({"associationTypes": ["x"]}), vec![]),
        (json!({"lifecycle": "WEAK"}), vec!["k", "v"]),
        (json!({"lifecycle": "STRONG"}), vec![]),
        (json!({"resourceType": "cluster"}), vec![]),
    ] {
        let mut request = narrow.clone();
        request["resourceId"] = json!("r");
        let result = results(&app, "", json!([request])).await[0]["result"].clone();
        let found = result.get("associations").map(bonds).unwrap_or_default();
        assert_eq!(found.iter().map(|(subject, ..)| *subject).collect::<Vec<_>>(), subjects, "{narrow}");
    }
    let wrong = json!({"requests": [{"resourceId": "r", "lifecycle": "NONE"}]});
    app.post("/associations:batchGet", wrong).await.refused_with(400, &["lifecycle"]);
}

/// Contract: 9.5/3.
#[tokio::test]
async fn the_latest_schemas_are_shown_if_asked_for() {
    let app = App::start().await;
    let both = json!([{"associationType": "key", "schema": avro(INT)}, {"schema": avro(STRING)}]);
    success(create(&app, topic("r", both)).await);
    app.accept(OWN_VALUE, "\"bytes\"").await;
    let requests = json!([{"resourceId": "r"}]);
    let plain = results(&app, "", requests.clone()).await;
    assert_eq!(plain[0]["result"]["associations"][0].get("schema"), None, "{plain}");
    let full = results(&app, "?includeSchemas=true", requests).await;
    let value = &full[0]["result"]["associations"][1];
    let latest = app.get(&format!("/subjects/{OWN_VALUE}/versions/latest")).await.json();
    assert_eq!((&value["schema"], &latest["version"]), (&latest, &json!(2)));
    assert_eq!(full[0]["result"]["associations"][0]["schema"]["schema"], json!(INT));
}

/// Contract: 2.4/2.
#[tokio::test]
async fn a_frozen_association_does_not_say_so() {
    let app = App::start().await;
    success(own(&app, "r", STRING).await);
    let expected = json!([{"subject": OWN_VALUE, "associationType": "value", "lifecycle": "STRONG"}]);
    assert_eq!(results(&app, "", json!([{"resourceId": "r"}])).await[0]["result"]["associations"], expected);
}
