//! `GET`, `PUT` and `DELETE` of `/mode` and `/mode/{subject}` (contract, section 6.23).

use serde_json::json;

use crate::harness::{App, Exchange, STRING, record, segment};

/// Every spelling of the registry's own mode.
const GLOBAL: [&str; 5] = ["/mode", "/mode/", "/mode/:.:", "/mode/:.", "/mode/%3A.%3A"];

fn missing(subject: &str) -> String {
    format!("Subject '{subject}' not found.")
}

/// Contract: 6.23/GET1.
#[tokio::test]
async fn a_registry_begins_in_read_write_mode() {
    let app = App::start().await;
    let read_write = json!({"mode": "READWRITE"});
    for path in GLOBAL {
        app.get(path).await.ok(read_write.clone());
        app.get(&format!("{path}?defaultToGlobal=true")).await.ok(read_write.clone());
    }
    for path in ["/mode/:.__GLOBAL:", "/mode/:.__GLOBAL", "/mode/s?defaultToGlobal=True"] {
        app.get(path).await.ok(read_write.clone());
    }
    app.get("/mode/s").await.refused_with(40409, &["'s'"]);
}

/// Contract: 6.23/PUT9, 7.8/m6, 12/24.
#[tokio::test]
async fn a_mode_is_echoed_as_it_was_sent_and_shown_in_upper_case() {
    let app = App::start().await;
    for path in ["/mode", "/mode/s", "/mode/:.ctx:", "/mode/:.ctx:s", "/mode/:.__GLOBAL:"] {
        for (sent, shown) in [
            ("READONLY", "READONLY"),
            ("readonly", "READONLY"),
            ("ReadOnly_Override", "READONLY_OVERRIDE"),
            ("import", "IMPORT"),
            ("READWRITE", "READWRITE"),
        ] {
            app.put(path, json!({"mode": sent})).await.says(200, &format!("{{\"mode\":\"{sent}\"}}"));
            app.get(path).await.says(200, &format!("{{\"mode\":\"{shown}\"}}"));
        }
    }
}

/// Contract: 1.6/2, 2.2/4, 6.23/PUT8.
#[tokio::test]
async fn null_clears_a_mode_and_is_echoed() {
    let app = App::start().await;
    app.set_mode("s", "READONLY").await;
    app.put("/mode/s", json!({"mode": null})).await.says(200, r#"{"mode":null}"#);
    app.get("/mode/s").await.refused_with(40409, &[]);
    app.put("/mode/s", json!({"mode": null})).await.says(200, r#"{"mode":null}"#);
    app.set_mode("", "READONLY").await;
    app.put("/mode", json!({"mode": null})).await.says(200, r#"{"mode":null}"#);
    app.get("/mode").await.ok(json!({"mode": "READWRITE"}));
}

/// Contract: 2.2/5.
#[tokio::test]
async fn a_body_without_a_mode_does_no_harm() {
    let app = App::start().await;
    app.set_mode("s", "READWRITE").await;
    // The reference fails here; the contract leaves a choice.
    let answer = app.put("/mode/s", json!({})).await;
    let code = answer.json()["error_code"].clone();
    assert!(answer.status == 200 || (answer.status, code) == (422, json!(42204)), "{}", answer.text());
}

/// Contract: 6.23/PUT3, 6.23/PUT5.
#[tokio::test]
async fn forward_is_for_the_global_context_alone() {
    let app = App::start().await;
    let only = "Forward mode only supported on global level";
    for path in GLOBAL.into_iter().chain(["/mode/s", "/mode/:.ctx:", "/mode/:.__GLOBAL:s"]) {
        app.put(path, json!({"mode": "FORWARD"})).await.refused(42204, only);
    }
    for path in ["/mode/:.__GLOBAL:", "/mode/:.__GLOBAL"] {
        app.put(path, json!({"mode": "FORWARD"})).await.ok(json!({"mode": "FORWARD"}));
        app.get(path).await.ok(json!({"mode": "FORWARD"}));
        app.delete(path).await.ok(json!({"mode": "FORWARD"}));
    }
    // Lower-case spellings slip through in the reference.
    app.put("/mode", json!({"mode": "forward"})).await.ok(json!({"mode": "forward"}));
}

/// Contract: 6.23/GET3, 7.8/1, 12/3.
#[tokio::test]
async fn the_first_mode_of_the_chain_applies() {
    let app = App::start().await;
    for (key, mode, expected) in [
        (":.__GLOBAL:", "READONLY", ["READONLY", "READONLY", "READONLY", "READONLY"]),
        ("", "READWRITE", ["READWRITE", "READONLY", "READONLY", "READWRITE"]),
        (":.ctx:", "READONLY_OVERRIDE", ["READWRITE", "READONLY_OVERRIDE", "READONLY", "READWRITE"]),
        (":.ctx:s", "IMPORT", ["READWRITE", "IMPORT", "READONLY", "READWRITE"]),
        ("s", "READONLY", ["READONLY", "IMPORT", "READONLY", "READWRITE"]),
    ] {
        app.set_mode(key, mode).await;
        for (subject, expected) in ["s", ":.ctx:s", ":.other:s", "t"].into_iter().zip(expected) {
            let path = format!("/mode/{}?defaultToGlobal=true", segment(subject));
            app.get(&path).await.ok(json!({"mode": expected}));
        }
    }
    app.get("/mode/:.ctx:?defaultToGlobal=true").await.ok(json!({"mode": "READONLY_OVERRIDE"}));
    app.delete("/mode").await.ok(json!({"mode": "READWRITE"}));
    app.get("/mode").await.ok(json!({"mode": "READWRITE"}));
    app.get("/mode?defaultToGlobal=true").await.ok(json!({"mode": "READONLY"}));
}

/// Contract: 6.23/PUT3, 6.23/DELETE1, 6.23/DELETE2.
#[tokio::test]
async fn a_mode_that_is_deleted_is_answered_once_more() {
    let app = App::start().await;
    for path in ["/mode/s", "/mode/:.ctx:", "/mode/:.ctx:s"] {
        app.put(path, json!({"mode": "readonly"})).await.json();
        app.delete(path).await.says(200, r#"{"mode":"READONLY"}"#);
        app.delete(path).await.refused(40401, &missing(path.trim_start_matches("/mode/")));
        app.delete(&format!("{path}?recursive=false"))
            .await
            .refused(40401, &missing(path.trim_start_matches("/mode/")));
    }
    app.set_mode("", "READONLY").await;
    app.delete("/mode").await.ok(json!({"mode": "READONLY"}));
    assert_eq!(app.delete("/mode").await.status, 200, "the registry's own is never missing");
    app.get("/mode").await.ok(json!({"mode": "READWRITE"}));
}

/// Contract: 2.2/3, 6.23/DELETE4, 12/24.
#[tokio::test]
async fn a_recursive_deletion_clears_the_subjects_of_a_context() {
    let app = App::start().await;
    let subjects = ["a", "b", ":.x:a", ":.x:b", ":.y:a"];
    for subject in subjects {
        app.set_mode(subject, "READONLY").await;
    }
    let left = async || {
        let mut left = Vec::new();
        for subject in subjects {
            if app.get(&format!("/mode/{}", segment(subject))).await.status == 200 {
                left.push(subject);
            }
        }
        left
    };
    app.delete("/mode/:.x:?recursive=true").await.says(200, "{}");
    assert_eq!(left().await, ["a", "b", ":.y:a"]);
    app.set_mode(":.y:", "IMPORT").await;
    app.delete("/mode/:.y:?recursive=TRUE").await.ok(json!({"mode": "IMPORT"}));
    assert_eq!(left().await, ["a", "b"]);
    app.delete("/mode/a?recursive=true").await.ok(json!({"mode": "READONLY"}));
    assert_eq!(left().await, ["b"]);
    app.delete("/mode/a?recursive=true").await.says(200, "{}");
    app.set_mode("a", "READONLY").await;
    app.set_mode(":.y:a", "READONLY").await;
    app.delete("/mode?recursive=true").await.says(200, "{}");
    assert_eq!(left().await, [":.y:a"]);
}

/// Contract: 3.5/1-3, 6.23/PUT7, 12/25.
#[tokio::test]
async fn an_import_needs_a_place_without_live_subjects() {
    let app = App::start().await;
    let existing = "Cannot import since found existing subjects";
    app.accept("s", STRING).await;
    app.accept(":.ctx:s", STRING).await;
    for path in ["/mode", "/mode/s", "/mode/:.ctx:", "/mode/:.ctx:s", "/mode/:.__GLOBAL:"] {
        app.put(path, json!({"mode": "IMPORT"})).await.refused(42205, existing);
        app.put(path, json!({"mode": "import"})).await.refused(42205, existing);
    }
    for path in ["/mode/t", "/mode/:.other:", "/mode/:.ctx:t"] {
        app.put(path, json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
    }
    for path in ["/mode/s", "/mode/:.ctx:", "/mode"] {
        app.put(&format!("{path}?force=True"), json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
        // Where it is so already, nothing is asked.
        app.put(path, json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
    }
}

/// Contract: 3.5/2, 6.23/PUT7, 6.23/PUT10, 12/25.
#[tokio::test]
async fn an_import_purges_what_is_soft_deleted_in_its_scope() {
    let app = App::start().await;
    for subject in ["a", "b", ":.ctx:a"] {
        app.accept(subject, STRING).await;
        app.delete(&format!("/subjects/{}", segment(subject))).await.ok(json!([1]));
    }
    app.put("/mode/a?force=true", json!({"mode": "IMPORT"})).await.json();
    app.get("/subjects?deleted=true").await.ok(json!([":.ctx:a", "a", "b"]));
    app.delete("/mode/a").await.json();
    app.set_mode("a", "IMPORT").await;
    app.get("/subjects?deleted=true").await.ok(json!([":.ctx:a", "b"]));
    app.set_mode(":.ctx:", "IMPORT").await;
    app.get("/subjects?deleted=true").await.ok(json!(["b"]));
    app.set_mode("", "IMPORT").await;
    app.get("/subjects?deleted=true").await.ok(json!([]));
}

/// Contract: 6.23/PUT7.
#[tokio::test]
async fn an_import_purges_nothing_while_something_is_referenced() {
    let app = App::start().await;
    app.accept("free", STRING).await;
    app.accept("ref", &record("Ref", &[])).await;
    let references = json!([{"name": "Ref", "subject": "ref", "version": 1}]);
    app.register("base", json!({"schema": r#"["null","Ref"]"#, "references": references})).await.json();
    for subject in ["free", "base", "ref"] {
        app.delete(&format!("/subjects/{subject}")).await.ok(json!([1]));
    }
    let held = "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=ref,version=1}.";
    app.put("/mode/ref", json!({"mode": "IMPORT"})).await.refused(42206, held);
    app.get("/subjects?deleted=true").await.ok(json!(["base", "free", "ref"]));
}

/// Contract: 6.23/PUT4.
#[tokio::test]
async fn a_mode_text_is_one_word() {
    let app = App::start().await;
    for wrong in ["", " READONLY", "READ_ONLY", "READ-WRITE", "null", "0", "ＲＥＡＤＯＮＬＹ"] {
        let message = "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.";
        app.put("/mode", json!({"mode": wrong})).await.refused(42204, message);
    }
    let target = "/mode/s?force=true&force=false&unknown=1";
    let headers = [("Content-Length", b"17".as_slice())];
    let answer =
        app.exchange(Exchange { method: "PUT", target, headers: &headers, body: br#"{"mode":"IMPORT"}"# }).await;
    answer.ok(json!({"mode": "IMPORT"}));
}
