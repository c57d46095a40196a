//! Serves HTTP/1.1 on each connection, within its bounds.

use crate::bounds::Bounds;
use crate::tls::{Connection, OnePort, Peer};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;

/// Serves what comes to the port, for ever. A request whose head is too large, or has more than 100 headers (hyper's own bound), is
/// answered with 431; one whose head does not come in time ends its connection.
pub async fn serve(mut port: OnePort, router: Router, bounds: Bounds) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(bounds.head_within)
        .max_header_size(bounds.head_max)
        .max_buf_size(2 * bounds.head_max);
    let service = TowerToHyperService::new(router);
    loop {
        let (connection, address) = port.accept().await;
        let peer = Peer { address, tls: connection.is_tls() };
        tokio::spawn(serve_one(http.clone(), connection, peer, service.clone()));
    }
}

async fn serve_one(http: http1::Builder, connection: Connection, peer: Peer, service: TowerToHyperService<Router>) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        service.call(request.map(Body::new))
    });
    if let Err(error) = http.serve_connection(TokioIo::new(connection), service).with_upgrades().await {
        tracing::debug!(%error, "a connection ended");
    }
}
