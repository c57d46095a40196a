//! Makes peers: the cryptography, the certificate and the settings that all of them share, and their offers.

use super::Peer;
use crate::bandwidth::Bandwidth;
use crate::demux::{Address, Protocol};
use crate::egress::Egress;
use crate::egress::keys;
use convene_model::media::TrackPlan;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use str0m::change::SdpOffer;
use str0m::config::{CryptoProvider, DtlsCert};
use str0m::crypto::from_feature_flags;
use str0m::net::TcpType;
use str0m::{Candidate, Rtc, RtcConfig};

/// What all peers of this process share: the DTLS certificate and the answers' candidates.
pub(crate) struct PeerFactory {
    crypto: Arc<CryptoProvider>,
    certificate: DtlsCert,
    candidates: Vec<Address>,
    estimates_bandwidth: bool,
}

/// A parsed offer. Parsing takes up to 25 ms for large ones, so it is done before the media thread.
pub(crate) struct ParsedOffer(SdpOffer);

impl PeerFactory {
    /// Makes the process's certificate.
    pub fn new(candidates: Vec<Address>, estimates_bandwidth: bool) -> Result<PeerFactory, String> {
        let crypto = keys::listened(from_feature_flags());
        let certificate = crypto.dtls_provider.generate_certificate().ok_or("no DTLS certificate could be made")?;
        Ok(PeerFactory { crypto: Arc::new(crypto), certificate, candidates, estimates_bandwidth })
    }

    /// Makes a peer and answers its offer. The error is a sentence for a developer.
    pub fn open(&self, offer: ParsedOffer, tracks: &[TrackPlan], now: Instant) -> Result<(Peer, String), String> {
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let mut rtc = Box::new(self.configure().build(now));
            let keys = keys::slot_of_last_made().ok_or("the DTLS of this build cannot be listened to")?;
            let bandwidth = self.estimates_bandwidth.then(|| Bandwidth::new(now));
            let egress = Egress::new(keys, bandwidth, now);
            for candidate in &self.candidates {
                rtc.add_local_candidate(announced(*candidate)?);
            }
            let candidates = self.candidates.clone();
            let mut peer = Peer { rtc, tracks: vec![], sources: vec![], candidates, egress, asks_for_path: false };
            let answer = peer.accept(offer, tracks)?;
            Ok((peer, answer))
        }));
        opened.unwrap_or_else(|_| Err("a defect of the server was met while answering the offer".into()))
    }

    fn configure(&self) -> RtcConfig {
        Rtc::builder()
            .set_crypto_provider(self.crypto.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(true)
            .set_rtp_mode(true)
            .enable_raw_packets(true)
            .clear_codecs()
            .enable_opus(true, true)
            .enable_vp8(true)
            .enable_h264(true)
    }
}

impl ParsedOffer {
    pub(super) fn into_inner(self) -> SdpOffer {
        self.0
    }

    /// Parses an SDP offer. The error is a sentence for a developer.
    pub fn parse(offer: &str) -> Result<ParsedOffer, String> {
        let parsed = catch_unwind(|| SdpOffer::from_sdp_string(offer));
        let parsed = parsed.map_err(|_| "the offer is not SDP that this server can read".to_string())?;
        parsed.map(ParsedOffer).map_err(|error| format!("the offer is not valid SDP: {error}"))
    }
}

/// A candidate as answers announce it. The library gives those over TCP a lower priority (RFC 6544 §4.2).
fn announced((protocol, address): Address) -> Result<Candidate, String> {
    let candidate = match protocol {
        Protocol::Udp => Candidate::builder().udp().host(address).build(),
        Protocol::Tcp => Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build(),
    };
    candidate.map_err(|error| format!("the server's own media address {address} is not usable: {error}"))
}
