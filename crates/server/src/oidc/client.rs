//! The HTTP client that asks the provider: it checks certificates, follows no redirect, and is bounded in time and size.

use crate::tls::system_roots;
use axum::http::{HeaderValue, Method, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
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

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
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
    pub status: u16,
    pub text: String,
}

/// A client.
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
        let asking = async {
            let uri: Uri = url.parse().map_err(ClientError::of)?;
            let host = uri.host().unwrap_or_default().to_owned();
            let is_tls = uri.scheme_str() == Some("https");
            let stream = self.connect(&host, uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 }), is_tls).await?;
            let target = uri.path_and_query().map_or("/", |target| target.as_str());
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            let mut request = Request::builder()
                .method(method.clone())
                .uri(target)
                .header(header::HOST, authority)
                .header(header::ACCEPT, "application/json");
            if method == Method::POST {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            }
            if let Some(mut value) = authorization {
                value.set_sensitive(true);
                request = request.header(header::AUTHORIZATION, value);
            }
            let request = request.body(Full::new(Bytes::from(form))).map_err(ClientError::of)?;
            exchange(stream, request).await
        };
        timeout(WITHIN, asking)
            .await
            .unwrap_or_else(|_| Err(ClientError(format!("no answer within {} seconds", WITHIN.as_secs()))))
    }

    async fn connect(&self, host: &str, port: u16, is_tls: bool) -> Result<Box<dyn Stream>, ClientError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((bare, port)).await.map_err(ClientError::of)?;
        if !is_tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(bare.to_owned()).map_err(ClientError::of)?;
        Ok(Box::new(self.tls.connect(name, stream).await.map_err(ClientError::of)?))
    }
}

async fn exchange(stream: Box<dyn Stream>, request: Request<Full<Bytes>>) -> Result<Reply, ClientError> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(ClientError::of)?;
    // Its errors come out of the request, too.
    let driving = tokio::spawn(async move { connection.await.is_ok() });
    let answer = sender.send_request(request).await.map_err(ClientError::of)?;
    let (head, body) = answer.into_parts();
    let bytes = Limited::new(body, ANSWER_MAX).collect().await.map_err(ClientError::of)?.to_bytes();
    driving.abort();
    Ok(Reply { status: head.status.as_u16(), text: String::from_utf8_lossy(&bytes).into_owned() })
}
