//! What holds for every request: paths, methods, headers, query parameters (contract, sections 1.2 to 1.5 and 6.1).

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::harness::{App, Exchange, STRING, avro};

const NOT_FOUND: &str = "HTTP 404 Not Found";

/// Contract: 6.1/1-2.
#[tokio::test]
async fn the_root_answers_an_empty_object() {
    let app = App::start().await;
    app.get("/").await.ok(json!({}));
    app.post("/", json!({"any": "thing"})).await.ok(json!({}));
    app.send("POST", "/", &[], "").await.ok(json!({}));
}

/// Contract: 1.4/1.
#[tokio::test]
async fn an_unknown_path_is_a_404_in_json() {
    let app = App::start().await;
    for path in [
        "/nothing",
        "/subjects/s/versions/1/nothing",
        "/subjects/s/nothing",
        "/schemas/nothing",
        "/schemas/ids",
        "/schemas/ids/1/deployment",
        "/compatibility",
        "/SUBJECTS",
        "/associations?resourceName=t&resourceNamespace=-",
        "/security/acls",
    ] {
        app.get(path).await.refused(404, NOT_FOUND);
    }
    app.post("/nothing", json!({})).await.refused(404, NOT_FOUND);
    app.delete("/nothing").await.refused(404, NOT_FOUND);
}

/// Clients ask this before they serialise; any other answer keeps them from producing.
/// Contract: 11/4.
#[tokio::test]
async fn the_question_for_associations_of_a_topic_finds_none() {
    let app = App::start().await;
    let answer = app.get("/associations/resources/-/t?resourceType=topic&associationType=value").await;
    assert!(matches!(answer.status, 200 | 404), "{}", answer.status);
    if answer.status == 200 {
        answer.ok(json!([]));
    }
}

/// Contract: 1.4/2.
#[tokio::test]
async fn a_known_path_says_which_methods_it_has() {
    let app = App::start().await;
    for (method, path, allowed) in [
        ("PUT", "/", vec!["GET", "POST"]),
        ("POST", "/subjects", vec!["GET"]),
        ("GET", "/subjects/s", vec!["POST", "DELETE"]),
        ("PUT", "/subjects/s/versions", vec!["GET", "POST"]),
        ("PATCH", "/subjects/s/versions/1", vec!["GET", "DELETE"]),
        ("POST", "/subjects/s/versions/1/schema", vec!["GET"]),
        ("POST", "/subjects/s/versions/1/referencedby", vec!["GET"]),
        ("DELETE", "/schemas/ids/1", vec!["GET"]),
        ("POST", "/schemas/ids/1/schema", vec!["GET"]),
        ("POST", "/schemas/ids/1/subjects", vec!["GET"]),
        ("POST", "/schemas/ids/1/versions", vec!["GET"]),
        ("POST", "/schemas/types", vec!["GET"]),
        ("GET", "/compatibility/subjects/s/versions", vec!["POST"]),
        ("GET", "/compatibility/subjects/s/versions/1", vec!["POST"]),
        ("POST", "/config", vec!["GET", "PUT", "DELETE"]),
        ("POST", "/config/s", vec!["GET", "PUT", "DELETE"]),
        ("POST", "/mode", vec!["GET", "PUT", "DELETE"]),
        ("PATCH", "/mode/s", vec!["GET", "PUT", "DELETE"]),
        ("POST", "/contexts", vec!["GET"]),
        ("GET", "/contexts/.ctx", vec!["DELETE"]),
    ] {
        let answer = app.send(method, path, &[], "").await;
        let allow = answer.header("allow").unwrap_or_default().to_owned();
        let listed: Vec<&str> = allow.split(',').map(str::trim).collect();
        assert!(allowed.iter().all(|method| listed.contains(method)), "{method} {path}: Allow is {allow:?}");
        assert!(!listed.contains(&method), "{method} {path}: Allow is {allow:?}");
        answer.refused(405, "HTTP 405 Method Not Allowed");
    }
}

/// Contract: 1.2/4, 1.2/9, 11/3.
#[tokio::test]
async fn one_trailing_slash_changes_nothing() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for path in [
        "/subjects",
        "/subjects/s/versions",
        "/subjects/s/versions/1",
        "/subjects/s/versions/1/schema",
        "/subjects/s/versions/1/referencedby",
        "/schemas/ids/1",
        "/schemas/ids/1/schema",
        "/schemas/ids/1/subjects",
        "/schemas/ids/1/versions",
        "/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d",
        "/schemas/types",
        "/config",
        "/mode",
        "/contexts",
        "/contexts/.ctx/subjects",
        "/subjects/unknown/versions",
        "/config/s",
        "/schemas/ids/x",
    ] {
        let without = app.get(path).await;
        let with = app.get(&format!("{path}/")).await;
        assert_eq!((with.status, with.text()), (without.status, without.text()), "{path}");
        let queried = app.get(&format!("{path}/?unknown=parameter")).await;
        assert_eq!(queried.text(), without.text(), "{path}");
    }
    app.post("/subjects/s/versions/", avro(STRING)).await.holds(1, 1);
    app.post("/subjects/s/", avro(STRING)).await.holds(1, 1);
    app.post("/compatibility/subjects/s/versions/?verbose=false", avro(STRING))
        .await
        .ok(json!({"is_compatible": true}));
    app.put("/config/", json!({"normalize": true})).await.ok(json!({"normalize": true}));
    app.delete("/config/").await.ok(json!({"normalize": true, "compatibilityLevel": "BACKWARD"}));
    app.delete("/subjects/s/").await.ok(json!([1]));
}

/// Contract: 1.2/3.
#[tokio::test]
async fn an_empty_segment_in_the_middle_is_a_bad_request() {
    let app = App::start().await;
    for target in
        ["/subjects//versions", "/subjects//versions/1", "//subjects", "/schemas//ids/1", "/contexts/.c//config"]
    {
        let answer = app.exchange(Exchange { method: "GET", target, ..Exchange::default() }).await;
        answer.refused_with(400, &[]);
    }
    app.post("/subjects//versions", avro(STRING)).await.refused_with(400, &[]);
}

/// Contract: 1.2/12.
#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for path in ["/subjects", "/subjects/s/versions/1", "/schemas/ids/1/schema", "/subjects/x/versions", "/nothing"] {
        let get = app.get(path).await;
        let head = app.send("HEAD", path, &[], "").await;
        assert_eq!((head.status, head.header("content-type")), (get.status, get.header("content-type")), "{path}");
        assert!(head.body.is_empty(), "{path}");
    }
}

/// Contract: 1.2/13.
#[tokio::test]
async fn options_are_answered_for_known_paths() {
    let app = App::start().await;
    for path in ["/subjects", "/subjects/s/versions", "/config"] {
        let answer = app.send("OPTIONS", path, &[], "").await;
        assert!((200..300).contains(&answer.status), "{path}: {}", answer.status);
        assert!(answer.header("allow").is_some_and(|allow| allow.contains("GET")), "{path}: {:?}", answer.headers);
    }
}

/// Contract: 1.5/1-2.
#[tokio::test]
async fn a_request_id_is_echoed_or_made() {
    let app = App::start().await;
    let answer = app.send("GET", "/subjects", &[("X-Request-ID", "mine-1")], "").await;
    assert_eq!(answer.header("x-request-id"), Some("mine-1"));
    let refused = app.send("GET", "/nothing", &[("X-Request-ID", "mine 2")], "").await;
    assert_eq!(refused.header("x-request-id"), Some("mine 2"));
    let mut made = Vec::new();
    for headers in [
        vec![],
        vec![("X-Request-ID", "")],
        vec![("X-Request-ID", "  ")],
        vec![("X-Request-ID", "a"), ("X-Request-ID", "b")],
    ] {
        for path in ["/subjects", "/nothing", "/subjects//versions"] {
            let answer = app.send("GET", path, &headers, "").await;
            let id = answer.header("x-request-id").expect("every response has an id").to_owned();
            let uuid =
                uuid::Uuid::parse_str(&id).unwrap_or_else(|error| panic!("{headers:?}: {id:?} is no UUID: {error}"));
            assert_eq!(uuid.get_version_num(), 4);
            made.push(id);
        }
    }
    made.sort();
    made.dedup();
    assert_eq!(made.len(), 12, "each one is new");
}

/// Contract: 1.5/7.
#[tokio::test]
async fn answers_to_get_and_post_are_compressed_for_those_who_ask() {
    let app = App::start().await;
    let body = avro(&format!(r#"{{"type":"record","name":"R","doc":"{}","fields":[]}}"#, "word ".repeat(1000)));
    let gzip = [("Accept-Encoding", "gzip"), ("Content-Type", "application/json")];
    let posted = app.send("POST", "/subjects/s/versions", &gzip, body.to_string()).await;
    assert_eq!((posted.status, posted.header("content-encoding")), (200, Some("gzip")));
    let plain = app.get("/subjects/s/versions/1").await;
    assert_eq!(plain.header("content-encoding"), None);
    let zipped = app.send("GET", "/subjects/s/versions/1", &gzip, "").await;
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(zipped.header("content-type"), plain.header("content-type"));
    assert!(zipped.body.len() < plain.body.len() / 5);
    assert_eq!(zipped.unzipped(), plain.text());
    let metadata = json!({"defaultMetadata": {"properties": {"k": "word ".repeat(1000)}}});
    let put = app.send("PUT", "/config", &gzip, metadata.to_string()).await;
    assert_eq!((put.status, put.header("content-encoding")), (200, None));
}

/// Contract: 1.2/6, 12/29.
#[tokio::test]
async fn numbers_in_the_query_must_be_numbers() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for path in ["/subjects", "/contexts", "/subjects/s/versions", "/schemas/ids/1/subjects", "/schemas/ids/1/versions"]
    {
        let whole = app.get(path).await.json();
        for parameter in ["offset", "limit"] {
            for wrong in ["x", "1.5", "1e1", "2147483648", "-2147483649", "99999999999999999999", "%20", "0x1"] {
                app.get(&format!("{path}?{parameter}={wrong}")).await.refused(404, NOT_FOUND);
            }
            app.get(&format!("{path}?{parameter}=")).await.ok(whole.clone());
        }
        app.get(&format!("{path}?limit=2147483647&offset=-2147483648")).await.ok(whole);
        app.get(&format!("{path}?offset=2147483647")).await.ok(json!([]));
    }
}

#[tokio::test]
async fn percent_signs_in_query_values_are_decoded() {
    let app = App::start().await;
    app.accept("a b/c&d=é", STRING).await;
    for query in ["a%20b%2Fc%26d%3D%C3%A9", "a+b%2fc%26d%3d%c3%a9"] {
        app.get(&format!("/subjects?subjectPrefix={query}")).await.ok(json!(["a b/c&d=é"]));
    }
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let app = App::start().await;
    let mut stream = TcpStream::connect(app.address()).await.expect("the server listens");
    let request = b"GET /subjects HTTP/1.1\r\nHost: registry\r\n\r\n";
    stream.write_all(&[request.as_slice(), request.as_slice()].concat()).await.expect("two requests at once");
    let mut received = String::new();
    while received.matches("\r\n\r\n[]").count() < 2 {
        let mut part = [0; 1024];
        let length = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut part)).await;
        let length = length.expect("two responses").expect("the connection stays");
        assert!(length > 0, "the server closed the connection after {received:?}");
        received.push_str(&String::from_utf8_lossy(&part[..length]));
    }
    assert_eq!(received.matches("HTTP/1.1 200 OK").count(), 2);
}

/// Contract: 1.5/9.
#[tokio::test]
async fn http_2_is_spoken_without_an_upgrade() {
    let app = App::start().await;
    let mut stream = TcpStream::connect(app.address()).await.expect("the server listens");
    // The preface, and a SETTINGS frame with nothing in it.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.expect("a preface");
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.expect("a frame");
    assert_eq!(frame[3], 4, "the server's first frame is SETTINGS");
}
