//! Who is at the other end of a connection, for the handlers: the address, and whether the connection is TLS.

use crate::tls::{Connection, OnePort};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::serve::IncomingStream;
use std::net::SocketAddr;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    address: SocketAddr,
    tls: bool,
}

impl Connected<IncomingStream<'_, OnePort>> for Peer {
    fn connect_info(stream: IncomingStream<'_, OnePort>) -> Self {
        Self { address: *stream.remote_addr(), tls: matches!(stream.io(), Connection::Tls(_)) }
    }
}

/// Whether a request came over TLS to this very process; an extension of the request.
#[derive(Clone, Copy, Debug)]
pub struct OverTls(pub bool);

/// Tells handlers the peer's address by itself, and whether the connection is TLS.
pub async fn tell_peer(mut request: Request) -> Request {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().copied() {
        request.extensions_mut().insert(ConnectInfo(peer.address));
        request.extensions_mut().insert(OverTls(peer.tls));
    }
    request
}
