//! What is looked at: a data folder with its settings, and the server that runs on it, if one does.

use crate::admin::AdminCommand;
use crate::app::Facts;
use crate::config::Config;
use crate::control;
use crate::data::control_socket;
use crate::serve::default_public_url;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What the checks look at.
pub struct Subject {
    /// The data folder; it need not be there.
    pub data: PathBuf,
    /// The settings: those of the running server, otherwise those that `convene serve` would take.
    pub config: Config,
    /// The URL in links and tokens.
    pub public_url: String,
    /// Whether somebody chose it.
    pub is_public_url_given: bool,
    /// The running server.
    pub running: Option<Facts>,
    /// Why the server on `control.sock` told nothing of itself, in a sentence.
    pub silent: Option<String>,
}

impl Subject {
    /// Asks the server that runs on the folder of `config`, if one does.
    pub async fn of(config: Config) -> Subject {
        let data = config.data.canonicalize().unwrap_or_else(|_| config.data.clone());
        let asked = control::ask(&control_socket(&data), &AdminCommand::Describe {}).await;
        let (running, silent) = match asked {
            None => (None, None),
            Some(Err(why)) => (None, Some(why)),
            Some(Ok(value)) => match serde_json::from_value::<Facts>(value) {
                Ok(facts) => (Some(facts), None),
                Err(error) => (None, Some(format!("its answer cannot be read: {error}"))),
            },
        };
        let config = match &running {
            Some(facts) => Config {
                listen: facts.listen,
                media_listen: facts.media_listen,
                public_url: Some(facts.public_url.clone()),
                public_addresses: facts.public_addresses.clone(),
                dev: facts.dev,
                ..config
            },
            None => config,
        };
        let default = default_public_url(config.listen);
        let public_url = config.public_url.clone().unwrap_or_else(|| default.clone());
        let is_public_url_given = match &running {
            Some(facts) => facts.public_url != default,
            None => config.public_url.is_some(),
        };
        Subject { data, config, public_url, is_public_url_given, running, silent }
    }

    /// A sentence that names it.
    pub fn title(&self) -> String {
        let data = self.data.display();
        match (&self.running, &self.silent) {
            (Some(facts), _) => format!("A server runs on {data}: {}", facts.public_url),
            (None, Some(_)) => format!("Something answers on {data}, but tells nothing of itself."),
            (None, None) => format!("No server runs on {data}; this is what `convene serve` would meet."),
        }
    }

    /// Where the running server answers HTTP on this machine.
    pub fn http_address(&self) -> SocketAddr {
        reachable(self.config.listen)
    }
}

/// The address under which a socket on `listen` is reached from this machine.
pub fn reachable(listen: SocketAddr) -> SocketAddr {
    let loopback = if listen.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() };
    SocketAddr::new(if listen.ip().is_unspecified() { loopback } else { listen.ip() }, listen.port())
}

/// The host of a URL and its port; the scheme's own port if it names none.
pub fn host_and_port(url: &str) -> (String, u16) {
    let (scheme, authority) = url.split_once("://").unwrap_or(("http", url));
    let default = if scheme == "https" { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !port.ends_with(']') => (host, port.parse().unwrap_or(default)),
        _ => (authority, default),
    };
    (host.trim_start_matches('[').trim_end_matches(']').to_owned(), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_of_every_form_of_url() {
        for (url, host, port) in [
            ("https://meet.example.org", "meet.example.org", 443),
            ("http://meet.example.org", "meet.example.org", 80),
            ("http://localhost:8080", "localhost", 8080),
            ("http://[::1]:8080", "::1", 8080),
            ("https://[2001:db8::1]", "2001:db8::1", 443),
        ] {
            assert_eq!(host_and_port(url), (host.to_owned(), port), "{url}");
        }
    }
}
