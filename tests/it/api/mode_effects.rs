//! What a mode allows (contract, section 7.8, the matrix) and what an import takes (sections 7.1 and 7.4).

use serde_json::{Value, json};

use crate::harness::{App, INT, LONG, STRING, avro, segment, typed};

fn given(text: &str, version: i32, id: i32) -> Value {
    json!({"schema": text, "version": version, "id": id})
}

/// Contract: 5/42205/1, 6.5/3, 6.8/8, 6.10/4, 7.3/5, 7.4/1, 7.8/m1, 7.8/m3, 7.8/m4, 7.8/m8, 12/1.
#[tokio::test]
async fn a_read_only_registry_reads_and_finds() {
    for mode in ["READONLY", "READONLY_OVERRIDE"] {
        let app = App::start().await;
        app.accept("s", STRING).await;
        app.put("/config/s", json!({"compatibility": "BACKWARD"})).await.json();
        app.set_mode("", mode).await;
        let refused = "Subject s in context  is in read-only mode";
        app.register("s", avro(INT)).await.refused(42205, refused);
        app.register("s", given(INT, 2, 9)).await.refused(42205, refused);
        app.delete("/subjects/s").await.refused(42205, refused);
        app.delete("/subjects/s/versions/1").await.refused(42205, refused);
        app.delete("/subjects/s/versions/latest").await.refused(42205, refused);
        app.put("/config/s", json!({"compatibility": "FULL"})).await.refused(42205, refused);
        app.delete("/config/s").await.refused(42205, refused);
        // What is there already is found, whatever the mode; and what does not parse is told first.
        app.register("s", avro(STRING)).await.holds(1, 1);
        app.register("s", avro("nonsense")).await.refused_with(42201, &[]);
        app.post("/subjects/s", avro(STRING)).await.holds(1, 1);
        app.post("/compatibility/subjects/s/versions", avro(INT)).await.ok(json!({"is_compatible": false}));
        app.get("/subjects/s/versions/1").await.holds(1, 1);
        app.set_mode("s", "READWRITE").await;
        app.delete("/subjects/s").await.ok(json!([1]));
    }
}

/// Contract: 5/42205/8, 12/35.
#[tokio::test]
async fn the_name_of_a_context_is_printed_in_refusals() {
    let app = App::start().await;
    app.set_mode(":.ctx:", "READONLY").await;
    let refused = "Subject :.ctx:s in context :.ctx: is in read-only mode";
    app.register(":.ctx:s", avro(INT)).await.refused(42205, refused);
    app.set_mode(":.ctx:", "IMPORT").await;
    let refused = "Subject :.ctx:s in context :.ctx: is not in read-write mode";
    app.register(":.ctx:s", avro(INT)).await.refused(42205, refused);
    app.register(":.ctx:s", given(INT, 1, 7)).await.holds(7, 1);
    let refused = "Overwrite new schema with id 7 in context :.ctx: is not permitted.";
    app.register(":.ctx:t", given(LONG, 1, 7)).await.refused(42205, refused);
    let refused = "Subject :.x:s in context :.x: is not in import mode";
    app.register(":.x:s", given(INT, 1, 7)).await.refused(42205, refused);
}

/// Contract: 7.4/10.
#[tokio::test]
async fn an_import_takes_any_version_and_any_history() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    for (text, version, id) in [(STRING, 3, 30), (INT, 1, 10), (LONG, 7, 20)] {
        app.register("s", given(text, version, id)).await.holds(id.into(), version.into());
    }
    app.get("/subjects/s/versions").await.ok(json!([1, 3, 7]));
    app.get("/subjects/s/versions/latest/schema").await.says(200, LONG);
    // Without a version it is the next one.
    app.register("s", json!({"schema": "\"bytes\"", "id": 40})).await.holds(40, 8);
    app.set_mode("", "READWRITE").await;
    app.register("t", avro("\"double\"")).await.holds(41, 1);
}

/// Contract: 7.4/11, 7.4/15.
#[tokio::test]
async fn one_id_has_one_content_but_a_content_may_be_imported_under_several() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    app.register("a", given(STRING, 1, 100)).await.holds(100, 1);
    app.register("b", given(STRING, 1, 100)).await.holds(100, 1);
    app.register("c", given(STRING, 1, 200)).await.holds(200, 1);
    let taken = "Overwrite new schema with id 100 in context  is not permitted.";
    app.register("d", given(INT, 1, 100)).await.refused(42205, taken);
    let mut other = given(STRING, 1, 100);
    other["metadata"] = json!({"properties": {"k": "v"}});
    app.register("d", other).await.refused(42205, taken);
    app.get("/schemas/ids/100/subjects").await.ok(json!(["a", "b"]));
    app.get("/subjects").await.ok(json!(["a", "b", "c"]));
}

/// Contract: 7.1/6, 7.1/8, 7.4/17.
#[tokio::test]
async fn what_comes_with_an_id_is_not_validated_as_new() {
    let app = App::start().await;
    let bad_default = r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}"#;
    app.register("s", avro(bad_default)).await.refused_with(42201, &[]);
    app.set_mode("", "IMPORT").await;
    app.register("s", given(bad_default, 1, 1)).await.holds(1, 1);
    app.register("s", given("nonsense", 2, 2)).await.refused_with(42201, &["id=2", "schema=nonsense"]);
    app.register("s", given(" ", 2, 2)).await.refused(42201, "Empty schema");
    let unsorted = r#"{"type":"object","title":"t"}"#;
    let mut body = typed("JSON", unsorted);
    body["id"] = json!(3);
    let shown = app.post("/subjects/json/versions?normalize=true", body).await.holds(3, 1);
    assert_eq!(shown.json()["schema"], json!(unsorted), "nothing is normalised");
}

/// Contract: 4.3/2, 7.8/m2.
#[tokio::test]
async fn import_mode_may_be_that_of_one_subject() {
    let app = App::start().await;
    app.accept("live", STRING).await;
    app.set_mode("s", "IMPORT").await;
    app.register("s", given(INT, 5, 50)).await.holds(50, 5);
    app.register("live", given(INT, 2, 60)).await.refused(42205, "Subject live in context  is not in import mode");
    app.register("t", avro(LONG)).await.holds(51, 1);
}

/// Contract: 7.3/5, 7.4/16, 7.8/6, 7.8/m1, 7.8/m3.
#[tokio::test]
async fn forward_mode_behaves_like_import_mode() {
    let app = App::start().await;
    app.set_mode(":.__GLOBAL:", "FORWARD").await;
    app.register("s", avro(STRING)).await.refused(42205, "Subject s in context  is not in read-write mode");
    for subject in ["s", ":.ctx:s"] {
        app.register(subject, given(STRING, 4, 9)).await.holds(9, 4);
        app.register(subject, avro(STRING)).await.holds(9, 4);
        app.delete(&format!("/subjects/{}/versions/4", segment(subject))).await.ok(4);
    }
}

/// Contract: 7.8/m4, 7.8/m5.
#[tokio::test]
async fn deletions_and_settings_work_in_import_mode() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    app.register("s", given(STRING, 1, 1)).await.holds(1, 1);
    app.put("/config/s", json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
    app.delete("/config/s").await.ok(json!({"compatibilityLevel": "FULL"}));
    app.delete("/subjects/s/versions/1").await.ok(1);
    app.delete("/subjects/s?permanent=true").await.ok(json!([1]));
    app.register("s", given(STRING, 1, 1)).await.holds(1, 1);
    app.delete("/subjects/s").await.ok(json!([1]));
}
