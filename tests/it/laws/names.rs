//! A subject's name, whatever the grammar allows, comes through every path that takes one.

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::harness::{App, STRING, avro, segment};

/// A runtime and a registry for all cases: a case takes its own names and cleans up behind itself.
fn registry() -> &'static (Runtime, App) {
    static REGISTRY: OnceLock<(Runtime, App)> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let runtime = Runtime::new().expect("a runtime");
        let app = runtime.block_on(App::start());
        (runtime, app)
    })
}

/// Pieces that paths, queries, JSON and the grammar of contexts have a meaning for, and any other character.
fn piece() -> impl Strategy<Value = String> {
    let special = prop::sample::select(vec![
        "/", "//", ":", "::", ".", "..", "%", "%2F", "%25", " ", "+", "?", "#", "&", "=", ";", "\\", "\"", "'", "<",
        "{", "*", "@", "~", "|", "versions", "latest", ":.c:", ":*:", "-1", "é", "日本", "𝄞", "\u{ffff}", "\u{202e}",
        "\u{a0}",
    ]);
    let plain = any::<char>().prop_filter("control characters are refused", |c| !c.is_control());
    prop_oneof![special.prop_map(str::to_owned), plain.prop_map(String::from), "[a-z]{1,3}"]
}

fn name() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 1..8).prop_map(|pieces| pieces.concat()).prop_filter(
        "names with a meaning",
        |name| {
            // Such a beginning names a context, and a dot alone is a step of the path, for clients above all.
            !name.starts_with(":.") && !name.starts_with(":*:") && !matches!(name.as_str(), "." | "..")
        },
    )
}

fn context() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-zA-Z0-9_-]{1,8}".prop_map(|name| format!(".{name}")))
}

/// Registers, reads, looks up, checks, sets, lists and deletes; every answer names the subject as it was given.
async fn goes_round(app: &App, printed: &str, base: &str, segment: &str) {
    let path = format!("{base}/subjects/{segment}");
    let registered = app.post(&format!("{path}/versions"), avro(STRING)).await;
    let id = registered.id();
    app.get(&format!("{path}/versions")).await.ok(json!([1]));
    for shown in [
        app.get(&format!("{path}/versions/latest")).await,
        app.get(&format!("{path}/versions/1")).await,
        app.post(&path, avro(STRING)).await,
        app.get(&format!("{base}/schemas/ids/{id}?subject={segment}")).await,
    ] {
        assert_eq!(shown.json()["subject"], json!(printed), "{}", shown.question);
    }
    app.get(&format!("{path}/versions/1/schema")).await.says(200, STRING);
    app.get(&format!("{path}/versions/1/referencedby")).await.ok(json!([]));
    let history = app.get(&format!("{path}/history")).await.json();
    assert_eq!((&history[0]["version"], &history[0]["id"]), (&json!(1), &json!(id)));
    for check in ["versions", "versions/1"] {
        let answer = app.post(&format!("{base}/compatibility/subjects/{segment}/{check}"), avro(STRING)).await;
        answer.ok(json!({"is_compatible": true}));
    }
    let (config, mode) = (format!("{base}/config/{segment}"), format!("{base}/mode/{segment}"));
    app.put(&config, json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
    app.get(&config).await.ok(json!({"compatibilityLevel": "FULL"}));
    app.put(&mode, json!({"mode": "READWRITE"})).await.ok(json!({"mode": "READWRITE"}));
    app.get(&mode).await.ok(json!({"mode": "READWRITE"}));
    assert_eq!(app.delete(&mode).await.status, 200);
    assert_eq!(app.delete(&config).await.status, 200);
    let listed = app.get(&format!("/subjects?subjectPrefix={}", self::segment(printed))).await.json();
    assert!(listed.as_array().is_some_and(|names| names.contains(&json!(printed))), "{printed:?} in {listed}");
    let listed = app.get(&format!("/schemas?subjectPrefix={}", self::segment(printed))).await.json();
    assert!(listed.as_array().is_some_and(|all| all.iter().any(|one| one["subject"] == printed)), "{printed:?}");
    app.delete(&format!("{path}/versions/1")).await.ok(1);
    app.post(&format!("{path}/versions/1/restore"), Value::Null).await.ok(1);
    app.delete(&path).await.ok(json!([1]));
    app.post(&format!("{path}/restore"), Value::Null).await.ok(json!([1]));
    app.delete(&path).await.ok(json!([1]));
    app.delete(&format!("{path}?permanent=true")).await.ok(json!([1]));
    app.get(&format!("{path}/versions")).await.refused(40401, &format!("Subject '{printed}' not found."));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Contract: 3.3/5.
    #[test]
    fn a_name_comes_through_every_path(name in name(), context in context()) {
        let (runtime, app) = registry();
        runtime.block_on(async {
            match &context {
                None => goes_round(app, &name, "", &segment(&name)).await,
                Some(context) => {
                    let qualified = format!(":{context}:{name}");
                    goes_round(app, &qualified, "", &segment(&qualified)).await;
                    goes_round(app, &qualified, &format!("/contexts/{context}"), &segment(&name)).await;
                }
            }
        });
    }

    /// Contract: 3.3/1.
    #[test]
    fn a_name_with_a_control_character_is_refused(
        before in name(),
        control in any::<char>().prop_filter("a control character", |c| c.is_control()),
        after in name(),
    ) {
        let (runtime, app) = registry();
        let name = format!("{before}{control}{after}");
        runtime.block_on(async {
            let refused = format!("The specified subject '{name}' is not a valid.");
            app.register(&name, avro(STRING)).await.refused(42208, &refused);
            let path = segment(&name);
            app.put(&format!("/config/{path}"), json!({"compatibility": "FULL"})).await.refused(42208, &refused);
            app.put(&format!("/mode/{path}"), json!({"mode": "READWRITE"})).await.refused(42208, &refused);
        });
    }
}
