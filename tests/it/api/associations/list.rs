//! Reading associations: by subject, by id and by name (contract, section 9.1).

use serde_json::json;

use super::{bonds, create, named, own, shorn, success, tie};
use crate::harness::{App, INT, STRING, segment};

/// Contract: 9.1/1, 9.1/9.
#[tokio::test]
async fn nothing_is_an_empty_list() {
    let app = App::start().await;
    for path in [
        "/associations/subjects/s",
        "/associations/subjects/:.ctx:s",
        "/associations/resources/r",
        "/associations/resources/-/t?resourceType=topic&associationType=value",
        "/associations/resources/ns/-",
        "/associations/resources/-/-",
        "/associations/resources/%00",
        "/associations/resources/%00/%00",
        "/associations/subjects/%00",
        "/contexts/.ctx/associations/subjects/s",
    ] {
        app.get(path).await.ok(json!([]));
    }
}

/// Contract: 2.4/1, 9.1/1-2, 9.3/10.
#[tokio::test]
async fn an_association_is_shown_whole() {
    let app = App::start().await;
    tie(&app, "r", "key", "s").await;
    let pattern = concat!(
        r#"[{"subject":"s","guid":"…","resourceName":"topic-r","resourceNamespace":"ns","resourceId":"r","#,
        r#""resourceType":"topic","associationType":"key","lifecycle":"WEAK","createTs":…,"updateTs":…}]"#
    );
    for path in ["/associations/subjects/s", "/associations/resources/r", "/associations/resources/ns/topic-r"] {
        app.get(path).await.reads(200, pattern);
    }
    let body = app.get("/associations/resources/r").await.json();
    assert_eq!(body[0]["createTs"], body[0]["updateTs"]);
    assert!(body[0]["createTs"].as_i64().is_some_and(|ts| ts > 1_700_000_000_000), "{body}");
    assert!(body[0]["guid"].as_str().is_some_and(|guid| uuid::Uuid::parse_str(guid).is_ok()), "{body}");
}

/// Contract: 2.4/2.
#[tokio::test]
async fn a_strong_association_is_frozen_without_saying_so() {
    let app = App::start().await;
    assert_eq!(own(&app, "r", STRING).await.status, 200);
    let list = shorn(app.get("/associations/resources/ns/t").await.json());
    let expected = json!([{"subject": ":.ns:t-value", "resourceName": "t", "resourceNamespace": "ns", "resourceId": "r",
        "resourceType": "topic", "associationType": "value", "lifecycle": "STRONG"}]);
    assert_eq!(list, expected);
    assert_eq!(shorn(app.get("/associations/subjects/:.ns:t-value").await.json()), expected);
    assert_eq!(shorn(app.get("/contexts/.ns/associations/subjects/t-value").await.json()), expected);
}

/// Contract: 1.2/7, 9.1/10.
#[tokio::test]
async fn lists_are_narrowed_by_type_and_lifecycle() {
    let app = App::start().await;
    for text in [STRING, INT] {
        app.accept(if text == STRING { "k" } else { "v" }, text).await;
    }
    let both = json!([{"subject": "v"}, {"subject": "k", "associationType": "key"}]);
    create(&app, named("t", "r", both)).await;
    for (query, subjects) in [
        ("", vec!["k", "v"]),
        ("?associationType=key", vec!["k"]),
        ("?associationType=value", vec!["v"]),
        ("?associationType=value&associationType=key", vec!["k", "v"]),
        ("?associationType=VALUE", vec![]),
        ("?resourceType=topic", vec!["k", "v"]),
        ("?resourceType=", vec!["k", "v"]),
        ("?resourceType=cluster", vec![]),
        ("?lifecycle=WEAK", vec!["k", "v"]),
        ("?lifecycle=STRONG", vec![]),
        ("?limit=1", vec!["k"]),
        ("?limit=-1", vec!["k", "v"]),
        ("?offset=1", vec!["v"]),
        ("?offset=1&limit=0&unknown=1", vec!["v"]),
    ] {
        for path in ["/associations/resources/r", "/associations/resources/ns/t", "/associations/resources/-/-"] {
            let list = success(app.get(&format!("{path}{query}")).await);
            let found: Vec<&str> = bonds(&list).into_iter().map(|(subject, ..)| subject).collect();
            assert_eq!(found, subjects, "{path}{query}");
        }
    }
    for query in ["lifecycle=weak", "lifecycle=NONE", "limit=x", "offset=1.5"] {
        app.get(&format!("/associations/resources/r?{query}")).await.refused(404, "HTTP 404 Not Found");
    }
}

/// Contract: 2.4/3, 9.1/3.
#[tokio::test]
async fn lists_are_sorted_by_resource_then_type() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for (namespace, name, id) in [("b", "x", "1"), ("a", "x", "2"), ("a", "Y", "3")] {
        for part in ["value", "key"] {
            let wanted = json!([{"subject": "s", "associationType": part}]);
            let request =
                json!({"resourceName": name, "resourceNamespace": namespace, "resourceId": id, "associations": wanted});
            assert_eq!(create(&app, request).await.status, 200);
        }
    }
    let order = |list: &serde_json::Value| -> Vec<String> {
        let text = |association: &serde_json::Value, name: &str| association[name].as_str().unwrap_or("").to_owned();
        let list = list.as_array().expect("a list").iter();
        list.map(|one| format!("{}/{}", text(one, "resourceId"), text(one, "associationType"))).collect()
    };
    let all = ["3/key", "3/value", "2/key", "2/value", "1/key", "1/value"];
    for path in ["/associations/subjects/s", "/associations/resources/-/-"] {
        assert_eq!(order(&app.get(path).await.json()), all, "{path}");
    }
    assert_eq!(order(&app.get("/associations/resources/a/-").await.json()), all[..4]);
    assert_eq!(order(&app.get("/associations/resources/-/x").await.json()), all[2..]);
    assert_eq!(order(&app.get("/associations/resources/a/x").await.json()), all[2..4]);
}

/// Contract: 9.1/9.
#[tokio::test]
async fn a_subject_is_matched_as_it_is_written_but_for_its_alias() {
    let app = App::start().await;
    tie(&app, "r", "value", "s/1").await;
    let count = async |subject: &str| {
        let list = success(app.get(&format!("/associations/subjects/{}", segment(subject))).await);
        list.as_array().map_or(0, Vec::len)
    };
    assert_eq!(count("s/1").await, 1);
    assert_eq!(count(":.:s/1").await, 0);
    assert_eq!(count("S/1").await, 0);
    app.put("/config/other", json!({"alias": "s/1"})).await;
    assert_eq!(count("other").await, 1);
}

/// Contract: 9.1/3.
#[tokio::test]
async fn names_may_come_back_with_another_id() {
    let app = App::start().await;
    app.accept("s", STRING).await;
    for id in ["first", "second"] {
        assert_eq!(create(&app, named("t", id, json!([{"subject": "s"}]))).await.status, 200);
    }
    let list = app.get("/associations/resources/ns/t").await.json();
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{list}");
}

#[tokio::test]
async fn paths_without_a_question_are_not_found() {
    let app = App::start().await;
    for path in ["/associations", "/associations?resourceName=t", "/associations/", "/associations/resources"] {
        app.get(path).await.refused(404, "HTTP 404 Not Found");
    }
    app.get("/associations:batch").await.refused(404, "HTTP 404 Not Found");
    app.get("/associations:batchGet").await.refused(405, "HTTP 405 Method Not Allowed");
    app.delete("/associations").await.refused_with(405, &[]);
}

/// Contract: 10/8.
#[tokio::test]
async fn without_the_setting_nothing_of_it_is_there() {
    let options = regis::registry::Options { associations: false, ..Default::default() };
    let app = App::start_with(options).await;
    let missing = "HTTP 404 Not Found";
    for path in
        ["/associations", "/associations/subjects/s", "/associations/resources/r", "/associations/resources/-/t"]
    {
        app.get(path).await.refused(404, missing);
    }
    for path in ["/associations", "/associations:batchGet", "/associations:batchMutate"] {
        app.post(path, json!({})).await.refused(404, missing);
    }
    app.put("/associations/resources/r", json!({})).await.refused(404, missing);
    app.delete("/associations/resources/r").await.refused(404, missing);
    let document = success(app.get("/openapi.json").await);
    let paths = document["paths"].as_object().expect("paths");
    assert!(!paths.keys().any(|path| path.contains("associations")), "{:?}", paths.keys());
}
