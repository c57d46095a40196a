//! Whether the server ever protects two packets in the same way.

use std::collections::BTreeSet;
use std::net::SocketAddr;

/// What the server protected: for whom, and under which SSRC and index. With GCM no two packets under one key may share these (RFC 7714 §9.1).
#[derive(Default)]
pub struct Nonces(BTreeSet<(SocketAddr, u32, u32)>);

impl Nonces {
    /// Notes a datagram to a client, whose key that of `client` is. Panics if such a one was there before.
    pub fn note(&mut self, client: SocketAddr, bytes: &[u8]) {
        if let Some((ssrc, index)) = nonce(bytes) {
            assert!(self.0.insert((client, ssrc, index)), "SSRC {ssrc} and index {index} were used before");
        }
    }
}

/// The SSRC and the index of a protected packet: its sequence number, or what follows the tag of a report (RFC 7714 §9.2). None of the tests
/// sends so much that sequence numbers begin again.
fn nonce(bytes: &[u8]) -> Option<(u32, u32)> {
    let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    match bytes.first()? >> 6 {
        2 if (64..96).contains(&(bytes[1] & 0x7f)) => Some((word(4)?, word(bytes.len() - 4)?)),
        2 => Some((word(8)?, word(0)? & 0xffff)),
        _ => None,
    }
}
