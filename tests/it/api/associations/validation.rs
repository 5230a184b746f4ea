//! What is wrong with a request by itself (contract, section 9.2): property and reason, in their order.

use serde_json::{Value, json};

use super::{OWN_KEY, OWN_VALUE, create, own, success, upsert, wrong};
use crate::harness::{App, INT, STRING};

const EMPTY: &str = "cannot be null or empty";

/// Sends a request as a creation, or (with an id) to the id's path.
async fn refuses(app: &App, methods: &str, request: Value, property: &str, detail: &str) {
    for method in methods.split(' ') {
        let answer = match method {
            "POST" => create(app, request.clone()).await,
            _ => app.put("/associations/resources/r", request.clone()).await,
        };
        answer.refused(42212, &wrong(property, detail));
    }
}

/// Contract: 5/42212, 9.2/2.
#[tokio::test]
async fn a_resource_must_be_named_well() {
    let app = App::start().await;
    let wanted = json!([{"subject": "s"}]);
    let long = "n".repeat(257);
    let request = |name: Value, namespace: Value| {
        json!({"resourceName": name, "resourceNamespace": namespace,
        "resourceId": "r", "associations": wanted})
    };
    for (name, namespace, property, detail) in [
        (Value::Null, Value::Null, "resourceName", EMPTY),
        (json!(""), json!("ns"), "resourceName", EMPTY),
        (json!(long), json!(""), "resourceName", "exceeds max length of 256"),
        (json!("my.topic"), json!("ns"), "resourceName", "illegal character '.'"),
        (json!("a b:c"), json!("ns"), "resourceName", "illegal character ' '"),
        (json!("t"), Value::Null, "resourceNamespace", EMPTY),
        (json!("t"), json!(""), "resourceNamespace", EMPTY),
        (json!("t"), json!(long), "resourceNamespace", "exceeds max length of 256"),
        (json!("t"), json!(":ns"), "resourceNamespace", "illegal character ':'"),
    ] {
        refuses(&app, "POST PUT", request(name, namespace), property, detail).await;
    }
    app.accept("s", STRING).await;
    let longest = "n".repeat(256);
    assert_eq!(create(&app, request(json!(longest), json!("Ünïcode_-9"))).await.status, 200);
}

/// Contract: 9.2/3-5.
#[tokio::test]
async fn a_resource_needs_an_id_and_the_right_type() {
    let app = App::start().await;
    let request = |id: Value, kind: Value, wanted: Value| {
        json!({"resourceName": "t", "resourceNamespace": "ns",
        "resourceId": id, "resourceType": kind, "associations": wanted})
    };
    let wanted = json!([{"subject": "s"}]);
    for (id, kind, wanted, property, detail) in [
        (Value::Null, json!("x"), json!([]), "resourceId", EMPTY),
        (json!(""), Value::Null, json!([]), "resourceId", EMPTY),
        (json!("i".repeat(513)), Value::Null, json!([]), "resourceId", "exceeds max length of 512"),
        (json!("a\u{0}b"), Value::Null, json!([]), "resourceId", "illegal character '\u{0}'"),
        (json!("r"), json!("Topic"), json!([]), "resourceType", "must be 'topic'"),
        (json!("r"), json!("cluster"), Value::Null, "resourceType", "must be 'topic'"),
        (json!("r"), Value::Null, Value::Null, "associations", EMPTY),
        (json!("r"), json!(""), json!([]), "associations", EMPTY),
    ] {
        refuses(&app, "POST", request(id, kind, wanted), property, detail).await;
    }
    app.accept("s", STRING).await;
    let answer = create(&app, request(json!("r"), json!(""), wanted)).await;
    assert_eq!(answer.json()["resourceType"], json!("topic"));
}

/// Contract: 9.2/1.
#[tokio::test]
async fn the_id_in_the_path_counts() {
    let app = App::start().await;
    let mismatch = "Resource ID in the path parameter does not match the resource ID in the request body";
    let request = |id: Value| json!({"resourceId": id, "resourceName": "", "associations": []});
    app.put("/associations/resources/r", request(json!("q"))).await.refused(42212, &wrong("resourceId", mismatch));
    for absent in [Value::Null, json!(""), json!("r")] {
        app.put("/associations/resources/r", request(absent)).await.refused(42212, &wrong("resourceName", EMPTY));
    }
    app.accept("s", STRING).await;
    let request = json!({"resourceName": "t", "resourceNamespace": "ns", "associations": [{"subject": "s"}]});
    let answer = app.put("/associations/resources/a%2Fb", request).await;
    assert_eq!(answer.json()["resourceId"], json!("a/b"), "{}", answer.text());
    let list = app.get("/associations/resources/a%2Fb").await.json();
    assert_eq!(list[0]["resourceId"], json!("a/b"), "{list}");
}

/// Contract: 9.2/6.
#[tokio::test]
async fn what_is_wrong_with_an_association_is_told_in_order() {
    let app = App::start().await;
    let schema = json!({"schema": STRING});
    let type_wrong = "must be either 'key' or 'value'";
    let weak_schema = "cannot be WEAK when schema is provided";
    for (methods, wanted, property, detail) in [
        ("POST PUT", json!({"subject": "", "frozen": true}), "subject", "must not be empty"),
        ("POST PUT", json!({"subject": "a\tb", "associationType": "x"}), "subject", "must not be empty"),
        ("POST PUT", json!({"associationType": "VALUE", "lifecycle": "STRONG"}), "associationType", type_wrong),
        ("PUT", json!({"associationType": "x", "lifecycle": "WEAK", "schema": schema}), "associationType", type_wrong),
        ("PUT", json!({"lifecycle": "WEAK", "schema": schema, "frozen": true}), "lifecycle", weak_schema),
        (
            "PUT",
            json!({"lifecycle": "WEAK", "frozen": true}),
            "frozen",
            "association with lifecycle of WEAK cannot be frozen",
        ),
    ] {
        refuses(&app, methods, super::topic("r", json!([wanted])), property, detail).await;
    }
}

/// Contract: 9.2/D.
#[tokio::test]
async fn what_is_created_makes_sense_by_itself() {
    let app = App::start().await;
    let schema = json!({"schema": STRING});
    let cannot_be =
        |lifecycle: &str, frozen| format!("association with lifecycle of {lifecycle} cannot be frozen={frozen}");
    let must_use = |subject: &str| format!("frozen associations must use subject '{subject}'");
    let cannot_use = |subject: &str| format!("WEAK associations cannot use subject '{subject}'");
    let needs_subject = || "must be provided for WEAK associations".to_owned();
    let weak_schema = "cannot be WEAK when schema is provided".to_owned();
    let unfrozen_schema = "cannot be false when a schema is provided".to_owned();
    let key_as_value = json!({"subject": OWN_VALUE, "lifecycle": "STRONG", "associationType": "key"});
    let weak_key = json!({"subject": OWN_KEY, "associationType": "key", "lifecycle": "WEAK"});
    for (wanted, property, detail) in [
        (json!({"lifecycle": "WEAK", "schema": schema, "associationType": "x"}), "lifecycle", weak_schema),
        (json!({"frozen": false, "schema": schema, "associationType": "x"}), "frozen", unfrozen_schema),
        (json!({"frozen": true, "associationType": "x"}), "frozen", cannot_be("WEAK", true)),
        (json!({"frozen": true, "lifecycle": "WEAK"}), "frozen", cannot_be("WEAK", true)),
        (json!({"frozen": false, "lifecycle": "STRONG"}), "frozen", cannot_be("STRONG", false)),
        (json!({}), "subject", needs_subject()),
        (json!({"associationType": "", "lifecycle": "WEAK"}), "subject", needs_subject()),
        (json!({"subject": "s", "schema": schema}), "subject", must_use(OWN_VALUE)),
        (key_as_value, "subject", must_use(OWN_KEY)),
        (json!({"subject": "t-value", "lifecycle": "STRONG"}), "subject", must_use(OWN_VALUE)),
        (json!({"subject": OWN_VALUE}), "subject", cannot_use(OWN_VALUE)),
        (weak_key, "subject", cannot_use(OWN_KEY)),
    ] {
        refuses(&app, "POST", super::topic("r", json!([wanted])), property, &detail).await;
    }
}

/// Contract: 9.3/2.
#[tokio::test]
async fn a_type_may_be_meant_once() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let twice = "may only appear once per request, but 'value' appears more than once";
    let request = super::topic("r", json!([{"subject": "s"}, {"subject": "u", "associationType": "value"}]));
    refuses(&app, "POST PUT", request.clone(), "associationType", twice).await;
    // The mode of a subject comes before that.
    app.set_mode("u", "READONLY").await;
    for answer in [create(&app, request.clone()).await, upsert(&app, request).await] {
        answer.refused(42205, "Subject u in context . is in read-only mode");
    }
}

#[tokio::test]
async fn a_request_is_right_before_the_database_is_asked() {
    let app = App::start().await;
    app.set_mode("s", "READONLY").await;
    let second = json!([{"subject": "s"}, {"subject": "s", "associationType": "x"}]);
    refuses(&app, "POST PUT", super::topic("r", second), "associationType", "must be either 'key' or 'value'").await;
}

/// Contract: 2.4/4.
#[tokio::test]
async fn bodies_are_read_like_all_others() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for (path, argument) in [
        ("/associations", "createAssociation.request"),
        ("/associations:batchGet", "batchGetAssociations.request"),
        ("/associations:batchMutate", "batchMutateAssociations.request"),
    ] {
        app.post(path, Value::Null).await.refused(422, &format!("{argument} must not be null (was null)"));
        app.send("POST", path, &[], "{").await.refused_with(400, &[]);
        app.post(path, json!([])).await.refused_with(400, &["an object"]);
        app.send("POST", path, &[("Content-Type", "text/plain")], "{}").await.refused_with(415, &[]);
    }
    for body in [
        json!({"associations": {}}),
        json!({"resourceName": {}}),
        json!({"associations": [{"lifecycle": "weak"}]}),
        json!({"associations": [{"lifecycle": "NONE"}]}),
        json!({"associations": [{"frozen": "maybe"}]}),
        json!({"associations": [{"schema": "text"}]}),
        json!({"associations": [{"schema": {"schema": {"type": "string"}}}]}),
    ] {
        create(&app, body).await.refused_with(400, &["Cannot read"]);
    }
    let lenient = json!({"resourceName": 7, "resourceNamespace": true, "resourceId": 1, "extra": [],
        "associations": [{"subject": "s", "lifecycle": 1, "frozen": "false", "normalize": "True", "more": {}}]});
    let expected = json!({"resourceName": "7", "resourceNamespace": "true", "resourceId": "1", "resourceType": "topic",
        "associations": [{"subject": "s", "associationType": "value", "lifecycle": "WEAK"}]});
    create(&app, lenient).await.ok(expected);
}

#[tokio::test]
async fn a_schema_must_be_a_good_one() {
    let app = App::start().await;
    for text in ["{", "", "\"nonsense\""] {
        own(&app, "r", text).await.refused_with(42201, &[]);
    }
    own(&app, "r", "").await.refused(42201, "Empty schema");
    app.get("/associations/resources/r").await.ok(json!([]));
    app.get("/subjects?deleted=true").await.ok(json!([]));
    // Nothing of a request is done if its last schema is wrong, and no id is taken.
    let both = json!([{"schema": {"schema": INT}, "associationType": "key"}, {"schema": {"schema": "{"}}]);
    create(&app, super::topic("r", both)).await.refused_with(42201, &[]);
    app.get("/subjects?deleted=true").await.ok(json!([]));
    let both = json!([{"schema": {"schema": INT}, "associationType": "key"}, {"schema": {"schema": STRING}}]);
    let answer = success(create(&app, super::topic("r", both)).await);
    let ids: Vec<&Value> =
        answer["associations"].as_array().expect("two").iter().map(|one| &one["schema"]["id"]).collect();
    assert_eq!(ids, [&json!(1), &json!(2)], "{answer}");
}
