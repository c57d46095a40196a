//! Who is at the other end of a connection, and whether it is TLS.

use axum::extract::{ConnectInfo, Request};
use axum::middleware::Next;
use axum::response::Response;
use std::net::SocketAddr;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Where it is.
    pub address: SocketAddr,
    /// Whether it came by TLS.
    pub tls: bool,
}

/// Names the peer's address to the handlers that ask for nothing else.
pub async fn name_peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().copied() {
        request.extensions_mut().insert(ConnectInfo(peer.address));
    }
    next.run(request).await
}
