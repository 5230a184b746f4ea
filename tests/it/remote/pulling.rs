//! pull: which files it writes, and which it removes.

use std::fs;

use serde_json::{Value, json};

use super::Desk;
use crate::harness::{App, INT, LONG, STRING, record, typed};

#[tokio::test]
async fn files_are_written_with_what_they_refer_to_and_a_lock() {
    let app = App::start().await;
    let money = record("Money", &[("cents", "\"long\"")]);
    app.accept("money", &money).await;
    let order = record("Order", &[("total", "\"Money\"")]);
    app.register(
        "a/order",
        json!({"schema": order, "references": [{"name": "Money", "subject": "money", "version": 1}]}),
    )
    .await
    .id();
    app.put("/config/money", json!({"compatibility": "NONE"})).await;
    app.accept("money", INT).await;
    let proto = "syntax = \"proto3\";\n\nmessage P {\n  int32 x = 1;\n}\n";
    app.register(":.team:p", typed("PROTOBUF", proto)).await.id();
    let desk = Desk::at(&app);
    let told = Desk::ends(desk.run(&["pull", "--to", "all"]).await, 0);
    assert_eq!(told.lines().count(), 4, "{told}");
    for (file, text) in
        [("a%2Forder.avsc", order.as_str()), ("money.avsc", INT), ("money@1.avsc", &money), ("team/p.proto", proto)]
    {
        assert_eq!(desk.read(&format!("all/{file}")), text, "{file}");
    }
    let lock: Value = serde_json::from_str(&desk.read("all/regis.lock")).expect("JSON");
    let locked = |file: &str| {
        let all = lock["schemas"].as_array().expect("a list");
        all.iter().find(|locked| locked["file"] == file).unwrap_or_else(|| panic!("{file}: {lock}")).clone()
    };
    let found = locked("money@1.avsc");
    assert_eq!((&found["subject"], &found["version"], &found["id"]), (&json!("money"), &json!(1), &json!(1)));
    assert_eq!(found["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(locked("a%2Forder.avsc")["references"][0]["subject"], json!("money"));
    let again = Desk::ends(desk.run(&["pull", "--to", "all"]).await, 0);
    assert!(again.lines().all(|line| line.starts_with("unchanged")), "{again}");
    let one = Desk::ends(desk.run(&["pull", "a/*", "--to", "one"]).await, 0);
    assert_eq!(one.lines().count(), 2, "{one}");
}

#[tokio::test]
async fn files_that_somebody_else_wrote_are_overwritten_only_by_force() {
    let app = App::start().await;
    app.accept_all("edited", &[STRING]).await;
    app.accept_all("pulled", &[STRING]).await;
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull", "--to", "all"]).await, 0);
    let lock = desk.read("all/regis.lock");
    desk.write("all/edited.avsc", LONG);
    desk.write("all/mine.avsc", LONG);
    app.accept("pulled", INT).await;
    app.accept("mine", INT).await;
    let run = desk.run(&["pull", "--to", "all"]).await;
    for words in
        ["edited.avsc: it was changed since it was pulled", "mine.avsc: no pull wrote this file", "nothing was written"]
    {
        assert!(run.stderr.contains(words), "expected {words:?} in {run:?}");
    }
    assert!(!run.stderr.contains("pulled.avsc"), "{run:?}");
    Desk::ends(run, 2);
    for (file, text) in [("edited.avsc", LONG), ("mine.avsc", LONG), ("pulled.avsc", STRING), ("regis.lock", &lock)] {
        assert_eq!(desk.read(&format!("all/{file}")), text, "{file}");
    }
    // What the registry has too is nobody's loss.
    desk.write("all/mine.avsc", INT);
    desk.write("all/edited.avsc", STRING);
    Desk::ends(desk.run(&["pull", "--to", "all"]).await, 0);
    assert_eq!(desk.read("all/pulled.avsc"), INT);
    desk.write("all/edited.avsc", LONG);
    Desk::ends(desk.run(&["pull", "--to", "all"]).await, 2);
    Desk::ends(desk.run(&["pull", "--to", "all", "--force"]).await, 0);
    assert_eq!(desk.read("all/edited.avsc"), STRING);
}

#[tokio::test]
async fn only_files_that_an_earlier_pull_wrote_and_nobody_changed_are_pruned() {
    let app = App::start().await;
    for subject in ["kept", "gone", "changed"] {
        app.accept(subject, STRING).await;
    }
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull"]).await, 0);
    desk.write("mine.avsc", LONG);
    desk.write("changed.avsc", LONG);
    app.delete("/subjects/gone").await;
    app.delete("/subjects/changed").await;
    Desk::ends(desk.run(&["pull", "kept"]).await, 0);
    assert!(desk.path().join("gone.avsc").exists());
    // The second pull's lock knows `kept` only, so nothing else is its to remove.
    fs::remove_file(desk.path().join("regis.lock")).expect("a lock");
    app.accept("late", INT).await;
    Desk::ends(desk.run(&["pull"]).await, 0);
    app.delete("/subjects/late").await;
    let told = Desk::ends(desk.run(&["pull", "--prune"]).await, 0);
    assert!(told.contains("removed    late.avsc\n") && !told.contains("mine"), "{told}");
    for (file, there) in [("kept.avsc", true), ("late.avsc", false), ("mine.avsc", true), ("changed.avsc", true)] {
        assert_eq!(desk.path().join(file).exists(), there, "{file}");
    }
    desk.write("regis.lock", "{}");
    Desk::ends(desk.run(&["pull"]).await, 2);
    fs::remove_file(desk.path().join("regis.lock")).expect("a lock");
    Desk::ends(desk.run(&["pull", "nothing"]).await, 1);
}
