//! Metadata of schemas (contract, sections 2.1, 7.2.1 and 7.5) and of the server (sections 2.3 and 6.24).

use serde_json::{Value, json};

use crate::harness::{App, INT, STRING, avro};

fn with(text: &str, metadata: &Value) -> Value {
    json!({"schema": text, "metadata": metadata})
}

/// Contract: 2.1/10.
#[tokio::test]
async fn metadata_is_sorted_and_has_no_doubles() {
    let app = App::start().await;
    let posted = json!({
        "sensitive": ["b", "a", "b"], "properties": {"z": "1", "a": "2"}, "tags": {"q": ["y", "x", "y"], "p": ["t"]}
    });
    let stored =
        r#""metadata":{"tags":{"p":["t"],"q":["x","y"]},"properties":{"a":"2","z":"1"},"sensitive":["a","b"]}"#;
    app.register("s", with(STRING, &posted)).await.reads(200, &format!("…{stored}…"));
    app.get("/subjects/s/versions/1").await.reads(200, &format!("…{stored}…"));
    app.get("/schemas/ids/1").await.reads(200, &format!("…{stored}…"));
    // The order in which it was written makes no other content.
    app.register("s", with(STRING, &posted)).await.holds(1, 1);
}

/// Contract: 1.6/1, 2.1/11.
#[tokio::test]
async fn empty_members_are_left_out_but_empty_metadata_is_not() {
    let app = App::start().await;
    for (subject, posted) in [
        ("a", json!({})),
        ("b", json!({"tags": {}, "properties": {}, "sensitive": []})),
        ("c", json!({"tags": null, "properties": null})),
    ] {
        app.register(subject, with(STRING, &posted)).await.reads(200, "…\"metadata\":{},…");
    }
    app.register("d", with(STRING, &Value::Null)).await.holds(2, 1);
    assert_eq!(app.get("/subjects/d/versions/1").await.json().get("metadata"), None);
}

#[tokio::test]
async fn other_metadata_is_other_content() {
    let app = App::start().await;
    app.register("s", avro(STRING)).await.holds(1, 1);
    app.register("s", with(STRING, &json!({"properties": {"k": "v"}}))).await.holds(2, 2);
    app.register("s", with(STRING, &json!({"properties": {"k": "w"}}))).await.holds(3, 3);
    app.register("s", with(STRING, &json!({"properties": {"k": "v"}}))).await.holds(2, 2);
    app.register("t", with(STRING, &json!({"properties": {"k": "w"}}))).await.holds(3, 1);
    app.register("s", with(STRING, &json!({"tags": {"k": ["t"]}}))).await.holds(4, 4);
    app.register("s", with(STRING, &json!({"sensitive": ["k"]}))).await.holds(5, 5);
}

/// Contract: 7.2/3, 7.4/3, 7.5/1, 7.5/5, 12/8.
#[tokio::test]
async fn metadata_is_inherited_when_it_is_left_out_and_dropped_when_it_is_empty() {
    let app = App::start().await;
    app.put("/config/s", json!({"compatibility": "NONE"})).await.json();
    let mine = json!({"properties": {"k": "v"}, "sensitive": ["k"]});
    app.register("s", with(STRING, &mine)).await.holds(1, 1);
    let inherited = app.register("s", avro(INT)).await.holds(2, 2).json();
    assert_eq!(inherited["metadata"], mine);
    let replaced = app.register("s", with("\"long\"", &json!({"properties": {"o": "p"}}))).await.holds(3, 3).json();
    assert_eq!(replaced["metadata"], json!({"properties": {"o": "p"}}), "it is replaced whole");
    let dropped = app.register("s", with("\"float\"", &json!({}))).await.holds(4, 4).json();
    assert_eq!(dropped["metadata"], json!({}));
    // A lookup tries the previous version's metadata too.
    app.post("/subjects/s", avro("\"float\"")).await.holds(4, 4);
    app.post("/subjects/s", avro(STRING)).await.refused(40403, "Schema not found");
    app.post("/subjects/s", with(STRING, &mine)).await.holds(1, 1);
}

/// Contract: 7.2/3, 7.3/1, 7.5/2.
#[tokio::test]
async fn defaults_and_overrides_of_the_settings_are_merged_in() {
    let app = App::start().await;
    let settings = json!({
        "defaultMetadata": {"properties": {"a": "default", "b": "default"}, "tags": {"p": ["d"]}},
        "overrideMetadata": {"properties": {"c": "override"}, "sensitive": ["c"]}
    });
    app.put("/config/s", settings.clone()).await.ok(settings);
    let posted = json!({"properties": {"b": "own", "c": "own"}, "tags": {"p": ["o"], "q": ["o"]}, "sensitive": ["b"]});
    let merged = json!({
        "tags": {"p": ["o"], "q": ["o"]}, "properties": {"a": "default", "b": "own", "c": "override"},
        "sensitive": ["b", "c"]
    });
    let shown = app.register("s", with(STRING, &posted)).await.holds(1, 1).json();
    assert_eq!(shown["metadata"], merged);
    app.register("s", with(STRING, &posted)).await.holds(1, 1);
    app.post("/subjects/s", with(STRING, &posted)).await.holds(1, 1);
    app.register("s", avro(STRING)).await.holds(1, 1);
    let bare = app.register("t", avro(STRING)).await.holds(2, 1).json();
    assert_eq!(bare.get("metadata"), None, "another subject has none of it");
}

/// Contract: 7.8/2.
#[tokio::test]
async fn the_defaults_of_the_registry_reach_subjects_without_a_record() {
    let app = App::start().await;
    app.put("/config", json!({"defaultMetadata": {"properties": {"a": "d"}}})).await.json();
    let shown = app.register("s", avro(STRING)).await.json();
    assert_eq!(shown["metadata"], json!({"properties": {"a": "d"}}));
    app.put("/config/t", json!({"normalize": true})).await.json();
    assert_eq!(app.register("t", avro(STRING)).await.json().get("metadata"), None, "not inherited member by member");
}

#[tokio::test]
async fn values_with_any_letters_are_kept() {
    let app = App::start().await;
    let odd = json!({"properties": {"": "", "é\u{0}": "\u{1}\"\\𝄞", "a.b/c": " "}, "tags": {"*": ["\u{0}"]}});
    let shown = app.register("s", with(STRING, &odd)).await.json();
    assert_eq!(shown["metadata"], odd);
    assert_eq!(app.get("/subjects/s/versions/1").await.json()["metadata"], odd);
    app.put("/config/s", json!({"compatibilityGroup": "\u{0}", "alias": "a\u{0}"})).await.json();
    assert_eq!(app.get("/config/s").await.json()["compatibilityGroup"], json!("\u{0}"));
}

/// Contract: 2.3/1-3, 6.24/1.
#[tokio::test]
async fn the_server_names_itself() {
    let app = App::start().await;
    let id = app.get("/v1/metadata/id").await.json();
    let scope = id["scope"].as_object().expect("a scope");
    assert_eq!(scope.keys().collect::<Vec<_>>(), ["path", "clusters"]);
    assert_eq!(scope["path"], json!([]));
    assert_eq!(scope["clusters"]["schema-registry-cluster"], json!("schema-registry"));
    assert!(scope["clusters"]["kafka-cluster"].is_string());
    assert_eq!(id.get("id"), None);
    let version = app.get("/v1/metadata/version").await.json();
    assert!(version["version"].as_str().is_some_and(|version| !version.is_empty()));
    app.get("/v1/metadata/deployment").await.ok(json!({"attributes": []}));
}
