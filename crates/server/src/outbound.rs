//! The HTTP client that asks the provider and tells subscribers: it checks certificates, follows no redirect, and is bounded in time and
//! size.

use crate::tls::system_roots;
use axum::http::response::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// How long one exchange may take. Larger: whoever signs in waits longer for a provider that is silent. Smaller: a slow one counts
/// as silent.
const WITHIN: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes. Larger: a hostile provider costs memory. Smaller: large sets of keys are not read.
const ANSWER_MAX: usize = 256 * 1024;

/// A connection, with TLS or without.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(String);

impl ClientError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// What came back.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as far as it is text.
    pub text: String,
}

/// Which hosts a request may go to. Who makes a request of others' wishes must not reach what only this machine can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Any.
    Anywhere,
    /// Those of the public internet.
    Public,
}

/// A request.
pub struct Outgoing<'a> {
    /// The method.
    pub method: Method,
    /// An `http` or `https` URL.
    pub url: &'a str,
    /// Headers, beside `Host`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
    /// Where it may go.
    pub reach: Reach,
    /// How long it may take.
    pub within: Duration,
}

/// A client.
#[derive(Clone)]
pub struct HttpClient {
    tls: TlsConnector,
}

impl HttpClient {
    /// One that believes the system's roots and these.
    ///
    /// # Errors
    /// If a root is no certificate.
    pub fn new(roots: &[CertificateDer<'static>]) -> Result<Self, rustls::Error> {
        let mut store = RootCertStore::empty();
        if let Some(path) = system_roots()
            && let Ok(found) = CertificateDer::pem_file_iter(path)
        {
            store.add_parsable_certificates(found.flatten());
        }
        for root in roots {
            store.add(root.clone())?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Gets a URL.
    ///
    /// # Errors
    /// [`ClientError`] if the host cannot be reached or trusted, or nothing readable comes back in time.
    pub async fn get(&self, url: &str, authorization: Option<HeaderValue>) -> Result<Reply, ClientError> {
        self.ask(Method::GET, url, authorization, String::new()).await
    }

    /// Posts a form to a URL.
    ///
    /// # Errors
    /// See [`get`](Self::get).
    pub async fn post(
        &self,
        url: &str,
        authorization: Option<HeaderValue>,
        form: String,
    ) -> Result<Reply, ClientError> {
        self.ask(Method::POST, url, authorization, form).await
    }

    async fn ask(
        &self,
        method: Method,
        url: &str,
        authorization: Option<HeaderValue>,
        form: String,
    ) -> Result<Reply, ClientError> {
        let mut headers = vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
        if method == Method::POST {
            headers.push((header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")));
        }
        if let Some(mut value) = authorization {
            value.set_sensitive(true);
            headers.push((header::AUTHORIZATION, value));
        }
        self.send(Outgoing { method, url, headers, body: form.into(), reach: Reach::Anywhere, within: WITHIN }).await
    }

    /// Sends a request.
    ///
    /// # Errors
    /// [`ClientError`] if the host may not or cannot be reached, or is not to be trusted, or nothing readable comes back in time.
    pub async fn send(&self, outgoing: Outgoing<'_>) -> Result<Reply, ClientError> {
        let (head, bytes) = self.answer(outgoing, ANSWER_MAX).await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, text })
    }

    /// Gets a file of at most so many bytes: the status, and what it is.
    ///
    /// # Errors
    /// See [`send`](Self::send).
    pub async fn fetch(
        &self,
        url: &str,
        reach: Reach,
        within: Duration,
        bytes_max: usize,
    ) -> Result<(u16, Bytes), ClientError> {
        let (method, headers, body) = (Method::GET, vec![], Bytes::new());
        let (head, bytes) = self.answer(Outgoing { method, url, headers, body, reach, within }, bytes_max).await?;
        Ok((head.status.as_u16(), bytes))
    }

    async fn answer(&self, outgoing: Outgoing<'_>, bytes_max: usize) -> Result<(Parts, Bytes), ClientError> {
        let Outgoing { method, url, headers, body, reach, within } = outgoing;
        let asking = async {
            let uri: Uri = url.parse().map_err(ClientError::of)?;
            let is_tls = uri.scheme_str() == Some("https");
            let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
            let stream = self.connect(uri.host().unwrap_or_default(), port, is_tls, reach).await?;
            let target = uri.path_and_query().map_or("/", |target| target.as_str());
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            let mut request = Request::builder().method(method).uri(target).header(header::HOST, authority);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let request = request.body(Full::new(body)).map_err(ClientError::of)?;
            exchange(stream, request, bytes_max).await
        };
        timeout(within, asking)
            .await
            .unwrap_or_else(|_| Err(ClientError(format!("no answer within {} seconds", within.as_secs()))))
    }

    /// Connects to a host.
    ///
    /// # Errors
    /// [`ClientError`] if it may not or cannot be reached, or is not to be trusted.
    pub async fn connect(
        &self,
        host: &str,
        port: u16,
        is_tls: bool,
        reach: Reach,
    ) -> Result<Box<dyn Stream>, ClientError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((bare, port)).await.map_err(ClientError::of)?;
        // What is connected to is what was checked: the name is not asked for again.
        let allowed: Vec<_> = found.filter(|address| reach == Reach::Anywhere || is_public(address.ip())).collect();
        if allowed.is_empty() {
            return Err(ClientError(format!("{bare} has no address in the public internet")));
        }
        let stream = TcpStream::connect(allowed.as_slice()).await.map_err(ClientError::of)?;
        if !is_tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(bare.to_owned()).map_err(ClientError::of)?;
        Ok(Box::new(self.tls.connect(name, stream).await.map_err(ClientError::of)?))
    }
}

/// Whether an address is one of the public internet: none that is this machine's, a private network's, or special.
///
/// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries, "Globally Reachable".
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let is_special = matches!(
                (a, b, c),
                (0 | 10 | 127, ..)
                    | (100, 64..=127, _)
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 0, 0 | 2)
                    | (192, 88, 99)
                    | (192, 168, _)
                    | (198, 18 | 19, _)
                    | (198, 51, 100)
                    | (203, 0, 113)
                    | (224.., ..)
            );
            !is_special
        }
        IpAddr::V6(ip) => {
            // Global unicast is 2000::/3; of that 2001::/23 (Teredo and others), 2001:db8::/32, 2002::/16 (6to4) and 3fff::/20 are special.
            let [a, b, ..] = ip.segments();
            (a & 0xe000) == 0x2000
                && !(a == 0x2001 && (b < 0x200 || b == 0xdb8))
                && a != 0x2002
                && !(a == 0x3fff && b < 0x1000)
        }
    }
}

async fn exchange(
    stream: Box<dyn Stream>,
    request: Request<Full<Bytes>>,
    bytes_max: usize,
) -> Result<(Parts, Bytes), ClientError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(ClientError::of)?;
    // Its errors come out of the request, too.
    let driving = tokio::spawn(async move { connection.await.is_ok() });
    let answer = sender.send_request(request).await.map_err(ClientError::of)?;
    let (head, body) = answer.into_parts();
    let bytes = Limited::new(body, bytes_max).collect().await.map_err(ClientError::of)?.to_bytes();
    driving.abort();
    Ok((head, bytes))
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn addresses_of_this_machine_and_of_private_networks_are_not_public() {
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(address.parse().expect("an address")), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2606:4700:4700::1111",
            "2a00::1",
        ] {
            assert!(is_public(address.parse().expect("an address")), "{address}");
        }
    }
}
