//! What one client may ask for: so many requests a second from an address and with a resource's key, and no more time than an
//! answer needs. And whose address it is, if a trusted proxy says so.

use crate::app::AppState;
use crate::http::error::ApiError;
use crate::tls::Peer;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use convene_node::Rate;
use convene_store::Store;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a request may take, its body included. Larger: slow bodies hold connections. Smaller: a slow line's requests are cut off.
const REQUEST_MAX: Duration = Duration::from_secs(30);

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// How many requests came.
#[derive(Debug)]
pub struct Rates {
    of_address: Mutex<Rate<IpAddr>>,
    of_resource: Mutex<Rate<String>>,
}

impl Rates {
    /// So many a second from each address, and as many for each resource.
    pub fn per_second(requests: u32) -> Self {
        Self { of_address: Mutex::new(Rate::per_second(requests)), of_resource: Mutex::new(Rate::per_second(requests)) }
    }

    /// One more request of a resource's server.
    ///
    /// # Errors
    /// [`ApiError::TooMany`].
    pub fn count_resource(&self, resource: &str, now: Duration) -> Result<(), ApiError> {
        take(&self.of_resource, resource.to_owned(), now)
    }
}

fn take<K: Ord + Clone>(rate: &Mutex<Rate<K>>, asker: K, now: Duration) -> Result<(), ApiError> {
    let mut rate = rate.lock().unwrap_or_else(PoisonError::into_inner);
    rate.take(asker, now).map_err(|retry_after| ApiError::TooMany { retry_after })
}

/// Counts requests by their address, and ends those that take too long.
pub async fn bound<S: Store>(
    State(app): State<Arc<AppState<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(refused) = take(&app.rates.of_address, peer.ip(), app.clock.now().mono) {
        return refused.into_response();
    }
    match tokio::time::timeout(REQUEST_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::Told {
            status: StatusCode::REQUEST_TIMEOUT,
            code: "RequestTimeout",
            message: format!("The request was not complete after {} seconds. Send it again.", REQUEST_MAX.as_secs()),
            target: None,
        }
        .into_response(),
    }
}

/// Gives handlers the client's address, and whether it came by TLS, in the place of a trusted proxy's.
pub async fn name_client<S: Store>(State(app): State<Arc<AppState<S>>>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().copied() {
        let client = behind(peer, request.headers(), &app.config.trusted_proxies);
        request.extensions_mut().insert(ConnectInfo(client));
    }
    next.run(request).await
}

/// Who is behind a peer, if that is a trusted proxy.
fn behind(peer: Peer, headers: &HeaderMap, trusted: &[IpAddr]) -> Peer {
    if !trusted.contains(&peer.address.ip()) {
        return peer;
    }
    let client = client_of(peer.address.ip(), headers, trusted);
    let address = client.map_or(peer.address, |client| SocketAddr::new(client, 0));
    // The last word is the proxy's own.
    let scheme = headers.get_all(FORWARDED_PROTO).iter().next_back().and_then(|line| line.to_str().ok());
    let scheme = scheme.and_then(|line| line.rsplit(',').next()).map(str::trim);
    Peer { address, tls: scheme.map_or(peer.tls, |scheme| scheme.eq_ignore_ascii_case("https")) }
}

/// The last address of the list that is no trusted proxy's: what stands before it, the client itself may have written.
fn client_of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    if !trusted.contains(&peer) {
        return None;
    }
    let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
    for address in lines.iter().rev().flat_map(|line| line.split(',').rev()) {
        match address.trim().parse() {
            Ok(address) if trusted.contains(&address) => {}
            Ok(address) => return Some(address),
            Err(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{behind, client_of};
    use crate::tls::Peer;
    use axum::http::{HeaderMap, HeaderValue};
    use std::net::{IpAddr, SocketAddr};

    fn client(peer: &str, lines: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        client_of(ip(peer), &headers, &[ip("10.0.0.1"), ip("10.0.0.2")]).map(|address| address.to_string())
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks_and_only_of_whom_it_saw_itself() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), None);
        assert_eq!(client("10.0.0.1", &["198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(client("10.0.0.1", &["203.0.113.9, 2001:db8::7, 10.0.0.2"]).as_deref(), Some("2001:db8::7"));
        assert_eq!(client("10.0.0.1", &["203.0.113.9", "198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(client("10.0.0.1", &["198.51.100.7, rubbish"]), None);
        assert_eq!(client("10.0.0.1", &[]), None);
    }

    #[test]
    fn only_a_trusted_proxy_says_by_what_the_client_came_and_only_of_what_it_saw_itself() {
        let by_tls = |peer: &str, tls: bool, lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-proto", HeaderValue::from_static(line));
            }
            let address = SocketAddr::new(peer.parse().expect("an address"), 1);
            behind(Peer { address, tls }, &headers, &["10.0.0.1".parse().expect("an address")]).tls
        };
        assert!(!by_tls("192.0.2.1", false, &["https"]) && by_tls("192.0.2.1", true, &["http"]));
        assert!(by_tls("10.0.0.1", false, &["https"]) && by_tls("10.0.0.1", false, &["http, HTTPS"]));
        assert!(!by_tls("10.0.0.1", true, &["https,http"]) && !by_tls("10.0.0.1", false, &["https", "gopher"]));
        assert!(by_tls("10.0.0.1", true, &[]) && !by_tls("10.0.0.1", false, &[]));
    }
}
