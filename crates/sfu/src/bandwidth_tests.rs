//! Tests of [`Bandwidth`] on simulated lines: what is found out, how soon, and what is not taken for a full line.

use super::*;
use std::collections::VecDeque;

const MS: Duration = Duration::from_millis(1);

/// A line with a rate, a queue and a length; its receiver tells each 100 ms what came.
struct Line {
    bits_per_second: u64,
    /// How long packets wait at most.
    queue: Duration,
    length: Duration,
    /// Which of so many packets is lost whatever is sent: each n-th.
    loses_each: Option<u64>,
    /// The receiver takes in nothing until then.
    is_busy_until: Instant,
    free_at: Instant,
    crossed: u64,
}

/// Somebody who sends over a line as much as is allowed, up to a rate: a camera in three layers.
struct World {
    bandwidth: Bandwidth,
    line: Line,
    now: Instant,
    tells_at: Instant,
    /// Number, and when it arrives, in the order of sending.
    under_way: VecDeque<(u64, Option<Instant>)>,
    numbers: u64,
    owed: f64,
    /// The layer that is sent, and bytes of a keyframe in a layer's bits per second: sent at once when it changes.
    sends: Option<usize>,
    keyframe: f64,
    /// Bits per second of each layer, and of what is sent in any case.
    layers: Vec<u64>,
    voice: u64,
    /// Packets of padding so far.
    padding: u64,
    /// How long the layer before goes on, until a keyframe comes.
    follows_after: Duration,
    changes_at: Instant,
}

impl World {
    fn new(bits_per_second: u64) -> World {
        let now = Instant::now();
        let (queue, length) = (300 * MS, 25 * MS);
        let line =
            Line { bits_per_second, queue, length, loses_each: None, is_busy_until: now, free_at: now, crossed: 0 };
        World {
            bandwidth: Bandwidth::new(now),
            line,
            now,
            tells_at: now,
            under_way: VecDeque::new(),
            numbers: 0,
            owed: 0.0,
            sends: None,
            keyframe: 0.06,
            layers: vec![150_000, 500_000, 1_700_000],
            voice: 60_000,
            padding: 0,
            follows_after: Duration::ZERO,
            changes_at: now,
        }
    }

    fn layer(&self) -> Option<usize> {
        (0..self.layers.len()).rev().find(|layer| self.layers[*layer] + self.voice <= self.bandwidth.estimate)
    }

    /// What is sent now, in bits per second.
    fn rate(&self) -> u64 {
        self.voice + self.sends.map_or(0, |layer| self.layers[layer])
    }

    fn send(&mut self, bytes: usize) {
        self.bandwidth.sent(bytes, self.now);
        let bits = (bytes as u64 + 28) * 8;
        let leaves =
            self.line.free_at.max(self.now) + Duration::from_micros(bits * 1_000_000 / self.line.bits_per_second);
        self.line.crossed += 1;
        let is_lost = self.line.loses_each.is_some_and(|each| self.line.crossed.is_multiple_of(each));
        let fits = leaves <= self.now + self.line.queue;
        if fits {
            self.line.free_at = leaves;
        }
        let arrives = (leaves + self.line.length).max(self.line.is_busy_until);
        self.under_way.push_back((self.numbers, (fits && !is_lost).then_some(arrives)));
        self.numbers += 1;
    }

    /// A millisecond.
    fn step(&mut self) {
        self.now += MS;
        let layer = self.layer();
        if self.sends == layer {
            self.changes_at = self.now + self.follows_after;
        } else if self.now >= self.changes_at {
            self.sends = layer;
            self.owed += layer.map_or(0.0, |layer| self.layers[layer] as f64 * self.keyframe);
        }
        self.owed += self.rate() as f64 / 8_000.0;
        while self.owed >= 900.0 {
            self.owed -= 900.0;
            self.send(872);
        }
        if self.bandwidth.due_at().is_some_and(|at| at <= self.now) {
            let padding = self.bandwidth.due_padding(self.now);
            for _ in 0..padding.packets {
                self.padding += 1;
                self.send(usize::from(padding.bytes) + 52);
            }
        }
        if self.tells_at <= self.now && self.now >= self.line.is_busy_until {
            self.tells_at = self.now + 100 * MS;
            self.tell();
        }
    }

    fn tell(&mut self) {
        let come = self.under_way.iter().rposition(|(_, at)| at.is_some_and(|at| at <= self.now));
        let Some(come) = come else { return };
        let report: Vec<_> = self.under_way.drain(..=come).collect();
        self.bandwidth.received(report.into_iter(), self.now);
        let next = self.layer().map_or(0, |layer| layer + 1);
        let wanted = self.layers.get(next).map(|rate| rate * 12 / 10 + self.voice);
        self.bandwidth.want(wanted, self.now);
    }

    fn run(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while self.now < end {
            self.step();
        }
    }

    /// The layers that are sent in so many seconds, without repetitions.
    fn layers_of(&mut self, seconds: u64) -> Vec<Option<usize>> {
        let end = self.now + Duration::from_secs(seconds);
        let mut layers = vec![];
        while self.now < end {
            self.step();
            layers.push(self.layer());
            layers.dedup();
        }
        layers
    }
}

#[test]
fn a_line_with_room_for_all_is_never_taken_for_full() {
    let mut world = World::new(50_000_000);
    assert_eq!(world.layers_of(60), [Some(2)]);
    assert_eq!(world.padding, 0, "there is nothing to find out");
}

#[test]
fn a_thin_line_gets_what_fits_within_two_seconds_and_keeps_it() {
    for (line, layer) in [(1_000_000, Some(1)), (350_000, Some(0)), (100_000, None)] {
        let mut world = World::new(line);
        world.run(2);
        assert_eq!(world.layers_of(60), [layer], "{line}");
        assert!(world.bandwidth.estimate > line * 6 / 10, "{line}: {}", world.bandwidth.estimate);
        assert!(world.bandwidth.estimate <= line * 5 / 4, "{line}: {}", world.bandwidth.estimate);
    }
}

#[test]
fn a_long_queue_is_seen_too_and_empties() {
    for line in [1_000_000, 350_000] {
        let mut world = World::new(line);
        world.line.queue = Duration::from_secs(3);
        world.run(15);
        let late = world.line.free_at.saturating_duration_since(world.now);
        assert!(late < 100 * MS, "{line}: {late:?}");
        assert!(world.rate() > world.voice, "{line}");
    }
}

#[test]
fn a_drop_is_followed_within_two_seconds_and_so_is_the_way_back_within_five() {
    let mut world = World::new(20_000_000);
    world.run(5);
    for thin in [1_000_000, 300_000, 120_000] {
        world.line.bits_per_second = thin;
        world.run(2);
        assert!(world.rate() <= thin, "{thin}: {}", world.rate());
        world.run(20);
        world.line.bits_per_second = 20_000_000;
        world.run(if thin < 200_000 { 9 } else { 5 });
        assert_eq!(world.layer(), Some(2), "after {thin}");
    }
}

#[test]
fn more_than_the_first_guess_is_found_out_step_by_step() {
    let mut world = World::new(50_000_000);
    world.layers = vec![1_000_000, 4_000_000, 10_000_000, 25_000_000];
    world.run(5);
    assert_eq!(world.layer(), Some(3));
    let padding = world.padding;
    world.run(60);
    assert_eq!(world.padding, padding, "it is known");
}

#[test]
fn what_does_not_fit_is_tried_seldom_and_shortly() {
    let mut world = World::new(1_000_000);
    world.run(5);
    let (padding, late) = (world.padding, world.line.free_at.saturating_duration_since(world.now));
    world.run(60);
    let bytes = (world.padding - padding) * 335;
    assert!(bytes * 8 / 60 < 40_000, "{} bit/s of padding", bytes * 8 / 60);
    assert!(late < 100 * MS);
}

#[test]
fn losses_that_are_the_lines_own_cost_no_picture() {
    for each in [20, 11] {
        let mut world = World::new(20_000_000);
        world.line.loses_each = Some(each);
        assert_eq!(world.layers_of(60), [Some(2)], "one of {each}");
    }
    let mut world = World::new(20_000_000);
    world.line.loses_each = Some(6);
    world.run(30);
    assert!(world.layer() >= Some(1), "one of 6: {:?}", world.layer());
}

#[test]
fn a_line_that_is_full_without_a_queue_is_seen_by_its_losses() {
    let mut world = World::new(700_000);
    world.line.queue = 20 * MS;
    world.run(6);
    assert!(world.rate() <= 700_000, "{}", world.rate());
    assert!(world.rate() > world.voice);
}

#[test]
fn a_receiver_that_was_busy_is_no_full_line() {
    let mut world = World::new(20_000_000);
    world.run(3);
    for pause in [100, 300, 700, 1500] {
        world.line.is_busy_until = world.now + pause * MS;
        assert_eq!(world.layers_of(3), [Some(2)], "{pause} ms");
    }
}

#[test]
fn a_longer_way_is_no_full_line_for_long() {
    let mut world = World::new(20_000_000);
    world.run(3);
    world.line.length = 200 * MS;
    world.run(10);
    assert_eq!(world.layer(), Some(2));
    world.bandwidth.changed_way(world.now);
    world.line.length = 500 * MS;
    assert_eq!(world.layers_of(10), [Some(2)], "told of it, there is nothing to find out");
}

#[test]
fn what_still_comes_of_the_layer_before_is_not_held_against_the_line() {
    let mut world = World::new(20_000_000);
    world.line.queue = Duration::from_secs(1);
    world.follows_after = 350 * MS;
    world.run(5);
    world.line.bits_per_second = 800_000;
    let end = world.now + 4_000 * MS;
    let mut least = u64::MAX;
    while world.now < end {
        world.step();
        least = least.min(world.bandwidth.estimate);
    }
    assert!(least >= 640_000, "{least}");
}

/// A window of 200 ms whose packets came late, one after the other at so many bits a second.
fn full(from: i64, bits_per_second: i64) -> Window {
    let mut window = Window::default();
    for packet in 0..11 {
        let sent = from + packet * 20_000;
        let arrived =
            Some(sent.max(from + 100_000) + 200_000 + packet * (8_000_000_000 / bits_per_second - 20_000).max(0));
        window.add(&Packet { sent, arrived, bytes: 1_000, probe: None });
    }
    window
}

#[test]
fn a_full_line_carries_the_more_of_two_windows() {
    let mut bandwidth = Bandwidth::new(Instant::now());
    bandwidth.base = Base::from(0, 0);
    let better = full(0, 400_000);
    bandwidth.looked_through(&better, 300_000);
    assert_eq!(bandwidth.estimate, FIRST_ESTIMATE, "one window may be the receiver's");
    let worse = full(200_000, 100_000);
    assert!(worse.arrival_rate() < better.arrival_rate());
    bandwidth.looked_through(&worse, 500_000);
    assert_eq!(Some(bandwidth.estimate), better.arrival_rate().map(|rate| rate * USED_OF_FULL / 100));
}

#[test]
fn who_never_tells_of_packets_has_no_limit_until_they_do() {
    let now = Instant::now();
    let mut bandwidth = Bandwidth::new(now);
    bandwidth.want(Some(9_000_000), now);
    (0..4_000).for_each(|_| bandwidth.sent(1_000, now));
    assert_eq!(bandwidth.news(), Some(FIRST_ESTIMATE));
    (0..100).for_each(|_| bandwidth.sent(1_000, now));
    assert_eq!(bandwidth.news(), Some(ESTIMATE_MAX));
    bandwidth.want(Some(9_000_000), now);
    assert_eq!(bandwidth.due_at(), None, "nothing can be found out");
    bandwidth.received([(bandwidth.near(), Some(now))].into_iter(), now);
    assert_eq!(bandwidth.news(), Some(FIRST_ESTIMATE));
}

#[test]
fn whatever_a_receiver_says_the_estimate_and_the_padding_stay_within_their_bounds() {
    for seed in 0..200 {
        let (mut lots, beginning) = (Lots(seed), Instant::now());
        let (mut bandwidth, mut now) = (Bandwidth::new(beginning), beginning);
        let mut padding = 0;
        for _ in 0..500 {
            now += Duration::from_millis(lots.draw(40));
            bandwidth.want(Some(2_000_000), now);
            (0..lots.draw(20)).for_each(|_| bandwidth.sent(lots.draw(1_500) as usize, now));
            let Padding { packets, bytes } = bandwidth.due_padding(now);
            padding += packets * (u64::from(bytes) + 80);
            (0..packets).for_each(|_| bandwidth.sent(usize::from(bytes), now));
            let first = bandwidth.near().saturating_sub(lots.draw(30)) + lots.draw(60);
            let times = (0..lots.draw(60)).map(|number| {
                let far = 1 << lots.draw(30);
                let at = beginning + Duration::from_millis(lots.draw(far));
                (first + number, (lots.draw(4) > 0).then_some(at))
            });
            bandwidth.received(times.collect::<Vec<_>>().into_iter(), now);
            assert!((ESTIMATE_MIN..=ESTIMATE_MAX).contains(&bandwidth.estimate), "{seed}: {}", bandwidth.estimate);
        }
        // Never more than a burst of what is wanted each 150 ms.
        let elapsed = now.saturating_duration_since(beginning).as_millis() as u64;
        assert!(padding <= (elapsed / 150 + 2) * 9_000, "{seed}: {padding} bytes in {elapsed} ms");
    }
}

#[test]
fn only_what_changes_is_told() {
    let mut bandwidth = Bandwidth::new(Instant::now());
    assert_eq!(bandwidth.news(), Some(FIRST_ESTIMATE));
    assert_eq!(bandwidth.news(), None);
    bandwidth.estimate += FIRST_ESTIMATE / 200;
    assert_eq!(bandwidth.news(), None);
    bandwidth.estimate += FIRST_ESTIMATE / 50;
    assert!(bandwidth.news().is_some());
}

/// Numbers that look random, the same in each run.
struct Lots(u64);

impl Lots {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

#[test]
fn on_lines_with_jitter_losses_and_busy_receivers_pictures_stay_what_fits() {
    for seed in 0..120 {
        let mut lots = Lots(seed);
        let rate = [250_000, 400_000, 800_000, 1_200_000, 2_500_000, 8_000_000][(seed % 6) as usize];
        let mut world = World::new(rate);
        world.line.queue = Duration::from_millis(100 + lots.draw(500));
        world.line.length = Duration::from_millis(5 + lots.draw(100));
        let length = world.line.length;
        if lots.draw(2) == 0 {
            world.line.loses_each = Some(30 + lots.draw(100));
        }
        let jitter = lots.draw(30);
        let fits = (0..3).rev().find(|layer| world.layers[*layer] + world.voice <= rate * 9 / 10);
        world.run(5);
        let (mut good, mut changes, mut last) = (0, 0, world.layer());
        for ms in 0..60_000 {
            if ms % 5 == 0 {
                world.line.length = length + Duration::from_millis(lots.draw(jitter + 1));
            }
            if lots.draw(5_000) == 0 {
                world.line.is_busy_until = world.now + Duration::from_millis(lots.draw(500));
            }
            world.step();
            good += u32::from(world.layer() == fits);
            changes += u32::from(world.layer() != last);
            last = world.layer();
        }
        let line = format!("{seed}: {rate}, {:?}, {length:?}, {jitter}, {:?}", world.line.queue, world.line.loses_each);
        assert!(good >= 57_000, "{line}: {} % of the time what fits", good / 600);
        assert!(changes <= 6, "{line}: {changes} changes");
        assert!(world.padding < 400, "{line}: {} packets of padding", world.padding);
    }
}
