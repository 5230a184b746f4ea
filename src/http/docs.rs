//! The description of the interface: `/openapi.json`, and a page at `/docs` that shows it.

use std::{mem, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::header,
    middleware::from_fn,
    response::{IntoResponse, Redirect, Response},
    routing,
};
use utoipa::openapi::{
    ComponentsBuilder, Content, HeaderBuilder, InfoBuilder, Object, OpenApi, OpenApiBuilder, RefOr, Required,
    ResponseBuilder, Type,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
};
use utoipa_swagger_ui::Config;

use super::{Door, error::ApiError, media, validators};
use crate::wire::ErrorMessage;

/// Where the description is.
const ADDRESS: &str = "/openapi.json";

/// Operations that do not speak the contract's media types.
const OWN: [&str; 2] = ["live", "ready"];

/// The description of every route, as it is served.
pub fn document() -> OpenApi {
    let (_, mut document) = super::routes().merge(super::association_routes()).split_for_parts();
    complete(&mut document);
    document
}

/// The description without routes.
pub(super) fn frame() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Regis")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "A schema registry for Kafka. The endpoints are those of Confluent Schema Registry, and every one of them also \
             exists below `/contexts/{context}`; those tagged Health, Validation and Transactions, and those marked so, are Regis' own.",
        ))
        .build();
    // Refusals are no operation's own body, so nothing else brings their schema.
    let components = ComponentsBuilder::new().schema_from::<ErrorMessage>().build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// Gives every body of the contract the contract's media types.
pub(super) fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        if let Some(read) = item.get.as_mut().filter(|read| !is_own(read)) {
            revalidate(read);
        }
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            if !is_own(operation) {
                speak(operation);
            }
        }
    }
}

fn is_own(operation: &Operation) -> bool {
    operation.operation_id.as_deref().is_some_and(|id| OWN.contains(&id))
}

/// Every read has a validator, and says nothing to those who have its answer already.
fn revalidate(read: &mut Operation) {
    let tag = "The answer's entity tag; under a subject the subject's head stands before its dot";
    let header = HeaderBuilder::new().schema(Some(Object::with_type(Type::String))).description(Some(tag)).build();
    if let Some(RefOr::T(answer)) = read.responses.responses.get_mut("200") {
        answer.headers.insert("ETag".to_owned(), header.into());
    }
    let unchanged = ResponseBuilder::new().description("The client has the answer already");
    read.responses.responses.insert("304".to_owned(), unchanged.into());
    read.parameters.get_or_insert_default().push(known_tags().into());
}

fn known_tags() -> Parameter {
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Entity tags of answers that the client has"))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

fn speak(operation: &mut Operation) {
    // A body that may be of several kinds names its types itself.
    if let Some(RefOr::T(body)) = &mut operation.request_body
        && body.content.len() == 1
    {
        offer(&mut body.content);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            offer(&mut response.content);
        }
    }
}

/// Offers a body in the registry's own type and as plain JSON.
fn offer<M>(content: &mut M)
where
    M: Default + IntoIterator<Item = (String, RefOr<Content>)> + FromIterator<(String, RefOr<Content>)>,
{
    let only = mem::take(content).into_iter().next();
    let types = [media::NEGOTIATED, "application/json"];
    *content = only.iter().flat_map(|(_, body)| types.map(|name| (name.to_owned(), body.clone()))).collect();
}

/// The routes that show the description.
pub(super) fn pages(document: &OpenApi) -> Router<Door> {
    let json = Bytes::from(document.to_pretty_json().expect("a description has a JSON form"));
    // Without this the page asks a server elsewhere whether the description is valid.
    let config = Arc::new(Config::new([ADDRESS]).validator_url("none"));
    Router::new()
        .route(ADDRESS, routing::get(async move || ([(header::CONTENT_TYPE, "application/json")], json)))
        .route("/docs", routing::get(async || Redirect::temporary("/docs/index.html")))
        .route("/docs/{*file}", routing::get(async move |Path(file): Path<String>| page(&file, config)))
        .route_layer(from_fn(validators::attach))
}

fn page(file: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(file, config) {
        Ok(Some(file)) => ([(header::CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response(),
        Ok(None) => ApiError::not_found().into_response(),
        Err(error) => {
            tracing::error!(%error, "a page of the documentation cannot be shown");
            ApiError::new(500, "Internal Server Error").into_response()
        }
    }
}
