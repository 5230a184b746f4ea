//! Transactions at once: of two that demand the same, exactly one is done.

use futures_util::future::join;
use serde_json::{Value, json};

use super::{level, referring, register};
use crate::harness::{Answer, App, INT, LONG, is_postgres, record};

/// How often a race of two is run: where every write has a flush of its own, a part is enough for each run.
fn rounds() -> usize {
    if is_postgres() { 50 } else { 200 }
}

fn post(app: &App, body: Value) -> impl Future<Output = Answer> + Send + 'static {
    let app = app.clone();
    async move { app.post("/transactions", body).await }
}

async fn head(app: &App, subject: &str) -> Value {
    let answer = app.get(&format!("/subjects/{subject}/versions")).await;
    answer.header("etag").map(str::to_owned).into()
}

/// Demands that one answer is a success and the other one this refusal.
#[track_caller]
fn one_of_two(answers: &(Answer, Answer), code: u64) -> usize {
    let codes = [&answers.0, &answers.1].map(|answer| answer.json()["error_code"].as_u64());
    assert!(
        codes == [None, Some(code)] || codes == [Some(code), None],
        "{} and {}",
        answers.0.text(),
        answers.1.text()
    );
    usize::from(codes[0].is_some())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_transactions_that_expect_the_same_head_exactly_one_is_done() {
    let app = App::start().await;
    for round in 0..rounds() {
        let (subject, first, second) = (format!("s{round}"), format!("a{round}"), format!("b{round}"));
        app.accept(&subject, INT).await;
        let expect = json!({"subjects": {&subject: head(&app, &subject).await}});
        let body = |text: &str, beside: &str| json!({"expect": expect, "operations": [register(&subject, text), register(beside, text)]});
        let answers =
            join(tokio::spawn(post(&app, body(LONG, &first))), tokio::spawn(post(&app, body("\"double\"", &second))));
        let (one, other) = answers.await;
        let answers = (one.expect("a client does not fail"), other.expect("a client does not fail"));
        let done = one_of_two(&answers, 41201);
        let (written, missing) = if done == 0 { (&first, &second) } else { (&second, &first) };
        app.get(&format!("/subjects/{subject}/versions")).await.ok(json!([1, 2]));
        app.get(&format!("/subjects/{written}/versions")).await.ok(json!([1]));
        app.get(&format!("/subjects/{missing}/versions")).await.refused_with(40401, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_transactions_that_expect_the_same_configuration_exactly_one_is_done() {
    let app = App::start().await;
    for round in 0..rounds() {
        let subject = format!("s{round}");
        let expect = json!({"config": {&subject: null}});
        let body = |name: &str| json!({"expect": expect, "operations": [level(&subject, name)]});
        let answers = join(tokio::spawn(post(&app, body("FULL"))), tokio::spawn(post(&app, body("NONE")))).await;
        let answers = (answers.0.expect("a client does not fail"), answers.1.expect("a client does not fail"));
        let done = one_of_two(&answers, 41202);
        let written = ["FULL", "NONE"][done];
        app.get(&format!("/config/{subject}")).await.ok(json!({"compatibilityLevel": written}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_moved_after_it_was_seen_is_always_noticed() {
    let app = App::start().await;
    for round in 0..100 {
        let (subject, other) = (format!("s{round}"), format!("t{round}"));
        app.accept(&subject, INT).await;
        let expect =
            json!({"subjects": {&subject: head(&app, &subject).await, &other: null}, "config": {&subject: null}});
        let change = match round % 4 {
            0 => app.register(&subject, json!({"schema": LONG})).await,
            1 => app.put(&format!("/config/{subject}"), json!({"compatibility": "NONE"})).await,
            2 => app.delete(&format!("/subjects/{subject}")).await,
            _ => app.register(&other, json!({"schema": LONG})).await,
        };
        assert_eq!(change.status, 200, "{}", change.text());
        let body =
            json!({"expect": expect, "operations": [register(&format!("new{round}"), INT), level(&other, "FULL")]});
        let late = app.post("/transactions", body).await;
        let code = if round % 4 == 1 { 41202 } else { 41201 };
        late.refused_with(code, &[]);
        app.get(&format!("/subjects/new{round}/versions")).await.refused_with(40401, &[]);
        app.get(&format!("/config/{other}")).await.refused_with(40408, &[]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_and_single_registrations_of_one_subject_leave_one_line_of_versions() {
    let app = App::start().await;
    for round in 0..rounds() / 5 {
        let subject = format!("s{round}");
        let transaction = |at: usize| {
            let text = record(&format!("R{at}"), &[]);
            post(&app, json!({"operations": [register(&subject, &text), level(&format!("c{round}-{at}"), "FULL")]}))
        };
        let single = |at: usize| {
            let (app, subject, text) = (app.clone(), subject.clone(), record(&format!("R{at}"), &[]));
            async move { app.register(&subject, json!({"schema": text})).await }
        };
        // Records of different names contradict each other: one is accepted, however it comes.
        let answers = futures_util::future::join_all([
            tokio::spawn(transaction(0)),
            tokio::spawn(single(1)),
            tokio::spawn(transaction(2)),
            tokio::spawn(single(3)),
        ]);
        let mut statuses = Vec::new();
        for answer in answers.await {
            statuses.push(answer.expect("a client does not fail").status);
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409]);
        app.get(&format!("/subjects/{subject}/versions")).await.ok(json!([1]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_deleted_or_referred_to_by_a_transaction_but_never_both() {
    let app = App::start().await;
    for round in 0..rounds() / 2 {
        let part = format!("part{round}");
        app.accept(&part, &record("P", &[])).await;
        let whole = referring(&format!("whole{round}"), r#"["null","P"]"#, &[("P", &part, -1)]);
        let transaction = post(&app, json!({"operations": [whole, register(&format!("x{round}"), INT)]}));
        let delete = {
            let (app, path) = (app.clone(), format!("/subjects/{part}"));
            async move { app.delete(&path).await }
        };
        let (done, deleted) = join(tokio::spawn(transaction), tokio::spawn(delete)).await;
        let codes = [done, deleted].map(|answer| answer.expect("a client does not fail").json()["error_code"].as_u64());
        assert!(codes == [None, Some(42206)] || codes == [Some(42201), None], "round {round}: {codes:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_name_the_same_subjects_in_any_order_do_not_wait_for_each_other_for_ever() {
    let app = App::start().await;
    let bodies = (0..20).map(|at: usize| {
        let mut operations: Vec<Value> = (0..6)
            .map(|subject| {
                register(&format!("s{subject}"), &format!(r#"{{"type":"fixed","name":"F{at}","size":{at}}}"#))
            })
            .collect();
        operations.rotate_left(at % 6);
        operations.push(level("s0", "NONE"));
        operations.extend((1..6).map(|subject| level(&format!("s{subject}"), "NONE")));
        post(&app, json!({"operations": operations}))
    });
    let answers = futures_util::future::join_all(bodies.map(tokio::spawn)).await;
    for answer in answers {
        let answer = answer.expect("a client does not fail");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for subject in 0..6 {
        app.get(&format!("/subjects/s{subject}/versions")).await.ok(json!((1..=20).collect::<Vec<_>>()));
    }
}
