//! What the operator says of TURN servers, for networks that let media through by no other way.

use crate::config::ConfigError;
use crate::secret::Secret;
use clap::Args;
use convene_identity::Relays;
use serde::Deserialize;
use std::path::PathBuf;

/// The settings; in the configuration file they stand in the table `[turn]`, without `turn-` and with `_`.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[command(next_help_heading = "TURN servers")]
pub struct TurnSettings {
    /// A TURN server that shares a secret with this one (coturn's use-auth-secret), as turn:host:port?transport=udp or turns:host:port; may be given more than once
    #[arg(id = "turn_url", long = "turn-url", value_name = "URL")]
    pub url: Vec<String>,
    /// The file with the shared secret
    #[arg(id = "turn_secret_file", long = "turn-secret-file", value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// The shared secret itself, better in the environment, since everybody on the machine can read command lines
    #[arg(
        id = "turn_secret",
        long = "turn-secret",
        value_name = "SECRET",
        env = "CONVENE_TURN_SECRET",
        hide_env_values = true
    )]
    pub secret: Option<Secret>,
}

impl TurnSettings {
    /// `self` where it says something, `file` elsewhere.
    pub fn or(self, file: Self) -> Self {
        // A secret of the command line is not to meet a file's of the configuration.
        let has_secret = self.secret.is_some() || self.secret_file.is_some();
        let (secret, secret_file) =
            if has_secret { (self.secret, self.secret_file) } else { (file.secret, file.secret_file) };
        Self { url: if self.url.is_empty() { file.url } else { self.url }, secret, secret_file }
    }

    /// Checks everything; `None` if there are none.
    ///
    /// # Errors
    /// [`ConfigError`] for what cannot be used, or lacks another one.
    pub fn check(self) -> Result<Option<Relays>, ConfigError> {
        if let Some(wrong) = self.url.iter().find(|url| !is_turn(url)) {
            return Err(ConfigError(format!(
                "--turn-url {wrong:?} is no TURN server. Write it as turn:turn.example.org:3478?transport=udp, or turns:turn.example.org:443?transport=tcp."
            )));
        }
        let secret = Secret::given(self.secret, self.secret_file.as_deref(), "TURN secret", "turn-secret")?;
        match (self.url.is_empty(), secret.as_ref().map(|secret| secret.expose().trim())) {
            (true, None) => Ok(None),
            (true, Some(_)) => Err(ConfigError(
                "a secret for TURN servers means nothing without one. Give its URL as --turn-url.".to_owned(),
            )),
            (false, None | Some("")) => Err(ConfigError(
                "--turn-url needs the secret that it shares with the TURN server (coturn's static-auth-secret): give a file as --turn-secret-file, or CONVENE_TURN_SECRET.".to_owned(),
            )),
            (false, Some(secret)) => Ok(Some(Relays::new(self.url, secret))),
        }
    }
}

/// Whether it is a URI of RFC 7065 §3.1: `turn:` or `turns:`, a host, and perhaps a port and a transport.
fn is_turn(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("turn:").or_else(|| url.strip_prefix("turns:")) else { return false };
    let (place, transport) =
        rest.split_once("?transport=").map_or((rest, "udp"), |(place, transport)| (place, transport));
    let (host, port) = match place.rsplit_once(':').filter(|_| !place.ends_with(']')) {
        Some((host, port)) => (host, port.parse::<u16>().is_ok_and(|port| port > 0)),
        None => (place, true),
    };
    let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-_[]:".contains(c));
    is_host && port && ["udp", "tcp"].contains(&transport)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &[&str], secret: Option<&str>) -> TurnSettings {
        let secret = secret.map(|secret| Secret::from(secret.to_owned()));
        TurnSettings { url: url.iter().map(|url| (*url).to_owned()).collect(), secret, secret_file: None }
    }

    #[test]
    fn servers_and_their_secret_belong_together() {
        assert!(settings(&[], None).check().expect("nothing to check").is_none());
        let relays =
            settings(&["turn:turn.example.org:3478?transport=udp", "turns:[2001:db8::1]:443"], Some(" secret\n"));
        assert_eq!(relays.check().expect("good").map(|relays| relays.urls().len()), Some(2));
        assert!(settings(&["turn:a"], None).check().is_err_and(|error| error.0.contains("needs the secret")));
        assert!(settings(&["turn:a"], Some(" ")).check().is_err_and(|error| error.0.contains("needs the secret")));
        assert!(settings(&[], Some("x")).check().is_err_and(|error| error.0.contains("--turn-url")));
        let both = TurnSettings { secret_file: Some("x".into()), ..settings(&["turn:a"], Some("x")) };
        assert!(both.check().is_err_and(|error| error.0.contains("two TURN secrets")));
        let missing = TurnSettings { secret_file: Some("no such file".into()), ..settings(&["turn:a"], None) };
        assert!(missing.check().is_err_and(|error| error.0.contains("no such file")));
    }

    #[test]
    fn what_is_no_turn_server_is_refused() {
        for wrong in
            ["stun:a", "a:3478", "turn:", "turn:a:x", "turn:a:0", "turn:a?transport=sctp", "turn://a", "turn:a b"]
        {
            let error = settings(&[wrong], Some("x")).check().map(|_| ()).expect_err(wrong);
            assert!(error.0.contains("no TURN server"), "{wrong}: {}", error.0);
        }
    }

    #[test]
    fn the_command_line_comes_before_the_file() {
        let file = settings(&["turn:b"], Some("of the file"));
        let relays = settings(&["turn:a"], None).or(file).check().expect("good").expect("some");
        assert_eq!(relays.urls(), ["turn:a"]);
        let own = TurnSettings { secret_file: Some("f".into()), ..TurnSettings::default() };
        assert!(own.or(settings(&["turn:b"], Some("x"))).secret.is_none());
    }
}
