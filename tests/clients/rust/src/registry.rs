//! What every scenario gets: the registry's address, fresh names, requests without the client, expected errors.

use std::{
    fmt::Debug,
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::UNIX_EPOCH,
};

use schema_registry_converter::{
    async_impl::schema_registry::SrSettings,
    error::SRCError,
    schema_registry_common::{SchemaType, SuppliedReference, SuppliedSchema},
};

static URL: LazyLock<String> = LazyLock::new(|| {
    let address = std::env::var("REGIS_URL").expect("tests/clients/run sets REGIS_URL");
    address.trim_end_matches('/').to_owned()
});

/// Keeps the names of this run apart from those of earlier ones.
static RUN: LazyLock<u128> = LazyLock::new(|| UNIX_EPOCH.elapsed().expect("a time after 1970").as_millis());

static COUNT: AtomicUsize = AtomicUsize::new(0);

pub const USER: &str =
    r#"{"type":"record","name":"User","namespace":"demo","fields":[{"name":"name","type":"string"}]}"#;
pub const USER_WITH_AGE: &str = r#"{"type":"record","name":"User","namespace":"demo","fields":[{"name":"name","type":"string"},{"name":"age","type":"int","default":0}]}"#;
pub const USER_WITHOUT_DEFAULT: &str = r#"{"type":"record","name":"User","namespace":"demo","fields":[{"name":"name","type":"string"},{"name":"age","type":"int"}]}"#;

/// The client's settings; with fresh ones nothing is in its caches.
pub fn settings() -> SrSettings {
    SrSettings::new_builder(URL.clone()).no_proxy().build().expect("settings of the client")
}

/// A name that no other scenario and no earlier run used.
pub fn name(tag: &str) -> String {
    format!("rs-{:x}-{}-{tag}", *RUN, COUNT.fetch_add(1, Ordering::Relaxed))
}

pub fn avro(text: &str) -> SuppliedSchema {
    SuppliedSchema::new(None, SchemaType::Avro, text.to_owned())
}

pub fn json(text: &str) -> SuppliedSchema {
    SuppliedSchema::new(None, SchemaType::Json, text.to_owned())
}

pub fn protobuf(message: &str, text: &str) -> SuppliedSchema {
    SuppliedSchema::new(Some(message.to_owned()), SchemaType::Protobuf, text.to_owned())
}

pub fn reference(name: &str, subject: &str, text: &str) -> SuppliedReference {
    SuppliedReference::new(name.to_owned(), subject.to_owned(), text.to_owned())
}

/// The client must give up with this code of the registry; gives what it says.
#[track_caller]
pub fn refused<T: Debug>(result: Result<T, SRCError>, code: u32) -> String {
    let error = result.expect_err("a refusal");
    let said = format!("{error:?}");
    assert!(said.contains(&format!("error_code: {code}")), "expected {code} in {said}");
    said
}

/// A request that the client has no function for; gives the body of the answer, which must be a success.
pub async fn send(method: &str, path: &str, body: &'static str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let method = method.parse().expect("a method");
    let request = client.request(method, format!("{}{path}", *URL)).header("Content-Type", "application/json");
    let response = request.body(body).send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    assert!(status.is_success(), "{path}: {status} {text}");
    text
}

/// The id that a message carries behind its magic byte.
pub fn id_in(message: &[u8]) -> u32 {
    assert_eq!(message[0], 0, "the magic byte");
    u32::from_be_bytes(message[1..5].try_into().expect("four bytes"))
}
