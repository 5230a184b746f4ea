//! What 42201 says, for each reason and each language (contract, section 5).

use regis::registry::Options;
use serde_json::json;

use crate::harness::{App, avro, record, typed};

/// Contract: 5/42201/4.
#[tokio::test]
async fn an_avro_text_that_does_not_parse_is_shown_with_the_whole_request() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    let body = json!({
        "schema": r#"["Ref","Nobody"]"#, "schemaType": "AVRO", "version": 3,
        "references": [{"name": "Ref", "subject": "ref", "version": 1}]
    });
    let refs = "[{name='Ref', subject='ref', version=1}]";
    let parts = [
        "Invalid schema of type AVRO, details: Invalid schema {subject=s,version=3,id=null,guid=".to_owned(),
        format!(
            ",schemaType=AVRO,references={refs},metadata=null,ruleSet=null,schema=[\"Ref\",\"Nobody\"],schemaTags=null,ts=null,deleted=null}} with refs {refs} of type AVRO, details: "
        ),
        "Undefined schema: Nobody".to_owned(),
    ];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    app.register("s", body).await.refused_with(42201, &parts);
}

/// Contract: 5/42201/4, 7.1/5.
#[tokio::test]
async fn the_reason_is_the_one_of_avro() {
    let app = App::start().await;
    for (text, reason) in [
        (r#"{"type":"record","name":"1R","fields":[]}"#, "Illegal initial character: 1R"),
        (r#"{"type":"record","name":"R-","fields":[]}"#, "Illegal character in: R-"),
        (r#"{"type":"record","name":"int","fields":[]}"#, "Schemas may not be named after primitives: int"),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
            "Duplicate field a in record R",
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":""}]}"#,
            "Invalid default for field a",
        ),
        (r#"["int","int"]"#, "Duplicate in union:int"),
        (r#"["int",["null"]]"#, "Nested union"),
        (r#"{"type":"enum","name":"E","symbols":["A","A"]}"#, "Duplicate enum symbol: A"),
        (r#"{"type":"fixed","name":"F","size":"1"}"#, "Invalid or no size"),
        (r#""str""#, "Undefined schema: str"),
        ("{}", "No type"),
        ("\"int\" more", "dangling content after end of schema"),
    ] {
        for path in ["/subjects/s/versions", "/subjects/s", "/compatibility/subjects/s/versions"] {
            let answer = app.post(path, avro(text)).await;
            // Lookups are lenient in what is only checked in new schemas.
            if path == "/subjects/s" && answer.status == 404 {
                continue;
            }
            answer.refused_with(42201, &["Invalid schema of type AVRO, details: Invalid schema {subject=s,", reason]);
        }
    }
    app.get("/subjects").await.ok(json!([]));
}

/// Contract: 5/42201/5, 5/42201/9, 8.2/2.
#[tokio::test]
async fn json_schema_has_two_kinds_of_refusals() {
    let app = App::start().await;
    for text in ["nonsense", "{", "{\"type\":}", "{'a':1}"] {
        let parts = ["Invalid schema of type JSON, details: Invalid schema of type JSON, details: Invalid JSON schema"];
        app.register("s", typed("JSON", text)).await.refused_with(42201, &parts);
    }
    for (text, reason) in [
        ("1", "Invalid JSON schema: expected an object or boolean at the root, found NUMBER"),
        ("\"a\"", "Invalid JSON schema: expected an object or boolean at the root, found STRING"),
        ("[]", "Invalid JSON schema: expected an object or boolean at the root, found ARRAY"),
        ("null", "Invalid JSON schema: expected an object or boolean at the root, found NULL"),
        (r#"{"type":1}"#, ""),
        (r##"{"$ref":"#/definitions/nothing"}"##, ""),
        (r#"{"pattern":"("}"#, ""),
    ] {
        let subject = "Invalid schema {subject=s,version=null,id=null,guid=";
        let rest = format!(
            ",schemaType=JSON,references=[],metadata=null,ruleSet=null,schema={text},schemaTags=null,ts=null,deleted=null}}, details: {reason}"
        );
        app.register("s", typed("JSON", text)).await.refused_with(42201, &[subject, &rest]);
    }
    for text in ["{}", "true", "false", r#"{"type":"object"} trailing"#] {
        assert_eq!(app.register(&format!("good-{}", text.len()), typed("JSON", text)).await.status, 200, "{text}");
    }
}

/// Contract: 5/42201/5, 5/42201/9, 8.3/1.
#[tokio::test]
async fn protobuf_has_two_kinds_of_refusals() {
    let app = App::start().await;
    for text in ["nonsense", "message {", "message A { string a 1; }", "syntax = \"proto4\";", "edition = \"2023\";"] {
        let parts = ["Invalid schema of type PROTOBUF, details: Invalid schema of type PROTOBUF, details: "];
        app.register("s", typed("PROTOBUF", text)).await.refused_with(42201, &parts);
    }
    let text = "syntax = \"proto3\";\nmessage A { n.B b = 1; }";
    let parts = [
        "Invalid schema {subject=s,version=null,id=null,guid=",
        ",schemaType=PROTOBUF,",
        ", details: ",
        "Could not resolve type: n.B",
    ];
    app.register("s", typed("PROTOBUF", text)).await.refused_with(42201, &parts);
}

/// Contract: 5/42201/9, 7.1/6, 10/2.
#[tokio::test]
async fn fields_are_checked_more_strictly_on_request() {
    let reserved = r#"{"type":"object","properties":{"$$a":{"type":"string"}}}"#;
    let twice = "syntax = \"proto3\";\nmessage A { string a = 1; string b = 1; }";
    let lax = App::start().await;
    lax.register("json", typed("JSON", reserved)).await.holds(1, 1);
    lax.register("proto", typed("PROTOBUF", twice)).await.holds(2, 1);
    let strict = App::start_with(Options { validate_fields: true, ..Options::default() }).await;
    let parts = ["Invalid schema {subject=json,", ", details: ", "Field names cannot start with $$ prefix"];
    strict.register("json", typed("JSON", reserved)).await.refused_with(42201, &parts);
    strict.register("proto", typed("PROTOBUF", twice)).await.refused_with(42201, &["Invalid schema {subject=proto,"]);
    strict.put("/config", json!({"validateFields": false})).await.ok(json!({"validateFields": false}));
    strict.register("json", typed("JSON", reserved)).await.holds(1, 1);
}
