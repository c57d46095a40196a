//! The ports of HTTP and media (UDP and TCP): free, or held by the server of this data folder.

use super::http;
use super::report::Finding;
use super::subject::{Subject, reachable};
use std::io::{Error, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};

const CHECK: &str = "ports";

/// Which of them.
#[derive(Clone, Copy)]
enum Port {
    Http,
    Media,
    MediaTcp,
}

/// Looks at all of them.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    match &subject.running {
        Some(facts) => {
            vec![
                answers(subject.http_address()).await,
                Finding::ok(CHECK, format!("UDP {} is held by the running server for media", facts.media_listen)),
            ]
        }
        None => {
            let (listen, media) = (subject.config.listen, subject.config.media_listen);
            let mut findings = vec![
                free(Port::Http, listen, TcpListener::bind(listen).map(|_| ())),
                free(Port::Media, media, UdpSocket::bind(media).map(|_| ())),
            ];
            // Where both have one number, the port of HTTP takes media over TCP, too.
            if subject.config.media_tcp && media.port() != listen.port() {
                findings.push(free(Port::MediaTcp, media, TcpListener::bind(media).map(|_| ())));
            }
            findings
        }
    }
}

async fn answers(address: SocketAddr) -> Finding {
    match http::get_plain(address, "/readyz").await {
        Ok(answer) if answer.status == 200 => {
            Finding::ok(CHECK, format!("TCP {address} is held by the running server, which is ready"))
        }
        Ok(answer) => {
            let said = answer.text.trim();
            let what = format!("the running server answers on {address}, but is not ready: {} {said}", answer.status);
            let mend = "Look into its log; if the disk is well (see below), restart it.";
            Finding::fail(CHECK, what, "It can take no calls.", mend)
        }
        Err(error) => {
            let what = format!("the running server does not answer HTTP on {address}: {error}");
            let mend = "Look into its log; look for a firewall on this machine; restart it.";
            Finding::fail(CHECK, what, "Nobody can reach it.", mend)
        }
    }
}

fn free(port: Port, address: SocketAddr, bound: Result<(), Error>) -> Finding {
    let (protocol, option, tool) = match port {
        Port::Http => ("TCP", "--listen", "ss -ltnp"),
        Port::Media => ("UDP", "--media-listen", "ss -lunp"),
        Port::MediaTcp => ("TCP", "--media-listen", "ss -ltnp"),
    };
    let number = address.port();
    let error = match bound {
        Ok(()) if number == 0 => return Finding::ok(CHECK, format!("{protocol}: any free port of {}", address.ip())),
        Ok(()) => return Finding::ok(CHECK, format!("{protocol} {address} is free")),
        Err(error) => error,
    };
    let why = "`convene serve` does not start.";
    match error.kind() {
        ErrorKind::AddrInUse => {
            let what = format!("{protocol} {address} is taken by another program");
            let mend = format!(
                "`{tool} 'sport = :{number}'` shows which (as root). Stop it, or choose another port with {option}."
            );
            Finding::fail(CHECK, what, why, mend)
        }
        ErrorKind::AddrNotAvailable => {
            let what = format!("{} is no address of this machine", reachable(address).ip());
            let mend = format!("`ip address` shows which there are; give one of them, or 0.0.0.0, with {option}.");
            Finding::fail(CHECK, what, why, mend)
        }
        ErrorKind::PermissionDenied => {
            let what = format!("{protocol} {address} may not be used by this user");
            let mend = format!(
                "Ports below 1024 are for root: give the binary CAP_NET_BIND_SERVICE, or choose a higher one with {option}."
            );
            Finding::fail(CHECK, what, why, mend)
        }
        _ => {
            let what = format!("{protocol} {address} cannot be used: {error}");
            Finding::fail(CHECK, what, why, format!("Choose another address with {option}."))
        }
    }
}
