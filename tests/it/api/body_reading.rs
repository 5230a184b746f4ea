//! How request bodies are read: what is an error, and what is forgiven (contract, section 1.4).

use serde_json::json;

use crate::harness::{App, STRING, STRING_GUID, avro};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/vnd.schemaregistry.v1+json")];

/// Every endpoint that reads a body, with the reference's name for a missing one.
const READERS: [(&str, &str, &str); 8] = [
    ("POST", "/subjects/s/versions", "register.request"),
    ("POST", "/subjects/s", "lookUpSchemaUnderSubject.request"),
    ("POST", "/compatibility/subjects/s/versions/latest", "testCompatibilityBySubjectName.request"),
    ("POST", "/compatibility/subjects/s/versions", "testCompatibilityForSubject.request"),
    ("PUT", "/config", "updateTopLevelConfig.request"),
    ("PUT", "/config/s", "updateSubjectLevelConfig.request"),
    ("PUT", "/mode", "updateTopLevelMode.request"),
    ("PUT", "/mode/s", "updateMode.request"),
];

/// Contract: 1.4/7, 6.4/1, 12/29.
#[tokio::test]
async fn an_empty_body_and_null_are_missing_arguments() {
    let app = App::start().await;
    for (method, path, argument) in READERS {
        for body in ["", " ", "\n", "null", " null "] {
            let message = format!("{argument} must not be null (was null)");
            app.send(method, path, &JSON, body).await.refused(422, &message);
        }
    }
}

/// Contract: 1.4/5.
#[tokio::test]
async fn a_body_that_is_no_json_is_a_bad_request() {
    let app = App::start().await;
    for (method, path, _) in READERS {
        for body in [
            "{",
            "}",
            "{\"schema\":",
            "{\"schema\":\"a",
            "{schema:1}",
            "{'schema':'a'}",
            "nul",
            "\u{1}",
            "{\"a\":01}",
            "{\"a\":1,}",
        ] {
            app.send(method, path, &JSON, body).await.refused_with(400, &[]);
        }
    }
    app.get("/subjects").await.ok(json!([]));
}

/// Contract: 1.4/6, 12/29.
#[tokio::test]
async fn a_body_of_the_wrong_shape_is_a_bad_request() {
    let app = App::start().await;
    for (method, path, _) in READERS {
        for body in ["[]", "[{}]", "1", "true", "\"text\""] {
            app.send(method, path, &JSON, body).await.refused_with(400, &[]);
        }
    }
    for body in [
        json!({"schema": {"type": "string"}}),
        json!({"schema": ["string"]}),
        json!({"schema": STRING, "version": "one"}),
        json!({"schema": STRING, "version": [1]}),
        json!({"schema": STRING, "id": 2_147_483_648_i64}),
        json!({"schema": STRING, "id": {}}),
        json!({"schema": STRING, "references": {}}),
        json!({"schema": STRING, "references": "a"}),
        json!({"schema": STRING, "references": ["a"]}),
        json!({"schema": STRING, "references": [{"name": [], "subject": "a", "version": 1}]}),
        json!({"schema": STRING, "metadata": []}),
        json!({"schema": STRING, "metadata": "a"}),
        json!({"schema": STRING, "metadata": {"properties": []}}),
        json!({"schema": STRING, "metadata": {"tags": {"a": {}}}}),
        json!({"schema": STRING, "ruleSet": []}),
        json!({"schema": STRING, "ruleSet": {"domainRules": {}}}),
        json!({"schema": STRING, "ruleSet": {"domainRules": [{"name": "a", "type": "b", "mode": "write"}]}}),
        json!({"schema": STRING, "ruleSet": {"domainRules": [{"name": "a", "type": "b", "kind": "OTHER"}]}}),
        json!({"schema": STRING, "ruleSet": {"enableAt": "SOMEWHERE"}}),
    ] {
        for path in ["/subjects/s/versions", "/subjects/s", "/compatibility/subjects/s/versions"] {
            app.post(path, body.clone()).await.refused_with(400, &[]);
        }
    }
    for body in [
        json!({"normalize": "perhaps"}),
        json!({"normalize": []}),
        json!({"compatibility": {}}),
        json!({"defaultMetadata": 1}),
    ] {
        app.put("/config", body).await.refused_with(400, &[]);
    }
    app.put("/mode", json!({"mode": {}})).await.refused_with(400, &[]);
    app.get("/config").await.ok(json!({"compatibilityLevel": "BACKWARD"}));
}

/// Contract: 1.4/21.
#[tokio::test]
async fn a_schema_posted_as_an_object_is_told_where_it_stands() {
    let app = App::start().await;
    let body = "{\n  \"schema\": {\"type\": \"string\"}\n}";
    let answer = app.send("POST", "/subjects/s/versions", &JSON, body).await;
    answer.refused_with(400, &["schema", "line 2"]);
}

/// Contract: 1.4/16.
#[tokio::test]
async fn unknown_members_are_ignored() {
    let app = App::start().await;
    let body = json!({
        "schema": STRING, "subject": "other", "unknown": {"deep": [1, {"a": null}]}, "schemaTags": [],
        "references": [], "propagateSchemaTags": false
    });
    app.register("s", body).await.ok(json!({
        "id": 1, "version": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING
    }));
    app.put("/config", json!({"compatibility": "FULL", "unknown": 1})).await.ok(json!({"compatibility": "FULL"}));
    app.put("/mode", json!({"mode": "READWRITE", "unknown": 1})).await.json();
}

/// Contract: 1.4/17, 2.1/4.
#[tokio::test]
async fn scalars_are_converted_where_that_is_possible() {
    let app = App::start().await;
    let register = async |body: &str| app.send("POST", "/subjects/s/versions", &JSON, body.to_owned()).await;
    register(r#"{"schema":"\"string\"","version":"1"}"#).await.holds(1, 1);
    register(r#"{"schema":"\"string\"","version":"-1","id":"-1"}"#).await.holds(1, 1);
    register(r#"{"schema":"\"string\"","version":-1.9}"#).await.holds(1, 1);
    register(r#"{"schema":"\"string\"","version":0.5,"id":""}"#).await.holds(1, 1);
    register(r#"{"schema":"\"string\"","version":null,"id":null,"references":null,"metadata":null,"ruleSet":null}"#)
        .await
        .holds(1, 1);
    // A number or a truth value where a text belongs is taken as it is spelled.
    register(r#"{"schema":1.50}"#).await.refused_with(42201, &["schema=1.50"]);
    register(r#"{"schema":true}"#).await.refused_with(42201, &["schema=true"]);
    let put = async |body: &str| app.send("PUT", "/config/t", &JSON, body.to_owned()).await;
    put(r#"{"normalize":"true"}"#).await.ok(json!({"normalize": true}));
    put(r#"{"normalize":"False"}"#).await.ok(json!({"normalize": false}));
    put(r#"{"compatibilityGroup":7}"#).await.ok(json!({"normalize": false, "compatibilityGroup": "7"}));
}

/// Contract: 1.4/19-20.
#[tokio::test]
async fn of_equal_keys_the_last_one_counts_and_text_after_the_body_is_ignored() {
    let app = App::start().await;
    let body = r#"{"schema":"nonsense","schema":"\"string\""} {"more":"#;
    app.send("POST", "/subjects/s/versions", &JSON, body).await.holds(1, 1);
    let body = "{\"mode\":\"x\",\"mode\":\"READWRITE\"}]]]";
    app.send("PUT", "/mode", &JSON, body).await.ok(json!({"mode": "READWRITE"}));
}

/// Contract: 1.4/18.
#[tokio::test]
async fn constants_are_read_by_name_or_by_position() {
    let app = App::start().await;
    let rule = |mode: serde_json::Value| json!({"schema": STRING, "ruleSet": {"domainRules": [{"name": "r", "type": "CEL", "mode": mode, "kind": 1}]}});
    let shown = app.register("a", rule(json!("READ"))).await.json();
    assert_eq!(shown["ruleSet"]["domainRules"][0]["mode"], json!("READ"));
    assert_eq!(shown["ruleSet"]["domainRules"][0]["kind"], json!("CONDITION"));
    let shown = app.register("b", rule(json!(3))).await.json();
    assert_eq!(shown["ruleSet"]["domainRules"][0]["mode"], json!("WRITE"));
    app.register("c", rule(json!(9))).await.refused_with(400, &[]);
}

/// Contract: 8.1/7.
#[tokio::test]
async fn escapes_and_any_letter_arrive_as_they_were_meant() {
    let app = App::start().await;
    let text = r#"{"type":"record","name":"R","doc":"é € 𝄞 \u0001 \\ \" / \t","fields":[]}"#;
    let escaped = avro(text).to_string().replace('é', "\\u00e9").replace('€', "\\u20AC").replace('𝄞', "\\ud834\\udd1e");
    assert!(escaped.is_ascii());
    app.send("POST", "/subjects/s/versions", &JSON, escaped).await.holds(1, 1);
    app.register("s", avro(text)).await.holds(1, 1);
    app.get("/subjects/s/versions/1/schema").await.says(200, text);
}
