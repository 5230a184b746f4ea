//! Aliases: names that stand for other subjects (contract, section 3.8).

use serde_json::{Value, json};

use crate::harness::{App, INT, LONG, STRING, avro, record, segment};

async fn name(app: &App, alias: &str, target: &str) {
    app.put(&format!("/config/{}", segment(alias)), json!({"alias": target})).await.ok(json!({"alias": target}));
}

/// Contract: 3.8/1.
#[tokio::test]
async fn every_read_of_a_subject_follows_its_alias() {
    let app = App::start().await;
    app.accept("other", INT).await;
    app.register("target", json!({"schema": INT, "metadata": {"properties": {"a": "1"}}})).await.holds(2, 1);
    app.accept("target", LONG).await;
    app.accept("alias", STRING).await;
    name(&app, "alias", "target").await;
    for path in [
        "versions",
        "versions/1",
        "versions/latest",
        "versions/-1",
        "versions/1/schema",
        "versions/1/referencedby",
        "metadata",
        "metadata?key=a&value=1",
        "versions?deleted=true",
        "versions/2?findTags=*",
    ] {
        let direct = app.get(&format!("/subjects/target/{path}")).await;
        app.get(&format!("/subjects/alias/{path}")).await.says(200, direct.text());
    }
    app.get("/subjects/alias/versions/7").await.refused(40402, "Version 7 not found.");
    app.get("/subjects").await.ok(json!(["alias", "other", "target"]));
}

/// Contract: 3.8/1.
#[tokio::test]
async fn lookups_and_compatibility_checks_follow_it() {
    let app = App::start().await;
    app.accept("target", INT).await;
    name(&app, "alias", "target").await;
    let found = app.post("/subjects/alias", avro(INT)).await.holds(1, 1).json();
    assert_eq!(found["subject"], json!("target"));
    app.post("/subjects/alias", avro(STRING)).await.refused(40403, "Schema not found");
    for path in ["versions", "versions/", "versions/1", "versions/latest"] {
        for (text, verdict) in [(STRING, false), (LONG, true)] {
            let answer = app.post(&format!("/compatibility/subjects/alias/{path}"), avro(text)).await;
            answer.ok(json!({"is_compatible": verdict}));
        }
    }
}

/// Contract: 3.8/1.
#[tokio::test]
async fn every_write_under_an_alias_goes_to_its_subject() {
    let app = App::start().await;
    name(&app, "alias", "target").await;
    app.register("alias", avro(INT)).await.holds(1, 1);
    app.register("alias", avro(STRING)).await.refused_with(40901, &["for subject \"target\""]);
    app.post("/subjects/alias/versions/1/tags", json!({})).await.holds(2, 2);
    app.get("/subjects").await.ok(json!(["target"]));
    app.delete("/subjects/alias/versions/2").await.ok(2);
    app.delete("/subjects/alias/versions/2?permanent=true").await.ok(2);
    app.delete("/subjects/alias").await.ok(json!([1]));
    app.delete("/subjects/alias").await.refused_with(40404, &["Subject 'target' was soft deleted."]);
    app.post("/subjects/alias/versions/1/restore", Value::Null).await.ok(1);
    app.delete("/subjects/alias").await.ok(json!([1]));
    app.post("/subjects/alias/restore", Value::Null).await.ok(json!([1]));
    app.delete("/subjects/alias").await.ok(json!([1]));
    app.delete("/subjects/alias?permanent=true").await.ok(json!([1]));
    app.get("/subjects?deleted=true").await.ok(json!([]));
    app.get("/config/alias").await.ok(json!({"alias": "target", "compatibilityLevel": "BACKWARD"}));
}

#[tokio::test]
async fn refusals_name_the_subject_that_is_meant() {
    let app = App::start().await;
    for (alias, target) in [("alias", "target"), ("wrong", "__GLOBAL")] {
        name(&app, alias, target).await;
    }
    for path in ["versions", "versions/1", "versions/1/schema", "versions/latest", "metadata"] {
        app.get(&format!("/subjects/alias/{path}")).await.refused(40401, "Subject 'target' not found.");
    }
    app.delete("/subjects/alias").await.refused(40401, "Subject 'target' not found.");
    app.register("wrong", avro(INT)).await.refused(42208, "The specified subject '__GLOBAL' is not a valid.");
}

/// Contract: 3.8/1, 3.8/7.
#[tokio::test]
async fn an_id_is_looked_for_under_what_an_alias_stands_for() {
    let app = App::start().await;
    for subject in ["first", "target", ":.ctx:t"] {
        app.accept(subject, STRING).await;
    }
    app.accept(":.ctx:t", "\"bytes\"").await;
    name(&app, "alias", "target").await;
    name(&app, "away", ":.ctx:t").await;
    let subject = async |query: &str| app.get(&format!("/schemas/ids/1{query}")).await.json()["subject"].clone();
    assert_eq!(subject("").await, json!("first"));
    assert_eq!(subject("?subject=").await, json!("first"));
    assert_eq!(subject("?subject=alias").await, json!("target"));
    assert_eq!(subject("?subject=away").await, json!(":.ctx:t"));
    app.get("/schemas/ids/1/versions?subject=alias").await.ok(json!([{"subject": "target", "version": 1}]));
    app.get("/schemas/ids/1/subjects?subject=away").await.ok(json!([":.ctx:t"]));
    app.get("/schemas/ids/2/schema?subject=away").await.says(200, "\"bytes\"");
}

/// Contract: 3.8/2.
#[tokio::test]
async fn settings_belong_to_the_alias_itself() {
    let app = App::start().await;
    app.accept("target", INT).await;
    name(&app, "alias", "target").await;
    app.get("/config/target").await.refused_with(40408, &["'target'"]);
    app.put("/config/alias", json!({"compatibility": "NONE"})).await.ok(json!({
        "alias": "target", "compatibility": "NONE"
    }));
    app.set_mode("alias", "READONLY").await;
    app.get("/mode/target").await.refused_with(40409, &["'target'"]);
    // What is written under the alias obeys the settings of its subject.
    app.register("alias", avro(STRING)).await.refused_with(40901, &["for subject \"target\""]);
    app.register("alias", avro(LONG)).await.holds(2, 2);
    app.delete("/mode/alias").await.ok(json!({"mode": "READONLY"}));
    app.delete("/config/alias").await.ok(json!({"alias": "target", "compatibilityLevel": "NONE"}));
    app.get("/subjects/alias/versions").await.refused(40401, "Subject 'alias' not found.");
}

/// Contract: 3.8/3.
#[tokio::test]
async fn only_one_step_is_taken() {
    let app = App::start().await;
    app.accept("target", INT).await;
    for (alias, target) in [("alias", "target"), ("second", "alias"), ("self", "self"), ("a", "b"), ("b", "a")] {
        name(&app, alias, target).await;
    }
    app.get("/subjects/alias/versions").await.ok(json!([1]));
    app.get("/subjects/second/versions").await.refused(40401, "Subject 'alias' not found.");
    app.get("/subjects/self/versions").await.refused(40401, "Subject 'self' not found.");
    app.get("/subjects/a/versions").await.refused(40401, "Subject 'b' not found.");
}

/// Contract: 3.8/4.
#[tokio::test]
async fn an_alias_without_a_context_means_the_context_of_its_bearer() {
    let app = App::start().await;
    app.accept(":.ctx:t", INT).await;
    for (alias, target) in
        [(":.ctx:near", "t"), (":.ctx:whole", ":.ctx:t"), ("far", ":.ctx:t"), (":.else:far", ":.ctx:t")]
    {
        name(&app, alias, target).await;
    }
    for path in [
        "/subjects/:.ctx:near/versions/1",
        "/subjects/:.ctx:whole/versions/1",
        "/subjects/far/versions/1",
        "/subjects/:.else:far/versions/1",
        "/contexts/.ctx/subjects/near/versions/1",
        "/contexts/.else/subjects/far/versions/1",
        "/subjects/:.:far/versions/1",
    ] {
        assert_eq!(app.get(path).await.json()["subject"], json!(":.ctx:t"), "{path}");
    }
    app.get("/subjects/near/versions/1").await.refused(40401, "Subject 'near' not found.");
}

/// Contract: 3.8/6.
#[tokio::test]
async fn any_name_may_be_an_alias_and_have_one() {
    let app = App::start().await;
    for odd in ["a/b", "a b", "%2F", "é\u{10000}", "a+b&c=d?e#f", "a:b", "versions"] {
        app.accept(odd, INT).await;
        let alias = format!("alias {odd}");
        name(&app, &alias, odd).await;
        for path in ["versions/1", "versions/latest"] {
            let found = app.get(&format!("/subjects/{}/{path}", segment(&alias))).await.json();
            assert_eq!(found["subject"], json!(odd));
        }
        let found = app.get(&format!("/schemas/ids/1?subject={}", segment(&alias))).await.json();
        assert_eq!(found["subject"], json!(odd));
    }
}

/// Contract: 3.8/3.
#[tokio::test]
async fn aliases_of_the_registry_and_of_contexts_are_ignored() {
    let app = App::start().await;
    app.accept("target", INT).await;
    app.accept(":.ctx:target", INT).await;
    app.put("/config", json!({"alias": "target"})).await.ok(json!({"alias": "target"}));
    name(&app, ":.ctx:", "target").await;
    name(&app, "empty", "").await;
    for subject in ["nothing", ":.ctx:nothing", "empty"] {
        let missing = format!("Subject '{subject}' not found.");
        app.get(&format!("/subjects/{subject}/versions")).await.refused(40401, &missing);
    }
    app.accept("other", STRING).await;
    app.get("/subjects/other/versions").await.ok(json!([1]));
}

/// Contract: 3.8/2.
#[tokio::test]
async fn prefixes_and_references_do_not_follow_aliases() {
    let app = App::start().await;
    app.accept("target", &record("Ref", &[])).await;
    name(&app, "alias", "target").await;
    app.get("/subjects?subjectPrefix=alias").await.ok(json!([]));
    app.get("/schemas?subjectPrefix=alias").await.ok(json!([]));
    let body = |subject: &str| {
        let reference = json!([{"name": "Ref", "subject": subject, "version": 1}]);
        json!({"schema": r#"["null","Ref"]"#, "references": reference})
    };
    let missing = ["No schema reference found for subject \"alias\" and version 1"];
    app.register("s", body("alias")).await.refused_with(42201, &missing);
    app.register("s", body("target")).await.holds(2, 1);
}

#[tokio::test]
async fn an_alias_takes_effect_and_ends_at_once() {
    let app = App::start().await;
    app.accept("one", INT).await;
    app.accept("two", LONG).await;
    let text = async || app.get("/subjects/alias/versions/1/schema").await.text().to_owned();
    for (target, expected) in [("one", INT), ("two", LONG), ("one", INT)] {
        name(&app, "alias", target).await;
        assert_eq!(text().await, expected);
    }
    app.put("/config/alias", json!({"alias": null})).await.ok(json!({}));
    app.get("/subjects/alias/versions").await.refused(40401, "Subject 'alias' not found.");
}
