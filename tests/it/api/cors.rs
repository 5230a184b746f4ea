//! What settings change about every answer: CORS, further headers, compression; and HTTP/2 without TLS.

use regis::{
    http::{Cors, DoorSettings, ExtraHeaders, Origins},
    registry::Options,
};
use serde_json::json;

use crate::harness::{Answer, App, STRING};

async fn behind(door: DoorSettings) -> App {
    App::start_behind(&door, Options::default()).await
}

async fn open_to(origins: &str) -> App {
    let cors = Cors { origins: Origins::parse(origins).expect("origins"), ..Cors::default() };
    behind(DoorSettings { cors, ..DoorSettings::default() }).await
}

async fn ask_before(app: &App, origin: &str) -> Answer {
    let headers = [
        ("Origin", origin),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,authorization"),
    ];
    app.send("OPTIONS", "/subjects/s/versions", &headers, "").await
}

const PAGE: &str = "https://console.example.com";

/// Contract: 1.5/8.
#[tokio::test]
async fn without_a_setting_no_page_may_call() {
    let app = App::start().await;
    let answer = app.send("GET", "/subjects", &[("Origin", PAGE)], "").await.ok(json!([]));
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(ask_before(&app, PAGE).await.header("access-control-allow-origin"), None);
}

/// Contract: 1.5/8.
#[tokio::test]
async fn a_named_origin_may_call_and_no_other() {
    let app = open_to("http://localhost:3000, https://console.example.com").await;
    let before = ask_before(&app, PAGE).await;
    assert_eq!(before.status, 200, "{before:?}");
    assert_eq!(before.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(before.header("access-control-allow-methods"), Some("GET,POST,PUT,DELETE,HEAD"));
    assert_eq!(before.header("access-control-allow-headers"), Some("content-type,authorization"));
    assert!(before.header("x-request-id").is_some(), "{before:?}");
    let answer = app.send("GET", "/subjects", &[("Origin", PAGE)], "").await.ok(json!([]));
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(answer.header("access-control-expose-headers"), Some("etag,x-request-id"));
    // A refusal must be readable too.
    let refused = app.send("GET", "/subjects/none/versions", &[("Origin", PAGE)], "").await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (404, Some(PAGE)));
    assert_eq!(ask_before(&app, "https://evil.example.com").await.header("access-control-allow-origin"), None);
}

/// Contract: 1.5/8.
#[tokio::test]
async fn a_star_opens_to_every_page() {
    let app = open_to("*").await;
    assert_eq!(ask_before(&app, "https://any.example.com").await.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn what_is_no_origin_is_a_mistake() {
    for text in ["console.example.com", "https://", "https://a/b", "https://*.example.com", "*,https://a", "https://a,"]
    {
        assert!(Origins::parse(text).is_err(), "{text}");
    }
}

/// Contract: 1.5/6, 10/12.
#[tokio::test]
async fn every_answer_has_the_headers_of_the_setting() {
    let text =
        r#"add X-XSS-Protection: 1; mode=block, "set Cache-Control: no-cache, no-store, must-revalidate", X-Own: a:b"#;
    let extra_headers = ExtraHeaders::parse(text).expect("headers");
    let app = behind(DoorSettings { extra_headers, ..DoorSettings::default() }).await;
    app.accept("s", STRING).await;
    for (method, path) in [
        ("GET", "/subjects"),
        ("GET", "/schemas/ids/1"),
        ("GET", "/nothing"),
        ("PATCH", "/subjects"),
        ("GET", "/contexts/a:b/subjects"),
        ("HEAD", "/subjects"),
        ("GET", "/livez"),
    ] {
        let answer = app.send(method, path, &[], "").await;
        assert_eq!(answer.header("x-xss-protection"), Some("1; mode=block"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-cache, no-store, must-revalidate"), "{answer:?}");
        assert_eq!(answer.header("x-own"), Some("a:b"), "{answer:?}");
        assert_eq!(answer.headers.iter().filter(|(name, _)| name == "cache-control").count(), 1, "{answer:?}");
    }
}

#[test]
fn headers_that_would_break_answers_are_mistakes() {
    for (text, why) in [
        ("X-A", "is no header"),
        ("X A: 1", "is neither set nor add"),
        ("setDate Expires: 1", "is neither set nor add"),
        ("set X(A: 1", "the name"),
        ("set X-A: \u{1}", "the value"),
        ("\"set X-A: 1", "is not closed"),
        ("Content-Length: 5", "belongs to the answer itself"),
        ("set content-type: text/plain", "belongs to the answer itself"),
    ] {
        let wrong = ExtraHeaders::parse(text).expect_err(text);
        assert!(wrong.contains(why), "{text}: {wrong}");
    }
    assert_eq!(ExtraHeaders::parse(" , "), Ok(ExtraHeaders::default()));
}

/// Contract: 1.5/7.
#[tokio::test]
async fn compression_can_be_taken_away() {
    let app = behind(DoorSettings { compression: false, ..DoorSettings::default() }).await;
    let answer = app.send("GET", "/openapi.json", &[("Accept-Encoding", "gzip")], "").await;
    assert_eq!((answer.status, answer.header("content-encoding")), (200, None));
    let app = App::start().await;
    let answer = app.send("GET", "/openapi.json", &[("Accept-Encoding", "gzip")], "").await;
    assert_eq!((answer.status, answer.header("content-encoding")), (200, Some("gzip")));
}

/// Contract: 1.5/9.
#[tokio::test]
async fn a_client_may_speak_http_2_from_the_first_byte() {
    let app = App::start().await;
    let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().expect("a client");
    let url = |path: &str| format!("http://{}{path}", app.address());
    let posted = client
        .post(url("/subjects/s%2Ft/versions"))
        .header("Content-Type", "application/json")
        .body(json!({"schema": STRING}).to_string())
        .send()
        .await
        .expect("an answer");
    assert_eq!((posted.version(), posted.status().as_u16()), (reqwest::Version::HTTP_2, 200));
    let many = (0..50).map(|_| client.get(url("/subjects")).send());
    for answer in futures_util::future::join_all(many).await {
        let answer = answer.expect("an answer");
        assert_eq!(answer.version(), reqwest::Version::HTTP_2);
        assert_eq!(answer.text().await.expect("a body"), r#"["s/t"]"#);
    }
}
