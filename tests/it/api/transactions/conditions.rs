//! What a transaction may demand before its first operation: heads, configurations, modes.

use serde_json::{Value, json};

use super::{level, mode, register, transact, version, versions};
use crate::harness::{Answer, App, INT, LONG, STRING, segment};

async fn tag(app: &App, subject: &str) -> String {
    let answer = app.get(&format!("/subjects/{}/versions", segment(subject))).await;
    answer.header("etag").expect("a tag").to_owned()
}

async fn expecting(app: &App, expect: Value) -> Answer {
    app.post("/transactions", json!({"expect": expect, "operations": [register("new", STRING)]})).await
}

/// Demands a refusal that no single operation is responsible for.
#[track_caller]
fn moved(answer: Answer, code: u32, part: &str) {
    assert!(answer.json().get("operation").is_none(), "{}", answer.text());
    answer.refused_with(code, &[part]);
}

#[tokio::test]
async fn operations_demand_heads_as_single_writes_do() {
    let app = App::start().await;
    app.accept("s", INT).await;
    let head = tag(&app, "s").await;
    let demanding = |mut operation: Value, name: &str, tag: &str| {
        operation[name] = json!(tag);
        operation
    };
    let unquoted = head.trim_matches('"').split('.').next().unwrap_or_default();
    for (operation, refusal) in [
        (demanding(register("t", STRING), "ifMatch", "*"), Some("Subject 't' does not exist")),
        (demanding(register("s", LONG), "ifNoneMatch", "*"), Some("Subject 's' has the head")),
        (demanding(register("s", LONG), "ifMatch", "\"0-0\""), Some("Subject 's' has moved")),
        (demanding(level("s", "FULL"), "ifMatch", "\"0-0\""), Some("Subject 's' has moved")),
        (
            demanding(json!({"type": "mode", "subject": "s", "mode": "READONLY"}), "ifNoneMatch", &head),
            Some("Subject 's' has the head"),
        ),
        (demanding(level("s", "NONE"), "ifMatch", unquoted), None),
        (demanding(register("s", LONG), "ifMatch", &head), None),
        (demanding(register("s", LONG), "ifMatch", &head), Some("Subject 's' has moved")),
        (demanding(register("t", STRING), "ifNoneMatch", "*"), None),
    ] {
        let answer = transact(&app, json!([operation])).await;
        match refusal {
            Some(message) => answer.refused_in(0, 41201, &[message]),
            None => assert_eq!(answer.status, 200, "{}", answer.text()),
        }
    }
}

#[tokio::test]
async fn a_head_is_written_as_a_text() {
    let app = App::start().await;
    for slip in [json!(5), json!(true), json!(["*"])] {
        for name in ["ifMatch", "ifNoneMatch"] {
            let mut operation = register("s", STRING);
            operation[name] = slip.clone();
            let answer = transact(&app, json!([operation])).await;
            assert_eq!(answer.status, 400, "{}", answer.text());
            assert!(answer.text().contains("expected a string"), "{}", answer.text());
        }
        let answer = expecting(&app, json!({"subjects": {"s": slip}})).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
    app.get("/subjects").await.ok(json!([]));
}

#[tokio::test]
async fn heads_are_those_before_the_first_operation() {
    let app = App::start().await;
    app.accept("s", INT).await;
    let head = tag(&app, "s").await;
    let mut operations = [register("s", LONG), register("s", "\"double\"")];
    for operation in &mut operations {
        operation["ifMatch"] = json!(head);
    }
    let done = transact(&app, json!(operations)).await;
    assert_eq!(versions(&done), [version("s", 2, 2, true), version("s", 3, 3, true)]);
    let mut operations = [register("new", INT), register("new", LONG)];
    for operation in &mut operations {
        operation["ifNoneMatch"] = json!("*");
    }
    let new = transact(&app, json!(operations)).await;
    assert_eq!(versions(&new), [version("new", 1, 1, true), version("new", 2, 2, true)]);
    let tags: Vec<Value> = (0..2).map(|at| done.json()["results"][at]["etag"].clone()).collect();
    assert_eq!(tags[0], tags[1]);
}

#[tokio::test]
async fn subjects_are_expected_to_be_as_they_were_seen() {
    let app = App::start().await;
    app.accept("s", INT).await;
    let seen = tag(&app, "s").await;
    moved(expecting(&app, json!({"subjects": {"s": null}})).await, 41201, "Subject 's' has the head");
    moved(expecting(&app, json!({"subjects": {"t": "*"}})).await, 41201, "Subject 't' does not exist");
    moved(expecting(&app, json!({"subjects": {"t": seen}})).await, 41201, "Subject 't' does not exist");
    app.accept("s", LONG).await;
    moved(expecting(&app, json!({"subjects": {"s": seen}})).await, 41201, "Subject 's' has moved");
    app.get("/subjects").await.ok(json!(["s"]));
    let now = tag(&app, "s").await;
    assert_eq!(expecting(&app, json!({"subjects": {"s": now, "t": null}})).await.status, 200);
}

#[tokio::test]
async fn settings_are_expected_to_be_as_they_were_seen() {
    let app = App::start().await;
    let rule =
        json!({"name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true", "disabled": false});
    let change = json!({
        "compatibility": "FULL", "normalize": true, "compatibilityPolicy": "LENIENT", "alias": "", "compatibilityGroup": "g",
        "defaultMetadata": {"properties": {"b": "1", "a": "2"}, "tags": {"p": ["x", "y"]}, "sensitive": ["a"]},
        "overrideRuleSet": {"domainRules": [rule]},
    });
    app.put("/config/s", change).await.json();
    app.put("/config/t", json!({"normalize": false})).await.json();
    app.set_mode("s", "READONLY").await;
    let seen = [app.get("/config/s").await.json(), app.get("/config/t").await.json(), app.get("/config").await.json()];
    let all = json!({
        "config": {"s": seen[0], "t": seen[1], "": seen[2], "none": null},
        "mode": {"s": "READONLY", "none": null, "": "READWRITE"},
    });
    assert_eq!(expecting(&app, all).await.status, 200);
    for (expect, part) in [
        (json!({"config": {"s": null}}), "The configuration of 's' is not the expected one"),
        (json!({"config": {"s": seen[1]}}), "The configuration of 's'"),
        (json!({"config": {"none": seen[1]}}), "The configuration of 'none'"),
        (json!({"config": {"": {"compatibilityLevel": "NONE"}}}), "The configuration of the registry is not"),
        (json!({"mode": {"s": null}}), "The mode of 's' is not the expected one"),
        (json!({"mode": {"s": "READWRITE"}}), "The mode of 's'"),
        (json!({"mode": {"": "READONLY"}}), "The mode of the registry"),
    ] {
        moved(expecting(&app, expect).await, 41202, part);
    }
    app.put("/config/t", json!({"normalize": true})).await.json();
    moved(expecting(&app, json!({"config": {"t": seen[1]}})).await, 41202, "The configuration of 't'");
    expecting(&app, json!({"mode": {"t": "WRONG"}})).await.refused_with(42204, &["Invalid mode"]);
    expecting(&app, json!({"subjects": {"t": "\"x"}})).await.refused_with(400, &["expect.subjects is no list"]);
}

#[tokio::test]
async fn expectations_come_before_every_other_refusal() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let body =
        json!({"expect": {"subjects": {"s": null}}, "operations": [register("s", INT), register("t", "nonsense")]});
    moved(app.post("/transactions", body).await, 41201, "Subject 's' has the head");
}

#[tokio::test]
async fn a_misspelt_member_is_refused_and_nothing_is_written() {
    let app = App::start().await;
    let operation = || register("s", INT);
    let mut condition = operation();
    condition["if_match"] = json!("*");
    for (body, member) in [
        (json!({"dryrun": true, "operations": [operation()]}), "dryrun"),
        (json!({"expected": {}, "operations": [operation()]}), "expected"),
        (json!({"expect": {"subject": {"s": null}}, "operations": [operation()]}), "expect.subject"),
        (json!({"operations": [condition]}), "operations[0].if_match"),
    ] {
        let refused = app.post("/transactions", body).await;
        refused.refused_with(400, &[&format!("Cannot read \"{member}\": there is no such member")]);
    }
    app.get("/subjects").await.ok(json!([]));
}

#[tokio::test]
async fn a_mode_is_expected_as_it_is_answered() {
    let app = App::start().await;
    app.put("/mode/s", json!({"mode": "READONLY"})).await.ok(json!({"mode": "READONLY"}));
    let seen = app.get("/mode/s").await.json();
    let operations = json!([mode("s", "READWRITE")]);
    let done = app.post("/transactions", json!({"expect": {"mode": {"s": seen}}, "operations": operations})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let again = app.post("/transactions", json!({"expect": {"mode": {"s": seen}}, "operations": operations})).await;
    again.refused_with(41202, &[]);
}

#[tokio::test]
async fn below_a_context_names_and_settings_are_those_of_the_context() {
    let app = App::start().await;
    let body = json!({
        "expect": {"subjects": {"s": null}},
        "operations": [{"type": "config", "compatibility": "NONE"}, register("s", INT), register(":.other:s", INT)],
    });
    let done = app.post("/contexts/.c/transactions", body.clone()).await;
    assert_eq!(done.status, 200, "{}", done.text());
    app.get("/subjects?subjectPrefix=:*:").await.ok(json!([":.c:s", ":.other:s"]));
    app.get("/config").await.ok(json!({"compatibilityLevel": "BACKWARD"}));
    app.get("/config/:.c:").await.ok(json!({"compatibilityLevel": "NONE"}));
    app.post("/contexts/.c/transactions", body).await.refused_with(41201, &[]);
}
