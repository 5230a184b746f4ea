//! Contexts: what is known, what is rewritten, what is found elsewhere (contract, sections 3.4, 3.7, 3.11 and 6.2).

use serde_json::json;

use crate::harness::{App, Exchange, INT, STRING, avro, record};

/// Contract: 3.4/3.
#[tokio::test]
async fn the_default_context_is_always_known() {
    let app = App::start().await;
    app.get("/contexts").await.says(200, r#"["."]"#);
    app.get("/contexts?contextPrefix=.").await.ok(json!(["."]));
    app.get("/contexts?contextPrefix=.x").await.ok(json!([]));
}

/// Contract: 3.4/1-2, 3.4/4, 7.4/9.
#[tokio::test]
async fn a_context_becomes_known_with_its_first_schema() {
    let app = App::start().await;
    app.put("/config/:.a:", json!({"compatibility": "FULL"})).await.json();
    app.set_mode(":.a:s", "READWRITE").await;
    app.register(":.a:s", avro("nonsense")).await.refused_with(42201, &[]);
    app.register(":.a:s", json!({"schema": STRING, "id": 5})).await.refused_with(42205, &[]);
    app.get("/subjects/:.a:s/versions").await.refused_with(40401, &[]);
    app.get("/contexts").await.ok(json!(["."]));
    app.accept(":.a:s", STRING).await;
    app.get("/contexts").await.ok(json!([".", ".a"]));
    app.delete("/subjects/:.a:s").await.ok(json!([1]));
    app.delete("/subjects/:.a:s?permanent=true").await.ok(json!([1]));
    app.get("/contexts").await.ok(json!([".", ".a"]));
}

/// Contract: 3.4/3, 6.2/1-2.
#[tokio::test]
async fn contexts_are_sorted_filtered_and_cut_in_this_order() {
    let app = App::start().await;
    for context in [".b", ".ab", ".\u{e000}", ".a", ".\u{10000}", ".B"] {
        app.accept(&format!(":{context}:s"), STRING).await;
    }
    let all = json!([".", ".B", ".a", ".ab", ".b", ".\u{10000}", ".\u{e000}"]);
    for (query, expected) in [
        ("", all.clone()),
        ("?contextPrefix=", all.clone()),
        ("?limit=0", all),
        ("?contextPrefix=.a", json!([".a", ".ab"])),
        ("?contextPrefix=a", json!([])),
        ("?contextPrefix=:.a:", json!([])),
        ("?offset=1&limit=2", json!([".B", ".a"])),
        ("?contextPrefix=.a&offset=1&limit=5", json!([".ab"])),
    ] {
        app.get(&format!("/contexts{query}")).await.ok(expected);
    }
}

/// Contract: 3.7/1, 3.7/7, 5/42211, 6.2/3-6, 12/32.
#[tokio::test]
async fn an_empty_context_can_be_forgotten() {
    let app = App::start().await;
    app.put("/config/:.a:", json!({"compatibility": "FULL"})).await.json();
    app.accept(":.a:s", STRING).await;
    let full = "The specified context ':.a:' is not empty.";
    for path in ["/contexts/.a", "/contexts/a", "/contexts/:.a:", "/contexts/:.a", "/contexts/%3A.a%3A/"] {
        app.delete(path).await.refused(42211, full);
    }
    app.delete("/subjects/:.a:s").await.ok(json!([1]));
    app.delete("/contexts/.a").await.refused(42211, full);
    app.delete("/subjects/:.a:s?permanent=true").await.ok(json!([1]));
    let gone = app.delete("/contexts/.a").await;
    assert_eq!((gone.status, gone.body.len()), (204, 0));
    app.get("/contexts").await.ok(json!(["."]));
    app.get("/config/:.a:").await.ok(json!({"compatibilityLevel": "FULL"}));
    assert_eq!(app.delete("/contexts/.unknown").await.status, 204);
    // Its ids are not used again: what was answered once stays true for ever.
    assert!(app.accept(":.a:s", INT).await > 1);
}

/// Contract: 6.2/7.
#[tokio::test]
async fn the_default_context_cannot_be_deleted() {
    let app = App::start().await;
    for target in ["/contexts/.", "/contexts/:.:", "/contexts/:.", "/contexts/./"] {
        let answer = app.exchange(Exchange { method: "DELETE", target, ..Exchange::default() }).await;
        answer.refused(405, "HTTP 405 Method Not Allowed");
    }
    app.get("/contexts/.ctx").await.refused(405, "HTTP 405 Method Not Allowed");
}

/// Contract: 4.3/1.
#[tokio::test]
async fn ids_are_dense_within_each_context() {
    let app = App::start().await;
    for (subject, text, id) in [
        ("s", STRING, 1),
        (":.a:s", INT, 1),
        ("t", INT, 2),
        (":.a:t", STRING, 2),
        (":.b:s", INT, 1),
        (":.a:u", "\"long\"", 3),
        ("u", "\"float\"", 3),
    ] {
        app.register(subject, avro(text)).await.holds(id, 1);
    }
}

/// Contract: 3.7/1-2, 3.7/4-5, 3.7/7-9.
#[tokio::test]
async fn a_path_below_a_context_means_names_in_it() {
    let app = App::start().await;
    let paths = ["ctx", ".ctx", ":.ctx:", ":.ctx", "%3A.ctx%3A", "%2Ectx"];
    for path in paths {
        let below = format!("/contexts/{path}");
        app.post(&format!("{below}/subjects/s/versions"), avro(STRING)).await.holds(1, 1);
        app.post(&format!("{below}/subjects/s"), avro(STRING)).await.holds(1, 1);
        app.get(&format!("{below}/subjects")).await.ok(json!([":.ctx:s"]));
        app.get(&format!("{below}/subjects/")).await.ok(json!([":.ctx:s"]));
        app.get(&format!("{below}/subjects?subjectPrefix=s")).await.ok(json!([":.ctx:s"]));
        app.get(&format!("{below}/subjects?subjectPrefix=x")).await.ok(json!([]));
        app.get(&format!("{below}/subjects/s/versions/latest/schema")).await.says(200, STRING);
        app.get(&format!("{below}/subjects/:.ctx:s/versions/1")).await.holds(1, 1);
        app.get(&format!("{below}/subjects/%3A.ctx%3As/versions/1")).await.holds(1, 1);
        app.get(&format!("{below}/schemas/ids/1")).await.reads(200, r#"{"subject":":.ctx:s","version":1,…"#);
        app.get(&format!("{below}/schemas/ids/1?subject=s")).await.reads(200, r#"{"subject":":.ctx:s","version":1,…"#);
        app.get(&format!("{below}/schemas/ids/1?subject=x")).await.refused(40403, "Schema 1 not found");
        app.get(&format!("{below}/schemas/ids/1/subjects")).await.ok(json!([":.ctx:s"]));
        app.get(&format!("{below}/schemas/types")).await.ok(json!(["JSON", "PROTOBUF", "AVRO"]));
        app.get(&format!("{below}/contexts")).await.ok(json!([".", ".ctx"]));
        let check = format!("{below}/compatibility/subjects/s/versions/latest");
        app.post(&check, avro(INT)).await.ok(json!({"is_compatible": false}));
        app.get(&format!("{below}/subjects/x/versions")).await.refused(40401, "Subject ':.ctx:x' not found.");
    }
    app.get("/subjects/s/versions").await.refused(40401, "Subject 's' not found.");
}

/// Contract: 3.7/3.
#[tokio::test]
async fn settings_below_a_context_are_those_of_the_context() {
    let app = App::start().await;
    app.put("/contexts/ctx/config", json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
    app.get("/config/:.ctx:").await.ok(json!({"compatibilityLevel": "FULL"}));
    app.put("/contexts/ctx/config/s", json!({"compatibility": "NONE"})).await.ok(json!({"compatibility": "NONE"}));
    app.get("/config/:.ctx:s").await.ok(json!({"compatibilityLevel": "NONE"}));
    app.put("/contexts/ctx/mode/", json!({"mode": "READONLY"})).await.ok(json!({"mode": "READONLY"}));
    app.get("/mode/:.ctx:").await.ok(json!({"mode": "READONLY"}));
    app.delete("/contexts/ctx/mode").await.ok(json!({"mode": "READONLY"}));
    app.delete("/contexts/ctx/config").await.ok(json!({"compatibilityLevel": "FULL"}));
    app.get("/contexts/ctx/config").await.refused_with(40408, &["':.ctx:'"]);
    app.get("/config").await.ok(json!({"compatibilityLevel": "BACKWARD"}));
    // Below the default context nothing is added.
    app.put("/contexts/:.:/config", json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
    app.get("/config").await.ok(json!({"compatibilityLevel": "FULL"}));
}

/// Contract: 3.7/9.
#[tokio::test]
async fn below_the_default_context_nothing_is_added() {
    let app = App::start().await;
    app.post("/contexts/:.:/subjects/s/versions", avro(STRING)).await.holds(1, 1);
    app.accept(":.ctx:s", STRING).await;
    app.get("/contexts/:.:/subjects").await.ok(json!(["s"]));
    app.get("/contexts/:.:/subjects?subjectPrefix=:*:").await.ok(json!([":.ctx:s", "s"]));
    let target = "/contexts/./subjects/s/versions";
    app.exchange(Exchange { method: "GET", target, ..Exchange::default() }).await.ok(json!([1]));
}

/// Contract: 3.7/2.
#[tokio::test]
async fn names_that_look_like_markers_are_names() {
    let app = App::start().await;
    for subject in ["subjects", "config", "mode", "versions", "deks"] {
        app.post(&format!("/contexts/ctx/subjects/{subject}/versions"), avro(STRING)).await.holds(1, 1);
        app.get(&format!("/subjects/:.ctx:{subject}/versions")).await.ok(json!([1]));
    }
    app.post("/contexts/ctx/subjects/a%2Fb%20%25/versions", avro(STRING)).await.holds(1, 1);
    app.get("/subjects/:.ctx:a%2Fb%20%25/versions").await.ok(json!([1]));
}

/// Contract: 1.4/13.
#[tokio::test]
async fn a_context_name_has_no_colon_inside() {
    let app = App::start().await;
    for (path, name) in [
        ("/contexts/foo:bar/subjects", "foo:bar"),
        ("/contexts/foo%3Abar/subjects", "foo:bar"),
        ("/contexts/a:b", "a:b"),
    ] {
        app.get(path).await.refused(400, &format!("Context name '{name}' cannot contain a colon"));
    }
}

/// Contract: 3.11/1-4, 6.9/2, 7.2/4, 12/21.
#[tokio::test]
async fn an_unqualified_read_looks_into_other_contexts() {
    let app = App::start().await;
    app.accept(":.b:s", INT).await;
    app.accept(":.a:s", STRING).await;
    app.accept(":.b:only", INT).await;
    app.get("/subjects/s/versions/1").await.reads(200, r#"{"subject":":.a:s",…"#);
    app.get("/subjects/:.:s/versions/latest/schema").await.says(200, STRING);
    app.get("/subjects/only/versions/latest").await.reads(200, r#"{"subject":":.b:only",…"#);
    app.post("/subjects/s", avro(INT)).await.reads(200, r#"{"subject":":.b:s",…"#);
    app.get("/schemas/ids/1?subject=only").await.reads(200, r#"{"subject":":.b:only",…"#);
    app.get("/subjects/s/versions/1/referencedby").await.ok(json!([]));
    // Lists, deletions, checks and qualified names stay where they are.
    let missing = "Subject 's' not found.";
    app.get("/subjects/s/versions").await.refused(40401, missing);
    app.delete("/subjects/s").await.refused(40401, missing);
    app.delete("/subjects/s/versions/1").await.refused(40401, missing);
    app.post("/compatibility/subjects/s/versions/latest", avro("\"boolean\"")).await.ok(json!({"is_compatible": true}));
    app.post("/compatibility/subjects/s/versions/1", avro(INT)).await.refused(40402, "Version 1 not found.");
    app.get("/subjects/:.a:only/versions/1").await.refused(40401, "Subject ':.a:only' not found.");
    app.post("/subjects/:.a:s", avro(INT)).await.refused(40403, "Schema not found");
    // Once the name exists in the default context, that one counts.
    app.accept("s", "\"long\"").await;
    app.get("/subjects/s/versions/1/schema").await.says(200, "\"long\"");
}

/// Contract: 3.10/1-3, 6.12/2, 12/20.
#[tokio::test]
async fn references_resolve_in_the_context_of_the_referrer() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    let base = |subject: &str| json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": subject, "version": 1}]});
    let missing = |subject: &str| format!("No schema reference found for subject \"{subject}\" and version 1");
    app.register(":.a:s", base("ref")).await.refused_with(42201, &[&missing(":.a:ref")]);
    app.register(":.a:s", base(":.:ref")).await.refused_with(42201, &["No schema reference found for subject"]);
    app.accept(":.a:ref", &record("Ref", &[])).await;
    let shown = app.register(":.a:s", base("ref")).await.json();
    assert_eq!(shown["references"][0]["subject"], json!("ref"), "stored as it was given");
    app.register(":.b:s", base(":.a:ref")).await.holds(1, 1);
    app.register("s", base(":.a:ref")).await.json();
    app.delete("/subjects/:.a:ref").await.refused_with(42206, &["subject=:.a:ref,version=1"]);
    app.delete("/subjects/ref").await.ok(json!([1]));
    let referrers = app.get("/subjects/:.a:ref/versions/1/referencedby").await.json();
    assert_eq!(referrers, json!([2, 2, 1]), "sorted by context, then id");
}
