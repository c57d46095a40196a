//! What one agent costs: `cargo run --release -p convene-audio --example cost`. Seconds of CPU for each second of one stream.

#![allow(clippy::disallowed_methods, reason = "what measures time needs a clock")]

use convene_audio::{FRAME, Listener, Talker};
use convene_model::PeerId;
use convene_model::audio::{AudioChannels, PcmRate};
use std::hint::black_box;
use std::time::{Duration, Instant};

const SECONDS: u32 = 60;

fn voice(rate: usize) -> Vec<i16> {
    let at = |index: usize| {
        let time = index as f64 / rate as f64;
        (time * 2_764.6).sin() * (time * 18.8).sin() * 12_000.0
    };
    (0..rate * SECONDS as usize).map(|index| at(index) as i16).collect()
}

fn main() {
    let ticks = SECONDS * 50;
    let mut talker = Talker::new(PcmRate::Hz16000);
    talker.say(&voice(16_000)).expect("room for a minute");
    let begun = Instant::now();
    let packets: Vec<_> = (0..ticks).filter_map(|_| talker.tick()).collect();
    let said = begun.elapsed();
    println!("says:  {:.2} % of a core", share(said));
    for speakers in [1, 4, 12] {
        let mut listener = Listener::new(PcmRate::Hz16000, AudioChannels::Mixed);
        let begun = Instant::now();
        let mut now = begun;
        for packet in &packets {
            for speaker in 0..speakers {
                listener.hear(PeerId(speaker), packet, now);
            }
            black_box(listener.tick(now));
            now += FRAME;
        }
        println!("hears {speakers:2}: {:.2} % of a core", share(begun.elapsed()));
    }
}

fn share(took: Duration) -> f64 {
    took.as_secs_f64() / f64::from(SECONDS) * 100.0
}
