//! Rules of the contract that no other story touches: one small test each.

use std::time::Duration;

use md5::{Digest as _, Md5};
use regis::{http::DoorSettings, model::Level, registry::Options};
use serde_json::{Value, json};

use crate::harness::{App, Exchange, INT, LONG, STRING, STRING_GUID, avro, record, typed, under_a_level};

/// Contract: 1.4/12, 10/11.
#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let door = DoorSettings { request_timeout: Duration::from_millis(50), ..DoorSettings::default() };
    let app = App::start_behind(&door, Options::default()).await;
    // The rest of the body never comes.
    let headers = [("Content-Type", b"application/json".as_slice()), ("Content-Length", b"100".as_slice())];
    let target = "/subjects/s/versions";
    let answer = app.exchange(Exchange { method: "POST", target, headers: &headers, body: b"{" }).await;
    answer.refused(504, "Request timed out");
}

/// Contract: 1.5/5, 11/1.
#[tokio::test]
async fn what_clients_say_about_themselves_changes_nothing() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let plain = app.get("/subjects/s/versions/1").await;
    let java = [
        ("Content-Type", "application/vnd.schemaregistry.v1+json"),
        ("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"),
        ("Confluent-Accept-Unknown-Properties", "true"),
        ("Confluent-Client-Version", "java/8.1.0"),
        ("target-sr-cluster", "lsrc-1"),
        ("Confluent-Identity-Pool-Id", "pool-1"),
    ];
    app.send("GET", "/subjects/s/versions/1", &java, "").await.says(200, plain.text());
    app.send("POST", "/subjects/s/versions?normalize=false", &java, avro(STRING).to_string()).await.holds(1, 1);
}

/// Contract: 3.1/7.
#[tokio::test]
async fn a_star_is_a_context_like_any_other_in_a_name() {
    let app = App::start().await;
    app.get("/subjects/:*:s/versions").await.refused(40401, "Subject ':*:s' not found.");
    app.post("/subjects/:*:s", avro(STRING)).await.refused(40401, "Subject ':*:s' not found.");
    app.delete("/subjects/:*:s").await.refused(40401, "Subject ':*:s' not found.");
}

/// Contract: 3.7/8.
#[tokio::test]
async fn guids_and_metadata_are_the_same_below_every_context() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let guid = format!("/schemas/guids/{STRING_GUID}");
    for path in [&guid, &format!("{guid}/ids"), "/v1/metadata/id", "/v1/metadata/version", "/v1/metadata/deployment"] {
        let plain = app.get(path).await;
        app.get(&format!("/contexts/.ctx{path}")).await.says(200, plain.text());
    }
}

/// Contract: 3.7/9.
#[tokio::test]
async fn pinned_rewrites_come_out_as_they_should() {
    let app = App::start().await;
    app.get("/contexts/").await.ok(json!(["."]));
    app.post("/contexts/.c/subjects/slash%2Fin%2Fmiddle/versions/", avro(STRING)).await.holds(1, 1);
    app.get("/subjects/:.c:slash%2Fin%2Fmiddle/versions").await.ok(json!([1]));
    app.get("/contexts/:.:/schemas/?subjectPrefix=:*:").await.reads(200, r#"[{"subject":":.c:slash/in/middle",…"#);
    app.put("/contexts/:.:/mode", json!({"mode": "READONLY"})).await.ok(json!({"mode": "READONLY"}));
    app.get("/mode").await.ok(json!({"mode": "READONLY"}));
    app.delete("/contexts/:.:/mode").await.ok(json!({"mode": "READONLY"}));
    app.put("/contexts/.c/config/s", json!({"normalize": true})).await.ok(json!({"normalize": true}));
    app.get("/config/:.c:s").await.ok(json!({"normalize": true, "compatibilityLevel": "BACKWARD"}));
    app.get("/contexts/.c/other/config/s").await.refused(404, "HTTP 404 Not Found");
}

/// Contract: 3.11/2.
#[tokio::test]
async fn a_lookup_survives_contexts_in_which_it_does_not_parse() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    app.accept(":.a:s", STRING).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    // In `.a` there is nothing to refer to, which is no reason to fail here.
    app.post("/subjects/s", body.clone()).await.refused(40401, "Subject 's' not found.");
    app.accept(":.b:ref", &record("Ref", &[])).await;
    app.register(":.b:s", body.clone()).await.holds(2, 1);
    app.post("/subjects/s", body).await.reads(200, r#"{"subject":":.b:s","version":1,…"#);
}

/// The fingerprint of parts that follow each other.
fn guid(parts: &[&[u8]]) -> Value {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part);
    }
    json!(uuid::Uuid::from_bytes(hash.finalize().into()).to_string())
}

/// Contract: 4.4/1.
#[tokio::test]
async fn a_guid_is_the_fingerprint_of_text_references_metadata_and_rules() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.accept("ref", &record("Ref", &[])).await;
    let text = r#"["null","Ref"]"#;
    let references = json!([{"name": "Ref", "subject": "ref", "version": 1}]);
    let metadata = json!({
        "tags": {"q": ["y", "x"], "p": ["t"]}, "properties": {"z": "1", "a": "2"}, "sensitive": ["z", "a"]
    });
    let rules = json!({
        "domainRules": [{"name": "d", "doc": "o", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "tags": ["u", "s"],
            "params": {"k": "v", "i": "j"}, "expr": "e", "onSuccess": "A", "onFailure": "B", "disabled": true}],
        "migrationRules": [{"name": "m", "type": "JSONATA", "mode": "UPGRADE"}],
        "enableAt": "CLIENT"
    });
    let referenced: [&[u8]; 4] = [text.as_bytes(), b"Ref", b"ref", &1_i32.to_be_bytes()];
    let described: [&[u8]; 2] = [b"\x01", b"ptqxya2z1az"];
    let ruled: [&[u8]; 5] = [b"\x01", b"mTRANSFORMUPGRADEJSONATA", b"doCONDITIONWRITECELsuijkveAB", b"\x01", b"CLIENT"];
    let mut body = json!({"schema": text, "references": references});
    assert_eq!(app.register("s", body.clone()).await.json()["guid"], guid(&referenced));
    body["metadata"] = metadata;
    assert_eq!(app.register("s", body.clone()).await.json()["guid"], guid(&[&referenced[..], &described].concat()));
    body["ruleSet"] = rules;
    let whole = [&referenced[..], &described, &ruled].concat();
    assert_eq!(app.register("s", body).await.json()["guid"], guid(&whole));
}

/// Contract: 5/42201/13, 10/6.
#[tokio::test]
async fn a_schema_that_needs_the_network_is_refused_in_any_mode() {
    let app = App::start().await;
    let disabled = "Remote schema reference fetching over HTTP(S) is disabled";
    let remote = r#"{"type":"object","properties":{"a":{"$ref":"http://127.0.0.1:9/a.json"}}}"#;
    app.register("s", typed("JSON", remote)).await.refused_with(42201, &[disabled]);
    app.post("/compatibility/subjects/s/versions", typed("JSON", remote)).await.refused_with(42201, &[disabled]);
    app.set_mode("", "IMPORT").await;
    let mut imported = typed("JSON", remote);
    imported["id"] = json!(5);
    app.register("s", imported).await.refused_with(42201, &[disabled]);
    app.get("/subjects").await.ok(json!([]));
}

/// Contract: 6.21/8.
#[tokio::test]
async fn in_import_mode_a_check_validates_nothing() {
    let app = App::start().await;
    let dangling = typed("JSON", r##"{"type":"object","properties":{"a":{"$ref":"#/definitions/nothing"}}}"##);
    let path = "/compatibility/subjects/s/versions";
    app.post(path, dangling.clone()).await.refused_with(42201, &["Invalid schema {subject=s,"]);
    app.set_mode("s", "IMPORT").await;
    app.post(path, dangling).await.ok(json!({"is_compatible": true}));
}

/// Contract: 6.21/10.
#[tokio::test]
async fn a_check_merges_no_defaults_of_the_settings() {
    let app = App::start().await;
    let settings = json!({"compatibilityGroup": "major", "defaultMetadata": {"properties": {"major": "1"}}});
    app.put("/config/s", settings.clone()).await.ok(settings);
    app.accept("s", STRING).await;
    // What is registered gets the property and so belongs to the group; what is only asked about does not.
    app.post("/compatibility/subjects/s/versions", avro(INT)).await.ok(json!({"is_compatible": true}));
    app.register("s", avro(INT)).await.refused_with(40901, &["TYPE_MISMATCH"]);
}

/// Contract: 7.1/8.
#[tokio::test]
async fn a_lookup_is_never_as_strict_as_a_registration() {
    let app = App::start().await;
    let bad_default = r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}"#;
    app.put("/config/s", json!({"validateNewSchemas": false})).await.json();
    app.register("s", avro(bad_default)).await.holds(1, 1);
    app.delete("/config/s").await.json();
    app.post("/subjects/s", avro(bad_default)).await.holds(1, 1);
    app.register("s", avro(bad_default)).await.holds(1, 1);
    app.register("t", avro(bad_default)).await.refused_with(42201, &["Invalid default for field f"]);
}

/// Contract: 7.3/3.
#[tokio::test]
async fn minus_one_finds_the_latest_and_no_other_version() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.accept("s", STRING).await;
    app.accept("s", INT).await;
    app.register("s", json!({"schema": INT, "version": -1})).await.holds(2, 2);
    let older = app.register("s", json!({"schema": STRING, "version": -1})).await.holds(3, 3);
    assert_eq!(older.json()["metadata"]["properties"], json!({"confluent:version": "3"}));
}

/// Contract: 7.3/4.
#[tokio::test]
async fn an_import_may_be_repeated_version_by_version() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    let given = |text: &str, version: i32, id: i32| json!({"schema": text, "version": version, "id": id});
    for _ in 0..2 {
        app.register("s", given(STRING, 1, 100)).await.holds(100, 1);
        app.register("s", given(STRING, 2, 100)).await.holds(100, 2);
        app.register("s", given(LONG, 3, 300)).await.holds(300, 3);
    }
    app.get("/subjects/s/versions").await.ok(json!([1, 2, 3]));
}

/// Contract: 8.1/9.
#[tokio::test]
async fn normalisation_keeps_the_order_of_fields_branches_and_symbols() {
    let app = App::start().await;
    let text = r#"{"type":"record","name":"R","fields":[{"name":"z","type":["string","null"]},{"name":"a","type":{"type":"enum","name":"E","symbols":["Z","A"]}}]}"#;
    let answer = app.post("/subjects/s/versions?normalize=true", avro(text)).await;
    assert_eq!(answer.json()["schema"], json!(text));
}

/// Contract: 8.3/4, 8.4/1.
#[tokio::test]
async fn well_known_imports_need_no_reference_and_comments_vanish() {
    let app = App::start().await;
    let imports = [
        ("google/protobuf/timestamp.proto", "google.protobuf.Timestamp"),
        ("google/protobuf/any.proto", "google.protobuf.Any"),
        ("google/protobuf/struct.proto", "google.protobuf.Struct"),
        ("google/protobuf/wrappers.proto", "google.protobuf.StringValue"),
        ("google/type/date.proto", "google.type.Date"),
        ("google/type/money.proto", "google.type.Money"),
        ("confluent/type/decimal.proto", "confluent.type.Decimal"),
    ];
    for (at, (import, name)) in (1..).zip(imports) {
        let text = format!("syntax = \"proto3\";\n\nimport \"{import}\";\n\nmessage M {{\n  .{name} f = 1;\n}}\n");
        let commented = format!("// About M.\n{}", text.replace("message M", "/* here */ message M"));
        let answer = app.register(&format!("s{at}"), typed("PROTOBUF", &commented)).await.holds(at, 1);
        assert_eq!(answer.json()["schema"], json!(text));
    }
}

/// Contract: 10/14.
#[tokio::test]
async fn the_group_of_registries_has_a_name() {
    let door = DoorSettings { cluster_id: "payments".to_owned(), ..DoorSettings::default() };
    let app = App::start_behind(&door, Options::default()).await;
    let scope = app.get("/v1/metadata/id").await.json()["scope"].clone();
    assert_eq!(scope["clusters"]["schema-registry-cluster"], json!("payments"));
}
