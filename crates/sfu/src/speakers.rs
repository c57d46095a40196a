//! Who speaks in one call, and how loud everybody is, from the audio level of each packet (RFC 6464).
//!
//! Levels are dBov: 0 is the loudest, −127 is silence. Loudness follows the packets quickly upward and slowly downward,
//! so that the pauses between words change nothing.

use convene_model::PeerId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Somebody whose loudness reaches this begins to speak. Higher misses quiet people, lower reports room noise.
pub const START_DBOV: f32 = -50.0;
/// Somebody who speaks goes on speaking while the loudness stays above this.
pub const STOP_DBOV: f32 = -60.0;
/// How long somebody goes on speaking after the loudness fell, or packets stopped. Longer ones make an indication that
/// lags, shorter ones one that flickers between sentences.
pub const HANG: Duration = Duration::from_millis(700);
/// Reports of one call are at least this far apart ([`convene_model::media::MediaEvent::SpeakingChanged`]).
pub const REPORT_MIN: Duration = Duration::from_millis(100);
/// A report in which only the order is new comes no sooner than this after the last, so that a picture that follows the
/// loudest speaker does not jump between two who talk at once.
pub const REORDER_MIN: Duration = Duration::from_secs(1);
/// How much louder than the first of the report somebody must be to become the first.
const LEAD_DB: f32 = 6.0;
/// Loudness of somebody who is not heard.
const SILENCE: f32 = -127.0;
/// The level of packets without any sound: those of a muted microphone. A real one, however quiet the room, is above it.
const NOTHING: i8 = -127;
/// After how long without any sound it goes out but rarely. Longer: silence costs what speech does. Shorter: what a listener's buffer still wants
/// of the last word is missing.
pub const SILENT_AFTER: Duration = Duration::from_secs(2);
/// How often it does then, as Opus itself does where it is allowed to (RFC 7587 §3.1.3): who receives nothing takes the path for broken.
const SILENCE_EVERY: Duration = Duration::from_millis(400);
const ATTACK: f32 = 0.4;
const RELEASE: f32 = 0.04;

#[derive(Clone, Copy, Debug)]
struct Speaker {
    loudness: f32,
    speaking: bool,
    /// The last time the loudness was above [`STOP_DBOV`].
    loud_at: Instant,
    heard_at: Instant,
    /// The last time that there was any sound, and that anything went out.
    sounded_at: Instant,
    sent_at: Instant,
}

/// The speakers of one call.
#[derive(Clone, Debug, Default)]
pub struct Speakers {
    speakers: BTreeMap<PeerId, Speaker>,
    reported: Vec<PeerId>,
    /// Who stood first in the last report that named anybody.
    leader: Option<PeerId>,
    reported_at: Option<Instant>,
}

impl Speakers {
    /// A packet of `peer` arrived. One without a level counts as an ordinary voice, since its sender says nothing. Returns whether it is to go
    /// out: silence that lasts does so rarely.
    pub fn heard(&mut self, peer: PeerId, level_dbov: Option<i8>, now: Instant) -> bool {
        let level = level_dbov.map_or(START_DBOV, |level| f32::from(level.min(0)));
        let fresh =
            Speaker { loudness: SILENCE, speaking: false, loud_at: now, heard_at: now, sounded_at: now, sent_at: now };
        let speaker = self.speakers.entry(peer).or_insert(fresh);
        let share = if level > speaker.loudness { ATTACK } else { RELEASE };
        speaker.loudness += (level - speaker.loudness) * share;
        speaker.heard_at = now;
        if level_dbov != Some(NOTHING) {
            speaker.sounded_at = now;
        }
        if speaker.loudness >= STOP_DBOV {
            speaker.loud_at = now;
        }
        if speaker.loudness >= START_DBOV {
            speaker.speaking = true;
        }
        let since = |at| now.saturating_duration_since(at);
        let goes_out = since(speaker.sounded_at) < SILENT_AFTER || since(speaker.sent_at) >= SILENCE_EVERY;
        if goes_out {
            speaker.sent_at = now;
        }
        goes_out
    }

    /// `peer` sends no audio any more.
    pub fn remove(&mut self, peer: PeerId) {
        self.speakers.remove(&peer);
        self.leader = self.leader.filter(|leader| *leader != peer);
    }

    /// Who speaks loudest, or did when anybody last spoke.
    pub fn leader(&self) -> Option<PeerId> {
        self.leader
    }

    /// How loud `peer` is, in dBov; what was heard longer than [`HANG`] ago counts as silence.
    pub fn loudness(&self, peer: PeerId, now: Instant) -> f32 {
        let recent = self.speakers.get(&peer).filter(|speaker| now.saturating_duration_since(speaker.heard_at) < HANG);
        recent.map_or(SILENCE, |speaker| speaker.loudness)
    }

    /// Whether [`take_report`](Self::take_report) may have something without a further packet, and so wants to be called
    /// again.
    pub fn is_active(&self, now: Instant) -> bool {
        let recent = |speaker: &Speaker| now.saturating_duration_since(speaker.heard_at) < HANG;
        !self.reported.is_empty() || self.speakers.values().any(recent)
    }

    /// Who speaks now, loudest first, if that is not what was reported last.
    pub fn take_report(&mut self, now: Instant) -> Option<Vec<PeerId>> {
        if self.reported_at.is_some_and(|at| now < at + REPORT_MIN) {
            return None;
        }
        for speaker in self.speakers.values_mut() {
            if now.saturating_duration_since(speaker.loud_at) >= HANG {
                speaker.speaking = false;
            }
        }
        let mut speaking: Vec<(PeerId, f32)> =
            self.speakers.iter().filter(|(_, s)| s.speaking).map(|(id, s)| (*id, s.loudness)).collect();
        speaking.sort_by(|a, b| b.1.total_cmp(&a.1));
        let is_settled = self.reported_at.is_none_or(|at| now >= at + REORDER_MIN);
        let is_new = self.has_others(&speaking) || (is_settled && self.has_another_first(&speaking));
        if !is_new {
            return None;
        }
        self.reported = speaking.iter().map(|(id, _)| *id).collect();
        self.reported_at = Some(now);
        self.leader = self.reported.first().copied().or(self.leader);
        Some(self.reported.clone())
    }

    /// Whether somebody came or went.
    fn has_others(&self, speaking: &[(PeerId, f32)]) -> bool {
        speaking.len() != self.reported.len() || speaking.iter().any(|(id, _)| !self.reported.contains(id))
    }

    /// Whether somebody is clearly louder than the one who stands first.
    fn has_another_first(&self, speaking: &[(PeerId, f32)]) -> bool {
        let loudness_of_first = speaking.iter().find(|(id, _)| self.reported.first() == Some(id)).map(|(_, db)| *db);
        let loudest = speaking.first().map(|(_, db)| *db);
        loudest.zip(loudness_of_first).is_some_and(|(loudest, of_first)| loudest > of_first + LEAD_DB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: PeerId = PeerId(1);
    const BEN: PeerId = PeerId(2);

    struct Room {
        speakers: Speakers,
        start: Instant,
        reports: Vec<(u64, Vec<PeerId>)>,
    }

    impl Room {
        fn new() -> Room {
            Room { speakers: Speakers::default(), start: Instant::now(), reports: vec![] }
        }

        /// Plays 20 ms packets from one time to another, each peer at its level.
        fn play(&mut self, ms: std::ops::Range<u64>, levels: &[(PeerId, i8)]) {
            for at in ms.step_by(20) {
                let now = self.start + Duration::from_millis(at);
                for (peer, level) in levels {
                    self.speakers.heard(*peer, Some(*level), now);
                }
                self.reports.extend(self.speakers.take_report(now).map(|report| (at, report)));
            }
        }
    }

    #[test]
    fn a_voice_starts_soon_and_stops_after_a_pause() {
        let mut room = Room::new();
        room.play(0..500, &[(ANN, -127)]);
        assert_eq!(room.reports, []);
        room.play(500..1500, &[(ANN, -30)]);
        assert_eq!(room.reports.len(), 1);
        assert!(room.reports[0].0 <= 600 && room.reports[0].1 == [ANN], "{:?}", room.reports);
        room.play(1500..4000, &[(ANN, -127)]);
        assert_eq!(room.reports.len(), 2);
        assert!(room.reports[1].0 >= 2200 && room.reports[1].1.is_empty(), "{:?}", room.reports);
    }

    #[test]
    fn silence_that_lasts_is_sent_rarely_and_a_quiet_room_always() {
        let mut room = Room::new();
        let mut goes_out = |ms: u64, level| room.speakers.heard(ANN, level, room.start + Duration::from_millis(ms));
        assert!(goes_out(0, Some(-127)) && goes_out(1999, Some(-127)), "a pause");
        assert!(!goes_out(2000, Some(-127)) && !goes_out(2398, Some(-127)));
        assert!(goes_out(2399, Some(-127)) && !goes_out(2400, Some(-127)), "two or three times a second");
        assert!(goes_out(2420, Some(-126)), "a quiet room");
        assert!(goes_out(4400, Some(-127)) && !goes_out(4420, Some(-127)));
        assert!(goes_out(9000, None), "who says nothing of the level");
    }

    #[test]
    fn pauses_between_words_change_nothing() {
        let mut room = Room::new();
        for word in 0..6 {
            room.play(word * 600..word * 600 + 300, &[(ANN, -35)]);
            room.play(word * 600 + 300..word * 600 + 600, &[(ANN, -100)]);
        }
        assert_eq!(room.reports.len(), 1, "{:?}", room.reports);
    }

    #[test]
    fn somebody_whose_packets_stop_stops_speaking() {
        let mut room = Room::new();
        room.play(0..400, &[(ANN, -30)]);
        room.play(400..1600, &[]);
        assert_eq!(room.reports.last().map(|(_, who)| who.len()), Some(0));
        let end = room.start + Duration::from_millis(1600);
        assert_eq!(room.speakers.loudness(ANN, end), SILENCE);
        assert!(!room.speakers.is_active(end));
    }

    #[test]
    fn the_loudest_stands_first_and_a_little_difference_does_not_swap() {
        let mut room = Room::new();
        room.play(0..1000, &[(ANN, -30), (BEN, -40)]);
        assert_eq!(room.reports.last().unwrap().1, [ANN, BEN]);
        let reports = room.reports.len();
        room.play(1000..2000, &[(ANN, -30), (BEN, -27)]);
        assert_eq!(room.reports.len(), reports);
        room.play(2000..4000, &[(ANN, -40), (BEN, -20)]);
        assert_eq!(room.reports.last().unwrap().1, [BEN, ANN]);
    }

    #[test]
    fn two_who_talk_in_turns_swap_no_more_than_once_a_second() {
        let mut room = Room::new();
        for turn in 0..20 {
            let levels = if turn % 2 == 0 { [(ANN, -15), (BEN, -45)] } else { [(ANN, -45), (BEN, -15)] };
            room.play(turn * 300..turn * 300 + 300, &levels);
        }
        assert!(room.reports.len() > 2 && room.reports.len() <= 7, "{:?}", room.reports);
    }

    #[test]
    fn reports_of_one_call_keep_their_distance() {
        let mut room = Room::new();
        room.play(0..100, &[(ANN, -20)]);
        room.play(100..3000, &[(ANN, -20), (BEN, -20)]);
        let times: Vec<u64> = room.reports.iter().map(|(at, _)| *at).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 100), "{times:?}");
        assert_eq!(room.reports.last().unwrap().1.len(), 2);
    }

    #[test]
    fn somebody_who_leaves_is_reported_as_silent() {
        let mut room = Room::new();
        room.play(0..400, &[(ANN, -20)]);
        room.speakers.remove(ANN);
        room.play(400..600, &[]);
        assert_eq!(room.reports.last().unwrap().1, []);
    }
}
