//! The pages: headers that every page has, and links that open the join page.

use crate::client::Server;
use convene_server::config::ServeSettings;

#[tokio::test]
async fn unknown_paths_answer_404() {
    let server = Server::dev().await;
    assert_eq!(server.get("/no/such/page", &[]).await.status, 404);
    assert_eq!(server.get("/../Cargo.toml", &[]).await.status, 404);
    assert_eq!(server.send("POST", "/", &[], "").await.status, 404);
}

/// DESIGN §5.6: links with passcodes are served with `no-referrer`.
#[tokio::test]
async fn join_links_open_a_page_that_sends_no_referrer_and_runs_no_foreign_code() {
    let server = Server::dev().await;
    for path in ["/meet/123456789012?p=secret", "/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d", "/"] {
        let page = server.get(path, &[]).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.headers["referrer-policy"], "no-referrer", "{path}");
        let policy = &page.headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'self';"), "{path}");
        assert!(policy.contains("; connect-src 'self' ws: wss:;"), "{path}: {policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
    }
}

/// The library that shows meetings fills empty style elements by script; nothing else inline is allowed, and only where it is used.
#[tokio::test]
async fn pages_of_meetings_allow_empty_style_elements_and_others_none() {
    let server = Server::dev().await;
    let styles = "; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
    for (path, allowed) in [
        ("/", true),
        ("/embed", true),
        ("/meet/123456789012?p=secret", true),
        ("/sign-in", false),
        ("/samples/", false),
    ] {
        let page = server.get(path, &[]).await;
        let policy = &page.headers["content-security-policy"];
        assert_eq!(policy.ends_with(styles), allowed, "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn apps_on_other_origins_may_load_the_sdk_as_a_module_and_as_a_plain_script() {
    let server = Server::dev().await;
    for path in ["/sdk/calling.js", "/sdk/calling.global.js", "/sdk/meeting.js"] {
        let script = server.get(path, &[]).await;
        assert_eq!(script.status, 200, "{path}");
        assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(script.headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(script.headers["cross-origin-resource-policy"], "cross-origin", "{path}");
    }
}

/// Every page but `/embed`, under each of its addresses.
const UNFRAMED: [&str; 12] = [
    "/",
    "/index.html",
    "/join.html",
    "/embed.html",
    "/sign-in",
    "/sign-in/password",
    "/api.html",
    "/meet/123456789012?p=secret",
    "/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%7d",
    "/samples/",
    "/samples/embed/",
    "/samples/ui-library/",
];

fn framed_by(policy: &str) -> Vec<&str> {
    policy.split("; ").filter(|directive| directive.starts_with("frame-ancestors")).collect()
}

#[tokio::test]
async fn only_the_page_for_embedding_stands_in_frames_and_only_in_those_of_the_named_origins() {
    let embed_origins = vec!["https://app.example.org".to_owned(), "http://localhost:3000".to_owned()];
    let server = Server::start(ServeSettings { dev: true, embed_origins, ..Default::default() }).await;
    let page = server.get("/embed", &[]).await;
    assert_eq!(page.status, 200);
    let policy = &page.headers["content-security-policy"];
    assert_eq!(framed_by(policy), ["frame-ancestors 'self' https://app.example.org http://localhost:3000"]);
    assert!(policy.starts_with("default-src 'self'; script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    // What a browser has already keeps the policy of now.
    let known = server.get("/embed", &[("If-None-Match", &page.headers["etag"])]).await;
    assert_eq!((known.status, &known.headers["content-security-policy"]), (304, policy));

    for path in UNFRAMED {
        let page = server.get(path, &[]).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(framed_by(&page.headers["content-security-policy"]), ["frame-ancestors 'none'"], "{path}");
    }
}

#[tokio::test]
async fn without_the_setting_no_other_origin_may_embed_a_meeting() {
    let server = Server::dev().await;
    let page = server.get("/embed", &[]).await;
    assert_eq!(framed_by(&page.headers["content-security-policy"]), ["frame-ancestors 'self'"]);
}

/// Whoever is signed in: the page for embedding is the same, and sets nothing.
#[tokio::test]
async fn the_page_for_embedding_is_the_same_for_everybody() {
    let server = Server::dev().await;
    let stranger = server.get("/embed", &[]).await;
    let cookie = format!("convene={}", "A".repeat(43));
    let signed_in = server.get("/embed", &[("Cookie", &cookie)]).await;
    assert_eq!(stranger.text, signed_in.text);
    assert!(stranger.set_cookies.is_empty() && signed_in.set_cookies.is_empty());
}
