//! The local CA and the certificate that it signed: expiry, names, and who can read the keys.

use super::report::Finding;
use super::subject::{Subject, host_and_port};
use super::trust;
use crate::clock::wall_now;
use crate::data::database_file;
use crate::hosts::is_loopback_host;
use crate::serve::served_names;
use crate::tls::facts::{self, CertificateFacts};
use crate::tls::{self, OwnFiles, RENEW_WITHIN_MS, ca_file};
use convene_model::{WallMs, rfc3339};
use convene_store::AnyStore;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::CertificateDer;

const CHECK: &str = "tls";
const DAY_MS: WallMs = 24 * 60 * 60 * 1000;
/// A CA that expires sooner is a warning: clients must be given a new one.
const CA_WARN_MS: WallMs = 90 * DAY_MS;
/// A certificate that is served and expires sooner was not renewed in time.
const SERVED_WARN_MS: WallMs = 30 * DAY_MS;
/// So is one for the public.
const PUBLIC_WARN_MS: WallMs = 14 * DAY_MS;

/// Looks at the files in the data folder, and at what the running server presents.
pub async fn examine(subject: &Subject) -> Vec<Finding> {
    let now = wall_now();
    let path = ca_file(&subject.data);
    if !path.exists() {
        return vec![Finding::ok(CHECK, "there is no local CA yet; the first start makes one")];
    }
    let mut findings = open_keys(subject);
    let Some(ca) = facts::of_file(&path) else {
        let what = format!("{} is no certificate", path.display());
        let mend = "Remove it; the next start writes it again.";
        findings.push(Finding::fail(CHECK, what, "Clients that are told to trust it fail.", mend));
        return findings;
    };
    findings.push(judge_ca(&ca, now));
    let wanted = wanted_names(subject).await;
    match &subject.running {
        Some(_) => findings.push(served(subject, &ca, &wanted, now).await),
        None => {
            let [_, path] = tls::key_files(&subject.data);
            findings.extend(facts::of_file(&path).map(|stored| judge_stored(&stored, &wanted, now)));
            findings.extend(subject.config.own_certificate.as_ref().map(|files| judge_files(files, now)));
            findings.extend(tls::of_authority(&subject.data).map(|kept| judge_kept(&kept, now)));
        }
    }
    findings
}

fn open_keys(subject: &Subject) -> Vec<Finding> {
    let open =
        |path: &std::path::PathBuf| fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    let paths = tls::key_files(&subject.data).into_iter().filter(open);
    let finding = |path: std::path::PathBuf| {
        let what = format!("the key file {} may be read by others than its owner", path.display());
        let why = "Whoever has it can pretend to be this server, or any host, to those who trust the local CA.";
        let mend = format!(
            "`chmod 600 {}`; if others may have read it, stop the server, remove the folder `tls` and give clients the \
             new CA (`convene ca`).",
            path.display()
        );
        Finding::fail(CHECK, what, why, mend)
    };
    paths.map(finding).collect()
}

fn judge_ca(ca: &CertificateFacts, now: WallMs) -> Finding {
    let until = rfc3339(ca.not_after_ms);
    let mend = "Stop the server, remove the folder `tls` in the data folder, start it, and give clients the new CA \
                (`convene ca`).";
    if now > ca.not_after_ms {
        let why = "Every client that trusts it refuses this server.";
        return Finding::fail(CHECK, format!("the local CA expired at {until}"), why, mend);
    }
    if now > ca.not_after_ms - CA_WARN_MS {
        let why = "From then on every client that trusts it refuses this server.";
        return Finding::warn(CHECK, format!("the local CA expires at {until}"), why, mend);
    }
    Finding::ok(CHECK, format!("the local CA is valid until {until}"))
}

/// The names that a server started now would serve. Resources are left out if the database cannot be read.
async fn wanted_names(subject: &Subject) -> BTreeSet<String> {
    let database = subject.config.database.clone().unwrap_or_else(|| database_file(&subject.data));
    let ip = subject.config.listen.ip();
    if database.path().is_none_or(|path| path.exists())
        && let Ok(store) = AnyStore::open_to_look(&database).await
    {
        let names = served_names(&store, &subject.public_url, ip).await;
        store.close().await;
        if let Ok(names) = names {
            return names;
        }
    }
    tls::certificate_names([host_and_port(&subject.public_url).0])
}

async fn served(subject: &Subject, ca: &CertificateFacts, wanted: &BTreeSet<String>, now: WallMs) -> Finding {
    let address = subject.http_address();
    let host = host_and_port(&subject.public_url).0;
    let presented = async {
        let stream = TcpStream::connect(address).await?;
        let stream = trust::connect(stream, &host).await?;
        let chain = stream.get_ref().1.peer_certificates();
        std::io::Result::Ok(chain.and_then(|chain| chain.first()).and_then(facts::of))
    };
    match presented.await {
        Ok(Some(served)) if served.issuer != ca.issuer => judge_public_one(&served, &host, now),
        Ok(Some(served)) => judge_served(&served, wanted, now),
        Ok(None) => {
            let what = format!("the running server presents no certificate that can be read on {address}");
            Finding::fail(CHECK, what, "No client can use https.", "Restart the server.")
        }
        Err(error) => {
            let what = format!("the running server does not speak TLS on {address}: {error}");
            Finding::fail(CHECK, what, "Apps' servers insist on https.", "Restart the server, and look into its log.")
        }
    }
}

fn missing(found: &CertificateFacts, wanted: &BTreeSet<String>) -> Option<String> {
    let missing: Vec<&str> = wanted.difference(&found.names).map(String::as_str).collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

fn listed(found: &CertificateFacts) -> String {
    found.names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn judge_served(served: &CertificateFacts, wanted: &BTreeSet<String>, now: WallMs) -> Finding {
    let until = rfc3339(served.not_after_ms);
    let mend = "Send the server SIGHUP, or restart it: it makes a new one, or its log says why it cannot.";
    if now > served.not_after_ms {
        return Finding::fail(CHECK, format!("the served certificate expired at {until}"), "Clients refuse it.", mend);
    }
    if let Some(missing) = missing(served, wanted) {
        let what = format!("the served certificate does not name {missing}, only {}", listed(served));
        let why = "Apps' servers that reach this server under that name refuse the connection.";
        return Finding::fail(CHECK, what, why, mend);
    }
    if now > served.not_after_ms - SERVED_WARN_MS {
        let what = format!("the served certificate expires at {until}");
        return Finding::warn(CHECK, what, "The server renews it 100 days before, and did not.", mend);
    }
    Finding::ok(CHECK, format!("the served certificate names {}, until {until}", listed(served)))
}

/// The certificate for the public that the running server shows; it is not of the local CA.
fn judge_public_one(served: &CertificateFacts, host: &str, now: WallMs) -> Finding {
    let until = rfc3339(served.not_after_ms);
    let mend = "Put a new one into the place of --tls-cert and --tls-key; the running server reads it by itself, and its log says \
                what is wrong with one that it does not take. With --acme-domain its log says why no new one has come.";
    if now > served.not_after_ms {
        return Finding::fail(CHECK, format!("the served certificate expired at {until}"), "Clients refuse it.", mend);
    }
    if !served.is_for(host) {
        let what = format!("the served certificate is not for {host}, only for {}", listed(served));
        return Finding::fail(CHECK, what, "Browsers refuse it under the public URL.", mend);
    }
    if now > served.not_after_ms - PUBLIC_WARN_MS {
        let what = format!("the served certificate expires at {until}");
        return Finding::warn(CHECK, what, "From then on browsers refuse the page.", mend);
    }
    Finding::ok(CHECK, format!("the served certificate is {}'s for {}, until {until}", served.issuer, listed(served)))
}

/// The certificate that an authority gave, while no server runs.
fn judge_kept(kept: &CertificateFacts, now: WallMs) -> Finding {
    let until = rfc3339(kept.not_after_ms);
    if now > kept.not_after_ms {
        let what = format!("the certificate that the authority gave expired at {until}");
        return Finding::warn(CHECK, what, "Clients refuse it.", "Start the server: it gets a new one.");
    }
    Finding::ok(CHECK, format!("the certificate that the authority gave names {}, until {until}", listed(kept)))
}

/// Whether the next start would take the operator's files.
fn judge_files(files: &OwnFiles, now: WallMs) -> Finding {
    match files.read(now) {
        Ok(identity) => {
            let (facts, path) = (identity.facts(), files.certificate.display());
            let until = rfc3339(facts.not_after_ms);
            Finding::ok(CHECK, format!("the certificate {path} names {}, until {until}", listed(facts)))
        }
        Err(error) => {
            let mend = "Mend the file, or leave out --tls-cert and --tls-key.";
            Finding::fail(CHECK, error.to_string(), "The server does not start with it.", mend)
        }
    }
}

/// Nobody is served it now, and the next start makes a new one where it must.
fn judge_stored(stored: &CertificateFacts, wanted: &BTreeSet<String>, now: WallMs) -> Finding {
    let until = rfc3339(stored.not_after_ms);
    let mend = "Start the server: it makes a new one.";
    if now > stored.not_after_ms {
        return Finding::warn(CHECK, format!("the stored certificate expired at {until}"), "Clients refuse it.", mend);
    }
    if let Some(missing) = missing(stored, wanted) {
        let what = format!("the stored certificate does not name {missing}, only {}", listed(stored));
        return Finding::warn(CHECK, what, "Clients refuse it under that name.", mend);
    }
    let renewed = if now > stored.not_after_ms - RENEW_WITHIN_MS { "; the next start renews it" } else { "" };
    Finding::ok(CHECK, format!("the stored certificate names {}, until {until}{renewed}", listed(stored)))
}

/// What a browser would say of the certificates under an https public URL.
pub fn judge_public(chain: &[CertificateDer<'static>], url: &str, subject: &Subject, now: WallMs) -> Finding {
    let host = host_and_port(url).0;
    let until = chain.first().and_then(facts::of).map_or_else(|| "?".to_owned(), |leaf| rfc3339(leaf.not_after_ms));
    let own = trust::judge(chain, &host, &ca_file(&subject.data));
    let roots = tls::system_roots();
    match roots.and_then(|roots| trust::judge(chain, &host, &roots)) {
        Some(Ok(())) => {
            let soon = chain.first().and_then(facts::of).is_some_and(|leaf| now > leaf.not_after_ms - PUBLIC_WARN_MS);
            let what = format!("the certificate under {url} is one that browsers know, until {until}");
            if soon {
                let why = "From then on browsers refuse the page.";
                return Finding::warn(
                    CHECK,
                    what,
                    why,
                    "Renew it where it is presented: here, or in the proxy in front.",
                );
            }
            Finding::ok(CHECK, what)
        }
        _ if matches!(own, Some(Ok(()))) && is_loopback_host(&host) => {
            Finding::ok(CHECK, format!("the certificate under {url} is one of the local CA, until {until}"))
        }
        _ if matches!(own, Some(Ok(()))) => {
            let what = format!("the certificate under {url} is one of the local CA");
            let why = "Browsers of others do not know that CA, and refuse the page.";
            let mend = "Give the server one that browsers know (--tls-cert or --acme-domain), or put a reverse proxy with one in front.";
            Finding::warn(CHECK, what, why, mend)
        }
        Some(Err(error)) => {
            let what = format!("the certificate under {url} is refused by clients of this machine: {error}");
            let mend = "Renew it, or give the proxy one for this name, with the whole chain.";
            Finding::fail(CHECK, what, "Browsers refuse the page.", mend)
        }
        None => {
            Finding::skip(CHECK, format!("this machine has no list of CAs to judge the certificate under {url} by"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    const NOW: WallMs = 1_790_000_000_000;

    fn certificate(names: &[&str], days_left: WallMs) -> CertificateFacts {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let not_after_ms = NOW + days_left * DAY_MS;
        CertificateFacts { names, issuer: "CN=Convene local CA".into(), not_before_ms: 0, not_after_ms }
    }

    fn wanted(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn an_expired_certificate_and_one_for_other_names_are_failures_when_they_are_served() {
        let expired = judge_served(&certificate(&["localhost"], -1), &wanted(&["localhost"]), NOW);
        assert!(expired.state == State::Fail && expired.what.contains("expired at 2026-"), "{expired:?}");
        let other = judge_served(&certificate(&["localhost"], 200), &wanted(&["localhost", "shop.example"]), NOW);
        assert!(other.state == State::Fail && other.what.contains("does not name shop.example"), "{other:?}");
        let soon = judge_served(&certificate(&["localhost"], 29), &wanted(&["localhost"]), NOW);
        assert_eq!(soon.state, State::Warn);
        assert_eq!(judge_served(&certificate(&["localhost"], 31), &wanted(&["localhost"]), NOW).state, State::Ok);
    }

    #[test]
    fn one_for_the_public_has_to_be_for_the_public_urls_host_and_not_about_to_expire() {
        let state = |names: &[&str], days| judge_public_one(&certificate(names, days), "meet.example.org", NOW).state;
        assert_eq!(state(&["*.example.org"], 15), State::Ok);
        assert_eq!(state(&["meet.example.org"], 13), State::Warn);
        assert_eq!(state(&["meet.example.org"], -1), State::Fail);
        assert_eq!(state(&["localhost"], 15), State::Fail);
    }

    #[test]
    fn a_stored_one_is_a_warning_since_the_next_start_makes_a_new_one() {
        assert_eq!(judge_stored(&certificate(&["a"], -1), &wanted(&["a"]), NOW).state, State::Warn);
        assert_eq!(judge_stored(&certificate(&["a"], 200), &wanted(&["b"]), NOW).state, State::Warn);
        assert!(
            judge_stored(&certificate(&["a"], 50), &wanted(&["a"]), NOW).what.ends_with("the next start renews it")
        );
    }

    #[test]
    fn a_ca_that_is_over_cannot_be_trusted_any_more() {
        assert_eq!(judge_ca(&certificate(&[], -1), NOW).state, State::Fail);
        assert_eq!(judge_ca(&certificate(&[], 89), NOW).state, State::Warn);
        assert_eq!(judge_ca(&certificate(&[], 91), NOW).state, State::Ok);
    }
}
