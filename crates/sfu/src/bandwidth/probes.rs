//! Short bursts that find out whether a line carries more than goes over it.

use super::history::{HEADERS, Packet};

/// How long a burst is at least, in microseconds, and how many packets it has at least. More: a thin line is full of it for longer.
const LENGTH: i64 = 25_000;
const PACKETS_MIN: u64 = 6;
/// Packets that must have come, and of which share, to say something.
const CAME_MIN: usize = 4;
const CAME_SHARE: f64 = 0.7;
/// How much more than what is wanted is tried, in percent: a burst is never quite as fast as it should be.
const TRIED: u64 = 108;
/// How much of what is tried is a success, in percent.
const ENOUGH_OF_TRIED: u64 = 90;
/// How many times what is known is tried at once.
const TIMES: u64 = 3;
/// Padding of a packet, in bytes: that of RTP has one byte for its own length (RFC 3550 §5.1). Small ones on thin lines.
const PADDING: u8 = 255;
const PADDING_SMALL: u8 = 100;
const THIN: u64 = 400_000;
/// Bytes of a packet of padding beside it: IP, UDP, RTP, extensions, tag.
const BESIDE: u64 = 80;
/// How fast it came, beside how fast it was sent, for the line not to have been full.
const AS_FAST: f64 = 0.9;
/// How much of what came through a full line is used.
const USED: f64 = 0.92;
/// How long the receiver may take to tell, in microseconds.
const TELLS_AFTER: i64 = 1_000_000;
/// Until the next probe, in microseconds: after one that found more, one that did not (twice that after each further one), and at most.
const NEXT: i64 = 150_000;
const AGAIN: i64 = 1_000_000;
const AGAIN_MAX: i64 = 4_000_000;
const AGAIN_MAX_THIN: i64 = 8_000_000;
/// After the line was full.
const AFTER_FULL: i64 = 1_500_000;
/// A line that is full with much less so soon after a probe found more was not found out rightly.
const WRONG: i64 = 4_000_000;
const WRONG_PAUSE: i64 = 5_000_000;
const WRONG_MAX: u32 = 4;
/// By how much a wish must exceed what is known, in percent, to be worth a probe.
const WORTH: u64 = 2;

/// What is to be sent of padding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Padding {
    pub packets: u64,
    /// Of each.
    pub bytes: u8,
}

/// What finds out how much more a line carries.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    wanted: Option<u64>,
    /// When the next one may begin, and whether it is to.
    allowed_at: i64,
    due_at: Option<i64>,
    active: Option<Probe>,
    count: u16,
    in_vain: u32,
    /// When the last one found more and how much, and how often that was wrong.
    found: Option<(i64, u64)>,
    wrong: u32,
}

#[derive(Debug)]
struct Probe {
    id: u16,
    rate: u64,
    /// Of each packet's padding.
    padding: u8,
    began: i64,
    /// Bytes that belong to it, and those that were sent.
    bytes: u64,
    sent: u64,
    packets: u64,
    told: u64,
    /// Times of sending and arrival, and bytes.
    came: Vec<(i64, i64, u64)>,
}

impl Probes {
    /// What should be found out, in bits per second.
    pub fn want(&mut self, rate: Option<u64>) {
        self.wanted = rate;
    }

    /// When there is something to do.
    pub fn due_at(&self) -> Option<i64> {
        self.due_at
    }

    /// A packet is sent. Returns the probe that it belongs to.
    pub fn sends(&mut self, bytes: usize) -> Option<u16> {
        let probe = self.active.as_mut().filter(|probe| probe.sent < probe.bytes)?;
        probe.sent += (bytes + HEADERS) as u64;
        probe.packets += 1;
        Some(probe.id)
    }

    /// The receiver tells of a packet.
    pub fn received(&mut self, packet: &Packet) {
        let Some(probe) = self.active.as_mut().filter(|probe| Some(probe.id) == packet.probe) else { return };
        probe.told += 1;
        probe.came.extend(packet.arrived.map(|arrived| (packet.sent, arrived, packet.bytes)));
    }

    /// The line is full, and carries so much.
    pub fn is_full(&mut self, rate: u64, now: i64) {
        (self.active, self.in_vain) = (None, 0);
        let found = self.found.take_if(|(at, found)| now - *at < WRONG && rate < *found / 4 * 3);
        let was_wrong = found.is_some();
        self.wrong = if was_wrong { (self.wrong + 1).min(WRONG_MAX) } else { self.wrong };
        let pause = if was_wrong { WRONG_PAUSE << (self.wrong - 1) } else { AFTER_FULL };
        self.allowed_at = self.allowed_at.max(now + pause);
    }

    /// Ends a probe of which everything is told, or whose time is over. Returns what the line carries by it, if that is known.
    pub fn finish(&mut self, now: i64) -> Option<u64> {
        let probe = self.active.take_if(|probe| {
            let is_sent = probe.sent >= probe.bytes;
            (is_sent && probe.told >= probe.packets) || now - probe.began > TELLS_AFTER + LENGTH
        })?;
        let found = probe.found();
        if let Some(found) = found.filter(|found| found * 100 >= probe.rate * ENOUGH_OF_TRIED) {
            (self.in_vain, self.found) = (0, Some((now, found)));
            self.allowed_at = self.allowed_at.max(now + NEXT);
        } else {
            let most = if probe.rate < THIN { AGAIN_MAX_THIN } else { AGAIN_MAX };
            self.allowed_at = self.allowed_at.max(now + (AGAIN << self.in_vain.min(8)).min(most));
            self.in_vain += 1;
        }
        found
    }

    /// Decides when there is something to do next.
    pub fn plan(&mut self, estimate: u64, is_full: bool, now: i64) {
        self.due_at = match &self.active {
            Some(probe) if probe.sent < probe.bytes => Some(probe.due_at()),
            Some(probe) => Some(probe.began + TELLS_AFTER + LENGTH + 1),
            None if is_full => None,
            None if self.wanted.is_some_and(|wanted| wanted * 100 > estimate * (100 + WORTH)) => {
                Some(self.allowed_at.max(now))
            }
            None => None,
        };
    }

    /// The padding that is due, of a probe that goes on or begins. Whatever else is sent meanwhile counts, too.
    pub fn due_padding(&mut self, estimate: u64, now: i64) -> Padding {
        if self.active.is_none() && self.due_at.is_some_and(|at| at <= now) && now >= self.allowed_at {
            self.begin(estimate, now);
        }
        let Some(probe) = self.active.as_ref().filter(|probe| probe.sent < probe.bytes) else {
            return Padding::default();
        };
        let (bytes, of_each) = (probe.padding, probe.of_each());
        // A packet is due when those before it have had their time.
        let due = (probe.rate * (now - probe.began).max(0) as u64 / 8_000_000 + 1).min(probe.bytes);
        Padding { packets: due.saturating_sub(probe.sent).div_ceil(of_each), bytes }
    }

    fn begin(&mut self, estimate: u64, now: i64) {
        let Some(wanted) = self.wanted else { return };
        let rate = (wanted * TRIED / 100).min(estimate * TIMES);
        let padding = if rate < THIN { PADDING_SMALL } else { PADDING };
        let bytes = (rate * LENGTH as u64 / 8_000_000).max(PACKETS_MIN * (u64::from(padding) + BESIDE));
        self.count = self.count % u16::MAX + 1;
        let (id, came) = (self.count, vec![]);
        self.active = Some(Probe { id, rate, padding, began: now, bytes, sent: 0, packets: 0, told: 0, came });
    }
}

impl Probe {
    /// Bytes of each packet of padding.
    fn of_each(&self) -> u64 {
        u64::from(self.padding) + BESIDE
    }

    /// When its next packet is due: the first at once.
    fn due_at(&self) -> i64 {
        self.began + (self.sent * 8_000_000).div_ceil(self.rate.max(1)) as i64
    }

    /// Both rates are those of packets that came, so that losses do not make the line look slow.
    fn found(&self) -> Option<u64> {
        let came = &self.came;
        if came.len() < CAME_MIN || (came.len() as f64) < self.packets as f64 * CAME_SHARE {
            return None;
        }
        let first = came.iter().min_by_key(|(_, arrived, _)| *arrived)?;
        let last = came.iter().max_by_key(|(_, arrived, _)| *arrived)?;
        let all: u64 = came.iter().map(|(.., bytes)| bytes).sum();
        let (first_sent, last_sent) = (came.first()?, came.last()?);
        let rate = |bytes: u64, length: i64| bytes as f64 * 8e6 / length.max(1) as f64;
        let sent = rate(all - last_sent.2, last_sent.0 - first_sent.0);
        let arrived = rate(all - first.2, last.1 - first.1);
        Some(if arrived >= sent * AS_FAST { sent.min(arrived) } else { arrived * USED } as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends a probe over a line of so many bits a second, and tells of it. Returns what was found.
    fn over(probes: &mut Probes, estimate: u64, line: u64, now: &mut i64) -> Option<u64> {
        probes.plan(estimate, false, *now);
        let mut free_at = *now;
        let mut told = vec![];
        while probes.active.as_ref().is_none_or(|probe| probe.sent < probe.bytes) {
            *now = probes.due_at().expect("something to do").max(*now);
            let Padding { packets, bytes } = probes.due_padding(estimate, *now);
            for _ in 0..packets {
                let Some(probe) = probes.sends(usize::from(bytes) + 52) else { break };
                let bytes = u64::from(bytes) + BESIDE;
                free_at = free_at.max(*now) + (bytes * 8_000_000 / line) as i64;
                told.push(Packet { sent: *now, arrived: Some(free_at + 30_000), bytes, probe: Some(probe) });
            }
            probes.plan(estimate, false, *now);
        }
        told.iter().for_each(|packet| probes.received(packet));
        *now += 100_000;
        probes.finish(*now)
    }

    fn wanting(rate: u64) -> Probes {
        Probes { wanted: Some(rate), ..Probes::default() }
    }

    #[test]
    fn a_wide_line_is_found_to_carry_what_is_wanted() {
        let (mut probes, mut now) = (wanting(2_000_000), 0);
        let found = over(&mut probes, 1_000_000, 1_000_000_000, &mut now).expect("something");
        assert!((2_000_000..2_400_000).contains(&found), "{found}");
    }

    #[test]
    fn a_thin_line_is_found_to_carry_what_it_carries() {
        for line in [150_000, 300_000, 700_000, 1_500_000] {
            let (mut probes, mut now) = (wanting(2_000_000), 0);
            let found = over(&mut probes, 1_000_000, line, &mut now).expect("something");
            assert!((line * 85 / 100..=line).contains(&found), "{found} of {line}");
        }
    }

    #[test]
    fn no_more_is_tried_at_once_than_three_times_what_is_known() {
        let (mut probes, mut now) = (wanting(20_000_000), 0);
        let found = over(&mut probes, 100_000, 1_000_000_000, &mut now).expect("something");
        assert!((270_000..400_000).contains(&found), "{found}");
    }

    #[test]
    fn a_burst_on_a_thin_line_is_short() {
        let (mut probes, mut now) = (wanting(250_000), 0);
        over(&mut probes, 70_000, 70_000, &mut now);
        assert_eq!(probes.count, 1);
        let begun = Probes { due_at: Some(0), ..wanting(250_000) };
        let mut begun = begun;
        begun.due_padding(70_000, 0);
        // 6 packets of 180 bytes.
        assert_eq!(begun.active.map(|probe| probe.bytes), Some(1_080));
    }

    #[test]
    fn nothing_is_sent_where_nothing_is_wanted_or_the_line_is_full() {
        let mut probes = Probes::default();
        probes.plan(1_000_000, false, 0);
        assert_eq!((probes.due_at(), probes.due_padding(1_000_000, 0)), (None, Padding::default()));
        probes.want(Some(1_010_000));
        probes.plan(1_000_000, false, 0);
        assert_eq!(probes.due_at(), None, "it is known");
        probes.want(Some(2_000_000));
        probes.plan(1_000_000, true, 0);
        assert_eq!(probes.due_at(), None, "the line is full");
        probes.plan(1_000_000, false, 0);
        assert_eq!(probes.due_at(), Some(0));
    }

    #[test]
    fn who_finds_nothing_waits_longer_each_time() {
        let (mut probes, mut now) = (wanting(2_000_000), 0);
        let mut pauses = vec![];
        for _ in 0..5 {
            over(&mut probes, 1_000_000, 900_000, &mut now);
            pauses.push((probes.allowed_at - now) / 1_000_000);
        }
        assert_eq!(pauses, [1, 2, 4, 4, 4]);
        probes.is_full(800_000, now);
        now = probes.allowed_at;
        over(&mut probes, 700_000, 600_000, &mut now);
        assert_eq!(probes.allowed_at - now, AGAIN, "a line that has changed");
    }

    #[test]
    fn who_was_wrong_waits_longer_still() {
        let (mut probes, mut now) = (wanting(2_000_000), 0);
        let mut pauses = vec![];
        for _ in 0..3 {
            over(&mut probes, 1_000_000, 1_000_000_000, &mut now);
            now += 1_000_000;
            probes.is_full(500_000, now);
            pauses.push((probes.allowed_at - now) / 1_000_000);
        }
        assert_eq!(pauses, [5, 10, 20]);
        now += 100_000_000;
        probes.is_full(500_000, now);
        assert_eq!(probes.allowed_at - now, AFTER_FULL, "not of a probe");
        over(&mut probes, 1_000_000, 1_000_000_000, &mut now);
        probes.is_full(1_900_000, now);
        assert_eq!(probes.allowed_at - now, AFTER_FULL, "a burst of pictures");
    }

    #[test]
    fn a_probe_of_which_nothing_is_told_is_over_after_a_while() {
        let mut probes = Probes { due_at: Some(0), ..wanting(2_000_000) };
        probes.due_padding(1_000_000, 0);
        assert_eq!(probes.finish(500_000), None);
        assert!(probes.active.is_some());
        assert_eq!(probes.finish(2_000_000), None);
        assert!(probes.active.is_none());
        assert!(probes.allowed_at > 2_000_000);
    }

    #[test]
    fn losses_alone_do_not_make_a_line_slow() {
        let came: Vec<_> = (0..20_i64).filter(|at| at % 5 != 2).map(|at| (at * 1_000, at * 1_000 + 9, 300)).collect();
        let probe = Probe {
            id: 1,
            rate: 2_400_000,
            padding: PADDING,
            began: 0,
            bytes: 6_000,
            sent: 6_000,
            packets: 20,
            told: 20,
            came,
        };
        assert!(probe.found().is_some_and(|found| found > 1_800_000), "{:?}", probe.found());
    }
}
