//! 100,000 steps from 50 seeds, and every run that ever failed. `SIM_SEEDS` and `SIM_STEPS` ask for others.

use convene_sim::{Seen, Tamper, read_run, replay, shrink, simulate};
use std::path::Path;

/// What 100,000 steps come across; otherwise they show little.
const MUST_HAPPEN: [&str; 39] = [
    "rings",
    "ring over",
    "ringing changed",
    "ring ended",
    "transfer requested",
    "ended otherLeft",
    "ended transferred",
    "ended notAnswered",
    "ended ringDeclined",
    "admitted",
    "put back",
    "knocked",
    "lobby left",
    "muted by other",
    "capabilities changed",
    "speaking changed",
    "participant joined",
    "participant changed",
    "back after a restart",
    "reply joined",
    "reply waiting",
    "reply answer",
    "reply admittedAll",
    "refused barred",
    "refused meetingLocked",
    "refused guestsNotAllowed",
    "refused sessionLost",
    "refused forbidden",
    "refused scopeMissing",
    "ended removed",
    "ended lobbyRejected",
    "ended lobbyExpired",
    "ended superseded",
    "ended endedForEveryone",
    "ended mediaLost",
    "left vanished",
    "left unauthenticated",
    "left putBack",
    "goodbye unauthenticated",
];

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn the_runs_that_failed_once_do_not_fail_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut runs = 0;
    for entry in std::fs::read_dir(folder).expect("tests/sim/seeds is there") {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            let (seed, steps) = read_run(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            if let Err(failure) = replay(seed, &steps, Tamper::Nothing) {
                panic!("{}: {}", path.display(), failure.violation);
            }
            runs += 1;
        }
    }
    assert!(runs > 0, "tests/sim/seeds is empty");
}

#[test]
fn every_rule_holds_after_every_step_of_every_seed() {
    let mut seen = Seen::default();
    let (seeds, steps) = (number("SIM_SEEDS", 50), number("SIM_STEPS", 2_000));
    for seed in 0..seeds {
        match simulate(seed, steps as usize, Tamper::Nothing) {
            Ok(found) => seen.add(&found),
            Err(failure) => {
                let (at, shortest) = (failure.steps.len(), shrink(&failure, Tamper::Nothing));
                panic!("seed {seed}, step {at}. The shortest run that fails alike:\n{shortest}");
            }
        }
    }
    if seeds * steps >= 100_000 {
        let missed: Vec<&&str> = MUST_HAPPEN.iter().filter(|what| !seen.0.contains_key(**what)).collect();
        assert!(missed.is_empty(), "the steps never led to {missed:?}");
    }
}
