//! `DELETE /subjects/{subject}` and `DELETE /subjects/{subject}/versions/{version}` (contract, sections 4.6, 6.5, 6.10).

use regis::model::Level;
use serde_json::json;

use crate::harness::{App, INT, LONG, STRING, avro, record, under_a_level};

async fn with_three_versions() -> App {
    let app = App::start_with(under_a_level(Level::None)).await;
    for text in [STRING, INT, LONG] {
        app.accept("s", text).await;
    }
    app
}

/// Contract: 6.5/1-2, 6.5/6, 6.5/8.
#[tokio::test]
async fn a_subject_is_deleted_in_two_steps() {
    let app = with_three_versions().await;
    let unknown = "Subject 's' not found.";
    let soft = "Subject 's' was soft deleted.Set permanent=true to delete permanently";
    let live = "Subject 's' was not deleted first before being permanently deleted";
    app.delete("/subjects/s?permanent=true").await.refused(40405, live);
    app.delete("/subjects/s?permanent=false").await.says(200, "[1,2,3]");
    app.delete("/subjects/s").await.refused(40404, soft);
    app.get("/subjects/s/versions").await.refused(40401, unknown);
    app.get("/subjects/s/versions?deleted=true").await.ok(json!([1, 2, 3]));
    app.delete("/subjects/s?permanent=True").await.says(200, "[1,2,3]");
    app.delete("/subjects/s?permanent=true").await.refused(40401, unknown);
    app.delete("/subjects/s").await.refused(40401, unknown);
    app.get("/subjects/s/versions?deleted=true").await.refused(40401, unknown);
}

/// Contract: 1.1/9, 6.5/6, 6.5/8.
#[tokio::test]
async fn a_soft_deletion_takes_the_versions_that_are_left() {
    let app = with_three_versions().await;
    app.delete("/subjects/s/versions/2").await.says(200, "2");
    app.delete("/subjects/s?permanent=true").await.refused_with(40405, &[]);
    app.delete("/subjects/s").await.ok(json!([1, 3]));
    app.delete("/subjects/s?permanent=true").await.ok(json!([1, 2, 3]));
}

/// Contract: 6.10/2-3, 6.10/7.
#[tokio::test]
async fn a_version_is_deleted_in_two_steps() {
    let app = with_three_versions().await;
    let live = "Subject 's' Version 2 was not deleted first before being permanently deleted";
    let soft = "Subject 's' Version 2 was soft deleted.Set permanent=true to delete permanently";
    app.delete("/subjects/s/versions/2?permanent=true").await.refused(40407, live);
    app.delete("/subjects/s/versions/2?permanent=false").await.ok(2);
    app.delete("/subjects/s/versions/2").await.refused(40406, soft);
    app.get("/subjects/s/versions").await.ok(json!([1, 3]));
    app.delete("/subjects/s/versions/2?permanent=true").await.ok(2);
    app.delete("/subjects/s/versions/2?permanent=true").await.refused(40402, "Version 2 not found.");
    app.delete("/subjects/s/versions/2").await.refused(40402, "Version 2 not found.");
    app.get("/subjects/s/versions?deleted=true").await.ok(json!([1, 3]));
}

/// Contract: 4.5/4, 6.10/3.
#[tokio::test]
async fn latest_is_the_highest_live_version() {
    let app = with_three_versions().await;
    for (segment, version) in [("latest", 3), ("-1", 2), ("LATEST", 1)] {
        app.delete(&format!("/subjects/s/versions/{segment}")).await.ok(version);
    }
    app.delete("/subjects/s/versions/latest").await.refused(40402, "Version -1 not found.");
    app.delete("/subjects/s/versions/latest?permanent=true").await.refused(40402, "Version -1 not found.");
    app.delete("/subjects/s/versions/4").await.refused(40402, "Version 4 not found.");
    app.delete("/subjects/s").await.refused_with(40404, &[]);
    app.delete("/subjects/unknown/versions/latest").await.refused(40401, "Subject 'unknown' not found.");
    app.delete("/subjects/unknown/versions/1?permanent=true").await.refused(40401, "Subject 'unknown' not found.");
}

/// Contract: 4.6/1-2.
#[tokio::test]
async fn a_soft_deleted_version_has_the_time_of_its_deletion_unless_the_subject_went() {
    let app = with_three_versions().await;
    let ts = async |version: i32| {
        app.get(&format!("/subjects/s/versions/{version}?deleted=true")).await.json()["ts"].as_i64().expect("a time")
    };
    let before = [ts(1).await, ts(2).await];
    // The clock has milliseconds, and deletions may be quicker.
    while std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis()) <= u128::from(before[1].unsigned_abs()) {
        tokio::task::yield_now().await;
    }
    app.delete("/subjects/s/versions/1").await.ok(1);
    assert!(ts(1).await > before[0]);
    app.delete("/subjects/s").await.ok(json!([2, 3]));
    assert_eq!(ts(2).await, before[1]);
}

#[tokio::test]
async fn what_remains_is_not_touched() {
    let app = with_three_versions().await;
    app.accept("t", STRING).await;
    app.delete("/subjects/s").await.ok(json!([1, 2, 3]));
    app.delete("/subjects/s?permanent=true").await.ok(json!([1, 2, 3]));
    app.get("/subjects/t/versions/1/schema").await.says(200, STRING);
    app.get("/schemas/ids/1").await.reads(200, r#"{"subject":"t",…"#);
    app.get("/schemas/ids/2").await.refused(40403, "Schema 2 not found");
    app.register("s", avro(STRING)).await.holds(1, 1);
    app.register("s", avro(INT)).await.holds(4, 2);
}

fn reference(version: i32) -> serde_json::Value {
    json!([{"name": "Ref", "subject": "ref", "version": version}])
}

const HELD: &str = "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=ref,version=1}.";

/// Contract: 6.5/5, 6.10/6, 12/18.
#[tokio::test]
async fn references_from_the_same_subject_hold_a_version_but_not_the_subject() {
    let app = App::start_with(under_a_level(Level::None)).await;
    app.accept("ref", &record("Ref", &[])).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": reference(1)});
    app.register("ref", body).await.holds(2, 2);
    app.delete("/subjects/ref/versions/1").await.refused(42206, HELD);
    app.delete("/subjects/ref").await.ok(json!([1, 2]));
    app.delete("/subjects/ref/versions/1?permanent=true").await.refused(42206, HELD);
    app.delete("/subjects/ref?permanent=true").await.ok(json!([1, 2]));
    app.get("/subjects?deleted=true").await.ok(json!([]));
}

/// Contract: 6.5/5, 6.10/6, 12/18.
#[tokio::test]
async fn soft_deletions_ignore_soft_deleted_referrers_and_permanent_ones_do_not() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    let body = json!({"schema": r#"["null","Ref"]"#, "references": reference(1)});
    app.register("base", body).await.holds(2, 1);
    for path in ["/subjects/ref", "/subjects/ref/versions/1", "/subjects/ref/versions/latest"] {
        app.delete(path).await.refused(42206, HELD);
        // That it is held is told before that it was not deleted first.
        if path != "/subjects/ref/versions/latest" {
            app.delete(&format!("{path}?permanent=true")).await.refused(42206, HELD);
        }
    }
    app.delete("/subjects/base").await.ok(json!([1]));
    app.delete("/subjects/ref").await.ok(json!([1]));
    app.delete("/subjects/ref?permanent=true").await.refused(42206, HELD);
    app.delete("/subjects/ref/versions/1?permanent=true").await.refused(42206, HELD);
    app.delete("/subjects/base?permanent=true").await.ok(json!([1]));
    app.delete("/subjects/ref?permanent=true").await.ok(json!([1]));
}

/// Contract: 6.5/5.
#[tokio::test]
async fn only_the_version_that_is_referenced_is_held() {
    let app = App::start_with(under_a_level(Level::None)).await;
    for field in ["a", "b", "c"] {
        app.accept("ref", &record("Ref", &[(field, STRING)])).await;
    }
    app.register("base", json!({"schema": r#"["null","Ref"]"#, "references": reference(2)})).await.holds(4, 1);
    app.delete("/subjects/ref/versions/1").await.ok(1);
    app.delete("/subjects/ref/versions/3").await.ok(3);
    let held = HELD.replace("version=1", "version=2");
    app.delete("/subjects/ref/versions/2").await.refused(42206, &held);
    app.delete("/subjects/ref").await.refused(42206, &held);
    app.get("/subjects/ref/versions").await.ok(json!([2]));
}
