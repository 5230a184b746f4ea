//! Entity tags, conditions and caches, which are Regis' own: `ETag`, `If-Match`, `If-None-Match`, `Cache-Control`.

use serde_json::{Value, json};

use crate::harness::{Answer, App, INT, LONG, STRING, STRING_GUID, avro, record, segment};

const TYPE: (&str, &str) = ("Content-Type", "application/vnd.schemaregistry.v1+json");

/// The tag of an answer, which must have one.
#[track_caller]
fn tag(answer: &Answer) -> String {
    answer.header("etag").unwrap_or_else(|| panic!("{}: {} without ETag", answer.question, answer.status)).to_owned()
}

/// The head in a tag: what stands before the dot.
#[track_caller]
fn head_of(answer: &Answer) -> String {
    let tag = tag(answer);
    let head = tag.trim_matches('"').split('.').next().unwrap_or_default().to_owned();
    assert!(head.contains('-'), "{}: {tag} names no head", answer.question);
    head
}

async fn head(app: &App, subject: &str) -> String {
    head_of(&app.get(&format!("/subjects/{}/versions?deleted=true", segment(subject))).await)
}

async fn with(app: &App, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
    let headers: Vec<_> = [TYPE].iter().chain(headers).copied().collect();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    app.send(method, path, &headers, body).await
}

async fn read_again(app: &App, path: &str, tag: &str) -> Answer {
    app.send("GET", path, &[("If-None-Match", tag)], "").await
}

#[tokio::test]
async fn every_read_has_a_tag_and_answers_304_to_those_who_have_it() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.put("/config/s", json!({"compatibility": "FULL"})).await.json();
    app.set_mode("s", "READWRITE").await;
    for path in [
        "/",
        "/subjects",
        "/subjects/s/versions",
        "/subjects/s/versions/1",
        "/subjects/s/versions/latest",
        "/subjects/s/versions/1/schema",
        "/subjects/s/versions/1/referencedby",
        "/schemas",
        "/schemas/types",
        "/schemas/ids/1",
        "/schemas/ids/1/schema",
        "/schemas/ids/1/subjects",
        "/schemas/ids/1/versions",
        &format!("/schemas/guids/{STRING_GUID}"),
        &format!("/schemas/guids/{STRING_GUID}/ids"),
        "/config",
        "/config/s",
        "/mode",
        "/mode/s",
        "/contexts",
        "/v1/metadata/id",
        "/v1/metadata/version",
        "/associations/subjects/s",
    ] {
        let first = app.send("GET", path, &[], "").await;
        let tag = tag(&first);
        assert_eq!(first.status, 200, "{path}: {}", first.text());
        assert_eq!(first.header("vary"), Some("accept, accept-encoding"), "{path}");
        let again = read_again(&app, path, &tag).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
        for name in ["cache-control", "vary"] {
            assert_eq!(again.header(name), first.header(name), "{path}");
        }
        assert_eq!(again.header("content-type"), None, "{path}");
        assert!(again.header("x-request-id").is_some(), "{path}");
        // In a list, made weak by a proxy, and as `*`.
        for list in [format!("\"x\", W/{tag}"), format!("\"x\",, {tag} ,"), "*".to_owned()] {
            assert_eq!(read_again(&app, path, &list).await.status, 304, "{path} {list}");
        }
        assert_eq!(read_again(&app, path, "\"x\"").await.says(200, first.text()).header("etag"), Some(tag.as_str()));
        let asked = app.send("HEAD", path, &[], "").await;
        assert_eq!((asked.status, asked.header("etag"), asked.body.len()), (200, Some(tag.as_str()), 0), "{path}");
        let asked = app.send("HEAD", path, &[("If-None-Match", &tag)], "").await;
        assert_eq!(asked.status, 304, "{path}");
    }
}

#[tokio::test]
async fn a_tag_changes_with_what_is_answered() {
    let app = App::start().await;
    app.accept("s", INT).await;
    for (path, body) in [("/subjects/s/versions", avro(LONG)), ("/subjects/t/versions", avro(STRING))] {
        let before = tag(&app.get("/subjects").await);
        let (versions, latest) =
            (tag(&app.get("/subjects/s/versions").await), tag(&app.get("/subjects/s/versions/latest").await));
        app.post(path, body).await.id();
        let moved = path.contains("/s/");
        assert_eq!(read_again(&app, "/subjects/s/versions", &versions).await.status, if moved { 200 } else { 304 });
        assert_eq!(
            read_again(&app, "/subjects/s/versions/latest", &latest).await.status,
            if moved { 200 } else { 304 }
        );
        assert_eq!(read_again(&app, "/subjects", &before).await.status, if moved { 304 } else { 200 });
    }
    // Who refers to a version is not the subject's own affair: its head stays, the answer's tag does not.
    app.accept("ref", &record("Ref", &[])).await;
    let referrers = app.get("/subjects/ref/versions/1/referencedby").await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    app.register("base", body).await.id();
    let after = app.get("/subjects/ref/versions/1/referencedby").await;
    assert_eq!(head_of(&referrers), head_of(&after));
    assert_ne!(tag(&referrers), tag(&after));
}

#[tokio::test]
async fn media_types_and_compression_have_tags_of_their_own() {
    let app = App::start().await;
    app.accept("s", &record("R", &[("a", STRING)])).await;
    let path = "/subjects/s/versions/1";
    let own = tag(&app.get(path).await);
    let plain = app.send("GET", path, &[("Accept", "application/json")], "").await;
    assert_ne!(tag(&plain), own);
    assert_eq!(app.send("GET", path, &[("Accept", "application/json"), ("If-None-Match", &own)], "").await.status, 200);
    let zipped = app.send("GET", path, &[("Accept-Encoding", "gzip")], "").await;
    assert_eq!((zipped.header("content-encoding"), tag(&zipped)), (Some("gzip"), format!("W/{own}")));
    assert_eq!(zipped.header("vary"), Some("accept, accept-encoding"));
    let weak = tag(&zipped);
    let head = app.send("HEAD", path, &[("Accept-Encoding", "gzip")], "").await;
    assert_eq!((head.header("content-encoding"), tag(&head), head.body.len()), (Some("gzip"), weak.clone(), 0));
    let short = app.send("HEAD", "/subjects", &[("Accept-Encoding", "gzip")], "").await;
    assert_eq!((short.header("content-encoding"), tag(&short).starts_with('"')), (None, true));
    let again = app.send("GET", path, &[("Accept-Encoding", "gzip"), ("If-None-Match", &weak)], "").await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    // A weak tag is good enough to write by: the head is a state, not bytes.
    with(&app, "DELETE", path, &[("If-Match", &weak)], Value::Null).await.ok(1);
}

#[tokio::test]
async fn the_description_and_its_page_are_not_sent_twice() {
    let app = App::start().await;
    for path in ["/openapi.json", "/docs/index.html", "/docs/swagger-ui.css"] {
        let first = app.get(path).await;
        assert_eq!((first.status, first.header("cache-control")), (200, Some("no-cache")), "{path}");
        let again = read_again(&app, path, &tag(&first)).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
    }
}

#[tokio::test]
async fn a_refusal_is_never_kept_and_a_wrong_condition_is_refused() {
    let app = App::start().await;
    for path in ["/subjects/s/versions", "/schemas/ids/1", "/config/s", "/mode/s"] {
        let missing = app.send("GET", path, &[("If-None-Match", "*")], "").await;
        assert_eq!((missing.status, missing.header("cache-control")), (404, Some("no-store")), "{path}");
        assert_eq!(missing.header("etag"), None);
    }
    app.accept("s", STRING).await;
    read_again(&app, "/subjects/s/versions", "\"x")
        .await
        .refused_with(400, &["if-none-match is no list of entity tags"]);
    for (name, value) in [("If-Match", "\"x"), ("If-Match", ""), ("If-None-Match", "\"a\" \"b\"")] {
        let answer = with(&app, "POST", "/subjects/s/versions", &[(name, value)], avro(INT)).await;
        answer.refused_with(400, &["is no list of entity tags"]);
        with(&app, "DELETE", "/subjects/s", &[(name, value)], Value::Null).await.refused_with(400, &[]);
    }
    app.get("/subjects/s/versions").await.ok(json!([1]));
}

#[tokio::test]
async fn what_an_id_means_may_be_kept_and_the_rest_is_asked_for_again() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let guid = format!("/schemas/guids/{STRING_GUID}");
    let kept = ["/schemas/ids/1", "/schemas/ids/1/schema", &guid, "/schemas/ids/1?subject=s"];
    for path in kept {
        assert_eq!(app.get(path).await.header("cache-control"), Some("max-age=3600, immutable"), "{path}");
    }
    for path in [
        "/schemas/ids/1?fetchMaxId=true",
        "/schemas/ids/1/versions",
        "/schemas/ids/1/subjects",
        "/subjects",
        "/subjects/s/versions/1",
        "/subjects/s/versions/latest",
        "/config",
        "/schemas",
    ] {
        assert_eq!(app.get(path).await.header("cache-control"), Some("no-cache"), "{path}");
    }
    // What is soft-deleted may be gone the next moment.
    app.delete("/subjects/s").await.ok(json!([1]));
    for path in kept {
        assert_eq!(app.get(path).await.header("cache-control"), Some("no-cache"), "{path}");
    }
    app.delete("/subjects/s?permanent=true").await.ok(json!([1]));
    for path in ["/schemas/ids/1", &guid] {
        assert_eq!(app.get(path).await.header("cache-control"), Some("no-store"), "{path}");
    }
}

#[tokio::test]
async fn how_long_an_id_is_kept_is_a_setting() {
    use regis::{http::DoorSettings, registry::Options};
    let door = DoorSettings { id_max_age: std::time::Duration::ZERO, ..DoorSettings::default() };
    let app = App::start_behind(&door, Options::default()).await;
    app.accept("s", STRING).await;
    assert_eq!(app.get("/schemas/ids/1").await.header("cache-control"), Some("no-cache"));
}

#[tokio::test]
async fn every_read_under_a_subject_tells_the_same_head() {
    let app = App::start().await;
    app.register("s", json!({"schema": STRING, "metadata": {"properties": {"k": "v"}}})).await.id();
    app.put("/config/alias", json!({"alias": "s"})).await.json();
    let head = head(&app, "s").await;
    for path in [
        "/subjects/s/versions",
        "/subjects/s/versions/1",
        "/subjects/s/versions/latest",
        "/subjects/s/versions/1/schema",
        "/subjects/s/versions/1/referencedby",
        "/subjects/s/metadata?key=k&value=v",
        "/subjects/alias/versions/latest",
        "/subjects/:.:s/versions/1",
    ] {
        assert_eq!(head_of(&app.get(path).await), head, "{path}");
    }
    let found = app.post("/subjects/s", json!({"schema": STRING, "metadata": {"properties": {"k": "v"}}})).await;
    assert_eq!(tag(&found), format!("\"{head}\""));
    // A version that another context answers for has that subject's head.
    app.accept(":.ctx:elsewhere", INT).await;
    let fallback = app.get("/subjects/elsewhere/versions/1").await;
    assert_eq!(head_of(&fallback), self::head(&app, ":.ctx:elsewhere").await);
    let answer = with(&app, "POST", "/subjects/elsewhere/versions", &[("If-Match", &tag(&fallback))], avro(INT)).await;
    answer.refused_with(41201, &["Subject 'elsewhere' does not exist"]);
}

#[tokio::test]
async fn the_head_moves_with_every_write_and_never_comes_back() {
    let app = App::start().await;
    let mut heads = std::collections::BTreeSet::new();
    for round in 0..2 {
        let written = [
            app.register("s", avro(INT)).await,
            app.register("s", avro(LONG)).await,
            app.delete("/subjects/s/versions/1").await,
            app.post("/subjects/s/versions/1/restore", Value::Null).await,
            app.delete("/subjects/s").await,
            app.post("/subjects/s/restore", Value::Null).await,
            app.delete("/subjects/s").await,
            app.register("s", avro(LONG)).await,
            app.delete("/subjects/s").await,
            app.delete("/subjects/s/versions/1?permanent=true").await,
            app.delete("/subjects/s?permanent=true").await,
        ];
        for answer in &written {
            assert_eq!(answer.status, 200, "round {round}, {}: {}", answer.question, answer.text());
            let head = head_of(answer);
            assert_eq!(tag(answer), format!("\"{head}\""));
            assert!(heads.insert(head), "round {round}, {}: {} was there before", answer.question, tag(answer));
        }
    }
    assert_eq!(heads.len(), 22);
}

#[tokio::test]
async fn what_writes_nothing_leaves_the_head() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let before = head(&app, "s").await;
    assert_eq!(head_of(&app.register("s", avro(STRING)).await), before);
    assert_eq!(head_of(&app.post("/subjects/s/restore", Value::Null).await), before);
    assert_eq!(head_of(&app.post("/subjects/s/versions/1/restore", Value::Null).await), before);
    app.register("s", avro(INT)).await.refused_with(40901, &[]);
    // Settings are no versions.
    app.put("/config/s", json!({"compatibility": "NONE"})).await.json();
    app.set_mode("s", "READONLY").await;
    assert_eq!(head(&app, "s").await, before);
}

#[tokio::test]
async fn writes_are_done_only_at_the_head_that_is_demanded() {
    let app = App::start().await;
    app.accept("s", INT).await;
    let old = tag(&app.get("/subjects/s/versions").await);
    app.accept("s", LONG).await;
    let moved = "Subject 's' has moved: its head is ";
    let before = app.dump().await;
    let writes = [
        ("POST", "/subjects/s/versions", avro("\"double\"")),
        // Also what is there already, and what would be refused.
        ("POST", "/subjects/s/versions", avro(LONG)),
        ("POST", "/subjects/s/versions", avro(STRING)),
        ("POST", "/subjects/s/versions/1/tags", json!({"metadata": {"properties": {"a": "b"}}})),
        ("POST", "/subjects/s/versions/1/restore", Value::Null),
        ("POST", "/subjects/s/restore", Value::Null),
        ("DELETE", "/subjects/s/versions/1", Value::Null),
        ("DELETE", "/subjects/s", Value::Null),
    ];
    for (method, path, body) in &writes {
        with(&app, method, path, &[("If-Match", &old)], body.clone()).await.refused_with(41201, &[moved]);
        with(&app, method, path, &[("If-Match", "\"something-else\"")], body.clone())
            .await
            .refused_with(41201, &[moved]);
    }
    assert_eq!(app.dump().await, before);
    let now = tag(&app.get("/subjects/s/versions").await);
    with(&app, "POST", "/subjects/s/versions", &[("If-Match", &now)], avro(LONG)).await.holds(2, 2);
    with(&app, "POST", "/subjects/s/versions", &[("If-Match", &now)], avro(STRING)).await.refused_with(40901, &[]);
    let list = format!("{old}, {now}");
    let written = with(&app, "POST", "/subjects/s/versions", &[("If-Match", &list)], avro("\"double\"")).await;
    let mut at = tag(&written);
    written.holds(3, 3);
    for (method, path) in [
        ("DELETE", "/subjects/s/versions/1"),
        ("POST", "/subjects/s/versions/1/restore"),
        ("DELETE", "/subjects/s"),
        ("POST", "/subjects/s/restore"),
        ("DELETE", "/subjects/s"),
        ("DELETE", "/subjects/s?permanent=true"),
    ] {
        let answer = with(&app, method, path, &[("If-Match", &at)], Value::Null).await;
        assert_eq!(answer.status, 200, "{}: {}", answer.question, answer.text());
        at = tag(&answer);
    }
}

#[tokio::test]
async fn a_star_asks_whether_the_subject_exists() {
    let app = App::start().await;
    let absent = "Subject 's' does not exist";
    with(&app, "POST", "/subjects/s/versions", &[("If-Match", "*")], avro(INT)).await.refused_with(41201, &[absent]);
    with(&app, "DELETE", "/subjects/s", &[("If-Match", "*")], Value::Null).await.refused_with(41201, &[absent]);
    with(&app, "DELETE", "/subjects/s", &[], Value::Null).await.refused_with(40401, &[]);
    with(&app, "POST", "/subjects/s/versions", &[("If-None-Match", "*")], avro(INT)).await.holds(1, 1);
    let present = ["Subject 's' has the head", "it was demanded that it has not"];
    for body in [avro(INT), avro(LONG)] {
        with(&app, "POST", "/subjects/s/versions", &[("If-None-Match", "*")], body).await.refused_with(41201, &present);
    }
    with(&app, "POST", "/subjects/s/versions", &[("If-Match", "*")], avro(LONG)).await.holds(2, 2);
    let head = tag(&app.get("/subjects/s/versions").await);
    let same = with(&app, "POST", "/subjects/s/versions", &[("If-None-Match", &head)], avro("\"double\"")).await;
    same.refused_with(41201, &present);
    // A subject of which every version is soft-deleted does not exist.
    app.delete("/subjects/s").await.ok(json!([1, 2]));
    with(&app, "POST", "/subjects/s/versions", &[("If-Match", "*")], avro(INT)).await.refused_with(41201, &[absent]);
    with(&app, "POST", "/subjects/s/versions", &[("If-None-Match", "*")], avro(INT)).await.holds(1, 3);
}

#[tokio::test]
async fn the_head_of_an_alias_is_that_of_its_target() {
    let app = App::start().await;
    app.accept("one", INT).await;
    app.accept("two", INT).await;
    app.put("/config/alias", json!({"alias": "one"})).await.json();
    let seen = tag(&app.get("/subjects/alias/versions").await);
    app.put("/config/alias", json!({"alias": "two"})).await.json();
    // Both have been written once, yet the head of one is not that of the other.
    let answer = with(&app, "POST", "/subjects/alias/versions", &[("If-Match", &seen)], avro(LONG)).await;
    answer.refused_with(41201, &["Subject 'two' has moved"]);
    app.put("/config/alias", json!({"alias": "one"})).await.json();
    with(&app, "POST", "/subjects/alias/versions", &[("If-Match", &seen)], avro(LONG)).await.holds(2, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_writes_that_demand_the_same_head_exactly_one_is_done() {
    let app = App::start().await;
    for round in 0..50 {
        let subject = format!("s{round}");
        app.accept(&subject, INT).await;
        let head = tag(&app.get(&format!("/subjects/{subject}/versions")).await);
        let write = |method: &'static str, path: String, body: Value| {
            let (app, head) = (app.clone(), head.clone());
            tokio::spawn(async move { with(&app, method, &path, &[("If-Match", &head)], body).await.status })
        };
        let one = write("POST", format!("/subjects/{subject}/versions"), avro(LONG));
        let other = match round % 2 {
            0 => write("POST", format!("/subjects/{subject}/versions"), avro("\"double\"")),
            _ => write("DELETE", format!("/subjects/{subject}/versions/1"), Value::Null),
        };
        let mut statuses = [one.await.expect("a client does not fail"), other.await.expect("a client does not fail")];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "round {round}");
    }
}
