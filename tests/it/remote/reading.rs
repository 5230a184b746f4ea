//! get, ls, decode and doctor: what they print, and what they say when something is wrong.

use std::time::Duration;

use serde_json::{Value, json};

use super::Desk;
use crate::harness::{App, INT, Line, STRING, STRING_GUID, Script, avro, free_address, record, typed};

const POINT: &str =
    "syntax = \"proto3\";\n\nmessage Point {\n  int32 x = 1;\n  message Label {\n    string text = 1;\n  }\n}\n";

#[tokio::test]
async fn get_prints_the_text_byte_for_byte() {
    let app = App::start().await;
    app.accept_all(":.team:a/b", &[STRING, INT]).await;
    let desk = Desk::at(&app);
    for (what, text) in [
        (":.team:a/b", INT),
        (":.team:a/b@latest", INT),
        (":.team:a/b@1", STRING),
        ("id::.team:1", STRING),
        (&format!("guid:{STRING_GUID}"), STRING),
    ] {
        assert_eq!(Desk::ends(desk.run(&["get", what]).await, 0), text, "{what}");
    }
    let whole: Value =
        serde_json::from_str(&Desk::ends(desk.run(&["get", ":.team:a/b@1", "-o", "json"]).await, 0)).expect("JSON");
    assert_eq!(
        (&whole["id"], &whole["version"], &whole["schemaType"], &whole["guid"]),
        (&json!(1), &json!(1), &json!("AVRO"), &json!(STRING_GUID))
    );
    app.delete("/subjects/:.team:a%2Fb").await;
    app.accept_all("there", &[STRING, INT]).await;
    for (unknown, words) in [
        ("nothing", "there is no subject nothing in the registry"),
        ("there@9", "there has no version 9; it has 1, 2"),
        ("there@abc", "\"abc\" is no version, which is a number from 1, or latest"),
        ("there@0", "\"0\" is no version"),
        (":.team:a/b", "every version of :.team:a/b is deleted (1, 2); name one: :.team:a/b@1"),
        ("id:7", "id:7 is not in the registry"),
    ] {
        let run = desk.run(&["get", unknown]).await;
        assert!(run.stderr.contains(words) && run.stdout.is_empty(), "{run:?}");
        Desk::ends(run, 1);
    }
    for wrong in ["id:x", "id:0", "id:-1", "guid:x", ""] {
        Desk::ends(desk.run(&["get", wrong]).await, 2);
    }
}

#[tokio::test]
async fn a_format_that_the_language_does_not_have_is_refused() {
    let app = App::start().await;
    app.accept("avro", STRING).await;
    app.register("json", typed("JSON", r#"{"type":"string"}"#)).await.id();
    app.register("proto", typed("PROTOBUF", POINT)).await.id();
    let desk = Desk::at(&app);
    for (schema, format, code) in [
        ("avro", "resolved", 0),
        ("proto", "serialized", 0),
        ("proto", "ignore_extensions", 0),
        ("proto", "resolved", 2),
        ("avro", "serialized", 2),
        ("json", "resolved", 2),
        ("avro", "foo", 2),
    ] {
        let run = desk.run(&["get", schema, "--format", format]).await;
        assert_eq!(run.stderr.contains(format), code == 2, "{run:?}");
        assert_eq!(Desk::ends(run, code).is_empty(), code == 2, "{schema} {format}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_is_not_taken_for_the_registry() {
    let proxy = Script::play(vec![Line::Answer(407, "", "<html>who are you?</html>".to_owned())]).await;
    for (url, variable) in [("http://registry.invalid", "HTTP_PROXY"), ("https://registry.invalid", "HTTPS_PROXY")] {
        let run = Desk::beside(url).run_with(&["ls"], &[(variable, &proxy.url()), ("NO_PROXY", "")]).await;
        let words = format!("the proxy on the way to {url} refused (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)");
        assert!(run.stderr.contains(&words), "{run:?}");
        Desk::ends(run, 3);
    }
}

#[tokio::test]
async fn who_is_not_known_hears_which_variables_say_it() {
    let body = r#"{"error_code":40101,"message":"Unauthorized"}"#.to_owned();
    let script = Script::play(vec![Line::Answer(401, "", body)]).await;
    let desk = Desk::beside(&script.url());
    desk.write("s.avsc", STRING);
    for arguments in [&["ls"][..], &["get", "s"], &["plan"], &["register"], &["pull"]] {
        let run = desk.run(arguments).await;
        assert!(run.stderr.contains("Unauthorized") && run.stderr.contains("REGIS_REGISTRY_TOKEN"), "{run:?}");
        Desk::ends(run, 3);
    }
}

#[tokio::test]
async fn get_shows_a_text_with_its_references_resolved() {
    let app = App::start().await;
    app.accept("money", &record("Money", &[("cents", "\"long\"")])).await;
    let order = record("Order", &[("total", "\"Money\"")]);
    app.register(
        "order",
        json!({"schema": order, "references": [{"name": "Money", "subject": "money", "version": 1}]}),
    )
    .await
    .id();
    let desk = Desk::at(&app);
    assert_eq!(Desk::ends(desk.run(&["get", "order"]).await, 0), order);
    let resolved = Desk::ends(desk.run(&["get", "order", "--resolved"]).await, 0);
    assert!(resolved.contains(r#""name":"cents""#), "{resolved}");
    assert_eq!(resolved, Desk::ends(desk.run(&["get", "order", "--format", "resolved"]).await, 0));
}

#[tokio::test]
async fn ls_lists_subjects_with_their_versions() {
    let app = App::start().await;
    app.accept_all("orders-value", &[STRING, INT, r#""long""#]).await;
    app.accept(":.team:t", STRING).await;
    app.delete("/subjects/orders-value/versions/2").await;
    let desk = Desk::at(&app);
    assert_eq!(
        Desk::ends(desk.run(&["ls"]).await, 0),
        "SUBJECT       TYPE       LATEST ID  VERSIONS\n\
         :.team:t      AVRO               1  1\n\
         orders-value  AVRO               3  1, 3\n"
    );
    let all = Desk::ends(desk.run(&["ls", "orders", "--deleted", "-o", "json"]).await, 0);
    let all: Value = serde_json::from_str(&all).expect("JSON");
    assert_eq!(
        all,
        json!([{"subject": "orders-value", "schemaType": "AVRO", "versions": [
            {"version": 1, "id": 1, "deleted": false},
            {"version": 2, "id": 2, "deleted": true},
            {"version": 3, "id": 3, "deleted": false}
        ]}])
    );
}

#[tokio::test]
async fn ls_asks_one_by_one_where_there_are_no_lists() {
    let stored = json!({"subject": "s", "version": 2, "id": 5, "schema": "\"int\""}).to_string();
    let unknown = r#"{"error_code":404,"message":"HTTP 404 Not Found"}"#.to_owned();
    let script = Script::play(vec![
        Line::Answer(404, "", unknown),
        Line::Answer(200, "", r#"["s"]"#.to_owned()),
        Line::Answer(200, "", "[2]".to_owned()),
        Line::Answer(200, "", stored),
    ])
    .await;
    let listed = Desk::ends(Desk::beside(&script.url()).run(&["ls"]).await, 0);
    assert!(listed.ends_with("s        AVRO               5  2\n"), "{listed}");
}

#[tokio::test]
async fn decode_reads_avro_json_and_protobuf_by_their_ids() {
    let app = App::start().await;
    app.accept("money", &record("Money", &[("cents", "\"long\"")])).await;
    let order = record("Order", &[("name", "\"string\""), ("total", "\"Money\"")]);
    app.register(
        "order",
        json!({"schema": order, "references": [{"name": "Money", "subject": "money", "version": 1}]}),
    )
    .await
    .id();
    app.register("j", typed("JSON", r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#)).await.id();
    app.register("p", typed("PROTOBUF", POINT)).await.id();
    let desk = Desk::at(&app);
    let lines = [
        "00 00000002 06 416e6e 54",        // {"name": "Ann", "total": {"cents": 42}}
        "00 00000003 7b2261223a317d",      // {"a": 1}
        "00 00000004 00 0807",             // the first message: x = 7
        "00 00000004 04 00 00 0a 02 6869", // the message nested in the first one: text = "hi"
    ];
    desk.write("messages.hex", lines.join("\n"));
    let decoded = Desk::ends(desk.run(&["decode", "messages.hex", "--input", "hex"]).await, 0);
    assert_eq!(decoded, "{\"name\":\"Ann\",\"total\":{\"cents\":42}}\n{\"a\":1}\n{\"x\":7}\n{\"text\":\"hi\"}\n");
    desk.write("one.bin", b"\0\0\0\0\x02\x06Ann\x54");
    let one = Desk::ends(desk.run_with(&["decode"], &[("<", "one.bin")]).await, 0);
    assert_eq!(one, "{\"name\":\"Ann\",\"total\":{\"cents\":42}}\n");
    let guid = app.get("/schemas/ids/2").await.json()["guid"].as_str().expect("a guid").replace('-', "");
    desk.write("guid.hex", format!("01{guid}06416e6e54"));
    assert_eq!(Desk::ends(desk.run(&["decode", "guid.hex", "--input", "hex"]).await, 0), one);
    desk.write("bare.bin", b"\x06Ann\x54");
    assert_eq!(Desk::ends(desk.run(&["decode", "bare.bin", "--schema-of", "order@1"]).await, 0), one);
}

#[tokio::test]
async fn decode_tells_bad_bytes_with_their_place_and_goes_on() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let desk = Desk::at(&app);
    let mut bytes = Vec::new();
    for message in [&b"\0\0\0\0\x01\x04hi"[..], b"{}", b"\0\0\0\0\x09x", b"\0\0\0\0\x01\x40x", b"\0\0\0\0\x01\x04ho"] {
        bytes.extend_from_slice(&u32::try_from(message.len()).expect("a length").to_be_bytes());
        bytes.extend_from_slice(message);
    }
    bytes.extend_from_slice(b"\0\0\0\x63x");
    desk.write("messages", &bytes);
    let run = desk.run(&["decode", "messages", "--input", "length"]).await;
    let told: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(told.len(), 4, "{run:?}");
    for (line, words) in told.iter().zip([
        ["message 2, at byte 16", "0x7b"],
        ["message 3, at byte 22", "id:9 is not in the registry"],
        ["message 4, at byte 32", "id 1"],
        ["message 6, at byte 51", "a message of 99 bytes is announced"],
    ]) {
        assert!(words.iter().all(|word| line.contains(word)), "expected {words:?} in {line}");
    }
    assert_eq!(Desk::ends(run, 1), "\"hi\"\n\"ho\"\n");
}

#[tokio::test]
async fn decode_needs_no_registry_with_a_schema_of_its_own() {
    let desk = Desk::beside(&format!("http://{}", free_address()));
    desk.write("money.avsc", record("Money", &[("cents", "\"long\"")]));
    desk.write("order.avsc", record("Order", &[("total", "\"Money\"")]));
    desk.write("lines", "AAAAAAdU\n");
    let decoded = desk.run(&["decode", "lines", "--input", "base64", "--schema", "order.avsc"]).await;
    assert_eq!(Desk::ends(decoded, 0), "{\"total\":{\"cents\":42}}\n");
    desk.write("broken.avsc", "{");
    for wrong in ["broken.avsc", "missing.avsc"] {
        let run = desk.run(&["decode", "lines", "--schema", wrong]).await;
        assert!(run.stderr.contains(wrong), "{run:?}");
        Desk::ends(run, 2);
    }
    Desk::ends(desk.run(&["decode", "missing", "--schema", "order.avsc"]).await, 2);
}

#[tokio::test]
async fn doctor_describes_a_registry() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let desk = Desk::at(&app);
    let report = Desk::ends(desk.run(&["doctor"]).await, 0);
    for words in [
        "ok    address",
        "ok    name",
        "not encrypted, on this machine only",
        "account     none",
        "server      Regis",
        "transactions, heads (ETag) and dry runs",
        "AVRO, JSON, PROTOBUF",
        "1 subject\n",
        "level       BACKWARD",
        "mode        READWRITE",
        "latency",
        "nothing stands in the way",
    ] {
        assert!(report.contains(words), "expected {words:?} in\n{report}");
    }
    assert!(!report.contains('\x1b'), "{report}");
    app.set_mode("", "READONLY").await;
    let report = Desk::ends(desk.run(&["doctor"]).await, 1);
    assert!(report.contains("warn  mode        READONLY: nothing can be registered"), "{report}");
    assert!(report.ends_with("\n1 warning\n"), "{report}");
}

#[tokio::test]
async fn doctor_says_what_can_be_done() {
    let app = App::start().await;
    let unauthorized =
        Script::play(vec![Line::Answer(401, "", r#"{"error_code":401,"message":"Unauthorized"}"#.to_owned())]).await;
    let page =
        Script::play(vec![Line::Answer(200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", "<html>".to_owned())]).await;
    let elsewhere = Script::play(vec![Line::Answer(404, "", "<html>".to_owned())]).await;
    let nobody = format!("http://{}", free_address());
    for (url, words) in [
        (unauthorized.url(), "REGIS_REGISTRY_PASSWORD"),
        (page.url(), "does not answer like a schema registry"),
        (nobody, "nothing listens there"),
        (elsewhere.url(), "the server does not know GET /schemas/types; a registry may be below another path"),
        (format!("https://{}", app.address()), "the server does not speak https there"),
        ("http://no-such-host.invalid".to_owned(), "is not known here"),
    ] {
        let run = Desk::beside(&url).run_with(&["doctor"], &[("REGIS_REGISTRY_RETRIES", "1")]).await;
        assert!(run.stdout.contains(words), "expected {words:?} in {run:?}");
        Desk::ends(run, 3);
    }
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_told_in_time() {
    let silent = Script::play(vec![Line::Silence]).await;
    let busy = Script::play(vec![Line::Answer(503, "", "{}".to_owned()), Line::Answer(200, "", "[]".to_owned())]).await;
    let nobody = format!("http://{}", free_address());
    for (url, code) in [(silent.url(), 3), (nobody, 3), (busy.url(), 0)] {
        let run = Desk::beside(&url).run_with(&["ls"], &[("REGIS_REGISTRY_TIMEOUT", "1")]).await;
        assert!(run.took < Duration::from_secs(15), "{run:?}");
        Desk::ends(run, code);
    }
}

#[tokio::test]
async fn accounts_come_from_the_environment_and_never_from_the_command_line() {
    let script = Script::play(vec![Line::Answer(200, "", "[]".to_owned())]).await;
    let desk = Desk::beside(&script.url());
    desk.write("token", "abc\n");
    let token = desk.path().join("token").display().to_string();
    Desk::ends(desk.run_with(&["ls"], &[("REGIS_REGISTRY_TOKEN_FILE", &token)]).await, 0);
    Desk::ends(desk.run_with(&["ls"], &[("REGIS_REGISTRY_USER", "me"), ("REGIS_REGISTRY_PASSWORD", "pw")]).await, 0);
    let heard = script.heard().join("\n").to_ascii_lowercase();
    assert!(
        heard.contains("authorization: bearer abc\r\n") && heard.contains("authorization: basic bwu6chc=\r\n"),
        "{heard}"
    );
    let url = script.url().replace("http://", "http://me:secret@");
    let run = desk.run(&["ls", "--registry", &url]).await;
    assert!(run.stderr.contains("REGIS_REGISTRY_PASSWORD") && !run.stderr.contains("secret"), "{run:?}");
    Desk::ends(run, 2);
    let wrong = desk
        .run_with(&["ls"], &[("REGIS_REGISTRY_TOKEN", "a"), ("REGIS_REGISTRY_USER", "b"), ("REGIS_REGISTRY_KEY", "c")])
        .await;
    assert_eq!(wrong.stderr.lines().count(), 2, "{wrong:?}");
    Desk::ends(wrong, 2);
    let refused = Script::play(vec![Line::Answer(401, "", avro("").to_string())]).await;
    Desk::ends(Desk::beside(&refused.url()).run(&["ls"]).await, 3);
}

#[tokio::test]
async fn a_registry_is_named_by_the_configuration_too() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let desk = Desk::beside("http://nowhere.invalid");
    let address = app.address();
    desk.write("regis.yaml", format!("registries:\n  dev: {{url: 'http://{address}'}}\n"));
    assert_eq!(Desk::ends(desk.run(&["get", "s", "--registry", "dev"]).await, 0), STRING);
    let unset = desk.run_with(&["get", "s"], &[("REGIS_REGISTRY_URL", "")]).await;
    assert_eq!(Desk::ends(unset, 0), STRING);
    let run = desk.run(&["get", "s", "-r", "prod"]).await;
    assert!(run.stderr.contains("name one of dev"), "{run:?}");
    Desk::ends(run, 2);
}
