//! What a connection may take of the server before anybody knows who it is, and how often the server looks after itself.

use std::time::Duration;

/// The bounds of connections, and of what is done again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How long a connection may take until its first byte and, if it is TLS, its handshake have come. Larger: silent
    /// connections cost more memory. Smaller: slow networks are cut off.
    pub open_within: Duration,
    /// How long the headers of a request may take, from the connection's beginning or the end of the answer before: so also
    /// how long a connection may be idle. Larger: slow and silent clients hold connections. Smaller: clients connect anew more often.
    pub head_within: Duration,
    /// Bytes of a request's first line and headers. Larger: hostile clients cost memory. Smaller: long cookies and tokens do not fit.
    pub head_max: usize,
    /// Open connections of one address, or one /64 of IPv6. Larger: one client takes more of the server. Smaller: an office
    /// behind one address cannot come to a meeting together.
    pub connections_per_address: u32,
    /// How often it is looked whether the files of a certificate have changed. Larger: a new certificate is served later. Smaller:
    /// nothing is gained.
    pub look_every: Duration,
    /// How often it is looked whether the local CA's certificate is about to expire. Larger: it is renewed later. Smaller: nothing is
    /// gained.
    pub renew_every: Duration,
    /// How often what is over is deleted, and its people are told. Larger: it is told later. Smaller: nothing is gained, since what is
    /// over answers as if it were gone.
    pub sweep_every: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            open_within: Duration::from_secs(10),
            head_within: Duration::from_secs(30),
            head_max: 32 * 1024,
            connections_per_address: 1000,
            look_every: Duration::from_secs(10),
            renew_every: Duration::from_secs(60 * 60),
            sweep_every: Duration::from_secs(60 * 60),
        }
    }
}
