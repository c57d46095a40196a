//! The web pages, the samples and the SDK's bundle, embedded into the binary.

use crate::app::AppState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use convene_store::Store;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::sync::Arc;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Web;

#[derive(RustEmbed)]
#[folder = "../../samples/dist"]
#[allow_missing = true]
struct Samples;

/// Samples with Microsoft's UI library.
#[derive(RustEmbed)]
#[folder = "../../samples/ui-library/dist"]
#[allow_missing = true]
struct UiLibrary;

#[derive(RustEmbed)]
#[folder = "../../sdk/calling/dist/browser"]
#[allow_missing = true]
struct Sdk;

#[derive(RustEmbed)]
#[folder = "../../sdk/calling-effects/dist/browser"]
#[allow_missing = true]
struct Effects;

/// What a page may do: nothing from elsewhere, no inline code; WebAssembly, which finds the person in a picture, but no other code made
/// while it runs. WebSockets may go anywhere: they go where the token says, which is this server by another scheme while it is tried out.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; \
                      object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What each page says of frames, but [`EMBED`].
const FRAMED_NOWHERE: &str = "frame-ancestors 'none'";

/// The page of `<convene-meeting>`: the only one that may stand in a frame, and one for guests alone.
const EMBED: &str = "/embed";

/// What the UI library needs besides: it puts empty style elements into the page and fills them by script. The hash is that of the empty
/// text, so that nothing inline is allowed that does anything.
const UI_LIBRARY_STYLES: &str = "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/// Serves whatever no route took.
pub async fn serve<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response();
    }
    let path = uri.path();
    let found = match path {
        "/" => Web::get("index.html").map(|file| ("index.html", file)),
        "/sign-in" | "/sign-in/password" => Web::get("sign-in.html").map(|file| ("sign-in.html", file)),
        EMBED => Web::get("embed.html").map(|file| ("embed.html", file)),
        "/samples" => return redirect("/samples/"),
        "/sdk/calling.js" => Sdk::get("calling.js").map(|file| ("calling.js", file)),
        "/sdk/calling-effects.js" => Effects::get("calling-effects.js").map(|file| ("calling-effects.js", file)),
        "/sdk/calling-effects.model.js" => {
            Effects::get("calling-effects.model.js").map(|file| ("calling-effects.model.js", file))
        }
        "/sdk/calling.global.js" => Sdk::get("calling.global.js").map(|file| ("calling.global.js", file)),
        "/sdk/meeting.js" => Web::get("sdk/meeting.js").map(|file| ("sdk/meeting.js", file)),
        "/sdk/meeting.d.ts" => Web::get("sdk/meeting.d.ts").map(|file| ("sdk/meeting.d.ts", file)),
        _ if is_join_link(path) => Web::get("join.html").map(|file| ("join.html", file)),
        "/samples/ui-library" => return redirect("/samples/ui-library/"),
        _ => {
            if let Some(rest) = path.strip_prefix("/samples/ui-library/") {
                page_or_file::<UiLibrary>(rest)
            } else if let Some(rest) = path.strip_prefix("/samples/") {
                page_or_file::<Samples>(rest)
            } else {
                Web::get(path.trim_start_matches('/')).map(|file| (path, file))
            }
        }
    };
    match found {
        Some((name, file)) => {
            let mut response = respond(name, &file, &headers);
            if shows_ui_library(path) {
                let mut policy = format!("{POLICY}; {UI_LIBRARY_STYLES}");
                if path == EMBED {
                    policy = policy.replace(FRAMED_NOWHERE, &app.config.embed_origins.frame_ancestors());
                }
                if let Ok(policy) = HeaderValue::from_str(&policy) {
                    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
                }
            }
            response
        }
        None if path == "/" => {
            (StatusCode::OK, "Convene runs. The web pages are not part of this build: run `make build`.\n")
                .into_response()
        }
        None => (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response(),
    }
}

/// The page behind a join link.
fn is_join_link(path: &str) -> bool {
    path.starts_with("/l/meetup-join/") || path.starts_with("/meet/")
}

/// Pages that a meeting is held on with parts of Microsoft's UI library.
fn shows_ui_library(path: &str) -> bool {
    path == "/" || path == EMBED || is_join_link(path) || path.starts_with("/samples/ui-library/")
}

/// A folder's page, or one file.
fn page_or_file<Files: RustEmbed>(path: &str) -> Option<(&str, EmbeddedFile)> {
    if path.is_empty() || path.ends_with('/') {
        Files::get(&format!("{path}index.html")).map(|file| ("index.html", file))
    } else {
        Files::get(path).map(|file| (path, file))
    }
}

/// The sign-in page with what went wrong, for its script to show; without the pages, the sentence alone.
pub fn sign_in_problem(status: StatusCode, problem: &str) -> Response {
    let text = problem.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let page = Web::get("sign-in.html").and_then(|file| String::from_utf8(file.data.into_owned()).ok());
    let page = match page {
        Some(page) => page
            .replace("</head>", &format!("<meta name=\"convene-problem\" content=\"{text}\" /></head>"))
            .replace("<noscript>", &format!("<noscript><p>{text}</p>")),
        None => format!("<!doctype html><html lang=\"en\"><title>Convene</title><p role=\"alert\">{text}</p></html>\n"),
    };
    let mut response = (status, page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    guard(headers);
    response
}

fn redirect(to: &'static str) -> Response {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("ico") => "image/x-icon",
        _ => "text/plain; charset=utf-8",
    }
}

/// What every page says to browsers.
fn guard(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

fn respond(name: &str, file: &EmbeddedFile, request: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag = format!("\"{}\"", hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
    let unchanged = request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let body = if unchanged { Body::empty() } else { Body::from(file.data.clone().into_owned()) };
    let mut response = Response::new(body);
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    let caching = if name.contains("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    guard(headers);
    if matches!(
        name,
        "calling.js"
            | "calling.global.js"
            | "calling-effects.js"
            | "calling-effects.model.js"
            | "sdk/meeting.js"
            | "sdk/meeting.d.ts"
    ) {
        // Apps on other origins may load the SDK, and the element with a meeting.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    }
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}
