//! Whose pages may show a meeting in a frame: the origins of `--embed-origins`, checked, and how `/embed` says them to browsers. No
//! other page may stand in a frame at all (`http/assets.rs`).

use crate::config::ConfigError;
use crate::hosts::is_loopback_host;

/// Larger: the header of each answer grows with it. Smaller: no operator has named nearly as many apps.
const ORIGINS_MAX: usize = 50;

/// The origins whose pages may frame `/embed`, beside the server's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmbedOrigins(Vec<String>);

impl EmbedOrigins {
    /// Reads them.
    ///
    /// # Errors
    /// [`ConfigError`] for the first that is no origin, or that browsers would give no camera to.
    pub fn check(texts: &[String]) -> Result<Self, ConfigError> {
        if texts.len() > ORIGINS_MAX {
            return Err(ConfigError(format!(
                "--embed-origins has {} origins, and {ORIGINS_MAX} are the most. Name those alone that embed meetings.",
                texts.len()
            )));
        }
        texts.iter().map(|text| origin(text)).collect::<Result<_, _>>().map(Self)
    }

    /// The directive of a Content-Security-Policy that lets these frame a page, and the server's own pages.
    pub fn frame_ancestors(&self) -> String {
        self.0.iter().fold("frame-ancestors 'self'".to_owned(), |policy, origin| format!("{policy} {origin}"))
    }
}

/// One origin, as browsers write it. Wildcards, paths, and whatever would end the directive are no part of it.
fn origin(text: &str) -> Result<String, ConfigError> {
    let wrong = |why: &str| {
        Err(ConfigError(format!("--embed-origins {text:?} {why}. Write it as https://app.example.org, with no path.")))
    };
    let lower = text.trim_end_matches('/').to_ascii_lowercase();
    let Some((scheme @ ("http" | "https"), host)) = lower.split_once("://") else {
        return wrong("is no origin");
    };
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if !is_name || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return wrong("is no origin that a browser could be told");
    }
    if scheme == "http" && !is_loopback_host(name) {
        return wrong("is not https, and browsers give no camera or microphone to its pages");
    }
    Ok(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str]) -> Result<String, String> {
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        EmbedOrigins::check(&texts).map(|origins| origins.frame_ancestors()).map_err(|error| error.0)
    }

    #[test]
    fn without_the_setting_the_servers_own_pages_alone_may_frame_a_meeting() {
        assert_eq!(check(&[]).unwrap(), "frame-ancestors 'self'");
    }

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        assert_eq!(
            check(&["https://App.Example.org/", "https://app.example.org:8443", "http://localhost:3000"]).unwrap(),
            "frame-ancestors 'self' https://app.example.org https://app.example.org:8443 http://localhost:3000"
        );
    }

    #[test]
    fn what_is_no_origin_and_what_would_allow_more_than_it_says_is_refused() {
        for text in [
            "*",
            "https:",
            "https://*",
            "https://*.example.org",
            "app.example.org",
            "https://app.example.org/page",
            "https://a.example;script-src *",
            "https://a.example 'unsafe-inline'",
            "https://a.example,https://b.example",
            "https://user@a.example",
            "https://a.example:",
            "https://a.example:99999",
            "https://bücher.example",
            "javascript://a.example",
            "null",
            "",
        ] {
            let error = check(&[text]).unwrap_err();
            assert!(error.contains("Write it as https://app.example.org"), "{text}: {error}");
        }
        assert!(check(&["http://app.example.org"]).unwrap_err().contains("is not https"));
        let many = ["https://a.example"; ORIGINS_MAX + 1];
        assert!(check(&many).unwrap_err().contains("50 are the most"));
    }
}
