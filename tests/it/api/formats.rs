//! `format` for Protobuf and JSON Schema, and posted descriptors (contract, sections 6.0 and 8.3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::harness::{App, STRING, avro, typed};

const PROTO: &str = "syntax = \"proto3\";\n\nmessage A {\n  string f = 1;\n}\n";

const EXTENDED: &str = "syntax = \"proto2\";\n\nimport \"google/protobuf/descriptor.proto\";\n\nmessage A {\n  optional string f = 1 [(mine) = \"x\"];\n\n  extensions 100 to 199;\n}\n\nextend google.protobuf.FieldOptions {\n  optional string mine = 50000;\n}\n";

/// Contract: 6.0/7.
#[tokio::test]
async fn protobuf_is_shown_as_a_serialized_descriptor_on_request() {
    let app = App::start().await;
    app.register("s", typed("PROTOBUF", PROTO)).await.holds(1, 1);
    for format in ["serialized", "SERIALIZED"] {
        let text = app.get(&format!("/schemas/ids/1/schema?format={format}")).await;
        let bytes = STANDARD.decode(text.text()).expect("padded base64 of the standard alphabet");
        // FileDescriptorProto: message_type is field 4, a DescriptorProto whose name is field 1.
        assert!(bytes.windows(5).any(|five| five[0] == 0x22 && five[2..] == [0x0a, 0x01, b'A']), "{bytes:?}");
        assert!(bytes.windows(8).any(|eight| eight == b"\x62\x06proto3"), "{bytes:?}");
    }
    for path in ["/schemas/ids/1", "/subjects/s/versions/1"] {
        let plain = app.get(path).await.json();
        let shown = app.get(&format!("{path}?format=serialized")).await.json();
        assert_eq!(shown["guid"], plain["guid"]);
        assert_eq!(plain["schema"], json!(PROTO));
        assert!(shown["schema"].as_str().is_some_and(|text| STANDARD.decode(text).is_ok()));
    }
}

/// Contract: 8.3/1.
#[tokio::test]
async fn a_posted_descriptor_is_stored_as_text() {
    let app = App::start().await;
    app.register("s", typed("PROTOBUF", PROTO)).await.holds(1, 1);
    let descriptor = app.get("/schemas/ids/1/schema?format=serialized").await.text().to_owned();
    let answer = app.register("t", typed("PROTOBUF", &descriptor)).await;
    assert_eq!(answer.json()["schema"], json!(PROTO));
    answer.holds(1, 1);
    app.post("/subjects/s", typed("PROTOBUF", &descriptor)).await.holds(1, 1);
}

/// Contract: 6.0/6.
#[tokio::test]
async fn extensions_are_left_out_on_request() {
    let app = App::start().await;
    app.register("s", typed("PROTOBUF", EXTENDED)).await.holds(1, 1);
    app.get("/schemas/ids/1/schema").await.says(200, EXTENDED);
    let bare = app.get("/schemas/ids/1/schema?format=ignore_extensions").await;
    assert_eq!(bare.status, 200);
    for word in ["extensions", "extend", "mine"] {
        assert!(!bare.text().contains(word), "{}", bare.text());
    }
    assert!(bare.text().contains("optional string f = 1;"), "{}", bare.text());
}

/// Contract: 6.0/4.
#[tokio::test]
async fn formats_of_other_languages_change_nothing() {
    let app = App::start().await;
    let text = r#"{"type":"object","title":"t"}"#;
    app.register("json", typed("JSON", text)).await.holds(1, 1);
    app.register("proto", typed("PROTOBUF", PROTO)).await.holds(2, 1);
    for format in ["resolved", "serialized", "ignore_extensions", "default", "%20"] {
        app.get(&format!("/schemas/ids/1/schema?format={format}")).await.says(200, text);
    }
    for format in ["resolved", "default", "unknown"] {
        app.get(&format!("/schemas/ids/2/schema?format={format}")).await.says(200, PROTO);
    }
}

/// Contract: 8.3/2-3, 12/7.
#[tokio::test]
async fn protobuf_is_normalised_on_request() {
    let app = App::start().await;
    let posted = "syntax = \"proto3\";\npackage p;\nmessage B { A b = 2; string a = 1; }\nmessage A {}\n";
    let plain = app.register("s", typed("PROTOBUF", posted)).await.json();
    assert_eq!(
        plain["schema"],
        json!("syntax = \"proto3\";\npackage p;\n\nmessage B {\n  A b = 2;\n  string a = 1;\n}\nmessage A {}\n")
    );
    let normal = app.post("/subjects/t/versions?normalize=true", typed("PROTOBUF", posted)).await.json();
    assert_eq!(
        normal["schema"],
        json!("syntax = \"proto3\";\npackage p;\n\nmessage B {\n  string a = 1;\n  .p.A b = 2;\n}\nmessage A {}\n")
    );
}

/// The grammar of the DDL is published nowhere.
///
/// Contract: 5/42201/14-15, 6.0/8, 6.8/6.
#[tokio::test]
async fn the_logical_ddl_is_refused_in_the_words_of_the_contract() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let path = "/subjects/s/versions?format=LOGICAL";
    let required = "schemaType is required when format=logical, and must be one of AVRO, JSON, PROTOBUF";
    app.post(path, avro(STRING)).await.refused(42201, required);
    app.post(path, typed("", STRING)).await.refused(42201, required);
    app.post(path, typed("AVRO", " ")).await.refused(42201, "Schema is required when format=logical");
    let unsupported = "Unsupported schemaType 'XML' for format=logical; must be one of AVRO, JSON, PROTOBUF";
    app.post(path, typed("XML", "ROW<a INT>")).await.refused(42201, unsupported);
    let unknown = "Invalid logical type schema: this registry does not know the Logical Type DDL";
    app.post(path, typed("AVRO", "ROW<a INT>")).await.refused(42201, unknown);
    app.post("/subjects/bad%0Aname/versions?format=logical", avro(STRING)).await.refused_with(42208, &[]);
    let unshown =
        "Stored schema cannot be represented as a logical type: this registry does not know the Logical Type DDL";
    for path in ["/subjects/s/versions/1", "/subjects/s/versions/latest", "/subjects/s/versions/1/schema"] {
        app.get(&format!("{path}?format=logical")).await.refused(42201, unshown);
    }
    app.get("/subjects/t/versions/1?format=logical").await.refused(40401, "Subject 't' not found.");
    app.get("/schemas/ids/1/schema?format=logical").await.says(200, STRING);
    app.get("/subjects/s/versions").await.ok(json!([1]));
}
