//! `GET /openapi.json`: what this server serves, as it describes it itself. The page `/api.html` shows it.

use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Router, body::Bytes};
use convene_store::SqliteStore;
use utoipa::openapi::OpenApi;

/// The route that serves `document`.
pub fn router<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> Router<S> {
    let text = Bytes::from(as_text(document));
    let serve = move || async move { ([(header::CONTENT_TYPE, "application/json")], text).into_response() };
    Router::new().route("/openapi.json", get(serve))
}

/// The document of this build: `docs/openapi.json`, which a test holds against it.
pub fn text() -> String {
    as_text(&super::described::<SqliteStore>().into_parts().1)
}

/// Indented, with a line end.
fn as_text(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
