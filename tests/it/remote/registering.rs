//! register: what it registers, in which order, and what it does when something is refused.

use serde_json::json;

use super::Desk;
use crate::harness::{App, INT, Line, STRING, Script, Veil, record};

fn order_with(fields: &[(&str, &str)]) -> String {
    record("shop.Order", &[&[("total", "\"shop.Money\"")], fields].concat())
}

/// Files of which each refers to one whose name comes later.
fn shop(desk: &Desk) {
    desk.write("schemas/a-order.avsc", order_with(&[]));
    desk.write("schemas/z-money.avsc", record("shop.Money", &[("cents", "\"long\"")]));
    desk.write(
        "schemas/event.proto",
        "syntax = \"proto3\";\nimport \"zone.proto\";\nmessage Event { Zone zone = 1; }\n",
    );
    desk.write("schemas/zone.proto", "syntax = \"proto3\";\nmessage Zone { string name = 1; }\n");
    let draft = "http://json-schema.org/draft-07/schema#";
    desk.write(
        "schemas/cart.json",
        format!(r#"{{"$schema":"{draft}","type":"object","properties":{{"item":{{"$ref":"item.json"}}}}}}"#),
    );
    desk.write("schemas/item.json", format!(r#"{{"$schema":"{draft}","type":"string"}}"#));
}

#[tokio::test]
async fn schemas_are_registered_after_what_they_refer_to() {
    let app = App::start().await;
    let veil = Veil::before(&app).await;
    for (context, url) in [("", format!("http://{}", app.address())), (":.v:", veil.url())] {
        let desk = Desk::beside(&url);
        shop(&desk);
        desk.write("regis.yaml", format!("sources:\n  - {{glob: 'schemas/*', subject: '{context}{{stem}}'}}\n"));
        let dry = Desk::ends(desk.run(&["register", "--dry-run"]).await, 0);
        assert!(dry.ends_with("6 to do, 0 blocked, 0 unchanged\n"), "{dry}");
        app.get(&format!("/subjects?subjectPrefix={context}")).await.ok(json!([]));
        let first = Desk::ends(desk.run(&["register"]).await, 0);
        assert_eq!(first.lines().filter(|line| line.starts_with("new ")).count(), 6, "{first}");
        let order = app.get(&format!("/subjects/{context}a-order/versions/1")).await.json();
        assert_eq!(
            order["references"],
            json!([{"name": "shop.Money", "subject": format!("{context}z-money"), "version": 1}])
        );
        let event = app.get(&format!("/subjects/{context}event/versions/1")).await.json();
        assert_eq!(event["references"][0]["name"], json!("zone.proto"));
        let again = Desk::ends(desk.run(&["register"]).await, 0);
        assert_eq!(again.lines().filter(|line| line.starts_with("unchanged ")).count(), 6, "{again}");
        // A new version of what is referred to is a new version of what refers to it.
        desk.write(
            "schemas/z-money.avsc",
            record("shop.Money", &[("cents", "\"long\""), ("note", r#"["null","string"],"default":null"#)]),
        );
        let changed = Desk::ends(desk.run(&["register", "schemas/a-order.avsc"]).await, 0);
        assert_eq!(changed.lines().count(), 2, "{changed}");
        let order = app.get(&format!("/subjects/{context}a-order/versions/2")).await.json();
        assert_eq!(order["references"][0]["version"], json!(2), "{order}");
    }
}

#[tokio::test]
async fn a_refused_schema_keeps_all_of_them_out() {
    let app = App::start().await;
    let veil = Veil::before(&app).await;
    app.accept("z-money", &record("shop.Money", &[("cents", "\"string\"")])).await;
    for url in [format!("http://{}", app.address()), veil.url()] {
        let desk = Desk::beside(&url);
        shop(&desk);
        for arguments in [&["register"][..], &["register", "--dry-run"]] {
            let told = Desk::ends(desk.run(arguments).await, 1);
            for words in
                ["z-money.avsc:1:71\n", "! blocked      z-money", "it refers to z-money, which is blocked", "2 blocked"]
            {
                assert!(told.contains(words), "expected {words:?} in\n{told}");
            }
        }
        app.get("/subjects").await.ok(json!(["z-money"]));
        app.get("/subjects/z-money/versions").await.ok(json!([1]));
    }
}

#[tokio::test]
async fn what_no_file_declares_is_looked_for_in_the_registry() {
    let app = App::start().await;
    let desk = Desk::at(&app);
    desk.write("order.avsc", order_with(&[]));
    let told = Desk::ends(desk.run(&["register"]).await, 1);
    assert!(told.contains("which no file declares") && told.contains("regis.yaml"), "{told}");
    app.accept("money", &record("shop.Money", &[("cents", "\"long\"")])).await;
    desk.write(
        "regis.yaml",
        "subjects:\n  order:\n    references: {shop.Money: money}\n    metadata: {properties: {team: shop}}\n",
    );
    Desk::ends(desk.run(&["register"]).await, 0);
    let order = app.get("/subjects/order/versions/latest").await.json();
    assert_eq!(order["references"], json!([{"name": "shop.Money", "subject": "money", "version": 1}]));
    assert_eq!(order["metadata"], json!({"properties": {"team": "shop"}}));
}

#[tokio::test]
async fn files_that_are_no_schemas_are_told_before_anything_is_asked() {
    let script = Script::play(vec![Line::Answer(500, "", String::new())]).await;
    let desk = Desk::beside(&script.url());
    desk.write("good.avsc", STRING);
    desk.write("sub/bad.avsc", "{\n  \"type\": ");
    let run = desk.run(&["register"]).await;
    assert!(run.stderr.contains("╭▸ sub/bad.avsc:2:11\n"), "{run:?}");
    Desk::ends(run, 1);
    assert_eq!(script.heard().len(), 0);
    Desk::ends(desk.run(&["register", "nowhere"]).await, 2);
    desk.write("empty/x.txt", "");
    Desk::ends(desk.run(&["register", "empty"]).await, 2);
    desk.write("regis.yaml", "sauces: []\n");
    Desk::ends(desk.run(&["register", "good.avsc"]).await, 2);
}

#[tokio::test]
async fn a_schema_that_the_registry_calls_invalid_is_a_finding() {
    let app = App::start().await;
    let desk = Desk::at(&app);
    desk.write("s.avsc", r#"{"type":"record","name":"R","fields":[{"name":"a","type":"unheard"}]}"#);
    desk.write("t.avsc", INT);
    let run = desk.run(&["register", "s.avsc"]).await;
    let told = Desk::ends(run, 1);
    assert!(told.contains("unheard"), "{told}");
    Desk::ends(desk.run(&["register", "t.avsc"]).await, 0);
    app.set_mode("", "READONLY").await;
    desk.write("u.avsc", STRING);
    let veil = Veil::before(&app).await;
    for url in [desk.registry.clone(), veil.url()] {
        let run = desk.run(&["register", "u.avsc", "--registry", &url]).await;
        assert!(run.stdout.contains("! blocked      u  u.avsc"), "{run:?}");
        Desk::ends(run, 3);
    }
    for url in [desk.registry.clone(), veil.url()] {
        desk.write("regis.yaml", "");
        let told = Desk::ends(desk.run(&["plan", "u.avsc", "--registry", &url]).await, 3);
        assert!(told.contains("! blocked      u  u.avsc"), "{told}");
        desk.write("regis.yaml", "subjects: {u: {mode: READWRITE}}\n");
        Desk::ends(desk.run(&["plan", "u.avsc", "--registry", &url]).await, 0);
    }
}
