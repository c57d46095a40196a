//! A simulation of one node: clients, store, media plane and clock are random, slow and faulty, and what must always hold is
//! looked at after every step. A seed gives the same run every time.
//!
//! [`simulate`] runs a seed, [`replay`] a list of steps, [`shrink`] finds a shorter list that fails alike.

#![expect(missing_docs, reason = "a test program: its parts are seen by its own tests only")]

mod check;
mod client;
mod decided;
mod media;
mod rings;
mod rng;
mod rule;
mod seen;
mod step;
mod tamper;
mod truth;
mod world;

pub use rule::{Rule, Violation};
pub use seen::Seen;
pub use step::{Kind, Step};
pub use tamper::Tamper;

use rng::Seeded;
use std::fmt::{self, Write as _};
use std::time::Duration;
use world::World;

/// How long a step takes. Short against every timer; long enough that requests are not refused for being too many.
const STEP_TAKES: Duration = Duration::from_millis(20);

/// A run in which a rule was broken.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The seed of users, meetings and of the server's own randomness.
    pub seed: u64,
    /// The steps up to the one that broke it.
    pub steps: Vec<Step>,
    /// What was broken.
    pub violation: Violation,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.violation)?;
        f.write_str(&self.file())
    }
}

impl Failure {
    /// The run as a file of `tests/sim/seeds`.
    pub fn file(&self) -> String {
        let mut text = format!("seed {}\n", self.seed);
        for step in &self.steps {
            let _infallible = writeln!(text, "{step}");
        }
        text
    }
}

/// Random steps from a seed.
///
/// # Errors
/// The [`Failure`], if a rule was broken.
pub fn simulate(seed: u64, count: usize, tamper: Tamper) -> Result<Seen, Failure> {
    let mut random = Seeded(seed ^ 0x5eed_5eed_5eed_5eed);
    let steps = (0..count).map(|_| Step::choose(&mut random)).collect::<Vec<_>>();
    replay(seed, &steps, tamper)
}

/// Given steps.
///
/// # Errors
/// The [`Failure`], if a rule was broken.
pub fn replay(seed: u64, steps: &[Step], tamper: Tamper) -> Result<Seen, Failure> {
    let mut world = World::new(seed, tamper);
    let rest = Step { kind: Kind::Settle, numbers: [0; 3] };
    for (at, step) in steps.iter().chain([&rest]).enumerate() {
        world.let_time_pass(STEP_TAKES);
        world.perform(*step);
        if world.broken.is_none() {
            let checked = world.check_now();
            world.note(checked);
        }
        if let Some(violation) = world.broken.take() {
            return Err(Failure { seed, steps: steps[..(at + 1).min(steps.len())].to_vec(), violation });
        }
    }
    Ok(world.seen)
}

/// A shorter run that breaks the same rule, found by leaving out steps.
pub fn shrink(failure: &Failure, tamper: Tamper) -> Failure {
    let mut best = failure.clone();
    let mut chunk = best.steps.len().div_ceil(2);
    while chunk > 0 {
        let mut from = 0;
        let mut shorter = false;
        while from < best.steps.len() {
            let mut steps = best.steps.clone();
            steps.drain(from..(from + chunk).min(best.steps.len()));
            match replay(best.seed, &steps, tamper) {
                Err(found) if found.violation.rule == best.violation.rule => {
                    shorter |= found.steps.len() < best.steps.len();
                    best = found;
                }
                Ok(_) | Err(_) => from += chunk,
            }
        }
        if !(chunk == 1 && shorter) {
            chunk /= 2;
        }
    }
    best
}

/// Reads a file of `tests/sim/seeds`: `seed <number>`, then a step on each line, or `steps <count>` for random ones.
///
/// # Errors
/// What is wrong with the text.
pub fn read_run(text: &str) -> Result<(u64, Vec<Step>), String> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let number = |line: Option<&str>, word: &str| {
        let number = line.and_then(|line| line.strip_prefix(word)).and_then(|rest| rest.trim().parse::<u64>().ok());
        number.ok_or_else(|| format!("a line \"{word} <number>\" is missing"))
    };
    let seed = number(lines.next(), "seed")?;
    Ok((seed, lines.map(str::parse).collect::<Result<_, _>>()?))
}
