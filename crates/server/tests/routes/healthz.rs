//! `/healthz` and `/readyz`.

use crate::client::Server;

#[tokio::test]
async fn a_running_server_is_healthy_and_ready() {
    let server = Server::dev().await;
    assert_eq!(server.get("/healthz", &[]).await.text, "ok\n");
    let ready = server.get("/readyz", &[]).await;
    assert_eq!((ready.status, ready.text.as_str()), (200, "ready\n"));
}
