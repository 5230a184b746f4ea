//! What the server says about itself.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::lenient::{Entity, Members, Misfit};

/// The root resource: an empty object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({}))]
pub struct Root {}

impl Entity for Root {
    fn read(_members: &Members<'_>) -> Result<Self, Misfit> {
        Ok(Self {})
    }
}

/// How the cluster is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"scope": {"path": [], "clusters": {"kafka-cluster": "",
    "schema-registry-cluster": "schema-registry"}}}))]
pub struct ServerClusterId {
    /// The scope that the cluster's id belongs to.
    pub scope: ServerScope,
}

/// A scope of cluster ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ServerScope {
    /// Always empty.
    pub path: Vec<String>,
    /// Cluster ids by the kind of cluster.
    pub clusters: BTreeMap<String, String>,
}

/// Which version of the server answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"version": "0.1.0"}))]
pub struct ServerVersion {
    /// The server's version.
    pub version: String,
}

/// Attributes of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"attributes": []}))]
pub struct Deployment {
    /// Always empty.
    pub attributes: Vec<String>,
}

/// Whether the server lives or is ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({"status": "ok"}))]
pub struct Status {
    /// `ok`, or `degraded` if reads are answered but the last write was not possible
    pub status: &'static str,
    /// Why it is degraded
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Status {
    /// All is well.
    pub fn ok() -> Self {
        Self { status: "ok", reason: None }
    }

    /// Reads are answered, writes are not.
    pub fn degraded(reason: impl Into<String>) -> Self {
        Self { status: "degraded", reason: Some(reason.into()) }
    }
}
