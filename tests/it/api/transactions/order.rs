//! References within a transaction, whatever the order of the operations.

use serde_json::json;

use super::{level, referring, register, rehearsed_and_done, transact, version, versions};
use crate::harness::{App, INT, STRING, record};

/// A record with a field of another record.
fn holder(name: &str, part: &str) -> String {
    record(name, &[("part", &format!("\"{part}\""))])
}

#[tokio::test]
async fn a_schema_may_refer_to_one_that_is_registered_after_it() {
    let app = App::start().await;
    let operations = json!([
        referring("a", &holder("A", "B"), &[("B", "b", -1)]),
        referring("b", &holder("B", "C"), &[("C", "c", 1)]),
        register("c", &record("C", &[])),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    // Ids are taken in the order in which schemas are registered.
    assert_eq!(versions(&done), [version("a", 3, 1, true), version("b", 2, 1, true), version("c", 1, 1, true)]);
    assert_eq!(done.json()["results"][0]["schema"]["references"][0]["version"], 1);
    app.get("/subjects/b/versions/1/referencedby").await.ok(json!([3]));
    let resolved = app.get("/subjects/a/versions/1?format=resolved").await.json();
    assert!(resolved["schema"].as_str().is_some_and(|text| text.contains(r#""name":"C""#)), "{resolved}");
    // Done again, nothing is new.
    let again = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&again), [version("a", 3, 1, false), version("b", 2, 1, false), version("c", 1, 1, false)]);
}

#[tokio::test]
async fn minus_one_means_the_version_of_the_transaction() {
    let app = App::start().await;
    app.accept_all("part", &[&record("P", &[]), &record("P", &[("a", INT)])]).await;
    // Version 1 is what the transaction comes to, though 2 is the latest.
    let operations =
        json!([referring("whole", &holder("W", "P"), &[("P", "part", -1)]), register("part", &record("P", &[]))]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done)[1], version("part", 1, 1, false));
    assert_eq!(done.json()["results"][0]["schema"]["references"][0]["version"], 1);
    // Of several, the last one.
    let operations = json!([
        referring("whole2", &holder("W2", "P"), &[("P", "part", -1)]),
        register("part", &record("P", &[("b", INT)])),
        register("part", &record("P", &[("c", INT)])),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(done.json()["results"][0]["schema"]["references"][0]["version"], 4);
    // Without an operation of that subject it is the latest, as everywhere.
    let done = transact(&app, json!([referring("whole3", &holder("W3", "P"), &[("P", "part", -1)])])).await;
    assert_eq!(done.json()["results"][0]["schema"]["references"][0]["version"], 4);
}

#[tokio::test]
async fn a_version_may_refer_to_one_that_refers_to_an_earlier_one() {
    let app = App::start().await;
    app.accept("a", &record("A1", &[])).await;
    let operations = json!([
        level("a", "NONE"),
        referring("a", &holder("A2", "B"), &[("B", "b", 1)]),
        referring("b", &holder("B", "A1"), &[("A1", "a", 1)]),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done), [version("a", 3, 2, true), version("b", 2, 1, true)]);
    // A subject's version may refer to the one before it.
    let operations = json!([
        level("s", "NONE"),
        register("s", &record("S1", &[])),
        referring("s", &holder("S2", "S1"), &[("S1", "s", 1)]),
        referring("s", &holder("S3", "S2"), &[("S2", "s", -1)]),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(done.json()["results"][3]["schema"]["references"][0]["version"], 2);
}

#[tokio::test]
async fn a_subject_may_have_versions_before_and_after_what_refers_to_it() {
    let app = App::start().await;
    let operations = json!([
        level("a", "NONE"),
        register("a", &record("A1", &[])),
        referring("b", &holder("B", "A1"), &[("A1", "a", 1)]),
        referring("a", &holder("A2", "B"), &[("B", "b", -1)]),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(versions(&done), [version("a", 1, 1, true), version("b", 2, 1, true), version("a", 3, 2, true)]);
    app.get("/subjects/a/versions/1/referencedby").await.ok(json!([2]));
}

#[tokio::test]
async fn contexts_are_those_of_the_schema_that_refers() {
    let app = App::start().await;
    let operations = json!([
        referring(":.c:whole", &holder("W", "P"), &[("P", "part", 1)]),
        register(":.c:part", &record("P", &[])),
        register("part", STRING),
    ]);
    let done = rehearsed_and_done(&app, json!({"operations": operations})).await;
    assert_eq!(
        versions(&done),
        [version(":.c:whole", 2, 1, true), version(":.c:part", 1, 1, true), version("part", 1, 1, true)]
    );
    app.get("/contexts").await.ok(json!([".", ".c"]));
}

#[tokio::test]
async fn a_circle_is_refused() {
    let app = App::start().await;
    let operations = json!([
        register("alone", STRING),
        referring("a", &holder("A", "B"), &[("B", "b", 1)]),
        referring("b", &holder("B", "A"), &[("A", "a", 1)]),
    ]);
    let refused = rehearsed_and_done(&app, json!({"operations": operations})).await;
    refused.refused_in(1, 42201, &["refer to each other in a circle: operations 1 -> 2 -> 1"]);
}

#[tokio::test]
async fn what_is_not_there_and_not_made_is_refused() {
    let app = App::start().await;
    let missing = "No schema reference found for subject \"part\" and version";
    let whole = |version| referring("whole", &holder("W", "P"), &[("P", "part", version)]);
    let part = || register("part", &record("P", &[]));
    for (operations, number) in [
        (json!([whole(1)]), 1),
        (json!([whole(-1)]), -1),
        (json!([whole(2), part()]), 2),
        (json!([whole(0), part()]), 0),
    ] {
        let refused = rehearsed_and_done(&app, json!({"operations": operations})).await;
        refused.refused_in(0, 42201, &[&format!("{missing} {number}")]);
    }
    // A soft-deleted version does not count.
    app.accept("part", &record("P", &[])).await;
    app.delete("/subjects/part").await.ok(json!([1]));
    transact(&app, json!([whole(1)])).await.refused_in(0, 42201, &[missing]);
    let done = transact(&app, json!([whole(2), part()])).await;
    assert_eq!(versions(&done), [version("whole", 2, 1, true), version("part", 1, 2, true)]);
}
