//! Delivery against an outbox and an endpoint that exist in memory only.

use convene_events::{Delivery, TRIED_FOR_MS};
use convene_model::CallId;
use convene_model::record::{EventOf, OutboxEvent};
use convene_model::subscription::{Checkpoint, EventLine, Undelivered};
use std::collections::{BTreeMap, BTreeSet};

fn line(seq: i64, call: &str) -> EventLine {
    let event = OutboxEvent {
        id: format!("e{seq}"),
        of: EventOf::Call(CallId(call.to_owned())),
        connection: None,
        event_type: "t".to_owned(),
        subject: String::new(),
        data: "{}".to_owned(),
        at: 0,
    };
    EventLine { seq, resource: Some("r".to_owned()), event }
}

fn seqs(lines: &[EventLine]) -> Vec<i64> {
    lines.iter().map(|line| line.seq).collect()
}

fn refused() -> Result<(), String> {
    Err("the endpoint answered 500".to_owned())
}

#[test]
fn events_of_a_call_go_one_after_the_other_and_calls_beside_each_other() {
    let mut delivery = Delivery::new(0, vec![]);
    delivery.read(4, vec![line(1, "a"), line(2, "a"), line(3, "b")], 0);
    assert_eq!(seqs(&delivery.due(0)), [1, 3]);
    assert_eq!(seqs(&delivery.due(0)), [] as [i64; 0]);
    delivery.done(1, Ok(()), 0);
    assert_eq!(seqs(&delivery.due(0)), [2]);
    assert_eq!(delivery.checkpoint(), Some(Checkpoint { position: 1, ..Checkpoint::default() }));
    delivery.done(3, Ok(()), 0);
    delivery.done(2, Ok(()), 0);
    assert_eq!(delivery.checkpoint(), Some(Checkpoint { position: 4, ..Checkpoint::default() }));
    assert_eq!(delivery.checkpoint(), None);
}

#[test]
fn a_refused_event_is_tried_at_growing_intervals_and_holds_up_its_own_call_only() {
    let mut delivery = Delivery::new(0, vec![]);
    delivery.read(3, vec![line(1, "a"), line(2, "a"), line(3, "b")], 0);
    let (mut now, mut waits) = (0, vec![]);
    assert_eq!(seqs(&delivery.due(now)), [1, 3]);
    delivery.done(3, Ok(()), now);
    delivery.done(1, refused(), now);
    for _ in 0..3 {
        let next = delivery.next_due().expect("it is tried again");
        assert_eq!(delivery.due(next - 1), []);
        assert_eq!(seqs(&delivery.due(next)), [1]);
        waits.push(next - now);
        now = next;
        delivery.done(1, refused(), now);
    }
    let least = [10_000, 30_000, 60_000];
    assert!(waits.iter().zip(least).all(|(wait, least)| (least..least + least / 10).contains(wait)), "{waits:?}");
    let kept = delivery.checkpoint().expect("what was refused, and what waits behind it, is kept");
    assert_eq!(kept.position, 3);
    let kept: Vec<(i64, u32)> = kept.kept.iter().map(|kept| (kept.line.seq, kept.attempts)).collect();
    assert_eq!(kept, [(1, 4), (2, 0)]);
}

#[test]
fn a_day_makes_a_dead_letter_that_lets_the_next_one_through() {
    let mut delivery = Delivery::new(0, vec![]);
    delivery.read(2, vec![line(1, "a"), line(2, "a")], 0);
    let mut now = 0;
    let mut attempts = 0;
    while seqs(&delivery.due(now)) == [1] {
        attempts += 1;
        delivery.done(1, refused(), now);
        now = now.max(delivery.next_due().expect("something waits"));
    }
    assert_eq!((now, attempts), (TRIED_FOR_MS, 12), "the last attempt is at the end of the day");
    delivery.done(2, Ok(()), now);
    let kept = delivery.checkpoint().expect("the dead letter is kept");
    let [dead] = kept.kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((dead.line.seq, dead.dead_at, dead.attempts), (1, Some(TRIED_FOR_MS), 12));
    assert_eq!(dead.error.as_deref(), Some("the endpoint answered 500"));

    delivery.put_back(Undelivered { dead_at: None, attempts: 0, first_at: None, next_at: now, ..dead.clone() });
    assert_eq!(seqs(&delivery.due(now)), [1]);
    delivery.done(1, Ok(()), now);
    assert_eq!(delivery.checkpoint().map(|kept| kept.delivered), Some(vec![1]));
}

#[test]
fn a_checkpoint_that_was_not_written_is_asked_for_again() {
    let mut delivery = Delivery::new(0, vec![]);
    delivery.read(2, vec![line(1, "a"), line(2, "b")], 0);
    assert_eq!(seqs(&delivery.due(0)), [1, 2]);
    delivery.done(1, refused(), 0);
    delivery.done(2, Ok(()), 0);
    let first = delivery.checkpoint().expect("something is to be kept");
    delivery.not_kept(first.clone(), 0);
    assert_eq!(delivery.checkpoint(), Some(first));
}

/// splitmix64, by its published constants.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// What the store would have.
#[derive(Default)]
struct Kept {
    position: i64,
    rows: BTreeMap<i64, Undelivered>,
}

impl Kept {
    fn write(&mut self, checkpoint: Checkpoint) {
        self.position = checkpoint.position;
        self.rows.extend(checkpoint.kept.into_iter().map(|kept| (kept.line.seq, kept)));
        for seq in checkpoint.delivered {
            self.rows.remove(&seq);
        }
    }

    fn restart(&self) -> Delivery {
        Delivery::new(self.position, self.rows.values().filter(|row| row.dead_at.is_none()).cloned().collect())
    }
}

#[test]
fn whatever_is_refused_and_whenever_the_process_dies_everything_arrives_in_order_or_is_a_dead_letter() {
    for seed in 0..300 {
        let mut numbers = Numbers(seed);
        let outbox: Vec<EventLine> = (1..=60).map(|seq| line(seq, &format!("c{}", numbers.below(4)))).collect();
        let poisoned: BTreeSet<i64> = (0..numbers.below(3)).map(|_| 1 + numbers.below(60) as i64).collect();
        let (mut kept, mut now) = (Kept::default(), 0);
        let mut delivery = kept.restart();
        let mut under_way: Vec<EventLine> = vec![];
        let mut arrived: BTreeMap<EventOf, Vec<i64>> = BTreeMap::new();
        for step in 0.. {
            assert!(step < 100_000, "seed {seed} comes to no end");
            if let Some(after) = delivery.read_after() {
                let page: Vec<EventLine> = outbox.iter().filter(|line| line.seq > after).take(7).cloned().collect();
                if let Some(last) = page.last().map(|line| line.seq) {
                    delivery.read(last, page, now);
                }
            }
            under_way.extend(delivery.due(now));
            if !under_way.is_empty() {
                let of = under_way.swap_remove(numbers.below(under_way.len() as u64) as usize);
                let is_taken = !poisoned.contains(&of.seq) && numbers.below(4) > 0;
                if is_taken {
                    let call = arrived.entry(of.event.of.clone()).or_default();
                    if !call.contains(&of.seq) {
                        call.push(of.seq);
                    }
                }
                delivery.done(of.seq, if is_taken { Ok(()) } else { refused() }, now);
            } else if let Some(next) = delivery.next_due() {
                now = next;
            } else {
                break;
            }
            match numbers.below(20) {
                0 => {
                    let position = delivery.position();
                    if let Some(lost) = delivery.checkpoint() {
                        delivery.not_kept(lost, position);
                    }
                }
                1..=6 => delivery.checkpoint().into_iter().for_each(|checkpoint| kept.write(checkpoint)),
                7 => {
                    delivery = kept.restart();
                    under_way.clear();
                }
                _ => {}
            }
        }
        delivery.checkpoint().into_iter().for_each(|checkpoint| kept.write(checkpoint));
        assert_eq!(kept.position, 60, "seed {seed}");
        let dead: BTreeSet<i64> =
            kept.rows.values().filter(|row| row.dead_at.is_some()).map(|row| row.line.seq).collect();
        assert_eq!(kept.rows.len(), dead.len(), "seed {seed}: nothing waits any more");
        assert!(poisoned.is_subset(&dead), "seed {seed}: what is never taken is a dead letter");
        for call in 0..4 {
            let call = EventOf::Call(CallId(format!("c{call}")));
            let came = arrived.remove(&call).unwrap_or_default();
            assert!(came.is_sorted(), "seed {seed}: {call:?} came as {came:?}");
            let sent = outbox.iter().filter(|line| line.event.of == call).map(|line| line.seq);
            let missing: Vec<i64> = sent.filter(|seq| !came.contains(seq) && !dead.contains(seq)).collect();
            assert_eq!(missing, [] as [i64; 0], "seed {seed}: {call:?}");
        }
    }
}
