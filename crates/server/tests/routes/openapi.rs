//! `/openapi.json`.

use crate::client::Server;
use std::fs::read_to_string;

#[tokio::test]
async fn the_served_document_is_the_one_in_the_docs() {
    let server = Server::dev().await;
    let served = server.get("/openapi.json", &[]).await;
    assert_eq!((served.status, served.headers["content-type"].as_str()), (200, "application/json"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let written = read_to_string(path).expect("docs/openapi.json");
    assert!(served.text == written, "docs/openapi.json is not what the handlers say any more: run `make generate`");
}
