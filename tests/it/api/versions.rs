//! Versions of a subject: list, one, its text (contract, sections 4.5, 6.7, 6.9 and 6.11).

use regis::model::Level;
use serde_json::json;

use crate::harness::{App, INT, LONG, STRING, STRING_GUID, avro, under_a_level};

/// A subject `s` whose first version is soft-deleted and whose second and third are not.
async fn with_three_versions() -> App {
    let app = App::start_with(under_a_level(Level::None)).await;
    for text in [STRING, INT, LONG] {
        app.accept("s", text).await;
    }
    app.delete("/subjects/s/versions/1").await.ok(1);
    app
}

/// Contract: 1.2/10, 6.7/2-4.
#[tokio::test]
async fn the_list_shows_versions_by_their_state() {
    let app = with_three_versions().await;
    for (query, expected) in [
        ("", json!([2, 3])),
        ("?deleted=true", json!([1, 2, 3])),
        ("?deletedOnly=true", json!([1])),
        ("?deleted=true&deletedOnly=true", json!([1])),
        ("?deletedAsNegative=true", json!([-1, 2, 3])),
        ("?deletedAsNegative=true&deletedOnly=true", json!([-1, 2, 3])),
        ("?deleted=true&offset=1&limit=1", json!([2])),
        ("?limit=0", json!([2, 3])),
        ("?offset=-1", json!([2, 3])),
        ("?offset=5", json!([])),
    ] {
        app.get(&format!("/subjects/s/versions{query}")).await.ok(expected);
    }
}

/// Contract: 6.7/1-2, 12/34.
#[tokio::test]
async fn a_fully_deleted_subject_has_a_list_only_on_request() {
    let app = with_three_versions().await;
    app.delete("/subjects/s").await.ok(json!([2, 3]));
    let missing = "Subject 's' not found.";
    app.get("/subjects/s/versions").await.refused(40401, missing);
    app.get("/subjects/s/versions?deletedAsNegative=true").await.refused(40401, missing);
    app.get("/subjects/s/versions?deleted=true").await.ok(json!([1, 2, 3]));
    app.get("/subjects/s/versions?deletedOnly=true").await.ok(json!([1, 2, 3]));
    app.get("/subjects/s/versions?deletedAsNegative=true&deleted=true").await.ok(json!([-1, -2, -3]));
    app.get("/subjects/s/versions?deletedAsNegative=true&deletedOnly=true").await.ok(json!([-1, -2, -3]));
}

/// Contract: 4.5/4-5.
#[tokio::test]
async fn a_version_may_be_written_in_several_ways() {
    let app = with_three_versions().await;
    for (segment, version) in [
        ("2", 2),
        ("+2", 2),
        ("%202%20", 2),
        ("002", 2),
        ("3", 3),
        ("latest", 3),
        ("LATEST", 3),
        ("Latest", 3),
        ("-1", 3),
    ] {
        let answer = app.get(&format!("/subjects/s/versions/{segment}")).await;
        assert_eq!((answer.status, answer.json()["version"].as_i64()), (200, Some(version)), "{segment}");
    }
}

/// Contract: 4.5/6, 5/42202, 6.9/1, 6.10/1, 6.21/1.
#[tokio::test]
async fn what_is_no_version_is_refused_wherever_a_version_is_named() {
    let app = with_three_versions().await;
    for (segment, shown) in [
        ("0", "0"),
        ("-2", "-2"),
        ("-2147483648", "-2147483648"),
        ("2147483648", "2147483648"),
        ("earliest", "earliest"),
        ("1.0", "1.0"),
        ("1e0", "1e0"),
        ("v1", "v1"),
        ("%C3%A9", "é"),
    ] {
        let message = format!(
            "The specified version '{shown}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
        );
        for subject in ["s", "unknown"] {
            let path = format!("/subjects/{subject}/versions/{segment}");
            app.get(&path).await.refused(42202, &message);
            app.get(&format!("{path}/schema")).await.refused(42202, &message);
            app.get(&format!("{path}/referencedby")).await.refused(42202, &message);
            app.delete(&path).await.refused(42202, &message);
            app.post(&format!("/compatibility{path}"), avro(STRING)).await.refused(42202, &message);
        }
    }
}

/// Contract: 2.1/1.
#[tokio::test]
async fn one_version_is_shown_with_all_that_is_known_of_it() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    let expected = json!({
        "subject": "s", "version": 1, "id": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING,
        "deleted": false
    });
    app.get("/subjects/s/versions/1").await.timed().ok(expected);
}

/// Contract: 1.6/1, 2.1/1, 2.1/3, 2.1/5, 2.1/8, 11/6.
#[tokio::test]
async fn the_members_of_a_version_come_in_the_order_of_the_contract() {
    let app = App::start().await;
    app.register("ref", avro(r#"{"type":"record","name":"Ref","fields":[]}"#)).await.holds(1, 1);
    let body = json!({
        "schema": r#"["null","Ref"]"#,
        "references": [{"version": 1, "subject": "ref", "name": "Ref"}],
        "metadata": {"sensitive": ["k"], "properties": {"k": "v"}, "tags": {"p": ["t"]}},
        "ruleSet": {"domainRules": [{"name": "r", "type": "CEL"}]}
    });
    let references = r#""references":[{"name":"Ref","subject":"ref","version":1}]"#;
    let metadata = r#""metadata":{"tags":{"p":["t"]},"properties":{"k":"v"},"sensitive":["k"]}"#;
    let rules = r#""ruleSet":{"domainRules":[{"name":"r","kind":"TRANSFORM","mode":"WRITEREAD","type":"CEL","disabled":false}]}"#;
    let schema = r#""schema":"[\"null\",\"Ref\"]""#;
    app.register("s", body.clone()).await.reads(
        200,
        &format!(r#"{{"id":2,"version":1,"guid":"…","schemaType":"AVRO",{references},{metadata},{rules},{schema}}}"#),
    );
    app.post("/subjects/s", body).await.reads(
        200,
        &format!(
            r#"{{"subject":"s","version":1,"id":2,"guid":"…","schemaType":"AVRO",{references},{metadata},{schema},{rules}}}"#
        ),
    );
    app.get("/subjects/s/versions/1").await.reads(
        200,
        &format!(
            r#"{{"subject":"s","version":1,"id":2,"guid":"…","schemaType":"AVRO",{references},{metadata},{schema},"ts":…,"deleted":false,{rules}}}"#
        ),
    );
    app.get("/schemas/ids/2?fetchMaxId=true").await.reads(
        200,
        &format!(
            r#"{{"subject":"s","version":1,"guid":"…","schemaType":"AVRO",{schema},{references},{metadata},{rules},"maxId":2,"ts":…,"deleted":false}}"#
        ),
    );
}

/// Contract: 6.9/2, 6.11/1.
#[tokio::test]
async fn a_soft_deleted_version_is_shown_only_on_request() {
    let app = with_three_versions().await;
    app.get("/subjects/s/versions/1").await.refused(40402, "Version 1 not found.");
    app.get("/subjects/s/versions/1?deleted=false").await.refused(40402, "Version 1 not found.");
    let shown = app.get("/subjects/s/versions/1?deleted=true").await.timed();
    shown.ok(json!({
        "subject": "s", "version": 1, "id": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING,
        "deleted": true
    }));
    app.get("/subjects/s/versions/1/schema").await.refused(40402, "Version 1 not found.");
    app.get("/subjects/s/versions/1/schema?deleted=true").await.says(200, STRING);
}

/// Contract: 6.9/3, 6.11/1, 12/12.
#[tokio::test]
async fn a_missing_version_is_told_from_a_missing_subject() {
    let app = with_three_versions().await;
    for end in ["", "/schema", "/referencedby"] {
        app.get(&format!("/subjects/s/versions/9{end}")).await.refused(40402, "Version 9 not found.");
        app.get(&format!("/subjects/s/versions/2147483647{end}")).await.refused(40402, "Version 2147483647 not found.");
        app.get(&format!("/subjects/x/versions/1{end}")).await.refused(40401, "Subject 'x' not found.");
        app.get(&format!("/subjects/x/versions/latest{end}")).await.refused(40401, "Subject 'x' not found.");
    }
    app.delete("/subjects/s").await.ok(json!([2, 3]));
    for end in ["", "/schema"] {
        app.get(&format!("/subjects/s/versions/2{end}")).await.refused(40401, "Subject 's' not found.");
        app.get(&format!("/subjects/s/versions/latest{end}")).await.refused(40401, "Subject 's' not found.");
        let latest = format!("/subjects/s/versions/latest{end}?deleted=true");
        app.get(&latest).await.refused(40402, "Version -1 not found.");
    }
}

/// Contract: 1.1/8, 6.11/1.
#[tokio::test]
async fn the_text_of_a_version_comes_unquoted() {
    let app = with_three_versions().await;
    let record = r#"{"type":"record","name":"A","doc":"a \"quoted\" / wörd","fields":[]}"#;
    app.accept("other", record).await;
    let answer = app.get("/subjects/other/versions/latest/schema").await;
    assert_eq!(answer.header("content-type"), Some("application/vnd.schemaregistry.v1+json"));
    answer.says(200, record);
    app.get("/subjects/s/versions/latest/schema").await.says(200, LONG);
}

/// Contract: 4.4/3, 6.0/4-5, 6.9/5, 6.15/8, 8.1/6, 12/27.
#[tokio::test]
async fn a_format_changes_the_text_and_nothing_else() {
    let app = App::start().await;
    let referenced = r#"{"type":"record","name":"Ref","fields":[]}"#;
    app.accept("ref", referenced).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    let guid = app.register("s", body).await.json()["guid"].clone();
    let resolved = format!(r#"["null",{referenced}]"#);
    for format in ["resolved", "RESOLVED"] {
        app.get(&format!("/subjects/s/versions/1/schema?format={format}")).await.says(200, &resolved);
        app.get(&format!("/schemas/ids/2/schema?format={format}")).await.says(200, &resolved);
        for path in ["/subjects/s/versions/1", "/schemas/ids/2"] {
            let shown = app.get(&format!("{path}?format={format}")).await.json();
            assert_eq!((&shown["schema"], &shown["guid"]), (&json!(resolved), &guid), "{path}");
        }
    }
    for format in ["", "default", "unknown", "serialized"] {
        app.get(&format!("/subjects/s/versions/1/schema?format={format}")).await.says(200, r#"["null","Ref"]"#);
    }
}
