//! Taking soft deletions back, which is Regis' own: same version, same id.

use serde_json::{Value, json};

use crate::harness::{Answer, App, INT, LONG, STRING, avro, record, segment};

async fn restore(app: &App, subject: &str) -> Answer {
    app.post(&format!("/subjects/{}/restore", segment(subject)), Value::Null).await
}

async fn restore_version(app: &App, subject: &str, version: &str) -> Answer {
    app.post(&format!("/subjects/{}/versions/{version}/restore", segment(subject)), Value::Null).await
}

#[tokio::test]
async fn a_subject_comes_back_with_its_versions_and_ids() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT, LONG]).await;
    let before = app.get("/subjects/s/versions/3").await.timed().json();
    app.delete("/subjects/s").await.ok(json!([1, 2, 3]));
    app.get("/subjects/s/versions").await.refused(40401, "Subject 's' not found.");
    restore(&app, "s").await.says(200, "[1,2,3]");
    app.get("/subjects/s/versions").await.ok(json!([1, 2, 3]));
    app.get("/subjects").await.ok(json!(["s"]));
    assert_eq!(app.get("/subjects/s/versions/latest").await.timed().json(), before);
    app.register("s", avro(INT)).await.holds(2, 2);
    app.get("/schemas/ids/2/versions").await.ok(json!([{"subject": "s", "version": 2}]));
    app.accept("s", "\"bytes\"").await;
    app.get("/subjects/s/versions").await.ok(json!([1, 2, 3, 4]));
}

#[tokio::test]
async fn only_what_was_deleted_is_restored() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT, LONG]).await;
    restore(&app, "s").await.says(200, "[]");
    app.delete("/subjects/s/versions/2").await.ok(2);
    app.delete("/subjects/s/versions/3").await.ok(3);
    app.delete("/subjects/s/versions/3?permanent=true").await.ok(3);
    restore(&app, "s").await.ok(json!([2]));
    app.get("/subjects/s/versions").await.ok(json!([1, 2]));
    restore(&app, "s").await.ok(json!([]));
}

#[tokio::test]
async fn one_version_comes_back_alone() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT, LONG]).await;
    app.delete("/subjects/s").await.ok(json!([1, 2, 3]));
    restore_version(&app, "s", "2").await.says(200, "2");
    app.get("/subjects/s/versions").await.ok(json!([2]));
    app.get("/subjects/s/versions?deletedOnly=true").await.ok(json!([1, 3]));
    restore_version(&app, "s", "2").await.ok(2);
    app.get("/subjects/s/versions/2").await.holds(2, 2);
    // The latest of what may be restored: here `latest` sees what is deleted.
    restore_version(&app, "s", "latest").await.ok(3);
    app.get("/subjects/s/versions").await.ok(json!([2, 3]));
    restore_version(&app, "s", "-1").await.ok(3);
}

#[tokio::test]
async fn what_does_not_exist_is_not_restored() {
    let app = App::start().await;
    for version in ["1", "latest"] {
        restore_version(&app, "s", version).await.refused(40401, "Subject 's' not found.");
    }
    restore(&app, "s").await.refused(40401, "Subject 's' not found.");
    app.accept("s", STRING).await;
    restore_version(&app, "s", "2").await.refused(40402, "Version 2 not found.");
    for version in ["0", "-2", "x"] {
        restore_version(&app, "s", version)
            .await
            .refused_with(42202, &[&format!("'{version}' is not a valid version")]);
        // The version is read before the subject is looked for.
        restore_version(&app, "nothing", version).await.refused_with(42202, &["is not a valid version id"]);
    }
    app.delete("/subjects/s").await.ok(json!([1]));
    app.delete("/subjects/s?permanent=true").await.ok(json!([1]));
    restore(&app, "s").await.refused(40401, "Subject 's' not found.");
    for (method, path) in [("GET", "/subjects/s/restore"), ("PUT", "/subjects/s/versions/1/restore")] {
        app.send(method, path, &[], "").await.refused(405, "HTTP 405 Method Not Allowed");
    }
}

#[tokio::test]
async fn nothing_is_restored_where_only_reading_is_allowed() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.delete("/subjects/s").await.ok(json!([1]));
    for mode in ["READONLY", "READONLY_OVERRIDE"] {
        app.set_mode("s", mode).await;
        let refused = "Subject s in context  is in read-only mode";
        restore(&app, "s").await.refused(42205, refused);
        restore_version(&app, "s", "1").await.refused(42205, refused);
    }
    app.get("/subjects/s/versions").await.refused(40401, "Subject 's' not found.");
    app.set_mode("s", "READWRITE").await;
    restore(&app, "s").await.ok(json!([1]));
}

#[tokio::test]
async fn no_level_stands_in_the_way() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT]).await;
    app.delete("/subjects/s/versions/1").await.ok(1);
    app.put("/config/s", json!({"compatibility": "FULL_TRANSITIVE"})).await.json();
    restore(&app, "s").await.ok(json!([1]));
    app.get("/subjects/s/versions").await.ok(json!([1, 2]));
}

#[tokio::test]
async fn the_history_that_schemas_are_judged_by_has_it_again() {
    let app = App::start().await;
    app.accept_all("s", &[INT, STRING]).await;
    app.put("/config/s", json!({"compatibility": "BACKWARD"})).await.json();
    app.delete("/subjects/s/versions/2").await.ok(2);
    app.post("/compatibility/subjects/s/versions", avro(LONG)).await.ok(json!({"is_compatible": true}));
    restore(&app, "s").await.ok(json!([2]));
    app.post("/compatibility/subjects/s/versions", avro(LONG)).await.ok(json!({"is_compatible": false}));
    app.register("s", avro(LONG)).await.refused_with(40901, &["oldSchemaVersion: 2"]);
}

/// A schema that refers to a version of another subject.
fn user(subject: &str, version: i32) -> Value {
    let reference = json!([{"name": "Ref", "subject": subject, "version": version}]);
    json!({"schema": r#"["null","Ref"]"#, "references": reference})
}

#[tokio::test]
async fn what_a_restored_version_refers_to_must_be_live() {
    let app = App::start().await;
    app.put("/config/s", json!({"compatibility": "NONE"})).await.json();
    app.accept("ref", &record("Ref", &[])).await;
    app.register("s", user("ref", 1)).await.holds(2, 1);
    app.accept("s", r#"["null","string"]"#).await;
    app.delete("/subjects/s").await.ok(json!([1, 2]));
    app.delete("/subjects/ref").await.ok(json!([1]));
    let missing = ["No schema reference found for subject \"ref\" and version 1"];
    restore_version(&app, "s", "1").await.refused_with(42201, &missing);
    restore(&app, "s").await.refused_with(42201, &missing);
    app.get("/subjects/s/versions?deletedOnly=true").await.ok(json!([1, 2]));
    restore_version(&app, "s", "2").await.ok(2);
    restore(&app, "ref").await.ok(json!([1]));
    restore(&app, "s").await.ok(json!([1]));
    app.delete("/subjects/ref").await.refused_with(42206, &["subject=ref,version=1"]);
    app.get("/subjects/ref/versions/1/referencedby").await.ok(json!([2]));
}

#[tokio::test]
async fn a_version_may_refer_to_an_earlier_one_that_is_restored_with_it() {
    let app = App::start().await;
    app.put("/config/s", json!({"compatibility": "NONE"})).await.json();
    app.accept("s", &record("Ref", &[])).await;
    app.register("s", user("s", 1)).await.holds(2, 2);
    app.delete("/subjects/s").await.ok(json!([1, 2]));
    restore_version(&app, "s", "2").await.refused_with(42201, &["subject \"s\" and version 1"]);
    restore(&app, "s").await.ok(json!([1, 2]));
}

#[tokio::test]
async fn a_context_is_named_as_everywhere() {
    let app = App::start().await;
    app.accept(":.ctx:ref", &record("Ref", &[])).await;
    app.register(":.ctx:s", user("ref", 1)).await.holds(2, 1);
    app.delete("/subjects/:.ctx:s").await.ok(json!([1]));
    // Writes do not look into other contexts.
    restore(&app, "s").await.refused(40401, "Subject 's' not found.");
    app.post("/contexts/.ctx/subjects/s/restore", Value::Null).await.ok(json!([1]));
    app.delete("/subjects/:.ctx:s").await.ok(json!([1]));
    app.post("/contexts/.ctx/subjects/s/versions/1/restore", Value::Null).await.ok(1);
    app.get("/subjects/:.ctx:s/versions/1").await.holds(2, 1);
}
