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
    let codecs = vec![(h264(0, 0x42), 125.into()), (h264(1, 0x42), 127.into()), (h264(1, 0x64), 114.into())];
    let slot = Outgoing { ssrc: 1.into(), codecs };
    assert_eq!(slot.payload_type(h264(1, 0x64)), Some(114.into()));
    assert_eq!(slot.payload_type(h264(1, 0x4d)), Some(127.into()));
    assert_eq!(slot.payload_type(h264(0, 0x64)), Some(125.into()));
    assert_eq!(slot.payload_type(Codec::Vp8), None);
}
