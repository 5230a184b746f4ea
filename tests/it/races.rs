//! Many clients at once: what holds for one after another holds for all together.

use std::{collections::BTreeSet, future::Future, sync::Arc};

use futures_util::future::join_all;
use regis::{model::Level, registry::Options};
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::harness::{Answer, App, INT, STRING, avro, is_postgres, record, under_a_level};

const WRITERS: usize = 100;

/// Runs pieces of work that all begin at one moment, each in a task of its own.
async fn at_once<T, F>(work: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let work: Vec<F> = work.into_iter().collect();
    let barrier = Arc::new(Barrier::new(work.len()));
    let tasks = work.into_iter().map(|work| {
        let barrier = Arc::clone(&barrier);
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    });
    join_all(tasks).await.into_iter().map(|outcome| outcome.expect("a client does not fail")).collect()
}

/// Runs two pieces of work that begin at one moment.
async fn both<A, B>(
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let barrier = Arc::new(Barrier::new(2));
    let gate = Arc::clone(&barrier);
    let one = tokio::spawn(async move {
        gate.wait().await;
        one.await
    });
    let other = tokio::spawn(async move {
        barrier.wait().await;
        other.await
    });
    (one.await.expect("a client does not fail"), other.await.expect("a client does not fail"))
}

/// A client's registration, to be run in a task.
fn registration(app: &App, subject: String, body: Value) -> impl Future<Output = Answer> + Send + 'static {
    let app = app.clone();
    async move { app.register(&subject, body).await }
}

/// The canonical text of a record that no other number has.
fn numbered(number: usize) -> String {
    record(&format!("R{number}"), &[])
}

/// How often a race of two is run: where every write has a flush of its own, a tenth is enough for each run.
fn rounds(full: usize) -> usize {
    if is_postgres() { full / 10 } else { full }
}

fn ids(answers: Vec<Answer>) -> Vec<i64> {
    let mut ids: Vec<i64> = answers.into_iter().map(Answer::id).collect();
    ids.sort_unstable();
    ids
}

fn dense(first: i64, count: usize) -> Vec<i64> {
    (first..).take(count).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_one_schema_in_one_subject_get_one_id_and_one_version() {
    let app = App::start().await;
    let answers = at_once((0..WRITERS).map(|_| registration(&app, "s".to_owned(), avro(STRING)))).await;
    for answer in answers {
        answer.holds(1, 1);
    }
    app.get("/subjects/s/versions").await.ok(json!([1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_one_schema_in_many_subjects_get_one_id() {
    let app = App::start().await;
    let answers = at_once((0..WRITERS).map(|at| registration(&app, format!("s{at}"), avro(STRING)))).await;
    for answer in answers {
        answer.holds(1, 1);
    }
    let holders = app.get("/schemas/ids/1/subjects").await.json();
    assert_eq!(holders.as_array().map(Vec::len), Some(WRITERS));
    app.register("next", avro(INT)).await.holds(2, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_many_schemas_in_many_subjects_get_dense_ids() {
    let app = App::start().await;
    let answers = at_once((0..WRITERS).map(|at| registration(&app, format!("s{at}"), avro(&numbered(at))))).await;
    assert_eq!(ids(answers), dense(1, WRITERS));
}

/// Contract: 4.1/2.
#[tokio::test(flavor = "multi_thread")]
async fn writers_of_many_schemas_in_one_subject_get_dense_ids_and_versions() {
    let app = App::start_with(under_a_level(Level::None)).await;
    let answers = at_once((0..WRITERS).map(|at| registration(&app, "s".to_owned(), avro(&numbered(at))))).await;
    let versions: BTreeSet<i64> = answers.iter().filter_map(|answer| answer.json()["version"].as_i64()).collect();
    assert_eq!(versions.into_iter().collect::<Vec<_>>(), dense(1, WRITERS));
    assert_eq!(ids(answers), dense(1, WRITERS));
    app.get("/subjects/s/versions").await.ok(json!(dense(1, WRITERS)));
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_count_their_ids_apart_even_at_once() {
    let app = App::start().await;
    let registrations = (0..60).map(|at| registration(&app, format!(":.c{}:s{at}", at % 3), avro(&numbered(at))));
    let answers = at_once(registrations).await;
    let mut expected: Vec<i64> = [dense(1, 20), dense(1, 20), dense(1, 20)].concat();
    expected.sort_unstable();
    assert_eq!(ids(answers), expected);
    app.get("/contexts").await.ok(json!([".", ".c0", ".c1", ".c2"]));
}

/// Contract: 4.1/2.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_writers_that_contradict_each_other_exactly_one_is_refused() {
    const TOGETHER: usize = 25;
    let app = App::start().await;
    let rounds = rounds(1000);
    for first in (0..rounds).step_by(TOGETHER) {
        let writers = (first..first + TOGETHER)
            .flat_map(|round| [STRING, INT].map(|text| registration(&app, format!("s{round}"), avro(text))));
        let answers = at_once(writers).await;
        for pair in answers.chunks(2) {
            let mut statuses: Vec<u16> = pair.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{} and {}", pair[0].text(), pair[1].text());
        }
    }
    // Refusals take no id, and no history holds both.
    app.register("next", avro(&numbered(0))).await.holds(3, 1);
    for round in (0..rounds).step_by(97) {
        app.get(&format!("/subjects/s{round}/versions")).await.ok(json!([1]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_of_contradictions_leaves_one_line_of_versions() {
    let app = App::start().await;
    for round in 0..rounds(50) {
        let subject = format!("s{round}");
        app.accept(&subject, &record("R", &[])).await;
        // Each adds a field that the others do not have and cannot do without.
        let writers = (0..8).map(|at| {
            let text = format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{{"type":"fixed","name":"F","size":{at}}},"default":"{}"}}]}}"#, "x".repeat(at));
            registration(&app, subject.clone(), avro(&text))
        });
        let answers = at_once(writers).await;
        let accepted = answers.iter().filter(|answer| answer.status == 200).count();
        let refused = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!((accepted, refused), (1, 7), "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    }
}

/// Changes a setting that forbids a registration while that registration runs: nothing is registered afterwards.
async fn race_with_a_setting(app: &App, setting: &'static str, value: Value, rounds: usize) {
    for round in 0..rounds {
        let subject = format!("s{round}");
        app.accept(&subject, STRING).await;
        let forbid = {
            let (app, subject, value) = (app.clone(), subject.clone(), value.clone());
            async move {
                let changed = app.put(&format!("/{setting}/{subject}"), value).await;
                assert_eq!(changed.status, 200, "{}", changed.text());
                app.get(&format!("/subjects/{subject}/versions")).await.json()
            }
        };
        let (seen, registered) = both(forbid, registration(app, subject.clone(), avro(INT))).await;
        let expected = if registered.status == 200 { json!([1, 2]) } else { json!([1]) };
        app.get(&format!("/subjects/{subject}/versions")).await.ok(expected.clone());
        assert_eq!(seen, expected, "{subject}: what was there when the setting was answered is what stays");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_incompatible_version_appears_after_a_level_was_set() {
    let app = App::start_with(under_a_level(Level::None)).await;
    race_with_a_setting(&app, "config", json!({"compatibility": "BACKWARD"}), rounds(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_version_appears_after_a_mode_was_set() {
    let app = App::start_with(under_a_level(Level::None)).await;
    race_with_a_setting(&app, "mode", json!({"mode": "READONLY"}), rounds(100)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_deleted_or_referred_to_but_never_both() {
    let app = App::start().await;
    for round in 0..rounds(200) {
        let referenced = format!("ref{round}");
        app.accept(&referenced, &record("Ref", &[])).await;
        let body = json!({
            "schema": r#"["null","Ref"]"#, "references": [{"name": "Ref", "subject": referenced, "version": 1}]
        });
        let delete = {
            let (app, path) = (app.clone(), format!("/subjects/{referenced}/versions/1"));
            async move { app.delete(&path).await }
        };
        let (deleted, registered) = both(delete, registration(&app, format!("base{round}"), body)).await;
        let codes = [&deleted, &registered].map(|answer| answer.json()["error_code"].as_u64());
        assert!(
            codes == [None, Some(42201)] || codes == [Some(42206), None],
            "round {round}: {} and {}",
            deleted.text(),
            registered.text()
        );
    }
}

/// Two imports that bring one id at one moment: one is told that the id is taken, and neither that something failed.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_imports_of_one_id_one_is_refused() {
    let app = App::start().await;
    app.set_mode("", "IMPORT").await;
    for round in 0..rounds(200) {
        let import = |at: usize| {
            let body = json!({"schema": numbered(2 * round + at), "id": 1000 + round, "version": 1});
            registration(&app, format!("s{round}_{at}"), body)
        };
        let (one, other) = both(import(0), import(1)).await;
        let mut codes = [&one, &other].map(|answer| answer.json()["error_code"].as_u64());
        codes.sort_unstable();
        assert_eq!(codes, [None, Some(42205)], "round {round}: {} and {}", one.text(), other.text());
    }
}

/// Contract: 4.3/5.
#[tokio::test(flavor = "multi_thread")]
async fn refused_registrations_take_no_ids_while_others_are_accepted() {
    let app = App::start().await;
    for at in 0..20 {
        app.accept(&format!("held{at}"), STRING).await;
    }
    let writers = (0..100).map(|at| match at {
        0..40 => registration(&app, format!("new{at}"), avro(&numbered(at))),
        40..80 => registration(&app, format!("held{}", at % 20), avro(INT)),
        _ => registration(&app, format!("ugly{at}"), avro("nonsense")),
    });
    let answers = at_once(writers).await;
    let accepted: Vec<Answer> = answers.iter().filter(|answer| answer.status == 200).cloned().collect();
    assert_eq!(answers.iter().filter(|answer| answer.status == 409).count(), 40);
    assert_eq!(answers.iter().filter(|answer| answer.status == 422).count(), 20);
    assert_eq!(ids(accepted), dense(2, 40));
}

/// Contract: 4.1/1.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_its_own_write() {
    let app = App::start().await;
    let sessions = (0..WRITERS).map(|at| {
        let app = app.clone();
        async move {
            let (subject, text) = (format!("s{at}"), numbered(at));
            let id = app.accept(&subject, &text).await;
            app.get(&format!("/schemas/ids/{id}/schema")).await.says(200, &text);
            app.get(&format!("/subjects/{subject}/versions/latest")).await.holds(id, 1);
            app.delete(&format!("/subjects/{subject}")).await.ok(json!([1]));
            app.get(&format!("/subjects/{subject}/versions")).await.refused_with(40401, &[]);
        }
    });
    at_once(sessions).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_postgresql_agree() {
    if !is_postgres() {
        println!("two_servers_on_one_postgresql_agree: not run; set TEST_DATABASE_URL=postgres://USER@HOST/NAME");
        return;
    }
    let one = App::start().await;
    let other = one.start_beside(Options::default()).await;
    let pick = |at: usize| if at.is_multiple_of(2) { &one } else { &other };
    let same = at_once((0..40).map(|at| registration(pick(at), "same".to_owned(), avro(STRING)))).await;
    let mut all: BTreeSet<i64> = same.into_iter().map(Answer::id).collect();
    assert_eq!(all.len(), 1, "one content has one id: {all:?}");
    let different = at_once((0..40).map(|at| registration(pick(at), format!("s{at}"), avro(&numbered(at))))).await;
    all.extend(ids(different));
    // Of two servers that bring one content at once, one takes an id in vain, and uses it next.
    assert_eq!(all.into_iter().collect::<Vec<_>>(), dense(1, 41));
    for round in 0..50 {
        let contradiction = [STRING, INT].into_iter().enumerate();
        let writers = contradiction.map(|(at, text)| registration(pick(at), format!("c{round}"), avro(text)));
        let mut statuses: Vec<u16> = at_once(writers).await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    }
    // What one server changed, the other sees at once.
    one.put("/config/c0", json!({"compatibility": "NONE"})).await.ok(json!({"compatibility": "NONE"}));
    other.get("/config/c0").await.ok(json!({"compatibilityLevel": "NONE"}));
    one.delete("/subjects/s0").await.ok(json!([1]));
    other.get("/subjects/s0/versions").await.refused_with(40401, &[]);
    one.delete("/subjects/s0?permanent=true").await.ok(json!([1]));
    let gone = other.get("/subjects/s0/versions?deleted=true").await;
    gone.refused_with(40401, &[]);
}
