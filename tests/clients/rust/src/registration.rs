//! Registering, reading by id, guid and version, metadata, rules, references, compatibility and refusals.

use std::collections::HashMap;

use schema_registry_converter::{
    async_impl::schema_registry::{
        get_all_subjects, get_all_versions, get_referenced_schema, get_schema_by_guid, get_schema_by_id,
        get_schema_by_subject_and_version, is_compatible_schema, post_schema,
    },
    schema_registry_common::SchemaType,
};

use crate::registry::{
    USER, USER_WITH_AGE, USER_WITHOUT_DEFAULT, avro, json, name, protobuf, reference, refused, send, settings,
};

#[tokio::test]
async fn a_schema_is_found_by_its_id_its_guid_and_its_version() {
    let subject = name("registered");
    let registered = post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    let guid = registered.guid.expect("a guid in the answer");
    let by_id = get_schema_by_id(registered.id, &settings()).await.expect("found by id");
    assert_eq!((by_id.schema.as_str(), by_id.schema_type), (USER, SchemaType::Avro));
    let by_guid = get_schema_by_guid(&guid, &settings()).await.expect("found by guid");
    assert_eq!((by_guid.schema.as_str(), by_guid.guid), (USER, Some(guid)));
    let latest = get_schema_by_subject_and_version(&settings(), &subject, None).await.expect("the latest");
    assert_eq!((latest.id, latest.version, latest.subject), (registered.id, Some(1), Some(subject)));
}

#[tokio::test]
async fn versions_and_subjects_are_listed() {
    let subject = name("listed subject");
    post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered again");
    let second = post_schema(&settings(), subject.clone(), avro(USER_WITH_AGE)).await.expect("registered");
    assert_eq!(get_all_versions(&settings(), subject.clone()).await.expect("versions"), [1, 2]);
    assert!(get_all_subjects(&settings()).await.expect("subjects").contains(&subject));
    let found = get_schema_by_subject_and_version(&settings(), &subject, Some(2)).await.expect("version 2");
    assert_eq!(found.id, second.id);
}

#[tokio::test]
async fn a_name_with_a_slash_stays_whole() {
    let subject = name("a/b");
    let registered = post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    let latest = get_schema_by_subject_and_version(&settings(), &subject, None).await.expect("the latest");
    assert_eq!((latest.id, latest.subject), (registered.id, Some(subject)));
}

#[tokio::test]
async fn metadata_comes_back() {
    let subject = name("metadata");
    let properties = HashMap::from([("owner".to_owned(), "fraud".to_owned())]);
    let tags = HashMap::from([("demo.User.name".to_owned(), vec!["PII".to_owned()])]);
    let schema = avro(USER).with_properties(properties.clone()).with_tags(tags.clone());
    let registered = post_schema(&settings(), subject.clone(), schema).await.expect("registered");
    let found = get_schema_by_id(registered.id, &settings()).await.expect("found");
    assert_eq!((found.properties, found.tags), (Some(properties), Some(tags)));
    let plain = post_schema(&settings(), name("plain"), avro(USER)).await.expect("registered");
    assert_ne!(plain.id, registered.id, "metadata belongs to the content");
}

#[tokio::test]
async fn rules_do_not_disturb_a_client_that_knows_none() {
    let subject = name("rules");
    let body = r#"{"schema":"{\"type\":\"record\",\"name\":\"Ruled\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}","ruleSet":{"domainRules":[{"name":"positive","kind":"CONDITION","mode":"WRITE","type":"CEL","expr":"message.n > 0"}]}}"#;
    send("POST", &format!("/subjects/{subject}/versions"), body).await;
    let latest = get_schema_by_subject_and_version(&settings(), &subject, None).await.expect("the latest");
    assert!(latest.schema.contains("Ruled"));
    let found = send("GET", &format!("/subjects/{subject}/versions/latest"), "").await;
    assert!(found.contains("message.n > 0"), "{found}");
}

#[tokio::test]
async fn references_are_registered_first_and_lead_back() {
    let (inner, outer) = (name("inner"), name("outer"));
    let text = r#"{"type":"record","name":"Inner","namespace":"demo","fields":[{"name":"id","type":"int"}]}"#;
    let body = r#"{"type":"record","name":"Outer","namespace":"demo","fields":[{"name":"inner","type":"demo.Inner"}]}"#;
    let schema = avro(body).with_references(vec![reference("demo.Inner", &inner, text)]);
    let registered = post_schema(&settings(), outer, schema).await.expect("registered");
    let found = get_schema_by_id(registered.id, &settings()).await.expect("found");
    let [only] = found.references.as_slice() else { panic!("one reference: {:?}", found.references) };
    assert_eq!((only.name.as_str(), &only.subject, only.version), ("demo.Inner", &inner, 1));
    let referenced = get_referenced_schema(&settings(), only).await.expect("the referenced schema");
    assert_eq!(referenced.schema, text);
    let referrers = send("GET", &format!("/subjects/{inner}/versions/1/referencedby"), "").await;
    assert_eq!(referrers, format!("[{}]", registered.id));
}

#[tokio::test]
async fn a_verdict_is_given_in_every_language() {
    let subject = name("verdict-avro");
    post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    let verdict = async |schema| is_compatible_schema(&settings(), subject.clone(), schema).await.expect("a verdict");
    assert!(verdict(avro(USER_WITH_AGE)).await);
    assert!(!verdict(avro(USER_WITHOUT_DEFAULT)).await);
    let said = refused(post_schema(&settings(), subject.clone(), avro(USER_WITHOUT_DEFAULT)).await, 40901);
    assert!(said.contains("READER_FIELD_MISSING_DEFAULT_VALUE"), "{said}");

    let subject = name("verdict-json");
    let open = json(r#"{"type":"object","properties":{"n":{"type":"integer"}}}"#);
    post_schema(&settings(), subject.clone(), open).await.expect("registered");
    let other = json(r#"{"type":"object","properties":{"n":{"type":"string"}}}"#);
    assert!(!is_compatible_schema(&settings(), subject, other).await.expect("a verdict"));

    let subject = name("verdict-protobuf");
    let text = protobuf("P", "syntax = \"proto3\"; message P { int32 x = 1; }");
    post_schema(&settings(), subject.clone(), text).await.expect("registered");
    let other = protobuf("P", "syntax = \"proto3\"; message P { string x = 1; }");
    assert!(!is_compatible_schema(&settings(), subject, other).await.expect("a verdict"));
}

#[tokio::test]
async fn each_mistake_has_its_code() {
    let subject = name("mistakes");
    refused(get_schema_by_subject_and_version(&settings(), &subject, None).await, 40401);
    post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    refused(get_schema_by_subject_and_version(&settings(), &subject, Some(9)).await, 40402);
    refused(get_schema_by_id(2_147_483_647, &settings()).await, 40403);
    refused(get_schema_by_guid("00000000-0000-0000-0000-000000000000", &settings()).await, 40403);
    refused(post_schema(&settings(), subject, avro(r#"{"type":"recor"}"#)).await, 42201);
}
