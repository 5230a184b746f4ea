//! What the client, which cannot delete, sees when others do.

use schema_registry_converter::async_impl::schema_registry::{
    get_all_versions, get_schema_by_guid, get_schema_by_id, get_schema_by_subject_and_version, post_schema,
};

use crate::registry::{USER, USER_WITH_AGE, avro, name, refused, send, settings};

#[tokio::test]
async fn a_soft_deleted_version_is_still_read_by_id_and_guid() {
    let subject = name("soft");
    let first = post_schema(&settings(), subject.clone(), avro(USER)).await.expect("registered");
    post_schema(&settings(), subject.clone(), avro(USER_WITH_AGE)).await.expect("registered");
    assert_eq!(send("DELETE", &format!("/subjects/{subject}/versions/1"), "").await, "1");
    assert_eq!(get_all_versions(&settings(), subject.clone()).await.expect("versions"), [2]);
    refused(get_schema_by_subject_and_version(&settings(), &subject, Some(1)).await, 40402);
    assert_eq!(get_schema_by_id(first.id, &settings()).await.expect("still read").schema, USER);
    let guid = first.guid.expect("a guid in the answer");
    assert_eq!(get_schema_by_guid(&guid, &settings()).await.expect("still read").schema, USER);
}

#[tokio::test]
async fn a_permanently_deleted_schema_is_gone() {
    let subject = name("hard");
    let text = format!(r#"{{"type":"record","name":"{}","fields":[]}}"#, subject.replace('-', "_"));
    let only = post_schema(&settings(), subject.clone(), avro(&text)).await.expect("registered");
    send("DELETE", &format!("/subjects/{subject}"), "").await;
    send("DELETE", &format!("/subjects/{subject}?permanent=true"), "").await;
    refused(get_all_versions(&settings(), subject.clone()).await, 40401);
    refused(get_schema_by_id(only.id, &settings()).await, 40403);
    let again = post_schema(&settings(), subject, avro(&text)).await.expect("registered again");
    assert_ne!(again.id, only.id, "a number is never given to another content, nor twice");
}
