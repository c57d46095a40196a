//! Losses: of a line that is full without making anybody wait, or of one that loses whatever is sent.

use super::history::Packet;

/// The share of lost packets from which on less is sent. Below it repairs do.
const TOO_MUCH: f64 = 0.10;
/// For how long losses are counted, in microseconds, and how many packets at least.
const LENGTH: i64 = 1_000_000;
const PACKETS_MIN: u32 = 20;
/// Which share of what came through is sent from then on.
const USED: f64 = 0.95;
/// How much less must have been sent, and which share of the losses be left, for them to be the line's own.
const LESS: f64 = 0.75;
const LEFT: f64 = 0.7;
/// For how long the line's own losses are put up with, and the last cut is remembered, in microseconds.
const OWN_FOR: i64 = 20_000_000;
const CUT_FOR: i64 = 10_000_000;

/// What was lost lately.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Losses {
    since: Option<i64>,
    until: i64,
    packets: u32,
    lost: u32,
    bytes: u64,
    bytes_lost: u64,
    /// Whether too much was lost in the second before.
    was_too_much: bool,
    /// When less was sent for losses, how much was sent then in bits per second, and which share was lost.
    cut: Option<(i64, f64, f64)>,
    /// A share that the line loses whatever is sent, and until when that is believed.
    own: Option<(f64, i64)>,
}

impl Losses {
    /// Counts a packet. Returns whether enough were counted to decide.
    pub fn note(&mut self, packet: &Packet) -> bool {
        self.since.get_or_insert(packet.sent);
        self.until = packet.sent;
        self.packets += 1;
        self.bytes += packet.bytes;
        if packet.arrived.is_none() {
            self.lost += 1;
            self.bytes_lost += packet.bytes;
        }
        self.until - self.since.unwrap_or(self.until) >= LENGTH && self.packets >= PACKETS_MIN
    }

    /// What the line carries by what was counted, in bits per second, if it loses too much by being full. Counts anew.
    pub fn take_limit(&mut self, now: i64) -> Option<u64> {
        let length = (self.until - self.since?).max(1) as f64;
        let rate = |bytes: u64| bytes as f64 * 8e6 / length;
        let (sent, came) = (rate(self.bytes), rate(self.bytes - self.bytes_lost));
        let share = f64::from(self.lost) / f64::from(self.packets.max(1));
        let was_too_much = self.was_too_much;
        *self = Losses { cut: self.cut, own: self.own, was_too_much: share > TOO_MUCH, ..Losses::default() };
        // One second of it is what a large picture costs a short queue.
        if share <= TOO_MUCH || !was_too_much || self.own.is_some_and(|(own, until)| now < until && share <= own * 1.3)
        {
            return None;
        }
        if let Some((at, sent_then, share_then)) = self.cut
            && now - at < CUT_FOR
            && sent < sent_then * LESS
        {
            self.cut = None;
            if share > share_then * LEFT {
                self.own = Some((share, now + OWN_FOR));
                return None;
            }
        }
        if self.cut.is_none_or(|(at, ..)| now - at >= CUT_FOR) {
            self.cut = Some((now, sent, share));
        }
        Some((came * USED) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of packets of 1000 bytes, of which each n-th is lost.
    fn second(losses: &mut Losses, from: i64, packets: i64, lost_each: i64) -> Option<u64> {
        let step = LENGTH / (packets - 1);
        let mut limit = None;
        for at in 0..packets {
            let arrived = (at % lost_each != 0).then_some(at);
            let packet = Packet { sent: from + at * step, arrived, bytes: 1000, probe: None };
            if losses.note(&packet) {
                limit = losses.take_limit(from + LENGTH);
            }
        }
        limit
    }

    #[test]
    fn few_losses_change_nothing() {
        assert_eq!(second(&mut Losses::default(), 0, 101, 20), None);
    }

    #[test]
    fn a_full_line_carries_what_comes_through() {
        let mut losses = Losses::default();
        assert_eq!(second(&mut losses, 0, 101, 2), None, "a large picture");
        let limit = second(&mut losses, 1_000_000, 101, 2);
        // Fifty of 101 packets a second.
        assert_eq!(limit, Some(380_000));
    }

    #[test]
    fn losses_that_stay_when_less_is_sent_are_the_lines_own() {
        let mut losses = Losses { was_too_much: true, ..Losses::default() };
        assert!(second(&mut losses, 0, 101, 5).is_some());
        assert!(second(&mut losses, 2_000_000, 101, 5).is_some(), "nothing has followed yet");
        assert_eq!(second(&mut losses, 4_000_000, 51, 5), None);
        assert_eq!(second(&mut losses, 6_000_000, 201, 5), None, "also when more is sent again");
        assert!(second(&mut losses, 8_000_000, 201, 2).is_some(), "more than its own");
        assert!(second(&mut losses, 30_000_000, 101, 5).is_some(), "it is asked again after a while");
    }

    #[test]
    fn losses_that_become_fewer_were_those_of_a_full_line() {
        let mut losses = Losses { was_too_much: true, ..Losses::default() };
        assert!(second(&mut losses, 0, 101, 2).is_some());
        assert!(second(&mut losses, 2_000_000, 51, 6).is_some());
        assert_eq!(losses.own, None);
    }
}
