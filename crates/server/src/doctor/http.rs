//! A small HTTP client for the checks. It accepts every certificate and tells which it saw, so nothing secret goes through
//! it.

use super::subject::host_and_port;
use super::trust;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::CertificateDer;

/// How long one exchange may take. Larger: a silent host holds everything up. Smaller: slow ones count as silent.
const WITHIN: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
const ANSWER_MAX: usize = 64 * 1024;

/// A connection of either kind.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// What came back.
pub struct Answer {
    pub status: u16,
    /// By lower-case names.
    pub headers: BTreeMap<String, String>,
    pub text: String,
    /// The certificates that were presented; none without TLS.
    pub chain: Vec<CertificateDer<'static>>,
}

/// Opens a connection to the host of a URL; gives the presented certificates, too.
///
/// # Errors
/// If the host has no address, cannot be reached, or does not speak TLS.
pub async fn connect(url: &str) -> io::Result<(Box<dyn Stream>, Vec<CertificateDer<'static>>)> {
    let (host, port) = host_and_port(url);
    let opening = async {
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        stream.set_nodelay(true)?;
        if !url.starts_with("https://") {
            return Ok((Box::new(stream) as Box<dyn Stream>, vec![]));
        }
        let stream = trust::connect(stream, &host).await?;
        let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
        let chain = chain.iter().map(|certificate| certificate.clone().into_owned()).collect();
        Ok((Box::new(stream) as Box<dyn Stream>, chain))
    };
    timeout(WITHIN, opening).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Gets a path under a URL.
///
/// # Errors
/// See [`connect`]; and if no HTTP comes back in time.
pub async fn get(url: &str, path: &str) -> io::Result<Answer> {
    let (stream, chain) = connect(url).await?;
    let authority = url.split_once("://").map_or(url, |(_, authority)| authority);
    Ok(Answer { chain, ..exchange(stream, authority, path).await? })
}

/// Gets a path from an address, without TLS.
///
/// # Errors
/// If it cannot be reached, or no HTTP comes back in time.
pub async fn get_plain(address: SocketAddr, path: &str) -> io::Result<Answer> {
    get(&format!("http://{address}"), path).await
}

async fn exchange(stream: Box<dyn Stream>, authority: &str, path: &str) -> io::Result<Answer> {
    let exchange = async {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        // Its errors come out of the request, too.
        let driving = tokio::spawn(async move { connection.await.is_ok() });
        let request = Request::get(path).header(HOST, authority).body(Empty::<Bytes>::new());
        let request = request.map_err(io::Error::other)?;
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        let (head, body) = answer.into_parts();
        let bytes = Limited::new(body, ANSWER_MAX).collect().await.map_err(io::Error::other)?.to_bytes();
        driving.abort();
        let text = |value: &hyper::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        let (status, text) = (head.status.as_u16(), String::from_utf8_lossy(&bytes).into_owned());
        Ok(Answer { status, headers, text, chain: vec![] })
    };
    timeout(WITHIN, exchange).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
