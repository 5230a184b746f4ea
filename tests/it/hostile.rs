//! Requests that mean harm: each gets the right refusal, nothing breaks, and the server still answers.

mod schemas;

use serde_json::json;

use crate::harness::{Answer, App, Exchange, STRING, avro, cut_off, exchange};

const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

/// Every endpoint that reads a body.
const READERS: [(&str, &str); 9] = [
    ("POST", "/subjects/s/versions"),
    ("POST", "/subjects/s"),
    ("POST", "/compatibility/subjects/s/versions/latest"),
    ("POST", "/compatibility/subjects/s/versions"),
    ("PUT", "/config"),
    ("PUT", "/config/s"),
    ("PUT", "/mode"),
    ("PUT", "/mode/s"),
    ("POST", "/schemas/ids/1/validate"),
];

/// Demands an error of the client's making, told in JSON.
#[track_caller]
fn blamed(answer: &Answer) {
    assert!((400..500).contains(&answer.status), "{}: {} {}", answer.question, answer.status, shortened(answer));
    let body = answer.json();
    let code = body["error_code"].as_u64().unwrap_or_default();
    let status = if code < 1000 { code } else { code / 100 };
    assert!(
        status == u64::from(answer.status) && body["message"].is_string(),
        "{}: {}",
        answer.question,
        shortened(answer)
    );
}

fn shortened(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).chars().take(500).collect()
}

async fn with_a_schema() -> App {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app
}

#[tokio::test]
async fn deep_nesting_of_a_request_is_refused() {
    let app = with_a_schema().await;
    for depth in [5_000, 100_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            for (method, path) in READERS {
                let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
                blamed(&app.send(method, path, &JSON, nested.clone()).await);
                // In a member that is not known, too.
                let hidden = format!("{{\"unknown\":{nested},\"schema\":\"a\"}}");
                let answer = app.send(method, path, &JSON, hidden).await;
                assert_eq!(answer.status, 400, "{method} {path}: {}", shortened(&answer));
                let unclosed = open.repeat(depth);
                assert_eq!(app.send(method, path, &JSON, unclosed).await.status, 400);
            }
        }
    }
    app.is_well().await;
}

/// Contract: 1.4/11, 10/10.
#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_one_below_it_is_read() {
    let app = with_a_schema().await;
    let body_of = |length: usize| {
        let frame = r#"{"schema":"\"string\"","unknown":""}"#.len();
        format!(r#"{{"schema":"\"string\"","unknown":"{}"}}"#, "x".repeat(length - frame))
    };
    for (method, path) in READERS {
        for length in [10_000_001, 12_000_000] {
            let answer = app.send(method, path, &JSON, body_of(length)).await;
            assert_eq!(answer.status, 413, "{method} {path} with {length} bytes: {}", shortened(&answer));
            blamed(&answer);
        }
    }
    app.send("POST", "/subjects/s/versions", &JSON, body_of(10_000_000)).await.holds(1, 1);
    app.send("POST", "/subjects/s/versions", &JSON, body_of(9_999_999)).await.holds(1, 1);
    app.is_well().await;
}

/// Contract: 10/10.
#[tokio::test]
async fn a_body_that_comes_in_chunks_has_the_same_limit() {
    let app = with_a_schema().await;
    let head = "POST /subjects/s/versions HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    let body = avro(STRING).to_string();
    let small = format!("{head}{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    exchange(app.address(), small.as_bytes(), "a small chunk").await.holds(1, 1);
    let chunk = format!("{:x}\r\n{}\r\n", 1_000_000, " ".repeat(1_000_000));
    let large = format!("{head}{}0\r\n\r\n", chunk.repeat(11));
    let answer = exchange(app.address(), large.as_bytes(), "eleven large chunks").await;
    assert_eq!(answer.status, 413, "{}", shortened(&answer));
    for wrong in ["x\r\n", "-1\r\n", "ffffffffffffffffff\r\n", "5\r\nabc\r\n0\r\n\r\n"] {
        let request = format!("{head}{wrong}");
        if let Some(answer) = cut_off(app.address(), request.as_bytes(), wrong).await {
            assert!((400..500).contains(&answer.status), "{wrong:?}: {}", answer.status);
        }
    }
    app.is_well().await;
}

#[tokio::test]
async fn a_request_that_is_cut_off_changes_nothing() {
    let app = App::start().await;
    let body = avro(STRING).to_string();
    let head = format!(
        "POST /subjects/cut/versions HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let whole = format!("{head}{body}");
    for length in [1, 10, head.len() - 1, head.len(), head.len() + 1, whole.len() - 1] {
        let answer = cut_off(app.address(), &whole.as_bytes()[..length], "cut off").await;
        if let Some(answer) = answer {
            assert!((400..500).contains(&answer.status), "{length} bytes: {}", shortened(&answer));
        }
    }
    // The JSON itself may be cut off, too.
    for length in 1..body.len() {
        app.send("POST", "/subjects/cut/versions", &JSON, body[..length].to_owned()).await.refused_with(400, &[]);
    }
    app.get("/subjects?deleted=true").await.ok(json!([]));
    app.is_well().await;
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_a_bad_request() {
    let app = with_a_schema().await;
    for (method, path) in READERS {
        for bytes in [
            b"\xff".as_slice(),
            b"{\"schema\":\"\xff\"}",
            b"{\"schema\":\"\xc3\"}",
            b"{\"\xf0\x9f\":1}",
            b"{\"schema\":\"\xed\xa0\x80\"}",
            b"\xfe\xff\0{\0}",
        ] {
            let answer = app.send(method, path, &JSON, bytes.to_vec()).await;
            assert_eq!(answer.status, 400, "{method} {path} {bytes:?}: {}", shortened(&answer));
            blamed(&answer);
        }
    }
    for target in [
        "/subjects/%FF/versions",
        "/subjects/a%C3/versions/1",
        "/config/%ED%A0%80",
        "/mode/%80",
        "/contexts/%FF/subjects",
    ] {
        let answer = app.exchange(Exchange { method: "GET", target, ..Exchange::default() }).await;
        blamed(&answer);
        assert_eq!(answer.status, 400, "{target}");
    }
    let answer =
        app.exchange(Exchange { method: "GET", target: "/subjects?subjectPrefix=%FF", ..Exchange::default() }).await;
    assert!(answer.status < 500);
    app.is_well().await;
}

#[tokio::test]
async fn nul_bytes_do_no_harm() {
    let app = with_a_schema().await;
    for target in [
        "/subjects/%00/versions",
        "/subjects/s%00/versions/1",
        "/subjects/s/versions/%00",
        "/subjects/s/versions/1%00",
        "/schemas/ids/%00",
        "/schemas/ids/1?subject=%00",
        "/schemas/guids/%00",
        "/config/%00",
        "/mode/%00",
        "/contexts/%00/subjects/s/versions",
        "/subjects/:.%00:s/versions",
    ] {
        let answer = app.exchange(Exchange { method: "GET", target, ..Exchange::default() }).await;
        if target != "/schemas/ids/1?subject=%00" {
            blamed(&answer);
        }
        assert!(answer.status < 500, "{target}: {}", shortened(&answer));
    }
    for path in [
        "/subjects?subjectPrefix=%00",
        "/contexts?contextPrefix=%00",
        "/schemas/guids/%00/ids",
        "/contexts/%00/subjects",
    ] {
        app.get(path).await.ok(json!([]));
    }
    let nul = json!({
        "schema": "{\"type\":\"record\",\"name\":\"R\",\"doc\":\"\\u0000\",\"a\\u0000\":\"\\u0000\",\"fields\":[]}",
        "metadata": {"properties": {"\0": "\0"}, "tags": {"\0": ["\0"]}, "sensitive": ["\0"]},
        "ruleSet": {"domainRules": [{"name": "r", "type": "\0", "doc": "\0", "params": {"\0": "\0"}, "tags": ["\0"]}]}
    });
    app.register("nul", nul.clone()).await.holds(2, 1);
    app.register("nul", nul).await.holds(2, 1);
    let kept = app.get("/schemas/ids/2").await.json();
    let (text, metadata) = (kept["schema"].as_str().expect("a text"), &kept["metadata"]["properties"]);
    assert!(text.contains(r#""doc":"\u0000""#) && text.ends_with('}'), "{text}");
    assert_eq!(*metadata, json!({"\0": "\0"}));
    let references = json!([{"name": "\0", "subject": "\0", "version": 1}]);
    app.register("nul-2", json!({"schema": STRING, "references": references})).await.refused_with(42201, &[]);
    let references = json!([{"name": "\0", "subject": "s", "version": 1}]);
    let answer = app.register("nul-3", json!({"schema": STRING, "references": references})).await;
    assert!(answer.status < 500, "{}", shortened(&answer));
    app.register("nul-4", avro("\0")).await.refused_with(42201, &[]);
    app.put("/config/nul", json!({"alias": "\0", "compatibilityGroup": "\0"})).await.json();
    let raw = exchange(app.address(), b"GET /subjects/\0 HTTP/1.1\r\nHost: registry\r\n\r\n", "a raw NUL").await;
    assert_eq!(raw.status, 400);
    app.is_well().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let app = App::start().await;
    for request in [
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET /subjects HTTP/9.9\r\n\r\n",
        "GET subjects HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /subjects HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /subjects HTTP/1.1\r\nBad Name: x\r\n\r\n",
        "POST /subjects/s HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        "POST /subjects/s HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /subjects/s HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ] {
        if let Some(answer) = cut_off(app.address(), request.as_bytes(), request).await {
            assert!((400..500).contains(&answer.status), "{request:?}: {}", answer.status);
        }
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "a".repeat(1_000_000));
    if let Some(answer) = cut_off(app.address(), long.as_bytes(), "a long path").await {
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }
    let headers: Vec<String> = (0..10_000).map(|at| format!("H{at}: {at}\r\n")).collect();
    let headers = headers.concat();
    let many = format!("GET /subjects HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n");
    if let Some(answer) = cut_off(app.address(), many.as_bytes(), "many headers").await {
        assert!((400..500).contains(&answer.status), "{}", answer.status);
    }
    app.is_well().await;
}

#[tokio::test]
async fn odd_headers_are_taken_or_refused() {
    let app = App::start().await;
    for (name, value) in [
        ("Accept", b"\xff\xfe".as_slice()),
        ("Accept", b";;;,,,q=,/"),
        ("Accept", b"application/json;q=nonsense"),
        ("Accept", b"application/json;q=99999999999999999999999999"),
        ("Content-Type", b"\xff"),
        ("Content-Type", b";"),
        ("Content-Type", b"application/json; charset=\"unclosed"),
        ("X-Request-ID", b"\xff\xfe"),
        ("Accept-Encoding", b"gzip;q=nonsense, \xff"),
        ("Content-Encoding", b"gzip"),
        ("Expect", b"nonsense"),
        ("Authorization", b"Basic nonsense"),
    ] {
        let headers = [(name, value)];
        let answer = app.exchange(Exchange { method: "GET", target: "/subjects", headers: &headers, body: b"" }).await;
        assert!(answer.status < 500, "{name}: {value:?}: {}", answer.status);
    }
    let accept = vec!["application/json;q=0.5"; 5_000].join(",");
    let headers = [("Accept", accept.as_bytes())];
    let answer = app.exchange(Exchange { method: "GET", target: "/subjects", headers: &headers, body: b"" }).await;
    assert!(answer.status < 500);
    app.is_well().await;
}
