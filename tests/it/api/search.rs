//! `GET /schemas` (contract, section 6.14) and `GET /subjects/{s}/metadata` (section 6.6).

use regis::{
    http::{DoorSettings, PageLimits},
    registry::Options,
};
use serde_json::{Value, json};

use crate::harness::{App, INT, STRING, STRING_GUID, avro, record};

/// Subject and version of each schema that a query lists.
async fn listed(app: &App, query: &str) -> Vec<(String, i64)> {
    let answer = app.get(&format!("/schemas{query}")).await;
    assert_eq!(answer.status, 200, "{}: {}", answer.question, answer.text());
    let name = |schema: &Value| schema["subject"].as_str().expect("a subject").to_owned();
    let place = |schema: &Value| (name(schema), schema["version"].as_i64().expect("a version"));
    answer.json().as_array().expect("a list").iter().map(place).collect()
}

/// Demands that a query lists just these.
async fn lists(app: &App, query: &str, expected: &[(&str, i64)]) {
    let expected: Vec<_> = expected.iter().map(|&(subject, version)| (subject.to_owned(), version)).collect();
    assert_eq!(listed(app, query).await, expected, "{query}");
}

fn with(text: &str, properties: &Value) -> Value {
    json!({"schema": text, "metadata": {"properties": properties}})
}

/// Contract: 2.1/2.
#[tokio::test]
async fn a_schema_is_listed_as_it_is_stored() {
    let app = App::start().await;
    app.get("/schemas").await.says(200, "[]");
    app.accept("s", STRING).await;
    let start = r#"[{"subject":"s","version":1,"id":1,"guid":""#;
    let end = r#"","schemaType":"AVRO","schema":"\"string\"","ts":…,"deleted":false}]"#;
    app.get("/schemas").await.reads(200, &format!("{start}{STRING_GUID}{end}"));
}

/// Contract: 6.14/1.
#[tokio::test]
async fn schemas_are_sorted_by_the_subject_as_printed_and_then_by_version() {
    let app = App::start().await;
    let texts: Vec<String> =
        (0..11).map(|size| record("R", &[("f", STRING)]).replace('R', &format!("R{size}"))).collect();
    app.accept_all("b", &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for subject in ["a", ":.ctx:z", "B"] {
        app.accept(subject, STRING).await;
    }
    let found = listed(&app, "?subjectPrefix=:*:").await;
    assert_eq!(found[..3], [(":.ctx:z".to_owned(), 1), ("B".to_owned(), 1), ("a".to_owned(), 1)]);
    let versions: Vec<i64> = found[3..].iter().map(|(_, version)| *version).collect();
    assert_eq!(versions, (1..=11).collect::<Vec<_>>());
}

/// Contract: 3.6/8, 3.7/5, 6.14/1, 6.14/6, 12/4.
#[tokio::test]
async fn the_default_context_is_listed_unless_a_prefix_says_otherwise() {
    let app = App::start().await;
    for subject in ["foo", "foobar", "bar", ":.ctx:foo", ":.ctx:bar", ":.ctx2:foo"] {
        app.accept(subject, STRING).await;
    }
    for (query, expected) in [
        ("/schemas", vec!["bar", "foo", "foobar"]),
        ("/schemas?subjectPrefix=", vec!["bar", "foo", "foobar"]),
        ("/schemas?subjectPrefix=foo", vec!["foo", "foobar"]),
        ("/schemas?subjectPrefix=:.ctx:", vec![":.ctx:bar", ":.ctx:foo"]),
        ("/schemas?subjectPrefix=:.ctx:f", vec![":.ctx:foo"]),
        ("/schemas?subjectPrefix=:.ctx", vec![":.ctx2:foo", ":.ctx:bar", ":.ctx:foo"]),
        ("/schemas?subjectPrefix=:*:foo", vec![":.ctx2:foo", ":.ctx:foo", "foo", "foobar"]),
        ("/schemas?subjectPrefix=nothing", vec![]),
        ("/schemas?subjectPrefix=:.nowhere:", vec![]),
        ("/contexts/.ctx/schemas", vec![":.ctx:bar", ":.ctx:foo"]),
        ("/contexts/ctx/schemas?subjectPrefix=b", vec![":.ctx:bar"]),
        ("/contexts/:.:/schemas", vec!["bar", "foo", "foobar"]),
    ] {
        let body = app.get(query).await.json();
        let subjects: Vec<&str> =
            body.as_array().expect("a list").iter().filter_map(|s| s["subject"].as_str()).collect();
        assert_eq!(subjects, expected, "{query}");
    }
}

/// Contract: 6.14/2.
#[tokio::test]
async fn soft_deleted_versions_are_listed_only_on_request() {
    let app = App::start().await;
    app.accept_all("partly", &[STRING, INT]).await;
    app.delete("/subjects/partly/versions/2").await.ok(2);
    app.accept("gone", STRING).await;
    app.delete("/subjects/gone").await.ok(json!([1]));
    lists(&app, "", &[("partly", 1)]).await;
    lists(&app, "?deleted=true", &[("gone", 1), ("partly", 1), ("partly", 2)]).await;
    lists(&app, "?latestOnly=true", &[("partly", 1)]).await;
    lists(&app, "?latestOnly=true&deleted=true", &[("gone", 1), ("partly", 2)]).await;
    let all = app.get("/schemas?deleted=true").await.json();
    let deleted: Vec<&Value> = all.as_array().expect("a list").iter().map(|schema| &schema["deleted"]).collect();
    assert_eq!(deleted, [&json!(true), &json!(false), &json!(true)]);
}

/// Contract: 6.14/3.
#[tokio::test]
async fn rules_are_looked_for_in_what_is_left_of_each_subject() {
    let app = App::start().await;
    let ruled = |list: &str, rule: Value| json!({"schema": STRING, "ruleSet": {list: [rule]}});
    app.register("a", ruled("domainRules", json!({"name": "d", "type": "CEL"}))).await.holds(1, 1);
    app.register("a", json!({"schema": STRING, "ruleSet": {}})).await.holds(2, 2);
    let up = json!({"name": "m", "type": "JSONATA", "mode": "UPGRADE"});
    app.register("b", ruled("migrationRules", up)).await.holds(3, 1);
    app.register("c", ruled("encodingRules", json!({"name": "e", "type": "ENCRYPT"}))).await.holds(4, 1);
    app.accept("d", STRING).await;
    for (query, expected) in [
        ("?ruleType=CEL", vec![("a", 1)]),
        ("?ruleType=CEL&latestOnly=true", vec![]),
        ("?ruleType=JSONATA", vec![("b", 1)]),
        ("?ruleType=ENCRYPT&latestOnly=true", vec![("c", 1)]),
        ("?ruleType=cel", vec![]),
    ] {
        lists(&app, query, &expected).await;
    }
    assert_eq!(app.get("/schemas?ruleType=CEL").await.json()[0]["ruleSet"]["domainRules"][0]["name"], json!("d"));
}

/// Contract: 6.0/3, 10/9, 12/6.
#[tokio::test]
async fn a_page_is_cut_after_all_else() {
    let limits = PageLimits { default: 3, max: 4 };
    let door = DoorSettings { schema_limits: limits, ..DoorSettings::default() };
    let app = App::start_behind(&door, Options::default()).await;
    for subject in ["a", "b", "c", "d", "e"] {
        let rules = json!({"domainRules": [{"name": "r", "type": if subject < "c" { "X" } else { "Y" }}]});
        app.register(subject, json!({"schema": STRING, "ruleSet": rules})).await.id();
    }
    for (query, expected) in [
        ("", vec!["a", "b", "c"]),
        ("?limit=0", vec!["a", "b", "c"]),
        ("?limit=-1", vec!["a", "b", "c"]),
        ("?limit=4", vec!["a", "b", "c", "d"]),
        ("?limit=5", vec!["a", "b", "c"]),
        ("?offset=1&limit=1", vec!["b"]),
        ("?offset=4", vec!["e"]),
        ("?offset=5", vec![]),
        ("?offset=-1&limit=1", vec!["a"]),
        ("?ruleType=Y&offset=1", vec!["d", "e"]),
        ("?ruleType=Y&limit=1", vec!["c"]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|subject| (subject, 1)).collect();
        lists(&app, query, &expected).await;
    }
    for query in ["?limit=x", "?offset=x", "?offset=2147483648"] {
        app.get(&format!("/schemas{query}")).await.refused(404, "HTTP 404 Not Found");
    }
}

/// Contract: 6.0/2, 12/6.
#[tokio::test]
async fn no_more_than_a_thousand_schemas_are_listed() {
    let app = App::start().await;
    // Side by side, for the sake of time: what is committed together is flushed once.
    let writers = (0..7).map(|writer| {
        let app = app.clone();
        tokio::spawn(async move {
            for number in 0..143 {
                app.accept(&format!("s-{writer}-{number:03}"), STRING).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer");
    }
    for query in ["", "?limit=2000", "?limit=1000"] {
        assert_eq!(listed(&app, query).await.len(), 1000, "{query}");
    }
    lists(&app, "?offset=1000", &[("s-6-142", 1)]).await;
}

/// Contract: 2.1/2, 6.14/4.
#[tokio::test]
async fn what_aliases_stand_for_is_listed_with_them() {
    let app = App::start().await;
    for subject in ["target", "both", ":.ctx:t", "zone"] {
        app.accept(subject, STRING).await;
    }
    for (alias, target) in [
        ("alias-b", "target"),
        ("alias-a", "target"),
        ("both", "zone"),
        (":.ctx:alias", "t"),
        ("alias-c", ":.ctx:t"),
        ("alias-d", "nothing"),
        ("", "target"),
        (":.ctx:", "target"),
    ] {
        app.put(format!("/config/{alias}").trim_end_matches('/'), json!({"alias": target})).await.json();
    }
    lists(&app, "?subjectPrefix=alias", &[]).await;
    for (query, expected) in [
        ("?subjectPrefix=alias&aliases=true", json!([[":.ctx:t", ["alias-c"]], ["target", ["alias-a", "alias-b"]]])),
        ("?subjectPrefix=both&aliases=true", json!([["both", null], ["zone", ["both"]]])),
        ("?subjectPrefix=target&aliases=true", json!([["target", null]])),
        ("?subjectPrefix=:.ctx:&aliases=true", json!([[":.ctx:t", [":.ctx:alias"]]])),
        (
            "?subjectPrefix=:*:alias&aliases=true",
            json!([[":.ctx:t", [":.ctx:alias", "alias-c"]], ["target", ["alias-a", "alias-b"]]]),
        ),
        ("?subjectPrefix=alias&aliases=true&limit=1", json!([[":.ctx:t", ["alias-c"]]])),
        ("", json!([["both", null], ["target", null], ["zone", null]])),
    ] {
        let body = app.get(&format!("/schemas{query}")).await.json();
        let found = body.as_array().expect("a list").iter().map(|schema| json!([schema["subject"], schema["aliases"]]));
        assert_eq!(Value::Array(found.collect()), expected, "{query}");
    }
    app.delete("/subjects/target").await.ok(json!([1]));
    lists(&app, "?subjectPrefix=alias-a&aliases=true", &[]).await;
    lists(&app, "?subjectPrefix=alias-a&aliases=true&deleted=true", &[("target", 1)]).await;
}

/// Subjects with no association, a weak one, two weak ones, and (in another context) a strong one.
async fn associated() -> App {
    let app = App::start().await;
    for subject in ["none", "weak", "both"] {
        app.accept(subject, STRING).await;
    }
    let weak = |subject: &str, kind: &str| json!([{"subject": subject, "associationType": kind}]);
    let strong = json!([{"lifecycle": "STRONG", "schema": {"schema": STRING}}]);
    for (id, associations) in
        [("1", weak("weak", "value")), ("2", weak("both", "key")), ("3", weak("both", "value")), ("4", strong)]
    {
        let request = json!({
            "resourceName": format!("t{id}"), "resourceNamespace": "ns", "resourceId": id, "associations": associations
        });
        let answer = app.post("/associations", request).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    app
}

/// Contract: 1.2/7, 6.14/5.
#[tokio::test]
async fn schemas_are_chosen_by_the_associations_of_their_subjects() {
    let app = associated().await;
    let strong = ":.ns:t4-value";
    let unassociated = json!([[strong, []], ["both", []], ["none", []], ["weak", []]]);
    let any = json!([[strong, ["value"]], ["both", ["key", "value"]], ["weak", ["value"]]]);
    for (query, expected) in [
        ("", unassociated.clone()),
        ("&resourceType=topic", any.clone()),
        ("&resourceType=other", json!([])),
        ("&resourceType=other&lifecycle=NONE", unassociated),
        ("&associationType=key", json!([["both", ["key"]]])),
        ("&associationType=key&associationType=value", any.clone()),
        ("&lifecycle=WEAK", json!([["both", ["key", "value"]], ["weak", ["value"]]])),
        ("&lifecycle=STRONG", json!([[strong, ["value"]]])),
        ("&lifecycle=STRONG&lifecycle=WEAK", any),
        ("&lifecycle=NONE", json!([["none", []]])),
        ("&lifecycle=NONE&lifecycle=STRONG", json!([[strong, ["value"]], ["none", []]])),
        ("&lifecycle=NONE&associationType=key", json!([[strong, []], ["none", []], ["weak", []]])),
        ("&lifecycle=STRONG&associationType=key", json!([])),
        ("&lifecycle=WEAK&offset=1&limit=1", json!([["weak", ["value"]]])),
    ] {
        let body = app.get(&format!("/schemas?subjectPrefix=:*:{query}")).await.json();
        let types = |schema: &Value| {
            let associations = schema["associations"].as_array().cloned().unwrap_or_default();
            associations.iter().map(|association| association["associationType"].clone()).collect::<Value>()
        };
        let found = body.as_array().expect("a list").iter().map(|schema| json!([schema["subject"], types(schema)]));
        assert_eq!(Value::Array(found.collect()), expected, "{query}");
        assert!(!app.get(&format!("/schemas?subjectPrefix=:*:{query}")).await.text().contains("\"associations\":[]"));
    }
    for lifecycle in ["weak", "none", "ANY"] {
        app.get(&format!("/schemas?lifecycle={lifecycle}")).await.refused(404, "HTTP 404 Not Found");
    }
}

/// Contract: 6.6/1-2.
#[tokio::test]
async fn the_newest_version_with_all_the_properties_is_found() {
    let app = App::start().await;
    for (number, properties) in
        (1..).zip([json!({"a": "1"}), json!({"a": "1", "b": "2"}), json!({"a": "3"}), json!({})])
    {
        app.register("s", with(STRING, &properties)).await.holds(number, number);
    }
    for (query, version) in [
        ("?key=a&value=1", 2),
        ("?key=a&value=1&key=b&value=2", 2),
        ("?key=a&key=b&value=1&value=2", 2),
        ("?value=2&key=b", 2),
        ("?key=a&value=3", 3),
        ("", 4),
        ("?key=a", 4),
        ("?value=1", 4),
        ("?key=a&key=b&value=1", 2),
        ("?key=a&value=3&value=1", 3),
    ] {
        app.get(&format!("/subjects/s/metadata{query}")).await.holds(version, version);
    }
    for query in ["?key=a&value=2", "?key=a&value=3&key=b&value=2", "?key=A&value=1", "?key=c&value=", "?key=&value=1"]
    {
        app.get(&format!("/subjects/s/metadata{query}")).await.refused(40403, "Schema not found");
    }
    let shown = concat!(
        r#"{"subject":"s","version":3,"id":3,"guid":"…","schemaType":"AVRO","#,
        r#""metadata":{"properties":{"a":"3"}},"schema":"\"string\"","ts":…,"deleted":false}"#
    );
    app.get("/subjects/s/metadata?key=a&value=3").await.reads(200, shown);
}

/// Contract: 6.6/2.
#[tokio::test]
async fn only_properties_of_metadata_are_looked_at() {
    let app = App::start().await;
    let metadata = json!({"tags": {"a": ["1"]}, "sensitive": ["a"]});
    app.register("s", json!({"schema": STRING, "metadata": metadata})).await.holds(1, 1);
    app.get("/subjects/s/metadata?key=a&value=1").await.refused(40403, "Schema not found");
    app.get("/subjects/s/metadata").await.holds(1, 1);
    app.accept("bare", STRING).await;
    app.get("/subjects/bare/metadata").await.refused(40403, "Schema not found");
}

/// Contract: 6.6/3, 6.6/5.
#[tokio::test]
async fn soft_deleted_metadata_is_found_only_on_request() {
    let app = App::start().await;
    app.get("/subjects/s/metadata").await.refused(40401, "Subject 's' not found.");
    app.get("/subjects/s/metadata?deleted=true").await.refused(40401, "Subject 's' not found.");
    app.register("s", with(STRING, &json!({"a": "1"}))).await.holds(1, 1);
    app.register("s", with(STRING, &json!({"a": "2"}))).await.holds(2, 2);
    app.delete("/subjects/s/versions/2").await.ok(2);
    let old = "/subjects/s/metadata?key=a&value=2";
    app.get("/subjects/s/metadata").await.holds(1, 1);
    app.get(old).await.refused(40403, "Schema not found");
    let found = app.get(&format!("{old}&deleted=true")).await.holds(2, 2).json();
    assert_eq!(found["deleted"], json!(true));
    app.delete("/subjects/s").await.ok(json!([1]));
    app.get(old).await.refused(40401, "Subject 's' not found.");
    app.get(&format!("{old}&deleted=true")).await.holds(2, 2);
    app.get("/subjects/s/metadata?key=a&value=9&deleted=true").await.refused(40403, "Schema not found");
}

/// Contract: 6.6/4.
#[tokio::test]
async fn metadata_is_not_looked_for_in_other_contexts() {
    let app = App::start().await;
    app.register(":.ctx:s", with(STRING, &json!({"a": "1"}))).await.holds(1, 1);
    app.get("/subjects/s/metadata?key=a&value=1").await.refused(40401, "Subject 's' not found.");
    for path in ["/subjects/:.ctx:s/metadata", "/contexts/.ctx/subjects/s/metadata"] {
        let found = app.get(&format!("{path}?key=a&value=1")).await.holds(1, 1).json();
        assert_eq!(found["subject"], json!(":.ctx:s"));
    }
}

/// Contract: 6.6/5.
#[tokio::test]
async fn what_metadata_finds_is_shown_in_the_format_asked_for() {
    let app = App::start().await;
    app.accept("ref", &record("Ref", &[])).await;
    let user = json!({
        "schema": r#"["null","Ref"]"#, "metadata": {"properties": {"a": "1"}},
        "references": [{"name": "Ref", "subject": "ref", "version": 1}]
    });
    app.register("s", user).await.holds(2, 1);
    let found = app.get("/subjects/s/metadata?format=resolved").await.json();
    assert_eq!(found["schema"], json!(format!(r#"["null",{}]"#, record("Ref", &[]))));
    let found = app.get("/subjects/s/metadata?format=nonsense").await.json();
    assert_eq!(found["schema"], avro(r#"["null","Ref"]"#)["schema"]);
}
