//! Checks an offer's plan against the offer itself, before anything is changed by it.

use crate::layers::LAYERS_MAX;
use convene_model::media::{TrackPlan, TrackUse};

/// M-lines in one offer. Each costs time to negotiate (about 25 ms for 25 of them) and memory for its buffers; the
/// largest page shows 49 videos beside the fixed tracks.
pub const TRACKS_MAX: usize = 64;
/// Bytes of one offer. Chromium's offer with every codec and 25 m-lines is about 107 kB.
pub const OFFER_MAX: usize = 512 * 1024;

/// Characters of a layer's name. More do not fit what the library keeps of them.
const RID_MAX: usize = 8;

/// One media section of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section<'a> {
    kind: &'a str,
    mid: Option<&'a str>,
    client_sends: bool,
    client_receives: bool,
    /// The ids of `a=rid` lines, in their order.
    rids: Vec<&'a str>,
    /// What stands after `a=simulcast:`.
    simulcast: Option<&'a str>,
}

/// Whether every m-line has one use that fits it. The error is a sentence for a developer.
pub fn check(offer: &str, tracks: &[TrackPlan]) -> Result<(), String> {
    if offer.len() > OFFER_MAX {
        return Err(format!("the offer has {} bytes; at most {OFFER_MAX} are taken", offer.len()));
    }
    if tracks.len() > TRACKS_MAX {
        return Err(format!("the offer has {} tracks; at most {TRACKS_MAX} are taken", tracks.len()));
    }
    let sections = sections(offer);
    if sections.is_empty() {
        return Err("the offer has no m-lines".into());
    }
    if let Some(other) = sections.iter().find(|section| section.kind != "audio" && section.kind != "video") {
        return Err(format!("the offer has an m-line for {:?}; only audio and video are taken", other.kind));
    }
    for section in &sections {
        check_layers(section, tracks)?;
    }
    for (index, track) in tracks.iter().enumerate() {
        if tracks[..index].iter().any(|other| other.mid == track.mid) {
            return Err(format!("the mid {:?} is in the track list twice", track.mid));
        }
        let is_sent = !is_slot(track.track_use);
        if is_sent && tracks[..index].iter().any(|other| other.track_use == track.track_use) {
            return Err(format!("two tracks are for {:?}; send one of each kind", track.track_use));
        }
        let Some(section) = sections.iter().find(|section| section.mid == Some(track.mid.as_str())) else {
            return Err(format!("the track list names the mid {:?}, but the offer has no such m-line", track.mid));
        };
        if section.kind != kind_of(track.track_use) {
            return Err(format!(
                "the m-line {:?} is {}, but {:?} needs {}",
                track.mid,
                section.kind,
                track.track_use,
                kind_of(track.track_use)
            ));
        }
        let wrong_way = if is_sent { section.client_receives } else { section.client_sends };
        if wrong_way {
            let wanted = if is_sent { "sendonly" } else { "recvonly" };
            return Err(format!("the m-line {:?} is for {:?} and must be {wanted}", track.mid, track.track_use));
        }
    }
    Ok(())
}

/// Whether the layers of one m-line are a few that are sent, and of a camera.
fn check_layers(section: &Section, tracks: &[TrackPlan]) -> Result<(), String> {
    let Section { mid, rids, simulcast, .. } = section;
    if rids.is_empty() && simulcast.is_none() {
        return Ok(());
    }
    let mid = mid.unwrap_or_default();
    if !tracks.iter().any(|track| track.mid == mid && track.track_use == TrackUse::Camera) {
        return Err(format!("the m-line {mid:?} has layers (a=rid, a=simulcast); only a camera may have them"));
    }
    if rids.len() > LAYERS_MAX {
        return Err(format!("the m-line {mid:?} has {} layers; at most {LAYERS_MAX} are taken", rids.len()));
    }
    for (index, rid) in rids.iter().enumerate() {
        if rid.is_empty() || rid.len() > RID_MAX || !rid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(format!("the layer {rid:?} has no name that is taken: use 1 to {RID_MAX} letters and digits"));
        }
        if rids[..index].contains(rid) {
            return Err(format!("the layer {rid:?} is in the m-line {mid:?} twice"));
        }
    }
    let sent = simulcast.map(|simulcast| simulcast.strip_prefix("send "));
    let named =
        sent.map(|sent| sent.map(|sent| sent.split(';').map(|rid| rid.trim_start_matches('~')).collect::<Vec<_>>()));
    match named {
        None => Ok(()),
        Some(Some(named)) if named.len() == rids.len() && named.iter().all(|rid| rids.contains(rid)) => Ok(()),
        Some(_) => Err(format!(
            "a=simulcast of the m-line {mid:?} must be \"send\" with each of its a=rid lines once, between semicolons"
        )),
    }
}

/// Whether a track is received by the client.
pub fn is_slot(track_use: TrackUse) -> bool {
    match track_use {
        TrackUse::Microphone | TrackUse::Camera | TrackUse::Screen => false,
        TrackUse::AudioSlot | TrackUse::VideoSlot | TrackUse::ScreenSlot => true,
    }
}

fn kind_of(track_use: TrackUse) -> &'static str {
    match track_use {
        TrackUse::Microphone | TrackUse::AudioSlot => "audio",
        TrackUse::Camera | TrackUse::Screen | TrackUse::VideoSlot | TrackUse::ScreenSlot => "video",
    }
}

fn sections(offer: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section> = vec![];
    for line in offer.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            let kind = media.split(' ').next().unwrap_or_default();
            sections.push(Section {
                kind,
                mid: None,
                client_sends: true,
                client_receives: true,
                rids: vec![],
                simulcast: None,
            });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if let Some(mid) = line.strip_prefix("a=mid:") {
            section.mid = Some(mid.trim_end());
        }
        section.rids.extend(line.strip_prefix("a=rid:").and_then(|rid| rid.split_whitespace().next()));
        section.simulcast = line.strip_prefix("a=simulcast:").map(str::trim_end).or(section.simulcast);
        match line.trim_end() {
            "a=sendonly" => section.client_receives = false,
            "a=recvonly" => section.client_sends = false,
            "a=inactive" => (section.client_sends, section.client_receives) = (false, false),
            _ => {}
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=recvonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\n";

    fn track(mid: &str, track_use: TrackUse) -> TrackPlan {
        TrackPlan { mid: mid.into(), track_use }
    }

    fn refusal(tracks: &[TrackPlan]) -> String {
        check(OFFER, tracks).unwrap_err()
    }

    #[test]
    fn a_plan_that_fits_its_offer_is_taken() {
        check(OFFER, &[track("0", TrackUse::Microphone), track("1", TrackUse::VideoSlot)]).unwrap();
        check(OFFER, &[]).unwrap();
    }

    #[test]
    fn a_plan_that_does_not_fit_is_refused_with_the_reason() {
        assert!(refusal(&[track("7", TrackUse::Camera)]).contains("no such m-line"));
        assert!(refusal(&[track("0", TrackUse::VideoSlot)]).contains("is audio"));
        assert!(refusal(&[track("1", TrackUse::Camera)]).contains("sendonly"));
        assert!(refusal(&[track("2", TrackUse::VideoSlot)]).contains("recvonly"));
        assert!(refusal(&[track("1", TrackUse::VideoSlot), track("1", TrackUse::VideoSlot)]).contains("twice"));
        let many: Vec<TrackPlan> = (0..65).map(|i| track(&i.to_string(), TrackUse::VideoSlot)).collect();
        assert!(refusal(&many).contains("at most 64"));
        assert!(check("v=0\r\n", &[]).unwrap_err().contains("no m-lines"));
    }

    #[test]
    fn data_channels_are_refused_before_anything_happens() {
        let data = format!("{OFFER}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:3\r\n");
        assert!(check(&data, &[]).unwrap_err().contains("only audio and video"));
    }

    fn layered(lines: &str, track_use: TrackUse) -> Result<(), String> {
        let offer = format!("{OFFER}a=sendonly\r\n{lines}");
        check(&offer, &[track("2", track_use)])
    }

    #[test]
    fn a_camera_may_have_a_few_layers() {
        let three = "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n";
        layered(three, TrackUse::Camera).unwrap();
        layered("a=rid:q send\r\na=rid:f send\r\na=simulcast:send q;~f\r\n", TrackUse::Camera).unwrap();
        layered("a=rid:f send\r\n", TrackUse::Camera).unwrap();
        assert!(layered(three, TrackUse::Screen).unwrap_err().contains("only a camera"));
        assert!(check(&format!("{OFFER}{three}"), &[]).unwrap_err().contains("only a camera"));
    }

    #[test]
    fn layers_that_are_too_many_or_not_what_they_say_are_refused() {
        let refusal = |lines: &str| layered(lines, TrackUse::Camera).unwrap_err();
        let rids = |names: &[&str]| names.iter().map(|name| format!("a=rid:{name} send\r\n")).collect::<String>();
        assert!(refusal(&rids(&["a", "b", "c", "d"])).contains("at most 3"));
        assert!(refusal(&rids(&["a", "a"])).contains("twice"));
        assert!(refusal(&rids(&["123456789"])).contains("1 to 8 letters"));
        assert!(refusal(&rids(&["a-b"])).contains("1 to 8 letters"));
        for simulcast in ["send a;b", "send a", "send a,b", "recv a;c", "send a;c recv b", "send a;c;c", ""] {
            let reason = refusal(&format!("{}a=simulcast:{simulcast}\r\n", rids(&["a", "c"])));
            assert!(reason.contains("each of its a=rid lines once"), "{simulcast}: {reason}");
        }
    }

    #[test]
    fn one_camera_is_enough() {
        let offer = format!("{OFFER}a=sendonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:3\r\na=sendonly\r\n");
        let reason = check(&offer, &[track("2", TrackUse::Camera), track("3", TrackUse::Camera)]).unwrap_err();
        assert!(reason.contains("one of each kind"), "{reason}");
    }
}
