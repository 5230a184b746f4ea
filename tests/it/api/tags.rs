//! Inline tags: shown, added, removed and carried over (contract, sections 6.9, 6.13, 6.15 and 7.6).

mod modify;
mod paths;

use regis::{model::Level, registry::Options};
use serde_json::{Value, json};

use crate::harness::{App, segment, typed, under_a_level};

/// A schema of each language with a record and a field in it, and their paths.
struct Sample {
    kind: &'static str,
    text: &'static str,
    record: &'static str,
    field: &'static str,
    /// The message for a field that is not there.
    missing: &'static str,
}

const SAMPLES: [Sample; 3] = [
    Sample {
        kind: "AVRO",
        text: r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"string"}]}"#,
        record: "n.R",
        field: "n.R.a",
        missing: "java.lang.IllegalArgumentException: No matching path 'n.R.ax' found in the schema",
    },
    Sample {
        kind: "JSON",
        text: r#"{"type":"object","properties":{"a":{"type":"string"}}}"#,
        record: "object",
        field: "object.a",
        missing: "java.lang.IllegalArgumentException: No matching path 'object.ax' found in the schema",
    },
    Sample {
        kind: "PROTOBUF",
        text: "syntax = \"proto3\";\n\nmessage R {\n  string a = 1;\n}\n",
        record: "R",
        field: "R.a",
        missing: "java.lang.IllegalArgumentException: No matching Field with name 'ax' found in the schema",
    },
];

/// A record with tags.
fn record(path: &str, tags: &[&str]) -> Value {
    json!({"schemaEntity": {"entityPath": path, "entityType": "sr_record"}, "tags": tags})
}

/// A field with tags.
fn field(path: &str, tags: &[&str]) -> Value {
    json!({"schemaEntity": {"entityPath": path, "entityType": "sr_field"}, "tags": tags})
}

/// The entities of a version that have one of the tags that the query asks for.
async fn tagged(app: &App, subject: &str, version: i64, query: &str) -> Value {
    let answer = app.get(&format!("/subjects/{}/versions/{version}{query}", segment(subject))).await;
    answer.holds(version_id(app, subject, version).await, version).json()["schemaTags"].clone()
}

async fn version_id(app: &App, subject: &str, version: i64) -> i64 {
    app.get(&format!("/subjects/{}/versions/{version}", segment(subject))).await.id()
}

/// All tags of a version.
async fn all_tags(app: &App, subject: &str, version: i64) -> Value {
    tagged(app, subject, version, "?findTags=*").await
}

impl Sample {
    /// The schema and how its tags are to be changed.
    fn body(&self, changes: &Value) -> Value {
        let mut body = typed(self.kind, self.text);
        body.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        body
    }

    /// Registers it with tags on both entities, as the next version.
    async fn register_tagged(&self, app: &App, subject: &str) -> Value {
        let add = json!({"schemaTagsToAdd": [record(self.record, &["T"]), field(self.field, &["PII", "X"])]});
        app.register(subject, self.body(&add)).await.json()
    }
}

async fn lenient() -> App {
    App::start_with(under_a_level(Level::None)).await
}

/// Contract: 7.5/4, 7.6/6.
#[tokio::test]
async fn tags_are_added_at_registration_and_stamp_the_version() {
    for sample in &SAMPLES {
        let app = App::start().await;
        let shown = sample.register_tagged(&app, "s").await;
        assert_eq!((&shown["id"], &shown["version"]), (&json!(1), &json!(1)), "{shown}");
        assert_eq!(shown["metadata"], json!({"properties": {"confluent:version": "1"}}));
        let stored = app.get("/subjects/s/versions/1").await.json();
        assert_eq!(stored["schema"], shown["schema"]);
        assert_eq!(stored["metadata"], shown["metadata"]);
        assert_eq!(stored.get("schemaTags"), None);
        let expected = json!([record(sample.record, &["T"]), field(sample.field, &["PII", "X"])]);
        assert_eq!(all_tags(&app, "s", 1).await, expected);
    }
}

/// Contract: 1.2/8, 6.9/4, 6.15/8.
#[tokio::test]
async fn entities_are_found_by_any_of_their_tags_and_shown_with_all() {
    for sample in &SAMPLES {
        let app = App::start().await;
        sample.register_tagged(&app, "s").await;
        let (of_record, of_field) = (record(sample.record, &["T"]), field(sample.field, &["PII", "X"]));
        for (query, expected) in [
            ("?findTags=PII", json!([of_field])),
            ("?findTags=X&findTags=other", json!([of_field])),
            ("?findTags=X&findTags=T", json!([of_record, of_field])),
            ("?findTags=other&findTags=*", json!([of_record, of_field])),
            ("?findTags=*", json!([of_record, of_field])),
            ("?findTags=other", Value::Null),
            ("?findTags=T,X", Value::Null),
            ("?findTags=t", Value::Null),
            ("", Value::Null),
        ] {
            assert_eq!(tagged(&app, "s", 1, query).await, expected, "{} {query}", sample.kind);
            let by_id = app.get(&format!("/schemas/ids/1{query}")).await.json();
            assert_eq!(by_id.get("schemaTags").cloned().unwrap_or_default(), expected, "{} {query}", sample.kind);
        }
        let order = "…\"schema\":…,\"schemaTags\":[{\"schemaEntity\":{\"entityPath\":…,\"entityType\":\"sr_record\"},\"tags\":[\"T\"]},…";
        app.get("/subjects/s/versions/latest?findTags=*").await.reads(200, order);
    }
}

/// Contract: 6.9/4, 8.3/4.
#[tokio::test]
async fn inline_tags_that_were_posted_are_found_too() {
    for (kind, text, expected) in [
        (
            "AVRO",
            r#"{"type":"record","name":"R","confluent:tags":["T"],"fields":[{"name":"a","type":"int","confluent:tags":["A","B"]}]}"#,
            json!([record("R", &["T"]), field("R.a", &["A", "B"])]),
        ),
        (
            "JSON",
            r#"{"type":"object","confluent:tags":["T"],"properties":{"a":{"type":"string","confluent:tags":["A"]}}}"#,
            json!([record("object", &["T"]), field("object.a", &["A"])]),
        ),
        (
            "PROTOBUF",
            "syntax = \"proto3\"; import \"confluent/meta.proto\"; message R { option (confluent.message_meta).tags = \"T\"; \
             string a = 1 [(confluent.field_meta) = {tags: [\"A\", \"B\"]}]; }",
            json!([record("R", &["T"]), field("R.a", &["A", "B"])]),
        ),
    ] {
        let app = App::start().await;
        app.register("s", typed(kind, text)).await.holds(1, 1);
        assert_eq!(all_tags(&app, "s", 1).await, expected);
    }
}

#[tokio::test]
async fn tags_of_referenced_schemas_are_not_shown() {
    let app = App::start().await;
    let tagged_ref = r#"{"type":"record","name":"Ref","fields":[],"confluent:tags":["HIDDEN"]}"#;
    app.accept("ref", tagged_ref).await;
    let references = json!([{"name": "Ref", "subject": "ref", "version": 1}]);
    let text = r#"{"type":"record","name":"R","fields":[{"name":"r","type":"Ref"}]}"#;
    let add = json!([field("R.r", &["SHOWN"])]);
    app.register("s", json!({"schema": text, "references": references, "schemaTagsToAdd": add})).await.holds(2, 1);
    assert_eq!(all_tags(&app, "s", 1).await, add);
    let stored = app.get("/subjects/s/versions/1").await.json();
    assert_eq!(stored["references"], references);
    assert!(stored["schema"].as_str().is_some_and(|text| text.contains("\"type\":\"Ref\"")), "{stored}");
}

/// Contract: 7.6/4.
#[tokio::test]
async fn tags_follow_the_ones_that_are_there_and_removal_comes_last() {
    for sample in &SAMPLES {
        let app = App::start().await;
        let first = sample.register_tagged(&app, "s").await;
        let changes = json!({
            "schema": first["schema"],
            "schemaTagsToAdd": [field(sample.field, &["NEW", "X", "ALSO"]), record(sample.record, &["GONE"])],
            "schemaTagsToRemove": [field(sample.field, &["PII", "ABSENT"]), record(sample.record, &["GONE", "T"])]
        });
        app.register("s", sample.body(&changes)).await.holds(2, 2);
        assert_eq!(all_tags(&app, "s", 2).await, json!([field(sample.field, &["X", "NEW", "ALSO"])]));
    }
}

/// Contract: 7.6/5.
#[tokio::test]
async fn the_last_tag_takes_the_attribute_with_it() {
    for sample in &SAMPLES[..2] {
        let app = App::start().await;
        let first = sample.register_tagged(&app, "s").await;
        let changes = json!({
            "schema": first["schema"],
            "schemaTagsToRemove": [field(sample.field, &["PII", "X"]), record(sample.record, &["T"])]
        });
        let shown = app.register("s", sample.body(&changes)).await.holds(2, 2).json();
        assert_eq!(shown["schema"], json!(sample.text));
    }
}

/// Contract: 7.3/1, 7.6/6.
#[tokio::test]
async fn a_change_of_tags_always_makes_a_version() {
    for sample in &SAMPLES {
        let app = App::start().await;
        for version in 1..=2 {
            let shown = sample.register_tagged(&app, "s").await;
            assert_eq!((&shown["id"], &shown["version"]), (&json!(version), &json!(version)), "{shown}");
            let stamp = json!({"confluent:version": version.to_string()});
            assert_eq!(shown["metadata"]["properties"], stamp);
        }
        for (version, holds) in [(-1, 3), (4, 4)] {
            let change = json!({"version": version, "schemaTagsToAdd": [field(sample.field, &["Y"])]});
            app.register("s", sample.body(&change)).await.holds(holds, holds);
        }
        let wrong = json!({"version": 4, "schemaTagsToRemove": [field(sample.field, &["Y"])]});
        let refused = "Version is not one more than previous version";
        app.register("s", sample.body(&wrong)).await.refused(42201, refused);
        // Without a change the schema is found again.
        app.register("s", sample.body(&json!({"schemaTagsToAdd": []}))).await.holds(5, 5);
        app.register("s", sample.body(&json!({"schemaTagsToAdd": null, "propagateSchemaTags": false})))
            .await
            .holds(5, 5);
    }
}

/// Contract: 5/42201/11-12.
#[tokio::test]
async fn a_path_that_leads_nowhere_is_refused_and_takes_no_id() {
    for sample in &SAMPLES {
        let app = App::start().await;
        for list in ["schemaTagsToAdd", "schemaTagsToRemove"] {
            let change = json!({list: [field(&format!("{}x", sample.field), &["T"])]});
            app.register("s", sample.body(&change)).await.refused(42201, sample.missing);
        }
        app.get("/subjects").await.ok(json!([]));
        app.register("s", typed(sample.kind, sample.text)).await.holds(1, 1);
        for list in ["tagsToAdd", "tagsToRemove"] {
            let change = json!({list: [field(&format!("{}x", sample.field), &["T"])]});
            app.post("/subjects/s/versions/1/tags", change).await.refused(42201, sample.missing);
        }
        // The path is looked for before the mode is.
        app.set_mode("s", "READONLY").await;
        let change = json!({"tagsToAdd": [field(&format!("{}x", sample.field), &["T"])]});
        app.post("/subjects/s/versions/1/tags", change).await.refused(42201, sample.missing);
        app.set_mode("s", "READWRITE").await;
        sample.register_tagged(&app, "s").await;
        app.get("/subjects/s/versions/2").await.holds(2, 2);
    }
}

/// Contract: 7.4/3, 7.6/7.
#[tokio::test]
async fn tags_of_the_version_before_are_carried_over() {
    for sample in &SAMPLES {
        let app = App::start().await;
        let carried = json!({"propagateSchemaTags": true});
        app.register("s", sample.body(&carried)).await.holds(1, 1);
        assert_eq!(all_tags(&app, "s", 1).await, Value::Null, "there was none before");
        sample.register_tagged(&app, "s").await;
        let own = json!({"propagateSchemaTags": true, "schemaTagsToAdd": [field(sample.field, &["OWN"])]});
        app.register("s", sample.body(&own)).await.holds(3, 3);
        let mut tags = all_tags(&app, "s", 3).await;
        assert_eq!(tags[0], record(sample.record, &["T"]));
        let list = tags[1]["tags"].as_array_mut().expect("tags");
        list.sort_by_key(ToString::to_string);
        assert_eq!(*list, [json!("OWN"), json!("PII"), json!("X")]);
        // What is removed is removed from the posted text; the carried ones come later.
        let fewer = json!({"propagateSchemaTags": true, "schemaTagsToRemove": [field(sample.field, &["PII"])]});
        app.register("s", sample.body(&fewer)).await.holds(4, 4);
        let mut tags = all_tags(&app, "s", 4).await;
        tags[1]["tags"].as_array_mut().expect("tags").sort_by_key(ToString::to_string);
        assert_eq!(tags[1], field(sample.field, &["OWN", "PII", "X"]));
    }
}

/// Contract: 7.6/7.
#[tokio::test]
async fn a_place_that_is_gone_keeps_tags_from_being_carried_over() {
    for (sample, text) in SAMPLES.iter().zip([
        r#"{"type":"record","name":"R","namespace":"n","fields":[]}"#,
        r#"{"type":"object","properties":{}}"#,
        "syntax = \"proto3\"; message R {}",
    ]) {
        let app = lenient().await;
        sample.register_tagged(&app, "s").await;
        let body = json!({"schemaType": sample.kind, "schema": text, "propagateSchemaTags": true});
        app.register("s", body).await.refused_with(42201, &["No matching ", " found in the schema"]);
        app.register("s", typed(sample.kind, text)).await.holds(2, 2);
    }
}

/// Contract: 7.6/7.
#[tokio::test]
async fn only_the_latest_live_version_is_carried_over() {
    for sample in &SAMPLES {
        let app = App::start().await;
        app.register("s", sample.body(&json!({"schemaTagsToAdd": [field(sample.field, &["OLD"])]}))).await.holds(1, 1);
        app.register("s", sample.body(&json!({"schemaTagsToAdd": [field(sample.field, &["NEW"])]}))).await.holds(2, 2);
        app.delete("/subjects/s/versions/2").await.ok(2);
        app.register("s", sample.body(&json!({"propagateSchemaTags": true, "version": 3}))).await.holds(3, 3);
        assert_eq!(all_tags(&app, "s", 3).await, json!([field(sample.field, &["OLD"])]));
    }
}

#[tokio::test]
async fn carrying_over_what_is_there_already_makes_no_version() {
    let app = App::start().await;
    let tagged = r#"{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"string","confluent:tags":["T"]}]}"#;
    app.accept("s", tagged).await;
    app.register("s", SAMPLES[0].body(&json!({"propagateSchemaTags": true}))).await.holds(1, 1);
    app.register("s", SAMPLES[0].body(&json!({}))).await.holds(2, 2);
}

#[tokio::test]
async fn an_import_takes_tags_to_add_but_carries_none_over() {
    for sample in &SAMPLES {
        let app = App::start().await;
        app.set_mode("s", "IMPORT").await;
        let first = json!({"id": 10, "version": 1, "schemaTagsToAdd": [field(sample.field, &["T"])]});
        app.register("s", sample.body(&first)).await.holds(10, 1);
        assert_eq!(all_tags(&app, "s", 1).await, json!([field(sample.field, &["T"])]));
        let second = json!({"id": 20, "version": 2, "propagateSchemaTags": true});
        app.register("s", sample.body(&second)).await.holds(20, 2);
        assert_eq!(all_tags(&app, "s", 2).await, Value::Null);
    }
}

/// Contract: 1.4/6, 2.1/7.
#[tokio::test]
async fn tagged_bodies_of_the_wrong_shape_are_refused() {
    let app = App::start_with(Options::default()).await;
    for entity in [
        json!({"schemaEntity": {"entityPath": "n.R", "entityType": "SR_RECORD"}, "tags": ["T"]}),
        json!({"schemaEntity": {"entityPath": "n.R", "entityType": "record"}, "tags": ["T"]}),
        json!({"schemaEntity": "n.R", "tags": ["T"]}),
        json!({"schemaEntity": {"entityPath": "n.R", "entityType": "sr_record"}, "tags": "T"}),
        json!("n.R"),
    ] {
        app.register("s", SAMPLES[0].body(&json!({"schemaTagsToAdd": [entity]}))).await.refused_with(400, &[]);
        app.post("/subjects/s/versions/1/tags", json!({"tagsToAdd": [entity]})).await.refused_with(400, &[]);
    }
}

#[tokio::test]
async fn without_a_text_the_version_before_is_tagged() {
    let app = App::start().await;
    let change = json!({"schemaTagsToAdd": [field("n.R.a", &["T"])]});
    app.register("s", change.clone()).await.refused(42201, "Empty schema");
    app.register("s", SAMPLES[0].body(&json!({}))).await.holds(1, 1);
    app.register("s", change).await.holds(2, 2);
    assert_eq!(all_tags(&app, "s", 2).await, json!([field("n.R.a", &["T"])]));
    app.put("/mode/s?force=true", json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
    let import = json!({"id": 9, "version": 3, "schemaTagsToAdd": [field("n.R.a", &["U"])]});
    app.register("s", import).await.refused(42201, "Empty schema");
}
