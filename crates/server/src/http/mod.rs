//! The routes.

mod assets;
mod auth;
mod automation;
mod call_records;
mod chat;
pub mod connections;
mod cors;
pub mod described;
mod dev;
pub mod error;
mod events;
mod group_calls;
mod health;
mod identities;
pub mod limits;
mod meetings;
pub mod oauth;
pub mod openapi;
mod push;
mod repeatable;
mod rooms;
pub mod session;
mod signed;
mod teams_user;
mod told;
mod visitors;

pub(crate) use events::DEAD_LETTERS_MAX;

use crate::app::AppState;
use crate::http::described::Described;
use crate::{live, signaling};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use convene_store::Store;
use std::sync::Arc;

/// The largest request body, in bytes. Larger: a hostile client costs memory. Smaller: no request of today's comes near it.
const BODY_MAX: usize = 64 * 1024;

/// All routes that are described; what else is served are the pages, the signaling WebSocket (docs/protocol.md) and, on a
/// development server, its conveniences.
pub fn described<S: Store>() -> Described<Arc<AppState<S>>> {
    Described::new()
        .merge(health::operations::<S>())
        .merge(identities::operations::<S>())
        .merge(teams_user::operations::<S>())
        .merge(rooms::operations::<S>())
        .merge(group_calls::operations::<S>())
        .merge(events::operations::<S>())
        .merge(automation::operations::<S>())
        .merge(call_records::operations::<S>())
        .merge(chat::operations::<S>())
        .merge(meetings::operations::<S>())
        .merge(oauth::operations::<S>())
        .merge(visitors::operations::<S>())
        .merge(push::operations::<S>())
}

/// All routes.
pub fn router<S: Store>(app: Arc<AppState<S>>) -> Router {
    let (router, document) = described::<S>().into_parts();
    let mut router = router
        .merge(openapi::router(&document))
        .merge(session::router(&app))
        .layer(middleware::from_fn_with_state(app.clone(), limits::bound::<S>))
        .route("/signaling", get(signaling::upgrade::<S>))
        .route("/socket.io/1/websocket/{session}", get(live::upgrade::<S>));
    if app.config.dev {
        router = router.merge(dev::router::<S>());
    }
    let router = router.fallback(assets::serve::<S>).layer(DefaultBodyLimit::max(BODY_MAX));
    let router = router.layer(middleware::from_fn(cors::share));
    let router = router.layer(middleware::from_fn(crate::tls::name_peer));
    router.layer(middleware::from_fn_with_state(app.clone(), limits::name_client::<S>)).with_state(app)
}
