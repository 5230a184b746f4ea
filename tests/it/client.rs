//! The typed client: what it asks, what it makes of answers, and when it asks again.

use std::time::{Duration, Instant};

use regis::{
    client::{
        Addresses, Client, Connection, Error, Listing, Lookup, Normalize, Opponents, Permanence, Registration, Seen,
        each,
    },
    model::{Level, Mode, SchemaKind, Version, VersionSelector},
    wire::{ConfigUpdateRequest, RegisterSchemaRequest},
};
use serde_json::json;

use crate::harness::{App, INT, Line, STRING, STRING_GUID, Script, free_address, is_postgres};

fn connection(addresses: &str) -> Connection {
    let mut connection = Connection::to(Addresses::parse(addresses).expect("an address").urls);
    connection.retries.first_pause = Duration::from_millis(1);
    connection
}

fn client(addresses: &str) -> Client {
    connection(addresses).open().expect("a client")
}

fn of(app: &App) -> Client {
    client(&format!("http://{}", app.address()))
}

fn text(schema: &str) -> RegisterSchemaRequest {
    RegisterSchemaRequest { schema: Some(schema.to_owned()), ..RegisterSchemaRequest::default() }
}

#[tokio::test]
async fn a_subject_is_written_and_read_whatever_its_name() {
    let app = App::start().await;
    let client = of(&app);
    for subject in ["s", "a/b %?#+é", ":.ctx:team/orders", "%2F"] {
        let registered =
            client.register(subject, &text(STRING), &Registration::default()).await.expect("accepted").value;
        assert_eq!((registered.version, registered.guid.as_deref()), (Some(1), Some(STRING_GUID)), "{subject}");
        let latest = client.latest(subject).await.expect("an answer").expect("a version").value;
        assert_eq!((latest.subject.as_str(), latest.version, latest.schema.as_str()), (subject, 1, STRING));
        assert_eq!((latest.kind(), latest.is_deleted()), (SchemaKind::Avro, false));
        let found = client.look_up(subject, &text(STRING), Normalize::AsConfigured, Seen::Live).await;
        assert_eq!(found.expect("an answer").map(|found| found.id), Some(registered.id));
        assert_eq!(client.look_up(subject, &text(INT), Normalize::AsConfigured, Seen::Live).await, Ok(None));
    }
    let mut names = client.subjects(None, Seen::Live).await.expect("names");
    names.sort();
    assert_eq!(names, ["%2F", ":.ctx:team/orders", "a/b %?#+é", "s"]);
    assert_eq!(client.subjects(Some("a"), Seen::Live).await, Ok(vec!["a/b %?#+é".to_owned()]));
    assert_eq!(client.version("s", VersionSelector::Exactly(Version(9)), None, Seen::Live).await, Ok(None));
    assert_eq!(client.versions("unknown", Seen::Live).await, Ok(None));
    assert_eq!(client.contexts().await, Ok(vec![".".to_owned(), ".ctx".to_owned()]));
    let by_id = client.schema(1, Some(":.ctx:"), None).await.expect("an answer").expect("a schema");
    assert_eq!((by_id.id, by_id.subject.as_str()), (1, ":.ctx:team/orders"));
    assert_eq!(client.schema(77, None, None).await, Ok(None));
    assert!(client.schema_by_guid(STRING_GUID, None).await.is_ok_and(|found| found.is_some()));
}

#[tokio::test]
async fn settings_verdicts_and_deletions_are_asked_for() {
    let app = App::start().await;
    let client = of(&app);
    client.register("s", &text(STRING), &Registration::default()).await.expect("accepted");
    assert_eq!(client.config(Some("s"), Lookup::Exact).await, Ok(None));
    let level = ConfigUpdateRequest { compatibility: Some(Some("FULL".to_owned())), ..ConfigUpdateRequest::default() };
    assert_eq!(client.set_config(Some("s"), &level).await, Ok(json!({"compatibility": "FULL"})));
    let found = client.config(Some("s"), Lookup::Exact).await.expect("an answer").expect("settings");
    assert_eq!(found.compatibility_level, Some(Level::Full));
    let global = client.config(None, Lookup::InScope).await.expect("an answer").expect("settings");
    assert_eq!(global.compatibility_level, Some(Level::Backward));
    let verdict = client.check("s", Opponents::All, &text(INT), Normalize::AsConfigured).await.expect("an answer");
    let verdict = verdict.expect("a verdict");
    assert!(!verdict.compatible && verdict.messages.is_some_and(|messages| messages[0].contains("TYPE_MISMATCH")));
    let one = Opponents::One(VersionSelector::Exactly(Version(7)));
    assert_eq!(client.check("s", one, &text(INT), Normalize::AsConfigured).await, Ok(None));
    assert_eq!(client.mode(Some("s"), Lookup::Exact).await, Ok(None));
    client.set_mode(Some("s"), Mode::ReadOnly).await.expect("a mode");
    assert_eq!(client.mode(Some("s"), Lookup::Exact).await, Ok(Some(Mode::ReadOnly)));
    let refused = client.register("s", &text(INT), &Registration::default()).await.expect_err("read-only");
    assert_eq!((refused.status(), refused.code()), (Some(422), Some(42205)));
    assert!(refused.to_string().contains("read-only"), "{refused}");
    client.set_mode(Some("s"), Mode::ReadWrite).await.expect("a mode");
    assert_eq!(client.delete_version("s", 1, Permanence::Soft).await, Ok(1));
    assert_eq!(client.versions("s", Seen::All).await, Ok(Some(vec![1])));
    assert_eq!(client.delete_subject("s", Permanence::Permanent).await, Ok(vec![1]));
    assert_eq!(client.versions("s", Seen::All).await, Ok(None));
}

#[tokio::test]
async fn a_list_that_needs_several_pages_is_read_whole() {
    if is_postgres() {
        println!("the list of several pages is read on SQLite only: paging is the client's");
        return;
    }
    let app = App::start().await;
    let client = of(&app);
    each(0..1003, 8, |at| {
        let (app, schema) = (app.clone(), format!(r#"{{"type":"fixed","name":"F","size":{}}}"#, at + 1));
        async move { Ok::<_, Error>(app.accept(&format!("s{at}"), &schema).await) }
    })
    .await
    .expect("all are accepted");
    let all = client.schemas(Listing::default()).await.expect("a list");
    assert_eq!(all.len(), 1003);
    assert!(all.is_sorted_by(|one, two| one.subject < two.subject));
    let few = client.schemas(Listing { prefix: "s100", latest_only: true, ..Listing::default() }).await;
    assert_eq!(few.expect("a list").len(), 4);
}

#[tokio::test]
async fn a_registry_that_knows_no_pages_ends_the_list_too() {
    let entry = |at: usize| json!({"subject": format!("s{at}"), "version": 1, "id": at, "schema": "\"int\""});
    let page: Vec<_> = (0..1000).map(entry).collect();
    let script = Script::play(vec![Line::Answer(200, "", json!(page).to_string())]).await;
    assert_eq!(client(&script.url()).schemas(Listing::default()).await.expect("a list").len(), 1000);
    assert_eq!(script.heard().len(), 2);
}

#[tokio::test]
async fn what_fails_in_passing_is_asked_again() {
    for passing in [
        Line::Answer(503, "", "{}".to_owned()),
        Line::Answer(500, "", r#"{"error_code":50001,"message":"the store"}"#.to_owned()),
        Line::Answer(429, "Retry-After: 0\r\n", String::new()),
        Line::HangUp,
    ] {
        let done = Line::Answer(200, "", r#"{"id":7}"#.to_owned());
        let script = Script::play(vec![passing.clone(), passing.clone(), done]).await;
        let registered = client(&script.url()).register("s", &text(STRING), &Registration::default()).await;
        assert_eq!(registered.expect("the third time").value.id, 7, "{passing:?}");
        let heard = script.heard();
        assert_eq!(heard.len(), 3, "{passing:?}");
        assert!(heard.iter().all(|request| request.ends_with(r#"{"schema":"\"string\""}"#)), "{heard:?}");
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_asked_again() {
    let body = r#"{"error_code":42201,"message":"Invalid schema"}"#.to_owned();
    let script = Script::play(vec![Line::Answer(422, "", body)]).await;
    let refused =
        client(&script.url()).register("s", &text(STRING), &Registration::default()).await.expect_err("refused");
    assert_eq!(refused.to_string(), "Invalid schema (error 42201)");
    assert_eq!(script.heard().len(), 1);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_not_sent_again() {
    let script = Script::play(vec![Line::HangUp]).await;
    let lost = client(&script.url()).delete_subject("s", Permanence::Soft).await;
    assert!(matches!(lost, Err(Error::Unreachable { .. })), "{lost:?}");
    assert_eq!(script.heard().len(), 1);
    let busy = Script::play(vec![Line::Answer(503, "", String::new()), Line::Answer(200, "", "[1]".to_owned())]).await;
    assert_eq!(client(&busy.url()).delete_subject("s", Permanence::Soft).await, Ok(vec![1]));
}

#[tokio::test]
async fn another_address_helps_when_one_is_gone() {
    let script = Script::play(vec![Line::Answer(200, "", "[]".to_owned())]).await;
    let client = client(&format!("http://{},{}", free_address(), script.url()));
    for _ in 0..2 {
        assert_eq!(client.subjects(None, Seen::Live).await, Ok(Vec::new()));
    }
    assert_eq!(client.address().as_str().trim_end_matches('/'), script.url());
    assert_eq!(script.heard().len(), 2);
}

#[tokio::test]
async fn nothing_takes_longer_than_the_timeout() {
    let silent = Script::play(vec![Line::Silence]).await;
    let busy = Script::play(vec![Line::Answer(503, "Retry-After: 3600\r\n", "{}".to_owned())]).await;
    for (script, repeated) in [(&silent, "did not answer within 0.3 s"), (&busy, "(error 503)")] {
        let mut connection = connection(&script.url());
        connection.timeout = Duration::from_millis(300);
        let started = Instant::now();
        let error = connection.open().expect("a client").subjects(None, Seen::Live).await.expect_err("no answer");
        assert!(error.to_string().contains(repeated), "{error}");
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert_eq!(script.heard().len(), 1);
    }
}

#[tokio::test]
async fn answers_that_are_none_of_a_registry_are_told() {
    for (line, words) in [
        (Line::Answer(200, "", "<html>".to_owned()), ["does not answer like a schema registry", "<html>"]),
        (Line::Answer(404, "", "<h1>no such page</h1>".to_owned()), ["Not Found", "no such page"]),
        (Line::Answer(301, "Location: https://elsewhere/\r\n", String::new()), ["redirects to", "https://elsewhere/"]),
        (Line::Answer(401, "", String::new()), ["Unauthorized", "401"]),
    ] {
        let script = Script::play(vec![line]).await;
        let error = client(&script.url()).versions("s", Seen::Live).await.expect_err("no registry");
        for word in words {
            assert!(error.to_string().contains(word), "expected {word:?} in {error}");
        }
    }
}
