//! What an agent hears: everybody in one stream, or the loudest each alone.

use crate::jitter::{SILENT_DBOV, Speaker, is_loud};
use crate::{level_of, samples_of_a_frame};
use convene_model::PeerId;
use convene_model::audio::{AudioChannels, AudioPacket, PcmRate};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Speakers that are decoded at a time. More: a large meeting costs more. Fewer: of many who talk at once some are not heard.
const SPEAKERS_MAX: usize = 12;
/// Of those, how many an agent hears each alone; as many as in ACS.
const UNMIXED_MAX: usize = 4;
/// Who says nothing for this long is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(5);
/// Who says nothing for this long makes place for somebody else.
const YIELD_AFTER: Duration = Duration::from_millis(500);

/// A frame of sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Who says it; nobody, where all are mixed.
    pub speaker: Option<PeerId>,
    /// The samples.
    pub pcm: Vec<i16>,
    /// Whether there is nothing to be heard in it.
    pub silent: bool,
}

/// What an agent hears.
pub struct Listener {
    rate: PcmRate,
    channels: AudioChannels,
    speakers: BTreeMap<PeerId, Speaker>,
}

impl Listener {
    /// Hears nobody yet.
    pub fn new(rate: PcmRate, channels: AudioChannels) -> Self {
        Self { rate, channels, speakers: BTreeMap::new() }
    }

    /// Somebody says something.
    pub fn hear(&mut self, speaker: PeerId, packet: &AudioPacket, now: Instant) {
        if !self.speakers.contains_key(&speaker) {
            // Whoever is silent, as those are who only listen with an open microphone, keeps nobody's place.
            if self.speakers.len() >= SPEAKERS_MAX && !(is_loud(packet) && self.make_place(now)) {
                return;
            }
            self.speakers.insert(speaker, Speaker::new(self.rate, now));
        }
        if let Some(known) = self.speakers.get_mut(&speaker) {
            known.hear(packet, now);
        }
    }

    fn make_place(&mut self, now: Instant) -> bool {
        let quiet = self.speakers.iter().filter(|(_, speaker)| speaker.loud_at() + YIELD_AFTER <= now);
        let Some(longest) = quiet.min_by_key(|(_, speaker)| speaker.loud_at()).map(|(peer, _)| *peer) else {
            return false;
        };
        self.speakers.remove(&longest).is_some()
    }

    /// What is heard in these 20 ms: one frame, or one for each of the loudest who speak.
    pub fn tick(&mut self, now: Instant) -> Vec<Frame> {
        self.speakers.retain(|_, speaker| speaker.heard_at() + FORGET_AFTER > now);
        let mut broken = Vec::new();
        let each = self.speakers.iter_mut().filter_map(|(peer, speaker)| {
            // A packet that the decoder cannot bear costs its speaker, and nobody else.
            let taken = catch_unwind(AssertUnwindSafe(|| speaker.take_frame(now)));
            let frame = taken.unwrap_or_else(|_| {
                broken.push(*peer);
                None
            });
            Some((*peer, frame?))
        });
        let frames = match self.channels {
            AudioChannels::Mixed => {
                let pcm = mix(samples_of_a_frame(self.rate), each.map(|(_, pcm)| pcm));
                vec![Frame { speaker: None, silent: level_of(&pcm) <= SILENT_DBOV, pcm }]
            }
            AudioChannels::Unmixed => {
                let mut frames: Vec<(i8, Frame)> = each
                    .map(|(peer, pcm)| {
                        let level = level_of(&pcm);
                        (level, Frame { speaker: Some(peer), pcm, silent: level <= SILENT_DBOV })
                    })
                    .collect();
                frames.sort_by_key(|(level, _)| -i16::from(*level));
                frames.truncate(UNMIXED_MAX);
                frames.into_iter().map(|(_, frame)| frame).collect()
            }
        };
        for peer in broken {
            self.speakers.remove(&peer);
        }
        frames
    }
}

/// The sum of sounds; what is too loud is cut off.
fn mix(samples: usize, sounds: impl Iterator<Item = Vec<i16>>) -> Vec<i16> {
    let mut sum = vec![0_i32; samples];
    for sound in sounds {
        for (sum, sample) in sum.iter_mut().zip(sound) {
            *sum += i32::from(sample);
        }
    }
    sum.into_iter().map(|sample| sample.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16).collect()
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "any moment to count from will do")]
mod tests {
    use super::*;
    use crate::tone::{share, tone};
    use crate::{FRAME, Talker};

    const ANN: PeerId = PeerId(1);
    const BEN: PeerId = PeerId(2);
    const HZ: usize = 16_000;

    /// The packets of a tone.
    fn packets(hz: f64, count: usize) -> Vec<AudioPacket> {
        let mut talker = Talker::new(PcmRate::Hz16000);
        talker.say(&tone(hz, HZ, count * 320)).expect("room");
        std::iter::from_fn(|| talker.tick()).collect()
    }

    /// Plays packets that come every 20 ms, those that `lost` names excepted; gives all samples of each stream.
    fn play(
        listener: &mut Listener,
        said: &[(PeerId, Vec<AudioPacket>)],
        lost: impl Fn(usize) -> bool,
    ) -> BTreeMap<Option<PeerId>, Vec<i16>> {
        let start = Instant::now();
        let mut heard: BTreeMap<_, Vec<i16>> = BTreeMap::new();
        for index in 0..said[0].1.len() + 10 {
            let now = start + FRAME * index as u32;
            for (peer, packets) in said {
                if let Some(packet) = packets.get(index).filter(|_| !lost(index)) {
                    listener.hear(*peer, packet, now);
                }
            }
            for frame in listener.tick(now) {
                heard.entry(frame.speaker).or_default().extend(frame.pcm);
            }
        }
        heard
    }

    #[test]
    fn two_people_are_heard_in_one_stream_or_each_alone() {
        let said = [(ANN, packets(440.0, 50)), (BEN, packets(1_000.0, 50))];
        let mut mixed = Listener::new(PcmRate::Hz16000, AudioChannels::Mixed);
        let heard = play(&mut mixed, &said, |_| false);
        let all = &heard[&None][HZ / 4..HZ];
        assert!(share(all, 440.0, HZ) > 0.4 && share(all, 1_000.0, HZ) > 0.4);
        let mut unmixed = Listener::new(PcmRate::Hz16000, AudioChannels::Unmixed);
        let heard = play(&mut unmixed, &said, |_| false);
        assert_eq!(heard.len(), 2);
        assert!(share(&heard[&Some(ANN)][HZ / 4..], 440.0, HZ) > 0.9);
        assert!(share(&heard[&Some(BEN)][HZ / 4..], 1_000.0, HZ) > 0.9);
        assert_eq!(heard[&Some(ANN)].len(), HZ, "as long as was said");
    }

    #[test]
    fn lost_packets_are_bridged_and_those_out_of_order_are_put_in_order() {
        let mut said = packets(440.0, 50);
        for pair in said.chunks_exact_mut(2).step_by(3) {
            pair.swap(0, 1);
        }
        let mut listener = Listener::new(PcmRate::Hz16000, AudioChannels::Unmixed);
        let heard = play(&mut listener, &[(ANN, said)], |index| index % 10 == 9);
        let heard = &heard[&Some(ANN)];
        assert!(heard.len() >= HZ - 2 * 320, "{}", heard.len());
        assert!(share(&heard[HZ / 4..HZ * 3 / 4], 440.0, HZ) > 0.7);
    }

    #[test]
    fn nobody_is_silence_in_one_stream_and_nothing_in_many() {
        let mut mixed = Listener::new(PcmRate::Hz16000, AudioChannels::Mixed);
        assert_eq!(mixed.tick(Instant::now()), [Frame { speaker: None, pcm: vec![0; 320], silent: true }]);
        let mut unmixed = Listener::new(PcmRate::Hz24000, AudioChannels::Unmixed);
        assert_eq!(unmixed.tick(Instant::now()), []);
    }

    #[test]
    fn of_many_the_loudest_four_are_heard_and_no_more_than_a_few_are_kept() {
        let start = Instant::now();
        let mut listener = Listener::new(PcmRate::Hz16000, AudioChannels::Unmixed);
        let packet = packets(440.0, 1).remove(0);
        for number in 0..40 {
            listener.hear(PeerId(number), &packet, start);
        }
        assert_eq!(listener.speakers.len(), SPEAKERS_MAX);
        assert_eq!(listener.tick(start + Duration::from_millis(60)).len(), UNMIXED_MAX);
        listener.hear(PeerId(77), &packet, start + YIELD_AFTER);
        assert!(listener.speakers.contains_key(&PeerId(77)));
        listener.tick(start + FORGET_AFTER + YIELD_AFTER);
        assert_eq!(listener.speakers.len(), 0);
    }

    #[test]
    fn a_stream_that_begins_anew_is_heard_and_a_flood_is_not_kept() {
        let start = Instant::now();
        let mut listener = Listener::new(PcmRate::Hz16000, AudioChannels::Unmixed);
        let said = packets(440.0, 50);
        for round in 0..100_u64 {
            for packet in &said {
                let sequence = packet.sequence + round * 50;
                listener.hear(ANN, &AudioPacket { sequence, ..packet.clone() }, start);
            }
        }
        listener.hear(ANN, &said[0], start);
        let mut frames = 0;
        for index in 0..200_u32 {
            frames += listener.tick(start + Duration::from_millis(60) + FRAME * index).len();
        }
        assert!((1..=2).contains(&frames), "{frames}");
    }

    #[test]
    fn those_who_send_silence_keep_no_place_from_somebody_who_speaks() {
        let start = Instant::now();
        let mut listener = Listener::new(PcmRate::Hz16000, AudioChannels::Unmixed);
        let voice = packets(440.0, 1).remove(0);
        let silence = |sequence| AudioPacket { sequence, level: Some(-90), ..voice.clone() };
        for sequence in 0..50 {
            for number in 0..SPEAKERS_MAX as u64 {
                listener.hear(PeerId(number), &silence(sequence), start + FRAME * sequence as u32);
            }
        }
        listener.hear(PeerId(76), &silence(0), start + FRAME * 50);
        assert!(!listener.speakers.contains_key(&PeerId(76)));
        listener.hear(PeerId(77), &voice, start + FRAME * 50);
        assert!(listener.speakers.contains_key(&PeerId(77)));
        assert_eq!(listener.speakers.len(), SPEAKERS_MAX);
    }

    #[test]
    fn after_a_burst_no_more_than_400_ms_are_still_to_be_heard() {
        let start = Instant::now();
        let mut listener = Listener::new(PcmRate::Hz16000, AudioChannels::Unmixed);
        for packet in packets(440.0, 50) {
            listener.hear(ANN, &packet, start);
        }
        let frames = (0..60_u32).map(|index| listener.tick(start + Duration::from_millis(60) + FRAME * index).len());
        assert_eq!(frames.sum::<usize>(), 21);
    }
}
