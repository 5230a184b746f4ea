//! Deleting associations (contract, section 9.4).

use serde_json::json;

use super::{OWN_KEY, OWN_VALUE, bonds, create, named, of_resource, own, success, tie, topic};
use crate::harness::{App, INT, STRING, avro, record};

/// Contract: 5/40410, 9.4/1.
#[tokio::test]
async fn what_is_not_there_cannot_be_deleted() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    let missing = |id: &str| format!("Association for '{id}' not found.");
    for path in ["q", "q?dryRun=true", "q?cascadeLifecycle=true", "%71"] {
        app.delete(&format!("/associations/resources/{path}")).await.refused(40410, &missing("q"));
    }
    for query in ["associationType=key", "associationType=x", "resourceType=cluster"] {
        app.delete(&format!("/associations/resources/r?{query}")).await.refused(40410, &missing("r"));
    }
    app.delete("/associations/resources/%00").await.refused(40410, &missing("\u{0}"));
}

/// Contract: 9.1/6, 9.4/4.
#[tokio::test]
async fn a_weak_association_goes_and_its_subject_stays() {
    let app = App::start().await;
    for (id, query) in [("a", ""), ("b", "?cascadeLifecycle=true"), ("c", "?resourceType=topic&associationType=value")]
    {
        tie(&app, id, "value", "s").await;
        let path = format!("/associations/resources/{id}");
        app.delete(&format!("{path}?dryRun=true")).await.says(204, "");
        assert_eq!(bonds(&of_resource(&app, id).await), [("s", "value", "WEAK")]);
        app.delete(&format!("{path}{query}")).await.says(204, "");
        app.get(&path).await.ok(json!([]));
    }
    app.get("/subjects/s/versions").await.ok(json!([1]));
    app.delete("/subjects/s").await.ok(json!([1]));
}

#[tokio::test]
async fn associations_are_deleted_by_type() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    tie(&app, "r", "key", "s").await;
    app.delete("/associations/resources/r?associationType=key").await.says(204, "");
    assert_eq!(bonds(&of_resource(&app, "r").await), [("s", "value", "WEAK")]);
    tie(&app, "r", "key", "s").await;
    app.delete("/associations/resources/r?associationType=key&associationType=value").await.says(204, "");
    tie(&app, "r", "value", "s").await;
    app.delete("/associations/resources/r").await.says(204, "");
    app.get("/associations/resources/r").await.ok(json!([]));
}

/// Contract: 5/40908, 9.4/3-5.
#[tokio::test]
async fn a_strong_association_goes_only_with_its_subject() {
    let app = App::start().await;
    success(own(&app, "r", STRING).await);
    let frozen = format!("The association of type  'value' is frozen for subject '{OWN_VALUE}'");
    for query in ["", "?dryRun=true", "?cascadeLifecycle=false"] {
        app.delete(&format!("/associations/resources/r{query}")).await.refused(40908, &frozen);
    }
    app.delete("/associations/resources/r?cascadeLifecycle=true&dryRun=true").await.says(204, "");
    app.get(&format!("/subjects/{OWN_VALUE}/versions")).await.ok(json!([1]));
    app.put(&format!("/config/{OWN_VALUE}"), json!({"compatibility": "NONE"})).await;
    app.delete("/associations/resources/r?cascadeLifecycle=true").await.says(204, "");
    app.get("/associations/resources/r").await.ok(json!([]));
    app.get("/subjects?deleted=true").await.ok(json!([]));
    app.get(&format!("/config/{OWN_VALUE}")).await.refused_with(40408, &[]);
    // The topic may be made anew.
    success(own(&app, "r2", INT).await);
}

/// Contract: 9.4/5.
#[tokio::test]
async fn an_imported_subject_survives_its_resource() {
    let app = App::start().await;
    app.set_mode(":.ns:", "IMPORT").await;
    app.register(OWN_VALUE, json!({"schema": STRING, "id": 5})).await.id();
    success(create(&app, topic("r", json!([{"lifecycle": "STRONG"}]))).await);
    app.delete("/associations/resources/r?cascadeLifecycle=true").await.says(204, "");
    app.get(&format!("/subjects/{OWN_VALUE}/versions")).await.ok(json!([1]));
}

/// Contract: 9.4/2.
#[tokio::test]
async fn all_associations_go_or_none() {
    let app = App::start().await;
    let both = json!([{"associationType": "key", "schema": avro(INT)}, {"schema": {"schema": record("R", &[])}}]);
    success(create(&app, topic("r", both)).await);
    // Nothing can refer to a subject that belongs to a resource; so its mode has to stand in the way.
    app.set_mode(OWN_VALUE, "READONLY").await;
    let refused = "Subject t-value in context .ns is in read-only mode";
    for query in ["cascadeLifecycle=true", "cascadeLifecycle=true&dryRun=true", "associationType=value"] {
        app.delete(&format!("/associations/resources/r?{query}")).await.refused(42205, refused);
    }
    assert_eq!(bonds(&of_resource(&app, "r").await), [(OWN_KEY, "key", "STRONG"), (OWN_VALUE, "value", "STRONG")]);
    app.set_mode(OWN_VALUE, "READWRITE").await;
    app.delete("/associations/resources/r?cascadeLifecycle=true").await.says(204, "");
    app.get("/subjects?deleted=true").await.ok(json!([]));
}

/// Contract: 9.4/5.
#[tokio::test]
async fn a_reference_keeps_a_subject_from_going_with_its_resource() {
    let app = App::start().await;
    // The first association was imported together with its referrer.
    app.set_mode(":.ns:", "IMPORT").await;
    app.register(OWN_VALUE, json!({"schema": record("R", &[]), "id": 1})).await.id();
    success(create(&app, topic("r", json!([{"lifecycle": "STRONG"}]))).await);
    app.set_mode(":.ns:", "READWRITE").await;
    // A later version of the subject refers to an earlier one: that does not hold the subject.
    let reference = json!([{"name": "R", "subject": "t-value", "version": 1}]);
    let user = json!({"schema": r#"["null","R"]"#, "references": reference});
    let strong = format!("Subject '{OWN_VALUE}' has a strong association and cannot be referenced");
    app.register(OWN_VALUE, user).await.refused(42205, &strong);
    app.delete("/associations/resources/r?cascadeLifecycle=true").await.says(204, "");
    app.get("/subjects?deleted=true").await.ok(json!([]));
}

/// Contract: 7.8/m7, 9.4/2.
#[tokio::test]
async fn a_weak_association_in_a_read_only_subject_stays() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    app.set_mode("", "READONLY").await;
    let refused = "Subject s in context . is in read-only mode";
    app.delete("/associations/resources/r").await.refused(42205, refused);
    app.delete("/associations/resources/r?dryRun=true").await.refused(42205, refused);
    app.set_mode("", "READWRITE").await;
    app.delete("/associations/resources/r").await.says(204, "");
    success(create(&app, named("t", "r", json!([{"subject": "s"}]))).await);
}
