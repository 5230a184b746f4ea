//! Creating associations (contract, section 9.3).

use serde_json::json;

use super::{OWN_KEY, OWN_VALUE, bonds, create, named, of_resource, own, success, tie, topic, wrong};
use crate::harness::{App, INT, LONG, STRING, STRING_GUID, avro, record};

/// Contract: 2.4/4-5, 9.1/4, 9.3/9.
#[tokio::test]
async fn a_topic_is_created_with_the_schemas_of_its_keys_and_values() {
    let app = App::start().await;
    let both = json!([{"associationType": "key", "schema": {"schema": INT}}, {"schema": {"schema": STRING}}]);
    let answer = create(&app, topic("r", both)).await;
    answer.reads(
        200,
        concat!(
            r#"{"resourceName":"t","resourceNamespace":"ns","resourceId":"r","resourceType":"topic","associations":["#,
            r#"{"subject":":.ns:t-key","associationType":"key","lifecycle":"STRONG","schema":{"subject":":.ns:t-key","#,
            r#""version":1,"id":1,"guid":"…","schemaType":"AVRO","schema":"\"int\""}},"#,
            r#"{"subject":":.ns:t-value","associationType":"value","lifecycle":"STRONG","schema":{"subject":":.ns:t-value","#,
            r#""version":1,"id":2,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schemaType":"AVRO","schema":"\"string\""}}]}"#
        ),
    );
    let list = of_resource(&app, "r").await;
    assert_eq!(bonds(&list), [(OWN_KEY, "key", "STRONG"), (OWN_VALUE, "value", "STRONG")]);
    app.get("/contexts").await.ok(json!([".", ".ns"]));
    app.get(&format!("/subjects/{OWN_VALUE}/versions/latest/schema")).await.says(200, STRING);
}

/// Contract: 5/40907, 9.3/6.
#[tokio::test]
async fn a_weak_association_needs_a_subject_with_a_version() {
    let app = App::start().await;
    let request = topic("r", json!([{"subject": "s"}]));
    let none = "No active (non-deleted) version exists for subject 's'";
    create(&app, request.clone()).await.refused(40907, none);
    app.accept("s", STRING).await;
    app.delete("/subjects/s").await;
    create(&app, request.clone()).await.refused(40907, none);
    app.accept("s", STRING).await;
    let expected = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic",
        "associations": [{"subject": "s", "associationType": "value", "lifecycle": "WEAK"}]});
    create(&app, request).await.ok(expected);
}

/// Contract: 9.3/4f, 9.3/4h.
#[tokio::test]
async fn a_repeated_creation_writes_nothing() {
    let app = App::start().await;
    let head = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic"});
    success(own(&app, "r", STRING).await);
    let before = app.get("/associations/resources/r").await.json();
    own(&app, "r", STRING).await.ok(head.clone());
    // Equal schemas need not be written alike.
    own(&app, "r", r#"{"type":"string"}"#).await.ok(head.clone());
    assert_eq!(app.get("/associations/resources/r").await.json(), before);
    app.get(&format!("/subjects/{OWN_VALUE}/versions")).await.ok(json!([1]));
    // Without a schema the association is as wanted as well.
    create(&app, topic("r", json!([{"lifecycle": "STRONG"}]))).await.ok(head);
    // Another schema is another association.
    let taken = "An association of type 'value' already exists for resource 't'";
    own(&app, "r", INT).await.refused(40903, taken);
    let frozen = wrong("subject", &format!("frozen associations must use subject '{OWN_VALUE}'"));
    create(&app, topic("r", json!([{"subject": "s"}]))).await.refused(42212, &frozen);
}

/// Contract: 5/40903, 9.3/4i, 9.3/9.
#[tokio::test]
async fn another_association_of_the_type_stands_in_the_way() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    app.accept("u", STRING).await;
    let taken = "An association of type 'value' already exists for resource 'topic-r'";
    let again = |wanted| named("topic-r", "r", json!([wanted]));
    create(&app, again(json!({"subject": "u"}))).await.refused(40903, taken);
    create(&app, again(json!({"schema": avro(STRING)}))).await.refused(40903, taken);
    // Another type, and another resource, are free.
    let key = success(create(&app, again(json!({"subject": "u", "associationType": "key"}))).await);
    assert_eq!(bonds(&key["associations"]), [("u", "key", "WEAK")]);
    // What is new is written, what is there is not mentioned.
    let both = json!([{"subject": "s"}, {"subject": "u", "associationType": "key"}]);
    create(&app, named("topic-r", "r", both))
        .await
        .reads(200, r#"{"resourceName":"topic-r","resourceNamespace":"ns","resourceId":"r","resourceType":"topic"}"#);
    tie(&app, "q", "value", "s").await;
}

/// Contract: 9.3/4g.
#[tokio::test]
async fn a_frozen_association_is_created_with_its_schema() {
    let app = App::start().await;
    let bare = topic("r", json!([{"lifecycle": "STRONG"}]));
    let missing = wrong("schema", "schema must be provided when creating a frozen association");
    create(&app, bare.clone()).await.refused(42212, &missing);
    create(&app, topic("r", json!([{"frozen": true, "lifecycle": "STRONG"}]))).await.refused(42212, &missing);
    // A subject may have that schema, and no other, already.
    app.accept(OWN_VALUE, STRING).await;
    create(&app, bare).await.refused(42212, &missing);
    let exist = wrong("frozen", "cannot create a frozen association when schemas already exist in the subject");
    own(&app, "r", INT).await.refused(42212, &exist);
    let answer = success(own(&app, "r", STRING).await);
    assert_eq!(answer["associations"][0]["schema"]["version"], json!(1));
    assert_eq!(answer["associations"][0]["schema"]["guid"], json!(STRING_GUID));
}

/// Contract: 9.3/4g.
#[tokio::test]
async fn a_subject_with_a_past_cannot_belong_to_a_resource() {
    let app = App::start().await;
    let exist = wrong("frozen", "cannot create a frozen association when schemas already exist in the subject");
    app.accept_all(OWN_VALUE, &[INT, STRING]).await;
    for text in [INT, STRING] {
        own(&app, "r", text).await.refused(42212, &exist);
    }
    // Only live versions count, but a first version is version 1.
    app.delete(&format!("/subjects/{OWN_VALUE}/versions/1")).await.ok(json!(1));
    own(&app, "r", STRING).await.refused(42212, &exist);
    app.delete(&format!("/subjects/{OWN_VALUE}")).await.ok(json!([2]));
    let answer = success(own(&app, "r", STRING).await);
    assert_eq!(answer["associations"][0]["schema"]["version"], json!(3));
}

/// Contract: 7.8/m7, 9.3/6.
#[tokio::test]
async fn an_import_brings_strong_associations_along() {
    let app = App::start().await;
    app.set_mode(OWN_VALUE, "IMPORT").await;
    let strong = topic("r", json!([{"lifecycle": "STRONG"}]));
    let none = format!("No active (non-deleted) version exists for subject '{OWN_VALUE}'");
    create(&app, strong.clone()).await.refused(40907, &none);
    let schema = wrong("schema", &format!("cannot be provided while subject '{OWN_VALUE}' is in IMPORT mode"));
    own(&app, "r", STRING).await.refused(42212, &schema);
    for (id, text) in [(7, INT), (8, STRING)] {
        app.register(OWN_VALUE, json!({"schema": text, "id": id})).await.id();
    }
    let answer = success(create(&app, strong.clone()).await);
    assert_eq!(bonds(&answer["associations"]), [(OWN_VALUE, "value", "STRONG")]);
    // An upsert may do the same.
    app.delete("/associations/resources/r?cascadeLifecycle=true").await.says(204, "");
    let answer = success(super::upsert(&app, strong).await);
    assert_eq!(bonds(&answer["associations"]), [(OWN_VALUE, "value", "STRONG")]);
}

/// Contract: 9.3/5.
#[tokio::test]
async fn all_associations_of_a_resource_have_one_lifecycle() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let mixed = |list: &str| {
        wrong("lifecycle", &format!("all associations for a resource must have the same lifecycle, but got {list}"))
    };
    let both = json!([{"schema": avro(STRING)}, {"subject": "s", "associationType": "key"}]);
    create(&app, topic("r", both)).await.refused(42212, &mixed("value=STRONG, key=WEAK"));
    success(create(&app, topic("r", json!([{"subject": "s"}]))).await);
    let key = json!([{"associationType": "key", "schema": avro(STRING)}]);
    create(&app, topic("r", key)).await.refused(42212, &mixed("value=WEAK, key=STRONG"));
    success(own(&app, "q", STRING).await);
    let key = topic("q", json!([{"subject": "s", "associationType": "key"}]));
    create(&app, key.clone()).await.refused(42212, &mixed("value=STRONG, key=WEAK"));
    super::upsert(&app, key).await.refused(42212, &mixed("value=STRONG, key=WEAK"));
}

/// Contract: 5/40904-40905, 9.3/6.
#[tokio::test]
async fn a_subject_belongs_to_one_resource_or_serves_several() {
    let app = App::start().await;
    success(own(&app, "r", STRING).await);
    // Weak: not with a subject that belongs to somebody.
    let weak = named("other", "q", json!([{"subject": OWN_VALUE}]));
    create(&app, weak).await.refused(40905, &format!("A strong association already exists for subject '{OWN_VALUE}'"));
    // Strong: not with a subject that serves anybody, be it the same name under another id.
    let taken = format!("An association already exists for subject '{OWN_VALUE}'");
    own(&app, "q", STRING).await.refused(40904, &taken);
    app.accept(OWN_KEY, STRING).await;
    success(create(&app, named("other", "q", json!([{"subject": OWN_KEY}]))).await);
    let strong = json!([{"associationType": "key", "schema": avro(STRING)}]);
    create(&app, topic("s", strong))
        .await
        .refused(40904, &format!("An association already exists for subject '{OWN_KEY}'"));
}

/// Contract: 5/42206, 9.3/6.
#[tokio::test]
async fn a_subject_that_is_referred_to_cannot_belong_to_a_resource() {
    let app = App::start().await;
    app.accept(OWN_VALUE, &record("R", &[])).await;
    let reference = json!([{"name": "R", "subject": "t-value", "version": 1}]);
    app.register(":.ns:user", json!({"schema": r#"["null","R"]"#, "references": reference})).await.id();
    let held = format!("One or more references exist to the schema {OWN_VALUE}.");
    own(&app, "r", &record("R", &[])).await.refused(42206, &held);
    // A soft-deleted schema counts; one that is gone does not.
    app.delete("/subjects/:.ns:user").await.ok(json!([1]));
    own(&app, "r", &record("R", &[])).await.refused(42206, &held);
    app.delete("/subjects/:.ns:user?permanent=true").await.ok(json!([1]));
    success(own(&app, "r", &record("R", &[])).await);
}

/// Contract: 9.3/6.
#[tokio::test]
async fn schemas_of_one_request_do_not_refer_to_each_other() {
    let app = App::start().await;
    app.accept(OWN_KEY, &record("R", &[])).await;
    let reference = json!([{"name": "R", "subject": "t-key", "version": 1}]);
    let both = json!([{"associationType": "key", "schema": {"schema": record("R", &[])}},
        {"schema": {"schema": r#"["null","R"]"#, "references": reference}}]);
    let held = format!("One or more references exist to the schema {OWN_KEY}.");
    create(&app, topic("r", both)).await.refused(42206, &held);
}

/// Contract: 5/40901, 9.3/7.
#[tokio::test]
async fn a_later_schema_must_be_compatible() {
    let app = App::start().await;
    success(own(&app, "r", INT).await);
    app.accept(OWN_VALUE, LONG).await;
    // It is known, but it cannot read what is written now.
    let answer = own(&app, "r", INT).await;
    let message = answer.json()["message"].as_str().expect("a message").to_owned();
    assert!(message.starts_with("[{errorType:'TYPE_MISMATCH'") && message.ends_with("}]"), "{message}");
    answer.refused(40901, &message);
    app.put(&format!("/config/{OWN_VALUE}"), json!({"compatibility": "NONE"})).await;
    assert_eq!(success(own(&app, "r", INT).await).get("associations"), None);
}

/// Contract: 9.3/8.
#[tokio::test]
async fn a_dry_run_checks_and_writes_nothing() {
    let app = App::start().await;
    let both = json!([{"associationType": "key", "schema": avro(INT)}, {"schema": avro(STRING)}]);
    let head = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceId": "r", "resourceType": "topic"});
    app.post("/associations?dryRun=true", topic("r", both.clone())).await.ok(head);
    // It can do without an id.
    let nameless = json!({"resourceName": "t", "resourceNamespace": "ns", "associations": both});
    let head = json!({"resourceName": "t", "resourceNamespace": "ns", "resourceType": "topic"});
    app.post("/associations?dryRun=TRUE", nameless.clone()).await.ok(head);
    app.get("/associations/resources/-/-").await.ok(json!([]));
    app.get("/subjects").await.ok(json!([]));
    app.get("/contexts").await.ok(json!(["."]));
    let bad = json!([{"schema": avro("{")}]);
    app.post("/associations?dryRun=true", topic("r", bad)).await.refused_with(42201, &[]);
    app.post("/associations?dryRun=false", nameless)
        .await
        .refused(42212, &wrong("resourceId", "cannot be null or empty"));
}

/// Contract: 9.3/3.
#[tokio::test]
async fn a_dry_run_without_an_id_means_the_last_resource_of_the_name() {
    let app = App::start().await;
    app.accept_all("s", &[STRING]).await;
    app.accept("u", STRING).await;
    for (id, subject) in [("first", "s"), ("second", "u")] {
        success(create(&app, topic(id, json!([{"subject": subject}]))).await);
    }
    let nameless =
        |subject| json!({"resourceName": "t", "resourceNamespace": "ns", "associations": [{"subject": subject}]});
    let taken = "An association of type 'value' already exists for resource 't'";
    // The second one may have been written within the same millisecond: any of them is in the way of a third subject.
    app.accept("v", STRING).await;
    app.post("/associations?dryRun=true", nameless("v")).await.refused(40903, taken);
    let other = json!({"resourceName": "x", "resourceNamespace": "ns", "associations": [{"subject": "v"}]});
    success(app.post("/associations?dryRun=true", other).await);
}

/// Contract: 3.7/6, 9.3/1.
#[tokio::test]
async fn subjects_lie_in_the_context_of_the_request() {
    let app = App::start().await;
    app.accept(":.ctx:s", STRING).await;
    app.accept("s", STRING).await;
    for (number, (path, subject, expected)) in [
        ("/associations?context=:.ctx:", "s", ":.ctx:s"),
        ("/associations?context=.ctx", "s", ":.ctx:s"),
        ("/associations?context=ctx", "s", ":.ctx:s"),
        ("/contexts/.ctx/associations", "s", ":.ctx:s"),
        ("/contexts/ctx/associations", ":.:s", "s"),
        ("/contexts/:.:/associations", "s", "s"),
        ("/associations?context=", "s", "s"),
        ("/associations?context=:.other:", ":.ctx:s", ":.ctx:s"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = number.to_string();
        let answer = success(app.post(path, topic(&id, json!([{"subject": subject}]))).await);
        assert_eq!(answer["associations"][0]["subject"], json!(expected), "{path} {subject}");
        let put = path.replace("/associations", &format!("/associations/resources/{id}"));
        let repeated = success(app.put(&put, topic(&id, json!([{"subject": subject}]))).await);
        assert_eq!(repeated.get("associations"), None, "{put} {subject}");
    }
    let control = app.post("/associations?context=a%00b", topic("r", json!([{"subject": "s"}]))).await;
    control.refused_with(42212, &["'context'"]);
}

/// Contract: 9.3/1.
#[tokio::test]
async fn an_alias_stands_for_its_subject() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.put("/config/alias", json!({"alias": "s"})).await;
    app.put("/config/second", json!({"alias": "alias"})).await;
    let answer = success(create(&app, topic("r", json!([{"subject": "alias"}]))).await);
    assert_eq!(answer["associations"][0]["subject"], json!("s"));
    // One step only.
    let none = "No active (non-deleted) version exists for subject 'alias'";
    create(&app, topic("q", json!([{"subject": "second"}]))).await.refused(40907, none);
    // It is the mode of the subject that counts.
    app.set_mode("alias", "READONLY").await;
    success(create(&app, topic("q", json!([{"subject": "alias"}]))).await);
    app.set_mode("s", "READONLY").await;
    create(&app, topic("p", json!([{"subject": "alias"}])))
        .await
        .refused(42205, "Subject s in context . is in read-only mode");
}

/// Contract: 5/42205/8, 7.8/m7, 9.3/1.
#[tokio::test]
async fn a_read_only_subject_takes_no_association() {
    let app = App::start().await;
    app.accept(":.ctx:s", STRING).await;
    app.set_mode(":.ctx:", "READONLY_OVERRIDE").await;
    let refused = "Subject s in context .ctx is in read-only mode";
    create(&app, topic("r", json!([{"subject": ":.ctx:s"}]))).await.refused(42205, refused);
    super::upsert(&app, topic("r", json!([{"subject": ":.ctx:s"}]))).await.refused(42205, refused);
    app.set_mode(":.__GLOBAL:", "READONLY").await;
    own(&app, "r", STRING).await.refused(42205, "Subject t-value in context .ns is in read-only mode");
}
