//! What associations do to other endpoints (contract, section 9.6), and what happens when writers meet.

use serde_json::{Value, json};

use super::{OWN_VALUE, bonds, create, named, of_resource, own, success, tie, topic};
use crate::harness::{App, INT, STRING, avro, record};

/// Contract: 5/500, 6.10/5, 9.6/1.
#[tokio::test]
async fn the_last_version_of_an_associated_subject_stays() {
    let app = App::start().await;
    app.accept_all("s", &[STRING, INT]).await;
    tie(&app, "r", "value", "s").await;
    app.delete("/subjects/s/versions/1").await.ok(json!(1));
    let failed = "Error while deleting Schema Version";
    for version in ["2", "latest", "-1"] {
        app.delete(&format!("/subjects/s/versions/{version}")).await.refused(500, failed);
    }
    // A deletion for good is refused for its own reason, and what was soft-deleted may go.
    app.delete("/subjects/s/versions/2?permanent=true").await.refused_with(40407, &[]);
    app.delete("/subjects/s/versions/1").await.refused_with(40406, &[]);
    app.delete("/subjects/s/versions/1?permanent=true").await.ok(json!(1));
    app.set_mode("s", "READONLY").await;
    app.delete("/subjects/s/versions/2").await.refused_with(42205, &[]);
    app.set_mode("s", "READWRITE").await;
    app.delete("/associations/resources/r").await.says(204, "");
    app.delete("/subjects/s/versions/2").await.ok(json!(2));
}

/// Contract: 5/40904, 6.5/4, 9.6/2.
#[tokio::test]
async fn an_associated_subject_stays() {
    let app = App::start().await;
    tie(&app, "r", "value", "s").await;
    let associated = "An association already exists for subject 's'";
    app.delete("/subjects/s").await.refused(40904, associated);
    app.delete("/subjects/s?permanent=true").await.refused(40904, associated);
    app.set_mode("s", "READONLY").await;
    app.delete("/subjects/s").await.refused_with(42205, &[]);
    app.set_mode("s", "READWRITE").await;
    app.delete("/associations/resources/r").await.says(204, "");
    app.delete("/subjects/s").await.ok(json!([1]));
}

/// Contract: 5/42205/7, 7.4/5, 9.6/3.
#[tokio::test]
async fn a_subject_that_belongs_to_a_resource_is_not_referred_to() {
    let app = App::start().await;
    success(own(&app, "r", &record("R", &[])).await);
    let reference = |subject: &str| json!([{"name": "R", "subject": subject, "version": 1}]);
    let user = |subject: &str, text: &str| json!({"schema": text, "references": reference(subject)});
    let strong = format!("Subject '{OWN_VALUE}' has a strong association and cannot be referenced");
    for (subject, target) in [("s", OWN_VALUE), (":.ns:s", "t-value"), (":.ns:s", OWN_VALUE), (OWN_VALUE, "t-value")] {
        app.register(subject, user(target, r#"["null","R"]"#)).await.refused(42205, &strong);
    }
    // A schema that does not parse is told first; force changes nothing.
    app.register("s", user(OWN_VALUE, "{")).await.refused_with(42201, &[]);
    app.post("/subjects/s/versions?force=true", user(OWN_VALUE, r#"["null","R"]"#)).await.refused(42205, &strong);
    app.set_mode("s", "IMPORT").await;
    let imported = json!({"schema": r#"["null","R"]"#, "references": reference(OWN_VALUE), "id": 9});
    app.register("s", imported).await.refused(42205, &strong);
    app.set_mode("s", "READWRITE").await;
    // Nothing is stored, so a compatibility check may still ask.
    app.post("/compatibility/subjects/s/versions", user(OWN_VALUE, r#"["null","R"]"#))
        .await
        .ok(json!({"is_compatible": true}));
    app.delete("/associations/resources/r?cascadeLifecycle=true").await.says(204, "");
    app.accept(OWN_VALUE, &record("R", &[])).await;
    app.register("s", user(OWN_VALUE, r#"["null","R"]"#)).await.id();
}

#[tokio::test]
async fn a_subject_that_serves_resources_may_be_referred_to() {
    let app = App::start().await;
    app.accept("s", &record("R", &[])).await;
    success(create(&app, topic("r", json!([{"subject": "s"}]))).await);
    let reference = json!([{"name": "R", "subject": "s", "version": 1}]);
    app.register("user", json!({"schema": r#"["null","R"]"#, "references": reference})).await.id();
}

/// Contract: 6.14/5, 9.6/4.
#[tokio::test]
async fn schemas_are_listed_by_the_associations_of_their_subjects() {
    let app = App::start().await;
    app.accept("free", STRING).await;
    tie(&app, "r", "key", "shared").await;
    tie(&app, "q", "value", "shared").await;
    app.accept("shared", r#""bytes""#).await;
    success(own(&app, "o", STRING).await);
    let list = async |query: &str| {
        let answer = app.get(&format!("/schemas?subjectPrefix=:*:&{query}")).await;
        let schemas = success(answer).as_array().cloned().expect("a list");
        let shown = |schema: &Value| {
            let count = schema.get("associations").map_or(0, |associations| bonds(associations).len());
            format!("{}/{}/{count}", schema["subject"].as_str().unwrap_or_default(), schema["version"])
        };
        schemas.iter().map(shown).collect::<Vec<_>>()
    };
    let own_value = format!("{OWN_VALUE}/1");
    for (query, expected) in [
        ("", vec![format!("{own_value}/0"), "free/1/0".into(), "shared/1/0".into(), "shared/2/0".into()]),
        ("resourceType=topic", vec![format!("{own_value}/1"), "shared/1/2".into(), "shared/2/2".into()]),
        ("resourceType=cluster", vec![]),
        ("associationType=key", vec!["shared/1/1".into(), "shared/2/1".into()]),
        (
            "associationType=key&associationType=value&latestOnly=true",
            vec![format!("{own_value}/1"), "shared/2/2".into()],
        ),
        ("lifecycle=STRONG", vec![format!("{own_value}/1")]),
        ("lifecycle=STRONG&lifecycle=WEAK&offset=1", vec!["shared/1/2".into(), "shared/2/2".into()]),
        ("lifecycle=NONE", vec!["free/1/0".into()]),
        ("lifecycle=NONE&lifecycle=STRONG", vec![format!("{own_value}/1"), "free/1/0".into()]),
        ("lifecycle=WEAK&associationType=key&limit=1", vec!["shared/1/1".into()]),
        ("lifecycle=NONE&associationType=key", vec![format!("{own_value}/0"), "free/1/0".into()]),
    ] {
        assert_eq!(list(query).await, expected, "{query}");
    }
    app.get("/schemas?lifecycle=weak").await.refused(404, "HTTP 404 Not Found");
}

#[tokio::test]
async fn of_two_creations_at_once_one_wins() {
    let app = App::start().await;
    for round in 0..5 {
        let id = format!("r{round}");
        let subjects: Vec<String> = (0..4).map(|writer| format!("s{round}-{writer}")).collect();
        for subject in &subjects {
            app.accept(subject, STRING).await;
        }
        let writers: Vec<_> = subjects
            .iter()
            .map(|subject| {
                let (app, request) = (app.clone(), named("t", &id, json!([{"subject": subject}])));
                tokio::spawn(async move { create(&app, request).await.status })
            })
            .collect();
        let mut statuses = Vec::new();
        for writer in writers {
            statuses.push(writer.await.expect("a writer"));
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409], "round {round}");
        assert_eq!(of_resource(&app, &id).await.as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn a_subject_goes_to_one_of_two_resources() {
    let app = App::start().await;
    for round in 0..5 {
        let name = format!("t{round}");
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let request = named(&name, &format!("r{round}-{writer}"), json!([{"schema": avro(STRING)}]));
                let app = app.clone();
                tokio::spawn(async move { create(&app, request).await.json() })
            })
            .collect();
        let mut answers: Vec<Value> = Vec::new();
        for writer in writers {
            answers.push(writer.await.expect("a writer"));
        }
        let codes: Vec<&Value> = answers.iter().filter_map(|answer| answer.get("error_code")).collect();
        assert_eq!(codes, [&json!(40904); 3], "{answers:?}");
        let list = app.get(&format!("/associations/subjects/:.ns:{name}-value")).await.json();
        assert_eq!(bonds(&list).len(), 1, "{list}");
    }
}

#[tokio::test]
async fn a_reference_and_a_strong_association_do_not_pass_each_other() {
    let app = App::start().await;
    for round in 0..8 {
        let (name, own) = (format!("t{round}"), format!(":.ns:t{round}-value"));
        app.accept(&own, &record("R", &[])).await;
        let strong = named(&name, &name, json!([{"schema": {"schema": record("R", &[])}}]));
        let reference = json!([{"name": "R", "subject": own, "version": 1}]);
        let user = json!({"schema": r#"["null","R"]"#, "references": reference});
        let (one, two) = (app.clone(), app.clone());
        let binding = tokio::spawn(async move { create(&one, strong).await.status });
        let referring = tokio::spawn(async move { two.register(&format!("user{round}"), user).await.status });
        let statuses = (binding.await.expect("a writer"), referring.await.expect("a writer"));
        assert!(matches!(statuses, (200, 422) | (422, 200)), "round {round}: {statuses:?}");
    }
}

#[tokio::test]
async fn an_association_and_a_deletion_do_not_pass_each_other() {
    let app = App::start().await;
    for round in 0..8 {
        let subject = format!("s{round}");
        app.accept(&subject, STRING).await;
        let request = named(&subject, &subject, json!([{"subject": subject}]));
        let (one, two, path) = (app.clone(), app.clone(), format!("/subjects/{subject}"));
        let binding = tokio::spawn(async move { create(&one, request).await.status });
        let deleting = tokio::spawn(async move { two.delete(&path).await.status });
        let statuses = (binding.await.expect("a writer"), deleting.await.expect("a writer"));
        assert!(matches!(statuses, (200, 409) | (409, 200)), "round {round}: {statuses:?}");
    }
}
