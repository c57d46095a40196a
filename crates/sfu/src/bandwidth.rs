//! What a subscriber's line carries, by what its receiver says of when each packet came (draft-holmer-rmcat-transport-wide-cc-extensions-01).
//!
//! A line is taken to be full when its queue does not empty: when even the quickest packets of a while are late. Then it carries what comes
//! out of it, and that is measured. One late packet, or a receiver that was busy for a moment, says nothing: what it takes in at once
//! afterwards came faster than the line was thought to be. That there is room for more is found out by short bursts of padding
//! (`probes.rs`), and only where somebody could be seen better by it.

mod history;
mod loss;
mod probes;
mod window;

use history::{History, Packet};
use loss::Losses;
pub(crate) use probes::Padding;
use probes::Probes;
use std::time::{Duration, Instant};
use window::{Base, Window};

/// What a line is taken to carry until it is known, in bits per second: one camera in full. More: a thin line is flooded at the start. Less:
/// everybody begins with small pictures.
pub(crate) const FIRST_ESTIMATE: u64 = 3_000_000;
/// What a line carries at least: less would not do for one voice.
const ESTIMATE_MIN: u64 = 30_000;
/// What nobody needs to know more of.
const ESTIMATE_MAX: u64 = 200_000_000;
/// How late even the quickest packets of a window are while a line is full, in microseconds. Less: what wireless networks do by themselves.
const STANDING: i64 = 70_000;
/// Which share of what a full line carries is used, in percent: the rest empties its queue.
const USED_OF_FULL: u64 = 90;
/// For how long it is remembered that less was allowed, in microseconds.
const REMEMBERED: i64 = 4_000_000;
/// For how long nothing is tried after a line was seen full, in microseconds.
const EMPTIES: i64 = 800_000;
/// For how long after a line was full it counts as one that is full now and then, in microseconds: longer than probes are apart.
const LATELY: i64 = 10_000_000;
/// For how long losses are taken for those of a queue that was full, in microseconds.
const LOST_BY_QUEUE: i64 = 2_000_000;
/// As late as nobody is by themselves, in microseconds: one window is enough to know.
const LONG: i64 = 300_000;
/// By how much a queue must have become shorter to be one that empties, in microseconds.
const SHORTER: i64 = 10_000;
/// How often less is allowed without the queue becoming shorter, until it is taken for the line's own: its way has become longer, or
/// others fill it.
const CUTS_IN_VAIN: u32 = 1;
/// How much of what comes through a line is taken for granted without a probe, in percent, and this beside it, in bits per second.
const GROWN: u64 = 120;
const GROWN_BESIDE: u64 = 20_000;
/// A change, in percent, that is not worth being told.
const TOLD_STEP: u64 = 1;

/// What is known of one line, and what finds it out. Times are microseconds since it was made.
#[derive(Debug)]
pub(crate) struct Bandwidth {
    beginning: Instant,
    history: History,
    window: Window,
    base: Base,
    losses: Losses,
    probes: Probes,
    estimate: u64,
    told: Option<u64>,
    /// Whether the receiver has ever told of packets.
    is_told: bool,
    cut: Option<Cut>,
    /// From when on packets go the way that they go now.
    since: i64,
    /// The last time at which the line was full.
    full_at: Option<i64>,
    /// How late the quickest packets of the window before were, and what came in it, in bits per second.
    before: (i64, u64),
}

/// The last time that less was allowed.
#[derive(Clone, Copy, Debug)]
struct Cut {
    at: i64,
    /// How late the quickest packets were when they were last looked at.
    queue: i64,
    in_vain: u32,
}

impl Bandwidth {
    /// A line of which nothing is known.
    pub fn new(now: Instant) -> Bandwidth {
        Bandwidth {
            beginning: now,
            history: History::default(),
            window: Window::default(),
            base: Base::default(),
            losses: Losses::default(),
            probes: Probes::default(),
            estimate: FIRST_ESTIMATE,
            told: None,
            is_told: false,
            cut: None,
            since: 0,
            full_at: None,
            before: (0, 0),
        }
    }

    /// A line that is full now.
    #[cfg(test)]
    pub fn filled(now: Instant) -> Bandwidth {
        Bandwidth { full_at: Some(0), ..Bandwidth::new(now) }
    }

    /// The transport-wide sequence number of the next packet.
    pub fn next_sequence(&self) -> u16 {
        self.history.next_sequence()
    }

    /// The next packet was sent; `bytes`: of the datagram's payload.
    pub fn sent(&mut self, bytes: usize, now: Instant) {
        let probe = self.probes.sends(bytes);
        self.history.note(self.micros(now), bytes, probe);
        if !self.is_told && self.history.is_full() {
            // Its receiver says nothing of packets, so nothing is known of the line, and nothing can be found out.
            self.estimate = ESTIMATE_MAX;
        }
    }

    /// A number near those that are waited for, to extend what receivers write in 16 bits.
    pub fn near(&self) -> u64 {
        self.history.oldest()
    }

    /// When time zero is that receivers' times are given from.
    pub fn beginning(&self) -> Instant {
        self.beginning
    }

    /// What the receiver said: which packets came, and when by its clock.
    pub fn received(&mut self, report: impl Iterator<Item = (u64, Option<Instant>)>, now: Instant) {
        let (beginning, now) = (self.beginning, self.micros(now));
        if !std::mem::replace(&mut self.is_told, true) {
            self.estimate = self.estimate.min(FIRST_ESTIMATE);
        }
        let mut last = None;
        for (sequence, arrived) in report {
            last = Some(sequence);
            let Some(sent) = self.history.take(sequence) else { continue };
            let arrived = arrived.map(|at| micros_between(beginning, at));
            self.looked_at(Packet { arrived, ..sent }, now);
        }
        last.into_iter().for_each(|last| self.history.forget_before(last + 1));
        if let Some(found) = self.probes.finish(now) {
            self.raise(found);
        }
        self.plan(now);
    }

    /// What should be found out: whether the line carries so many bits a second. `None`: nothing.
    pub fn want(&mut self, rate: Option<u64>, now: Instant) {
        self.probes.want(rate.map(|rate| rate.min(ESTIMATE_MAX)));
        self.plan(self.micros(now));
    }

    /// When padding is due, or the end of a probe.
    pub fn due_at(&self) -> Option<Instant> {
        self.probes.due_at().map(|at| self.beginning + Duration::from_micros(at.max(0) as u64))
    }

    /// The padding that is due now.
    pub fn due_padding(&mut self, now: Instant) -> Padding {
        let now = self.micros(now);
        self.probes.finish(now).into_iter().for_each(|found| self.raise(found));
        let padding = self.probes.due_padding(self.estimate, now);
        self.plan(now);
        padding
    }

    /// Packets go another way now, which takes another time.
    pub fn changed_way(&mut self, now: Instant) {
        self.since = self.micros(now);
        self.base = Base::default();
        self.window = Window::default();
        self.before = (0, 0);
        self.cut = None;
    }

    /// Whether the line was full lately: then it loses packets because of that.
    pub fn was_full_lately(&self, now: Instant) -> bool {
        self.full_at.is_some_and(|at| self.micros(now) - at < LATELY)
    }

    /// What it carries, if that is news.
    pub fn news(&mut self) -> Option<u64> {
        let is_near = |told: u64| told.abs_diff(self.estimate) * 100 <= told * TOLD_STEP;
        if self.told.is_some_and(is_near) {
            return None;
        }
        self.told = Some(self.estimate);
        self.told
    }

    fn micros(&self, at: Instant) -> i64 {
        micros_between(self.beginning, at)
    }

    fn looked_at(&mut self, packet: Packet, now: i64) {
        self.probes.received(&packet);
        if self.losses.note(&packet)
            && let Some(rate) = self.losses.take_limit(now)
            && self.full_at.is_none_or(|at| now - at > LOST_BY_QUEUE)
        {
            self.lower(rate, now);
        }
        if packet.sent >= self.since && self.window.add(&packet) {
            let window = std::mem::take(&mut self.window);
            self.looked_through(&window, now);
        }
    }

    /// A window of packets is whole.
    fn looked_through(&mut self, window: &Window, now: i64) {
        let Some(quickest) = window.quickest() else { return };
        let queue = self.base.queue(quickest, window.last_sent());
        let came = window.arrival_rate().unwrap_or(0);
        let (queue_before, came_before) = std::mem::replace(&mut self.before, (queue, came));
        if queue < STANDING {
            self.is_free(window, queue);
            return;
        }
        self.full_at = Some(now);
        let stands = queue >= LONG || (queue_before >= STANDING && queue >= queue_before - SHORTER);
        // A full line carries as much in both; a receiver that had no time for one of them took in little then.
        let carried = came.max(if queue_before >= STANDING { came_before } else { 0 });
        let cut = self.cut.filter(|cut| now - cut.at < REMEMBERED);
        let (obeys, shrinks) = (
            window.sent_rate().is_none_or(|rate| rate <= self.estimate + self.estimate / 10),
            cut.is_some_and(|cut| queue < cut.queue - SHORTER),
        );
        match cut {
            None if !stands => {}
            Some(cut) if shrinks => self.cut = Some(Cut { queue, in_vain: 0, ..cut }),
            Some(cut) if obeys && cut.in_vain >= CUTS_IN_VAIN => {
                self.base = Base::from(quickest, window.last_sent());
                self.cut = None;
            }
            _ => {
                let in_vain = cut.map_or(0, |cut| cut.in_vain + u32::from(obeys));
                self.lower(carried * USED_OF_FULL / 100, now);
                self.cut = Some(Cut { at: now, queue, in_vain });
            }
        }
    }

    /// The line's queue empties.
    fn is_free(&mut self, window: &Window, queue: i64) {
        if let Some(cut) = self.cut
            && window.first_sent() >= cut.at
            && queue < STANDING / 2
        {
            self.cut = None;
        }
        if let Some(carried) = window.arrival_rate().zip(window.sent_rate()).map(|(came, went)| came.min(went)) {
            let granted = carried * GROWN / 100 + GROWN_BESIDE;
            if granted > self.estimate {
                self.estimate = (self.estimate + self.estimate / 50).min(granted).min(ESTIMATE_MAX);
            }
        }
    }

    fn lower(&mut self, rate: u64, now: i64) {
        if rate < self.estimate {
            self.estimate = rate.max(ESTIMATE_MIN);
            self.probes.is_full(rate, now);
        }
    }

    fn raise(&mut self, found: u64) {
        self.estimate = self.estimate.max(found.min(ESTIMATE_MAX));
    }

    fn plan(&mut self, now: i64) {
        let is_full = self.cut.is_some() && self.full_at.is_some_and(|at| now - at < EMPTIES);
        self.probes.plan(self.estimate, is_full, now);
    }
}

fn micros_between(from: Instant, to: Instant) -> i64 {
    to.saturating_duration_since(from).as_micros() as i64
}

#[cfg(test)]
#[path = "bandwidth_tests.rs"]
mod tests;
