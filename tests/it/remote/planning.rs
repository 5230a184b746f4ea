//! plan and apply: what a plan says, that it is carried out as it stands, and that nothing is written when the registry moved.

use std::convert::Infallible;

use regis::{client::each, http::DoorSettings, registry::Options};
use serde_json::{Value, json};

use super::Desk;
use crate::harness::{App, INT, LONG, Line, STRING, Script, Veil, avro, free_address, record};

const SETTINGS: &str = "subjects:\n  users: {compatibility: FULL, mode: READWRITE}\n  money: {compatibility: NONE}\n";

/// A registry that has some of what the files say, and files.
async fn shop(app: &App, desk: &Desk) {
    app.accept("money", INT).await;
    app.accept("users", &record("User", &[("name", "\"string\"")])).await;
    app.accept("same", STRING).await;
    desk.write("money.avsc", LONG);
    desk.write("users.avsc", record("User", &[("name", "\"string\""), ("age", "\"int\",\"default\":0")]));
    desk.write("same.avsc", STRING);
    desk.write("new.avsc", STRING);
    desk.write("regis.yaml", SETTINGS);
}

#[tokio::test]
async fn a_plan_is_shown_carried_out_and_then_empty() {
    let app = App::start().await;
    let (veiled, other) = (App::start().await, App::start().await);
    let veil = Veil::before(&veiled).await;
    for (app, url) in [(&app, format!("http://{}", app.address())), (&veiled, veil.url())] {
        let desk = Desk::beside(&url);
        shop(app, &desk).await;
        let shown = Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
        for line in [
            "~ set level    money  not set -> NONE",
            "~ set level    users  not set -> FULL",
            "~ set mode     users  not set -> READWRITE",
            "~ new version  money  money.avsc (after version 1)",
            "+ create       new    new.avsc",
            "= unchanged    same   version 1, id 3",
            "6 to do, 0 blocked, 1 unchanged",
        ] {
            assert!(shown.lines().any(|found| found == line), "expected {line:?} in\n{shown}");
        }
        app.get("/subjects/users/versions").await.ok(json!([1]));
        let plan: Value = serde_json::from_str(&desk.read("plan.json")).expect("JSON");
        assert_eq!(plan["transaction"], json!(url != veil.url()), "{plan}");
        Desk::ends(desk.run(&["plan", "--fail-on-drift"]).await, 1);
        let wrong = desk.run(&["apply", "plan.json", "--registry", &format!("http://{}", other.address())]).await;
        assert!(wrong.stderr.contains("the plan is for"), "{wrong:?}");
        Desk::ends(wrong, 2);
        let applied = Desk::ends(desk.run(&["apply", "plan.json"]).await, 0);
        assert!(applied.contains("new        users  version 2, id "), "{applied}");
        app.get("/config/users").await.ok(json!({"compatibilityLevel": "FULL"}));
        app.get("/subjects/users/versions").await.ok(json!([1, 2]));
        let shown = Desk::ends(desk.run(&["plan", "--fail-on-drift"]).await, 0);
        assert!(shown.ends_with("0 to do, 0 blocked, 4 unchanged\n"), "{shown}");
        // What it rests on is not so any more.
        let run = desk.run(&["apply", "plan.json"]).await;
        assert!(run.stderr.contains("moved"), "{run:?}");
        Desk::ends(run, 4);
    }
}

#[tokio::test]
async fn blocked_items_are_told_with_reasons_and_nothing_is_done() {
    let app = App::start().await;
    let desk = Desk::at(&app);
    shop(&app, &desk).await;
    desk.write("users.avsc", record("User", &[("name", "\"int\"")]));
    let shown = Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 1);
    let line = "! blocked      users  users.avsc\n    AVRO-002 type-mismatch at users.avsc:1:64\n";
    assert!(shown.contains(line) && shown.contains("╭▸ users.avsc:1:64\n"), "{shown}");
    let plan: Value = serde_json::from_str(&desk.read("plan.json")).expect("JSON");
    assert_eq!((&plan["planVersion"], &plan["blocked"][0]["subject"]), (&json!(1), &json!("users")));
    let blocked = &plan["blocked"][0];
    assert!(blocked["reasons"][0].as_str().is_some_and(|reason| reason.contains("TYPE_MISMATCH")), "{blocked}");
    // The plan sets FULL, so both directions are told.
    let directions: Vec<&Value> =
        blocked["findings"].as_array().into_iter().flatten().map(|finding| &finding["direction"]).collect();
    assert_eq!((directions.len(), &blocked["code"]), (2, &json!(40901)), "{blocked}");
    for arguments in [&["apply", "plan.json"][..], &["apply", "--yes"]] {
        let run = desk.run(arguments).await;
        assert!(run.stderr.contains("nothing was written"), "{run:?}");
        Desk::ends(run, 1);
    }
    app.get("/subjects").await.ok(json!(["money", "same", "users"]));
    app.get("/subjects/money/versions").await.ok(json!([1]));
}

#[tokio::test]
async fn a_plan_goes_to_the_standard_output() {
    let app = App::start().await;
    let desk = Desk::at(&app);
    desk.write("s.avsc", STRING);
    let run = desk.run(&["plan", "--out", "-"]).await;
    assert!(run.stderr.ends_with("1 to do, 0 blocked, 0 unchanged\n"), "{run:?}");
    desk.write("plan.json", Desk::ends(run, 0));
    let quiet = desk.run(&["plan", "--out", "-", "-o", "json"]).await;
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), (desk.read("plan.json").as_str(), ""));
    Desk::ends(desk.run(&["apply", "plan.json"]).await, 0);
    assert!(!desk.path().join("-").exists());
}

#[tokio::test]
async fn the_settings_of_a_context_are_planned_and_looked_after() {
    let app = App::start().await;
    let veil = Veil::before(&app).await;
    for (round, url) in [format!("http://{}", app.address()), veil.url()].into_iter().enumerate() {
        let context = format!(":.team{round}:");
        let desk = Desk::beside(&url);
        desk.write("s.avsc", STRING);
        desk.write(
            "regis.yaml",
            format!("sources: [{{glob: '*.avsc', subject: '{context}s'}}]\nsubjects: {{'{context}': {{compatibility: FULL}}}}\n"),
        );
        let shown = Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
        assert!(shown.starts_with(&format!("~ set level    {context}   not set -> FULL\n")), "{shown}");
        app.put(&format!("/mode/{context}"), json!({"mode": "READWRITE"})).await;
        Desk::ends(desk.run(&["apply", "plan.json"]).await, 4);
        Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
        Desk::ends(desk.run(&["apply", "plan.json"]).await, 0);
        app.get(&format!("/config/{context}")).await.ok(json!({"compatibilityLevel": "FULL"}));
        let shown = Desk::ends(desk.run(&["plan"]).await, 0);
        assert!(shown.ends_with("0 to do, 0 blocked, 1 unchanged\n"), "{shown}");
        // Nothing is declared of the context now, but its level judges what is new.
        desk.write("regis.yaml", format!("sources: [{{glob: '*.avsc', subject: '{context}{{stem}}'}}]\n"));
        desk.write("t.avsc", STRING);
        Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
        app.put(&format!("/config/{context}"), json!({"compatibility": "NONE"})).await;
        let run = desk.run(&["apply", "plan.json"]).await;
        assert!(run.stderr.contains("moved"), "{run:?}");
        Desk::ends(run, 4);
    }
}

#[tokio::test]
async fn settings_of_a_subject_that_nobody_has_are_doubted() {
    let app = App::start().await;
    app.accept("users", STRING).await;
    let desk = Desk::at(&app);
    desk.write("orders.avsc", STRING);
    let settings =
        "subjects:\n  ordrs: {compatibility: FULL}\n  users: {mode: READONLY}\n  orders: {mode: READWRITE}\n";
    desk.write("regis.yaml", settings);
    let shown = Desk::ends(desk.run(&["plan"]).await, 0);
    let doubted: Vec<&str> = shown.lines().filter(|line| line.contains("no file and no version")).collect();
    assert!(matches!(doubted[..], [line] if line.contains("ordrs")), "{shown}");
    desk.write("regis.yaml", format!("{settings}  lost: {{file: gone.avsc}}\n"));
    for arguments in [&["plan"][..], &["register"], &["apply", "--yes"]] {
        let run = desk.run(arguments).await;
        assert!(run.stderr.contains("lost: file: there is no schema file gone.avsc"), "{run:?}");
        Desk::ends(run, 2);
    }
    app.get("/subjects").await.ok(json!(["users"]));
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_the_outcome_unknown() {
    let app = App::start().await;
    let desk = Desk::at(&app);
    desk.write("s.avsc", STRING);
    Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
    let script = Script::play(vec![Line::HangUp]).await;
    desk.write("plan.json", desk.read("plan.json").replace(&desk.registry, &script.url()));
    let run = desk.run(&["apply", "plan.json", "--registry", &script.url()]).await;
    assert!(run.stderr.contains("it is not known whether it was carried out"), "{run:?}");
    Desk::ends(run, 3);
    assert_eq!(script.heard().len(), 1);
}

#[tokio::test]
async fn a_repository_that_is_too_large_for_one_transaction_is_told_what_to_do() {
    let door = DoorSettings { transaction_operations: 3, ..DoorSettings::default() };
    let app = App::start_behind(&door, Options::default()).await;
    let desk = Desk::at(&app);
    for number in 0..4 {
        desk.write(&format!("{}/s{number}.avsc", number % 2), STRING);
    }
    for command in ["plan", "register"] {
        let run = desk.run(&[command]).await;
        assert!(run.stderr.contains("name some of the folders at a time"), "{run:?}");
        Desk::ends(run, 3);
    }
    let told = Desk::ends(desk.run(&["register", "1"]).await, 0);
    assert_eq!(told.lines().count(), 2, "{told}");
}

/// Moves something that the plan looked at.
async fn interfere(app: &App, round: usize) {
    match round % 7 {
        0 => drop(app.accept("same", &record("Other", &[])).await),
        1 => drop(app.delete("/subjects/same/versions/latest").await),
        2 => drop(app.accept("new", INT).await),
        3 => drop(app.put("/config/users", json!({"compatibility": "NONE", "normalize": true})).await),
        4 => drop(app.put("/mode/users", json!({"mode": "READONLY"})).await),
        // Nothing is declared of this one.
        5 => drop(app.put("/config/new", json!({"compatibility": "NONE"})).await),
        _ => drop(app.put("/mode/new", json!({"mode": "READONLY"})).await),
    }
}

async fn apply_after_a_move(rounds: usize, veiled: bool) {
    let refused = each(0..rounds, 4, |round| async move {
        let app = App::start().await;
        let veil = Veil::before(&app).await;
        let desk = Desk::beside(&if veiled { veil.url() } else { format!("http://{}", app.address()) });
        shop(&app, &desk).await;
        app.put("/config/same", json!({"compatibility": "NONE"})).await;
        Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
        interfere(&app, round).await;
        let before = everything(&app).await;
        let run = desk.run(&["apply", "plan.json"]).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(4), ""), "round {round}: {run:?}");
        assert_eq!(everything(&app).await, before, "round {round}");
        Ok::<_, Infallible>(round)
    })
    .await;
    let refused = refused.map_or(0, |rounds| rounds.len());
    println!("plan, change, apply: exit 4 and nothing written {refused} of {rounds} times");
}

/// What anybody could notice of a write.
async fn everything(app: &App) -> Vec<String> {
    let mut seen = vec![app.get("/schemas?subjectPrefix=:*:&deleted=true").await.text().to_owned()];
    for subject in ["money", "users", "same", "new"] {
        seen.push(app.get(&format!("/config/{subject}")).await.text().to_owned());
        seen.push(app.get(&format!("/mode/{subject}")).await.text().to_owned());
    }
    seen
}

#[tokio::test]
async fn nothing_is_written_when_the_registry_moved() {
    apply_after_a_move(100, false).await;
}

#[tokio::test]
async fn nothing_is_written_when_another_registry_moved() {
    apply_after_a_move(14, true).await;
}

#[tokio::test]
async fn a_plan_that_cannot_be_read_is_told() {
    let desk = Desk::beside(&format!("http://{}", free_address()));
    desk.write("other.json", r#"{"planVersion": 2}"#);
    desk.write("text.json", "plan");
    for arguments in [&["apply"][..], &["apply", "missing.json"], &["apply", "other.json"], &["apply", "text.json"]] {
        let run = desk.run(arguments).await;
        assert!(!run.stderr.is_empty(), "{run:?}");
        Desk::ends(run, 2);
    }
    desk.write("s.avsc", STRING);
    Desk::ends(desk.run_with(&["plan"], &[("REGIS_REGISTRY_RETRIES", "0")]).await, 3);
}

#[tokio::test]
async fn apply_plans_at_once_when_it_is_told_to() {
    let app = App::start().await;
    let desk = Desk::at(&app);
    desk.write("s.avsc", STRING);
    desk.write("regis.yaml", "subjects:\n  s: {compatibility: FULL_TRANSITIVE, metadata: {properties: {owner: me}}}\n");
    let applied = Desk::ends(desk.run(&["apply", "--yes"]).await, 0);
    assert_eq!(applied, "set        s  FULL_TRANSITIVE\nnew        s  version 1, id 1\n");
    let found = app.get("/subjects/s/versions/1").await.json();
    assert_eq!(found["metadata"], json!({"properties": {"owner": "me"}}));
    let plan: Value = serde_json::from_str(&Desk::ends(desk.run(&["plan", "-o", "json"]).await, 0)).expect("JSON");
    assert_eq!((&plan["steps"], &plan["unchanged"][0]["version"]), (&json!([]), &json!(1)));
    app.register("s", avro(STRING)).await.holds(1, 1);
}
