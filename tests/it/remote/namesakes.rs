//! Subjects of the same name in different contexts: none is taken for another.

use serde_json::json;

use super::Desk;
use crate::harness::{App, INT, STRING, Veil, record};

#[tokio::test]
async fn a_namesake_in_another_context_is_not_the_subject() {
    let app = App::start().await;
    let veiled = App::start().await;
    let veil = Veil::before(&veiled).await;
    for (app, url) in [(&app, format!("http://{}", app.address())), (&veiled, veil.url())] {
        app.accept(":.ctx:foo", STRING).await;
        let desk = Desk::beside(&url);
        desk.write("foo.avsc", STRING);
        Desk::ends(desk.run(&["get", "foo"]).await, 1);
        let shown = Desk::ends(desk.run(&["plan", "--out", "plan.json"]).await, 0);
        assert!(shown.starts_with("+ create ") && shown.ends_with("1 to do, 0 blocked, 0 unchanged\n"), "{shown}");
        let applied = Desk::ends(desk.run(&["apply", "plan.json"]).await, 0);
        assert!(applied.starts_with("new        foo  version 1, id "), "{applied}");
        app.get("/subjects/foo/versions").await.ok(json!([1]));
        // Now both are there, and the namesake alone has the new content.
        app.put("/config/:.ctx:foo", json!({"compatibility": "NONE"})).await;
        app.put("/config/foo", json!({"compatibility": "NONE"})).await;
        app.accept(":.ctx:foo", INT).await;
        desk.write("foo.avsc", INT);
        let told = Desk::ends(desk.run(&["register"]).await, 0);
        assert!(told.starts_with("new        foo  version 2, id "), "{told}");
        app.get("/subjects/foo/versions").await.ok(json!([1, 2]));
    }
}

#[tokio::test]
async fn a_namesake_is_no_history_to_check_with() {
    let app = App::start().await;
    app.accept(":.ctx:foo", STRING).await;
    let desk = Desk::at(&app);
    desk.write("foo.avsc", INT);
    let against = format!("http://{}", app.address());
    Desk::ends(desk.run(&["check", "--against", &against]).await, 0);
    desk.write("regis.yaml", "sources:\n  - {glob: '*.avsc', subject: ':.ctx:{stem}'}\n");
    Desk::ends(desk.run(&["check", "--against", &against]).await, 1);
}

#[tokio::test]
async fn an_alias_and_an_address_may_lead_into_another_context() {
    let app = App::start().await;
    app.accept(":.ctx:foo", STRING).await;
    app.accept(":.ctx:bar", INT).await;
    app.put("/config/foo", json!({"alias": ":.ctx:foo"})).await;
    let desk = Desk::at(&app);
    assert_eq!(Desk::ends(desk.run(&["get", "foo"]).await, 0), STRING);
    desk.write("foo.avsc", STRING);
    let told = Desk::ends(desk.run(&["register"]).await, 0);
    assert_eq!(told, "unchanged  foo  version 1, id 1\n");
    for (context, code) in [(".ctx", 0), ("ctx", 0), (":.ctx:", 0), ("%3A.ctx%3A", 0), (":.:", 1)] {
        let inside = Desk::beside(&format!("http://{}/contexts/{context}", app.address()));
        assert_eq!(Desk::ends(inside.run(&["get", "bar"]).await, code), if code == 0 { INT } else { "" }, "{context}");
    }
    Desk::ends(desk.run(&["get", "bar"]).await, 1);
    Desk::ends(desk.run(&["get", ":.:bar"]).await, 1);
}

#[tokio::test]
async fn what_is_referred_to_is_looked_for_in_the_context_of_the_schema() {
    let app = App::start().await;
    app.accept(":.ctx:shop.Money", &record("shop.Money", &[("cents", "\"long\"")])).await;
    let order = record("shop.Order", &[("total", "\"shop.Money\"")]);
    let desk = Desk::at(&app);
    desk.write("order.avsc", &order);
    let told = Desk::ends(desk.run(&["register"]).await, 1);
    assert!(told.contains("the registry has no subject shop.Money"), "{told}");
    desk.write("regis.yaml", "sources:\n  - {glob: '*.avsc', subject: ':.ctx:{stem}'}\n");
    Desk::ends(desk.run(&["register"]).await, 0);
    let against = format!("http://{}", app.address());
    Desk::ends(desk.run(&["check", "--against", &against]).await, 0);
    app.get("/subjects/:.ctx:order/versions").await.ok(json!([1]));
}
