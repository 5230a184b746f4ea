//! Which settings apply where (contract, section 7.8), and what they do.

use serde_json::json;

use crate::harness::{App, INT, STRING, avro, typed};

const IN_SCOPE: &str = "?defaultToGlobal=true";

async fn level_in_scope(app: &App, subject: &str) -> serde_json::Value {
    app.get(&format!("/config/{subject}{IN_SCOPE}")).await.json()["compatibilityLevel"].clone()
}

/// Contract: 6.22/GET2, 7.8/1, 12/3.
#[tokio::test]
async fn the_first_record_of_the_chain_applies() {
    let app = App::start().await;
    for (path, level, expected) in [
        ("/config/:.__GLOBAL:", "NONE", ["NONE", "NONE", "NONE", "NONE"]),
        ("/config", "FORWARD", ["FORWARD", "NONE", "NONE", "FORWARD"]),
        ("/config/:.ctx:", "FULL", ["FORWARD", "FULL", "NONE", "FORWARD"]),
        ("/config/:.ctx:s", "FULL_TRANSITIVE", ["FORWARD", "FULL_TRANSITIVE", "NONE", "FORWARD"]),
        ("/config/s", "BACKWARD_TRANSITIVE", ["BACKWARD_TRANSITIVE", "FULL_TRANSITIVE", "NONE", "FORWARD"]),
    ] {
        app.put(path, json!({"compatibility": level})).await.ok(json!({"compatibility": level}));
        for (subject, expected) in ["s", ":.ctx:s", ":.other:s", "t"].into_iter().zip(expected) {
            assert_eq!(level_in_scope(&app, subject).await, json!(expected), "{subject} after {path} = {level}");
        }
    }
    assert_eq!(level_in_scope(&app, ":.ctx:t").await, json!("FULL"));
    assert_eq!(level_in_scope(&app, ":.ctx:").await, json!("FULL"));
    app.get("/config?defaultToGlobal=true").await.ok(json!({"compatibilityLevel": "FORWARD"}));
    app.delete("/config").await.ok(json!({"compatibilityLevel": "FORWARD"}));
    app.get("/config").await.ok(json!({"compatibilityLevel": "BACKWARD"}));
    app.get("/config?defaultToGlobal=true").await.ok(json!({"compatibilityLevel": "NONE"}));
}

/// Contract: 7.8/3-4, 12/2.
#[tokio::test]
async fn six_members_of_the_registrys_record_reach_records_that_lack_them() {
    let app = App::start().await;
    let global = json!({
        "alias": "a", "aliasForDeks": "d", "normalize": true, "validateFields": true, "validateNewSchemas": false,
        "validateRules": true, "compatibility": "FULL", "compatibilityPolicy": "LENIENT", "compatibilityGroup": "g",
        "defaultMetadata": {"properties": {"k": "v"}}
    });
    app.put("/config", global.clone()).await.ok(global);
    let inherited = json!({
        "normalize": false, "validateFields": true, "validateNewSchemas": false, "validateRules": true,
        "compatibilityLevel": "BACKWARD", "compatibilityPolicy": "LENIENT", "compatibilityGroup": "g"
    });
    for subject in ["s", ":.ctx:s", ":.ctx:"] {
        app.put(&format!("/config/{subject}"), json!({"normalize": false})).await.ok(json!({"normalize": false}));
        app.get(&format!("/config/{subject}{IN_SCOPE}")).await.ok(inherited.clone());
        let own = json!({"normalize": false, "compatibilityLevel": "BACKWARD"});
        app.get(&format!("/config/{subject}")).await.ok(own);
    }
    // Without a record of its own, a name of another context gets nothing.
    app.get(&format!("/config/:.other:s{IN_SCOPE}")).await.ok(json!({"compatibilityLevel": "BACKWARD"}));
}

/// Contract: 7.8/2-3, 7.8/5.
#[tokio::test]
async fn a_level_rules_registrations_where_it_applies() {
    let app = App::start().await;
    for subject in ["s", ":.ctx:s"] {
        app.accept(subject, STRING).await;
        app.register(subject, avro(INT)).await.refused_with(40901, &["compatibility: 'BACKWARD'"]);
    }
    app.put("/config", json!({"compatibility": "NONE"})).await.json();
    app.register("s", avro(INT)).await.holds(2, 2);
    app.register(":.ctx:s", avro(INT)).await.refused_with(40901, &["compatibility: 'BACKWARD'"]);
    app.put("/config/:.ctx:", json!({"compatibility": "NONE"})).await.json();
    app.register(":.ctx:s", avro(INT)).await.holds(2, 2);
    // A record without a level means the server's default, whatever the chain says.
    app.put("/config/s", json!({"validateRules": true})).await.json();
    app.register("s", avro(STRING)).await.holds(1, 1);
    app.register("s", avro("\"boolean\"")).await.refused_with(40901, &["compatibility: 'BACKWARD'"]);
}

/// Contract: 7.8/6.
#[tokio::test]
async fn settings_of_the_global_context_reach_everywhere() {
    let app = App::start().await;
    app.put("/config/:.__GLOBAL:", json!({"compatibility": "NONE"})).await.json();
    for subject in ["s", ":.ctx:s"] {
        app.accept(subject, STRING).await;
        app.register(subject, avro(INT)).await.holds(2, 2);
    }
}

/// Contract: 6.8/7, 8.2/5.
#[tokio::test]
async fn normalisation_can_be_configured() {
    let app = App::start().await;
    let text = r#"{"type":"string","title":"t"}"#;
    app.put("/config", json!({"normalize": true})).await.json();
    let shown = app.register("s", typed("JSON", text)).await.json();
    assert_eq!(shown["schema"], json!(r#"{"title":"t","type":"string"}"#));
    app.put("/config/t", json!({"normalize": false})).await.json();
    let shown = app.register("t", typed("JSON", text)).await.json();
    assert_eq!(shown["schema"], json!(text));
    // A subject's record without the member takes the registry's.
    app.put("/config/u", json!({"compatibility": "FULL"})).await.json();
    let shown = app.register("u", typed("JSON", text)).await.json();
    assert_eq!(shown["schema"], json!(r#"{"title":"t","type":"string"}"#));
}

/// Contract: 7.7/4.
#[tokio::test]
async fn a_lenient_policy_forgives_json_schema_changes() {
    let app = App::start().await;
    let open = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let more = r#"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}}}"#;
    app.register("s", typed("JSON", open)).await.holds(1, 1);
    app.register("s", typed("JSON", more))
        .await
        .refused_with(40901, &["OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL"]);
    app.put("/config/s", json!({"compatibilityPolicy": "LENIENT"})).await.json();
    app.register("s", typed("JSON", more)).await.holds(2, 2);
}
