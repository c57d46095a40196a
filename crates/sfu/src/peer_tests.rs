//! Tests of [`Peer`]'s own parts.

use super::*;

#[test]
fn a_panic_inside_the_library_is_this_peers_defect_alone() {
    let result: Result<(), LostReason> = guarded(|| panic!("a defect, on purpose"));
    assert_eq!(result, Err(LostReason::Defect));
    let result: Result<(), LostReason> = guarded(|| Err(RtcError::RemoteSdp("fingerprint".into())));
    assert_eq!(result, Err(LostReason::Dtls));
    assert_eq!(guarded(|| Ok(7)), Ok(7));
}

#[test]
fn h264_goes_to_the_same_packetization_and_best_to_the_same_profile() {
    let h264 = |packetization_mode, profile| Codec::H264 { packetization_mode, profile };
    let types = |media| PayloadTypes { media, resend: None, redundant: None };
    let codecs = vec![(h264(0, 0x42), types(125)), (h264(1, 0x42), types(127)), (h264(1, 0x64), types(114))];
    let slot = Outgoing { ssrc: 1.into(), codecs, stream: 0 };
    assert_eq!(slot.payload_types(h264(1, 0x64)), Some(types(114)));
    assert_eq!(slot.payload_types(h264(1, 0x4d)), Some(types(127)));
    assert_eq!(slot.payload_types(h264(0, 0x64)), Some(types(125)));
    assert_eq!(slot.payload_types(Codec::Vp8), None);
}
