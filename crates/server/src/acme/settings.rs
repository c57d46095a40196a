//! What the operator says of certificates from a public authority, checked.

use std::path::PathBuf;

/// The directory of Let's Encrypt.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// As it stands on the command line or in the configuration file.
#[derive(Clone, Debug, Default)]
pub struct AcmeOptions {
    /// `--acme-domain`.
    pub domains: Vec<String>,
    /// `--acme-email`.
    pub email: Option<String>,
    /// `--acme-directory`.
    pub directory: Option<String>,
    /// `--acme-ca`.
    pub ca: Option<PathBuf>,
    /// `--acme-agree-terms`.
    pub agreed: bool,
}

/// From whom to get a certificate, and for which names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcmeSettings {
    /// The names, in lower case; never empty.
    pub domains: Vec<String>,
    /// Where the authority reaches the operator.
    pub email: Option<String>,
    /// The authority's directory (RFC 8555 §7.1.1).
    pub directory: String,
    /// Who signed the directory's own certificate, if it is nobody that this machine believes already.
    pub ca: Option<PathBuf>,
}

impl AcmeOptions {
    /// Checks them; `None` if no certificate is wanted.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what to do.
    pub fn check(self, public_url: Option<&str>, has_own_certificate: bool) -> Result<Option<AcmeSettings>, String> {
        if self.domains.is_empty() {
            let lonely = [
                (self.email.is_some(), "--acme-email"),
                (self.directory.is_some(), "--acme-directory"),
                (self.ca.is_some(), "--acme-ca"),
                (self.agreed, "--acme-agree-terms"),
            ];
            return match lonely.iter().find(|(given, _)| *given) {
                Some((_, option)) => {
                    Err(format!("{option} means nothing without --acme-domain. Give the name, or leave it out."))
                }
                None => Ok(None),
            };
        }
        if has_own_certificate {
            return Err("--tls-cert and --acme-domain exclude each other. Leave one of them out.".to_owned());
        }
        let domains: Vec<String> = self.domains.iter().map(|name| name.to_ascii_lowercase()).collect();
        domains.iter().try_for_each(|name| check_domain(name))?;
        if let Some(email) = &self.email
            && (!email.contains('@') || email.contains(|c: char| c.is_whitespace() || c == ','))
        {
            return Err(format!("--acme-email {email:?} is no address. Write it as admin@example.org."));
        }
        let directory = self.directory.unwrap_or_else(|| LETS_ENCRYPT.to_owned());
        if directory.strip_prefix("https://").is_none_or(str::is_empty) {
            return Err(format!("--acme-directory {directory:?} is no https URL. Write it as {LETS_ENCRYPT}."));
        }
        if !self.agreed {
            return Err(format!(
                "a certificate is given to those who agree to the terms of the authority ({directory} says under \
                 \"termsOfService\" where they stand). Read them, and give --acme-agree-terms."
            ));
        }
        if let Some(url) = public_url {
            let host = url.strip_prefix("https://").map(|authority| authority.split(':').next().unwrap_or(authority));
            if !host.is_some_and(|host| domains.iter().any(|name| name.eq_ignore_ascii_case(host))) {
                return Err(format!(
                    "the public URL {url} is not https under one of the names of --acme-domain. Give --public-url \
                     https://{}, or leave it out.",
                    domains[0]
                ));
            }
        }
        Ok(Some(AcmeSettings { domains, email: self.email, directory, ca: self.ca }))
    }
}

fn check_domain(name: &str) -> Result<(), String> {
    if name.contains('*') {
        return Err(format!(
            "--acme-domain {name:?} is a wildcard, which an authority gives only to who changes its DNS. Name each host, or give \
             a certificate as --tls-cert."
        ));
    }
    if name.parse::<std::net::IpAddr>().is_ok() {
        return Err(format!("--acme-domain {name:?} is an address. Give a name that leads to it."));
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > 253 || !name.contains('.') || !name.split('.').all(is_label) || name.ends_with(".localhost") {
        return Err(format!(
            "--acme-domain {name:?} is no public name. Write it as meet.example.org, without scheme and port; international \
             names as xn--."
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(domains: &[&str]) -> AcmeOptions {
        let domains = domains.iter().map(|name| (*name).to_owned()).collect();
        AcmeOptions { domains, agreed: true, ..AcmeOptions::default() }
    }

    #[test]
    fn lets_encrypt_is_asked_unless_another_directory_is_named_and_nobody_without_a_name() {
        let settings = options(&["Meet.example.org"]).check(Some("https://meet.example.org"), false);
        let settings = settings.unwrap().unwrap();
        assert_eq!(
            (settings.domains, settings.directory.as_str()),
            (vec!["meet.example.org".to_owned()], LETS_ENCRYPT)
        );
        assert_eq!(AcmeOptions::default().check(None, true), Ok(None));
    }

    #[test]
    fn settings_that_cannot_work_end_with_a_sentence_that_says_what_to_do() {
        let refused = |options: AcmeOptions, url, own| options.check(url, own).unwrap_err();
        for (name, words) in [
            ("*.example.org", "is a wildcard"),
            ("192.0.2.7", "is an address"),
            ("2001:db8::7", "is an address"),
            ("localhost", "is no public name"),
            ("https://meet.example.org", "is no public name"),
            ("meet.example.org:443", "is no public name"),
            ("bücher.example", "is no public name"),
            ("-a.example", "is no public name"),
            ("a..example", "is no public name"),
        ] {
            assert!(refused(options(&[name]), None, false).contains(words), "{name}");
        }
        let meet = || options(&["meet.example.org"]);
        assert!(refused(meet(), None, true).contains("--tls-cert"));
        assert!(refused(AcmeOptions { agreed: false, ..meet() }, None, false).contains("--acme-agree-terms"));
        for url in ["http://meet.example.org", "https://other.example.org"] {
            assert!(refused(meet(), Some(url), false).contains("Give --public-url https://meet.example.org"), "{url}");
        }
        let email = AcmeOptions { email: Some("admin".into()), ..meet() };
        assert!(refused(email, None, false).contains("admin@example.org"));
        let directory = AcmeOptions { directory: Some("http://ca.example.org".into()), ..meet() };
        assert!(refused(directory, None, false).contains("is no https URL"));
        let lonely = AcmeOptions { email: Some("admin@example.org".into()), ..AcmeOptions::default() };
        assert!(refused(lonely, None, false).contains("--acme-email means nothing without --acme-domain"));
    }
}
