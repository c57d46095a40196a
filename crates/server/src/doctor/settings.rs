//! Settings that contradict each other, or the machine.

use super::report::Finding;
use super::subject::{Subject, host_and_port};
use crate::hosts::is_loopback_host;
use std::net::IpAddr;
use std::path::Path;

const CHECK: &str = "settings";
/// Files and connections that the server may have open at least. Fewer end with refused connections in a large meeting.
const FILES_MIN: u64 = 4096;

/// What contradicts itself.
pub fn examine(subject: &Subject) -> Vec<Finding> {
    let mut findings: Vec<Finding> = [
        development_mode(subject),
        public_url_scheme(subject),
        public_url_default(subject),
        media_port_is_local(subject),
        announced(subject),
        open_files(),
        subject.silent.as_ref().map(|why| {
            let what = format!("a process answers on control.sock, but not the question what it is: {why}");
            let mend = "Restart the server with this version of convene.";
            Finding::fail(CHECK, what, "It cannot be looked at, nor administered by this version.", mend)
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    if findings.is_empty() {
        let addresses: Vec<String> = subject.config.public_addresses.iter().map(IpAddr::to_string).collect();
        let what = format!("public URL {}, media announced on {}", subject.public_url, addresses.join(", "));
        findings.push(Finding::ok(CHECK, what));
    }
    findings
}

fn is_public_url_local(subject: &Subject) -> bool {
    is_loopback_host(&host_and_port(&subject.public_url).0)
}

fn development_mode(subject: &Subject) -> Option<Finding> {
    let listens_beyond = !subject.config.listen.ip().is_loopback();
    if !subject.config.dev || !listens_beyond && is_public_url_local(subject) {
        return None;
    }
    let what = if listens_beyond {
        format!("development mode (--dev) on {}, which other machines reach", subject.config.listen)
    } else {
        format!("development mode (--dev) with the public URL {}", subject.public_url)
    };
    let why = "Whoever comes from this machine, also through a tunnel or a proxy that hides where they come from, gets \
               tokens without sign-in.";
    let mend = "Leave out --dev; issue tokens with `convene token issue`, or by the Identity REST API. For development \
                listen on 127.0.0.1.";
    Some(Finding::fail(CHECK, what, why, mend))
}

fn public_url_scheme(subject: &Subject) -> Option<Finding> {
    if subject.public_url.starts_with("https://") || is_public_url_local(subject) {
        return None;
    }
    let what = format!("the public URL {} is http", subject.public_url);
    let why = "Browsers give microphones and cameras only to pages served over https (or from localhost).";
    let mend = "Give the server a certificate that browsers know (--tls-cert or --acme-domain), or put a reverse proxy with one in front, and give the \
         https URL as --public-url.";
    Some(Finding::fail(CHECK, what, why, mend))
}

fn public_url_default(subject: &Subject) -> Option<Finding> {
    let ip = subject.config.listen.ip();
    if subject.is_public_url_given || ip.is_loopback() || !is_public_url_local(subject) {
        return None;
    }
    let what = format!("no public URL is set, though the server listens on {}", subject.config.listen);
    let why =
        format!("Join links and tokens name {}, which leads everybody else to their own machine.", subject.public_url);
    let mend = "Set --public-url to the URL under which browsers reach this server, before the first token is issued.";
    Some(Finding::warn(CHECK, what, why, mend))
}

fn media_port_is_local(subject: &Subject) -> Option<Finding> {
    if !subject.config.media_listen.ip().is_loopback() || is_public_url_local(subject) {
        return None;
    }
    let what = format!("media is served on {} only", subject.config.media_listen);
    let why = format!("Those who come by {} sign in and join, but see and hear nobody.", subject.public_url);
    Some(Finding::fail(CHECK, what, why, "Set --media-listen 0.0.0.0:4580, and open that UDP port."))
}

/// Whether somebody from outside can reach one of the announced addresses.
fn announced(subject: &Subject) -> Option<Finding> {
    let addresses = &subject.config.public_addresses;
    let container = Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists();
    judge_announced(addresses, is_public_url_local(subject), container, &subject.public_url)
}

fn judge_announced(addresses: &[IpAddr], is_url_local: bool, container: bool, url: &str) -> Option<Finding> {
    if is_url_local && !container || addresses.iter().any(|ip| is_public(*ip)) {
        return None;
    }
    let listed: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    let listed = listed.join(", ");
    let mend = "Give the address that browsers reach as --public-address (it may be given more than once), and forward \
                the UDP port to this machine.";
    if addresses.iter().all(IpAddr::is_loopback) && !is_url_local {
        let what = format!("only {listed} is announced for media, but the public URL is {url}");
        return Some(Finding::fail(CHECK, what, "No other machine can send or receive media.", mend));
    }
    if container {
        let what = format!("this is a container, and the addresses announced for media are its own: {listed}");
        return Some(Finding::warn(CHECK, what, "Browsers outside of the container's network get no media.", mend));
    }
    let what = format!("the addresses announced for media are private: {listed}");
    let why = "Browsers outside of this network get no media. In a company's network this is as it should be.";
    Some(Finding::warn(CHECK, what, why, mend))
}

/// Whether an address can be reached from everywhere (RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || is_shared)
        }
        IpAddr::V6(ip) => !(ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()),
    }
}

fn open_files() -> Option<Finding> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a local.
    let read = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    if read != 0 || limit.rlim_cur >= FILES_MIN {
        return None;
    }
    let what = format!("a process may have {} files and connections open here", limit.rlim_cur);
    let why = "Every browser holds one; further ones are refused.";
    Some(Finding::warn(
        CHECK,
        what,
        why,
        "Raise it for the server: `ulimit -n 65536`, or LimitNOFILE=65536 in its unit.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ServeSettings;
    use crate::doctor::State;

    async fn found(settings: ServeSettings) -> Vec<(State, String)> {
        let folder = std::env::temp_dir().join("convene-doctor-nowhere");
        let subject = Subject::of(settings.check(folder).unwrap()).await;
        let files =
            |finding: &Finding| finding.what.contains("files and connections") || finding.what.contains("container");
        examine(&subject).into_iter().filter(|finding| !files(finding)).map(|f| (f.state, f.what)).collect()
    }

    fn text(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    #[tokio::test]
    async fn development_mode_is_for_loopback_only() {
        let beyond = found(ServeSettings { dev: true, listen: text("0.0.0.0:8080"), ..Default::default() }).await;
        assert!(beyond.iter().any(|(state, what)| *state == State::Fail && what.contains("--dev")), "{beyond:?}");
        let named = ServeSettings { dev: true, public_url: text("https://meet.example.org"), ..Default::default() };
        assert!(found(named).await.iter().any(|(state, what)| *state == State::Fail && what.contains("--dev")));
        let local = found(ServeSettings { dev: true, ..Default::default() }).await;
        assert!(local.iter().all(|(state, _)| *state == State::Ok), "{local:?}");
    }

    #[tokio::test]
    async fn http_for_others_a_missing_public_url_and_a_local_media_port_are_named() {
        let http = ServeSettings { public_url: text("http://meet.example.org"), ..Default::default() };
        assert!(found(http).await.iter().any(|(state, what)| *state == State::Fail && what.ends_with("is http")));
        let open = ServeSettings { listen: text("0.0.0.0:8080"), ..Default::default() };
        assert!(found(open).await.iter().any(|(state, what)| *state == State::Warn && what.contains("no public URL")));
        let closed = ServeSettings {
            public_url: text("https://meet.example.org"),
            media_listen: text("127.0.0.1:4580"),
            ..Default::default()
        };
        let closed = found(closed).await;
        assert!(closed.iter().any(|(state, what)| *state == State::Fail && what.contains("127.0.0.1:4580 only")));
        assert!(
            closed.iter().any(|(state, what)| *state == State::Fail && what.contains("only 127.0.0.1 is announced"))
        );
    }

    #[test]
    fn addresses_that_others_cannot_reach_are_named() {
        let judge = |addresses: &[&str], local, container| {
            let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
            judge_announced(&addresses, local, container, "https://meet.example.org").map(|finding| finding.state)
        };
        assert_eq!(judge(&["203.0.113.7", "127.0.0.1"], false, true), None);
        assert_eq!(judge(&["10.0.0.5", "127.0.0.1"], false, false), Some(State::Warn));
        assert_eq!(judge(&["100.64.1.1"], false, false), Some(State::Warn));
        assert_eq!(judge(&["fd00::2"], false, true), Some(State::Warn));
        assert_eq!(judge(&["127.0.0.1"], false, false), Some(State::Fail));
        assert_eq!(judge(&["172.17.0.2", "127.0.0.1"], true, true), Some(State::Warn));
        assert_eq!(judge(&["10.0.0.5", "127.0.0.1"], true, false), None);
    }
}
