//! Associations of resources with subjects (contract, section 9), and what most of their stories need.

mod batch;
mod batch_get;
mod create;
mod delete;
mod effects;
mod list;
mod upsert;
mod validation;

use serde_json::{Value, json};

use crate::harness::{Answer, App};

/// The subject that belongs to the values of topic `t` in namespace `ns`.
const OWN_VALUE: &str = ":.ns:t-value";
/// The subject that belongs to its keys.
const OWN_KEY: &str = ":.ns:t-key";

/// A request about topic `t` of namespace `ns`.
fn topic(id: &str, associations: impl Into<Value>) -> Value {
    named("t", id, associations)
}

/// A request about a topic of namespace `ns`.
fn named(name: &str, id: &str, associations: impl Into<Value>) -> Value {
    json!({"resourceName": name, "resourceNamespace": "ns", "resourceId": id, "associations": associations.into()})
}

/// The refusal of a property's value.
fn wrong(property: &str, detail: &str) -> String {
    format!("The association specified an invalid value for property: '{property}', detail: {detail}")
}

/// Demands success and the body.
#[track_caller]
fn success(answer: Answer) -> Value {
    let body = answer.json();
    answer.ok(body.clone());
    body
}

/// Creates; the answer is the test's to judge.
async fn create(app: &App, request: Value) -> Answer {
    app.post("/associations", request).await
}

/// Adds or changes, under the id that the request names.
async fn upsert(app: &App, request: Value) -> Answer {
    let id = request["resourceId"].as_str().expect("an id").to_owned();
    app.put(&format!("/associations/resources/{id}"), request).await
}

/// A weak association of a type with a subject that is registered first.
async fn tie(app: &App, id: &str, association_type: &str, subject: &str) {
    app.accept(subject, "\"string\"").await;
    let wanted = json!([{"subject": subject, "associationType": association_type}]);
    success(create(app, named(&format!("topic-{id}"), id, wanted)).await);
}

/// A strong association of topic `t` with a schema.
async fn own(app: &App, id: &str, text: &str) -> Answer {
    create(app, topic(id, json!([{"lifecycle": "STRONG", "schema": {"schema": text}}]))).await
}

/// The associations of a resource, without what changes from run to run.
async fn of_resource(app: &App, id: &str) -> Value {
    shorn(app.get(&format!("/associations/resources/{id}")).await.json())
}

/// A list of associations without guids and times.
fn shorn(mut list: Value) -> Value {
    for association in list.as_array_mut().expect("a list") {
        let members = association.as_object_mut().expect("an object");
        for member in ["guid", "createTs", "updateTs"] {
            assert!(members.shift_remove(member).is_some(), "no {member}");
        }
    }
    list
}

/// Subject, type and lifecycle of each association of a list.
fn bonds(list: &Value) -> Vec<(&str, &str, &str)> {
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(bond).collect()
}

fn bond(association: &Value) -> (&str, &str, &str) {
    let text = |name: &str| association[name].as_str().unwrap_or_default();
    (text("subject"), text("associationType"), text("lifecycle"))
}
