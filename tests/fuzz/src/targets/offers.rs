//! SDP offers: each is answered or refused, once, and leaves no peer behind.

use crate::support::{SERVER, all};
use convene_model::media::{MediaCommand, MediaEvent, TrackPlan, TrackUse};
use convene_model::{CallId, PeerId};
use convene_sfu::{Output, Sfu, SfuConfig};
use std::time::Instant;

pub const WORDS: &[&[u8]] = &[
    b"\r\n",
    b"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
    b"m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n",
    b"m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
    b"a=mid:0\r\n",
    b"a=sendonly\r\n",
    b"a=recvonly\r\n",
    b"a=rtpmap:96 VP8/90000\r\n",
    b"a=simulcast:send 1;2\r\n",
    b"a=ssrc-group:FID 1 2\r\n",
    b"a=candidate:1 1 udp 2 192.0.2.9 9 typ host\r\n",
    b"a=extmap:15 urn:x\r\n",
    b"a=setup:active\r\n",
    b"4294967296",
];

pub fn run(data: &[u8]) {
    let now = Instant::now();
    let server = SERVER.parse().expect("an address");
    let config = SfuConfig { candidates: vec![server], tcp_candidates: vec![server], estimates_bandwidth: true };
    let mut sfu = Sfu::new(config, now).expect("an sfu");
    let offer = String::from_utf8_lossy(data).into_owned();
    let tracks = vec![
        TrackPlan { mid: "0".into(), track_use: TrackUse::Microphone },
        TrackPlan { mid: "1".into(), track_use: TrackUse::Camera },
    ];
    let peer = PeerId(1);
    let (call, may_send) = (CallId("call".into()), all());
    sfu.handle_command(MediaCommand::Open { peer, call, negotiation: 5, offer, tracks, may_send }, now);
    let mut answers = 0;
    loop {
        match sfu.poll_output() {
            Output::Timeout(_) => break,
            Output::Event(MediaEvent::Answered { negotiation: 5, .. }) => {
                assert!(sfu.has_peer(peer));
                answers += 1;
            }
            Output::Event(MediaEvent::OfferRefused { negotiation: 5, reason, .. }) => {
                assert!(!sfu.has_peer(peer) && !reason.is_empty());
                answers += 1;
            }
            Output::Event(MediaEvent::SlotsChanged { .. }) | Output::Transmit(_) | Output::Heard(_) => {}
            Output::Event(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(answers, 1);
    sfu.handle_command(MediaCommand::Close { peer }, now);
    assert!(!sfu.has_peer(peer));
}
