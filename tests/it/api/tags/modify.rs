//! `POST /subjects/{s}/versions/{v}/tags` (contract, section 6.13).

use regis::registry::{Options, RuleSets};
use serde_json::{Value, json};

use super::{SAMPLES, all_tags, field, lenient, record};
use crate::harness::{Answer, App, INT, STRING, avro};

async fn modify(app: &App, version: &str, request: impl Into<Value>) -> Answer {
    app.post(&format!("/subjects/s/versions/{version}/tags"), request).await
}

/// Contract: 2.1/6, 6.13/7.
#[tokio::test]
async fn tags_of_a_version_are_changed_by_a_new_one() {
    for sample in &SAMPLES {
        let app = App::start().await;
        app.register("s", sample.body(&json!({}))).await.holds(1, 1);
        let add = json!({"tagsToAdd": [record(sample.record, &["T"]), field(sample.field, &["PII", "X"])]});
        let shown = modify(&app, "1", add.clone()).await.holds(2, 2).json();
        assert_eq!(shown["metadata"], json!({"properties": {"confluent:version": "2"}}));
        assert_eq!(shown["schemaType"], json!(sample.kind));
        assert_eq!(app.get("/subjects/s/versions/2").await.json()["schema"], shown["schema"]);
        assert_eq!(all_tags(&app, "s", 2).await, add["tagsToAdd"]);
        assert_eq!(all_tags(&app, "s", 1).await, Value::Null, "the old version stays as it is");
        let change = json!({
            "tagsToAdd": [field(sample.field, &["NEW"])],
            "tagsToRemove": [field(sample.field, &["PII", "NEW"]), record(sample.record, &["T"])]
        });
        modify(&app, "latest", change).await.holds(3, 3);
        assert_eq!(all_tags(&app, "s", 3).await, json!([field(sample.field, &["X"])]));
        // An earlier version may be taken up again.
        modify(&app, "1", json!({"tagsToAdd": [field(sample.field, &["OLD"])]})).await.holds(4, 4);
        assert_eq!(all_tags(&app, "s", 4).await, json!([field(sample.field, &["OLD"])]));
    }
}

#[tokio::test]
async fn an_answer_is_that_of_a_registration() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let shown = concat!(
        r#"{"id":2,"version":2,"guid":"…","schemaType":"AVRO","#,
        r#""metadata":{"properties":{"confluent:version":"2"}},"schema":"\"string\""}"#
    );
    modify(&app, "1", json!({})).await.reads(200, shown);
}

/// Contract: 6.13/9, 12/30.
#[tokio::test]
async fn every_change_makes_a_version_even_an_empty_one() {
    for sample in &SAMPLES {
        let app = App::start().await;
        app.register("s", sample.body(&json!({}))).await.holds(1, 1);
        for version in 2..=4 {
            modify(&app, "latest", json!({})).await.holds(version, version);
        }
        modify(&app, "-1", json!({"newVersion": 5})).await.holds(5, 5);
        modify(&app, "2", json!({"newVersion": 0})).await.holds(6, 6);
        for wrong in [1, 6, 8] {
            let refused = "Version is not one more than previous version";
            modify(&app, "1", json!({"newVersion": wrong})).await.refused(42201, refused);
        }
        app.get("/subjects/s/versions").await.ok(json!([1, 2, 3, 4, 5, 6]));
    }
}

/// Contract: 6.13/8.
#[tokio::test]
async fn metadata_are_replaced_or_else_those_of_the_version() {
    let app = App::start().await;
    let metadata = |of: &str| json!({"properties": {"of": of}, "sensitive": ["of"]});
    for (version, of) in [(1, "one"), (2, "two")] {
        app.register("s", json!({"schema": STRING, "metadata": metadata(of)})).await.holds(version, version);
    }
    let kept = modify(&app, "1", json!({})).await.json();
    assert_eq!(kept["metadata"], json!({"properties": {"confluent:version": "3", "of": "one"}, "sensitive": ["of"]}));
    let replaced = modify(&app, "1", json!({"metadata": {"tags": {"p": ["t"]}}})).await.json();
    assert_eq!(replaced["metadata"], json!({"tags": {"p": ["t"]}, "properties": {"confluent:version": "4"}}));
    let emptied = modify(&app, "1", json!({"metadata": {}})).await.json();
    assert_eq!(emptied["metadata"], json!({"properties": {"confluent:version": "5"}}));
}

#[tokio::test]
async fn references_stay() {
    let app = App::start().await;
    app.accept("ref", &crate::harness::record("Ref", &[])).await;
    let references = json!([{"name": "Ref", "subject": "ref", "version": 1}]);
    let text = r#"{"type":"record","name":"R","fields":[{"name":"r","type":"Ref"}]}"#;
    app.register("s", json!({"schema": text, "references": references})).await.holds(2, 1);
    let shown = modify(&app, "1", json!({"tagsToAdd": [record("R", &["T"])]})).await.holds(3, 2).json();
    assert_eq!(shown["references"], references);
    assert_eq!(all_tags(&app, "s", 2).await, json!([record("R", &["T"])]));
    modify(&app, "1", json!({"tagsToAdd": [record("Ref", &["T"])]}))
        .await
        .refused_with(42201, &["No matching path 'Ref' found in the schema"]);
}

/// Names of the domain rules of an answer.
fn rules(answer: &Value) -> Vec<&str> {
    let rules = answer["ruleSet"]["domainRules"].as_array();
    rules.into_iter().flatten().filter_map(|rule| rule["name"].as_str()).collect()
}

fn rule_set(names: &[&str]) -> Value {
    let rules: Vec<Value> = names.iter().map(|name| json!({"name": name, "type": "CEL"})).collect();
    json!({"domainRules": rules})
}

/// Contract: 2.1/6, 6.13/8.
#[tokio::test]
async fn rules_are_merged_into_those_of_the_version_before() {
    let app = App::start().await;
    app.register("s", json!({"schema": STRING, "ruleSet": rule_set(&["a", "b"])})).await.holds(1, 1);
    app.register("s", json!({"schema": STRING, "ruleSet": rule_set(&["c", "d"])})).await.holds(2, 2);
    for (request, expected) in [
        // The latest version's: the one that is given only lends its schema.
        (json!({"rulesToMerge": rule_set(&["e", "c"])}), vec!["d", "e", "c"]),
        (json!({"rulesToRemove": ["e", "absent"]}), vec!["d", "c"]),
        (json!({"rulesToMerge": rule_set(&["f"]), "rulesToRemove": ["f", "d"]}), vec!["c"]),
        (json!({"newVersion": 6, "rulesToMerge": rule_set(&["g"])}), vec!["c", "g"]),
        (json!({}), vec!["c", "g"]),
        (json!({"ruleSet": rule_set(&["z"])}), vec!["z"]),
    ] {
        assert_eq!(rules(&modify(&app, "1", request.clone()).await.json()), expected, "{request}");
    }
}

/// Contract: 5/42210, 6.13/5-6.
#[tokio::test]
async fn rules_that_contradict_the_request_are_refused() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let both = "ruleSet should be omitted if specifying rulesToMerge or rulesToRemove";
    let nameless = json!({"domainRules": [{"type": "CEL"}]});
    for (request, message) in [
        (json!({"ruleSet": rule_set(&["a"]), "rulesToMerge": rule_set(&["b"])}), both),
        (json!({"ruleSet": {}, "rulesToRemove": ["b"]}), both),
        (json!({"ruleSet": nameless, "rulesToMerge": nameless}), both),
        (json!({"rulesToMerge": nameless}), "Missing rule name"),
        (json!({"ruleSet": nameless}), "Missing rule name"),
        (json!({"ruleSet": nameless, "tagsToAdd": [record("Q", &["T"])]}), "Missing rule name"),
    ] {
        modify(&app, "1", request).await.refused(42210, message);
    }
    app.get("/subjects/s/versions").await.ok(json!([1]));
}

/// Contract: 6.13/4, 7.9/1.
#[tokio::test]
async fn rules_are_dropped_where_the_server_drops_them() {
    let app = App::start_with(Options { rule_sets: RuleSets::Dropped, ..Options::default() }).await;
    app.accept("s", STRING).await;
    for request in [
        json!({"ruleSet": rule_set(&["a"])}),
        json!({"ruleSet": {"domainRules": [{"type": "CEL"}]}}),
        json!({"rulesToMerge": rule_set(&["a"])}),
        json!({"ruleSet": rule_set(&["a"]), "rulesToMerge": rule_set(&["b"])}),
    ] {
        assert_eq!(modify(&app, "1", request).await.json().get("ruleSet"), None);
    }
    modify(&app, "1", json!({"rulesToMerge": {"domainRules": [{"type": "CEL"}]}}))
        .await
        .refused(42210, "Missing rule name");
}

/// Contract: 6.13/3.
#[tokio::test]
async fn what_is_not_there_cannot_be_tagged() {
    let app = App::start().await;
    let tags = json!({"tagsToAdd": [record("n.R", &["T"])]});
    modify(&app, "1", tags.clone()).await.refused(40401, "Subject 's' not found.");
    modify(&app, "latest", tags.clone()).await.refused(40401, "Subject 's' not found.");
    // The subject is shown as it was written.
    for written in [":.:s", ":.ctx", ":.ctx:s"] {
        let missing = format!("Subject '{written}' not found.");
        app.post(&format!("/subjects/{written}/versions/1/tags"), tags.clone()).await.refused(40401, &missing);
    }
    app.accept("s", STRING).await;
    app.accept_all("s", &[INT]).await;
    modify(&app, "7", tags.clone()).await.refused(40402, "Version 7 not found.");
    app.delete("/subjects/s/versions/1").await.ok(1);
    modify(&app, "1", tags.clone()).await.refused(40402, "Version 1 not found.");
    app.delete("/subjects/s").await.ok(json!([2]));
    modify(&app, "2", tags).await.refused(40401, "Subject 's' not found.");
}

/// Contract: 6.13/1-2.
#[tokio::test]
async fn a_request_is_read_name_first_then_version() {
    let app = App::start().await;
    app.post("/subjects/__GLOBAL/versions/x/tags", json!({}))
        .await
        .refused(42208, "The specified subject '__GLOBAL' is not a valid.");
    for version in ["0", "-2", "x"] {
        modify(&app, version, json!({}))
            .await
            .refused_with(42202, &[&format!("The specified version '{version}' is not")]);
    }
    let missing = "modifyTags.tagSchemaRequest must not be null (was null)";
    app.post("/subjects/__GLOBAL/versions/x/tags", Value::Null).await.refused(422, missing);
    app.get("/subjects/s/versions/1/tags").await.refused(405, "HTTP 405 Method Not Allowed");
}

/// Contract: 6.13/9.
#[tokio::test]
async fn the_mode_may_forbid_it() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for (mode, refused) in [
        ("READONLY", "Subject s in context  is in read-only mode"),
        ("READONLY_OVERRIDE", "Subject s in context  is in read-only mode"),
    ] {
        app.set_mode("s", mode).await;
        modify(&app, "1", json!({})).await.refused(42205, refused);
    }
    app.put("/mode/s?force=true", json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
    modify(&app, "1", json!({})).await.refused(42205, "Subject s in context  is not in read-write mode");
}

/// Contract: 6.13/9.
#[tokio::test]
async fn the_level_is_applied() {
    let app = lenient().await;
    app.accept("s", STRING).await;
    app.accept("s", INT).await;
    app.put("/config/s", json!({"compatibility": "BACKWARD"})).await.json();
    let refused = "Schema being registered is incompatible with an earlier schema for subject \"s\", details: [";
    modify(&app, "1", json!({})).await.refused_with(40901, &[refused]);
    modify(&app, "2", json!({})).await.holds(3, 3);
}

#[tokio::test]
async fn a_version_in_another_context_is_tagged_there_by_its_full_name() {
    let app = App::start().await;
    app.register(":.ctx:s", avro(STRING)).await.holds(1, 1);
    app.post("/contexts/.ctx/subjects/s/versions/1/tags", json!({})).await.holds(2, 2);
    app.post("/subjects/:.ctx:s/versions/2/tags", json!({})).await.holds(3, 3);
    app.get("/subjects").await.ok(json!([":.ctx:s"]));
}
