//! The pages: headers that every page has, and links that open the join page.

use crate::client::Server;

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
        assert!(page.headers["content-security-policy"].starts_with("default-src 'self';"), "{path}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
    }
}

/// The library that shows meetings fills empty style elements by script; nothing else inline is allowed, and only where it is used.
#[tokio::test]
async fn pages_of_meetings_allow_empty_style_elements_and_others_none() {
    let server = Server::dev().await;
    let styles = "; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";
    for (path, allowed) in
        [("/", true), ("/meet/123456789012?p=secret", true), ("/sign-in", false), ("/samples/", false)]
    {
        let page = server.get(path, &[]).await;
        let policy = &page.headers["content-security-policy"];
        assert_eq!(policy.ends_with(styles), allowed, "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn apps_on_other_origins_may_load_the_sdk_as_a_module_and_as_a_plain_script() {
    let server = Server::dev().await;
    for path in ["/sdk/calling.js", "/sdk/calling.global.js"] {
        let script = server.get(path, &[]).await;
        assert_eq!(script.status, 200, "{path}");
        assert_eq!(script.headers["content-type"], "text/javascript; charset=utf-8");
        assert_eq!(script.headers["access-control-allow-origin"], "*", "{path}");
        assert_eq!(script.headers["cross-origin-resource-policy"], "cross-origin", "{path}");
    }
}
