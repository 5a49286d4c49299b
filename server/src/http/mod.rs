//! The HTTP side of both doors: one listener, one router, in the order a request passes it.

pub mod health;
pub mod live;
pub mod metrics;
mod serve;
pub mod site;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use contract::Console;
use domain::clock::Clock;
use domain::limits::FORM_BYTES_MAX;
use gateway::Gateway;
use leptos::config::LeptosOptions;
use store::Store;
use tower_http::compression::CompressionLayer;

pub use serve::serve;

use crate::config::setting::Network;
use crate::edge::origin::Origin;
use crate::edge::visitor::Reception;
use crate::edge::{client_ip, draft, headers, origin, session, visitor};

/// What the doors are built from.
pub struct Doors {
    /// The console's services.
    pub console: Console,
    /// The path of calls.
    pub gateway: Arc<Gateway>,
    /// Sessions and the live feed come from here.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The origin that people use.
    pub origin: Origin,
    /// Proxies whose word is believed.
    pub trusted_proxies: Arc<[Network]>,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
    /// Announces recorded calls to open pages.
    pub feed: live::Feed,
}

/// The router of the public listener.
///
/// # Errors
/// Where the site's files are not there.
pub fn router(doors: Doors) -> std::io::Result<Router> {
    let people = site::pages(&doors.leptos, doors.console.clone())
        .merge(live::routes(doors.feed.clone()))
        .layer(from_fn_with_state(doors.clock.clone(), draft::keep))
        .layer(from_fn_with_state(
            Reception::new(doors.console.clone(), doors.clock.clone()),
            visitor::receive,
        ))
        .layer(session::layer(doors.store.clone(), doors.clock.clone(), &doors.origin))
        .layer(from_fn_with_state(doors.origin.clone(), origin::guard))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX));
    let site = people
        .merge(site::files(&doors.leptos)?)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(doors.origin.is_https(), headers::secure));
    Ok(Router::new()
        .merge(gateway::router(doors.gateway.clone()))
        .merge(health::routes(doors.gateway, doors.store))
        .merge(site)
        .layer(from_fn_with_state(doors.trusted_proxies, client_ip::identify)))
}
