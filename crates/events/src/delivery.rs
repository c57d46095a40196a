//! The delivery of events to one subscription: what is due, what waits behind what, when it is tried again, and what a restart goes on
//! from. Sans-I/O: the caller reads the outbox, sends, and says what became of it.
//!
//! Each event is delivered at least once. Events of one call, or of one chat thread, are sent one after the other, so they arrive in order; those of different
//! calls don't wait for each other. An event that is not taken within [`TRIED_FOR_MS`] becomes a dead letter, and the call's next one is
//! sent. The intervals are those of Event Grid ("Event Grid message delivery and retry", retry schedule).

use convene_model::WallMs;
use convene_model::record::EventOf;
use convene_model::subscription::{Checkpoint, EventLine, Undelivered};
use std::collections::{BTreeMap, BTreeSet};

/// How long an event is tried, from its first attempt. Longer: a call's later events wait longer for one that is never taken. Shorter: a
/// back end that is down for a day loses events.
pub const TRIED_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// Seconds until the next attempt, after the first, second, … one; the last one again and again.
const INTERVALS: [i64; 10] = [10, 30, 60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600];

/// Events that wait in memory. Larger: more memory for a back end that is down. Smaller: a call that is stuck holds up others sooner.
const WAITING_MAX: usize = 2000;

/// Attempts under way at once. Larger: more connections to one back end. Smaller: calls wait for each other.
const UNDER_WAY_MAX: usize = 16;

struct Entry {
    waiting: Undelivered,
    under_way: bool,
    /// Whether a checkpoint has it.
    kept: bool,
    /// Whether it is other than the checkpoint has it.
    changed: bool,
}

/// The delivery to one subscription.
#[derive(Default)]
pub struct Delivery {
    read_to: i64,
    told: i64,
    entries: BTreeMap<i64, Entry>,
    lanes: BTreeMap<EventOf, BTreeSet<i64>>,
    /// The first event of each call or thread, if it is not under way, by when it is due.
    heads: BTreeSet<(WallMs, i64)>,
    under_way: usize,
    dead: Vec<Undelivered>,
    delivered: Vec<i64>,
}

impl Delivery {
    /// Goes on from a checkpoint, with everything of it that is not dead.
    pub fn new(position: i64, waiting: Vec<Undelivered>) -> Self {
        let mut delivery = Self { read_to: position, told: position, ..Self::default() };
        for waiting in waiting {
            delivery.put_back(waiting);
        }
        delivery
    }

    /// After which position the outbox is to be read on; `None` while enough waits already.
    pub fn read_after(&self) -> Option<i64> {
        (self.entries.len() < WAITING_MAX).then_some(self.read_to)
    }

    /// The outbox was read to here, and these of its events are wanted.
    pub fn read(&mut self, to: i64, wanted: Vec<EventLine>, now: WallMs) {
        self.read_to = self.read_to.max(to);
        for line in wanted {
            let waiting = Undelivered { line, attempts: 0, first_at: None, next_at: now, dead_at: None, error: None };
            self.add(waiting, false);
        }
    }

    /// Tries a kept event again that is not in this delivery, such as a dead letter that somebody wants to have after all. It is sent
    /// before what else waits of its call.
    pub fn put_back(&mut self, waiting: Undelivered) {
        self.add(waiting, true);
    }

    fn add(&mut self, waiting: Undelivered, kept: bool) {
        let seq = waiting.line.seq;
        if self.entries.contains_key(&seq) {
            return;
        }
        let of_lane = self.lanes.entry(waiting.line.event.of.clone()).or_default();
        let head = of_lane.first().copied();
        of_lane.insert(seq);
        match head {
            Some(head) if head < seq => {}
            head => {
                let former = head.and_then(|head| self.entries.get(&head));
                if let (Some(head), Some(former)) = (head, former) {
                    self.heads.remove(&(former.waiting.next_at, head));
                }
                // While one of the call is under way nothing else of it is due.
                if !former.is_some_and(|former| former.under_way) {
                    self.heads.insert((waiting.next_at, seq));
                }
            }
        }
        self.entries.insert(seq, Entry { waiting, under_way: false, kept, changed: false });
    }

    /// What is to be sent now; each counts as under way until [`done`](Self::done).
    pub fn due(&mut self, now: WallMs) -> Vec<EventLine> {
        let mut due = Vec::new();
        while self.under_way < UNDER_WAY_MAX {
            let Some(&(at, seq)) = self.heads.first() else { break };
            if at > now {
                break;
            }
            self.heads.pop_first();
            if let Some(entry) = self.entries.get_mut(&seq) {
                entry.under_way = true;
                self.under_way += 1;
                due.push(entry.waiting.line.clone());
            }
        }
        due
    }

    /// When the next event is due, if any waits and may be sent.
    pub fn next_due(&self) -> Option<WallMs> {
        let (at, _) = self.heads.first()?;
        (self.under_way < UNDER_WAY_MAX).then_some(*at)
    }

    /// What became of an attempt: taken, or a sentence that says why not.
    pub fn done(&mut self, seq: i64, outcome: Result<(), String>, now: WallMs) {
        let Some(entry) = self.entries.get_mut(&seq) else { return };
        entry.under_way = false;
        self.under_way -= 1;
        let waiting = &mut entry.waiting;
        let first_at = *waiting.first_at.get_or_insert(now);
        waiting.attempts = waiting.attempts.saturating_add(1);
        let lane = waiting.line.event.of.clone();
        match outcome {
            Ok(()) => {
                if entry.kept {
                    self.delivered.push(seq);
                }
                self.entries.remove(&seq);
                self.leave(&lane, seq);
            }
            Err(why) => {
                waiting.error = Some(why);
                entry.changed = true;
                if now - first_at >= TRIED_FOR_MS {
                    waiting.dead_at = Some(now);
                    self.dead.extend(self.entries.remove(&seq).map(|entry| entry.waiting));
                    self.leave(&lane, seq);
                } else {
                    waiting.next_at = now + interval_ms(waiting.attempts, seq).min(first_at + TRIED_FOR_MS - now);
                }
            }
        }
        self.show_head(&lane);
    }

    fn leave(&mut self, lane: &EventOf, seq: i64) {
        if let Some(of_lane) = self.lanes.get_mut(lane) {
            of_lane.remove(&seq);
            if of_lane.is_empty() {
                self.lanes.remove(lane);
            }
        }
    }

    fn show_head(&mut self, lane: &EventOf) {
        let head = self.lanes.get(lane).and_then(|of_lane| of_lane.first());
        if let Some((seq, entry)) = head.and_then(|seq| self.entries.get_key_value(seq)) {
            self.heads.insert((entry.waiting.next_at, *seq));
        }
    }

    /// Whether nothing waits: everything is delivered, or tried no more.
    pub fn is_idle(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is to be kept for a restart, if that is other than before. It counts as kept from now on.
    pub fn checkpoint(&mut self) -> Option<Checkpoint> {
        // What was never refused need not be written: it is read from the outbox again.
        let failing: BTreeSet<&EventOf> = self
            .entries
            .values()
            .filter(|entry| entry.waiting.attempts > 0)
            .map(|entry| &entry.waiting.line.event.of)
            .collect();
        let is_to_keep = |entry: &Entry| failing.contains(&entry.waiting.line.event.of);
        let unkept = self.entries.iter().find(|(_, entry)| !entry.kept && !is_to_keep(entry));
        let position = unkept.map_or(self.read_to, |(seq, _)| seq - 1).max(self.told);
        let due: Vec<i64> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.changed || (!entry.kept && is_to_keep(entry)))
            .map(|(seq, _)| *seq)
            .collect();
        let mut kept = std::mem::take(&mut self.dead);
        for seq in due {
            if let Some(entry) = self.entries.get_mut(&seq) {
                (entry.kept, entry.changed) = (true, false);
                kept.push(entry.waiting.clone());
            }
        }
        let delivered = std::mem::take(&mut self.delivered);
        if position == self.told && kept.is_empty() && delivered.is_empty() {
            return None;
        }
        self.told = position;
        Some(Checkpoint { position, kept, delivered })
    }

    /// A checkpoint could not be written: what it says is to be kept still.
    pub fn not_kept(&mut self, checkpoint: Checkpoint, position: i64) {
        self.told = position;
        self.delivered.extend(checkpoint.delivered);
        for waiting in checkpoint.kept {
            match self.entries.get_mut(&waiting.line.seq) {
                Some(entry) => entry.changed = true,
                None if waiting.dead_at.is_some() => self.dead.push(waiting),
                None => self.delivered.push(waiting.line.seq),
            }
        }
    }

    /// The position of the last checkpoint.
    pub fn position(&self) -> i64 {
        self.told
    }
}

/// The time until the next attempt, spread by up to a tenth so that what failed together is not tried together.
fn interval_ms(attempts: u32, seq: i64) -> i64 {
    let at = (attempts as usize).clamp(1, INTERVALS.len()) - 1;
    let ms = INTERVALS[at] * 1000;
    ms + seq.wrapping_mul(7919).rem_euclid(ms / 10)
}
