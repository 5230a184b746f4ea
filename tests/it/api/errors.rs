//! Every refusal of every endpoint: a request, and the code and message that answer it.
//!
//! Refusals that take a story to come about stand with that story; those of the transport in `transport.rs`.

use regis::model::Level;
use serde_json::{Value, json};

use crate::harness::{App, INT, STRING, avro, record, under_a_level};

/// Method, path, body, code, message.
type Row = (&'static str, &'static str, &'static str, u32, &'static str);

const NO_X: &str = "Subject 'x' not found.";
const NO_ROUTE: &str = "HTTP 404 Not Found";
const NO_VERSION_0: &str = "The specified version '0' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"";
const READ_ONLY: &str = "Subject frozen in context  is in read-only mode";
const RESERVED: &str = "The specified subject '__GLOBAL' is not a valid.";
const EMPTY: &str = "The specified subject ':.ctx:__EMPTY' is not a valid.";
const CONTROL: &str = "The specified subject 'a\nb' is not a valid.";
const LEVELS: &str = "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive";
const MODES: &str = "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.";
const GLOBAL_ONLY: &str = "Forward mode only supported on global level";
const HELD: &str = "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=ref,version=1}.";
const CTX: &str = "The specified context ':.ctx:' is not empty.";
const ID: &str = r#"{"schema":"\"long\"","id":5}"#;
const LONG: &str = r#"{"schema":"\"long\""}"#;
const TEXT: &str = r#"{"schema":"\"string\""}"#;
const NEXT: &str = "Version is not one more than previous version";

const READING: &[Row] = &[
    ("GET", "/subjects/x/versions", "", 40401, NO_X),
    ("GET", "/subjects/gone/versions", "", 40401, "Subject 'gone' not found."),
    ("GET", "/subjects/x/versions?deleted=true", "", 40401, NO_X),
    ("GET", "/subjects/s/versions?limit=many", "", 404, NO_ROUTE),
    ("GET", "/subjects/x/versions/1", "", 40401, NO_X),
    ("GET", "/subjects/s/versions/2", "", 40402, "Version 2 not found."),
    ("GET", "/subjects/half/versions/1", "", 40402, "Version 1 not found."),
    ("GET", "/subjects/gone/versions/latest?deleted=true", "", 40402, "Version -1 not found."),
    ("GET", "/subjects/s/versions/0", "", 42202, NO_VERSION_0),
    ("GET", "/subjects/x/versions/1/schema", "", 40401, NO_X),
    ("GET", "/subjects/s/versions/2/schema", "", 40402, "Version 2 not found."),
    ("GET", "/subjects/s/versions/0/schema", "", 42202, NO_VERSION_0),
    ("GET", "/subjects/x/versions/1/referencedby", "", 40401, NO_X),
    ("GET", "/subjects/s/versions/2/referencedby", "", 40402, "Version 2 not found."),
    ("GET", "/subjects/s/versions/0/referencedby", "", 42202, NO_VERSION_0),
    ("GET", "/subjects/s/versions/1/referencedby?limit=x", "", 404, NO_ROUTE),
    ("GET", "/subjects?offset=one", "", 404, NO_ROUTE),
    ("GET", "/contexts?limit=2147483648", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/99", "", 40403, "Schema 99 not found"),
    ("GET", "/schemas/ids/-5", "", 40403, "Schema -5 not found"),
    ("GET", "/schemas/ids/x", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/2147483648", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/1.0", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/1?subject=:.ctx:x", "", 40403, "Schema 1 not found"),
    ("GET", "/schemas/ids/99/schema", "", 40403, "Schema 99 not found"),
    ("GET", "/schemas/ids/x/schema", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/99/subjects", "", 40403, "Schema not found"),
    ("GET", "/schemas/ids/x/subjects", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/1/subjects?offset=x", "", 404, NO_ROUTE),
    ("GET", "/schemas/ids/99/versions", "", 40403, "Schema not found"),
    ("GET", "/schemas/ids/x/versions", "", 404, NO_ROUTE),
    ("GET", "/schemas/guids/nothing", "", 40403, "Schema nothing not found"),
    ("GET", "/config/x", "", 40408, "Subject 'x' does not have subject-level compatibility configured"),
    ("GET", "/config/:.ctx:", "", 40408, "Subject ':.ctx:' does not have subject-level compatibility configured"),
    ("GET", "/mode/x", "", 40409, "Subject 'x' does not have subject-level mode configured"),
    ("GET", "/mode/:.ctx:", "", 40409, "Subject ':.ctx:' does not have subject-level mode configured"),
];

const POSTING: &[Row] = &[
    ("POST", "/subjects/x", TEXT, 40401, NO_X),
    ("POST", "/subjects/gone", TEXT, 40401, "Subject 'gone' not found."),
    ("POST", "/subjects/s", LONG, 40403, "Schema not found"),
    ("POST", "/subjects/s", "null", 422, "lookUpSchemaUnderSubject.request must not be null (was null)"),
    ("POST", "/subjects/s/versions", "null", 422, "register.request must not be null (was null)"),
    ("POST", "/subjects/__GLOBAL/versions", TEXT, 42208, RESERVED),
    ("POST", "/subjects/:.ctx:__EMPTY/versions", TEXT, 42208, EMPTY),
    ("POST", "/subjects/a%0Ab/versions", TEXT, 42208, CONTROL),
    ("POST", "/subjects/:.__GLOBAL:s/versions", TEXT, 42208, "The specified subject ':.__GLOBAL:s' is not a valid."),
    ("POST", "/subjects/frozen/versions", LONG, 42205, READ_ONLY),
    ("POST", "/subjects/s/versions", ID, 42205, "Subject s in context  is not in import mode"),
    ("POST", "/subjects/imported/versions", LONG, 42205, "Subject imported in context  is not in read-write mode"),
    (
        "POST",
        "/subjects/imported/versions",
        r#"{"schema":"\"long\"","id":1}"#,
        42205,
        "Overwrite new schema with id 1 in context  is not permitted.",
    ),
    ("POST", "/subjects/imported/versions", r#"{"id":5}"#, 42201, "Empty schema"),
    ("POST", "/subjects/s/versions", r#"{"schema":"\"long\"","version":3}"#, 42201, NEXT),
    ("POST", "/subjects/x/versions", "{}", 42201, "Empty schema"),
    ("POST", "/subjects/x/versions", r#"{"schema":"a","schemaType":"XML"}"#, 42201, "Invalid schema type XML"),
    (
        "POST",
        "/subjects/s/versions",
        r#"{"schema":"\"long\"","ruleSet":{"domainRules":[{}]}}"#,
        42210,
        "Missing rule name",
    ),
    ("POST", "/compatibility/subjects/s/versions/2", TEXT, 40402, "Version 2 not found."),
    ("POST", "/compatibility/subjects/x/versions/1", TEXT, 40402, "Version 1 not found."),
    ("POST", "/compatibility/subjects/half/versions/1", TEXT, 40402, "Version 1 not found."),
    ("POST", "/compatibility/subjects/s/versions/0", TEXT, 42202, NO_VERSION_0),
    ("POST", "/compatibility/subjects/s/versions/1", "{}", 42201, "Empty schema"),
    (
        "POST",
        "/compatibility/subjects/s/versions/1",
        "null",
        422,
        "testCompatibilityBySubjectName.request must not be null (was null)",
    ),
    ("POST", "/compatibility/subjects/s/versions", "{}", 42201, "Empty schema"),
    (
        "POST",
        "/compatibility/subjects/s/versions",
        "null",
        422,
        "testCompatibilityForSubject.request must not be null (was null)",
    ),
];

const SETTING: &[Row] = &[
    ("PUT", "/config", r#"{"compatibility":"x"}"#, 42203, LEVELS),
    ("PUT", "/config", r#"{"compatibility":""}"#, 42203, LEVELS),
    ("PUT", "/config", "null", 422, "updateTopLevelConfig.request must not be null (was null)"),
    ("PUT", "/config", r#"{"defaultRuleSet":{"domainRules":[{}]}}"#, 42210, "Missing rule name"),
    ("PUT", "/config/s", r#"{"compatibility":"x"}"#, 42203, LEVELS),
    ("PUT", "/config/s", "null", 422, "updateSubjectLevelConfig.request must not be null (was null)"),
    ("PUT", "/config/s", r#"{"overrideRuleSet":{"domainRules":[{}]}}"#, 42210, "Missing rule name"),
    ("PUT", "/config/__GLOBAL", r#"{"normalize":true}"#, 42208, RESERVED),
    ("PUT", "/config/:.ctx:__EMPTY", r#"{"normalize":true}"#, 42208, EMPTY),
    ("PUT", "/config/a%0Ab", r#"{"normalize":true}"#, 42208, CONTROL),
    ("PUT", "/config/frozen", r#"{"normalize":true}"#, 42205, READ_ONLY),
    ("PUT", "/config/__GLOBAL", r#"{"compatibility":"x"}"#, 42203, LEVELS),
    ("PUT", "/mode", r#"{"mode":"x"}"#, 42204, MODES),
    ("PUT", "/mode", r#"{"mode":""}"#, 42204, MODES),
    ("PUT", "/mode", r#"{"mode":"FORWARD"}"#, 42204, GLOBAL_ONLY),
    ("PUT", "/mode", r#"{"mode":"IMPORT"}"#, 42205, "Cannot import since found existing subjects"),
    ("PUT", "/mode", "null", 422, "updateTopLevelMode.request must not be null (was null)"),
    ("PUT", "/mode/s", r#"{"mode":"x"}"#, 42204, MODES),
    ("PUT", "/mode/s", r#"{"mode":"FORWARD"}"#, 42204, GLOBAL_ONLY),
    ("PUT", "/mode/:.:", r#"{"mode":"FORWARD"}"#, 42204, GLOBAL_ONLY),
    ("PUT", "/mode/:.__GLOBAL:s", r#"{"mode":"FORWARD"}"#, 42204, GLOBAL_ONLY),
    ("PUT", "/mode/s", r#"{"mode":"IMPORT"}"#, 42205, "Cannot import since found existing subjects"),
    (
        "PUT",
        "/mode/held",
        r#"{"mode":"IMPORT"}"#,
        42206,
        "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=held,version=1}.",
    ),
    ("PUT", "/mode/s", "null", 422, "updateMode.request must not be null (was null)"),
    ("PUT", "/mode/__GLOBAL", r#"{"mode":"READONLY"}"#, 42208, RESERVED),
    ("PUT", "/mode/a%0Ab", r#"{"mode":"x"}"#, 42208, CONTROL),
];

const DELETING: &[Row] = &[
    ("DELETE", "/subjects/x", "", 40401, NO_X),
    ("DELETE", "/subjects/x?permanent=true", "", 40401, NO_X),
    ("DELETE", "/subjects/gone", "", 40404, "Subject 'gone' was soft deleted.Set permanent=true to delete permanently"),
    (
        "DELETE",
        "/subjects/s?permanent=true",
        "",
        40405,
        "Subject 's' was not deleted first before being permanently deleted",
    ),
    (
        "DELETE",
        "/subjects/half?permanent=true",
        "",
        40405,
        "Subject 'half' was not deleted first before being permanently deleted",
    ),
    ("DELETE", "/subjects/frozen", "", 42205, READ_ONLY),
    ("DELETE", "/subjects/ref", "", 42206, HELD),
    ("DELETE", "/subjects/ref?permanent=true", "", 42206, HELD),
    ("DELETE", "/subjects/x/versions/1", "", 40401, NO_X),
    ("DELETE", "/subjects/s/versions/2", "", 40402, "Version 2 not found."),
    ("DELETE", "/subjects/gone/versions/latest", "", 40402, "Version -1 not found."),
    (
        "DELETE",
        "/subjects/half/versions/1",
        "",
        40406,
        "Subject 'half' Version 1 was soft deleted.Set permanent=true to delete permanently",
    ),
    (
        "DELETE",
        "/subjects/s/versions/1?permanent=true",
        "",
        40407,
        "Subject 's' Version 1 was not deleted first before being permanently deleted",
    ),
    ("DELETE", "/subjects/s/versions/0", "", 42202, NO_VERSION_0),
    ("DELETE", "/subjects/frozen/versions/1", "", 42205, READ_ONLY),
    ("DELETE", "/subjects/ref/versions/1", "", 42206, HELD),
    // A live version that is referenced is held first, and not deleted first only then.
    ("DELETE", "/subjects/ref/versions/1?permanent=true", "", 42206, HELD),
    ("DELETE", "/config/x", "", 40401, NO_X),
    ("DELETE", "/config/:.ctx:", "", 40401, "Subject ':.ctx:' not found."),
    ("DELETE", "/config/frozen", "", 42205, READ_ONLY),
    ("DELETE", "/mode/x", "", 40401, NO_X),
    ("DELETE", "/mode/:.ctx:", "", 40401, "Subject ':.ctx:' not found."),
    ("DELETE", "/contexts/.ctx", "", 42211, CTX),
    ("DELETE", "/contexts/ctx", "", 42211, CTX),
];

/// Subjects in every state that a row speaks of.
async fn furnished() -> App {
    let app = App::start_with(under_a_level(Level::None)).await;
    for subject in ["s", ":.ctx:c", "gone", "frozen", "imported", "half"] {
        app.accept(subject, STRING).await;
    }
    app.accept("half", INT).await;
    app.delete("/subjects/half/versions/1").await.ok(1);
    app.delete("/subjects/gone").await.ok(json!([1]));
    for (subject, referrer) in [("ref", "base"), ("held", "holder")] {
        app.accept(subject, &record("Ref", &[])).await;
        let references = json!([{"name": "Ref", "subject": subject, "version": 1}]);
        app.register(referrer, json!({"schema": r#"["null","Ref"]"#, "references": references})).await.json();
    }
    app.delete("/subjects/holder").await.ok(json!([1]));
    app.delete("/subjects/held").await.ok(json!([1]));
    app.put("/config/frozen", json!({"compatibility": "NONE"})).await.ok(json!({"compatibility": "NONE"}));
    app.set_mode("frozen", "READONLY").await;
    app.put("/mode/imported?force=true", json!({"mode": "IMPORT"})).await.ok(json!({"mode": "IMPORT"}));
    app
}

async fn check(rows: &[Row]) {
    let app = furnished().await;
    let before = app.get("/subjects?deleted=true").await.json();
    for (method, path, body, code, message) in rows {
        let headers = [("Content-Type", "application/json")];
        let mut answer = app.send(method, path, &headers, *body).await;
        answer.question = format!("{} {body}", answer.question);
        assert_eq!(answer.header("content-type"), Some("application/vnd.schemaregistry.v1+json"), "{method} {path}");
        assert!(answer.text().starts_with("{\"error_code\":"), "{}", answer.text());
        answer.refused(*code, message);
    }
    app.get("/subjects?deleted=true").await.ok(before);
}

/// Contract: 1.2/11, 1.3/1, 5/40401-40403, 5/40408-40409, 5/42202, 6.15/6, 6.16/2, 6.17/2, 6.19/2, 6.22/GET3,
/// 6.23/GET2, 11/5, 12/13.
#[tokio::test]
async fn refusals_of_reads() {
    check(READING).await;
}

/// Contract: 1.3/1, 5/40403, 5/42201/1-3, 5/42201/10, 5/42205/1-4, 5/42208, 6.4/1, 6.8/1, 6.8/4, 7.4/17.
#[tokio::test]
async fn refusals_of_posts() {
    check(POSTING).await;
}

/// Contract: 1.3/3, 3.3/1, 5/42203-42204, 5/42205/5, 5/42206, 5/42208, 6.22/PUT1, 6.22/PUT3, 6.22/PUT4, 6.22/PUT5,
/// 6.23/PUT1, 6.23/PUT2, 6.23/PUT4.
#[tokio::test]
async fn refusals_of_settings() {
    check(SETTING).await;
}

/// Contract: 1.3/3, 5/40401, 5/40404-40407, 5/42206, 5/42211, 6.2/4, 6.5/1, 6.5/3, 6.10/4, 6.10/7, 6.22/DELETE3, 12/13.
#[tokio::test]
async fn refusals_of_deletions() {
    check(DELETING).await;
}

/// Contract: 5/40901, 7.4/8.
#[tokio::test]
async fn an_incompatible_schema_is_refused_with_every_message() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let messages: Vec<Value> =
        app.post("/compatibility/subjects/s/versions?verbose=true", avro(INT)).await.json()["messages"]
            .as_array()
            .expect("messages")
            .clone();
    let list: Vec<&str> = messages.iter().filter_map(Value::as_str).collect();
    let message = format!(
        "Schema being registered is incompatible with an earlier schema for subject \"s\", details: [{}]",
        list.join(", ")
    );
    app.register("s", avro(INT)).await.refused(40901, &message);
}

/// Contract: 5/42205/6, 6.23/PUT6, 6.23/DELETE3, 10/7.
#[tokio::test]
async fn modes_may_be_fixed() {
    let options = regis::registry::Options { mode_mutability: false, ..regis::registry::Options::default() };
    let app = App::start_with(options).await;
    let fixed = "Mode changes are not allowed";
    for path in ["/mode", "/mode/s", "/mode/:.ctx:"] {
        app.put(path, json!({"mode": "READONLY"})).await.refused(42205, fixed);
        app.put(path, json!({"mode": null})).await.refused(42205, fixed);
        app.delete(path).await.refused(42205, fixed);
        app.put(path, json!({"mode": "x"})).await.refused(42204, MODES);
        app.put(path, json!({"mode": "FORWARD"})).await.refused(42204, GLOBAL_ONLY);
    }
    app.get("/mode").await.ok(json!({"mode": "READWRITE"}));
}
