//! Whose certificates this machine believes.

use std::path::PathBuf;

/// Where systems keep the roots that their programs believe.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The file with the roots that programs on this machine believe; browsers' own are nearly the same.
pub fn system_roots() -> Option<PathBuf> {
    let chosen = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    chosen.into_iter().chain(SYSTEM_ROOTS.map(PathBuf::from)).find(|path| path.exists())
}
