//! `GET`, `PUT` and `DELETE` of `/config` and `/config/{subject}` (contract, section 6.22).

use regis::model::Level;
use serde_json::{Value, json};

use crate::harness::{App, STRING, under_a_level};

const LEVELS: [&str; 7] =
    ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

/// Every spelling of the registry's own settings.
const GLOBAL: [&str; 5] = ["/config", "/config/", "/config/:.:", "/config/:.", "/config/%3A.%3A"];

/// Contract: 6.22/GET1, 6.22/GET4, 6.22/DELETE2, 10/1.
#[tokio::test]
async fn nothing_configured_means_the_default_of_the_server() {
    for (app, level) in [
        (App::start().await, "BACKWARD"),
        (App::start_with(under_a_level(Level::FullTransitive)).await, "FULL_TRANSITIVE"),
    ] {
        let default = json!({"compatibilityLevel": level});
        for path in GLOBAL {
            app.get(path).await.ok(default.clone());
            app.get(&format!("{path}?defaultToGlobal=true")).await.ok(default.clone());
            app.delete(path).await.ok(default.clone());
        }
        app.get("/config/s?defaultToGlobal=true").await.ok(default.clone());
        app.get("/config/:.__GLOBAL:").await.ok(default);
    }
}

/// Contract: 6.22/PUT3.
#[tokio::test]
async fn every_level_is_taken_in_any_case_and_shown_in_upper_case() {
    let app = App::start().await;
    for path in ["/config", "/config/s", "/config/:.ctx:", "/config/:.__GLOBAL:"] {
        for level in LEVELS {
            for written in [level.to_owned(), level.to_lowercase(), level[..1].to_owned() + &level[1..].to_lowercase()]
            {
                app.put(path, json!({"compatibility": written})).await.ok(json!({"compatibility": level}));
                app.get(path).await.ok(json!({"compatibilityLevel": level}));
            }
        }
    }
}

/// Contract: 3.1/5, 6.22/GET1.
#[tokio::test]
async fn the_registrys_own_settings_have_several_names() {
    let app = App::start().await;
    for (at, path) in GLOBAL.iter().enumerate() {
        let level = LEVELS[at];
        app.put(path, json!({"compatibility": level})).await.ok(json!({"compatibility": level}));
        for path in GLOBAL {
            app.get(path).await.ok(json!({"compatibilityLevel": level}));
        }
    }
    app.delete("/config/:.:").await.ok(json!({"compatibilityLevel": LEVELS[4]}));
    app.get("/config").await.ok(json!({"compatibilityLevel": "BACKWARD"}));
}

const ALL_MEMBERS: &str = r#"{"alias":"other","aliasForDeks":"deks","normalize":true,"validateFields":true,"validateNewSchemas":false,"validateRules":false,"compatibility":"FULL","compatibilityPolicy":"LENIENT","compatibilityGroup":"g","defaultMetadata":{"properties":{"a":"1"}},"overrideMetadata":{"tags":{"p":["t"]},"sensitive":["a"]},"defaultRuleSet":{"domainRules":[{"name":"d","kind":"CONDITION","mode":"WRITE","type":"CEL","disabled":false}]},"overrideRuleSet":{"enableAt":"CLIENT"}}"#;

/// Contract: 2.2/1, 6.22/PUT8, 6.22/DELETE1, 12/22.
#[tokio::test]
async fn every_member_is_kept_and_shown_in_the_order_of_the_contract() {
    let app = App::start().await;
    let whole: Value = serde_json::from_str(ALL_MEMBERS).expect("JSON");
    let shown = ALL_MEMBERS.replace("\"compatibility\":", "\"compatibilityLevel\":");
    for path in ["/config", "/config/s", "/config/:.ctx:"] {
        app.put(path, whole.clone()).await.says(200, ALL_MEMBERS);
        app.get(path).await.says(200, &shown);
        app.put(path, json!({})).await.says(200, ALL_MEMBERS);
        app.delete(path).await.says(200, &shown);
    }
}

/// Contract: 2.2/2, 6.22/PUT7, 12/23.
#[tokio::test]
async fn each_member_can_be_set_kept_and_cleared_by_itself() {
    let app = App::start().await;
    let members: Value = serde_json::from_str(ALL_MEMBERS).expect("JSON");
    let members = members.as_object().expect("an object");
    app.put("/config/s", Value::Object(members.clone())).await.json();
    for name in members.keys() {
        let mut left = members.clone();
        left.shift_remove(name);
        let mut only = serde_json::Map::new();
        only.insert(name.clone(), Value::Null);
        app.put("/config/s", Value::Object(only.clone())).await.ok(Value::Object(left.clone()));
        only.insert(name.clone(), members[name].clone());
        app.put("/config/s", Value::Object(only)).await.ok(Value::Object(members.clone()));
    }
}

/// Contract: 6.22/GET5, 6.22/PUT9, 6.22/DELETE1, 7.8/5.
#[tokio::test]
async fn a_level_that_was_never_set_is_shown_as_the_servers_default() {
    let app = App::start().await;
    app.put("/config", json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
    app.put("/config/s", json!({"normalize": false})).await.ok(json!({"normalize": false}));
    let shown = json!({"normalize": false, "compatibilityLevel": "BACKWARD"});
    app.get("/config/s").await.ok(shown.clone());
    app.get("/config/s?defaultToGlobal=true").await.ok(shown.clone());
    app.delete("/config/s").await.ok(shown);
    app.put("/config/t", json!({"compatibility": null, "alias": null})).await.ok(json!({}));
}

/// Contract: 6.22/PUT7.
#[tokio::test]
async fn a_policy_that_is_none_is_forgotten_in_silence() {
    let app = App::start().await;
    for policy in ["STRICT", "LENIENT", "LOGICAL"] {
        app.put("/config/s", json!({"compatibilityPolicy": policy})).await.ok(json!({"compatibilityPolicy": policy}));
    }
    let lower = app.put("/config/s", json!({"compatibilityPolicy": "lenient"})).await.json();
    assert_eq!(lower["compatibilityPolicy"].as_str().map(str::to_uppercase).as_deref(), Some("LENIENT"));
    app.put("/config/s", json!({"compatibilityPolicy": "KIND"})).await.ok(json!({}));
    app.put("/config", json!({"compatibilityPolicy": "", "normalize": true})).await.ok(json!({"normalize": true}));
}

/// Contract: 6.22/PUT9.
#[tokio::test]
async fn an_empty_change_of_nothing_stores_nothing_that_shows() {
    let app = App::start().await;
    app.put("/config/s", json!({})).await.ok(json!({}));
    app.put("/config", json!({})).await.ok(json!({}));
    app.get("/config").await.ok(json!({"compatibilityLevel": "BACKWARD"}));
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    let app = App::start().await;
    app.put("/config/s", json!({"compatibility": "FULL"})).await.json();
    app.put("/config/s", json!({"normalize": true, "compatibility": "WRONG"})).await.refused_with(42203, &[]);
    let rules = json!({"normalize": true, "defaultRuleSet": {"domainRules": [{"name": "1", "type": "CEL"}]}});
    app.put("/config/s", rules).await.refused(42210, "Illegal initial character in rule name: 1");
    app.get("/config/s").await.ok(json!({"compatibilityLevel": "FULL"}));
}

/// Contract: 6.5/7, 12/19.
#[tokio::test]
async fn settings_outlive_a_soft_deletion_but_not_a_permanent_one() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.put("/config/s", json!({"compatibility": "FULL"})).await.json();
    app.set_mode("s", "READWRITE").await;
    app.delete("/subjects/s").await.ok(json!([1]));
    app.get("/config/s").await.ok(json!({"compatibilityLevel": "FULL"}));
    app.get("/mode/s").await.ok(json!({"mode": "READWRITE"}));
    app.delete("/subjects/s?permanent=true").await.ok(json!([1]));
    app.get("/config/s").await.refused_with(40408, &[]);
    app.get("/mode/s").await.refused_with(40409, &[]);
}

/// Contract: 6.10/8, 12/19.
#[tokio::test]
async fn the_last_version_that_is_removed_takes_the_settings_with_it() {
    let app = App::start_with(under_a_level(Level::None)).await;
    for text in [STRING, "\"int\""] {
        app.accept("s", text).await;
    }
    app.put("/config/s", json!({"normalize": true})).await.json();
    app.set_mode("s", "READWRITE").await;
    for version in [1, 2] {
        app.get("/config/s").await.ok(json!({"normalize": true, "compatibilityLevel": "NONE"}));
        app.get("/mode/s").await.ok(json!({"mode": "READWRITE"}));
        app.delete(&format!("/subjects/s/versions/{version}")).await.ok(version);
        app.delete(&format!("/subjects/s/versions/{version}?permanent=true")).await.ok(version);
    }
    app.get("/config/s").await.refused_with(40408, &[]);
    app.get("/mode/s").await.refused_with(40409, &[]);
}

/// Contract: 6.22/PUT6, 6.22/DELETE4, 7.8/m5.
#[tokio::test]
async fn settings_may_be_changed_unless_the_mode_is_read_only() {
    let app = App::start().await;
    app.put("/config/s", json!({"compatibility": "FULL"})).await.json();
    app.put("/config", json!({"compatibility": "FULL"})).await.json();
    for mode in ["READONLY", "READONLY_OVERRIDE"] {
        app.set_mode("", mode).await;
        for (path, subject) in
            [("/config", "null"), ("/config/:.:", "null"), ("/config/s", "s"), ("/config/new", "new")]
        {
            let message = format!("Subject {subject} in context  is in read-only mode");
            app.put(path, json!({"compatibility": "NONE"})).await.refused(42205, &message);
            if subject != "new" {
                app.delete(path).await.refused(42205, &message);
            }
        }
        app.set_mode(":.ctx:", mode).await;
        let message = "Subject :.ctx:s in context :.ctx: is in read-only mode";
        app.put("/config/:.ctx:s", json!({"compatibility": "NONE"})).await.refused(42205, message);
        let message = "Subject :.ctx: in context :.ctx: is in read-only mode";
        app.put("/config/:.ctx:", json!({"compatibility": "NONE"})).await.refused(42205, message);
    }
    app.put("/mode?force=true", json!({"mode": "IMPORT"})).await.json();
    app.put("/config/s", json!({"compatibility": "NONE"})).await.ok(json!({"compatibility": "NONE"}));
    app.delete("/config/s").await.ok(json!({"compatibilityLevel": "NONE"}));
}
