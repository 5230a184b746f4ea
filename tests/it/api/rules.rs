//! Rule sets: validated, kept and returned, or dropped (contract, sections 2.1, 7.5 and 7.9).

use regis::registry::{Options, RuleSets};
use serde_json::{Value, json};

use crate::harness::{App, INT, STRING, STRING_GUID, avro};

fn with(rules: &Value) -> Value {
    json!({"schema": STRING, "ruleSet": rules})
}

fn domain(rule: &Value) -> Value {
    with(&json!({"domainRules": [rule]}))
}

/// Contract: 2.1/13, 7.9/2.
#[tokio::test]
async fn a_rule_set_is_kept_with_its_defaults_written_out() {
    let app = App::start().await;
    let posted = json!({
        "enableAt": "CLIENT",
        "encodingRules": [{"type": "ENCRYPT", "name": "e", "tags": ["b", "a", "b"], "params": {"z": "1", "a": "2"}}],
        "migrationRules": [{"name": "m-1", "type": "JSONATA", "mode": "UPGRADE", "doc": "d", "expr": "$", "disabled": true}],
        "domainRules": [{"name": "d", "type": "CEL", "kind": "CONDITION", "mode": "WRITE", "onSuccess": "NONE", "onFailure": "DLQ"}]
    });
    let stored = concat!(
        r#""ruleSet":{"migrationRules":[{"name":"m-1","doc":"d","kind":"TRANSFORM","mode":"UPGRADE","type":"JSONATA","#,
        r#""expr":"$","disabled":true}],"domainRules":[{"name":"d","kind":"CONDITION","mode":"WRITE","type":"CEL","#,
        r#""onSuccess":"NONE","onFailure":"DLQ","disabled":false}],"encodingRules":[{"name":"e","kind":"TRANSFORM","#,
        r#""mode":"WRITEREAD","type":"ENCRYPT","tags":["a","b"],"params":{"a":"2","z":"1"},"disabled":false}],"#,
        r#""enableAt":"CLIENT"}"#
    );
    app.register("s", with(&posted)).await.reads(200, &format!("…{stored}…"));
    app.get("/subjects/s/versions/1").await.reads(200, &format!("…{stored}}}"));
    app.get("/schemas/ids/1").await.reads(200, &format!("…{stored}…"));
    app.post("/subjects/s", with(&posted)).await.holds(1, 1);
    app.register("s", with(&posted)).await.holds(1, 1);
}

/// Contract: 2.1/12, 7.5/1, 12/8.
#[tokio::test]
async fn rules_make_other_content_and_are_inherited() {
    let app = App::start().await;
    app.register("s", avro(STRING)).await.holds(1, 1);
    let rules = json!({"domainRules": [{"name": "d", "type": "CEL"}]});
    app.register("s", with(&rules)).await.holds(2, 2);
    app.register("s", with(&json!({}))).await.reads(200, "{\"id\":3,\"version\":3,…\"ruleSet\":{},…");
    app.put("/config/t", json!({"compatibility": "NONE"})).await.json();
    app.register("t", with(&rules)).await.holds(2, 1);
    let inherited = app.register("t", avro(INT)).await.json();
    assert_eq!(inherited["ruleSet"]["domainRules"][0]["name"], json!("d"));
}

/// Contract: 2.1/14-18, 5/42210.
#[tokio::test]
async fn a_rule_that_may_not_be_stored_is_refused() {
    let app = App::start().await;
    let long = "a".repeat(257);
    let rule = |extra: Value| {
        let mut rule = json!({"name": "r", "type": "CEL"});
        rule.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        rule
    };
    let several = "Multiple actions only valid with WRITEREAD and UPDOWN";
    for (rules, message) in [
        (json!({"domainRules": [{"type": "CEL"}]}), "Missing rule name".to_owned()),
        (json!({"domainRules": [rule(json!({"name": null}))]}), "Missing rule name".to_owned()),
        (json!({"domainRules": [rule(json!({"name": ""}))]}), "Empty rule name".to_owned()),
        (json!({"domainRules": [rule(json!({"name": long}))]}), "Rule name too long".to_owned()),
        (
            json!({"domainRules": [rule(json!({"name": "1a"}))]}),
            "Illegal initial character in rule name: 1a".to_owned(),
        ),
        (
            json!({"domainRules": [rule(json!({"name": "-a"}))]}),
            "Illegal initial character in rule name: -a".to_owned(),
        ),
        (json!({"domainRules": [rule(json!({"name": "a b"}))]}), "Illegal character in rule name: a b".to_owned()),
        (json!({"domainRules": [{"name": "r"}]}), "Missing rule type".to_owned()),
        (json!({"domainRules": [rule(json!({"mode": "WRITE", "onSuccess": "A,B"}))]}), several.to_owned()),
        (json!({"domainRules": [rule(json!({"mode": "READ", "onFailure": "A,B"}))]}), several.to_owned()),
        (
            json!({"migrationRules": [rule(json!({}))]}),
            "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN".to_owned(),
        ),
        (
            json!({"domainRules": [rule(json!({"mode": "UPGRADE"}))]}),
            "Domain rules can only be WRITE, READ, WRITEREAD".to_owned(),
        ),
        (
            json!({"encodingRules": [rule(json!({"mode": "UPDOWN"}))]}),
            "Encoding rules can only be WRITE, READ, WRITEREAD".to_owned(),
        ),
        (json!({"domainRules": [rule(json!({})), rule(json!({}))]}), "Found rule with duplicate name 'r'".to_owned()),
        (
            json!({"migrationRules": [rule(json!({"mode": "UPDOWN"}))], "encodingRules": [rule(json!({}))]}),
            "Found rule with duplicate name 'r'".to_owned(),
        ),
    ] {
        app.register("s", with(&rules)).await.refused(42210, &message);
        app.put("/config/s", json!({"defaultRuleSet": rules})).await.refused(42210, &message);
        app.put("/config", json!({"overrideRuleSet": rules})).await.refused(42210, &message);
    }
    app.get("/subjects").await.ok(json!([]));
}

/// Contract: 2.1/15.
#[tokio::test]
async fn rules_that_may_be_stored_are_taken() {
    let app = App::start().await;
    for (at, rule) in [
        json!({"name": "a".repeat(256), "type": "CEL"}),
        json!({"name": "_r-1", "type": "CEL", "onSuccess": "A,B"}),
        json!({"name": "été", "type": "CEL", "mode": "READ"}),
    ]
    .iter()
    .enumerate()
    {
        let answer = app.register(&format!("s{at}"), domain(rule)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

/// Contract: 7.5/3.
#[tokio::test]
async fn rules_of_the_settings_are_merged_in_by_name() {
    let app = App::start().await;
    let named = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let settings = json!({
        "defaultRuleSet": {"domainRules": [named("a", "DEFAULT"), named("b", "DEFAULT")], "enableAt": "SERVER"},
        "overrideRuleSet": {"domainRules": [named("c", "OVERRIDE")]}
    });
    assert_eq!(app.put("/config/s", settings).await.status, 200);
    let posted = json!({"domainRules": [named("c", "OWN"), named("b", "OWN")]});
    let shown = app.register("s", with(&posted)).await.json();
    let rules = shown["ruleSet"]["domainRules"].as_array().expect("rules");
    let listed: Vec<(&Value, &Value)> = rules.iter().map(|rule| (&rule["name"], &rule["type"])).collect();
    let expected = [("a", "DEFAULT"), ("b", "OWN"), ("c", "OVERRIDE")].map(|(name, kind)| (json!(name), json!(kind)));
    assert_eq!(listed, expected.iter().map(|(name, kind)| (name, kind)).collect::<Vec<_>>());
    assert_eq!(shown["ruleSet"]["enableAt"], json!("SERVER"));
    app.register("s", with(&posted)).await.holds(1, 1);
}

/// Contract: 6.8/2, 6.22/PUT2, 7.9/1, 12/26.
#[tokio::test]
async fn rule_sets_can_be_dropped_as_the_community_server_does() {
    let app = App::start_with(Options { rule_sets: RuleSets::Dropped, ..Options::default() }).await;
    let bare = json!({"id": 1, "version": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING});
    app.register("s", domain(&json!({"name": "d", "type": "CEL"}))).await.ok(bare.clone());
    // What is dropped is not validated.
    app.register("s", domain(&json!({}))).await.ok(bare);
    let rules = json!({"domainRules": [{}]});
    app.put("/config/s", json!({"compatibility": "FULL", "defaultRuleSet": rules, "overrideRuleSet": rules}))
        .await
        .ok(json!({"compatibility": "FULL"}));
}
