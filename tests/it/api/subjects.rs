//! `GET /subjects` (contract, sections 3.2, 3.6 and 6.3).

use regis::{
    http::{DoorSettings, PageLimits},
    registry::Options,
};
use serde_json::json;

use crate::harness::{App, INT, STRING};

#[tokio::test]
async fn an_empty_registry_has_no_subjects() {
    let app = App::start().await;
    app.get("/subjects").await.ok(json!([]));
}

/// Contract: 3.2/1.
#[tokio::test]
async fn subjects_are_sorted_by_the_utf_16_units_of_their_printed_names() {
    let app = App::start().await;
    for subject in ["b", "\u{e000}", "a", ":.ctx:z", "\u{10000}", "B"] {
        app.accept(subject, STRING).await;
    }
    // U+10000 is written with surrogates, which are smaller units than U+E000.
    app.get("/subjects").await.ok(json!([":.ctx:z", "B", "a", "b", "\u{10000}", "\u{e000}"]));
}

/// Contract: 3.1/7, 3.6/1-8, 12/4.
#[tokio::test]
async fn a_prefix_is_read_by_the_grammar_of_subjects() {
    let app = App::start().await;
    for subject in ["foo", "foobar", "bar", ":.ctx:foo", ":.ctx:bar", ":.ctx2:foo"] {
        app.accept(subject, STRING).await;
    }
    let all = json!([":.ctx2:foo", ":.ctx:bar", ":.ctx:foo", "bar", "foo", "foobar"]);
    for (query, expected) in [
        ("", all.clone()),
        ("?subjectPrefix=:*:", all),
        ("?subjectPrefix=", json!(["bar", "foo", "foobar"])),
        ("?subjectPrefix=foo", json!(["foo", "foobar"])),
        ("?subjectPrefix=fo%6Fb", json!(["foobar"])),
        ("?subjectPrefix=:.ctx:", json!([":.ctx:bar", ":.ctx:foo"])),
        ("?subjectPrefix=:.ctx:foo", json!([":.ctx:foo"])),
        ("?subjectPrefix=:.ctx", json!([":.ctx2:foo", ":.ctx:bar", ":.ctx:foo"])),
        ("?subjectPrefix=:*:foo", json!([":.ctx2:foo", ":.ctx:foo", "foo", "foobar"])),
        ("?subjectPrefix=nothing", json!([])),
        ("?subjectPrefix=:.nowhere:", json!([])),
    ] {
        app.get(&format!("/subjects{query}")).await.ok(expected);
    }
}

/// Contract: 1.2/5, 6.3/1-3.
#[tokio::test]
async fn soft_deleted_subjects_are_listed_only_on_request() {
    let app = App::start().await;
    app.accept("live", STRING).await;
    app.accept_all("partly", &[STRING, INT]).await;
    app.delete("/subjects/partly/versions/1").await.ok(1);
    app.accept("gone", STRING).await;
    app.delete("/subjects/gone").await.ok(json!([1]));
    for (query, expected) in [
        ("", json!(["live", "partly"])),
        ("?deleted=false", json!(["live", "partly"])),
        ("?deleted=yes", json!(["live", "partly"])),
        ("?deleted=", json!(["live", "partly"])),
        ("?deleted=true", json!(["gone", "live", "partly"])),
        ("?deleted=True", json!(["gone", "live", "partly"])),
        ("?deletedOnly=TRUE", json!(["gone"])),
        ("?deleted=true&deletedOnly=true", json!(["gone"])),
        ("?deleted=false&deletedOnly=true", json!(["gone"])),
    ] {
        app.get(&format!("/subjects{query}")).await.ok(expected);
    }
    app.delete("/subjects/gone?permanent=true").await.ok(json!([1]));
    app.get("/subjects?deleted=true").await.ok(json!(["live", "partly"]));
}

/// Contract: 1.2/10, 6.0/1, 6.0/3, 11/2.
#[tokio::test]
async fn a_list_is_cut_after_it_was_sorted() {
    let app = App::start().await;
    for subject in ["e", "d", "c", "b", "a"] {
        app.accept(subject, STRING).await;
    }
    let all = json!(["a", "b", "c", "d", "e"]);
    for (query, expected) in [
        ("offset=1&limit=2", json!(["b", "c"])),
        ("limit=2", json!(["a", "b"])),
        ("offset=3", json!(["d", "e"])),
        ("offset=9", json!([])),
        ("limit=99", all.clone()),
        ("limit=0", all.clone()),
        ("limit=-1", all.clone()),
        ("limit=-2147483648", all.clone()),
        ("limit=&offset=", all.clone()),
        ("offset=-3", all.clone()),
        ("deleted=False&deleted_only=False&offset=0&limit=-1", all),
    ] {
        app.get(&format!("/subjects?{query}")).await.ok(expected);
    }
}

/// Contract: 6.0/1, 10/9.
#[tokio::test]
async fn lists_may_be_limited_by_the_server() {
    let limits = PageLimits { default: 2, max: 3 };
    let door = DoorSettings {
        subject_limits: limits,
        version_limits: limits,
        context_limits: limits,
        schema_limits: limits,
        ..DoorSettings::default()
    };
    let app = App::start_behind(&door, Options::default()).await;
    for at in 0..5 {
        app.accept("s", &format!(r#"{{"type":"record","name":"R","doc":"{at}","fields":[]}}"#)).await;
        app.accept(&format!(":.c{at}:s"), STRING).await;
        app.accept(&format!("t{at}"), STRING).await;
    }
    for path in ["/subjects", "/subjects/s/versions", "/contexts", "/schemas/ids/2/subjects"] {
        let length = async |query: &str| app.get(&format!("{path}{query}")).await.json().as_array().map(Vec::len);
        for (query, expected) in
            [("", 2), ("?limit=0", 2), ("?limit=1", 1), ("?limit=3", 3), ("?limit=4", 2), ("?limit=-7", 2)]
        {
            let found = length(query).await;
            assert_eq!(found, Some(expected), "{path}{query}");
        }
    }
}
