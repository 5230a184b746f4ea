//! `/schemas/ids/...`, `/schemas/guids/...`, `/schemas/types` (contract, sections 6.15 to 6.20).

use regis::model::Level;
use serde_json::json;

use crate::harness::{App, INT, LONG, STRING, STRING_GUID, avro, record, typed, under_a_level};

/// Contract: 1.1/8, 2.1/3, 3.8/7, 6.15/1, 6.16/1, 12/5.
#[tokio::test]
async fn an_id_shows_the_schema_and_a_subject_that_has_it() {
    let app = App::start().await;
    app.accept("b", STRING).await;
    app.accept("a", STRING).await;
    let shown = json!({
        "subject": "b", "version": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING, "deleted": false
    });
    app.get("/schemas/ids/1").await.timed().ok(shown.clone());
    app.get("/schemas/ids/1?deleted=true&fetchMaxId=false&subject=").await.timed().ok(shown);
    app.get("/schemas/ids/1/schema").await.says(200, STRING);
}

/// Contract: 4.2/2, 6.15/5, 6.17/3.
#[tokio::test]
async fn a_soft_deleted_schema_keeps_its_id() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    app.delete("/subjects/s").await.ok(json!([1]));
    app.get("/schemas/ids/1").await.timed().ok(json!({
        "subject": "s", "version": 1, "guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING, "deleted": true
    }));
    app.get("/schemas/ids/1/schema").await.says(200, STRING);
    app.get("/schemas/ids/1/subjects").await.ok(json!([]));
    app.get("/schemas/ids/1/versions").await.ok(json!([]));
    app.get("/schemas/ids/1/subjects?deleted=true").await.ok(json!(["s"]));
    app.get("/schemas/ids/1/versions?deleted=true").await.ok(json!([{"subject": "s", "version": 1}]));
    app.delete("/subjects/s?permanent=true").await.ok(json!([1]));
    app.get("/schemas/ids/1").await.refused(40403, "Schema 1 not found");
    app.get("/schemas/ids/1/schema").await.refused(40403, "Schema 1 not found");
    app.get("/schemas/ids/1/subjects?deleted=true").await.refused(40403, "Schema not found");
    app.get("/schemas/ids/1/versions?deleted=true").await.refused(40403, "Schema not found");
    app.get(&format!("/schemas/guids/{STRING_GUID}")).await.refused(40403, &format!("Schema {STRING_GUID} not found"));
}

/// Contract: 6.15/7.
#[tokio::test]
async fn the_highest_id_is_that_of_the_context() {
    let app = App::start().await;
    for (subject, text) in [("a", STRING), ("b", INT), ("c", LONG), (":.ctx:a", STRING)] {
        app.accept(subject, text).await;
    }
    let highest = async |path: &str| app.get(path).await.json().get("maxId").cloned();
    assert_eq!(highest("/schemas/ids/1").await, None);
    assert_eq!(highest("/schemas/ids/1?fetchMaxId=true").await, Some(json!(3)));
    assert_eq!(highest("/schemas/ids/1?fetchMaxId=True&subject=c").await, Some(json!(3)));
    assert_eq!(highest("/schemas/ids/1?fetchMaxId=true&subject=:.ctx:").await, Some(json!(1)));
    assert_eq!(highest("/contexts/.ctx/schemas/ids/1?fetchMaxId=true").await, Some(json!(1)));
}

/// Contract: 3.11/3, 6.15/2-4.
#[tokio::test]
async fn a_subject_says_where_an_id_is_looked_for() {
    let app = App::start().await;
    for (subject, text) in [
        ("a", STRING),
        ("b", STRING),
        ("c", INT),
        (":.x:a", LONG),
        (":.x:z", STRING),
        (":.y:z", LONG),
        (":.y:only", INT),
    ] {
        app.accept(subject, text).await;
    }
    for (id, subject, expected) in [
        (1, "", Some(("a", STRING))),
        (1, "a", Some(("a", STRING))),
        (1, "b", Some(("b", STRING))),
        (1, ":.:b", Some(("b", STRING))),
        (1, ":.x:", Some((":.x:a", LONG))),
        (1, ":.x", Some((":.x:a", LONG))),
        (2, ":.x:", Some((":.x:z", STRING))),
        (2, ":.x:z", Some((":.x:z", STRING))),
        (1, ":.x:z", None),
        (1, ":.nowhere:", None),
        (9, ":.x:", None),
        // Not under that name in the default context, but in another one; and nowhere under that name at all.
        (2, "z", Some((":.x:z", STRING))),
        (2, "only", Some((":.y:only", INT))),
        (2, "nobody", Some(("c", INT))),
        (1, "nobody", Some(("a", STRING))),
    ] {
        let answer = app.get(&format!("/schemas/ids/{id}?subject={subject}")).await;
        match expected {
            Some((holder, text)) => {
                let shown = answer.json();
                assert_eq!(
                    (&shown["subject"], &shown["schema"]),
                    (&json!(holder), &json!(text)),
                    "{id} in {subject:?}"
                );
                app.get(&format!("/schemas/ids/{id}/schema?subject={subject}")).await.says(200, text);
            }
            None => {
                answer.refused(40403, &format!("Schema {id} not found"));
            }
        }
    }
}

/// Contract: 2.1/9, 6.17/1, 6.18/1.
#[tokio::test]
async fn the_holders_of_an_id_are_listed() {
    let app = App::start_with(under_a_level(Level::None)).await;
    for subject in ["a", "b", "c", ":.x:a"] {
        app.accept(subject, STRING).await;
    }
    app.accept("a", INT).await;
    app.delete("/subjects/b").await.ok(json!([1]));
    let listed = async |path: &str| {
        let mut list = app.get(path).await.json();
        list.as_array_mut().expect("a list").sort_by_key(ToString::to_string);
        list
    };
    assert_eq!(listed("/schemas/ids/1/subjects").await, json!(["a", "c"]));
    assert_eq!(listed("/schemas/ids/1/subjects?deleted=true").await, json!(["a", "b", "c"]));
    assert_eq!(listed("/schemas/ids/1/subjects?subject=:.x:").await, json!([":.x:a"]));
    let one = |subject: &str, version: i32| json!({"subject": subject, "version": version});
    assert_eq!(listed("/schemas/ids/1/versions").await, json!([one("a", 1), one("c", 1)]));
    assert_eq!(listed("/schemas/ids/1/versions?deleted=true").await, json!([one("a", 1), one("b", 1), one("c", 1)]));
    assert_eq!(listed("/schemas/ids/2/versions").await, json!([one("a", 2)]));
    for kind in ["subjects", "versions"] {
        let path = format!("/schemas/ids/1/{kind}?deleted=true");
        let all = app.get(&path).await.json();
        let page = app.get(&format!("{path}&offset=1&limit=1")).await.json();
        assert_eq!(page, json!([all[1]]));
        app.get(&format!("{path}&offset=3")).await.ok(json!([]));
    }
}

/// Contract: 4.2/1, 6.18/1.
#[tokio::test]
async fn a_subject_that_holds_an_id_twice_shows_the_last_written_version() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    for version in [5, 3] {
        app.register("s", json!({"schema": STRING, "version": version, "id": 7})).await.holds(7, version);
    }
    app.get("/schemas/ids/7/versions").await.ok(json!([{"subject": "s", "version": 3}]));
    app.get("/schemas/ids/7").await.reads(200, r#"{"subject":"s","version":3,…"#);
}

/// Contract: 2.1/9, 4.4/6, 6.19/1-4, 12/33.
#[tokio::test]
async fn a_guid_names_content_in_every_context() {
    let app = App::start().await;
    app.accept(":.ctx:s", INT).await;
    app.accept(":.ctx:s2", STRING).await;
    let guid = format!("/schemas/guids/{STRING_GUID}");
    let shown = json!({"guid": STRING_GUID, "schemaType": "AVRO", "schema": STRING, "deleted": false});
    app.get(&guid).await.timed().ok(shown.clone());
    app.get(&format!("{guid}/ids")).await.ok(json!([{"context": ".ctx", "id": 2}]));
    app.accept("s", STRING).await;
    app.get(&format!("{guid}/ids")).await.ok(json!([{"context": ".", "id": 1}, {"context": ".ctx", "id": 2}]));
    for spelling in [STRING_GUID.replace('-', ""), STRING_GUID.to_uppercase()] {
        app.get(&format!("/schemas/guids/{spelling}")).await.timed().ok(shown.clone());
    }
    for unknown in ["00000000-0000-0000-0000-000000000000", "nothing", "1"] {
        app.get(&format!("/schemas/guids/{unknown}")).await.refused(40403, &format!("Schema {unknown} not found"));
        app.get(&format!("/schemas/guids/{unknown}/ids")).await.ok(json!([]));
    }
}

/// Contract: 4.4/1, 4.4/4.
#[tokio::test]
async fn guids_are_those_of_the_reference() {
    let app = App::start().await;
    for (body, guid) in
        [(avro(STRING), STRING_GUID), (typed("JSON", r#"{"type":"object"}"#), "01fc056e-ed58-c88f-e1c5-07fcd84dd4b7")]
    {
        assert_eq!(app.register("s", body.clone()).await.json()["guid"], json!(guid));
        app.put("/config/s", json!({"compatibility": "NONE"})).await.json();
    }
    let plain = app.register("a", avro(INT)).await.json()["guid"].clone();
    let empty = app.register("b", json!({"schema": INT, "metadata": {}})).await.json()["guid"].clone();
    assert_ne!(plain, empty, "metadata of nothing is not no metadata");
}

/// Contract: 4.4/3.
#[tokio::test]
async fn a_format_leaves_the_guid_alone() {
    let app = App::start().await;
    let referenced = record("Ref", &[]);
    app.accept("ref", &referenced).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": "ref", "version": 1}]});
    let guid = app.register("s", body).await.json()["guid"].as_str().expect("a guid").to_owned();
    let shown = app.get(&format!("/schemas/guids/{guid}?format=resolved")).await.json();
    assert_eq!((&shown["guid"], &shown["schema"]), (&json!(guid), &json!(format!(r#"["null",{referenced}]"#))));
}

/// Contract: 3.10/4, 6.9/6, 6.15/8.
#[tokio::test]
async fn references_are_printed_with_their_context_on_request() {
    let app = App::start().await;
    for prefix in ["", ":.ctx:"] {
        app.accept(&format!("{prefix}ref"), &record("Ref", &[])).await;
        let references = json!([{"name": "Ref", "subject": "ref", "version": 1}]);
        let body = json!({"schema": r#"["null","Ref"]"#, "references": references});
        app.register(&format!("{prefix}s"), body).await.holds(2, 1);
        let within = crate::harness::segment(&format!("{prefix}s"));
        for path in [format!("/subjects/{within}/versions/1?a=b"), format!("/schemas/ids/2?subject={within}")] {
            assert_eq!(app.get(&path).await.json()["references"], references);
            assert_eq!(app.get(&format!("{path}&referenceFormat=Qualified")).await.json()["references"], references);
            let qualified = app.get(&format!("{path}&referenceFormat=qualified")).await.json();
            assert_eq!(qualified["references"][0]["subject"], json!(format!("{prefix}ref")));
        }
    }
}

/// Contract: 6.20/1.
#[tokio::test]
async fn the_three_types_are_listed() {
    let app = App::start().await;
    app.get("/schemas/types").await.says(200, r#"["JSON","PROTOBUF","AVRO"]"#);
}
