//! The contract's worked traces (Appendix A), step by step.

use regis::model::Level;
use serde_json::{Value, json};

use crate::harness::{Answer, App, INT, LONG, STRING, avro, under_a_level};

/// One schema in one language, and another one for the last step.
struct Texts {
    kind: &'static str,
    text: &'static str,
    changed: &'static str,
}

const AVRO: Texts = Texts {
    kind: "AVRO",
    text: r#"{"type":"record","name":"R","fields":[{"name":"f","type":"string"}]}"#,
    changed: r#"{"type":"record","name":"R","doc":"d","fields":[{"name":"f","type":"string"}]}"#,
};
const JSON: Texts = Texts {
    kind: "JSON",
    text: r#"{"type":"object","properties":{"f":{"type":"string"}}}"#,
    changed: r#"{"type":"object","description":"d","properties":{"f":{"type":"string"}}}"#,
};
const PROTOBUF: Texts = Texts {
    kind: "PROTOBUF",
    text: "syntax = \"proto3\";\n\nmessage R {\n  string f = 1;\n}\n",
    changed: "syntax = \"proto3\";\n\nmessage R {\n  string f = 1;\n  string g = 2;\n}\n",
};

/// The trace's registry, and the body that its steps send.
struct Trace {
    app: App,
    texts: Texts,
}

impl Trace {
    async fn start(texts: Texts) -> Self {
        Self { app: App::start_with(under_a_level(Level::None)).await, texts }
    }

    fn body(&self, extra: &Value) -> Value {
        let mut body = json!({"schemaType": self.texts.kind, "schema": self.texts.text});
        let members = body.as_object_mut().expect("an object");
        members.extend(extra.as_object().expect("an object").clone());
        body
    }

    async fn register(&self, extra: Value) -> Answer {
        self.app.register("s", self.body(&extra)).await
    }

    async fn lookup(&self, extra: Value) -> Answer {
        self.app.post("/subjects/s", self.body(&extra)).await
    }

    /// A version that is stamped shows its number in its metadata.
    async fn register_stamped(&self, extra: Value, id: i64, version: i64) {
        let answer = self.register(extra).await.holds(id, version);
        assert_eq!(answer.json()["metadata"]["properties"]["confluent:version"], json!(version.to_string()));
    }
}

fn stamp(version: &str) -> Value {
    json!({"metadata": {"properties": {"confluent:version": version}}})
}

fn mine() -> Value {
    json!({"metadata": {"properties": {"mykey": "myvalue"}}})
}

async fn steps_1_to_9(trace: &Trace) {
    let first = trace.register(json!({})).await.holds(1, 1);
    assert_eq!(first.json().get("metadata"), None);
    trace.register(json!({"version": -1})).await.holds(1, 1);
    trace.register_stamped(json!({"version": 2}), 2, 2).await;
    trace.register(json!({"version": -1})).await.holds(2, 2);
    let found = trace.lookup(json!({})).await.holds(1, 1);
    assert_eq!(found.json().get("metadata"), None);
    trace.lookup(stamp("1")).await.holds(1, 1);
    trace.lookup(stamp("2")).await.holds(2, 2);
    trace.app.delete("/subjects/s/versions/1").await.ok(1);
    trace.lookup(json!({})).await.holds(2, 2);
    trace.register(json!({})).await.holds(2, 2);
}

async fn steps_10_to_19(trace: &Trace) {
    trace.register_stamped(json!({"version": 3}), 3, 3).await;
    trace.register(json!({"version": -1})).await.holds(3, 3);
    trace.register(json!({"version": -1})).await.holds(3, 3);
    trace.register(json!({"version": 3})).await.refused(42201, "Version is not one more than previous version");
    trace.register_stamped(json!({"version": 4}), 4, 4).await;
    trace.lookup(json!({})).await.holds(4, 4);
    trace.register_stamped(stamp("-1"), 5, 5).await;
    trace.register(stamp("2")).await.holds(2, 2);
    trace.register(stamp("3")).await.holds(3, 3);
    trace.register_stamped(stamp("0"), 6, 6).await;
    trace.register(json!({"metadata": {}})).await.holds(6, 6);
}

async fn steps_20_to_24(trace: &Trace) {
    let new = trace.register(mine()).await.holds(7, 7);
    assert_eq!(new.json()["metadata"], json!({"properties": {"mykey": "myvalue"}}));
    let stamped = trace.register(json!({"version": -1})).await.holds(8, 8);
    assert_eq!(stamped.json()["metadata"]["properties"], json!({"confluent:version": "8", "mykey": "myvalue"}));
    trace.lookup(mine()).await.holds(7, 7);
    trace.app.delete("/subjects/s/versions/7").await.ok(7);
    trace.lookup(mine()).await.holds(8, 8);
    let changed = json!({"schemaType": trace.texts.kind, "schema": trace.texts.changed, "version": -1});
    trace.app.post("/subjects/s", changed).await.refused(40403, "Schema not found");
}

async fn stamps_of_versions(texts: Texts) {
    let trace = Trace::start(texts).await;
    steps_1_to_9(&trace).await;
    steps_10_to_19(&trace).await;
    steps_20_to_24(&trace).await;
}

/// Contract: 7.2/2b, 7.2.1/3, 7.3/2, 7.5/4, A.1/1-24.
#[tokio::test]
async fn stamps_of_versions_in_avro() {
    stamps_of_versions(AVRO).await;
}

/// Contract: 7.2.1/4, A.1/1-24.
#[tokio::test]
async fn stamps_of_versions_in_json_schema() {
    stamps_of_versions(JSON).await;
}

/// Contract: 7.4/14, 7.5/5, A.1/1-24.
#[tokio::test]
async fn stamps_of_versions_in_protobuf() {
    stamps_of_versions(PROTOBUF).await;
}

/// Contract: 4.5/2, 7.4/6, 7.4/12, 12/10-11, A.2.
#[tokio::test]
async fn soft_deleted_content_comes_back_as_a_new_version_with_its_old_id() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.register("s", avro(STRING)).await.holds(1, 1);
    app.register("s", avro(INT)).await.holds(2, 2);
    app.delete("/subjects/s/versions/2").await.ok(2);
    app.delete("/subjects/s/versions/latest").await.ok(1);
    app.get("/subjects/s/versions").await.refused(40401, "Subject 's' not found.");
    app.register("s", avro(STRING)).await.holds(1, 3);
    app.register("s", avro(STRING)).await.holds(1, 3);
    app.get("/subjects/s/versions?deleted=true").await.ok(json!([2, 3]));
}

/// Contract: A.2.
#[tokio::test]
async fn a_hard_deleted_top_version_is_used_again() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.register("s", avro(STRING)).await.holds(1, 1);
    app.register("s", avro(INT)).await.holds(2, 2);
    app.delete("/subjects/s/versions/2").await.ok(2);
    app.delete("/subjects/s/versions/latest").await.ok(1);
    app.delete("/subjects/s/versions/2?permanent=true").await.ok(2);
    app.register("s", avro(STRING)).await.holds(1, 2);
    app.get("/subjects/s/versions?deleted=true").await.ok(json!([2]));
}

const REFERENCED: &str = r#"{"type":"record","name":"Ref","fields":[]}"#;

fn base() -> Value {
    json!({
        "schema": r#"{"type":"record","name":"Base","fields":[{"name":"r","type":"Ref"}]}"#,
        "references": [{"name": "Ref", "subject": "ref", "version": 1}]
    })
}

/// Contract: 6.12/1, A.3.
#[tokio::test]
async fn references_hold_what_they_refer_to() {
    const HELD: &str = "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=ref,version=1}.";
    let app = App::start().await;
    app.register("ref", avro(REFERENCED)).await.holds(1, 1);
    app.register("base", base()).await.holds(2, 1);
    app.delete("/subjects/ref/versions/1").await.refused(42206, HELD);
    app.delete("/subjects/base/versions/1").await.ok(1);
    app.get("/subjects/ref/versions/1/referencedby").await.ok(json!([]));
    app.get("/subjects/ref/versions/1/referencedby?deleted=true").await.ok(json!([2]));
    app.delete("/subjects/ref/versions/1").await.ok(1);
    let missing = "No schema reference found for subject \"ref\" and version 1";
    app.register("other", base()).await.refused_with(42201, &["Invalid schema of type AVRO, details: ", missing]);
    app.delete("/subjects/ref/versions/1?permanent=true").await.refused(42206, HELD);
    app.delete("/subjects/base/versions/1?permanent=true").await.ok(1);
    app.delete("/subjects/ref/versions/1?permanent=true").await.ok(1);
    app.get("/subjects?deleted=true").await.ok(json!([]));
}

/// Contract: 4.3/2, A.4.
#[tokio::test]
async fn an_import_keeps_ids_and_versions() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    let given = |text: &str, version: i32, id: i32| json!({"schema": text, "version": version, "id": id});
    app.register("s", given(STRING, 1, 100)).await.holds(100, 1);
    app.register("s", given(STRING, 2, 200)).await.holds(200, 2);
    let taken = "Overwrite new schema with id 100 in context  is not permitted.";
    app.register("s", given(INT, 3, 100)).await.refused(42205, taken);
    let no_id = "Subject s in context  is not in read-write mode";
    app.register("s", avro(INT)).await.refused(42205, no_id);
    app.register("s", avro(STRING)).await.json();
    let found = app.register("s", avro(STRING)).await;
    assert_eq!(found.status, 200, "content that is there is found in any mode");
    app.set_mode("", "READWRITE").await;
    app.register("other", avro(LONG)).await.holds(201, 1);
}
