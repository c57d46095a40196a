//! The way to an authority: HTTP/1.1 over TLS, one connection a request, bounded in time and size, no redirects.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::handshake;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long one request may take. Larger: an authority that hangs is noticed later. Smaller: busy ones are given up.
const WITHIN: Duration = Duration::from_secs(30);

/// The largest answer, in bytes. Larger: memory for nothing. Smaller: long chains do not fit.
const ANSWER_MAX: usize = 1024 * 1024;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A client that believes the machine's roots, or one file.
#[derive(Clone)]
pub struct HttpsClient {
    tls: TlsConnector,
    retry_after_s: Arc<AtomicI64>,
}

impl HttpsClient {
    /// # Errors
    /// A sentence, if there are no roots to believe.
    pub fn new(ca: Option<&Path>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        match ca {
            Some(path) => {
                let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
                let read =
                    read.map_err(|error| format!("the file {} (--acme-ca) cannot be read: {error}", path.display()))?;
                roots.add_parsable_certificates(read);
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            return Err(
                "there is no certificate by which to know the authority. Install the package ca-certificates, or \
                        give --acme-ca"
                    .to_owned(),
            );
        }
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), retry_after_s: Arc::default() })
    }

    /// How long the authority wants not to be asked, if it said so since the last time that this was asked.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.retry_after_s.swap(0, Ordering::Relaxed);
        u64::try_from(seconds).ok().filter(|seconds| *seconds > 0).map(Duration::from_secs)
    }

    async fn exchange(&self, request: Request<BodyWrapper<Bytes>>) -> Result<Response<Full<Bytes>>, Failure> {
        let uri = request.uri().clone();
        let answer = timeout(WITHIN, self.ask(request, &uri)).await;
        let answer = answer.map_err(|_| format!("{uri} did not answer within {} seconds", WITHIN.as_secs()))?;
        let answer = answer.map_err(|error| format!("{uri}: {error}"))?;
        let status = answer.status();
        let is_json = |kind: &HeaderValue| kind.to_str().is_ok_and(|kind| kind.contains("json"));
        if status.as_u16() == 429 || status.as_u16() == 503 {
            let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
            self.retry_after_s.store(seconds.unwrap_or(0), Ordering::Relaxed);
        }
        if status.is_redirection() || !status.is_success() && !answer.headers().get(CONTENT_TYPE).is_some_and(is_json) {
            return Err(format!("{uri} answered with {status}").into());
        }
        Ok(answer)
    }

    async fn ask(&self, mut request: Request<BodyWrapper<Bytes>>, uri: &Uri) -> Result<Response<Full<Bytes>>, Failure> {
        let (Some("https"), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err("it is no https URL".into());
        };
        let name = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let stream = TcpStream::connect((name.as_str(), uri.port_u16().unwrap_or(443))).await?;
        let stream = self.tls.connect(ServerName::try_from(name)?, stream).await?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        let authority = uri.authority().map_or(host, |authority| authority.as_str());
        request.headers_mut().insert(HOST, HeaderValue::from_str(authority)?);
        *request.uri_mut() = uri.path_and_query().map_or("/", |target| target.as_str()).parse()?;
        let driven = tokio::spawn(connection);
        let answered = async {
            let (parts, body) = sender.send_request(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_MAX).collect().await?.to_bytes();
            Ok(Response::from_parts(parts, Full::new(body)))
        };
        let answered = answered.await;
        driven.abort();
        answered
    }
}

impl HttpClient for HttpsClient {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.clone();
        Box::pin(async move { client.exchange(request).await.map(BytesResponse::from).map_err(Error::Other) })
    }
}
