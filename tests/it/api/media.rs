//! Media types of requests and responses (contract, section 1.1).

use serde_json::json;

use crate::harness::{App, Exchange, STRING, avro, refusal};

const V1: &str = "application/vnd.schemaregistry.v1+json";
const VENDOR: &str = "application/vnd.schemaregistry+json";
const PLAIN: &str = "application/json";

const ACCEPTED: &[(&str, &str)] = &[
    ("*/*", V1),
    ("application/*", V1),
    (V1, V1),
    (VENDOR, VENDOR),
    (PLAIN, PLAIN),
    ("Application/JSON", PLAIN),
    ("application/json, application/vnd.schemaregistry.v1+json", V1),
    ("application/json,application/vnd.schemaregistry+json", VENDOR),
    ("application/vnd.schemaregistry.v1+json,application/vnd.schemaregistry+json,application/json", V1),
    // The client's weight times the server's: 0.5 against 0.8, 0.45 against 0.1.
    ("application/json;q=1, application/vnd.schemaregistry.v1+json;q=0.8", V1),
    ("application/json;q=0.9, application/vnd.schemaregistry.v1+json;q=0.1", PLAIN),
    ("application/vnd.schemaregistry.v1+json;q=0, application/*", VENDOR),
    ("text/html, application/json;q=0.1", PLAIN),
    // What the JDK's client, a browser and a JavaScript client send.
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", V1),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", V1),
    ("application/json, text/plain, */*", V1),
    ("", V1),
];

/// Contract: 1.1/1-4, 1.3/2, 11/1.
#[tokio::test]
async fn the_response_has_the_type_that_was_negotiated() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for (accept, expected) in ACCEPTED {
        for path in ["/subjects", "/subjects/s/versions/1/schema", "/subjects/unknown/versions"] {
            let answer = app.send("GET", path, &[("Accept", accept)], "").await;
            assert_eq!(answer.header("content-type"), Some(*expected), "{accept:?} on {path}");
        }
    }
    let answer = app.exchange(Exchange { method: "GET", target: "/subjects", ..Exchange::default() }).await;
    assert_eq!(answer.header("content-type"), Some(V1), "no Accept at all");
}

/// Contract: 1.1/7, 1.4/3, 1.4/14.
#[tokio::test]
async fn a_client_that_accepts_no_produced_type_gets_406() {
    let app = App::start().await;
    for accept in ["text/html", "application/xml, text/*", "application/json;q=0", "*/*;q=0", "*;q=0.0"] {
        for (method, path) in [("GET", "/subjects"), ("DELETE", "/subjects/s"), ("POST", "/subjects/s/versions")] {
            let answer = app.send(method, path, &[("Accept", accept), ("Content-Type", PLAIN)], "{}").await;
            answer.refused(406, "HTTP 406 Not Acceptable");
        }
    }
    let answer = app.send("GET", "/subjects", &[("Accept", "text/html")], "").await;
    assert_eq!(answer.header("content-type"), Some(V1));
}

/// Contract: 1.1/5, 12/28.
#[tokio::test]
async fn a_body_of_an_accepted_type_is_read_as_json() {
    let app = App::start().await;
    let body = avro(STRING).to_string();
    for content_type in [
        V1,
        VENDOR,
        PLAIN,
        "application/octet-stream",
        "application/json;charset=utf-8",
        "application/vnd.schemaregistry.v1+json; charset=UTF-8",
        "APPLICATION/JSON",
    ] {
        let headers = [("Content-Type", content_type)];
        app.send("POST", "/subjects/s/versions", &headers, body.clone()).await.holds(1, 1);
    }
    app.send("POST", "/subjects/s/versions", &[], body).await.holds(1, 1);
}

/// Contract: 1.1/6, 1.4/4, 12/28.
#[tokio::test]
async fn any_other_type_gets_415_with_and_without_a_body() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let body = avro(STRING).to_string();
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml", "text/json", "nonsense"]
    {
        for (method, path) in [
            ("GET", "/subjects"),
            ("GET", "/schemas/ids/1"),
            ("GET", "/config"),
            ("DELETE", "/subjects/s"),
            ("DELETE", "/mode"),
            ("POST", "/subjects/s/versions"),
            ("POST", "/compatibility/subjects/s/versions"),
            ("PUT", "/config"),
        ] {
            let body = if matches!(method, "POST" | "PUT") { body.clone() } else { String::new() };
            let answer = app.send(method, path, &[("Content-Type", content_type)], body).await;
            assert_eq!(answer.header("content-type"), Some(V1));
            answer.refused(415, "HTTP 415 Unsupported Media Type");
        }
    }
    app.get("/subjects/s/versions").await.ok(json!([1]));
}

/// Contract: 1.4/14.
#[tokio::test]
async fn a_415_has_the_one_produced_type_that_the_client_names() {
    let app = App::start().await;
    for (accept, expected) in
        [(PLAIN, PLAIN), (VENDOR, VENDOR), ("application/json, text/html", PLAIN), ("*/*", V1), ("text/html", V1)]
    {
        let answer = app.send("GET", "/subjects", &[("Accept", accept), ("Content-Type", "text/plain")], "").await;
        assert_eq!((answer.status, answer.header("content-type")), (415, Some(expected)), "{accept}");
        assert_eq!(answer.json(), refusal(415, "HTTP 415 Unsupported Media Type"));
    }
}
