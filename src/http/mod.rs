//! The door: every route on one page; it translates and decides nothing.

mod association_batches;
mod associations;
mod compatibility;
mod conditions;
mod config;
mod contexts;
mod cors;
mod docs;
mod error;
mod extract;
mod guids;
mod headers;
mod health;
mod history;
mod media;
mod middleware;
mod mode;
mod page;
mod parameters;
mod path;
mod restore;
mod schemas;
mod search;
mod serve;
mod server;
mod subjects;
mod tags;
mod transactions;
mod translate;
mod validate;
mod validators;
mod versions;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state, map_response},
};
use tower::util::option_layer;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter},
    routes,
};

use crate::{model::Subject, registry::Registry};
use error::ApiError;

pub use cors::{Cors, Origins, read_headers, read_methods};
pub use docs::document;
pub use headers::ExtraHeaders;
pub use page::PageLimits;
pub use serve::{Drained, serve};

/// What the door needs to know besides the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorSettings {
    /// Longest request body, in bytes.
    pub body_limit: usize,
    /// How long the answer to a request may take.
    pub request_timeout: Duration,
    /// Limits of lists of schemas.
    pub schema_limits: PageLimits,
    /// Limits of lists of subjects.
    pub subject_limits: PageLimits,
    /// Limits of lists of versions.
    pub version_limits: PageLimits,
    /// Limits of lists of contexts.
    pub context_limits: PageLimits,
    /// Most operations of a transaction.
    pub transaction_operations: usize,
    /// How long caches may keep what an id or a guid means; zero for not at all.
    pub id_max_age: Duration,
    /// The name of this registry among those of an organisation.
    pub cluster_id: String,
    /// Headers of every answer.
    pub extra_headers: ExtraHeaders,
    /// What pages of other origins may do.
    pub cors: Cors,
    /// Whether long answers are compressed for clients that ask for it.
    pub compression: bool,
}

impl Default for DoorSettings {
    fn default() -> Self {
        Self {
            body_limit: 10_000_000,
            request_timeout: Duration::from_mins(10),
            schema_limits: PageLimits { default: 1000, max: 1000 },
            subject_limits: PageLimits::UNLIMITED,
            version_limits: PageLimits::UNLIMITED,
            context_limits: PageLimits::UNLIMITED,
            transaction_operations: 500,
            id_max_age: Duration::from_hours(1),
            cluster_id: "schema-registry".to_owned(),
            extra_headers: ExtraHeaders::default(),
            cors: Cors::default(),
            compression: true,
        }
    }
}

/// What every handler gets.
#[derive(Clone)]
struct Door {
    registry: Registry,
    settings: Arc<DoorSettings>,
}

impl Door {
    /// The subject that a path means: what is configured as its alias, or itself. A failure is worded for `operation`.
    async fn subject(&self, named: Subject, operation: &str) -> Result<Subject, ApiError> {
        self.registry.aliased(named).await.map_err(ApiError::during(operation))
    }

    /// The same for a name as it was written, which stays as it is unless it is an alias.
    async fn name(&self, written: &str, operation: &str) -> Result<String, ApiError> {
        let named = Subject::parse(written);
        let meant = self.subject(named.clone(), operation).await?;
        Ok(if meant == named { written.to_owned() } else { meant.to_string() })
    }
}

/// The whole HTTP interface of a registry.
pub fn router(registry: Registry, settings: &DoorSettings) -> Router {
    let door = Door { registry, settings: Arc::new(settings.clone()) };
    let offered = if door.registry.options().associations { routes().merge(association_routes()) } else { routes() };
    let (routes, mut document) = offered.split_for_parts();
    docs::complete(&mut document);
    let routes = routes
        .merge(docs::pages(&document))
        .fallback(error::no_such_path)
        .method_not_allowed_fallback(error::no_such_method)
        .with_state(door)
        .layer(from_fn(middleware::name_route))
        .layer(CatchPanicLayer::custom(error::panicked));
    // The door stands before the routes and not around each: it rewrites the path that they are chosen by.
    let router = Router::new()
        .fallback_service(routes)
        .layer(option_layer(settings.cors.layer()))
        .layer(from_fn_with_state(settings.request_timeout, middleware::pass));
    let router = if settings.compression {
        router.layer(CompressionLayer::new().compress_when(middleware::WorthCompressing))
    } else {
        router
    };
    router
        .layer(map_response(validators::weaken))
        .layer(from_fn_with_state(settings.extra_headers.clone(), headers::add))
}

fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::with_openapi(docs::frame())
        .routes(spoken(routes!(server::root, server::post_root)))
        .routes(spoken(routes!(subjects::list)))
        .routes(spoken(routes!(search::with_metadata)))
        .routes(spoken(routes!(restore::subject)))
        .routes(spoken(routes!(history::list)))
        .routes(spoken(routes!(restore::version)))
        .routes(spoken(routes!(search::schemas)))
        .routes(spoken(routes!(subjects::look_up, subjects::delete)))
        .routes(spoken(routes!(versions::list, versions::register)))
        .routes(spoken(routes!(versions::get, versions::delete)))
        .routes(spoken(routes!(versions::get_text)))
        .routes(spoken(routes!(versions::referenced_by)))
        .routes(spoken(routes!(tags::change)))
        .routes(spoken(routes!(schemas::types)))
        .routes(spoken(routes!(schemas::get)))
        .routes(spoken(routes!(schemas::get_text)))
        .routes(spoken(routes!(schemas::subjects)))
        .routes(spoken(routes!(schemas::versions)))
        .routes(spoken(routes!(guids::get)))
        .routes(spoken(routes!(guids::ids)))
        .routes(spoken(routes!(compatibility::check_version)))
        .routes(spoken(routes!(compatibility::check_history)))
        .routes(spoken(routes!(config::get_global, config::change_global, config::delete_global)))
        .routes(spoken(routes!(config::get, config::change, config::delete)))
        .routes(spoken(routes!(mode::get_global, mode::change_global, mode::delete_global)))
        .routes(spoken(routes!(mode::get, mode::change, mode::delete)))
        .routes(spoken(routes!(contexts::list)))
        .routes(spoken(routes!(contexts::delete)))
        .routes(spoken(routes!(transactions::transact)))
        .routes(spoken(routes!(server::cluster_id)))
        .routes(spoken(routes!(server::version)))
        .routes(spoken(routes!(server::deployment)))
        .routes(spoken(routes!(validate::validate)))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
}

/// The routes that a setting can take away.
fn association_routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(spoken(routes!(associations::create)))
        // Some clients ask here first: 404 tells them that there is none, 405 would make them give up.
        .route("/associations", axum::routing::get(error::no_such_path))
        .routes(spoken(routes!(associations::of_subject)))
        .routes(spoken(routes!(associations::of_resource, associations::upsert, associations::delete)))
        .routes(spoken(routes!(associations::of_name)))
        .routes(spoken(routes!(association_batches::get)))
        .routes(spoken(routes!(association_batches::mutate)))
}

/// Routes of the contract: they speak its media types only, whatever the method.
fn spoken(routes: UtoipaMethodRouter<Door>) -> UtoipaMethodRouter<Door> {
    let (schemas, paths, handlers) = routes;
    // On the handlers and not on the router: a wrong method is told before a wrong media type.
    (schemas, paths, handlers.route_layer(from_fn(media::check)).route_layer(from_fn(validators::attach)))
}
