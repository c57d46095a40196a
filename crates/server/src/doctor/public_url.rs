//! The public URL: reachable from here, answered by this very server, and WebSockets pass.

use super::report::Finding;
use super::subject::{Subject, host_and_port};
use super::{certificates, http};
use crate::app::Facts;
use crate::clock::wall_now;
use convene_protocol::{ClientMessage, Hello, ServerMessage, VERSIONS, decode_server, encode_client};
use futures_util::{SinkExt, StreamExt};
use std::io;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{self, Message};

const CHECK: &str = "public url";
/// How long the server may take to refuse a token.
const WITHIN: Duration = Duration::from_secs(5);

/// Goes to the public URL as a browser would.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    let url = &subject.public_url;
    let Some(facts) = &subject.running else {
        return vec![Finding::skip(CHECK, format!("{url} is asked only while the server runs"))];
    };
    let (host, port) = host_and_port(url);
    if let Err(error) = tokio::net::lookup_host((host.as_str(), port)).await {
        let what = format!("{host} has no address here: {error}");
        let why = "Links and tokens name it; nobody who resolves names as this machine does can join.";
        let mend = "Make a DNS record for it, or set another --public-url.";
        return vec![Finding::fail(CHECK, what, why, mend)];
    }
    let answer = match http::get(url, "/.well-known/jwks.json").await {
        Ok(answer) => answer,
        Err(error) => return vec![unreachable(url, &error, facts)],
    };
    let mut findings = vec![];
    if !answer.chain.is_empty() {
        findings.push(certificates::judge_public(&answer.chain, url, subject, wall_now()));
    }
    if answer.status != 200 || answer.text.trim() != facts.jwks.trim() {
        findings.push(another(url, answer.status, facts));
        return findings;
    }
    findings.push(Finding::ok(CHECK, format!("{url} is answered by this very server")));
    findings.push(match web_socket(url).await {
        Ok(()) => Finding::ok(CHECK, format!("WebSockets pass to {url}/signaling, both ways")),
        Err(why) => {
            let what = format!("a WebSocket to {url}/signaling does not pass: {why}");
            let mend = "Let the reverse proxy pass `Upgrade` and `Connection` on for /signaling (HTTP/1.1 to the server), \
                        and let idle connections live longer than 15 s.";
            Finding::fail(CHECK, what, "No call can begin: everything but media goes through it.", mend)
        }
    });
    findings
}

fn unreachable(url: &str, error: &io::Error, facts: &Facts) -> Finding {
    let what = format!("{url} cannot be reached from here: {error}");
    let why = "Join links lead there, and every SDK goes there with its token.";
    let mend = format!(
        "See that DNS and the reverse proxy lead to {}; or set --public-url to what does. Behind some routers a machine \
         cannot reach its own public address: then ask from outside.",
        facts.listen
    );
    Finding::fail(CHECK, what, why, mend)
}

fn another(url: &str, status: u16, facts: &Facts) -> Finding {
    let what = match status {
        200 => format!("{url} is answered by another server: its public keys are not this one's"),
        _ => format!("{url} is answered by something else: /.well-known/jwks.json gave {status}"),
    };
    let why = "Tokens of this server are refused there, and its join links lead nowhere.";
    let mend = format!("Let the reverse proxy pass every path to {}; or set --public-url to what does.", facts.listen);
    Finding::fail(CHECK, what, why, mend)
}

/// Says hello with a token that is none: the refusal shows that frames pass both ways.
async fn web_socket(url: &str) -> Result<(), String> {
    let (stream, _) = http::connect(url).await.map_err(|error| error.to_string())?;
    let address = format!("{}/signaling", url.replacen("http", "ws", 1));
    let exchange = async {
        let (mut socket, _) = client_async(address, stream).await.map_err(|error| match error {
            tungstenite::Error::Http(answer) => format!("the upgrade was answered with {}", answer.status()),
            error => error.to_string(),
        })?;
        let hello = Hello { versions: VERSIONS.to_vec(), token: "none".into(), client: "convene doctor".into() };
        let hello = Message::text(encode_client(&ClientMessage::Hello(hello)));
        socket.send(hello).await.map_err(|error| error.to_string())?;
        while let Some(message) = socket.next().await {
            if let Message::Text(text) = message.map_err(|error| error.to_string())? {
                let decoded = decode_server(&text).map_err(|error| error.to_string())?;
                return match decoded {
                    ServerMessage::Goodbye { .. } => Ok(()),
                    _ => Err("a token that is none was not refused".to_owned()),
                };
            }
        }
        Err("it was closed without a word".to_owned())
    };
    timeout(WITHIN, exchange).await.unwrap_or_else(|_| Err("nothing came back in time".to_owned()))
}
