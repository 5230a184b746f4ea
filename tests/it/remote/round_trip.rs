//! What was pulled is what the registry has: check, plan and register see no change in it, and an edit is the only one.

use serde_json::{Value, json};

use super::Desk;
use crate::harness::{App, Veil, record, typed};

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

fn referring(kind: &str, text: &str, references: &[(&str, &str, i32)]) -> Value {
    let reference =
        |&(name, subject, version): &(&str, &str, i32)| json!({"name": name, "subject": subject, "version": version});
    let references: Vec<Value> = references.iter().map(reference).collect();
    json!({"schemaType": kind, "schema": text, "references": references})
}

/// Every language with references, several contexts, strange names, and older versions that others refer to.
async fn fill(app: &App) {
    let money = record("shop.Money", &[("cents", "\"long\"")]);
    let newer = record("shop.Money", &[("cents", "\"long\""), ("unit", r#""string","default":"EUR""#)]);
    app.accept("money", &money).await;
    app.accept("money", &newer).await;
    let order = record("shop.Order", &[("total", "\"shop.Money\"")]);
    app.register("a/order", referring("AVRO", &order, &[("shop.Money", "money", 1)])).await.id();
    // A name that is not the type's, beside a reference that nothing uses.
    let unused = record("shop.Unused", &[]);
    app.accept("unused", &unused).await;
    app.register("basket: 50% @ 1", referring("AVRO", &order, &[("any", "money", 2), ("more", "unused", 1)]))
        .await
        .id();
    // A type that is referred to through another one.
    let basket = record("shop.Basket", &[("order", "\"shop.Order\""), ("tip", "\"shop.Money\"")]);
    app.register("größe", referring("AVRO", &basket, &[("shop.Order", "a/order", 1)])).await.id();
    for strange in ["order@1", "x:y", "50%", "a%2Forder", ".hidden", "~ b", "money@2"] {
        app.accept(strange, &record("Strange", &[])).await;
    }
    // Names that no path can carry as they are.
    for strange in [":.:", ":.:.", ":.:.."] {
        app.accept(strange, &record("Strange", &[])).await;
    }
    let item = format!(r#"{{"$schema":"{DRAFT}","type":"object","properties":{{"id":{{"type":"string"}}}}}}"#);
    app.register("items/v1", typed("JSON", &item)).await.id();
    let cart = format!(r#"{{"$schema":"{DRAFT}","type":"array","items":{{"$ref":"item.json"}}}}"#);
    app.register("cart", referring("JSON", &cart, &[("item.json", "items/v1", 1)])).await.id();
    let zone = "syntax = \"proto3\";\npackage geo;\n\nmessage Zone {\n  string name = 1;\n}\n";
    app.register("zone", typed("PROTOBUF", zone)).await.id();
    let event = "syntax = \"proto3\";\n\nimport \"geo/zone.proto\";\n\nmessage Event {\n  geo.Zone zone = 1;\n}\n";
    // In a context a reference without one leads to that context.
    app.accept(":.team:money", &money).await;
    app.register(":.team:order", referring("AVRO", &order, &[("shop.Money", "money", 1)])).await.id();
    app.register(":.other:order", referring("AVRO", &order, &[("shop.Money", ":.team:money", 1)])).await.id();
    app.register(":.team:zone", typed("PROTOBUF", zone)).await.id();
    app.register(":.team:event", referring("PROTOBUF", event, &[("geo/zone.proto", "zone", 1)])).await.id();
}

/// How many subjects there are, all of which the commands must call unchanged.
async fn all(app: &App) -> usize {
    let subjects = app.get("/subjects?subjectPrefix=:*:").await.json();
    subjects.as_array().expect("a list").len()
}

#[tokio::test]
async fn every_request_of_a_check_is_counted() {
    let app = App::start().await;
    app.accept("cents", &record("Cents", &[])).await;
    let money = record("Money", &[("cents", "\"Cents\"")]);
    app.register("money", referring("AVRO", &money, &[("Cents", "cents", 1)])).await.id();
    let order = record("Order", &[("total", "\"Money\"")]);
    app.register("order", referring("AVRO", &order, &[("Money", "money", 1)])).await.id();
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull", "order", "--to", "pulled"]).await, 0);
    let url = format!("http://{}", app.address());
    // The level, the latest version, and two versions that it refers to, one through the other.
    let told = Desk::ends(desk.run(&["check", "--against", &url]).await, 0);
    assert!(told.ends_with(", 4 requests\n"), "{told}");
}

async fn is_unchanged(desk: &Desk, against: &str, count: usize) {
    let run = desk.run(&["check", "--against", against, "-o", "json"]).await;
    let report: Value = serde_json::from_str(&Desk::ends(run, 0)).expect("JSON");
    let subjects = report["subjects"].as_array().expect("a list");
    assert_eq!(subjects.len(), count, "{report}");
    let changed: Vec<&Value> = subjects.iter().filter(|subject| subject["outcome"] != "unchanged").collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

#[tokio::test]
async fn a_pulled_folder_is_unchanged() {
    let app = App::start().await;
    let veil = Veil::before(&app).await;
    fill(&app).await;
    let count = all(&app).await;
    assert!(count > 15, "{count}");
    let baseline = Desk::at(&app);
    Desk::ends(baseline.run(&["pull"]).await, 0);
    for url in [format!("http://{}", app.address()), veil.url()] {
        let desk = Desk::beside(&url);
        Desk::ends(desk.run(&["pull"]).await, 0);
        is_unchanged(&desk, &url, count).await;
        is_unchanged(&desk, &baseline.path().display().to_string(), count).await;
        let sum = format!("0 to do, 0 blocked, {count} unchanged\n");
        for arguments in [&["plan", "--fail-on-drift"][..], &["register", "--dry-run"]] {
            let shown = Desk::ends(desk.run(arguments).await, 0);
            assert!(shown.ends_with(&sum), "{arguments:?}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_referenced_version_that_was_deleted_since_is_pulled_too() {
    let app = App::start().await;
    fill(&app).await;
    app.delete("/subjects/money/versions/1").await;
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull", "a/order"]).await, 0);
    let url = format!("http://{}", app.address());
    is_unchanged(&desk, &url, 1).await;
    let shown = Desk::ends(desk.run(&["register", "--dry-run"]).await, 0);
    assert!(shown.ends_with("0 to do, 0 blocked, 1 unchanged\n"), "{shown}");
}

#[tokio::test]
async fn an_edit_is_the_only_change() {
    let app = App::start().await;
    fill(&app).await;
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull", "--to", "schemas"]).await, 0);
    let wider = desk.read("schemas/items%2Fv1.schema.json").replace(r#""string""#, r#"["string","null"]"#);
    desk.write("schemas/items%2Fv1.schema.json", wider);
    let money = desk
        .read("schemas/money.avsc")
        .replace(r#""fields":["#, r#""fields":[{"name":"note","type":"string","default":""},"#);
    desk.write("schemas/money.avsc", money);
    let shown = Desk::ends(desk.run(&["plan"]).await, 0);
    let changed: Vec<&str> = shown.lines().filter(|line| line.starts_with("~ ")).collect();
    // What refers to the version that was the latest follows; what refers to an older one stays with it.
    assert_eq!(changed.len(), 4, "{shown}");
    for (line, subject) in changed.iter().zip(["basket: 50% @ 1", "cart", "items/v1", "money"]) {
        assert!(changed.iter().any(|line| line.contains(&format!("  {subject} "))), "{subject}: {line}");
    }
    let told = Desk::ends(desk.run(&["register"]).await, 0);
    assert!(told.contains("new        money "), "{told}");
    let cart = app.get("/subjects/cart/versions/2").await.json();
    assert_eq!(cart["references"], json!([{"name": "item.json", "subject": "items/v1", "version": 2}]));
    let again = Desk::ends(desk.run(&["plan"]).await, 0);
    assert!(again.contains("0 to do, 0 blocked"), "{again}");
}

#[tokio::test]
async fn a_file_that_says_the_same_in_other_words_is_left_as_it_is() {
    let app = App::start().await;
    fill(&app).await;
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull"]).await, 0);
    let pretty = format!("{:#}\n", serde_json::from_str::<Value>(&desk.read("a%2Forder.avsc")).expect("JSON"));
    desk.write("a%2Forder.avsc", &pretty);
    let own = record("Own", &[]).replace(',', ",\n  ");
    desk.write("own.avsc", &own);
    Desk::ends(desk.run(&["register"]).await, 0);
    let told = Desk::ends(desk.run(&["pull"]).await, 0);
    assert!(told.contains("new        own.avsc  (own version 1"), "{told}");
    assert_eq!((desk.read("a%2Forder.avsc"), desk.read("own.avsc")), (pretty, own));
    is_unchanged(&desk, &format!("http://{}", app.address()), all(&app).await).await;
    // An older version must be what it was to the byte.
    let money = desk.read("money@1.avsc").replace(',', ", ");
    desk.write("money@1.avsc", money);
    Desk::ends(desk.run(&["pull"]).await, 2);
    Desk::ends(desk.run(&["pull", "--force"]).await, 0);
    assert!(!desk.read("a%2Forder.avsc").contains('\n'));
}

#[tokio::test]
async fn a_file_that_is_gone_is_told_though_others_refer_to_an_older_version() {
    let app = App::start().await;
    fill(&app).await;
    let (desk, baseline) = (Desk::at(&app), Desk::at(&app));
    for desk in [&desk, &baseline] {
        Desk::ends(desk.run(&["pull"]).await, 0);
    }
    std::fs::remove_file(desk.path().join("money.avsc")).expect("a file");
    let against = baseline.path().display().to_string();
    let told = desk.run(&["check", "--against", &against, "--fail-on", "warning"]).await;
    assert!(told.stdout.contains("no other file has the subject money"), "{told:?}");
    Desk::ends(told, 1);
}

#[tokio::test]
async fn an_older_version_cannot_be_edited_and_a_lock_that_cannot_be_read_is_told() {
    let app = App::start().await;
    fill(&app).await;
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull"]).await, 0);
    let against = format!("http://{}", app.address());
    let lone = desk.run(&["check", "money@1.avsc", "--against", &against]).await;
    assert!(lone.stderr.contains("one version of money"), "{lone:?}");
    Desk::ends(lone, 2);
    desk.write("money@1.avsc", record("shop.Money", &[("cents", "\"int\"")]));
    let run = desk.run(&["check", "--against", &against]).await;
    assert!(run.stdout.contains("pinned-version-changed") && run.stdout.contains("money@1.avsc"), "{run:?}");
    Desk::ends(run, 1);
    let lock = desk.read("regis.lock");
    for broken in ["<<<<<<< ours\n", &lock.replace("\"lockVersion\": 1", "\"lockVersion\": 9")] {
        desk.write("regis.lock", broken);
        let run = desk.run(&["check", "--against", &against]).await;
        assert!(run.stdout.contains("unreadable-lock"), "{run:?}");
        Desk::ends(run, 1);
        let pulled = desk.run(&["pull"]).await;
        assert!(pulled.stderr.contains("regis.lock: "), "{pulled:?}");
        Desk::ends(pulled, 2);
    }
}

#[tokio::test]
async fn a_second_pull_adds_to_the_first() {
    let app = App::start().await;
    fill(&app).await;
    let desk = Desk::at(&app);
    Desk::ends(desk.run(&["pull", "cart"]).await, 0);
    let told = Desk::ends(desk.run(&["pull", "items/v1", "a/order"]).await, 0);
    assert!(told.contains("removed    items%2Fv1@1.schema.json"), "{told}");
    let url = format!("http://{}", app.address());
    is_unchanged(&desk, &url, 3).await;
    app.put("/config/items%2Fv1", json!({"compatibility": "NONE"})).await;
    app.register("items/v1", typed("JSON", r#"{"type":"string"}"#)).await.id();
    // The cart is not pulled again, and what it refers to is not the latest version any more.
    Desk::ends(desk.run(&["pull", "items/v1"]).await, 0);
    assert!(desk.read("items%2Fv1@1.schema.json").contains("draft-07"));
    is_unchanged(&desk, &url, 3).await;
    let pruned = Desk::ends(desk.run(&["pull", "a/order", "--prune"]).await, 0);
    assert_eq!(pruned.lines().filter(|line| line.starts_with("removed")).count(), 3, "{pruned}");
    is_unchanged(&desk, &url, 1).await;
}
