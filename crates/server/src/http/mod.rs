//! The routes.

mod assets;
mod auth;
mod dev;
pub mod error;
mod health;
mod identities;
mod meetings;
mod signed;
mod visitors;

use crate::app::AppState;
use crate::signaling;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use convene_store::Store;
use std::sync::Arc;

/// The largest request body, in bytes. Larger: a hostile client costs memory. Smaller: no request of today's comes near it.
const BODY_MAX: usize = 64 * 1024;

/// All routes.
pub fn router<S: Store>(app: Arc<AppState<S>>) -> Router {
    let mut router = Router::new()
        // What is merged in has paths of ACS, with segments that begin with a colon.
        .without_v07_checks()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz::<S>))
        .route("/.well-known/jwks.json", get(health::jwks::<S>))
        .route("/signaling", get(signaling::upgrade::<S>))
        .merge(identities::router::<S>())
        .merge(meetings::router::<S>())
        .merge(visitors::router::<S>());
    if app.config.dev {
        router = router.merge(dev::router::<S>());
    }
    router.fallback(assets::serve).layer(DefaultBodyLimit::max(BODY_MAX)).with_state(app)
}
