//! Names of subjects: grammar, validity, and how they travel in paths (contract, sections 1.2, 3.1 and 3.3).

use serde_json::json;

use crate::harness::{App, Exchange, STRING, avro, segment};

/// Contract: 3.1/1-4, 3.1/6, 3.1/8-9, 6.8/5.
#[tokio::test]
async fn a_name_is_printed_in_one_form_however_it_is_written() {
    for (written, printed) in [
        ("foo", "foo"),
        (":.:foo", "foo"),
        (":.ctx:foo", ":.ctx:foo"),
        (":.ctx:", ":.ctx:"),
        (":.ctx", ":.ctx:"),
        (":.a:b:c", ":.a:b:c"),
        (":ctx:foo", ":ctx:foo"),
        ("a:b", "a:b"),
    ] {
        let app = App::start().await;
        app.register(written, avro(STRING)).await.holds(1, 1);
        app.get("/subjects").await.ok(json!([printed]));
        let path = format!("/subjects/{}", segment(written));
        for shown in [
            app.get(&format!("{path}/versions/1")).await,
            app.post(&path, avro(STRING)).await,
            app.get(&format!("/schemas/ids/1?subject={}", segment(written))).await,
        ] {
            assert_eq!(shown.json()["subject"], json!(printed), "{written} in {}", shown.question);
        }
        app.delete(&path).await.ok(json!([1]));
    }
}

/// Contract: 3.3/5.
#[tokio::test]
async fn a_subject_may_have_any_letters_but_control_characters() {
    let app = App::start().await;
    let subjects = [
        "a/b", "100%", "%2F", "a b", "a+b", "?q=1", "#x", "é", "日本", "𝄞", "a\\b", "\"", "'", "{}", "*", "..a", "a;b",
        "&=", "~",
    ];
    for subject in subjects {
        app.register(subject, avro(STRING)).await.holds(1, 1);
        let path = format!("/subjects/{}/versions/1", segment(subject));
        assert_eq!(app.get(&path).await.json()["subject"], json!(subject));
        let config = format!("/config/{}", segment(subject));
        app.put(&config, json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
        app.get(&config).await.ok(json!({"compatibilityLevel": "FULL"}));
        app.set_mode(subject, "READWRITE").await;
        app.post(&format!("/compatibility{path}"), avro(STRING)).await.ok(json!({"is_compatible": true}));
    }
    let mut listed = app.get("/subjects").await.json();
    let mut expected = json!(subjects);
    for list in [&mut listed, &mut expected] {
        list.as_array_mut().expect("a list").sort_by_key(ToString::to_string);
    }
    assert_eq!(listed, expected);
}

/// Contract: 1.2/1-2.
#[tokio::test]
async fn a_path_is_split_before_it_is_decoded_and_decoded_once() {
    let app = App::start().await;
    for (target, subject) in [
        ("/subjects/a%2Fb/versions", "a/b"),
        ("/subjects/a%2fb%2Fc/versions", "a/b/c"),
        ("/subjects/100%25/versions", "100%"),
        ("/subjects/%252F/versions", "%2F"),
        ("/subjects/a+b/versions", "a+b"),
        ("/subjects/a%20b/versions", "a b"),
        ("/subjects/%3A.ctx%3As/versions", ":.ctx:s"),
        ("/subjects/:.ctx:t/versions", ":.ctx:t"),
        ("/subjects/%41/versions", "A"),
        ("/subjects/sub;p=1/versions", "sub;p=1"),
        ("/subjects/versions/versions", "versions"),
        ("/subjects/%2E%2E/versions", ".."),
        ("/subjects/./versions", "."),
    ] {
        let body = avro(STRING).to_string();
        let length = body.len().to_string();
        let headers = [("Content-Type", b"application/json".as_slice()), ("Content-Length", length.as_bytes())];
        let answer = app.exchange(Exchange { method: "POST", target, headers: &headers, body: body.as_bytes() }).await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        let prefix = segment(subject);
        app.get(&format!("/subjects?subjectPrefix={prefix}")).await.ok(json!([subject]));
        app.delete(&format!("/subjects?subjectPrefix={prefix}")).await.refused(405, "HTTP 405 Method Not Allowed");
        let one = target.strip_suffix("/versions").expect("every target ends so");
        for query in ["", "?permanent=true"] {
            let target = format!("{one}{query}");
            let gone = app.exchange(Exchange { method: "DELETE", target: &target, ..Exchange::default() }).await;
            gone.ok(json!([1]));
        }
    }
}

/// Contract: 1.2/1.
#[tokio::test]
async fn a_slash_that_is_not_encoded_ends_the_name() {
    let app = App::start().await;
    app.accept("a/b", STRING).await;
    app.get("/subjects/a/b/versions/1").await.refused(404, "HTTP 404 Not Found");
    app.get("/subjects/a%2Fb/versions/1").await.holds(1, 1);
}

/// Contract: 3.3/1-2.
#[tokio::test]
async fn names_that_may_not_be_used_are_refused_where_something_is_stored() {
    let app = App::start().await;
    for subject in [
        "__GLOBAL",
        "__EMPTY",
        ":.ctx:__GLOBAL",
        ":.ctx:__EMPTY",
        "a\tb",
        "\r",
        "a\u{7f}",
        "\u{85}",
        "\u{9f}x",
        "\u{0}",
        "\u{1f}",
        ":.c\n:s",
    ] {
        let message = format!("The specified subject '{subject}' is not a valid.");
        let path = segment(subject);
        app.register(subject, avro(STRING)).await.refused(42208, &message);
        app.put(&format!("/config/{path}"), json!({"normalize": true})).await.refused(42208, &message);
        app.put(&format!("/mode/{path}"), json!({"mode": "READONLY"})).await.refused(42208, &message);
    }
    for subject in ["__GLOBAL_", "_GLOBAL", "__global", "\u{a0}", "\u{200b}"] {
        app.register(subject, avro(STRING)).await.holds(1, 1);
    }
}

/// Contract: 3.3/6.
#[tokio::test]
async fn names_that_may_not_be_used_are_just_not_found_elsewhere() {
    let app = App::start().await;
    for subject in ["__GLOBAL", "__EMPTY", "a\tb", "\u{0}", "\u{7f}", "a\u{0}b", ":.ctx:\u{0}", ":.c\u{0}:s"] {
        let (path, message) = (segment(subject), format!("Subject '{subject}' not found."));
        app.get(&format!("/subjects/{path}/versions")).await.refused(40401, &message);
        app.get(&format!("/subjects/{path}/versions/1")).await.refused(40401, &message);
        app.post(&format!("/subjects/{path}"), avro(STRING)).await.refused(40401, &message);
        app.delete(&format!("/subjects/{path}")).await.refused(40401, &message);
        app.delete(&format!("/subjects/{path}/versions/1")).await.refused(40401, &message);
        app.delete(&format!("/config/{path}")).await.refused(40401, &message);
        app.delete(&format!("/mode/{path}")).await.refused(40401, &message);
        let compatibility = format!("/compatibility/subjects/{path}/versions");
        app.post(&compatibility, avro(STRING)).await.ok(json!({"is_compatible": true}));
        app.get(&format!("/subjects?subjectPrefix={path}")).await.ok(json!([]));
    }
}

/// Contract: 3.3/3.
#[tokio::test]
async fn the_context_of_global_settings_takes_no_schemas() {
    let app = App::start().await;
    for subject in [":.__GLOBAL:", ":.__GLOBAL", ":.__GLOBAL:s"] {
        let message = format!("The specified subject '{subject}' is not a valid.");
        app.register(subject, avro(STRING)).await.refused(42208, &message);
        let config = format!("/config/{}", segment(subject));
        app.put(&config, json!({"compatibility": "FULL"})).await.ok(json!({"compatibility": "FULL"}));
    }
}

#[tokio::test]
async fn a_very_long_name_is_a_name_like_any_other() {
    let app = App::start().await;
    for length in [255, 1000, 4000] {
        let subject: String = (0..length).map(|at| char::from(b'a' + u8::try_from(at * 7 % 26).unwrap_or(0))).collect();
        app.register(&subject, avro(STRING)).await.holds(1, 1);
        let path = format!("/subjects/{subject}/versions");
        app.get(&path).await.ok(json!([1]));
        app.put(&format!("/config/{subject}"), json!({"normalize": true})).await.ok(json!({"normalize": true}));
        app.set_mode(&subject, "READWRITE").await;
        app.register(&format!(":.{subject}:s"), avro(STRING)).await.holds(1, 1);
    }
}
