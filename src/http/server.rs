//! What the server says about itself.

use std::collections::BTreeMap;

use axum::extract::State;

use super::{
    Door,
    error::{ApiError, Refusals},
    extract::Posted,
    page::Reply,
};
use crate::wire::{Deployment, Root, ServerClusterId, ServerScope, ServerVersion};

/// Get the root resource.
///
/// Clients use it to see whether a registry answers.
#[utoipa::path(
    get, path = "/", operation_id = "get", tag = "Server",
    responses((status = 200, description = "An empty object", body = Root), Refusals)
)]
pub(super) async fn root() -> Reply<Root> {
    Reply(Root {})
}

/// Post to the root resource.
///
/// Does nothing.
#[utoipa::path(
    post, path = "/", operation_id = "post", tag = "Server",
    request_body = Option<Root>,
    responses((status = 200, description = "An empty object", body = Root), Refusals)
)]
pub(super) async fn post_root(_body: Posted<Root>) -> Result<Reply<Root>, ApiError> {
    Ok(Reply(Root {}))
}

/// Get the cluster's id.
#[utoipa::path(
    get, path = "/v1/metadata/id", operation_id = "getClusterId", tag = "Server",
    responses((status = 200, description = "The id", body = ServerClusterId), Refusals)
)]
pub(super) async fn cluster_id(door: State<Door>) -> Reply<ServerClusterId> {
    let clusters = BTreeMap::from([
        // Regis needs no Kafka cluster, so it belongs to none.
        ("kafka-cluster".to_owned(), String::new()),
        ("schema-registry-cluster".to_owned(), door.settings.cluster_id.clone()),
    ]);
    Reply(ServerClusterId { scope: ServerScope { path: Vec::new(), clusters } })
}

/// Get the server's version.
#[utoipa::path(
    get, path = "/v1/metadata/version", operation_id = "getSchemaRegistryVersion", tag = "Server",
    responses((status = 200, description = "The version", body = ServerVersion), Refusals)
)]
pub(super) async fn version() -> Reply<ServerVersion> {
    Reply(ServerVersion { version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Get the attributes of the deployment.
#[utoipa::path(
    get, path = "/v1/metadata/deployment", operation_id = "getSchemaRegistryDeployment", tag = "Server",
    responses((status = 200, description = "The attributes", body = Deployment), Refusals)
)]
pub(super) async fn deployment() -> Reply<Deployment> {
    Reply(Deployment { attributes: Vec::new() })
}
